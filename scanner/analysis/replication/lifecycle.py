"""Lifecycle rules that move objects out of reach before they are replicated.

Objects in the Glacier Flexible Retrieval and Deep Archive classes do not replicate. A transition after no days at all
takes objects there the next midnight (UTC), while replication may still be catching up:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html (2026-11).
"""

from collections.abc import Iterator

from scanner.analysis.reading import at, elements, number, text
from scanner.analysis.replication import vocabulary as why
from scanner.analysis.replication.faults import Doubt, Fault, Trouble
from scanner.analysis.replication.features import Features
from scanner.analysis.replication.neighbours import degrading
from scanner.analysis.replication.places import End
from scanner.analysis.replication.vocabulary import Hop
from scanner.analysis.truth import Truth, all_true, any_true, equals
from scanner.estate.unknown import Unknown, Value

_NAME = "LifecycleOutrunsReplication"
_OUT_OF_REACH = ("GLACIER", "Glacier", "DEEP_ARCHIVE")


def faults_of_lifecycle(features: Features, source: End) -> Iterator[Trouble]:
    """Whether a lifecycle rule of the source takes all, or some, of the objects that are to be replicated at once."""
    configuration = source.look_up("LifecycleConfiguration")
    if isinstance(configuration, Unknown):
        yield _unseen(configuration)
        return
    for rule in elements(at(configuration, "Rules")):
        if isinstance(rule, Unknown):
            yield _unseen(rule)
        else:
            yield from _faults_of(rule, features)


def _unseen(doubt: Unknown) -> Doubt:
    return Doubt(Hop.SOURCE_OBJECT, doubt.reason, decisive=False, about=_NAME)


def _faults_of(rule: Value, features: Features) -> Iterator[Trouble]:
    at_once = all_true((equals(at(rule, "Status"), "Enabled"), _moves_at_once(rule)))
    if at_once is False:
        return
    prefix = text(rule, "Prefix") or ""
    doubt = next((one for one in (prefix, features.prefix) if isinstance(one, Unknown)), None)
    what = f"lifecycle rule {at(rule, 'Id') or 'without id'} moves objects to Glacier classes at once"
    fault = Fault(_NAME, Hop.SOURCE_OBJECT, what, why.NOT_ELIGIBLE)
    if isinstance(prefix, Unknown) or isinstance(features.prefix, Unknown):
        yield from degrading(doubt or False, fault)
    elif features.prefix.startswith(prefix) and not _is_filtered(rule):
        yield fault if at_once is True else Doubt(fault.hop, at_once.reason, about=_NAME)
    elif prefix.startswith(features.prefix) or features.prefix.startswith(prefix):
        yield from degrading(at_once, fault)


def _moves_at_once(rule: Value) -> Truth:
    single = at(rule, "Transition")
    moves = [*([single] if single is not None else ()), *elements(at(rule, "Transitions"))]
    return any_true(_is_at_once(move) for move in moves)


def _is_at_once(move: Value) -> Truth:
    days = number(move, "TransitionInDays")
    soon: Truth = days if isinstance(days, Unknown) else days is not None and days <= 0
    return all_true((soon, any_true(equals(at(move, "StorageClass"), name) for name in _OUT_OF_REACH)))


def _is_filtered(rule: Value) -> bool:
    """Whether the rule takes only some of the objects under its prefix, or perhaps only some."""
    filters = ("TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    return any(at(rule, name) not in (None, [], ()) for name in filters)

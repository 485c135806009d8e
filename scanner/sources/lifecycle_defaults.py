"""Lifecycle rules as S3 reports them, from the older spellings that CloudFormation still takes.

`NoncurrentVersionExpirationInDays`, `Transition` and `NoncurrentVersionTransition` of before lists say what their
successors say, and S3 knows only those.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.values import moment

_ID_LATER = Unknown("S3 makes up the id when the rule is deployed")
_OLD_CLASSES = {"Glacier": "GLACIER"}
_DATES = ("ExpirationDate", "TransitionDate")
_OLD_NAMES = ("NoncurrentVersionExpirationInDays", "NoncurrentVersionTransition", "Transition")


def lifecycle(declared: Value) -> Value:
    """A lifecycle configuration; None where it has no rules."""
    if not isinstance(declared, Mapping):
        return declared
    rules = declared.get("Rules")
    if isinstance(rules, list):
        rules = [_rule(rule) if isinstance(rule, Mapping) else rule for rule in rules]
    if rules is None:
        return None
    return {"TransitionDefaultMinimumObjectSize": "all_storage_classes_128K", **declared, "Rules": rules}


def _rule(rule: Mapping[str, Value]) -> dict[str, Value]:
    renewed = {name: value for name, value in rule.items() if name not in _OLD_NAMES}
    days = rule.get("NoncurrentVersionExpirationInDays")
    if days is not None:
        renewed.setdefault("NoncurrentVersionExpiration", {"NoncurrentDays": days})
    for old, new in (("Transition", "Transitions"), ("NoncurrentVersionTransition", "NoncurrentVersionTransitions")):
        moves = _joined(rule.get(new), rule.get(old))
        if moves is not None:
            renewed[new] = moves
    if renewed.get("Prefix") == "":
        del renewed["Prefix"]
    return {"Id": _ID_LATER, **_dated(renewed)}


def _joined(moves: Value, older: Value) -> Value:
    if isinstance(moves, Unknown) or (moves is None and older is None):
        return moves
    found = [*(moves or ()), *([] if older is None else [older])]
    return [_move(move) if isinstance(move, Mapping) else move for move in found]


def _move(move: Mapping[str, Value]) -> dict[str, Value]:
    written = move.get("StorageClass")
    renamed = _OLD_CLASSES.get(written, written) if isinstance(written, str) else written
    return _dated({**move, **({} if renamed is None else {"StorageClass": renamed})})


def _dated(values: dict[str, Value]) -> dict[str, Value]:
    """Dates to the second, as all points in time are written."""
    return {name: _moment(value) if name in _DATES else value for name, value in values.items()}


def _moment(written: Value) -> Value:
    try:
        found = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return Unknown("the date is not one")
    if found is None:
        return written
    return moment(found if found.tzinfo else found.replace(tzinfo=UTC))

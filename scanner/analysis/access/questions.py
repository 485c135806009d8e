"""Questions to policies that no single request settles: may anybody of these do that, and is it denied to all of them.

Both are answered by comparing policies, so an answer holds for every request of the kind: conditions that let someone
through show up as an example of who, and what nobody can decide stays open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeAlias

from scanner.analysis.access.callers import Caller
from scanner.analysis.access.policies import Pins, Policies, statement_name
from scanner.analysis.truth import Truth
from scanner.estate.unknown import Unknown, Value
from scanner.policy.clauses import NOTHING
from scanner.policy.compare import Contained, Exceeds, Prepared, Scope, Undecided, compare, excess, prepare
from scanner.policy.document import parse_policy
from scanner.policy.request import Request
from scanner.policy.statements import PolicyKind

MOST_SHOWN = 20
"""How many entries of a kind a fact lists; more add nothing for a reader."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request that shows it. `statement` says which statement allows it, in words, empty where none has to."""

    request: Request
    statement: str = ""


Answer: TypeAlias = Example | Unknown | None
"""Yes, with an example; nobody knows; no."""


@dataclass(frozen=True, slots=True)
class Requests:
    """A kind of requests: any of these actions, on resources that match these patterns, by any of these callers.

    Actions may hold wildcards; without any, every action counts. Without callers, everybody counts whom the policies
    tell apart. `keys` are known of all of the requests.
    """

    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    callers: tuple[Caller, ...] = ()
    partition: str = "aws"
    keys: Pins = field(default_factory=dict, hash=False)


_Ask: TypeAlias = Callable[[Prepared, Scope], Answer]


def allowed(policies: Policies, asked: Requests) -> Answer:
    """Whether the policies let any of these requests happen."""
    needless = _everything_but(asked.actions) if asked.actions else NOTHING

    def ask(prepared: Prepared, scope: Scope) -> Answer:
        match compare(prepared, needless, scope):
            case Contained():
                return None
            case Exceeds() as found:
                return Example(found.witness, statement_name(found.statement))
            case Undecided(reason=reason):
                return Unknown(reason)

    return _of_each(policies, asked, ask)


def undenied(policies: Policies, asked: Requests) -> Answer:
    """Whether any of these requests gets past the denials of the policies; what they allow plays no part."""
    wanted = _everything_of(asked.actions)

    def ask(prepared: Prepared, scope: Scope) -> Answer:
        words = wanted.vocabulary | prepared.vocabulary
        found = compare(replace(wanted, denies=prepared.denies, vocabulary=words, memory={}), NOTHING, scope)
        if isinstance(found, Contained):
            return None
        # What could not be read can only deny more, so it matters only where something is left.
        if prepared.unread:
            return Unknown(prepared.unread[0].reason)
        return Example(found.witness) if isinstance(found, Exceeds) else Unknown(found.reason)

    return _of_each(policies, asked, ask)


def beyond(policies: Policies, needed: Prepared, asked: Requests) -> Iterable[Example | Unknown]:
    """An example for each statement that lets more happen than is needed, of the requests that are asked about."""
    found: dict[str, Example | Unknown] = {}
    for prepared, scope in _cases(policies, asked):
        for one in excess(prepared, needed, scope):
            name = statement_name(one.statement)
            if one.witness is not None:
                if not isinstance(found.get(name), Example):
                    found[name] = Example(one.witness, name)
            else:
                found.setdefault(name, Unknown(f"whether {name} grants more than is needed: {one.reason}"))
    yield from found.values()
    yield from (Unknown(gap.reason) for gap in policies.prepared(asked.keys).unread)


def enough(found: Iterable[Value]) -> list[Value]:
    """As much of what was found as a reader needs, what is certain first; it is empty only if nothing was found."""
    entries = list(found)
    certain = [one for one in entries if not isinstance(one, Unknown)]
    doubts = [one for one in entries if isinstance(one, Unknown)]
    return [*certain[:MOST_SHOWN], *doubts[:MOST_SHOWN]]


def truth_of(answer: Answer) -> Truth:
    """The answer without its example."""
    return answer if isinstance(answer, Unknown) else answer is not None


def _of_each(policies: Policies, asked: Requests, ask: _Ask) -> Answer:
    """The answer for all callers together if that is no; else for each of them, with all that is known of that one."""
    together = ask(policies.prepared(asked.keys), _scope(asked, asked.callers))
    if together is None or not asked.callers:
        return together
    doubt: Unknown | None = None
    for prepared, scope in _cases(policies, asked):
        answer = ask(prepared, scope)
        if isinstance(answer, Example):
            return answer
        doubt = doubt or answer
    return doubt


def _cases(policies: Policies, asked: Requests) -> Iterable[tuple[Prepared, Scope]]:
    if not asked.callers:
        yield policies.prepared(asked.keys), _scope(asked, ())
    for caller in asked.callers:
        yield policies.prepared({**caller.keys, **asked.keys}), _scope(asked, (caller,))


def _scope(asked: Requests, callers: tuple[Caller, ...]) -> Scope:
    names = tuple(caller.name for caller in callers)
    return Scope(resources=asked.resources, principals=names, partitions=(asked.partition,))


@lru_cache(maxsize=256)
def _everything_but(actions: tuple[str, ...]) -> Prepared:
    return _allowing(PolicyKind.IDENTITY, NotAction=list(actions))


@lru_cache(maxsize=256)
def _everything_of(actions: tuple[str, ...]) -> Prepared:
    # For everybody by name, so that whoever no denial names is asked about, too.
    return _allowing(PolicyKind.RESOURCE, Action=list(actions) or ["*"], Principal="*")


def _allowing(kind: PolicyKind, **elements: object) -> Prepared:
    statement = {"Effect": "Allow", "Resource": "*", **elements}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return prepare([parse_policy(document, name="asked")], kind)

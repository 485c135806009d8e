"""From findings to resources as they should be: remedies are tried on a copy of the estate until nothing changes.

Every fix is proved before it is planned, by judging the estate as it would be. What remains failing is told, with the
reason.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from scanner import audit
from scanner.audit import Question
from scanner.cycles import unsearched
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown, Value
from scanner.evaluation.parameters import with_defaults
from scanner.findings.assembly import coverage_of
from scanner.findings.scan import Scan
from scanner.remedies.differences import Change, changes_between
from scanner.remedies.leftovers import failing, left_by_hand, passing, to_do, unfixed
from scanner.remedies.proposals import Choices, Proposal, Remedy, Situation
from scanner.remedies.regressions import FindingName, name_of, suspects, worsened
from scanner.remedies.step import Plan, Target
from scanner.remedies.steps import Served, digest_of, steps_of
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError

MAX_ROUNDS = 12
"""How often the estate is judged anew: a remedy may make another one possible, but not for ever."""

MOST_TRIED = 16
"""How many fixes are left out one by one to find the one that makes something worse; then all of them are."""


@dataclass(slots=True)
class _Attempts:
    """What the remedies came to: the findings that each changed property is for, and why others had to be left.

    `touched` is what was changed for each finding.
    """

    serves: dict[tuple[Target, str], Served] = field(default_factory=dict)
    cannot: dict[FindingName, str] = field(default_factory=dict)
    touched: dict[FindingName, set[Target]] = field(default_factory=dict)


def with_remedies(asked: Question, remedies: Mapping[str, Remedy]) -> Question:
    """The question with all that is to be read, so that what fails can be planned to pass."""
    named = {rule.remedy for rule in asked.rules} & remedies.keys()
    return replace(asked, besides=asked.besides.union(*(remedies[name].reads for name in named)))


def plan(
    asked: Question,
    estate: Estate,
    choices: Choices,
    remedies: Mapping[str, Remedy],
    *,
    source: str,
    clock: audit.Clock,
) -> Plan:
    """The changes that make the failing findings of a question pass, those that have a remedy.

    `source` says in words where the estate came from. Nothing that is unknown is ever changed, and nothing made to fail
    that passes.
    """
    asked = with_remedies(asked, remedies)
    with unsearched():
        first = _judged(asked, estate, clock)
        fixed = partial(_fixed, asked, estate, first, choices, remedies, clock)
        working, last, attempts = _unharmful(first.scan, fixed)
        steps = steps_of(changes_between(estate, working), attempts.serves)
    passes, by_hand = passing(last.scan), left_by_hand(steps)
    return Plan(
        created=clock.began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        source=source,
        digest=digest_of(steps),
        steps=steps,
        unfixed=(*unfixed(first.scan, last.scan, attempts.cannot, remedies), *to_do(first.scan, by_hand)),
        fixes=tuple(
            (one.rule, one.fingerprint)
            for one in failing(first.scan)
            if passes(one) and (one.rule, one.fingerprint) not in by_hand
        ),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    derived: Estate
    scan: Scan


class _Fixed(NamedTuple):
    """The estate with fixes, what is said of it, and what the remedies came to."""

    working: Estate
    last: _Judged
    attempts: _Attempts


def _judged(asked: Question, estate: Estate, clock: audit.Clock) -> _Judged:
    derived = audit.derived(asked, estate)
    return _Judged(derived, audit.judge_derived(asked, derived, lambda: clock.run("plan", estate), coverage_of(estate)))


def _unharmful(first: Scan, fixed: Callable[[Mapping[FindingName, str]], _Fixed]) -> _Fixed:
    """What fixing comes to, without those fixes that make something fail for good."""
    barred: dict[FindingName, str] = {}
    while True:
        found = fixed(barred)
        worse = worsened(first, found.last.scan)
        if not worse or not found.attempts.touched:
            return found
        why = f"it would make {worse[0].rule} fail for {worse[0].resource.name}, which passes today"
        names = suspects(worse[0], found.attempts.touched)
        # One by one, so that whatever has nothing to do with it is fixed all the same.
        alone = (
            name
            for name in names[:MOST_TRIED]
            if len(worsened(first, fixed({**barred, name: why}).last.scan)) < len(worse)
        )
        guilty = next(alone, None)
        barred |= dict.fromkeys(names if guilty is None else [guilty], why)


def _fixed(
    asked: Question,
    estate: Estate,
    first: _Judged,
    choices: Choices,
    remedies: Mapping[str, Remedy],
    clock: audit.Clock,
    barred: Mapping[FindingName, str],
) -> _Fixed:
    """What all fixes but the barred ones come to."""
    attempts = _Attempts(cannot=dict(barred))
    working, judged = estate, first
    for _ in range(MAX_ROUNDS):
        changed = _round(asked, working, judged, choices, remedies, attempts, barred)
        if changed is working:
            break
        working, judged = changed, _judged(asked, changed, clock)
    return _Fixed(working, judged, attempts)


def _round(
    asked: Question,
    working: Estate,
    judged: _Judged,
    choices: Choices,
    remedies: Mapping[str, Remedy],
    attempts: _Attempts,
    barred: Collection[FindingName],
) -> Estate:
    """The estate after one try of every remedy; the very same one where none changes anything."""
    params = {rule.id: with_defaults(rule.params, asked.intent.params.get(rule.id, {})) for rule in asked.pack.rules}
    situation = Situation(judged.derived, working, asked.intent, choices, params)
    for finding in failing(judged.scan):
        remedy = remedies.get(judged.scan.rules[finding.rule].remedy)
        if remedy is None or name_of(finding) in barred:
            continue
        proposal = remedy.propose(situation, finding)
        changes = tuple(_changes(situation.working, proposal))
        cannot = proposal.cannot or next(filter(None, map(_objection, changes)), "")
        if cannot:
            attempts.cannot[name_of(finding)] = cannot
            continue
        for change in changes:
            attempts.touched.setdefault(name_of(finding), set()).add(change.target)
            served = attempts.serves.setdefault((change.target, change.property), {})
            served[finding.rule, finding.fingerprint] = None
        if changes:
            situation = situation.having(proposal)
    return situation.working


def _changes(estate: Estate, proposal: Proposal) -> Iterator[Change]:
    return changes_between(estate, estate.adding(proposal.resources)) if proposal.resources else iter(())


def _objection(change: Change) -> str:
    """Why a change cannot be made; empty where it can."""
    if _has_unknown(change.before) or _has_unknown(change.after):
        return f"{change.property or 'it'} of {change.target.name} is not known, and what is not known is not changed"
    write = write_of(change.target.type, change.property)
    if write is None:
        return f"drscan does not write {change.property or 'new resources'} of {change.target.type}"
    try:
        write.requests(change.target, change.before, change.after)
    except CannotWriteError as error:
        return str(error)
    return ""


def _has_unknown(value: Value) -> bool:
    left = [value]
    while left:
        match left.pop():
            case Unknown():
                return True
            case dict() as members:
                left.extend(members.values())
            case list() | tuple() as items:
                left.extend(items)
    return False

"""From findings to resources as they should be: remedies are tried on a copy of the estate until nothing changes.

Every fix is proved before it is planned, by judging the estate as it would be. What remains failing is told, with the
reason.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from scanner import audit
from scanner.audit import Question
from scanner.cycles import unsearched
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Verdict
from scanner.evaluation.parameters import with_defaults
from scanner.findings.assembly import coverage_of
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan
from scanner.remedies.differences import Change, changes_between
from scanner.remedies.proposals import Choices, Proposal, Remedy, Situation
from scanner.remedies.step import Plan, Safety, Step, Target, Unfixed
from scanner.remedies.steps import Served, digest_of, steps_of
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError

MAX_ROUNDS = 12
"""How often the estate is judged anew: a remedy may make another one possible, but not for ever."""


@dataclass(slots=True)
class _Attempts:
    """What the remedies came to: the findings that each changed property is for, and why others had to be left."""

    serves: dict[tuple[Target, str], Served] = field(default_factory=dict)
    cannot: dict[tuple[str, str], str] = field(default_factory=dict)


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

    `source` says in words where the estate came from. Nothing that is unknown is ever changed.
    """
    asked = with_remedies(asked, remedies)
    with unsearched():
        attempts = _Attempts()
        before = first = _judged(asked, estate, clock)
        working = estate
        for _ in range(MAX_ROUNDS):
            changed = _round(asked, working, before, choices, remedies, attempts)
            if changed is working:
                break
            working = changed
            before = _judged(asked, working, clock)
        steps = steps_of(changes_between(estate, working), attempts.serves)
    passing, by_hand = _passing(before.scan), _left_by_hand(steps)
    return Plan(
        created=clock.began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        source=source,
        digest=digest_of(steps),
        steps=steps,
        unfixed=(*_unfixed(first.scan, before.scan, attempts, remedies), *_to_do(first.scan, by_hand)),
        fixes=tuple(
            (one.rule, one.fingerprint)
            for one in _failing(first.scan)
            if passing(one) and (one.rule, one.fingerprint) not in by_hand
        ),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    derived: Estate
    scan: Scan


def _judged(asked: Question, estate: Estate, clock: audit.Clock) -> _Judged:
    derived = audit.derived(asked, estate)
    return _Judged(derived, audit.judge_derived(asked, derived, lambda: clock.run("plan", estate), coverage_of(estate)))


def _round(
    asked: Question,
    working: Estate,
    judged: _Judged,
    choices: Choices,
    remedies: Mapping[str, Remedy],
    attempts: _Attempts,
) -> Estate:
    """The estate after one try of every remedy; the very same one where none changes anything."""
    params = {rule.id: with_defaults(rule.params, asked.intent.params.get(rule.id, {})) for rule in asked.pack.rules}
    situation = Situation(judged.derived, working, asked.intent, choices, params)
    for finding in _failing(judged.scan):
        remedy = remedies.get(judged.scan.rules[finding.rule].remedy)
        if remedy is None:
            continue
        proposal = remedy.propose(situation, finding)
        changes = tuple(_changes(situation.working, proposal))
        cannot = proposal.cannot or next(filter(None, map(_objection, changes)), "")
        if cannot:
            attempts.cannot[_name(finding)] = cannot
            continue
        for change in changes:
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


def _failing(scan: Scan) -> list[Finding]:
    return [finding for finding in scan.findings if finding.verdict is Verdict.FAIL]


def _name(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.resource.identity


def _passing(scan: Scan) -> Callable[[Finding], bool]:
    """Tells whether a finding of before is one no more. One of which it can no longer be told does not pass."""
    open_ = {_name(one) for one in scan.findings if one.verdict in (Verdict.FAIL, Verdict.UNKNOWN)}
    return lambda finding: _name(finding) not in open_


def _left_by_hand(steps: Iterable[Step]) -> frozenset[tuple[str, str]]:
    """The findings that hang on a step which drscan only shows."""
    return frozenset(served for step in steps if step.safety is Safety.MANUAL for served in step.serves)


def _to_do(first: Scan, by_hand: Collection[tuple[str, str]]) -> Iterator[Unfixed]:
    for finding in _failing(first):
        if (finding.rule, finding.fingerprint) in by_hand:
            why = "drscan shows what should be instead, and leaves it to you: look at the manual steps"
            yield Unfixed(finding.rule, finding.fingerprint, finding.resource.arn or finding.resource.name, why)


def _unfixed(first: Scan, last: Scan, attempts: _Attempts, remedies: Mapping[str, Remedy]) -> Iterator[Unfixed]:
    """What still fails, and what failed and now hangs on something that nobody can know before it is done."""
    failed = {_name(finding) for finding in _failing(first)}
    for finding in last.findings:
        is_open = finding.verdict is Verdict.UNKNOWN and _name(finding) in failed
        if is_open or finding.verdict is Verdict.FAIL:
            remedy = remedies.get(last.rules[finding.rule].remedy)
            why = attempts.cannot.get(_name(finding)) or (
                _doubt(finding, remedy) if is_open else _still(last, finding, remedy)
            )
            if _name(finding) not in failed:
                why = f"it does not fail today, and would after this plan: {why}"
            yield Unfixed(finding.rule, finding.fingerprint, finding.resource.arn or finding.resource.name, why)


def _still(scan: Scan, finding: Finding, remedy: Remedy | None) -> str:
    fix = scan.rules[finding.rule].fix
    if remedy is None:
        return f"there is no remedy for this rule; {fix}"
    return remedy.leaves or "its remedy did not make it pass"


def _doubt(finding: Finding, remedy: Remedy | None) -> str:
    if remedy and remedy.leaves:
        return remedy.leaves
    reasons = (one.observed.reason for one in finding.evidence if isinstance(one.observed, Unknown))
    return f"whether it passes will only show once this is done: {next(reasons, 'something is not known before')}"

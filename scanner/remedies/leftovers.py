"""What a plan leaves: findings that fail all the same, that will only show, or that somebody has to see to by hand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan
from scanner.remedies.proposals import Remedy
from scanner.remedies.regressions import FindingName, name_of
from scanner.remedies.step import Safety, Step, Unfixed


def failing(scan: Scan) -> list[Finding]:
    """The findings that fail."""
    return [finding for finding in scan.findings if finding.verdict is Verdict.FAIL]


def passing(scan: Scan) -> Callable[[Finding], bool]:
    """Tells whether a finding of before is one no more. One of which it can no longer be told does not pass."""
    open_ = {name_of(one) for one in scan.findings if one.verdict in (Verdict.FAIL, Verdict.UNKNOWN)}
    return lambda finding: name_of(finding) not in open_


def left_by_hand(steps: Iterable[Step]) -> frozenset[tuple[str, str]]:
    """The findings that hang on a step which drscan only shows."""
    return frozenset(served for step in steps if step.safety is Safety.MANUAL for served in step.serves)


def to_do(first: Scan, by_hand: Collection[tuple[str, str]]) -> Iterator[Unfixed]:
    """The findings that somebody has to see to, by what a manual step shows."""
    for finding in failing(first):
        if (finding.rule, finding.fingerprint) in by_hand:
            why = "drscan shows what should be instead, and leaves it to you: look at the manual steps"
            yield Unfixed(finding.rule, finding.fingerprint, finding.resource.arn or finding.resource.name, why)


def unfixed(
    first: Scan, last: Scan, cannot: Mapping[FindingName, str], remedies: Mapping[str, Remedy]
) -> Iterator[Unfixed]:
    """What still fails, and what failed and now hangs on something that nobody can know before it is done."""
    failed = {name_of(finding) for finding in failing(first)}
    for finding in last.findings:
        is_open = finding.verdict is Verdict.UNKNOWN and name_of(finding) in failed
        if is_open or finding.verdict is Verdict.FAIL:
            remedy = remedies.get(last.rules[finding.rule].remedy)
            why = cannot.get(name_of(finding)) or (
                _doubt(finding, remedy) if is_open else _still(last, finding, remedy)
            )
            if name_of(finding) not in failed:
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

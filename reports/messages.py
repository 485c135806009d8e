"""What a pipeline shows of a finding: a few sentences of plain text, the most important first.

Such programs show the first sentence where space is short, and the rest on a click. All of it is inert.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from reports import wording
from reports.options import Options
from scanner.estate.verdict import Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Scan
from scanner.inert import one_line

_WORDS = {
    Verdict.FAIL: "fails",
    Verdict.UNKNOWN: "could not be judged",
    Verdict.WAIVED: "fails, which its owner accepts",
    Verdict.PASS: "passes",
    Verdict.NOT_APPLICABLE: "is not concerned",
}


def headline(finding: Finding) -> str:
    """The resource, what came of it, what was seen and expected, and under which conditions."""
    parts = (f"{wording.resource_name(finding)} {_WORDS[finding.verdict]}", wording.evidence_line(finding))
    return ", ".join(part for part in (": ".join(filter(None, parts)), wording.condition(finding)) if part) + "."


def sentences(finding: Finding, rule: RuleInfo) -> Iterator[str]:
    """The headline, what should hold, who accepts it until when, and the next step."""
    yield headline(finding)
    yield f"What should hold: {_ended(rule.title)}"
    if finding.waiver:
        yield f"Accepted {_ended(wording.waiver_line(finding.waiver))}"
    elif rule.fix and finding.verdict is Verdict.FAIL:
        yield f"Next step: {_ended(rule.fix)}"


def pipeline_findings(scan: Scan, options: Options, *, waived: bool = False) -> Iterator[Finding]:
    """The findings that a pipeline is told of, unless the user chose others.

    These are what fails and what could not be judged, the latter unless the user allows it: a template by itself leaves
    much undecided, and a page full of it hides what fails.
    """
    verdicts = {Verdict.FAIL: True, Verdict.UNKNOWN: not options.allow_unknown, Verdict.WAIVED: waived}
    return scan.listed(options.only or [verdict for verdict, is_told in verdicts.items() if is_told])


def new_first(findings: Iterable[Finding], baseline: Baseline | None) -> Iterator[Finding]:
    """The findings in their order, those that the baseline knows after all others."""
    if baseline is None:
        return iter(findings)
    known: list[Finding] = []
    return chain(_new(findings, baseline, known), known)


def _new(findings: Iterable[Finding], baseline: Baseline, known: list[Finding]) -> Iterator[Finding]:
    for finding in findings:
        if finding in baseline:
            known.append(finding)
        else:
            yield finding


def _ended(text: str) -> str:
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."

"""From judgements to a scan: waives, counts and sorts.

Judgements come as a stream and are known here only by their shape, so that nothing in this package depends on how rules
are written or evaluated.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Coverage, Run, Scan, Tool
from scanner.findings.sharing import EvidenceStore
from scanner.findings.waivers import apply_waivers, waiver_messages


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


class Judged(Protocol):
    """What is asked of a judgement: one rule's verdict on one resource, with the evidence for it.

    `rule` needs nothing but an `id`; `more` counts the leaves that were left out of `evidence`.
    """

    @property
    def rule(self) -> _Identified: ...  # noqa: D102
    @property
    def resource(self) -> Resource: ...  # noqa: D102
    @property
    def verdict(self) -> Verdict: ...  # noqa: D102
    @property
    def evidence(self) -> tuple[Evidence, ...]: ...  # noqa: D102
    @property
    def more(self) -> int: ...  # noqa: D102


def coverage_of(estate: Estate, calls: int | None = None) -> Coverage:
    """What a scan saw of an estate. `calls` is None when no call was made.

    Derived resources (`DR::...`) are not counted: nobody has them in an account.
    """
    seen = sum(not resource.type.startswith("DR::") for resource in estate.resources)
    refused = sum(1 for unseen in estate.unseen if unseen.iam_action)
    return Coverage(estate.accounts, tuple(sorted(estate.unseen)), seen, calls, refused)


def from_judgements(
    judgements: Iterable[Judged],
    rules: Iterable[RuleInfo],
    *,
    tool: Tool,
    run: Run,
    coverage: Coverage,
    intent: Intent,
    today: date,
    known_rules: Collection[str] = (),
    frameworks: Mapping[str, str] | None = None,
) -> Scan:
    """The scan that these judgements make.

    `rules` are those that were run; `known_rules` the ids of all there are, when more. Waivers of the intent are
    applied as of `today` (UTC), and what is wrong with them becomes the scan's messages.
    """
    infos = {rule.id: rule for rule in rules}
    counter = _Counter()
    found = apply_waivers(_findings(counter.without_silent(judgements), infos), intent.waivers, today)
    findings = _sorted(found)
    messages = waiver_messages(
        findings, intent.waivers, today, file=intent.file, ran=infos, known={*infos, *known_rules}
    )
    return Scan(
        tool, run, coverage, findings, infos, frameworks or {}, not_applicable=counter.silent, messages=tuple(messages)
    )


class _Counter:
    """Counts the judgements that say nothing while the others pass through: there are too many to keep."""

    silent = 0

    def without_silent(self, judgements: Iterable[Judged]) -> Iterator[Judged]:
        for judgement in judgements:
            if judgement.verdict is Verdict.NOT_APPLICABLE:
                self.silent += 1
            else:
                yield judgement


def _findings(judgements: Iterable[Judged], rules: Mapping[str, RuleInfo]) -> Iterator[Finding]:
    store = EvidenceStore()
    for judged in judgements:
        rule, evidence = rules[judged.rule.id], store.shared(judged.evidence)
        yield Finding(rule.id, judged.verdict, rule.severity, judged.resource, evidence, judged.more)


_VERDICT_ORDER = {verdict: rank for rank, verdict in enumerate(Verdict)}
_SEVERITY_ORDER = {severity: severity.rank for severity in Severity}
# The least significant key first: sorting is stable, and one existing value a pass costs no memory, where a tuple for
# each of millions of findings would.
_SORT_KEYS: tuple[Callable[[Finding], str | int], ...] = (
    lambda finding: finding.resource.arn,
    lambda finding: finding.resource.name,
    lambda finding: finding.resource.type,
    lambda finding: finding.resource.region,
    lambda finding: finding.resource.account,
    lambda finding: finding.rule,
    lambda finding: _SEVERITY_ORDER[finding.severity],
    lambda finding: _VERDICT_ORDER[finding.verdict],
)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    ordered = list(findings)
    for key in _SORT_KEYS:
        ordered.sort(key=key)
    return tuple(ordered)

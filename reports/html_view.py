"""What the HTML page shows, worked out: the template only lays it out.

Everything is bounded (rows of a rule, names that pass, gaps in coverage), and every bound that bites is told, so that
the page of a large estate still opens; the JSON report has it all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from reports import wording
from reports.change_view import ChangeView, change_view
from reports.link_view import LinkRow, link_rows, links_line
from reports.options import Options
from scanner.estate.estate import Account
from scanner.estate.intent import Waiver
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import lifts
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Scan
from scanner.inert import one_line
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

FIRST_ROWS = 10
MAX_ROWS = 1000
MAX_PASSED = 100
MAX_UNSEEN = 300
MAX_LIFTS = 15
MAX_LINKS = 300


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the summary, with its word and perhaps a detail."""

    verdict: Verdict
    number: str
    word: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A verdict's share of the bar below the tiles, in percent from its left end."""

    verdict: Verdict
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """One piece of evidence, in words."""

    path: str
    expected: str
    observed: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: what its closed line says, and what unfolds from it."""

    verdict: Verdict
    fingerprint: str
    name: str
    place: str
    when: str
    line: str
    identity: str
    evidence: tuple[Leaf, ...]
    more: int
    waiver: Waiver | None


@dataclass(slots=True)
class Group:
    """A rule with its findings: those to list, and the names of the first that pass."""

    rule: RuleInfo
    frameworks: Mapping[str, str]
    accounts: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    counts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """What should hold."""
        return one_line(self.rule.title)

    @property
    def why(self) -> str:
        """What is lost when it does not."""
        return one_line(self.rule.why)

    @property
    def fix(self) -> str:
        """The next step."""
        return one_line(self.rule.fix)

    @property
    def line(self) -> str:
        """How many findings came to each verdict, in words."""
        told = [f"{self.counts[verdict]:,} {word}" for verdict, word in _WORDS.items() if self.counts[verdict]]
        return ", ".join(told) or "applies to nothing that was seen"

    @property
    def rows(self) -> Iterator[Row]:
        """The findings that are listed, made one at a time while the page is written."""
        return (_row(finding, self.accounts) for finding in islice(self.findings, MAX_ROWS))

    @property
    def more(self) -> int:
        """How many findings are not listed."""
        return max(0, len(self.findings) - MAX_ROWS)

    @property
    def rest_line(self) -> str:
        """The line that folds all findings but the first; empty when there are few."""
        rest = min(len(self.findings), MAX_ROWS) - FIRST_ROWS
        return f"{rest:,} more" if rest > 0 else ""

    @property
    def passed_line(self) -> str:
        """How many resources pass, in words."""
        return f"{wording.plural(self.counts[Verdict.PASS], 'resource')} passed"

    @property
    def more_passed(self) -> int:
        """How many of those that pass are not named."""
        return self.counts[Verdict.PASS] - len(self.passed)

    @property
    def attack(self) -> list[str]:
        """ATT&CK techniques with how the rule helps."""
        return [f"{' '.join((t.technique, t.name)).strip()} ({t.how})" for t in self.rule.attack]

    @property
    def controls(self) -> list[tuple[str, Sequence[str]]]:
        """Frameworks by title, each with the ids of its controls."""
        return [(self.frameworks.get(key, key), ids) for key, ids in sorted(self.rule.controls.items())]

    @property
    def references(self) -> list[str]:
        """Where to read on. Only https: a rule pack may come from a stranger."""
        return [link for link in self.rule.references if link.startswith("https://")]


@dataclass(frozen=True, slots=True)
class Section:
    """The rules of one severity that have something to list."""

    severity: Severity
    groups: list[Group]

    @property
    def line(self) -> str:
        """How many rules and findings, in words."""
        total = sum((group.counts for group in self.groups), Counter[Verdict]())
        told = [f"{total[verdict]:,} {word}" for verdict, word in _WORDS.items() if total[verdict]]
        return ", ".join([*told, f"in {wording.plural(len(self.groups), 'rule')}"])


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in scope; `id` is empty where nobody said which it is."""

    id: str
    name: str
    regions: str


@dataclass(frozen=True, slots=True)
class Page:
    """All of the page."""

    scan: Scan
    headline: str
    coverage_line: str
    tiles: list[Tile]
    bars: list[Bar]
    lifts: list[str]
    more_lifts: int
    links: list[LinkRow]
    told_links: int
    links_line: str
    more_links: int
    changes: ChangeView | None
    max_links: int
    unseen: Iterable[str]
    more_unseen: int
    sections: list[Section]
    first_rows: int
    quiet: list[Group]
    accounts: list[AccountRow]
    ending: Mapping[str, object] | None


_WORDS = {
    Verdict.FAIL: "failing",
    Verdict.UNKNOWN: "unknown",
    Verdict.WAIVED: "waived",
    Verdict.PASS: "passed",
    Verdict.NOT_APPLICABLE: "not applicable",
}


def page_of(scan: Scan, options: Options) -> Page:
    """The page of a scan."""
    accounts = wording.account_names(scan)
    groups = _groups(scan, options, accounts)
    lifted = lifts(scan)
    gaps = scan.coverage.unseen
    links = link_rows(scan, MAX_LINKS)
    return Page(
        scan=scan,
        headline=_headline(scan),
        coverage_line=wording.coverage_line(scan),
        tiles=_tiles(scan),
        bars=list(_bars(scan)),
        lifts=[wording.lift_line(lift, accounts) for lift in lifted[:MAX_LIFTS]],
        more_lifts=max(0, len(lifted) - MAX_LIFTS),
        links=links,
        told_links=sum(bool(link.causes) for link in links),
        links_line=links_line(scan),
        more_links=max(0, len(scan.links) - MAX_LINKS),
        changes=change_view(scan.changes),
        max_links=MAX_LINKS,
        unseen=(wording.unseen_line(gap, accounts) for gap in gaps[:MAX_UNSEEN]),
        more_unseen=max(0, len(gaps) - MAX_UNSEEN),
        sections=list(_sections(groups)),
        first_rows=FIRST_ROWS,
        quiet=sorted((group for group in groups if not group.findings), key=_order),
        accounts=[_account_row(account) for account in scan.coverage.accounts],
        ending=None if options.ending is None else dict(zip(("code", "meaning"), options.ending, strict=True)),
    )


def _groups(scan: Scan, options: Options, accounts: Mapping[str, str]) -> list[Group]:
    groups = {id_: Group(rule, scan.frameworks, accounts) for id_, rule in scan.rules.items()}
    for finding in scan.listed(options.only):
        group = groups[finding.rule]
        group.counts[finding.verdict] += 1
        if finding.verdict is not Verdict.PASS:
            group.findings.append(finding)
        elif len(group.passed) < MAX_PASSED:
            group.passed.append(wording.resource_name(finding))
    return list(groups.values())


def _sections(groups: list[Group]) -> Iterator[Section]:
    for severity in Severity:
        listed = [group for group in groups if group.findings and group.rule.severity is severity]
        if listed:
            yield Section(severity, sorted(listed, key=_order))


def _order(group: Group) -> tuple[int, int, int, str]:
    return (
        group.rule.severity.rank,
        -group.counts[Verdict.FAIL],
        -group.counts[Verdict.UNKNOWN],
        group.rule.id,
    )


def _row(finding: Finding, accounts: Mapping[str, str]) -> Row:
    return Row(
        verdict=finding.verdict,
        fingerprint=finding.fingerprint,
        name=wording.resource_name(finding),
        place=wording.place(finding, accounts),
        when=wording.condition(finding),
        line=wording.evidence_line(finding),
        identity=finding.resource.identity,
        evidence=tuple(
            Leaf(leaf.path, wording.expected(leaf), wording.observed(leaf.observed), leaf.source)
            for leaf in finding.evidence
        ),
        more=finding.more,
        waiver=finding.waiver,
    )


def _account_row(account: Account) -> AccountRow:
    id_ = "" if account.id == UNNAMED_ACCOUNT else account.id
    regions = ", ".join("not named" if region == UNNAMED_REGION else region for region in account.regions)
    return AccountRow(id_, account.name, regions or "all enabled")


def _headline(scan: Scan) -> str:
    failing, unknown = scan.counts[Verdict.FAIL], scan.counts[Verdict.UNKNOWN]
    if failing:
        worst = next(severity for severity, number in scan.failing.items() if number)
        line = f"{wording.plural(failing, 'failure')}, {scan.failing[worst]:,} of them {worst}"
    else:
        line = "Nothing fails"
    return f"{line}; {unknown:,} unknown" if unknown else line


def _tiles(scan: Scan) -> list[Tile]:
    severities = ", ".join(f"{number:,} {severity}" for severity, number in scan.failing.items() if number)
    return [
        Tile(verdict, f"{scan.counts[verdict]:,}", word, severities if verdict is Verdict.FAIL else "")
        for verdict, word in _WORDS.items()
    ]


def _bars(scan: Scan) -> Iterator[Bar]:
    shown = {v: scan.counts[v] for v in _WORDS if scan.counts[v] and v is not Verdict.NOT_APPLICABLE}
    start, total = 0.0, sum(shown.values())
    for verdict, number in shown.items():
        yield Bar(verdict, round(start, 3), round(100 * number / total, 3))
        start += 100 * number / total

"""A whole scan: who looked, at what, what came of it, and what could not be seen.

Every report is written from a `Scan` and from nothing else, so whatever a report should say must be in here.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.estate.changes import Changes
from scanner.estate.estate import Account, Unseen
from scanner.estate.unknown import Value
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that made the scan."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run: a unique `id`, ISO times in UTC, and `sources` in words (`aws`, `snapshot estate.jsonl.gz`).

    `complete` is False when the run stopped before its end (credentials expired, interrupted); what it saw is reported
    all the same. `interrupted` says that a person stopped it.
    """

    id: str
    started: str
    finished: str
    sources: tuple[str, ...] = ()
    complete: bool = True
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was seen: accounts in scope, resources read, API calls made (None when none were, as from a snapshot).

    `unseen` lists all that was asked for and not seen; `refused` counts the calls that it stands for.
    """

    accounts: tuple[Account, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    resources: int = 0
    calls: int | None = None
    refused: int = 0

    @property
    def regions(self) -> int:
        """How many different regions the accounts were asked for."""
        return len({region for account in self.accounts for region in account.regions})


@dataclass(frozen=True)
class Scan:
    """The result of a run. `findings` are sorted: failures first, the worst first, then by rule and resource.

    `not_applicable` counts the judgements that say nothing. `messages` are for the user (an expired waiver). `rules`
    holds every rule that was run, by id; `frameworks` the titles of the frameworks that their `controls` name. `links`
    are replication links as plain data, in the shape of the JSON report. `changes` tells what templates would change of
    what is live; None where they were not laid over anything.
    """

    tool: Tool
    run: Run
    coverage: Coverage = field(default_factory=Coverage)
    findings: tuple[Finding, ...] = ()
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Mapping[str, Value], ...] = ()
    not_applicable: int = 0
    messages: tuple[str, ...] = ()
    changes: Changes | None = None

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many judgements came to each verdict; every verdict is there."""
        found = Counter(finding.verdict for finding in self.findings)
        found[Verdict.NOT_APPLICABLE] = self.not_applicable
        return {verdict: found[verdict] for verdict in Verdict}

    @cached_property
    def failing(self) -> Mapping[Severity, int]:
        """How many findings FAIL at each severity; every severity is there, the worst first."""
        found = Counter(finding.severity for finding in self.findings if finding.verdict is Verdict.FAIL)
        return {severity: found[severity] for severity in Severity}

    def listed(self, only: Collection[Verdict] = ()) -> Iterator[Finding]:
        """The findings with one of these verdicts; all of them when none is named."""
        return (finding for finding in self.findings if not only or finding.verdict in only)

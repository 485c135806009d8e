"""Replication links in words: would objects arrive, what would S3 say if not, what is missing and who decided.

Links come as plain data in the shape of the JSON report. The worst come first: broken, then unknown, then those that
work and lose something on the way, then those that work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reports import wording
from scanner.estate.unknown import Value
from scanner.estate.verdict import Verdict
from scanner.findings.scan import Scan
from scanner.inert import inert, shortened

VERDICTS: Mapping[str, Verdict] = {"broken": Verdict.FAIL, "unknown": Verdict.UNKNOWN, "works": Verdict.PASS}
"""A link's verdict, the worst first, and the verdict on findings that it looks like."""

TEXT_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that keeps a link from working, or takes something from what it brings."""

    hop: str
    what: str
    because: str

    @property
    def line(self) -> str:
        """The cause in one line."""
        return f"{self.what}: {self.because}" if self.because else self.what


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link: `looks` is the verdict that gives it its colour; `rule` says so where no rule makes the copy."""

    verdict: str
    looks: Verdict
    name: str
    source: str
    destination: str
    rule: str
    role: str
    reasons: tuple[str, ...]
    causes: tuple[Cause, ...]
    excess: int

    @property
    def line(self) -> str:
        """AWS's failure reasons, if any, and the first cause."""
        told = [", ".join(self.reasons)] if self.reasons else []
        told += [cause.line for cause in self.causes[:1]]
        more = len(self.causes) - 1
        line = "; ".join(told) or ("objects would arrive" if self.verdict == "works" else "")
        return f"{line} (and {more:,} more)" if more > 0 else line


def link_rows(scan: Scan, limit: int) -> list[LinkRow]:
    """The first `limit` links of a scan, the worst first."""
    accounts = wording.account_names(scan)
    return [_row(link, accounts) for link in sorted(scan.links, key=_badness)[:limit]]


def links_line(scan: Scan) -> str:
    """How many links there are of each verdict, in words."""
    verdicts = [link["verdict"] for link in scan.links]
    return ", ".join(f"{verdicts.count(one):,} {_WORDS[one]}" for one in VERDICTS if one in verdicts)


_WORDS = {"broken": "broken", "unknown": "unknown", "works": "working"}


def _badness(link: Mapping[str, Value]) -> tuple[int, bool, str]:
    loses = bool(link["missing"] or link["faults"])
    return list(VERDICTS).index(link["verdict"]), not loses, str(link["id"])


def _row(link: Mapping[str, Value], accounts: Mapping[str, str]) -> LinkRow:
    verdict = str(link["verdict"])
    return LinkRow(
        verdict=verdict,
        looks=VERDICTS[verdict],
        name=f"{_shown(link['source']['bucket'])} → {_shown(link['destination']['bucket']) or 'nowhere'}",
        source=_place(link["source"], accounts),
        destination=_place(link["destination"], accounts),
        rule=_shown(link["rule"]) or ("no rule was seen" if verdict == "unknown" else "no rule"),
        role=_shown(link["role"]),
        reasons=tuple(_shown(reason) for reason in link["failure_reasons"]),
        causes=tuple(_causes(link)),
        excess=len(link["excess"]),
    )


def _causes(link: Mapping[str, Value]) -> Iterator[Cause]:
    for fault in link["faults"]:
        yield Cause(fault["hop"], _shown(fault["what"]) + _loss(fault), "")
    for missing in link["missing"]:
        what = f"no {_shown(missing['action'])} on {_shown(missing['resource'])}{_loss(missing)}"
        yield Cause(missing["hop"], what, _shown(missing["decided_by"]))
    if link["verdict"] != "works":
        yield from (Cause(doubt["hop"], "not seen", _shown(doubt["reason"])) for doubt in link["unknown"])


def _loss(entry: Mapping[str, Value]) -> str:
    return " (objects arrive all the same)" if entry["effect"] == "degrades" else ""


def _place(end: Mapping[str, Value], accounts: Mapping[str, str]) -> str:
    account, region = str(end["account"]), str(end["region"])
    return _shown(_joined((wording.account_name(account, accounts), wording.region_name(region))))


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def _shown(text: Value) -> str:
    return shortened(inert(str(text)), TEXT_LIMIT)

"""Many scans of one thing, made into one: over the places nobody named, then over the cases nobody decided.

The two are different questions. A template goes to one place, and we were not told which: where places disagree, the
answer is unknown. Its conditions are all meant to be used: what fails in one case fails, and the finding says when.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scanner.check.cases import Case, when
from scanner.check.settings import Setting
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Evidence, Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan

PLACELESS = Unknown(
    "it depends on the accounts and regions that the template goes to: name them with --account and --region, "
    "or list the template under stacks in an estate file"
)
"""Why a verdict is unknown where places disagree."""

UNTRIED = "{} combinations of what the templates' conditions hang on were not judged: give parameters"

_Name = tuple[str, ...]
_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED, Verdict.PASS)
_LINK_WORST_FIRST = ("broken", "unknown", "works")
_LinkDocument = Mapping[str, Any]
_SAID: Mapping[str, tuple[str, ...]] = {"missing": ("hop", "action"), "excess": ("hop", "action"), "faults": ("name",)}
"""What is said of a link, with what tells one such thing from another in any account and region."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The scan of one case in one setting."""

    case: Case
    setting: Setting
    scan: Scan


def merged(judged: Sequence[Judged], *, untried: int = 0) -> Scan:
    """One scan from those of all cases and settings. `untried` tells how many cases were left out.

    The scan of the first one is the frame: its run, coverage, rules and changes stand.
    """
    first = judged[0].scan
    if len(judged) == 1 and not untried:
        return first
    cases = list(dict.fromkeys(id(each.case) for each in judged))
    groups = [[each for each in judged if id(each.case) == case] for case in cases]
    finding_lists = [_over_settings(group, _findings, _settled_findings) for group in groups]
    link_lists = [_over_settings(group, _links, _settled_links) for group in groups]
    all_cases = [group[0].case for group in groups]
    findings = _over_cases(finding_lists, all_cases)
    shared = (text for text in first.messages if all(text in each.scan.messages for each in judged))
    messages = list(dict.fromkeys(shared))
    if untried:
        messages.append(UNTRIED.format(untried))
        findings = [_doubted(finding) if finding.verdict is Verdict.PASS else finding for finding in findings]
    return replace(
        first,
        findings=tuple(sorted(findings, key=_order)),
        links=tuple(_worst_links(link_lists)),
        not_applicable=min(each.scan.not_applicable for each in judged),
        messages=tuple(messages),
    )


def _over_settings(
    group: Sequence[Judged],
    read: Callable[[Judged], dict[_Name, Any]],
    settle: Callable[[Sequence[Any], bool], Any],
) -> dict[_Name, Any]:
    """What the settings of one case have to say of each thing, settled."""
    views = [read(each) for each in group]
    names = dict.fromkeys(name for view in views for name in view)
    found = {name: [view[name] for view in views if name in view] for name in names}
    return {name: settle(each, len(each) == len(views)) for name, each in found.items()}


def _findings(judged: Judged) -> dict[_Name, Finding]:
    return {_name(finding, judged.setting): finding for finding in judged.scan.findings}


def _name(finding: Finding, setting: Setting) -> _Name:
    resource, place = finding.resource, finding.location
    where = (place.file, str(place.line)) if place else (setting.shown(resource.arn), setting.shown(resource.account))
    return (finding.rule, resource.type, setting.shown(resource.name), *where)


def _settled_findings(found: Sequence[Finding], everywhere: bool) -> Finding:
    """One finding from those of all settings: where they are not of one mind, it is unknown."""
    first = found[0]
    verdicts = {finding.verdict for finding in found}
    if len(verdicts) == 1 and (everywhere or first.verdict is Verdict.PASS):
        return _with_common_evidence(found)
    if Verdict.UNKNOWN in verdicts:
        return next(finding for finding in found if finding.verdict is Verdict.UNKNOWN)
    if verdicts <= {Verdict.PASS, Verdict.WAIVED}:
        return next((finding for finding in found if finding.verdict is Verdict.WAIVED), first)
    failing = next(finding for finding in found if finding.verdict in (Verdict.FAIL, Verdict.WAIVED))
    evidence = tuple(Evidence(each.path, each.expected, PLACELESS, each.source) for each in failing.evidence)
    return replace(failing, verdict=Verdict.UNKNOWN, evidence=evidence, waiver=None)


def _with_common_evidence(found: Sequence[Finding]) -> Finding:
    """The first finding without the evidence that hangs on the place, unless all of it does."""
    first = found[0]
    others = [{_seen(each) for each in finding.evidence} for finding in found[1:]]
    common = tuple(each for each in first.evidence if all(_seen(each) in other for other in others))
    return replace(first, evidence=common) if common else first


def _seen(evidence: Evidence) -> tuple[str, str]:
    """What was seen and where, whatever its number in a list."""
    return re.sub(r"\[[0-9]+\]", "", evidence.path), str(evidence.observed)


def _doubted(finding: Finding) -> Finding:
    doubt = Unknown("not every combination of the template's conditions was judged")
    evidence = tuple(Evidence(each.path, each.expected, doubt, each.source) for each in finding.evidence)
    return replace(finding, verdict=Verdict.UNKNOWN, evidence=evidence)


def _over_cases(lists: Sequence[Mapping[_Name, Finding]], cases: Sequence[Case]) -> list[Finding]:
    """The worst of all cases for each finding, with the cases in which it is so bad."""
    names = dict.fromkeys(name for some in lists for name in some)
    return [_worst_of_cases(name, lists, cases) for name in names]


def _worst_of_cases(name: _Name, lists: Sequence[Mapping[_Name, Finding]], cases: Sequence[Case]) -> Finding:
    here = [(some[name], case) for some, case in zip(lists, cases, strict=True) if name in some]
    worst = next(verdict for verdict in _WORST_FIRST if any(found.verdict is verdict for found, _ in here))
    worst_found = [(found, case) for found, case in here if found.verdict is worst]
    finding = worst_found[0][0]
    if worst is Verdict.PASS:
        return finding
    return replace(finding, when=when([case for _, case in worst_found], cases))


def _links(judged: Judged) -> dict[_Name, _LinkDocument]:
    return {(judged.setting.shown(link["id"]),): link for link in judged.scan.links}


def _settled_links(found: Sequence[_LinkDocument], everywhere: bool) -> _LinkDocument:
    first = found[0]
    if everywhere and all(link["verdict"] == first["verdict"] for link in found):
        return _agreed(found)
    unknown = next((link for link in found if link["verdict"] == "unknown"), None)
    doubt = {"hop": "assume", "reason": PLACELESS.reason}
    return unknown or {**first, "verdict": "unknown", "failure_reasons": [], "missing": [], "unknown": [doubt]}


def _agreed(found: Sequence[_LinkDocument]) -> _LinkDocument:
    """A link with just what is said of it in every place, if anything is: the rest hangs on the place."""
    first = found[0]
    if len(found) == 1:
        return first
    common = {name: [one for one in first[name] if _is_said(one, name, found)] for name in _SAID}
    reasons = [one for one in first["failure_reasons"] if all(one in link["failure_reasons"] for link in found)]
    if first["verdict"] == "broken" and not (reasons or common["missing"] or common["faults"]):
        return first
    return {**first, **common, "failure_reasons": reasons}


def _is_said(one: Mapping[str, Any], name: str, found: Sequence[_LinkDocument]) -> bool:
    keys = _SAID[name]
    return all(any(all(one[key] == other[key] for key in keys) for other in link[name]) for link in found)


def _worst_links(lists: Iterable[Mapping[_Name, _LinkDocument]]) -> list[_LinkDocument]:
    found: dict[_Name, _LinkDocument] = {}
    for some in lists:
        for name, link in some.items():
            known = found.setdefault(name, link)
            if _LINK_WORST_FIRST.index(link["verdict"]) < _LINK_WORST_FIRST.index(known["verdict"]):
                found[name] = link
    return list(found.values())


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


def _order(finding: Finding) -> tuple[Any, ...]:
    resource = finding.resource
    place = (resource.account, resource.region, resource.type, resource.name, resource.arn)
    return (_RANK[finding.verdict], finding.severity.rank, finding.rule, *place)

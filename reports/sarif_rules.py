"""Rules as SARIF describes them, once for each kind of result that they have in a log.

GitHub reads neither a result's `kind` nor its `suppressions`, and takes the severity of an alert from its rule: what
could not be judged, or was accepted, would be shown as critical as a failure. So a verdict other than FAIL has a
descriptor of its own (`<rule>.unknown`, `<rule>.waived`), without a security severity.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reports.markup import prose
from scanner.estate.verdict import Confidence, Severity, Verdict
from scanner.findings.rule_info import RuleInfo
from scanner.inert import one_line, shortened

MAX_TAGS = 20
"""How many tags a rule may have: GitHub rejects a file with more (docs.github.com, SARIF support, 2026-11)."""

MAX_TEXT = 1024
"""How many characters GitHub takes of a description."""

LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
"""SARIF's levels of failures."""

_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""Inside the bands that GitHub calls critical, high, medium and low; without a score there is no security severity."""

_PREFIXES = {
    Verdict.UNKNOWN: "Could not be judged: ",
    Verdict.WAIVED: "Accepted by its owner: ",
    Verdict.PASS: "Passes: ",
}


def descriptor_id(rule: RuleInfo, verdict: Verdict) -> str:
    """What results of the rule with this verdict are filed under."""
    return one_line(rule.id) if verdict is Verdict.FAIL else f"{one_line(rule.id)}.{verdict.lower()}"


def descriptor(rule: RuleInfo, verdict: Verdict, frameworks: Mapping[str, str]) -> Mapping[str, Any]:
    """The `reportingDescriptor` of a rule for results with this verdict. `frameworks` are titles by key."""
    prefix = _PREFIXES.get(verdict, "")
    links = [link for link in rule.references if link.startswith("https://")]
    document: dict[str, Any] = {
        "id": descriptor_id(rule, verdict),
        "name": _camel_case(descriptor_id(rule, verdict)),
        "shortDescription": {"text": shortened(prefix + one_line(rule.title), MAX_TEXT)},
        "fullDescription": {"text": shortened(prefix + one_line(rule.why or rule.title), MAX_TEXT)},
        "help": {"text": "\n\n".join(_help_text(rule)), "markdown": "\n\n".join(_help_markdown(rule, frameworks))},
        "defaultConfiguration": {"level": LEVELS[rule.severity] if verdict is Verdict.FAIL else "note"},
        "properties": _properties(rule, verdict),
    }
    if links:
        document["helpUri"] = links[0]
    return document


def all_tags(rule: RuleInfo) -> list[str]:
    """Every tag of a rule, the most telling first: severity, ATT&CK techniques, controls framework by framework."""
    techniques = [each.technique for each in rule.attack]
    controls = [f"{framework}:{id_}" for framework, ids in sorted(rule.controls.items()) for id_ in ids]
    return list(dict.fromkeys(one_line(tag) for tag in ("security", str(rule.severity), *techniques, *controls)))


def _properties(rule: RuleInfo, verdict: Verdict) -> Mapping[str, Any]:
    score = _SECURITY_SEVERITY.get(rule.severity) if verdict is Verdict.FAIL else None
    return {
        "tags": all_tags(rule)[:MAX_TAGS],
        "precision": {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}[rule.confidence],
        **({"security-severity": score} if score else {}),
    }


def _help_text(rule: RuleInfo) -> Iterator[str]:
    yield one_line(rule.why or rule.title)
    if rule.fix:
        yield f"Next step: {one_line(rule.fix)}"
    yield from (one_line(link) for link in rule.references if link.startswith("https://"))


def _help_markdown(rule: RuleInfo, frameworks: Mapping[str, str]) -> Iterator[str]:
    yield prose(rule.why or rule.title)
    if rule.fix:
        yield f"**Next step:** {prose(rule.fix)}"
    if rule.attack:
        techniques = (f"{each.technique} {each.name}".strip() for each in rule.attack)
        yield "**MITRE ATT&CK:** " + ", ".join(prose(technique) for technique in techniques)
    for framework, ids in sorted(rule.controls.items()):
        yield f"**{prose(frameworks.get(framework, framework))}:** " + ", ".join(prose(id_) for id_ in ids)
    for link in rule.references:
        if link.startswith("https://"):
            yield f"- <{re.sub(r'[^!#-;=?-Z_a-z~]', '', link)}>"


def _camel_case(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))

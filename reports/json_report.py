"""The JSON report: for programs, baselines and archives; `report.schema.json` beside it is its published schema.

It is written as a stream, one finding a line, so that a report of a million findings needs no more memory than one of
ten and two reports can be compared line by line. Keys always stand in the same order.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

from reports.json_text import dumped, write_list
from reports.options import Options
from scanner.estate.changes import Changes
from scanner.estate.resource import Location
from scanner.estate.unknown import Value, to_json
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Scan
from scanner.inert import shortened

SCHEMA_VERSION = "1.1"
VALUE_LIMIT = 512
"""How many characters of JSON an observed value may take; a longer one is cut, and says so."""

Document = Mapping[str, Any]


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the report. Of the options only `only` matters."""
    stream.write("{\n")
    for key, value in _head(scan).items():
        stream.write(f"{dumped(key)}: {dumped(value)},\n")
    stream.write('"findings": ')
    write_list(stream, (finding_document(finding) for finding in scan.listed(options.only)))
    stream.write(',\n"links": ')
    write_list(stream, (to_json(link) for link in scan.links))
    if scan.changes is not None:
        stream.write(f',\n"changes": {dumped(_changes_document(scan.changes))}')
    stream.write("\n}\n")


def finding_document(finding: Finding) -> Document:
    """One finding as the report has it."""
    resource, waiver = finding.resource, finding.waiver
    document: dict[str, Any] = {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "resource": {key: getattr(resource, key) for key in ("type", "arn", "account", "region", "name")},
        "location": _location_document(finding.location),
        "evidence": [_evidence_document(evidence) for evidence in finding.evidence],
        "waiver": None,
    }
    if finding.more:
        document["evidence_left_out"] = finding.more
    if finding.when:
        document["when"] = finding.when
    if waiver:
        document["waiver"] = {
            "resource": waiver.resource,
            "reason": waiver.reason,
            "owner": waiver.owner,
            "expires": waiver.expires.isoformat(),
        }
    return document


def rule_document(rule: RuleInfo) -> Document:
    """What the report says of a rule, once."""
    return {
        "title": rule.title,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "attack": [asdict(technique) for technique in rule.attack],
        "controls": {framework: list(ids) for framework, ids in sorted(rule.controls.items())},
        "why": rule.why,
        "fix": rule.fix,
        "remedy": rule.remedy or None,
        "references": list(rule.references),
    }


def _head(scan: Scan) -> Document:
    run, coverage = scan.run, scan.coverage
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": asdict(scan.tool),
        "run": {
            "id": run.id,
            "started": run.started,
            "finished": run.finished,
            "sources": list(run.sources),
            "complete": run.complete,
            "messages": list(scan.messages),
        },
        "coverage": {
            "accounts": [asdict(account) for account in coverage.accounts],
            "unseen": [asdict(unseen) for unseen in coverage.unseen],
            "resources": coverage.resources,
            "calls": coverage.calls,
            "refused": coverage.refused,
        },
        "summary": _summary(scan),
        "rules": {id_: rule_document(rule) for id_, rule in sorted(scan.rules.items())},
    }


def _summary(scan: Scan) -> Document:
    order = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE, Verdict.WAIVED)
    counts: dict[str, Any] = {verdict: scan.counts[verdict] for verdict in order}
    return {**counts, "by_severity": {severity: scan.failing[severity] for severity in Severity}}


def _location_document(location: Location | None) -> Document | None:
    if location is None:
        return None
    last = {"end_line": location.end_line} if location.end_line else {}
    return {"file": location.file, "line": location.line, **last}


def _changes_document(changes: Changes) -> Document:
    return {
        "links": [asdict(link) for link in changes.links],
        "access": [
            {
                "policy": grant.policy,
                "statement": grant.statement,
                "principal": grant.principal,
                "action": grant.action,
                "resource": grant.resource,
                "context": to_json(grant.context),
            }
            for grant in changes.access
        ],
        "doubts": list(changes.doubts),
    }


def _evidence_document(evidence: Evidence) -> Document:
    return {
        "path": evidence.path,
        "expected": shortened(evidence.expected, VALUE_LIMIT),
        "observed": _bounded(to_json(evidence.observed)),
        "source": evidence.source,
    }


def _bounded(value: Value) -> Value:
    # Most values are short words and numbers; only what may be long is measured.
    if not isinstance(value, str | dict | list) or (isinstance(value, str) and len(value) <= VALUE_LIMIT // 6):
        return value
    text = json.dumps(value)
    return value if len(text) <= VALUE_LIMIT else {"$shortened": text[: VALUE_LIMIT // 2], "length": len(text)}

"""What `drscan explain` says: links and findings as plain data, and the same data as text for the night shift.

The text is written from the data, so that a person and a program are told the same.
"""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from reports.json_report import finding_document
from scanner.analysis.replication.demands import Grade
from scanner.analysis.replication.explanation import Because, Explanation, HopStory, Step, explain_links
from scanner.analysis.replication.least_policies import least_policies
from scanner.analysis.replication.links import View
from scanner.analysis.replication.places import End
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown, to_json
from scanner.findings.scan import Scan
from scanner.inert import inert
from scanner.policy.statements import PolicyKind

Story: TypeAlias = dict[str, Any]
"""A link or a finding as JSON data."""

_WIDTH = 110
_SHORTEST_FINGERPRINT = 6
_GUARDRAILS = frozenset({PolicyKind.SCP, PolicyKind.RCP, PolicyKind.BOUNDARY})
_SIGNS = {"met": "ok", "open": "?", "missed": "NO"}


def link_stories(estate: Estate, name: str, policies: bool) -> list[Story]:
    """The links with that id, or from or to the bucket of that name, explained; with `policies` the least ones too."""
    explained = explain_links(estate, name)
    view = View.of(estate)
    return [_link(one) | ({"policies": _least(view, one)} if policies else {}) for one in explained]


def declared_stories(scan: Scan, name: str) -> list[Story]:
    """Links that no rule makes, or none that was seen: a copy is asked for, and there is no way to walk."""
    return [
        {
            **{key: link[key] for key in ("id", "verdict", "failure_reasons", "source", "destination", "role")},
            "hops": [_untrodden(link)],
        }
        for link in scan.links
        if not link["rule"] and name in (link["id"], link["source"]["bucket"], link["destination"]["bucket"])
    ]


def finding_stories(scan: Scan, fingerprint: str) -> list[Story]:
    """The findings whose fingerprint begins so (at least six characters), each with its rule's reason and next step."""
    if len(fingerprint) < _SHORTEST_FINGERPRINT:
        return []
    return [
        {**finding_document(each), "why": scan.rules[each.rule].why, "fix": scan.rules[each.rule].fix}
        for each in scan.findings
        if each.fingerprint.startswith(fingerprint)
    ]


def text(links: Sequence[Story], findings: Sequence[Story]) -> str:
    """The same for people. Whatever comes from AWS is made inert: it may have been written to deceive a terminal."""
    lines = [line for finding in findings for line in _finding_lines(finding)]
    lines += [line for link in links for line in _link_lines(link)]
    return "\n".join(inert(line) for line in lines) + "\n"


def _link(one: Explanation) -> Story:
    link = one.link
    return {
        "id": link.id,
        "verdict": one.verdict,
        "failure_reasons": list(one.failure_reasons),
        "source": _end(link.ends.source),
        "destination": _end(link.ends.destination),
        "role": to_json(link.role),
        "hops": [_hop(story) for story in one.hops],
    }


def _untrodden(link: Mapping[str, Any]) -> Story:
    unseen = [each["reason"] for each in link["unknown"]]
    what = "estate.yaml asks for this copy, and no replication rule of the source makes it"
    faults = [] if unseen else [{"what": what, "reasons": list(link["failure_reasons"])}]
    title = "the source bucket has a rule for this copy"
    return {"hop": "source-bucket", "title": title, "requests": [], "faults": faults, "unseen": unseen}


def _end(end: End) -> Story:
    return {"bucket": end.name, "account": to_json(end.account), "region": to_json(end.region)}


def _hop(story: HopStory) -> Story:
    return {
        "hop": str(story.hop),
        "title": story.title,
        "requests": [_request(step) for step in story.steps],
        "faults": [{"what": fault.what, "reasons": list(fault.reasons)} for fault in story.faults],
        "unseen": [doubt.reason for doubt in story.doubts],
    }


def _request(step: Step) -> Story:
    return {
        "action": step.action,
        "resource": step.resource,
        "context": step.on if step.on != step.resource else None,
        "principal": step.principal,
        "needed": step.grade,
        "effect": step.effect,
        "state": step.state,
        "verdict": step.verdict,
        "because": [_reason(because) for because in step.because],
        "to_do": [{"what": advice.what, "statement": advice.statement} for advice in step.advice],
    }


def _reason(because: Because) -> Story:
    return {
        "text": because.text,
        "kind": because.kind,
        "policies": list(because.policies),
        "statement": to_json(because.statement),
    }


def _least(view: View, one: Explanation) -> list[Story]:
    return [
        {"where": each.where, "whole": each.is_whole, "document": each.document}
        for each in least_policies(view, one.link)
    ]


def _link_lines(link: Story) -> Iterator[str]:
    yield f"{link['verdict'].upper()}  {link['id']}"
    if link["failure_reasons"]:
        yield from _wrapped(f"S3 would say: {', '.join(link['failure_reasons'])}", 2)
    yield f"  from  {_place(link['source'])}"
    yield f"  to    {_place(link['destination'])}"
    yield f"  as    {_said(link['role'])}"
    for number, hop in enumerate(link["hops"], 1):
        yield ""
        yield f"  {number}. {hop['hop']}: {hop['title']}"
        yield from _hop_lines(hop)
    for policy in link.get("policies", ()):
        yield ""
        yield f"  The least {policy['where']}{'' if policy['whole'] else ' (add to what is there)'}:"
        yield from _json_lines(policy["document"], 4)
    yield ""


def _hop_lines(hop: Story) -> Iterator[str]:
    for fault in hop["faults"]:
        named = f" ({', '.join(fault['reasons'])})" if fault["reasons"] else ""
        yield from _wrapped(f"NO  {fault['what']}{named}", 5, hanging=4)
    for reason in hop["unseen"]:
        yield from _wrapped(f"?   {reason}", 5, hanging=4)
    for request in hop["requests"]:
        yield from _request_lines(request)


def _request_lines(request: Story) -> Iterator[str]:
    is_met = request["state"] == "met"
    where = request["resource"] + (f"  context {request['context']}" if request["context"] else "")
    yield f"     {_SIGNS[request['state']]:<3} {request['action']}  {_verdict(request, is_met)}"
    yield f"         on {where}"
    for because in request["because"]:
        if is_met and because["kind"] in _GUARDRAILS:
            continue  # that nothing is in the way needs no proof at night; the JSON has it
        yield from _wrapped(because["text"], 9, hanging=2)
        if not is_met and because["statement"] is not None:
            yield from _json_lines(because["statement"], 13)
    for advice in request["to_do"]:
        yield from _wrapped(f"-> {advice['what']}", 9, hanging=3)
        if advice["statement"] is not None:
            yield from _json_lines(advice["statement"], 13)


def _verdict(request: Story, is_met: bool) -> str:
    verdict: str = request["verdict"]
    if is_met:
        harmless = "only an explicit Deny would harm" if request["needed"] == Grade.UNLESS_DENIED else "not needed"
        return verdict if verdict == "Allowed" else f"{verdict} ({harmless})"
    return verdict if request["effect"] == "fails" else f"{verdict} ({request['effect']})"


def _finding_lines(finding: Story) -> Iterator[str]:
    resource = finding["resource"]
    yield f"{finding['verdict']}  {finding['rule']}  ({finding['severity']})  {finding['fingerprint']}"
    yield f"  {resource['type']} {resource['name']}, account {resource['account']} {resource['region']}"
    for evidence in finding["evidence"]:
        observed = json.dumps(evidence["observed"])
        yield from _wrapped(f"{evidence['path']}: {observed}, expected: {evidence['expected']}", 2, hanging=2)
    yield from _wrapped(f"Why: {' '.join(finding['why'].split())}", 2, hanging=2)
    yield from _wrapped(f"Next step: {' '.join(finding['fix'].split())}", 2, hanging=2)
    yield ""


def _place(end: Mapping[str, Any]) -> str:
    return f"{end['bucket']}, account {_said(end['account'])}, {_said(end['region'])}"


def _said(value: Any) -> str:
    if isinstance(value, Unknown):
        return f"unknown ({value.reason})"
    if isinstance(value, dict):
        return f"unknown ({value.get('$unknown', '')})"
    return str(value) if value else "none"


def _wrapped(sentence: str, indent: int, hanging: int = 0) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(
        inert(sentence), _WIDTH, initial_indent=pad, subsequent_indent=pad + " " * hanging, break_long_words=False
    )


def _json_lines(document: Any, indent: int) -> list[str]:
    return textwrap.indent(json.dumps(document, indent=2), " " * indent).split("\n")

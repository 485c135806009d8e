"""Scans of many cases and places, made one: what fails in a case fails, what hangs on the place is unknown."""

from dataclasses import replace
from typing import Any

import pytest

from scanner.check.cases import Case
from scanner.check.merging import Judged, merged
from scanner.check.settings import UNNAMED, Setting
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Run, Scan, Tool
from scanner.sources.declared import UNNAMED_ACCOUNT

PROD, DEV = Case({(0, "Stage"): "prod"}), Case({(0, "Stage"): "dev"})
HERE = Setting("111111111111", "eu-west-1")
PASS, FAIL, UNKNOWN, WAIVED = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED


def finding(verdict: Verdict, account: str = UNNAMED_ACCOUNT, name: str = "orders") -> Finding:
    resource = Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, "r", name, {}, Location("a.yaml", 3, 9))
    seen = Unknown("not known") if verdict is UNKNOWN else verdict is PASS
    return Finding("some-rule", verdict, Severity.HIGH, resource, (Evidence("Status", "Enabled", seen, "a.yaml:3"),))


def scan(*findings: Finding, links: tuple[dict[str, Any], ...] = (), messages: tuple[str, ...] = ()) -> Scan:
    return Scan(Tool("drscan", "0"), Run("id", "", ""), findings=findings, links=links, messages=messages)


def over_cases(first: Verdict | None, second: Verdict | None) -> Finding:
    scans = [scan(*([finding(verdict)] if verdict else [])) for verdict in (first, second)]
    (found,) = merged([Judged(PROD, UNNAMED, scans[0]), Judged(DEV, UNNAMED, scans[1])]).findings
    return found


def over_settings(first: Verdict | None, second: Verdict | None) -> Finding:
    here = [finding(first)] if first else []
    there = [finding(second, HERE.account)] if second else []
    (found,) = merged([Judged(PROD, UNNAMED, scan(*here)), Judged(PROD, HERE, scan(*there))]).findings
    return found


@pytest.mark.parametrize(
    ("prod", "dev", "verdict", "when"),
    [
        (FAIL, FAIL, FAIL, ""),
        (FAIL, PASS, FAIL, "Stage is prod"),
        (PASS, FAIL, FAIL, "Stage is dev"),
        (FAIL, None, FAIL, "Stage is prod"),
        (UNKNOWN, FAIL, FAIL, "Stage is dev"),
        (UNKNOWN, PASS, UNKNOWN, "Stage is prod"),
        (WAIVED, UNKNOWN, UNKNOWN, "Stage is dev"),
        (WAIVED, PASS, WAIVED, "Stage is prod"),
        (PASS, PASS, PASS, ""),
        (None, PASS, PASS, ""),
    ],
)
def test_the_worst_case_counts_and_is_named(
    prod: Verdict | None, dev: Verdict | None, verdict: Verdict, when: str
) -> None:
    found = over_cases(prod, dev)
    assert (found.verdict, found.when) == (verdict, when)


@pytest.mark.parametrize(
    ("unnamed", "here", "verdict"),
    [
        (FAIL, FAIL, FAIL),
        (FAIL, PASS, UNKNOWN),
        (PASS, FAIL, UNKNOWN),
        (FAIL, UNKNOWN, UNKNOWN),
        (FAIL, None, UNKNOWN),
        (None, FAIL, UNKNOWN),
        (PASS, PASS, PASS),
        (PASS, None, PASS),
        (PASS, UNKNOWN, UNKNOWN),
        (WAIVED, WAIVED, WAIVED),
        (WAIVED, PASS, WAIVED),
        (WAIVED, FAIL, UNKNOWN),
    ],
)
def test_places_that_disagree_leave_it_unknown(unnamed: Verdict | None, here: Verdict | None, verdict: Verdict) -> None:
    found = over_settings(unnamed, here)
    assert found.verdict is verdict


def test_what_hangs_on_the_place_says_so_and_what_to_do() -> None:
    (evidence,) = over_settings(FAIL, PASS).evidence
    assert isinstance(evidence.observed, Unknown)
    assert "--account" in evidence.observed.reason


def test_evidence_that_hangs_on_the_place_is_left_out() -> None:
    def failing(*observed: str) -> Finding:
        return replace(
            finding(FAIL), evidence=tuple(Evidence(f"Missing[{n}].Action", "", one) for n, one in enumerate(observed))
        )

    def merge(*first: str) -> list[object]:
        scans = [scan(failing(*first)), scan(failing("s3:GetObject"))]
        (found,) = merged([Judged(PROD, UNNAMED, scans[0]), Judged(PROD, HERE, scans[1])]).findings
        return [each.observed for each in found.evidence]

    assert merge("kms:Decrypt", "s3:GetObject") == ["s3:GetObject"]
    assert merge("kms:Decrypt", "kms:Encrypt") == ["kms:Decrypt", "kms:Encrypt"]


def test_a_link_that_works_in_one_place_only_is_unknown() -> None:
    link = {"id": "a/r/b", "verdict": "works", "failure_reasons": [], "missing": [], "unknown": []}
    broken = link | {"verdict": "broken", "failure_reasons": ["DstBucketNotFound"]}
    found = merged([Judged(PROD, UNNAMED, scan(links=(broken,))), Judged(PROD, HERE, scan(links=(link,)))])
    assert [(one["verdict"], one["failure_reasons"]) for one in found.links] == [("unknown", [])]


def test_a_link_that_is_broken_in_every_place_lacks_what_it_lacks_in_every_place() -> None:
    def broken(reasons: list[str], *actions: str) -> dict[str, Any]:
        missing = [{"hop": "source-key", "action": action} for action in actions]
        link = {"id": "a/r/b", "verdict": "broken", "failure_reasons": reasons, "missing": missing}
        return link | {"excess": [], "faults": []}

    here, there = broken(["SrcA", "SrcB"], "kms:Decrypt", "s3:GetObject"), broken(["SrcB"], "s3:GetObject")
    (found,) = merged([Judged(PROD, UNNAMED, scan(links=(here,))), Judged(PROD, HERE, scan(links=(there,)))]).links
    assert found == broken(["SrcB"], "s3:GetObject")
    other = broken(["DstC"], "s3:ReplicateObject")
    (found,) = merged([Judged(PROD, UNNAMED, scan(links=(here,))), Judged(PROD, HERE, scan(links=(other,)))]).links
    assert found == here


def test_a_link_that_is_broken_in_one_case_is_broken() -> None:
    link = {"id": "a/r/b", "verdict": "works"}
    found = merged(
        [Judged(PROD, UNNAMED, scan(links=(link,))), Judged(DEV, UNNAMED, scan(links=(link | {"verdict": "broken"},)))]
    )
    assert [one["verdict"] for one in found.links] == ["broken"]


def test_only_what_every_case_says_is_a_message() -> None:
    one, two = scan(messages=("both", "one")), scan(messages=("both",))
    assert merged([Judged(PROD, UNNAMED, one), Judged(DEV, UNNAMED, two)]).messages == ("both",)


def test_cases_left_out_turn_a_pass_into_a_doubt_and_say_so() -> None:
    found = merged([Judged(PROD, UNNAMED, scan(finding(PASS), finding(FAIL, name="other")))], untried=3)
    assert [one.verdict for one in found.findings] == [FAIL, UNKNOWN]
    assert "3 combinations" in found.messages[0]


def test_one_scan_alone_is_left_as_it_is() -> None:
    alone = replace(scan(finding(PASS)), not_applicable=7)
    assert merged([Judged(PROD, UNNAMED, alone)]) is alone

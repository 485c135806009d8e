"""What is unknown is turned into what to do about it."""

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import Lift, lifts, needed_action
from scanner.findings.scan import Coverage, Run, Scan, Tool

VERSIONING = "s3:GetBucketVersioning refused: AccessDenied; needs s3:GetBucketVersioning"
KEY = "kms:DescribeKey refused: AccessDenied; needs kms:DescribeKey"


def unknown(name: str, *reasons: str, account: str = "111111111111", more: int = 0) -> Finding:
    evidence = tuple(Evidence(f"P{n}", "equals 1", Unknown(reason), "s") for n, reason in enumerate(reasons))
    resource = Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, "r", name)
    return Finding("rule", Verdict.UNKNOWN, Severity.HIGH, resource, evidence, more)


def lifted(*findings: Finding, unseen: tuple[Unseen, ...] = ()) -> tuple[Lift, ...]:
    return lifts(Scan(Tool("drscan", "0"), Run("", "", ""), Coverage(unseen=unseen), findings))


def test_findings_that_lack_one_permission_are_gathered_under_it() -> None:
    found = lifted(unknown("a", VERSIONING, VERSIONING), unknown("b", VERSIONING, account="222222222222"))
    assert found == (Lift("s3:GetBucketVersioning", "", ("111111111111", "222222222222"), 2, 0, 0),)


def test_one_permission_settles_nothing_where_another_is_lacking_too() -> None:
    found = {
        lift.iam_action: (lift.settles, lift.helps) for lift in lifted(unknown("a", VERSIONING, KEY), unknown("b", KEY))
    }
    assert found == {"kms:DescribeKey": (1, 1), "s3:GetBucketVersioning": (0, 1)}


def test_evidence_that_was_cut_short_may_lack_more() -> None:
    (lift,) = lifted(unknown("a", KEY, more=2))
    assert (lift.settles, lift.helps) == (0, 1)


def test_a_reason_that_no_permission_would_lift_stands_for_itself() -> None:
    assert lifted(unknown("a", "account 3 was not scanned")) == (
        Lift("", "account 3 was not scanned", ("111111111111",), 1, 0, 0),
    )


def test_unknowns_inside_a_value_count() -> None:
    evidence = Evidence("P", "contains 1", [{"a": Unknown(KEY)}], "s")
    finding = Finding("r", Verdict.UNKNOWN, Severity.LOW, Resource("T", "", "1", "", "n"), (evidence,))
    assert [lift.iam_action for lift in lifted(finding)] == ["kms:DescribeKey"]


def test_gaps_in_coverage_join_the_permission_that_closes_them() -> None:
    gap = Unseen("222222222222", "", "AWS::KMS::Key", "refused", "kms:DescribeKey")
    closed = Unseen("", "", "account", "organization could not be listed")
    assert lifted(unknown("a", KEY), unseen=(gap, closed)) == (
        Lift("kms:DescribeKey", "", ("111111111111", "222222222222"), 1, 0, 1),
        Lift("", "organization could not be listed", (), 0, 0, 1),
    )


def test_only_unknown_findings_ask_for_anything() -> None:
    finding = Finding(
        "r", Verdict.FAIL, Severity.LOW, Resource("T", "", "1", "", "n"), (Evidence("P", "", Unknown(KEY)),)
    )
    assert lifted(finding) == ()


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        (VERSIONING, "s3:GetBucketVersioning"),
        ("throttled", ""),
        ("; needs a lot of <b>:", ""),
        ("x; needs sso:*", "sso:*"),
    ],
)
def test_the_action_is_read_from_the_reason(reason: str, action: str) -> None:
    assert needed_action(reason) == action

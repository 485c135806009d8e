"""One small fixed scan that has a bit of everything, hostile names included, for all reports to be tested with."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scanner.estate.changes import AccessChange, Changes, LinkChange, LinkEffect
from scanner.estate.estate import Account, Unseen
from scanner.estate.intent import Waiver
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Confidence, Evidence, Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.rule_info import AttackTechnique, RuleInfo
from scanner.findings.scan import Coverage, Run, Scan, Tool

HOSTILE = "<script>alert(1)</script>\x1b[2J\u202etxt.exe\nFAIL  forged\x7f\u2028&\"'"
"""A name that tries to run, to clear the screen, to turn round, to forge a row and to break out of quotes."""

LOCKED = RuleInfo(
    "recovery-bucket-locked",
    "Recovery buckets keep every version under Object Lock",
    Severity.CRITICAL,
    Confidence.HIGH,
    (AttackTechnique("T1485", "prevents", "Data Destruction"), AttackTechnique("T1490", "prevents")),
    {"nist_800_53_r5": ("CP-9", "CP-9(8)"), "own": ("A-1",)},
    "Without a lock, whoever takes over the recovery account\ndeletes the copies along with the originals.",
    "Turn on Object Lock with a default retention in COMPLIANCE mode.",
    "enable-object-lock",
    ("https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html", "javascript:alert(1)"),
)
VERSIONED = RuleInfo(
    "bucket-versioning-enabled",
    "Buckets that take part in replication keep versions",
    Severity.HIGH,
    why="Replication needs versions at both ends.",
    fix="Turn on versioning.",
)
TAGGED = RuleInfo("bucket-tagged", "Buckets name their owner", Severity.LOW, Confidence.LOW)


def bucket(
    name: str, account: str = "111111111111", region: str = "us-east-1", line: int = 0, end_line: int = 0
) -> Resource:
    location = Location("stacks/dr.yaml", line, end_line) if line else None
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, region, name, location=location)


VERSIONING_REFUSED = Unknown("s3:GetBucketVersioning refused: AccessDenied; needs s3:GetBucketVersioning")
WAIVER = Waiver(
    "bucket-versioning-enabled", "arn:aws:s3:::scratch*", "Nothing is kept here.", "data team", date(2027, 1, 31), 9
)
STATUS = "VersioningConfiguration.Status"
LISTING = "s3:GetBucketVersioning"

FINDINGS = (
    Finding(
        "recovery-bucket-locked",
        Verdict.FAIL,
        Severity.CRITICAL,
        bucket("orders-dr", "222222222222", "eu-west-1"),
        (
            Evidence("ObjectLockEnabled", "equals true", None, "s3:GetObjectLockConfiguration"),
            Evidence(
                "ObjectLockConfiguration.Rule.DefaultRetention.Days", "at least 30", 7, "s3:GetObjectLockConfiguration"
            ),
        ),
        more=3,
    ),
    Finding(
        "bucket-versioning-enabled",
        Verdict.FAIL,
        Severity.HIGH,
        bucket(HOSTILE),
        (Evidence("Tags[0].Value", f"equals {HOSTILE}", [HOSTILE, "x" * 5000], HOSTILE),),
    ),
    Finding(
        "bucket-versioning-enabled",
        Verdict.FAIL,
        Severity.HIGH,
        bucket("orders-data", line=42, end_line=57),
        (Evidence(STATUS, 'equals "Enabled"', "Suspended", LISTING),),
        when="Stage is prod",
    ),
    Finding(
        "bucket-versioning-enabled",
        Verdict.UNKNOWN,
        Severity.HIGH,
        bucket("sealed", "222222222222", "eu-west-1"),
        (Evidence(STATUS, 'equals "Enabled"', VERSIONING_REFUSED, LISTING),),
    ),
    Finding(
        "bucket-versioning-enabled",
        Verdict.WAIVED,
        Severity.HIGH,
        bucket("scratch-1"),
        (Evidence(STATUS, 'equals "Enabled"', None, LISTING),),
        waiver=WAIVER,
    ),
    Finding(
        "bucket-versioning-enabled",
        Verdict.PASS,
        Severity.HIGH,
        bucket("orders-logs"),
        (Evidence(STATUS, 'equals "Enabled"', "Enabled", LISTING),),
    ),
    Finding("bucket-tagged", Verdict.PASS, Severity.LOW, bucket("orders-data", line=42)),
)


def link(verdict: str, source: str, copy: str, rule: str = "dr", **told: Any) -> dict[str, Any]:
    nothing: dict[str, list[Any]] = {name: [] for name in ("failure_reasons", "missing", "faults", "excess", "unknown")}
    return {
        "id": f"{source}/{rule}/{copy}",
        "source": {"bucket": source, "account": "111111111111", "region": "us-east-1"},
        "destination": {"bucket": copy, "account": "222222222222", "region": ""},
        "rule": rule,
        "role": "arn:aws:iam::111111111111:role/replication",
        "verdict": verdict,
        **nothing,
        **told,
    }


def missing(action: str, effect: str, decided_by: str) -> dict[str, Any]:
    where = {"hop": "source-object", "resource": "arn:aws:s3:::orders-data/*"}
    return {"action": action, "effect": effect, "decided_by": decided_by, **where}


LINKS = (
    link("works", "orders-logs", "orders-logs-dr"),
    link(
        "works",
        "orders-tags",
        "orders-tags-dr",
        missing=[missing("s3:GetObjectVersionTagging", "degrades", "identity policy replication is silent")],
        excess=[{"hop": "source-object", "action": "s3:*", "resource": "*", "statement": {"Sid": "All"}}],
    ),
    link("unknown", "sealed", "sealed-dr", "", unknown=[{"hop": "source-bucket", "reason": VERSIONING_REFUSED.reason}]),
    link(
        "broken",
        HOSTILE,
        "orders-dr",
        failure_reasons=["DstBucketUnversioned", "SrcGetAclNotPermitted"],
        missing=[missing("s3:GetObjectVersionAcl", "fails", f"statement {HOSTILE} denies it")],
        faults=[
            {
                "name": "DestinationUnversioned",
                "hop": "destination-object",
                "effect": "fails",
                "what": "versioning of orders-dr is not enabled",
            }
        ],
    ),
)


CHANGES = Changes(
    links=(
        LinkChange("orders-logs/dr/orders-logs-dr", "works", "works", LinkEffect.LEAVES),
        LinkChange("orders-tags/dr/orders-tags-dr", "broken", "works", LinkEffect.MENDS, ("no s3:PutObjectTagging",)),
        LinkChange(f"{HOSTILE}/dr/orders-dr", "works", "broken", LinkEffect.BREAKS, ("no kms:Encrypt", HOSTILE)),
        LinkChange("new/dr/new-dr", "", "unknown", LinkEffect.UNCLEAR),
    ),
    access=(
        AccessChange(
            f"policy of bucket {HOSTILE}",
            "1",
            "arn:aws:iam::333333333333:root",
            "s3:DeleteObject",
            "arn:aws:s3:::orders-dr/*",
            {"aws:SourceVpc": "vpc-1", "aws:SecureTransport": Unknown("not said")},
        ),
    ),
    doubts=("policy of key {ReplicaKey}: the live one could not be read",),
)


@pytest.fixture
def scan() -> Scan:
    """The fixed scan."""
    return Scan(
        Tool("drscan", "0.1.0"),
        Run("run-1", "2026-11-21T10:00:00Z", "2026-11-21T10:00:07Z", ("aws",), complete=False),
        Coverage(
            accounts=(
                Account("111111111111", "primary", ("us-east-1",)),
                Account("222222222222", HOSTILE, ("eu-west-1", "eu-central-1")),
            ),
            unseen=(
                Unseen(
                    "222222222222",
                    "eu-west-1",
                    "AWS::S3::Bucket sealed VersioningConfiguration",
                    VERSIONING_REFUSED.reason,
                    "s3:GetBucketVersioning",
                ),
                Unseen("333333333333", "", "account", "sts:AssumeRole refused: AccessDenied", ""),
            ),
            resources=7,
            calls=31,
            refused=1,
        ),
        FINDINGS,
        {rule.id: rule for rule in (LOCKED, VERSIONED, TAGGED)},
        {"nist_800_53_r5": "NIST SP 800-53 Rev. 5"},
        not_applicable=4,
        messages=("estate.yaml:9: the waiver of a-rule expired on 2026-01-01",),
    )


@pytest.fixture
def linked(scan: Scan) -> Scan:
    """The fixed scan with replication links of all kinds."""
    return replace(scan, links=LINKS)


@pytest.fixture
def whole(linked: Scan) -> Scan:
    """The fixed scan with all that there can be: links, and what templates would change."""
    return replace(linked, changes=CHANGES)


@pytest.fixture
def hostile() -> str:
    """The hostile name that is in the fixed scan."""
    return HOSTILE

"""Defects that published templates have: one small fixture each, what drscan says of it exactly, and its healthy twin.

The fixtures are in `defects/`, each in a folder named after its defect: `drscan check --estate <folder>/estate.yaml`
shows what a user would see. A twin is the same text with the defect mended, so a row here also says what the defect is.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "defects"

LEFT_OUT = {
    *("access-denied-alarm", "macie-enabled-where-data-is", "object-access-is-recorded", "trail-covers-both-buckets"),
    *("replication-failure-alarm", "replication-metrics-enabled", "alarm-reaches-a-human"),
    *("bucket-blocks-sse-c", "bucket-denies-insecure-transport", "recovery-bucket-policy-denies-destruction"),
    *("recovery-bucket-object-lock-enabled", "mfa-delete-only-where-possible", "org-guardrails-protect-recovery"),
    "stateful-resources-retained",
}
"""What fixtures do without so that they are small; a defect in one of these is looked at all the same."""

LINK, ACTIONS, KEYS, EXCESS, POLICY = (
    "replication-link-works",
    "replication-role-has-required-actions",
    "replication-role-can-use-keys",
    "replication-role-has-no-excess",
    "template-policy-actions-exist",
)
ADMITTED, DENIED, ONLY_ROLE = (
    "destination-policy-admits-role",
    "replication-not-denied-elsewhere",
    "destination-policy-names-role-only",
)
OBJECTS, COPIES = "arn:aws:s3:::orders/*", "arn:aws:s3:::orders-copy/*"
KEY, COPY_KEY = (
    "arn:aws:kms:us-east-1:111111111111:key/{primary.Key}",
    "arn:aws:kms:eu-west-1:222222222222:key/{recovery.Key}",
)
NOT_READ = ("SrcGetObjectNotPermitted", "SrcHeadObjectNotPermitted")
NOT_WRITTEN = (
    *("DstPutObjectNotPermitted", "DstMultipartInitNotPermitted", "DstMultipartUploadNotPermitted"),
    *("DstMultipartCompleteNotPermitted", "DstPutAclNotPermitted", "DstPutTaggingNotPermitted"),
)


@dataclass(frozen=True)
class Said:
    """What a report says: the rules that fail and those that cannot tell, and of the link its verdict, AWS's reasons
    and what is missing (hop, action and resource)."""

    fails: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    link: str = ""
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Defect:
    """A fixture, the text in it that is wrong with what would be right, and what drscan says of it."""

    name: str
    wrong: str
    right: str
    said: Said


def broken(name: str, wrong: str, right: str, reasons: tuple[str, ...], *missing: str, also: set[str]) -> Defect:
    return Defect(name, wrong, right, Said(frozenset({LINK, *also}), frozenset(), "broken", reasons, missing))


def works(name: str, wrong: str, right: str, *fails: str) -> Defect:
    """A defect of something else than whether objects arrive."""
    return Defect(name, wrong, right, Said(frozenset(fails), link="works"))


def alone(name: str, wrong: str, right: str, *fails: str) -> Defect:
    """A defect where there is no replication."""
    return Defect(name, wrong, right, Said(frozenset(fails)))


DEFECTS = (
    # What a policy names.
    broken(
        "principal-without-service-role-path",
        "role/replication",
        "role/service-role/replication",
        NOT_WRITTEN,
        f"destination-object s3:ReplicateObject {COPIES}",
        also={ADMITTED, ONLY_ROLE},
    ),
    broken(
        "bucket-arn-for-object-arn",
        "s3:ReplicateObject, Resource: arn:aws:s3:::orders-copy}",
        "s3:ReplicateObject, Resource: arn:aws:s3:::orders-copy/*}",
        NOT_WRITTEN,
        f"destination-object s3:ReplicateObject {COPIES}",
        also={ACTIONS, POLICY},
    ),
    broken(
        "object-arn-for-bucket-arn",
        "s3:ListBucket], Resource: arn:aws:s3:::orders/*",
        "s3:ListBucket], Resource: arn:aws:s3:::orders",
        ("SrcBucketReplicationConfigMissing", "SrcHeadObjectNotPermitted"),
        "source-bucket s3:GetReplicationConfiguration arn:aws:s3:::orders",
        "source-bucket s3:ListBucket arn:aws:s3:::orders",
        also={ACTIONS, POLICY},
    ),
    broken(
        "another-prefix-in-the-policy",
        "orders-copy/invoice/*",
        "orders-copy/invoices/*",
        NOT_WRITTEN,
        "destination-object s3:ReplicateObject arn:aws:s3:::orders-copy/invoices/*",
        also={ADMITTED},
    ),
    broken(
        "alias-as-kms-resource",
        "arn:aws:kms:eu-west-1:222222222222:alias/orders-copy",
        "!Ref ReplicaKey",
        ("DstPutObjectNotPermitted",),
        f"destination-key kms:Encrypt {COPY_KEY}",
        also={KEYS, POLICY},
    ),
    broken(
        "kms-action-on-bucket-arn",
        "Action: kms:Decrypt\n                Resource: arn:aws:s3:::orders",
        "Action: kms:Decrypt\n                Resource: !GetAtt Key.Arn",
        NOT_READ,
        f"source-key kms:Decrypt {KEY}",
        also={KEYS, POLICY},
    ),
    # Actions.
    broken(
        "get-object-version-for-kms-objects",
        "s3:GetObjectVersion,",
        "s3:GetObjectVersionForReplication,",
        NOT_READ,
        f"source-object s3:GetObjectVersionForReplication {OBJECTS}",
        also={ACTIONS, EXCESS},
    ),
    broken(
        "action-that-does-not-exist",
        "[s3:ReplicateObjects, s3:ReplicationTags]",
        "[s3:ReplicateObject, s3:ReplicateTags]",
        NOT_WRITTEN,
        f"destination-object s3:ReplicateObject {COPIES}",
        also={ACTIONS, EXCESS, POLICY},
    ),
    broken(
        "destination-policy-forgets-owner-override",
        "            Action: s3:ReplicateObject",
        "            Action: [s3:ReplicateObject, s3:ObjectOwnerOverrideToBucketOwner]",
        ("DstPutObjectNotPermitted",),
        f"destination-object s3:ObjectOwnerOverrideToBucketOwner {COPIES}",
        also={ADMITTED, "replication-owner-override-consistent"},
    ),
    broken(
        "delete-markers-without-replicate-delete",
        "DeleteMarkerReplication: {Status: Enabled}",
        "DeleteMarkerReplication: {Status: Disabled}",
        ("DstDelObjNotPermitted",),
        f"destination-object s3:ReplicateDelete {COPIES}",
        also={ADMITTED, ACTIONS, "replication-delete-markers-decided"},
    ),
    works(
        "replicate-delete-without-delete-markers",
        "[s3:ReplicateObject, s3:ReplicateDelete]",
        "s3:ReplicateObject",
        EXCESS,
    ),
    # Conditions.
    broken(
        "both-via-service-in-one-region",
        "s3.us-east-1.amazonaws.com, kms:EncryptionContext:aws:s3:arn: arn:aws:s3:::orders-copy",
        "s3.eu-west-1.amazonaws.com, kms:EncryptionContext:aws:s3:arn: arn:aws:s3:::orders-copy",
        ("DstPutObjectNotPermitted",),
        f"destination-key kms:Encrypt {COPY_KEY}",
        also={KEYS, EXCESS},
    ),
    broken(
        "misspelt-encryption-context",
        "kms:EncryptionContext:arn:aws:arn",
        "kms:EncryptionContext:aws:s3:arn",
        ("DstPutObjectNotPermitted",),
        f"destination-key kms:Encrypt {COPY_KEY}",
        also={KEYS, EXCESS, POLICY},
    ),
    broken(
        "kms-context-of-objects-with-bucket-key",
        "kms:EncryptionContext:aws:s3:arn: arn:aws:s3:::orders/*",
        "kms:EncryptionContext:aws:s3:arn: arn:aws:s3:::orders",
        NOT_READ,
        f"source-key kms:Decrypt {KEY}",
        also={KEYS},
    ),
    broken(
        "kms-context-of-bucket-without-bucket-key",
        "BucketKeyEnabled: false",
        "BucketKeyEnabled: true",
        (*NOT_READ, "DstPutObjectNotPermitted"),
        f"source-key kms:Decrypt {KEY}",
        f"destination-key kms:Encrypt {COPY_KEY}",
        also={KEYS},
    ),
    broken(
        "source-arn-of-objects",
        "aws:SourceArn: arn:aws:s3:::orders/*",
        "aws:SourceArn: arn:aws:s3:::orders",
        ("AssumeRoleNotPermitted",),
        "assume sts:AssumeRole arn:aws:iam::111111111111:role/replication",
        also={ACTIONS, "replication-role-trust-limited"},
    ),
    broken(
        "destination-key-trusts-own-account-only",
        'Action: kms:*, Resource: "*"}\n  Copy:',
        'Action: kms:*, Resource: "*"}\n'
        "          - Effect: Allow\n"
        "            Principal: {AWS: arn:aws:iam::111111111111:role/replication}\n"
        "            Action: [kms:Encrypt, kms:Decrypt]\n"
        '            Resource: "*"\n'
        "  Copy:",
        ("DstPutObjectNotPermitted",),
        f"destination-key kms:Encrypt {COPY_KEY}",
        f"destination-key kms:Decrypt {COPY_KEY}",
        also={KEYS},
    ),
    # Denials that catch the replication role, too.
    *(
        broken(
            f"denied-by-{key}",
            wrong,
            right,
            NOT_WRITTEN,
            f"destination-object s3:ReplicateObject {COPIES}",
            also={DENIED},
        )
        for key, wrong, right in (
            ("vpc-endpoint", "vpce-0a1b2c3d", "vpce-0a1b2c3d, aws:PrincipalAccount: '111111111111'"),
            ("source-ip", "/24}", "/24}, ArnNotEquals: {aws:PrincipalArn: arn:aws:iam::111111111111:role/replication}"),
            ("organization", "o-a1b2c3d4e5}", "[o-a1b2c3d4e5, o-f6g7h8i9j0]}"),
        )
    ),
    # Who may do what.
    Defect(
        "principal-star-on-the-bucket",
        'Principal: "*"',
        'Principal: "*"\n'
        "            Condition: {ArnEquals: {aws:PrincipalArn: arn:aws:iam::111111111111:role/replication}}",
        Said(
            frozenset({ONLY_ROLE}),
            # S3 cuts off other accounts where a policy is public, and AWS does not say whether replication as well.
            frozenset({LINK, ADMITTED, DENIED, ACTIONS, EXCESS, "replication-carries-tags"}),
            "unknown",
        ),
    ),
    works(
        "principal-star-on-the-key",
        'Principal: "*"',
        'Principal: "*"\n            Condition: {StringEquals: {kms:CallerAccount: "111111111111"}}',
        "key-policy-not-public",
    ),
    # Where things are, and for how long.
    works(
        "same-region-pair-called-cross-region",
        "account: recovery, region: us-east-1",
        "account: recovery, region: eu-west-1",
        "protected-bucket-has-every-copy",
        "replication-crosses-required-boundary",
    ),
    broken(
        "versioning-on-another-provider-than-its-bucket",
        '"aws_s3_bucket_versioning", "name": "copy", "provider_config_key": "aws"',
        '"aws_s3_bucket_versioning", "name": "copy", "provider_config_key": "aws.recovery"',
        ("DstBucketUnversioned",),
        also={"bucket-versioning-enabled", "template-sub-resources-reach-their-bucket"},
    ),
    works(
        "recovery-copy-deleted-with-its-stack",
        "DeletionPolicy: Delete",
        "DeletionPolicy: Retain",
        "stateful-resources-retained",
    ),
    works(
        "force-destroy-on-the-recovery-copy",
        '"bucket": "orders-copy", "force_destroy": true',
        '"bucket": "orders-copy", "force_destroy": false',
        "stateful-resources-retained",
    ),
    works(
        "object-lock-without-default-retention",
        "ObjectLockEnabled: true",
        "ObjectLockEnabled: true\n"
        "      ObjectLockConfiguration:\n"
        "        {ObjectLockEnabled: Enabled, Rule: {DefaultRetention: {Mode: COMPLIANCE, Days: 35}}}",
        "object-lock-default-retention-set",
    ),
    alone(
        "vault-lock-in-the-wrong-account",
        "BackupVaultName: copies",
        "BackupVaultName: copies\n      LockConfiguration: {MinRetentionDays: 35, ChangeableForDays: 3}",
        "vault-locked",
    ),
    # Logs and alarms.
    alone(
        "alarm-on-request-metrics-that-nobody-publishes",
        "BucketName: orders\n",
        "BucketName: orders\n      MetricsConfigurations: [{Id: EntireBucket}]\n",
        "request-metric-alarm-can-fire",
    ),
    alone(
        "log-bucket-with-kms",
        "SSEAlgorithm: aws:kms",
        "SSEAlgorithm: AES256",
        "access-log-target-deliverable",
    ),
    alone(
        "log-bucket-with-default-retention",
        "      ObjectLockEnabled: true\n"
        "      ObjectLockConfiguration:\n"
        "        {ObjectLockEnabled: Enabled, Rule: {DefaultRetention: {Mode: COMPLIANCE, Days: 30}}}\n",
        "",
        "access-log-target-deliverable",
    ),
)

HARMLESS = works("denied-by-missing-encryption-header", "", "")


@pytest.fixture
def judged(drscan: Any, tmp_path: Path) -> Any:
    """Judges a fixture or its twin, and gives what is said of it and the rules that pass."""

    def judge(defect: Defect, *, mended: bool = False, live: bool = True) -> tuple[Said, set[str]]:
        folder = copytree(FIXTURES / defect.name, tmp_path / defect.name, dirs_exist_ok=True)
        if mended:
            replace_in(folder, defect.wrong, defect.right)
        snapshot = folder / "live.jsonl"
        over = ("--from", snapshot) if live and snapshot.exists() else ()
        outcome = drscan("check", "--estate", folder / "estate.yaml", *over, "--format", "json")
        return said(json.loads(outcome.out), LEFT_OUT - defect.said.fails)

    return judge


def replace_in(folder: Path, old: str, new: str) -> None:
    """Replaces a text that is in exactly one file (plans say everything twice)."""
    (file,) = [file for file in folder.iterdir() if old in file.read_text()]
    text = file.read_text()
    assert file.suffix == ".json" or text.count(old) == 1
    file.write_text(text.replace(old, new))


def said(report: dict[str, Any], left_out: set[str]) -> tuple[Said, set[str]]:
    rules: dict[str, set[str]] = {"FAIL": set(), "UNKNOWN": set(), "PASS": set(), "WAIVED": set()}
    for finding in report["findings"]:
        rules[finding["verdict"]].add(finding["rule"])
    link = report["links"][0] if report["links"] else {"verdict": "", "failure_reasons": [], "missing": []}
    missing = tuple(f"{one['hop']} {one['action']} {one['resource']}" for one in link["missing"])
    fails, unknown = frozenset(rules["FAIL"] - left_out), frozenset(rules["UNKNOWN"] - left_out)
    return Said(fails, unknown, link["verdict"], tuple(link["failure_reasons"]), missing), rules["PASS"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_is_found_and_nothing_else_and_its_twin_passes(judged: Any, defect: Defect) -> None:
    assert judged(defect)[0] == defect.said
    twin, passes = judged(defect, mended=True)
    assert twin == Said(link="works" if defect.said.link else "")
    assert defect.said.fails <= passes


def test_every_fixture_is_judged() -> None:
    names = [defect.name for defect in (*DEFECTS, HARMLESS)]
    assert sorted(names) == sorted(folder.name for folder in FIXTURES.iterdir())


def test_a_denial_of_what_replication_does_not_do_is_harmless(judged: Any) -> None:
    assert judged(HARMLESS)[0] == HARMLESS.said


def test_which_organization_an_account_is_in_is_told_by_no_template(judged: Any) -> None:
    (defect,) = [each for each in DEFECTS if each.name == "denied-by-organization"]
    assert judged(defect, live=False)[0] == Said(
        unknown=frozenset({LINK, ADMITTED, DENIED, "replication-carries-tags"}), link="unknown"
    )


@pytest.mark.parametrize("action", ["s3:ReplicationTags", "s3:PutReplicaObject", "kms:EncryptData", "s3:Replicat?"])
def test_actions_that_do_not_exist_are_found_one_by_one(judged: Any, action: str) -> None:
    (defect,) = [each for each in DEFECTS if each.name == "action-that-does-not-exist"]
    also = replace(defect, right=f"[s3:ReplicateObject, {action}]")
    assert judged(also, mended=True)[0].fails >= {POLICY}


@pytest.mark.parametrize(
    ("condition", "confines"),
    [
        ('StringEquals: {kms:CallerAccount: "111111111111"}', True),
        ("StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}", True),
        ("ForAnyValue:StringLike: {aws:PrincipalOrgPaths: o-a1b2c3d4e5/*}", True),
        ("ArnLike: {aws:PrincipalArn: 'arn:aws:iam::111111111111:role/*'}", True),
        ('StringEquals: {aws:SourceAccount: "111111111111"}', True),
        ("StringEquals: {aws:SourceVpce: vpce-0a1b2c3d}", True),
        ("IpAddress: {aws:SourceIp: 203.0.113.0/24}", True),
        ('Bool: {aws:SecureTransport: "true"}', False),
        ("StringLike: {aws:PrincipalArn: '*'}", False),
        ("ArnLike: {aws:PrincipalArn: 'arn:aws:iam::*:role/replication'}", False),
        ("StringLike: {kms:ViaService: s3.*.amazonaws.com}", False),
        ('StringNotEquals: {kms:CallerAccount: "333333333333"}', False),
        ('StringEqualsIfExists: {aws:SourceAccount: "111111111111"}', False),
        ("StringNotEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}", False),
        ("IpAddress: {aws:SourceIp: 0.0.0.0/0}", False),
    ],
)
def test_anybody_passes_where_conditions_confine_it_and_only_there(judged: Any, condition: str, confines: bool) -> None:
    (defect,) = [each for each in DEFECTS if each.name == "principal-star-on-the-key"]
    confined = replace(defect, right=f'Principal: "*"\n            Condition: {{{condition}}}')
    fails = judged(confined, mended=True)[0].fails
    assert ("key-policy-not-public" not in fails) is confines

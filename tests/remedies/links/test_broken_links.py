"""Every part of a link broken, one at a time: the plan mends it, keeps what it does not know, and is then done."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from link_blueprint import HOME, PREFIX, Blueprint
from planned import planned, remedied

from scanner.analysis.replication import LINK, derive_links
from scanner.estate.estate import Estate

RULES = remedied(LINK) | {
    "replication-role-trust-limited",
    "dr-roles-cannot-unprotect",
    "destination-policy-names-role-only",
    "recovery-bucket-grants-no-control-to-source",
}

Break = Callable[[Blueprint], Any]


def without(sid: str) -> Break:
    return lambda drawn: drawn.statements.pop(sid)


def wild(*actions: str) -> Break:
    def breaking(drawn: Blueprint) -> None:
        drawn.statements = {"All": drawn.allow(list(actions), "*")}

    return breaking


def rule(**changed: Any) -> Break:
    return lambda drawn: drawn.rule.update(changed)


def destination(**changed: Any) -> Break:
    return lambda drawn: drawn.rule["Destination"].update(changed)


def first_version(drawn: Blueprint) -> None:
    for name in ("Filter", "Priority", "DeleteMarkerReplication"):
        del drawn.rule[name]
    drawn.rule["Prefix"] = PREFIX


def no_kms(drawn: Blueprint) -> None:
    del drawn.rule["SourceSelectionCriteria"], drawn.rule["Destination"]["EncryptionConfiguration"]


def not_owned(drawn: Blueprint) -> None:
    del drawn.rule["Destination"]["AccessControlTranslation"], drawn.rule["Destination"]["Account"]


def unversioned(drawn: Blueprint) -> None:
    drawn.source["VersioningConfiguration"] = {"Status": "Suspended"}
    assert drawn.destination is not None
    del drawn.destination["VersioningConfiguration"]


def admitting(drawn: Blueprint, *statements: Any) -> None:
    assert drawn.destination_policy is not None
    drawn.destination_policy["Statement"] += statements


def control_for_role(drawn: Blueprint) -> None:
    actions = ["s3:GetBucketVersioning", "s3:PutBucketVersioning"]
    admitting(drawn, drawn.allow(actions, drawn.destination_arn, Principal={"AWS": drawn.role_arn}, Sid="Set versions"))


def control_for_account(drawn: Blueprint) -> None:
    reached = [drawn.destination_arn, f"{drawn.destination_arn}/*"]
    admitting(drawn, drawn.allow("s3:*", reached, Principal=drawn.root(HOME)))


def other_replicator(drawn: Blueprint) -> None:
    other = {"AWS": [drawn.role_arn.replace("replication", "other"), drawn.role_arn]}
    admitting(drawn, drawn.allow("s3:ReplicateObject", f"{drawn.destination_arn}/*", Principal=other))


def key_for_owner_alone(drawn: Blueprint) -> None:
    assert drawn.replica_key is not None
    drawn.replica_key["Statement"].pop()


def key_without_account(drawn: Blueprint) -> None:
    assert drawn.source_key is not None
    drawn.source_key["Statement"][0]["Action"] = "kms:Describe*"


def key_for_everything(drawn: Blueprint) -> None:
    assert drawn.replica_key is not None
    drawn.replica_key["Statement"][1]["Action"] = "kms:*"


def replica_key(arn: Callable[[Blueprint], str]) -> Break:
    def breaking(drawn: Blueprint) -> None:
        drawn.rule["Destination"]["EncryptionConfiguration"] = {"ReplicaKmsKeyID": arn(drawn)}

    return breaking


BREAKS: dict[str, tuple[Break, set[str]]] = {
    "no role": (lambda drawn: setattr(drawn, "role", None), {"replication-role-has-required-actions"}),
    "no ListBucket": (without("Bucket"), {"replication-role-has-required-actions"}),
    "no read": (without("Read"), {"replication-role-has-required-actions", "replication-carries-tags"}),
    "no write": (without("Write"), {"replication-role-has-required-actions"}),
    "no decrypt": (without("Decrypt"), {"replication-role-can-use-keys"}),
    "no encrypt": (without("Encrypt"), {"replication-role-can-use-keys"}),
    "everything allowed": (wild("*"), {"replication-role-has-no-excess", "dr-roles-cannot-unprotect"}),
    "S3 and KMS allowed": (wild("s3:*", "kms:*"), {"replication-role-has-no-excess", "dr-roles-cannot-unprotect"}),
    "trust for objects": (
        lambda drawn: drawn.trust["Condition"]["ArnLike"].update({"aws:SourceArn": f"{drawn.source_arn}/*"}),
        {"replication-role-has-required-actions", "replication-role-trust-limited"},
    ),
    "trust for Lambda, too": (
        lambda drawn: drawn.trust.update(Principal={"Service": ["s3.amazonaws.com", "lambda.amazonaws.com"]}),
        {"replication-role-trust-limited"},
    ),
    "trust for the account": (
        lambda drawn: drawn.trust.update(Principal=drawn.root(HOME)),
        {"replication-role-trust-limited", "replication-role-has-required-actions"},
    ),
    "no bucket policy": (
        lambda drawn: setattr(drawn, "destination_policy", None),
        {"destination-policy-admits-role", "replication-owner-override-consistent"},
    ),
    "control for the role": (
        control_for_role,
        {"recovery-bucket-grants-no-control-to-source", "replication-role-has-no-excess"},
    ),
    "control for the account": (control_for_account, {"recovery-bucket-grants-no-control-to-source"}),
    "another replicator": (other_replicator, {"destination-policy-names-role-only"}),
    "key for its owner alone": (key_for_owner_alone, {"replication-role-can-use-keys"}),
    "key that its account has no say on": (key_without_account, {"replication-role-can-use-keys"}),
    "key for everything": (key_for_everything, {"replication-role-has-no-excess"}),
    "rule off": (rule(Status="Disabled"), {"replication-rule-enabled"}),
    "rule of the first version": (first_version, {"replication-delete-markers-decided"}),
    "rule without priority": (lambda drawn: drawn.rule.pop("Priority"), {"replication-schema-valid"}),
    "rule beside one of the same priority": (
        lambda drawn: drawn.add_rule(Id="other", Filter={"Prefix": "other/"}),
        {"replication-schema-valid"},
    ),
    "rule for deep archives": (destination(StorageClass="DEEP_ARCHIVE"), {"replication-storage-class-restorable"}),
    "time control without metrics": (
        destination(ReplicationTime={"Status": "Enabled", "Time": {"Minutes": 15}}),
        {"replication-schema-valid", "replication-metrics-enabled"},
    ),
    "KMS not selected": (no_kms, {"replication-selects-kms-objects"}),
    "replica key elsewhere": (replica_key(lambda drawn: drawn.source_key_arn), {"replication-replica-key-usable"}),
    "replica key absent": (
        replica_key(lambda drawn: f"{drawn.replica_key_arn}-gone"),
        {"replication-replica-key-usable"},
    ),
    "replica key disabled": (
        lambda drawn: drawn.key_states.update(replica="Disabled"),
        {"replication-replica-key-usable"},
    ),
    "owner not changed": (not_owned, {"replication-owner-override-consistent"}),
    "another account named": (destination(Account="444444444444"), {"replication-destination-account-pinned"}),
    "no versions": (unversioned, {"replication-link-works"}),
    "lock at the source": (
        lambda drawn: drawn.source.update(ObjectLockEnabled=True),
        {"object-lock-pair-consistent", "replication-role-has-required-actions"},
    ),
}

DRAWN = (("aws", False), ("aws-cn", True))


def drawn(name: str, partition: str, *, bucket_key: bool) -> Blueprint:
    blueprint = Blueprint(partition=partition, bucket_key=bucket_key)
    BREAKS[name][0](blueprint)
    return blueprint


def verdicts(estate: Estate, blueprint: Blueprint) -> list[str]:
    links = derive_links(estate, blueprint.intent).of_type(LINK)
    assert all(link.properties["Excess"] == [] for link in links)
    return [link.properties["Verdict"] for link in links]


@pytest.mark.parametrize(("partition", "bucket_key"), DRAWN)
@pytest.mark.parametrize("name", BREAKS)
def test_the_plan_mends_the_link_with_nothing_too_much_and_is_done(name: str, partition: str, bucket_key: bool) -> None:
    blueprint = drawn(name, partition, bucket_key=bucket_key)
    found = planned(blueprint.estate, blueprint.intent, RULES)
    assert set(BREAKS[name][1]) <= {one.rule for one in found.before.findings if str(one.verdict) == "FAIL"}
    assert {str(one.verdict) for one in found.after.findings} == {"PASS"}, found.why()
    assert set(verdicts(found.estate, blueprint)) == {"works"}
    assert found.again.steps == found.plan.unfixed == ()


ALONE = [(name, rule) for name, (_, rules) in BREAKS.items() for rule in sorted(rules)]


@pytest.mark.parametrize(("name", "rule"), ALONE)
def test_each_rule_passes_by_a_plan_of_its_own(name: str, rule: str) -> None:
    blueprint = drawn(name, "aws", bucket_key=True)
    found = planned(blueprint.estate, blueprint.intent, [rule])
    assert set(found.verdicts(rule)) == {"PASS"}, found.why()
    assert found.again.steps == ()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_mending_one_thing_never_breaks_a_link_that_works(rule: str) -> None:
    blueprint = Blueprint()
    found = planned(blueprint.estate, blueprint.intent, [rule])
    assert "works" in {
        link.properties["Verdict"] for link in derive_links(found.estate, blueprint.intent).of_type(LINK)
    }


@pytest.mark.parametrize("name", BREAKS)
def test_statements_of_others_survive_where_they_stand(name: str) -> None:
    blueprint = drawn(name, "aws", bucket_key=True)
    others = _with_neighbours(blueprint)
    found = planned(blueprint.estate, blueprint.intent, RULES)
    for resource in found.estate.resources:
        expected = others.get((resource.type, resource.name))
        if expected is not None:
            kept = [one for one in _statements(resource.properties) if one in expected]
            assert kept == expected
    assert "FAIL" not in {str(one.verdict) for one in found.after.findings}, found.why()


def _with_neighbours(blueprint: Blueprint) -> dict[tuple[str, str], list[Any]]:
    """Statements of others around those of the link: denials, people, conditions, signs that mean something."""
    role = {"AWS": f"arn:aws:iam::{HOME}:role/backup"}
    deny = blueprint.deny("dynamodb:*", "*", Sid="Odd")
    spared = blueprint.deny(
        ["s3:DeleteBucket", "s3:PutBucketPolicy"],
        blueprint.destination_arn,
        Principal="*",
        Sid="DestinationObject",
        Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-${*}glass"}},
    )
    use = blueprint.allow("kms:DescribeKey", "*", Principal=role, Sid="DestinationKey")
    blueprint.statements = {"Odd": deny, **blueprint.statements}
    for document, statement in (
        (blueprint.destination_policy, spared),
        (blueprint.replica_key, use),
    ):
        if document is not None:
            document["Statement"].insert(1, statement)
    return {
        ("AWS::IAM::Role", "replication"): [{"Sid": "Odd", **deny}] if blueprint.role is not None else [],
        ("AWS::S3::BucketPolicy", "ledger-copy"): [spared] if blueprint.destination_policy else [],
        ("AWS::KMS::Key", "replica"): [use],
    }


def _statements(properties: Any) -> list[Any]:
    documents = [properties.get("PolicyDocument"), properties.get("KeyPolicy")]
    documents += [one["PolicyDocument"] for one in properties.get("Policies", ())]
    return [statement for document in documents if document for statement in document["Statement"]]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(st.sampled_from(sorted(BREAKS)), min_size=2, max_size=4, unique=True), how=st.sampled_from(DRAWN))
def test_several_faults_at_once_are_mended_as_one_is(names: list[str], how: tuple[str, bool]) -> None:
    blueprint = Blueprint(partition=how[0], bucket_key=how[1])
    for name in names:
        with suppress(KeyError):  # what one took away the other cannot break any more
            BREAKS[name][0](blueprint)
    found = planned(blueprint.estate, blueprint.intent, RULES)
    assert {str(one.verdict) for one in found.after.findings} == {"PASS"}, found.why()
    assert set(verdicts(found.estate, blueprint)) == {"works"}
    assert found.again.steps == ()

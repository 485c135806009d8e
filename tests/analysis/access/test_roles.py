"""Replication roles: which they are, whom they trust, and what they could do to the protection of data."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{PRIMARY}:role/replication"
S3, BATCH = {"Service": "s3.amazonaws.com"}, {"Service": "batchoperations.s3.amazonaws.com"}
REFUSED = Unknown("refused")


def trusting(principal=S3, actions="sts:AssumeRole", **condition):
    found = {"Effect": "Allow", "Principal": principal, "Action": actions}
    return found | ({"Condition": condition} if condition else {})


@pytest.fixture
def fact(world, replicating, document):
    """Asks for a fact of the role that bucket `orders` replicates with."""

    def ask(name, *trust, source=None, **properties):
        world.bucket("orders", ReplicationConfiguration=replicating("b") if source is None else source)
        trusted = trust[0] if trust and isinstance(trust[0], Unknown) else document(*(trust or (trusting(),)))
        role = world.add(
            "AWS::IAM::Role", ROLE, PRIMARY, "", "replication", AssumeRolePolicyDocument=trusted, **properties
        )
        return world.ask(role, name)

    return ask


def test_a_role_that_a_bucket_names_replicates(fact):
    assert fact("IsReplicationRole") is True


def test_a_role_that_no_bucket_names_does_not(world, fact):
    assert fact("IsReplicationRole", source={}) is False
    assert fact("TrustsOthers", source={}) is None


def test_a_replication_that_was_refused_may_use_any_role_that_s3_may_assume(fact):
    assert fact("IsReplicationRole", source=REFUSED) == REFUSED
    assert fact("IsReplicationRole", trusting(ArnLike={"aws:SourceArn": "arn:aws:s3:::x"}), source=REFUSED) == REFUSED
    assert fact("IsReplicationRole", trusting({"Service": "ec2.amazonaws.com"}), source=REFUSED) is False
    assert fact("IsReplicationRole", REFUSED, source=REFUSED) == REFUSED


def test_only_in_its_own_account(world, fact):
    world.bucket("elsewhere", RECOVERY, ReplicationConfiguration=REFUSED)
    assert fact("IsReplicationRole", source={}) is False


@pytest.mark.parametrize(
    "trust",
    [
        [trusting()],
        [trusting(S3, ["sts:AssumeRole", "sts:SetSourceIdentity"]), trusting(BATCH)],
        [trusting({"Service": [S3["Service"], BATCH["Service"]]})],
        [trusting(StringEquals={"aws:SourceAccount": PRIMARY})],
    ],
)
def test_s3_is_trusted_and_nobody_else(fact, trust):
    assert fact("TrustsOthers", *trust) == []


@pytest.mark.parametrize(
    ("other", "who"),
    [
        (trusting({"AWS": PRIMARY}), PRIMARY),
        (trusting({"AWS": f"arn:aws:iam::{RECOVERY}:user/admin"}), f"arn:aws:iam::{RECOVERY}:user/admin"),
        (trusting({"Service": "ec2.amazonaws.com"}), "ec2.amazonaws.com"),
        (trusting({"AWS": "*"}), "*"),
        (trusting({"AWS": "*"}, StringEquals={"aws:PrincipalAccount": RECOVERY}), RECOVERY),
        (trusting({"Federated": "accounts.example.com"}, "sts:AssumeRoleWithWebIdentity"), "accounts.example.com"),
        (trusting({"AWS": PRIMARY}, Bool={"aws:MultiFactorAuthPresent": "true"}), PRIMARY),
    ],
)
def test_whoever_else_is_trusted_is_named(fact, other, who):
    assert fact("TrustsOthers", trusting(), other) == [{"Principal": who, "Statement": "statement 2"}]


def test_whoever_is_denied_again_is_not(fact):
    assert (
        fact("TrustsOthers", trusting(), trusting({"AWS": PRIMARY}), trusting({"AWS": "*"}) | {"Effect": "Deny"}) == []
    )


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ({}, []),
        ({"StringEquals": {"aws:SourceAccount": PRIMARY}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::orders"}}, []),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::orders/*"}}, ["orders"]),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::other"}}, ["orders"]),
        ({"StringEquals": {"aws:SourceAccount": RECOVERY}}, ["orders"]),
    ],
)
def test_a_trust_narrowed_to_something_else_refuses_the_source(fact, condition, refused):
    assert fact("RefusesSources", trusting(**condition)) == refused


def test_a_trust_that_was_not_read(fact):
    assert fact("TrustsOthers", REFUSED) == [REFUSED]
    [found] = fact("RefusesSources", REFUSED)
    assert found == REFUSED


def allowing(*actions, resource="*", **condition):
    found = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


COPYING = ("s3:GetObjectVersionForReplication", "s3:ReplicateObject", "kms:Decrypt", "kms:Encrypt")


@pytest.fixture
def powers(fact, document):
    """What a role with these statements in an inline policy could do to the protection of data, by action."""

    def ask(*statements, **properties):
        inline = [{"PolicyName": "own", "PolicyDocument": document(*statements)}]
        found = fact("UnprotectingPowers", Policies=inline, **properties)
        return [one if isinstance(one, Unknown) else one["Action"] for one in found]

    return ask


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allowing(*COPYING)], []),
        ([allowing("s3:PutBucketVersioning", resource="arn:aws:s3:::b")], ["s3:PutBucketVersioning"]),
        ([allowing("s3:Put*", resource="arn:aws:s3:::b")], ["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"]),
        ([allowing("kms:Disable*", "kms:*KeyPolicy")], ["kms:DisableKey", "kms:PutKeyPolicy"]),
        ([allowing("backup:DeleteRecoveryPoint")], ["backup:DeleteRecoveryPoint"]),
        ([allowing("iam:PassRole")], ["iam:PassRole"]),
        ([allowing("iam:PassRole", resource=ROLE)], []),
        ([allowing("iam:PassRole", resource=f"arn:aws:iam::{PRIMARY}:role/team/*")], []),
        ([allowing("s3:*"), allowing("s3:Put*", "s3:Bypass*") | {"Effect": "Deny"}], []),
        ([allowing("s3:PutBucketVersioning", StringEquals={"aws:PrincipalArn": ROLE + "-2"})], []),
    ],
)
def test_what_a_role_could_do(powers, statements, expected):
    assert powers(*statements) == expected


def test_an_entry_says_on_what_and_by_which_statement(fact, document):
    own = {"PolicyName": "own", "PolicyDocument": document(allowing("iam:*") | {"Sid": "All"})}
    assert fact("UnprotectingPowers", Policies=[own]) == [
        {"Action": "iam:PassRole", "Resource": "*", "Statement": "All"}
    ]


def managed(world, name, document):
    arn = f"arn:aws:iam::{PRIMARY}:policy/{name}"
    world.add("AWS::IAM::ManagedPolicy", arn, PRIMARY, "", name, PolicyDocument=document)
    return arn


def test_managed_policies_count(world, powers, document):
    arn = managed(world, "p", document(allowing("kms:DisableKey")))
    assert powers(ManagedPolicyArns=[arn]) == ["kms:DisableKey"]


def test_managed_policies_that_were_not_seen_may_hold_anything(powers):
    gone = f"arn:aws:iam::{PRIMARY}:policy/gone"
    assert all("was not seen" in one.reason for one in powers(ManagedPolicyArns=[gone]))
    assert set(powers(ManagedPolicyArns=REFUSED)) == {REFUSED}


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ([allowing("s3:Get*")], []),
        (
            [allowing("s3:*")],
            ["s3:BypassGovernanceRetention", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"],
        ),
        ([allowing("s3:*"), allowing("s3:Put*") | {"Effect": "Deny"}], ["s3:BypassGovernanceRetention"]),
    ],
)
def test_a_boundary_limits_what_a_role_could_do(world, powers, document, boundary, expected):
    arn = managed(world, "b", document(*boundary))
    assert powers(allowing("s3:*"), PermissionsBoundary=arn) == expected


def test_a_boundary_that_leaves_some_of_it_is_not_decided_by_one_example(world, powers, document):
    arn = managed(world, "b", document(allowing("s3:PutBucketVersioning", resource="arn:aws:s3:::other")))
    [found] = powers(allowing("s3:PutBucketVersioning"), PermissionsBoundary=arn)
    assert "permission boundary" in found.reason
    assert [type(one) for one in powers(allowing("s3:PutBucketVersioning"), PermissionsBoundary=REFUSED)] == [Unknown]

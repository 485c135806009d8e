"""What policies name in vain is found, what takes effect in part is not, and what is not known stays so."""

import time

import pytest

from scanner.estate.unknown import Unknown

BUCKET, OBJECTS = "arn:aws:s3:::orders", "arn:aws:s3:::orders/*"
KEY, ALIAS = "arn:aws:kms:eu-west-1:111111111111:key/k", "arn:aws:kms:eu-west-1:111111111111:alias/k"
GROUP = "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/x:*"
REFUSED = Unknown("parameter Copy has no value")


def statement(actions, resources=OBJECTS, effect="Allow", **more):
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def faults(world, *statements, version="2012-10-17", name="replicate"):
    document = {"Version": version, "Statement": list(statements)}
    policies = [{"Name": name, "Kind": "identity", "Document": document}]
    return world.ask(world.declared("AWS::IAM::Role", Policies=policies), "PolicyFaults")


def told(world, *statements):
    """What is wrong, without the place that it is in."""
    found = faults(world, *statements)
    return [one if isinstance(one, Unknown) else one["What"].partition(": ")[2] for one in found]


def test_a_fault_names_policy_statement_action_and_resource(world):
    good = statement("s3:ReplicateObject")
    assert faults(world, good, statement(["s3:ReplicateObject", "kms:Decrypt"], BUCKET, Sid="Copy")) == [
        {
            "Policy": "replicate",
            "Statement": "Copy",
            "Action": action,
            "Resource": BUCKET,
            "What": f"Copy of replicate: {action} never acts on {BUCKET}",
        }
        for action in ("s3:ReplicateObject", "kms:Decrypt")
    ]


@pytest.mark.parametrize(
    "actions",
    [
        "s3:ReplicateTags",
        "S3:replicatetags",
        ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ObjectOwnerOverrideToBucketOwner"],
        "s3:Replicate*",
        "s3:*",
        "*",
        "s3:GetObjectVersionForReplication",
        "sns:Receive",
        "*:GetObject",
    ],
)
def test_actions_that_exist(world, actions):
    assert told(world, statement(actions, "*")) == []


@pytest.mark.parametrize(
    "action", ["s3:ReplicationTags", "s3:ListObjects", "s3:GetBucketReplication", "kms:ReEncrypt", "s3:Replication*"]
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_actions_that_do_not(world, action, effect):
    assert told(world, statement([action, "s3:GetObject"], effect=effect)) == [f"there is no action {action}"]


def test_exceptions_must_exist_too(world):
    said = {"Effect": "Deny", "NotAction": ["s3:ReplicationTags", "s3:ListBucket"], "Resource": OBJECTS}
    assert told(world, said) == ["there is no action s3:ReplicationTags"]


def test_an_action_of_a_service_that_nobody_knows_is_not_judged(world):
    [doubt] = told(world, statement("quantumdust:Make"))
    assert "no service quantumdust is known" in doubt.reason


@pytest.mark.parametrize(
    ("actions", "resources"),
    [
        ("s3:ListBucket", BUCKET),
        ("s3:ReplicateObject", OBJECTS),
        ("s3:ReplicateObject", "arn:aws:s3:::orders*"),
        ("s3:ReplicateObject", "arn:aws-cn:s3:::orders/*"),
        ("s3:ReplicateObject", "arn:*:s3:::orders/*"),
        ("s3:GetObject", "arn:aws:s3:eu-west-1:111111111111:accesspoint/ap/object/*"),
        ("s3:GetObject", "arn:aws:s3::111111111111:accesspoint/m.mrap/object/*"),
        (["s3:ListBucket", "s3:GetObject"], [BUCKET, OBJECTS]),
        ("s3:*", BUCKET),
        ("s3:Get*", OBJECTS),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("kms:Decrypt", KEY),
        ("kms:Decrypt", "arn:aws:kms:*:111111111111:key/*"),
        ("kms:Decrypt", "arn:aws:kms:{region}:111111111111:key/{ReplicaKey}"),
        ("kms:CreateAlias", [ALIAS, KEY]),
        (["s3:GetObject", "kms:Decrypt"], [OBJECTS, KEY]),
        ("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/bucket}/*"),
        ("s3:GetObject", "${aws:PrincipalTag/arn}"),
        # What the tables say less exactly than AWS: log groups where they want streams, recovery points of any service.
        ("logs:CreateLogStream", GROUP),
        ("logs:PutLogEvents", "arn:aws:logs:*:*:*"),
        ("backup:CopyFromBackupVault", "arn:aws:ec2:eu-west-1::snapshot/*"),
        ("sns:Publish", "arn:aws:sns:eu-west-1:111111111111:pager"),
        ("iam:PassRole", "arn:aws:iam::111111111111:role/replication"),
    ],
)
def test_actions_that_act_on_one_of_their_resources(world, actions, resources):
    assert told(world, statement(actions, resources)) == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("kms:Decrypt", BUCKET),
        ("kms:Decrypt", OBJECTS),
        ("kms:Decrypt", ALIAS),
        ("kms:*", BUCKET),
        ("s3:GetObject", KEY),
        ("s3:ReplicateObject", BUCKET),
        ("s3:Replicate*", BUCKET),
        ("s3:GetReplicationConfiguration", OBJECTS),
        ("s3:ListBucket", "arn:aws:s3:::{SourceBucket}/*"),
        ("sns:Publish", BUCKET),
    ],
)
def test_actions_that_act_on_none(world, action, resource):
    assert told(world, statement(action, resource)) == [f"{action} never acts on {resource}"]


def test_long_lists_of_resources_are_shortened(world):
    [said] = told(world, statement("kms:Decrypt", [f"arn:aws:s3:::b{number}" for number in range(5)]))
    assert said.endswith("arn:aws:s3:::b0, arn:aws:s3:::b1, arn:aws:s3:::b2 and 2 more")


def test_exceptions_of_resources_and_trust_policies_name_nothing_to_act_on(world):
    except_for = {"Effect": "Deny", "Action": "s3:ReplicateObject", "NotResource": BUCKET}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "s3.amazonaws.com"}}
    assert told(world, except_for, trust) == []


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_condition_key_that_no_request_carries(world, partition):
    key = f"kms:EncryptionContext:arn:{partition}:arn"
    [fault] = faults(world, statement("kms:Decrypt", KEY, Condition={"StringLike": {key: OBJECTS}}))
    assert fault["Key"] == key
    assert "kms:EncryptionContext:aws:s3:arn is meant" in fault["What"]


def test_condition_keys_that_requests_carry(world):
    context = {"kms:EncryptionContext:aws:s3:arn": OBJECTS, "kms:EncryptionContext:mine": "x"}
    assert told(world, statement("kms:Decrypt", KEY, Condition={"StringLike": context})) == []


@pytest.mark.parametrize(
    "unclear",
    [
        statement("s3:ReplicateObject", REFUSED),
        statement("s3:ReplicateObject", [BUCKET, REFUSED]),
        statement(REFUSED),
        statement("s3:GetObject", Condition={"StringLike": REFUSED}),
        statement("s3:GetObject", Condition=REFUSED),
    ],
)
def test_what_is_not_known_is_no_fault_and_hides_none(world, unclear):
    [doubt] = told(world, unclear)
    assert REFUSED.reason in doubt.reason
    assert told(world, unclear, statement("s3:ReplicationTags"))[1] == "there is no action s3:ReplicationTags"


@pytest.mark.parametrize(
    "clear",
    [
        statement("s3:ReplicateObject", [OBJECTS, REFUSED]),
        statement("s3:GetObject", Condition={"StringLike": {"s3:prefix": REFUSED}}),
        statement("s3:GetObject", Principal={"AWS": REFUSED}),
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": REFUSED},
    ],
)
def test_what_does_not_matter_need_not_be_known(world, clear):
    assert told(world, clear) == []


@pytest.mark.parametrize("policies", [REFUSED, [REFUSED], [{"Name": "p", "Document": REFUSED}]])
def test_policies_that_are_not_known_at_all(world, policies):
    [doubt] = world.ask(world.declared("AWS::IAM::Role", Policies=policies), "PolicyFaults")
    assert isinstance(doubt, Unknown)


def test_without_policies_there_is_nothing_to_find(world):
    assert world.ask(world.declared("AWS::S3::Bucket"), "PolicyFaults") == []


def test_the_same_fault_is_told_once_and_twenty_are_enough(world):
    assert len(told(world, *[statement("s3:ReplicationTags", Sid="Same")] * 3)) == 1
    assert len(told(world, *(statement(f"s3:Replication{number}") for number in range(50)))) == 20


def test_policies_made_to_take_long_do_not(world):
    began = time.process_time()
    resources = [f"arn:aws:s3:::{'*a' * 20}{number}?b" for number in range(200)]
    faults(world, *(statement([f"kms:{'*?' * 9}{chr(97 + number)}*"], resources) for number in range(14)))
    assert faults(world, statement(["s3:GetObject"] * 3001))[0].reason.startswith("policy replicate holds more")
    assert time.process_time() - began < 20

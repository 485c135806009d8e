"""Synthesis: canonical text, and the proof that it grants all that is needed and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.compare import Scope
from scanner.policy.decision import Verdict
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.patterns import compile_pattern
from scanner.policy.prove import prove
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, compile_policy
from scanner.policy.synthesise import Need, as_text, bucket_policy, key_policy, role_policy, trust_policy

SOURCE_ACCOUNT, TARGET_ACCOUNT = "111122223333", "444455556666"


def link(partition: str, features: frozenset[str], prefix: str = "tax/") -> list[Need]:
    """What replication from bucket src to bucket dst needs, by the features of its rule."""
    source, target = f"arn:{partition}:s3:::src", f"arn:{partition}:s3:::dst"
    there, here = f"{target}/{as_text(prefix)}*", f"{source}/{as_text(prefix)}*"
    needs = [Need(f"s3:{name}", source, hop="source-bucket") for name in ("GetReplicationConfiguration", "ListBucket")]
    reads = ["GetObjectVersionForReplication", "GetObjectVersionAcl", "GetObjectVersionTagging"]
    reads += ["GetObjectRetention", "GetObjectLegalHold"] if "lock" in features else []
    needs += [Need(f"s3:{name}", here, hop="source-object") for name in reads]
    writes = ["ReplicateObject"]
    writes += ["ReplicateDelete"] if "markers" in features else []
    writes += ["ObjectOwnerOverrideToBucketOwner"] if "owner" in features else []
    needs += [Need(f"s3:{name}", there, hop="destination-object") for name in writes]
    if "kms" in features:
        needs.append(key_need("kms:Decrypt", partition, "source", source, here, features))
        needs.append(key_need("kms:Encrypt", partition, "destination", target, there, features))
    return needs


def key(partition: str, side: str) -> str:
    region, account = {"source": ("us-east-1", SOURCE_ACCOUNT), "destination": ("eu-west-1", TARGET_ACCOUNT)}[side]
    return f"arn:{partition}:kms:{region}:{account}:key/{side}"


def key_need(action: str, partition: str, side: str, bucket: str, objects: str, features: frozenset[str]) -> Need:
    arn = key(partition, side)
    services = [
        f"s3.{arn.split(':')[3]}.amazonaws.com{suffix}" for suffix in (("", ".cn") if partition == "aws-cn" else ("",))
    ]
    context = [bucket] if "bucket-key" in features else [bucket, objects] if "mixed" in features else [objects]
    conditions = {
        "StringEquals": {"kms:ViaService": services},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": context},
    }
    return Need(action, arn, conditions, f"{side}-key")


def role(partition: str) -> str:
    return f"arn:{partition}:iam::{SOURCE_ACCOUNT}:role/service-role/r"


def test_the_text_of_a_role_policy() -> None:
    needs = link("aws", frozenset({"kms", "mixed"}))
    assert role_policy(needs) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DestinationKey",
                "Effect": "Allow",
                "Action": "kms:Encrypt",
                "Resource": "arn:aws:kms:eu-west-1:444455556666:key/destination",
                "Condition": {
                    "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::dst", "arn:aws:s3:::dst/tax/*"]},
                },
            },
            {
                "Sid": "DestinationObject",
                "Effect": "Allow",
                "Action": "s3:ReplicateObject",
                "Resource": "arn:aws:s3:::dst/tax/*",
            },
            {
                "Sid": "SourceBucket",
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": "arn:aws:s3:::src",
            },
            {
                "Sid": "SourceKey",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": "arn:aws:kms:us-east-1:111122223333:key/source",
                "Condition": {
                    "StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::src", "arn:aws:s3:::src/tax/*"]},
                },
            },
            {
                "Sid": "SourceObject",
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": "arn:aws:s3:::src/tax/*",
            },
        ],
    }


def test_the_text_of_a_trust_policy() -> None:
    document = trust_policy("s3.amazonaws.com", account=SOURCE_ACCOUNT, arns=["arn:aws-cn:s3:::src"])
    assert document["Statement"] == [
        {
            "Sid": "S3AssumesRole",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnLike": {"aws:SourceArn": "arn:aws-cn:s3:::src"},
                "StringEquals": {"aws:SourceAccount": SOURCE_ACCOUNT},
            },
        }
    ]
    conditions = {
        "StringEquals": {"aws:SourceAccount": [SOURCE_ACCOUNT]},
        "ArnLike": {"aws:SourceArn": ["arn:aws-cn:s3:::src"]},
    }
    needs = [Need("sts:AssumeRole", role("aws-cn"), conditions)]
    own = Scope(resources=(role("aws-cn"),))
    assert prove([document], needs, principals=["s3.amazonaws.com"], scope=own).holds
    loose = trust_policy("s3.amazonaws.com")
    assert len(prove([loose], needs, principals=["s3.amazonaws.com"], scope=own).excess) == 1


def test_statements_with_the_same_actions_are_one_and_sids_stay_distinct() -> None:
    needs = [Need("s3:ReplicateObject", f"arn:aws:s3:::{name}/*", hop="destination-object") for name in "ba"]
    needs.append(Need("s3:ReplicateDelete", "arn:aws:s3:::c/*", hop="destination-object"))
    statements = role_policy(needs)["Statement"]
    assert [one["Sid"] for one in statements] == ["DestinationObject", "DestinationObject2"]
    assert [one["Resource"] for one in statements] == [["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"], "arn:aws:s3:::c/*"]


@given(st.permutations(link("aws", frozenset({"kms", "lock", "markers", "owner"}))))
def test_the_order_of_needs_does_not_matter(needs: list[Need]) -> None:
    ordered = link("aws", frozenset({"kms", "lock", "markers", "owner"}))
    assert json.dumps(role_policy(needs)) == json.dumps(role_policy(ordered))
    principals = [role("aws"), role("aws-cn")]
    one, other = ({"StringLike": {"b": list(values), "a": ["x"]}} for values in ("yx", "xyx"))
    assert role_policy([Need("s3:GetObject", "*", one)]) == role_policy([Need("s3:GetObject", "*", other)])
    assert bucket_policy(needs, principals) == bucket_policy(ordered, principals[::-1])


@pytest.mark.parametrize("name", ["a*b", "what?", "${aws:username}", "$", "$${*}", "plain/", "a$b{c}"])
def test_names_that_look_like_patterns_mean_themselves(name: str) -> None:
    policy = role_policy([Need("s3:GetObject", f"arn:aws:s3:::b/{as_text(name)}")])
    compiled = compile_policy(policy, kind=PolicyKind.IDENTITY, name="p")

    def verdict(key: str) -> Verdict:
        return evaluate(
            Request(
                role("aws"), "s3:GetObject", f"arn:aws:s3:::b/{key}", SOURCE_ACCOUNT, context_of({"aws:username": "u"})
            ),
            PolicySet(identity=(compiled,)),
        ).verdict

    assert verdict(name) is Verdict.ALLOWED
    assert verdict(name.replace("*", "xx").replace("?", "x") + "x") is not Verdict.ALLOWED


features = st.frozensets(st.sampled_from(["kms", "lock", "markers", "owner", "bucket-key", "mixed"]))
partitions = st.sampled_from(["aws", "aws-cn", "aws-us-gov"])
prefixes = st.sampled_from(["", "tax/", "a*b", "${x}/", "?"])


@settings(max_examples=60, deadline=None)
@given(partitions, features, prefixes)
def test_synthesis_is_sufficient_and_contained(partition: str, chosen: frozenset[str], prefix: str) -> None:
    needs = link(partition, chosen, prefix)
    assert prove([role_policy(needs)], needs).holds
    writes = [need for need in needs if need.hop == "destination-object"]
    bucket = f"arn:{partition}:s3:::dst"
    there = Scope(resources=(bucket, f"{bucket}/*"))
    assert prove([bucket_policy(writes, [role(partition)])], writes, principals=[role(partition)], scope=there).holds
    for side in ("source", "destination"):
        if uses := [need for need in needs if need.hop == f"{side}-key"]:
            here = Scope(resources=(key(partition, side),))
            assert prove([key_policy(uses, [role(partition)])], uses, principals=[role(partition)], scope=here).holds


@settings(max_examples=60, deadline=None)
@given(partitions, features, st.data())
def test_a_proof_finds_what_was_left_out_or_added(partition: str, chosen: frozenset[str], data: st.DataObject) -> None:
    needs = link(partition, chosen)
    odd = data.draw(st.sampled_from(needs))
    others = [need for need in needs if need != odd]
    assert [one.need for one in prove([role_policy(others)], needs).missing] == [odd]
    (found,) = prove([role_policy(needs)], others).excess
    assert found.action == odd.action
    assert found.witness is not None
    assert found.witness.action == odd.action
    assert compile_pattern(odd.resource)(found.witness.resource)


def requests(needs: list[Need]) -> list[Request]:
    """A request for each need, with the context that S3 would send."""
    found = []
    for need in needs:
        context = {
            name: values[0].replace("*", "q1.csv") for keys in need.conditions.values() for name, values in keys.items()
        }
        account = TARGET_ACCOUNT if need.hop.startswith("destination") else SOURCE_ACCOUNT
        resource = need.resource.replace("*", "q1.csv")
        found.append(Request(role(need.resource.split(":")[1]), need.action, resource, account, context_of(context)))
    return found


def compiled(document: dict[str, Any]) -> Any:
    return compile_policy(document, kind=PolicyKind.RESOURCE, name="resource policy")


@settings(max_examples=40, deadline=None)
@given(partitions, features)
def test_all_synthesised_policies_together_let_every_request_through(partition: str, chosen: frozenset[str]) -> None:
    needs = link(partition, chosen)
    identity = compile_policy(role_policy(needs), kind=PolicyKind.IDENTITY, name="role policy")
    for need, request in zip(needs, requests(needs), strict=True):
        match need.hop:
            case "destination-object":
                resource = compiled(bucket_policy([one for one in needs if one.hop == need.hop], [role(partition)]))
            case "source-key" | "destination-key":
                resource = compiled(key_policy([one for one in needs if one.hop == need.hop], [role(partition)]))
            case _:
                resource = None
        assert evaluate(request, PolicySet(identity=(identity,), resource=resource)).verdict is Verdict.ALLOWED
        assert (
            evaluate(request, PolicySet(resource=resource)).verdict is not Verdict.ALLOWED or need.hop == "source-key"
        )
        if request.resource_account == TARGET_ACCOUNT:
            assert evaluate(request, PolicySet(identity=(identity,))).verdict is not Verdict.ALLOWED

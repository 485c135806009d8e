"""Who would be let in that is not today, shown by one request each."""

from typing import Any

import pytest
from overlay_parts import AWAY, HOME, THERE, Overlaid, bucket, bucket_policy, declared, key, live, role

from scanner.analysis.changes.access import access_changes
from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown

COPIES, OBJECTS = "arn:aws:s3:::copies", "arn:aws:s3:::copies/*"
COPIER, OTHER = f"arn:aws:iam::{HOME}:role/copy", f"arn:aws:iam::{HOME}:role/other"
THIRD = "333333333333"
TOPIC = f"arn:aws:sns:{THERE}:{AWAY}:pager"
AT = {"account": AWAY, "region": THERE}

Json = dict[str, Any]
Shown = list[tuple[str, str, str]]


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Any, resources: Any = OBJECTS, to: Any = None, **conditions: Any) -> Json:
    statement = {"Sid": "New", "Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Principal": to} if to else {}) | ({"Condition": conditions} if conditions else {})


def deny(actions: Any, resources: Any = (COPIES, OBJECTS), **conditions: Any) -> Json:
    return allow(actions, list(resources), "*", **conditions) | {"Sid": "Never", "Effect": "Deny"}


def without(statement: Json, *elements: str) -> Json:
    return {name: value for name, value in statement.items() if name not in elements}


COPY = allow(["s3:ReplicateObject", "s3:ReplicateDelete"], to={"AWS": COPIER}) | {"Sid": "Copy"}
ENCRYPTED = {"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}


@pytest.fixture
def estate() -> Overlaid:
    return Overlaid([bucket(live, "copies", **AT)])


def changes(estate: Overlaid, *templates: Any, **more: Any) -> tuple[Shown, tuple[str, ...]]:
    access, doubts = access_changes(estate.before, estate.after(*templates, **more))
    return [(one.statement, one.principal, one.action) for one in access], doubts


def of_bucket(estate: Overlaid, before: Json, after: Json) -> tuple[Shown, tuple[str, ...]]:
    estate.resources.append(bucket_policy(live, "copies", before, **AT))
    return changes(estate, bucket_policy(declared, "copies", after, **AT))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ([COPY], [COPY], []),
        ([COPY], [{**COPY, "Resource": [OBJECTS]}], []),
        ([COPY], [{**COPY, "Action": "s3:ReplicateObject"}], []),
        ([COPY], [COPY, allow("s3:GetObject", to="*")], [("New", "*", "s3:GetObject")]),
        ([COPY], [COPY, allow("s3:GetObject", to={"AWS": THIRD})], [("New", THIRD, "s3:GetObject")]),
        ([COPY], [COPY, allow("s3:GetObject", to={"AWS": OTHER})], [("New", OTHER, "s3:GetObject")]),
        (
            [COPY],
            [COPY, allow("s3:PutObject", to={"Service": "logging.s3.amazonaws.com"})],
            [("New", "logging.s3.amazonaws.com", "s3:PutObject")],
        ),
        ([COPY], [COPY, deny("s3:*")], []),
        (
            [{**COPY, "Condition": ENCRYPTED}],
            [{**COPY, "Action": "s3:ReplicateObject"}],
            [("Copy", COPIER, "s3:ReplicateObject")],
        ),
        ([COPY], [{**COPY, "Condition": ENCRYPTED}], []),
        ([COPY, deny("s3:DeleteBucket")], [COPY], [("Never no longer denies it", AWAY, "s3:DeleteBucket")]),
        ([COPY, deny("s3:Delete*")], [COPY, deny(["s3:Delete*", "s3:PutBucketPolicy"])], []),
        (
            [COPY, deny("s3:DeleteBucket")],
            [COPY, deny("s3:DeleteBucket", ArnNotLike={"aws:PrincipalArn": f"arn:aws:iam::{AWAY}:role/zq*"})],
            [("Never no longer denies it", AWAY, "s3:DeleteBucket")],
        ),
    ],
    ids=[
        "nothing",
        "another spelling",
        "less",
        "anybody",
        "another account",
        "another role",
        "a service",
        "a denial",
        "a condition less",
        "a condition more",
        "a denial less",
        "a denial of more",
        "a denial with an exception",
    ],
)
def test_a_bucket_policy_lets_in_whom_it_did_not(estate: Overlaid, before: Any, after: Any, shown: Shown) -> None:
    assert of_bucket(estate, document(*before), document(*after)) == (shown, ())


def test_the_request_shows_under_which_condition(estate: Overlaid) -> None:
    confined = allow("s3:GetObject", to="*", StringEquals={"aws:PrincipalOrgID": "o-abc"})
    estate.resources.append(bucket_policy(live, "copies", document(COPY), **AT))
    [found] = access_changes(
        estate.before, estate.after(bucket_policy(declared, "copies", document(COPY, confined), **AT))
    )[0]
    assert (found.policy, found.principal, found.context) == (
        "policy of bucket copies",
        "*",
        {"aws:principalorgid": "o-abc"},
    )
    assert found.resource.startswith(f"{COPIES}/")


def test_a_first_policy_grants_all_that_it_says(estate: Overlaid) -> None:
    own = allow("s3:GetObject", to={"AWS": f"arn:aws:iam::{AWAY}:role/reader"})
    found = changes(estate, bucket_policy(declared, "copies", document(own), **AT))
    assert found == ([("New", f"arn:aws:iam::{AWAY}:role/reader", "s3:GetObject")], ())


def test_a_policy_that_goes_no_longer_denies(estate: Overlaid) -> None:
    estate.resources.append(bucket_policy(live, "copies", document(COPY, deny("s3:DeleteBucket")), **AT))
    found = changes(estate, removed=[("AWS::S3::BucketPolicy", "copies")])
    assert found == ([("Never no longer denies it", AWAY, "s3:DeleteBucket")], ())


def test_with_a_bucket_that_goes_nobody_is_let_in(estate: Overlaid) -> None:
    estate.resources.append(bucket_policy(live, "copies", document(COPY, deny("s3:DeleteBucket")), **AT))
    assert changes(estate, removed=[("AWS::S3::Bucket", "copies")]) == ([], ())


def test_of_a_new_bucket_it_is_told_whom_it_lets_in_from_outside() -> None:
    own = allow("s3:*", to={"AWS": AWAY})
    templates = [bucket(declared, "copies", **AT), bucket_policy(declared, "copies", document(own, COPY), **AT)]
    assert changes(Overlaid(), *templates)[0] == [
        ("Copy", COPIER, "s3:ReplicateObject"),
        ("Copy", COPIER, "s3:ReplicateDelete"),
    ]


def test_of_a_new_key_its_own_account_is_no_news() -> None:
    own, all_ = (allow("kms:*", "*", {"AWS": who}) for who in (f"arn:aws:iam::{HOME}:root", "*"))
    assert changes(Overlaid(), key(declared, "{Key}", KeyPolicy=document(own))) == ([], ())
    [(_, principal, _)] = changes(Overlaid(), key(declared, "{Key}", KeyPolicy=document(own, all_)))[0]
    assert principal == "*"


def test_of_a_new_role_it_is_told_who_may_use_it() -> None:
    trust = without(allow("sts:AssumeRole", to={"AWS": HOME}), "Resource")
    powers = [{"PolicyName": "all", "PolicyDocument": document(allow("*", "*"))}]
    new = role(declared, "{Role}", AssumeRolePolicyDocument=document(trust), Policies=powers)
    assert changes(Overlaid(), new) == ([("New", HOME, "sts:AssumeRole")], ())


def test_a_trust_policy_with_a_condition_less_lets_in_more() -> None:
    trust = without(allow("sts:AssumeRole", to={"Service": "s3.amazonaws.com"}), "Resource")
    before = {**trust, "Condition": {"StringEquals": {"aws:SourceAccount": HOME}}}
    estate = Overlaid([role(live, "copy", AssumeRolePolicyDocument=document(before))])
    found = changes(estate, role(declared, "copy", AssumeRolePolicyDocument=document(trust)))
    assert found == ([("New", "s3.amazonaws.com", "sts:AssumeRole")], ())


@pytest.mark.parametrize(
    ("type_", "arn", "stated"),
    [
        ("AWS::SNS::TopicPolicy", TOPIC, {"Topics": [TOPIC], "PolicyDocument": allow("sns:Publish", TOPIC, "*")}),
        (
            "AWS::S3::MultiRegionAccessPointPolicy",
            f"arn:aws:s3::{AWAY}:accesspoint/m.mrap",
            {
                "MrapName": "m.mrap",
                "Policy": allow("s3:GetObject", f"arn:aws:s3::{AWAY}:accesspoint/m.mrap/object/*", "*"),
            },
        ),
        (
            "AWS::Backup::BackupVault",
            f"arn:aws:backup:{THERE}:{AWAY}:backup-vault:copies",
            {"AccessPolicy": allow("backup:CopyIntoBackupVault", "*", "*")},
        ),
    ],
)
def test_every_kind_of_resource_policy_counts(type_: str, arn: str, stated: Json) -> None:
    stated = {name: document(value) if isinstance(value, dict) else value for name, value in stated.items()}
    [(_, principal, _)] = changes(Overlaid(), declared(type_, arn, **AT, **stated))[0]
    assert principal == "*"


def powers(*statements: Json, name: str = "copy") -> list[Json]:
    return [{"PolicyName": name, "PolicyDocument": document(*statements)}]


def managed(make: Any, name: str, *statements: Json) -> Any:
    arn = f"arn:aws:iam::{HOME}:policy/{name}"
    return make("AWS::IAM::ManagedPolicy", arn, name, region="", PolicyDocument=document(*statements))


READ, WRITE = allow("s3:GetObject"), allow("s3:PutObject")
MANAGED = f"arn:aws:iam::{HOME}:policy/shared"


def test_a_role_may_do_what_it_could_not() -> None:
    estate = Overlaid([role(live, "copy", Policies=powers(READ))])
    found = changes(estate, role(declared, "copy", Policies=powers(READ, WRITE)))
    assert found == ([("copy: New", COPIER, "s3:PutObject")], ())


def test_what_another_policy_allows_already_is_not_new() -> None:
    estate = Overlaid([managed(live, "shared", WRITE), role(live, "copy", Policies=[], ManagedPolicyArns=[MANAGED])])
    same = role(declared, "copy", Policies=powers(WRITE), ManagedPolicyArns=[MANAGED])
    assert changes(estate, same) == ([], ())


def test_a_managed_policy_counts_for_every_role_that_has_it() -> None:
    roles = [role(live, name, ManagedPolicyArns=[MANAGED]) for name in ("copy", "other")]
    estate = Overlaid([managed(live, "shared", READ), *roles])
    found = changes(estate, managed(declared, "shared", READ, WRITE))
    assert found[0] == [("shared: New", COPIER, "s3:PutObject"), ("shared: New", OTHER, "s3:PutObject")]


def test_what_a_boundary_does_not_let_through_is_not_granted() -> None:
    estate = Overlaid(
        [managed(live, "shared", READ), role(live, "copy", Policies=powers(READ), PermissionsBoundary=MANAGED)]
    )
    wider = role(declared, "copy", Policies=powers(READ, WRITE), PermissionsBoundary=MANAGED)
    shown, [doubt] = changes(estate, wider)
    assert shown == []
    assert "its permissions boundary denies some of it" in doubt


def test_a_wider_boundary_lets_through_what_was_granted_in_vain() -> None:
    estate = Overlaid(
        [managed(live, "shared", READ), role(live, "copy", Policies=powers(READ, WRITE), PermissionsBoundary=MANAGED)]
    )
    assert changes(estate, managed(declared, "shared", READ, WRITE))[0] == [("copy: New", COPIER, "s3:PutObject")]


def test_a_policy_that_nobody_read_may_allow_it_already() -> None:
    of_aws = ["arn:aws:iam::aws:policy/Some"]
    estate = Overlaid([role(live, "copy", Policies=powers(READ), ManagedPolicyArns=of_aws)])
    shown, [doubt] = changes(estate, role(declared, "copy", Policies=powers(READ, WRITE), ManagedPolicyArns=of_aws))
    assert shown == [("copy: New", COPIER, "s3:PutObject")]
    assert "whether Some allows the same already" in doubt


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (Unknown("refused"), document(COPY), "what it says today is not known: refused"),
        (document(COPY), Unknown("no value"), "what it says after the deployment is not known: no value"),
        (document(COPY), document(COPY, allow("s3:GetObject", to={"AWS": [Unknown("no value")]})), "no value"),
        (document(COPY), document(COPY, Unknown("no value")), "no value"),
    ],
)
def test_what_cannot_be_compared_is_a_doubt(estate: Overlaid, before: Any, after: Any, says: str) -> None:
    shown, [doubt] = of_bucket(estate, before, after)
    assert shown == []
    assert doubt.startswith("policy of bucket copies: ")
    assert says in doubt


def test_a_policy_that_may_have_been_there_unseen_is_a_doubt(estate: Overlaid) -> None:
    estate.unseen = [Unseen(AWAY, THERE, "AWS::S3::BucketPolicy", "refused")]
    shown, [doubt] = changes(estate, bucket_policy(declared, "copies", document(COPY), **AT))
    assert (shown, doubt) == ([], "policy of bucket copies: what it says today is not known: refused")


def test_what_one_policy_grants_is_told_by_a_few_requests(estate: Overlaid) -> None:
    actions = [
        "s3:GetObject",
        "s3:PutObject",
        "s3:GetObjectAcl",
        "s3:PutObjectAcl",
        "s3:DeleteObject",
        "s3:ReplicateTags",
    ]
    second = allow("s3:ListBucket", COPIES, {"AWS": THIRD}) | {"Sid": "Second"}
    shown, doubts = of_bucket(estate, document(COPY), document(COPY, allow(actions, to={"AWS": THIRD}), second))
    assert [statement for statement, _, _ in shown] == ["New", "Second", "New", "New", "New"]
    assert doubts == ("policy of bucket copies: newly grants 2 more things, which are not listed",)

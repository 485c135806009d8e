"""Comparing policies: what is said to be contained is, and every witness is allowed here and not there."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.clauses import Strength
from scanner.policy.clauses import given as given_by
from scanner.policy.compare import Contained, Effort, Exceeds, Prepared, Undecided, compare, prepare
from scanner.policy.decision import Verdict
from scanner.policy.document import parse_policy, read_policy
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, compile_policy

Raw = dict[str, Any]
KEY = "arn:aws:kms:us-east-1:111122223333:key/k1"
ROLE = "arn:aws:iam::111122223333:role/service-role/r"


def allow(action: object, resource: object, **conditions: object) -> Raw:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": conditions}


def deny(action: object, resource: object, **conditions: object) -> Raw:
    return allow(action, resource, **conditions) | {"Effect": "Deny"}


def to(principal: object, statement: Raw) -> Raw:
    return statement | {"Principal": principal}


def policies(*statements: Raw, kind: PolicyKind = PolicyKind.IDENTITY) -> Prepared:
    return prepare([parse_policy({"Version": "2012-10-17", "Statement": list(statements)})], kind)


def bucket(*statements: Raw) -> Prepared:
    return policies(*statements, kind=PolicyKind.RESOURCE)


CONTAINED = {
    "the same": ([allow("s3:*", "*")], [allow("s3:*", "*")]),
    "all of everything": ([allow("*", "*")], [allow("*", "*")]),
    "an action of a pattern, in other letters": ([allow("S3:GETOBJECT", "*")], [allow("s3:Get*", "*")]),
    "a pattern by expansion": (
        [allow("s3:Replicate*", "*")],
        [allow([f"s3:Replicate{what}" for what in ("Object", "Delete", "Tags", "ObjectAnnotation")], "*")],
    ),
    "a resource of a pattern": (
        [allow("s3:GetObject", "arn:aws:s3:::b/tax/*")],
        [allow("s3:GetObject", "arn:aws:s3:::b/*")],
    ),
    "resources covered by two statements together": (
        [allow("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"])],
        [allow("s3:Get*", "arn:aws:s3:::c*"), allow("s3:GetObject", "arn:aws:s3:::b/*")],
    ),
    "kinds of resources that the action does not take": (
        [allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])],
        [allow("s3:ListBucket", "arn:aws:s3:::b"), allow("s3:GetObject", "arn:aws:s3:::b/*")],
    ),
    "an alias ARN, on which no key is used": (
        [allow("kms:Decrypt", [KEY, "arn:aws:kms:us-east-1:111122223333:alias/*"])],
        [allow("kms:Decrypt", KEY)],
    ),
    "a condition more": (
        [allow("s3:GetObject", "*", StringEquals={"aws:SourceVpce": "v"})],
        [allow("s3:GetObject", "*")],
    ),
    "one of the values": (
        [allow("s3:GetObject", "*", StringEquals={"aws:SourceVpce": "v1"})],
        [allow("s3:GetObject", "*", StringLike={"aws:sourcevpce": ["v?", "w"]})],
    ),
    "values covered by two statements together": (
        [allow("kms:Decrypt", KEY, StringEquals={"kms:ViaService": ["s3.a", "s3.b"]})],
        [
            allow("kms:Decrypt", KEY, StringLike={"kms:ViaService": "*.a"}),
            allow("kms:*", "*", ArnLike={"kms:ViaService": "x"}),
            allow("kms:*", "*", StringEquals={"kms:ViaService": "s3.b"}),
        ],
    ),
    "an ARN under the other operator": (
        [allow("s3:GetObject", "*", ArnLike={"aws:SourceArn": "arn:aws:s3:::b*"})],
        [allow("s3:GetObject", "*", StringLike={"aws:SourceArn": "arn:aws:s3:*"})],
    ),
    "a range of addresses among others": (
        [allow("s3:GetObject", "*", IpAddress={"aws:SourceIp": "10.0.0.0/8"})],
        [allow("s3:GetObject", "*", IpAddress={"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]})],
    ),
    "what the own Deny takes away": (
        [allow("s3:*", "*"), deny("s3:*", "arn:aws:s3:::b*")],
        [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b*"}],
    ),
    "a conditional Deny as a condition": (
        [allow("s3:*", "*"), deny("*", "*", Bool={"aws:SecureTransport": "false"})],
        [
            allow("s3:*", "*", Bool={"aws:SecureTransport": "true"}),
            allow("s3:*", "*", Null={"aws:SecureTransport": "true"}),
        ],
    ),
    "the same Deny on both sides": (
        [allow("s3:*", "*"), deny("s3:Delete*", "*", NumericLessThan={"s3:TlsVersion": "1.2"})],
        [allow("*", "*"), deny("s3:Delete*", "*", NumericLessThan={"s3:TlsVersion": "1.2"})],
    ),
    "NotAction": (
        [{"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
    ),
    "a variable, the same on both sides": (
        [allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")],
        [allow("s3:GetObject", ["arn:aws:s3:::x", "arn:aws:s3:::home/${aws:username}/*"])],
    ),
    "a service of which nothing is known": ([allow("nosuch:Get*", "*")], [allow("nosuch:*", "*")]),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", CONTAINED)
def test_contained(name: str) -> None:
    granted, allowed = CONTAINED[name]
    assert compare(policies(*granted), policies(*allowed)) == Contained()


EXCEEDS = {
    "a further action": ([allow(["s3:GetObject", "s3:PutObject"], "*")], [allow("s3:GetObject", "*")], "s3:PutObject"),
    "one further action in a pattern": (
        [allow("s3:Replicate*", "*")],
        [allow(["s3:ReplicateObject", "s3:ReplicateTags", "s3:ReplicateObjectAnnotation"], "*")],
        "s3:ReplicateDelete",
    ),
    "a wider prefix": (
        [allow("s3:GetObject", "arn:aws:s3:::b/t*")],
        [allow("s3:GetObject", "arn:aws:s3:::b/tax/*")],
        "arn:aws:s3:::b/texample",
    ),
    "values in the wrong pairing": (
        [allow("kms:*", "*", StringEquals={"kms:ViaService": ["a", "b"], "kms:CallerAccount": ["1", "2"]})],
        [
            allow("kms:*", "*", StringEquals={"kms:ViaService": "a", "kms:CallerAccount": "1"}),
            allow("kms:*", "*", StringEquals={"kms:ViaService": "b", "kms:CallerAccount": "2"}),
        ],
        "kms:",
    ),
    "objects beside buckets": (
        [allow("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])],
        [allow("s3:*", "arn:aws:s3:::b")],
        "arn:aws:s3:::b/example",
    ),
    "buckets beside objects": (
        [allow("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])],
        [allow("s3:*", "arn:aws:s3:::b/*")],
        "arn:aws:s3:::b ",
    ),
    "a condition left out": ([allow("kms:Decrypt", KEY)], [allow("kms:Decrypt", KEY, StringEquals={"k": "v"})], KEY),
    "IfExists": (
        [allow("kms:Decrypt", KEY, StringEqualsIfExists={"k": "v"})],
        [allow("kms:Decrypt", KEY, StringEquals={"k": "v"})],
        KEY,
    ),
    "what the other side denies": (
        [allow("s3:GetObject", "*")],
        [allow("*", "*"), deny("s3:Get*", "*", StringNotEquals={"aws:PrincipalOrgID": "o-1"})],
        "s3:GetObject",
    ),
    "a Deny on a range of addresses": (
        [allow("s3:GetObject", "*")],
        [allow("*", "*"), deny("*", "*", IpAddress={"aws:SourceIp": "192.0.2.0/24"})],
        "192.0.2.0",
    ),
    "everything but": ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], [allow("s3:*", "*")], "iam:"),
    "an unknown action": ([allow("s3:BrandNew", "*")], [allow("s3:Get*", "*")], "s3:brandnew"),
    "a variable against a fixed name": (
        [allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")],
        [allow("s3:GetObject", "arn:aws:s3:::home/eve/*")],
        "arn:aws:s3:::home/example/example",
    ),
    "an unknown action that is denied there": (
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
        [allow("*", "*"), deny("iam:BrandNew", "*")],
        "iam:brandnew",
    ),
    "a wider pattern of an unknown service": ([allow("nosuch:*", "*")], [allow("nosuch:Get*", "*")], "nosuch:example"),
    "actions of all services": ([allow("*", "*")], [allow("*:*e*", "*")], " "),
    "another partition": (
        [allow("s3:GetObject", ["arn:aws-cn:s3:::b/*", "arn:aws:s3:::b/*"])],
        [allow("s3:GetObject", "arn:aws-cn:s3:::b/*")],
        "arn:aws:s3:::b/example",
    ),
}


@pytest.mark.parametrize("name", EXCEEDS)
def test_not_contained_and_why(name: str) -> None:
    granted, allowed, expected = EXCEEDS[name]
    found = compare(policies(*granted), policies(*allowed))
    assert isinstance(found, Exceeds), found
    assert expected in f"{found.witness.action} {found.witness.resource} {dict(found.witness.context.values)}"
    assert found.statement.effect == "Allow"


UNDECIDED = {
    "ranges of addresses that differ": (
        [allow("s3:GetObject", "*", NumericLessThan={"s3:max-keys": "5"})],
        [allow("s3:GetObject", "*", NumericLessThan={"s3:max-keys": "10"})],
        "NumericLessThan s3:max-keys",
    ),
    "an unseen statement beside what covers it": (
        [allow("s3:GetObject", "*")],
        [allow("s3:GetObject", "*"), {"Effect": "Deny", "Action": 7}],
        "Action",
    ),
    "part of an unknown service": ([allow("nosuch:*", "*")], [allow("nosuch:e*", "*")], "no request could be built"),
    "part of an unknown service denied": (
        [allow("nosuch:*", "*")],
        [allow("nosuch:*", "*"), deny("nosuch:Get*", "*")],
        "no request could be built",
    ),
    "an unseen statement beside it": ([allow("s3:GetObject", "*")], [{"Effect": "allow"}], "Effect"),
    "unseen conditions": ([allow("s3:GetObject", "*", Nonsense={"k": "v"})], [], "Nonsense"),
    "strange characters": ([allow("s3:Get\ue02a", "*")], [], "private use"),
    "more wild services than can be told apart": (
        [allow("*:*", "*")],
        [allow(["iam:*", *(f"*{number}:*" for number in range(100))], "*")],
        "wildcard for the service",
    ),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_undecided_with_the_reason(name: str) -> None:
    granted, allowed, reason = UNDECIDED[name]
    first, second = (
        prepare([read_policy({"Version": "2012-10-17", "Statement": list(side)})]) for side in (granted, allowed)
    )
    found = compare(first, second)
    assert isinstance(found, Undecided)
    assert reason in found.reason


ALL_BUT = {"Effect": "Allow", "NotAction": ["s3:PutBucketVersioning", "KMS:DisableKey"], "Resource": "*"}


@pytest.mark.parametrize("action", ["s3:Get*", "S3:PutBucketVersion", ["kms:Enable*", "*:DisableKeys"]])
def test_what_names_nothing_that_is_not_allowed_anyway_needs_no_search(action: object) -> None:
    granted = policies(allow(action, "arn:aws:s3:::b*", IpAddress={"aws:SourceIp": "10.0.0.0/8"}))
    assert compare(granted, policies(ALL_BUT), effort=Effort(0)) == Contained()


@pytest.mark.parametrize(
    ("action", "allowed"),
    {
        "one of the actions": ("s3:putbucketversioning", [ALL_BUT]),
        "a pattern of one": ("kms:D*", [ALL_BUT]),
        "all but others": ({"NotAction": "s3:*"}, [ALL_BUT]),
        "some resources": ("s3:GetObject", [ALL_BUT | {"Resource": "arn:aws:s3:::other/*"}]),
        "no resources": (
            "s3:GetObject",
            [{name: ALL_BUT[name] for name in ("Effect", "NotAction")} | {"NotResource": "*"}],
        ),
        "a condition": ("s3:GetObject", [ALL_BUT | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}]),
        "a denial beside it": ("s3:GetObject", [ALL_BUT, deny("s3:GetObject", "*")]),
        "a pattern left out": ("s3:GetObject", [ALL_BUT | {"NotAction": "s3:Get*"}]),
        "an Action, not a NotAction": ("s3:GetObject", [{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}]),
    }.values(),
)
def test_what_may_not_be_allowed_anyway_is_searched_for(action: Any, allowed: list[Raw]) -> None:
    granted = allow(action, "*") if isinstance(action, str) else {"Effect": "Allow", "Resource": "*", **action}
    assert isinstance(compare(policies(granted), policies(*allowed)), Exceeds)


def test_a_doubtful_grant_does_not_matter_beside_a_certain_one() -> None:
    statements = [allow("s3:GetObject", "*"), allow("s3:*", "*", Nonsense={"k": "v"})]
    prepared = prepare([read_policy({"Version": "2012-10-17", "Statement": statements})])
    request = Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/x", "111122223333", context_of({}))
    assert given_by(prepared, request) is Strength.ACCESS


ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:PutBucketPolicy", "kms:Decrypt")
RESOURCES = {
    "object": [f"arn:aws:s3:::{name}" for name in ("a/x", "a/y", "ab/x", "b/z/x")],
    "bucket": [f"arn:aws:s3:::{name}" for name in ("a", "ab", "b")],
    "key": [KEY, KEY + "2"],
}
KINDS = dict(zip(ACTIONS, ("object", "object", "bucket", "bucket", "key"), strict=True))
VALUES = {
    "kms:ViaService": (None, "v1", "v2", "w"),
    "aws:SecureTransport": ("true", "false", None),
    "aws:SourceIp": (None, "10.0.0.1", "192.0.2.1"),
}


def requests() -> Iterator[Request]:
    for action, kind in KINDS.items():
        for resource in RESOURCES[kind]:
            for values in itertools.product(*VALUES.values()):
                context = context_of(dict(zip(VALUES, values, strict=True)))
                yield Request(ROLE, action, resource, "111122223333", context)


WORLD = list(requests())


def some(*choices: object, at_most: int = 2) -> st.SearchStrategy[list[object]]:
    return st.lists(st.sampled_from(choices), min_size=1, max_size=at_most, unique=True)


actions = some("*", "s3:*", "s3:Get*", "s3:?utObject", "*:*Bucket*", "kms:*", *ACTIONS)
resources = some("*", "arn:aws:s3:::a*", "arn:aws:s3:::a/*", "arn:aws:s3:::a", "arn:*/x", "arn:aws:s3:::?", KEY + "*")
CLEAR = (
    {"StringEquals": {"kms:ViaService": ["v1", "v2"]}},
    {"StringLike": {"kms:ViaService": "v*"}},
    {"StringNotEquals": {"kms:ViaService": "v1"}},
    {"StringLikeIfExists": {"kms:ViaService": ["?1", "w"]}},
    {"Null": {"kms:ViaService": "true"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Bool": {"aws:SecureTransport": "false"}, "StringLike": {"kms:ViaService": "w"}},
)
OBSCURE = (
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"IpAddressIfExists": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"ForAnyValue:StringLike": {"kms:ViaService": "v*"}},
    {"StringEqualsIgnoreCase": {"kms:ViaService": "V1"}},
)


@st.composite
def statements(draw: st.DrawFn, conditions: tuple[Raw, ...]) -> Raw:
    statement: Raw = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    statement[draw(st.sampled_from(("Action", "Action", "NotAction")))] = draw(actions)
    statement[draw(st.sampled_from(("Resource", "Resource", "NotResource")))] = draw(resources)
    statement["Condition"] = draw(st.sampled_from(({}, *conditions)))
    return statement


def sides(conditions: tuple[Raw, ...]) -> st.SearchStrategy[list[Raw]]:
    return st.lists(statements(conditions), min_size=1, max_size=3)


DELEGATION = compile_policy(
    {"Statement": to({"AWS": "111122223333"}, allow("*", "*"))}, kind=PolicyKind.RESOURCE, name="delegation"
)


def allowed_by(statements: list[Raw], request: Request) -> bool:
    document = {"Version": "2012-10-17", "Statement": statements}
    compiled = compile_policy(document, kind=PolicyKind.IDENTITY, name="p")
    delegation = DELEGATION if request.action.startswith(("kms:", "sts:")) else None
    return evaluate(request, PolicySet(identity=(compiled,), resource=delegation)).verdict is Verdict.ALLOWED


def check(granted: list[Raw], allowed: list[Raw]) -> Contained | Exceeds | Undecided:
    first, second = policies(*granted), policies(*allowed)
    found = compare(first, second)
    match found:
        case Contained():
            assert not [one for one in WORLD if given_by(first, one) > given_by(second, one)]  # type: ignore[operator]
        case Exceeds():
            request = Request(ROLE, found.witness.action, found.witness.resource, "111122223333", found.witness.context)
            assert allowed_by(granted, request)
            assert not allowed_by(allowed, request)
    return found


@settings(max_examples=150, deadline=None)
@given(sides(CLEAR), sides(CLEAR))
def test_plain_policies_are_always_decided_and_rightly(granted: list[Raw], allowed: list[Raw]) -> None:
    assert not isinstance(check(granted, allowed), Undecided)


@settings(max_examples=150, deadline=None)
@given(sides(CLEAR + OBSCURE), sides(CLEAR + OBSCURE))
def test_obscure_conditions_never_mislead(granted: list[Raw], allowed: list[Raw]) -> None:
    check(granted, allowed)

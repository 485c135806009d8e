"""Whoever the evaluator lets in afterwards and not before, the comparison has seen it; and its end is in sight."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_parts import AWAY, HOME, THERE, Overlaid, bucket, bucket_policy, declared, live, role

from scanner.analysis.changes.access import access_changes
from scanner.estate.unknown import Unknown
from scanner.policy.decision import Verdict
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, compile_policy

COPIES = "arn:aws:s3:::copies"
AT = {"account": AWAY, "region": THERE}
OWN, COPIER = f"arn:aws:iam::{AWAY}:role/admin", f"arn:aws:iam::{HOME}:role/copy"
REQUESTS = (
    ("s3:GetObject", "/tax/1"),
    ("s3:GetObject", "/logs/1"),
    ("s3:ReplicateObject", "/tax/1"),
    ("s3:ReplicateObject", "/logs/1"),
    ("s3:DeleteBucket", ""),
)
WORLD = [
    Request(who, action, COPIES + path, AWAY, context_of({"aws:SecureTransport": tls}))
    for who, (action, path), tls in product(
        (OWN, COPIER, "arn:aws:iam::999999999999:role/x", "*"), REQUESTS, ("true", "false")
    )
]
Json = dict[str, Any]

STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"AWS": HOME}, {"AWS": COPIER}, {"AWS": AWAY}, {"AWS": OWN}]),
        "Action": st.sampled_from(["s3:*", "s3:GetObject", ["s3:Replicate*", "s3:DeleteBucket"]]),
        "Resource": st.sampled_from([COPIES, f"{COPIES}/*", [COPIES, f"{COPIES}/tax/*"], "*"]),
    },
    optional={"Condition": st.sampled_from([{"Bool": {"aws:SecureTransport": flag}} for flag in ("true", "false")])},
)
POLICIES = st.lists(STATEMENTS, max_size=4).map(lambda some: {"Version": "2012-10-17", "Statement": some})


@settings(max_examples=60)
@given(POLICIES, POLICIES)
def test_nobody_gets_in_unnoticed(before: Json, after: Json) -> None:
    estate = Overlaid([bucket(live, "copies", **AT), bucket_policy(live, "copies", before, **AT)])
    found, doubts = access_changes(estate.before, estate.after(bucket_policy(declared, "copies", after, **AT)))
    newly = [one for one in WORLD if _is_let_in(one, after) and not _is_let_in(one, before)]
    assert bool(found) or bool(doubts) or not newly


def _is_let_in(request: Request, policy: Json) -> bool:
    """With policies of its own that allow everything, as far as that helps."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    own = () if request.principal == "*" else (compile_policy(everything, kind=PolicyKind.IDENTITY, name="own"),)
    resource = compile_policy(policy, kind=PolicyKind.RESOURCE, name="bucket")
    return evaluate(request, PolicySet(identity=own, resource=resource)).verdict is Verdict.ALLOWED


def many(count: int) -> tuple[Any, Any]:
    """That many buckets with a policy each, live and then for anybody."""
    estate = Overlaid()
    opened = []
    for name in (f"copies-{number}" for number in range(count)):
        statement = {"Effect": "Allow", "Principal": {"AWS": COPIER}, "Action": "s3:Put*", "Resource": "*"}
        estate.resources += [bucket(live, name, **AT), bucket_policy(live, name, {"Statement": [statement]}, **AT)]
        opened.append(bucket_policy(declared, name, {"Statement": [{**statement, "Principal": "*"}]}, **AT))
    return estate.before, estate.after(*opened)


@pytest.mark.parametrize(("steps", "compared"), [(10**6, 20), (1, 1)])
def test_the_work_has_an_end_and_what_is_left_is_said(steps: int, compared: int) -> None:
    found, doubts = access_changes(*many(20), steps=steps)
    told = {one.policy for one in found} | {doubt.partition(":")[0] for doubt in doubts if doubt.startswith("policy")}
    assert len(told) == compared
    assert (f"{20 - compared} more policies change, and were not compared: there are too many" in doubts) is (
        steps == 1
    )


def test_intricate_policies_are_given_up() -> None:
    wild = ["".join(f"*{letter}" for letter in word) for word in ("abcabc" * 5, "bcabca" * 5, "cabcab" * 5)]
    policies = [
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"{COPIES}/{one}?" for one in some],
                }
            ]
        }
        for some in (wild, [word[2:] + "*" for word in wild] * 20)
    ]
    estate = Overlaid([bucket(live, "copies", **AT), bucket_policy(live, "copies", policies[0], **AT)])
    found, doubts = access_changes(estate.before, estate.after(bucket_policy(declared, "copies", policies[1], **AT)))
    assert found or doubts


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3) | st.just(Unknown("refused")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["PolicyName", "PolicyDocument", "Statement", "Effect", "Action"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(ODD, ODD)
def test_what_is_no_policy_is_no_policy(theirs: Any, ours: Any) -> None:
    def parts(make: Any, odd: Any) -> list[Any]:
        trusted = {"AssumeRolePolicyDocument": odd, "Policies": odd, "ManagedPolicyArns": odd}
        return [bucket(make, "copies", **AT), bucket_policy(make, "copies", odd, **AT), role(make, "copy", **trusted)]

    estate = Overlaid(parts(live, theirs))
    assert access_changes(estate.before, estate.after(*parts(declared, ours)))[0] == ()

"""Questions about every request of a kind, held against the evaluator one request at a time."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.analysis.access.callers import Caller
from scanner.analysis.access.policies import MAX_WORDS, NO_POLICIES, Policies, pinned
from scanner.analysis.access.questions import MOST_SHOWN, Example, Requests, allowed, beyond, enough, undenied
from scanner.estate.unknown import Unknown
from scanner.policy.compare import prepare
from scanner.policy.document import parse_policy, read_policy
from scanner.policy.principals import read_caller
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, Question, applies, compile_policy
from scanner.policy.truth import Unseen

BUCKET = "arn:aws:s3:::b"
ROLES = tuple(f"arn:aws:iam::{account}:role/r" for account in ("111111111111", "222222222222"))


def statement(effect="Deny", principal="*", action="s3:*", resource=(BUCKET, f"{BUCKET}/*"), **condition):
    found = {"Effect": effect, "Principal": principal, "Action": action, "Resource": list(resource)}
    return found | ({"Condition": condition} if condition else {})


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policies(*statements):
    return Policies.of([read_policy(document(*statements))], PolicyKind.RESOURCE)


def asked(*actions, callers=(), **keys):
    return Requests(actions, (BUCKET, f"{BUCKET}/*"), callers, keys=keys)


def test_what_no_statement_allows_is_not_allowed():
    assert allowed(NO_POLICIES, asked("s3:GetObject")) is None
    assert allowed(policies(statement("Allow", action="s3:Get*")), asked("s3:PutObject", "s3:DeleteObject")) is None


def test_what_is_allowed_is_shown_with_its_statement():
    found = allowed(policies(statement("Allow", action="s3:Put*") | {"Sid": "Write"}), asked("s3:PutBucketPolicy"))
    assert isinstance(found, Example)
    assert (found.statement, found.request.action) == ("Write", "s3:PutBucketPolicy")


def test_an_allow_that_is_denied_again_is_none():
    assert allowed(policies(statement("Allow"), statement()), asked("s3:GetObject")) is None


def test_only_these_callers_count():
    grant = policies(statement("Allow", {"AWS": ROLES[0]}))
    first, second = (Caller(role, {"aws:principalarn": role}) for role in ROLES)
    assert isinstance(allowed(grant, asked("s3:GetObject", callers=(second, first))), Example)
    assert allowed(grant, asked("s3:GetObject", callers=(second,))) is None


def test_what_is_known_of_a_caller_decides_conditions_that_no_comparison_could():
    unlike = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}
    caller = Caller(ROLES[0], {"aws:principalarn": ROLES[0]})
    assert undenied(policies(statement(**unlike)), asked("s3:*", callers=(caller,))) is None


def test_a_denial_with_a_way_around_it_leaves_something():
    for gap in (
        statement(action="s3:GetObject"),
        statement(resource=(f"{BUCKET}/*",)),
        statement(principal={"AWS": "111111111111"}),
        statement(Bool={"aws:MultiFactorAuthPresent": "false"}),
    ):
        assert isinstance(undenied(policies(gap), asked("s3:*")), Example), gap


def test_denials_close_each_others_gaps():
    halves = (
        statement(StringEquals={"aws:PrincipalOrgID": "o-1"}),
        statement(StringNotEquals={"aws:PrincipalOrgID": "o-1"}),
    )
    assert undenied(policies(*halves), asked("s3:*")) is None


def test_what_was_not_read_may_deny_the_rest_but_takes_nothing_away():
    gap = Policies.of([Unseen("refused")], PolicyKind.RESOURCE)
    assert undenied(gap, asked("s3:*")) == Unknown("refused")
    assert undenied(gap + policies(statement()), asked("s3:*")) is None
    assert allowed(gap, asked("s3:*")) == Unknown("refused")


def test_beyond_need_each_statement_is_shown_once():
    needed = prepare([parse_policy(document(statement("Allow", action="s3:GetObject")))], PolicyKind.RESOURCE)
    granted = policies(statement("Allow", action="s3:GetObject"), statement("Allow", action=["s3:Put*", "s3:Delete*"]))
    [found] = beyond(granted, needed, asked())
    assert isinstance(found, Example)
    assert found.statement == "statement 2"


def test_a_canonical_user_is_nobody_who_is_known():
    by_id = policies(statement("Allow", {"CanonicalUser": "79a59d", "AWS": ROLES[0]}, "s3:GetObject"))
    assert isinstance(allowed(by_id, asked("s3:GetObject", callers=(Caller(ROLES[0]),))), Example)
    assert isinstance(allowed(by_id, asked("s3:GetObject", callers=(Caller(ROLES[1]),))), Unknown)
    assert allowed(by_id, asked("s3:PutObject", callers=(Caller(ROLES[1]),))) is None


def test_a_policy_larger_than_aws_takes_is_not_read():
    huge = policies(statement("Allow", {"AWS": [f"{n:012d}" for n in range(MAX_WORDS)]}))
    assert "more than AWS takes" in allowed(huge, asked("s3:GetObject")).reason


def test_what_is_certain_comes_first_and_no_list_is_endless():
    found = enough([*map(Unknown, "ab"), *map(str, range(MOST_SHOWN + 5))])
    assert found == [*map(str, range(MOST_SHOWN)), Unknown("a"), Unknown("b")]
    assert enough([]) == []


@pytest.mark.parametrize(
    ("condition", "pins", "left"),
    [
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:securetransport": "false"}, [()]),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"aws:securetransport": "false"}, []),
        ({"Null": {"aws:SourceVpc": "true"}}, {"aws:sourcevpc": None}, [()]),
        ({"StringEquals": {"aws:SourceVpc": "v"}}, {"aws:sourcevpc": None}, []),
        ({"StringEquals": {"aws:SourceVpc": "${aws:PrincipalTag/v}"}}, {"aws:sourcevpc": "v"}, [("aws:SourceVpc",)]),
        ({"StringEquals": {"aws:SourceVpc": "v", "aws:SourceIp": "x"}}, {"aws:sourcevpc": "v"}, [("aws:SourceIp",)]),
    ],
)
def test_keys_that_are_known_leave_the_policy(condition, pins, left):
    found = pinned(parse_policy(document(statement(**condition))), pins)
    assert [tuple(one.key for one in each.conditions) for each in found.statements] == left


KEYS = {
    "aws:securetransport": (None, "true", "false"),
    "aws:principalorgid": (None, "o-1", "o-2"),
    "s3:x-amz-acl": (None, "private"),
}
ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
conditions = st.sampled_from(
    [
        {},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"BoolIfExists": {"aws:SecureTransport": "false"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
        {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}},
        {"Null": {"aws:PrincipalOrgID": "true"}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r"}},
        {"ForAllValues:StringLike": {"s3:x-amz-acl": "p*"}},
    ]
)
principals = st.sampled_from(["*", {"AWS": ROLES[0]}, {"AWS": "222222222222"}])
statements = st.lists(
    st.builds(
        lambda effect, principal, action, condition: statement(effect, principal, action, **condition),
        st.sampled_from(["Allow", "Deny", "Deny"]),
        principals,
        st.sampled_from(["s3:*", "s3:Get*", ["s3:PutObject", "s3:ListBucket"]]),
        conditions,
    ),
    max_size=4,
)


def questions(pins):
    """Every request of a small world for which the pinned keys have their values."""
    for values in product(*KEYS.values()):
        keys = dict(zip(KEYS, values, strict=True))
        if any(keys.get(key) != value for key, value in pins.items()):
            continue
        for role, action in product(ROLES, ACTIONS):
            account = role.split(":")[4]
            known = {"aws:principalarn": role, "aws:principalaccount": account, "aws:principalisawsservice": "false"}
            caller = Caller(role, known).name
            yield caller, action, context_of({**keys, **known})


def answers(compiled, pins):
    """Of the requests of that world: whether any is allowed, whether any is not denied."""
    some_allowed = some_undenied = False
    for caller, action, context in questions(pins):
        resource = BUCKET if action == "s3:ListBucket" else f"{BUCKET}/k"
        request = Request(caller, action, resource, "111111111111", context)
        question = Question(action.lower(), resource, context, read_caller(request), False)
        found = [one.allows for one in compiled.statements if applies(one, question)]
        some_undenied |= all(found)
        some_allowed |= bool(found) and all(found)
    return some_allowed, some_undenied


@settings(max_examples=150, deadline=None)
@given(statements, st.sampled_from([{}, {"aws:securetransport": "false"}, {"aws:principalorgid": None}]))
def test_no_means_no_for_each_request_of_the_kind(written, pins):
    some_allowed, some_undenied = answers(compile_policy(document(*written), kind=PolicyKind.RESOURCE, name="p"), pins)
    callers = tuple(Caller(role, {"aws:principalarn": role}) for role in ROLES)
    kind = Requests(ACTIONS, (BUCKET, f"{BUCKET}/*"), callers, keys=pins)
    if allowed(policies(*written), kind) is None:
        assert not some_allowed
    if undenied(policies(*written), kind) is None:
        assert not some_undenied


@settings(max_examples=150, deadline=None)
@given(statements, statements)
def test_another_denial_never_opens_anything(written, more):
    denials = [one for one in more if one["Effect"] == "Deny"]
    callers = tuple(Caller(role, {"aws:principalarn": role}) for role in ROLES)
    kind = Requests(ACTIONS, (BUCKET, f"{BUCKET}/*"), callers)
    for ask in (allowed, undenied):
        if ask(policies(*written), kind) is None:
            assert ask(policies(*written, *denials), kind) is None

"""Laws that hold for all policies: what allows never denies, what denies never allows, and gaps never lie."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.decision import Verdict
from scanner.policy.evaluate import Level, PolicySet, evaluate
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, compile_policy
from scanner.policy.truth import Unseen

HOME, AWAY = "111122223333", "444455556666"
ROOT = f"arn:aws:iam::{HOME}:root"
ROLE = f"arn:aws:iam::{HOME}:role/r"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/r/s"
USER = f"arn:aws:iam::{HOME}:user/alice"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"
DOUBT = Unseen("not read")

Parts = dict[str, Any]

NAMES = st.sampled_from([SESSION, ROLE, USER, ROOT, AWAY, "*"])
CONDITIONS = st.sampled_from(
    [
        {"StringEquals": {"k": "a"}},
        {"StringNotEquals": {"k": "a"}},
        {"StringLikeIfExists": {"k": ["b*", "${v}"]}},
        {"ForAllValues:StringEquals": {"k": ["a"]}},
        {"Null": {"v": "true"}},
        {"StringNotLike": {"k": "${v}*"}},
        {"Bool": {"flag": "false"}, "ArnLike": {"aws:PrincipalArn": ROLE}},
    ]
)
WHO = st.one_of(
    st.lists(NAMES, min_size=1, max_size=3).map(lambda names: {"Principal": {"AWS": names}}),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda names: {"NotPrincipal": {"AWS": names}}),
    st.just({"Principal": {"Service": "s3.amazonaws.com"}}),
)


def statements(*effects: str, who: bool = False) -> st.SearchStrategy[Parts]:
    actions = st.one_of(
        st.sampled_from(["*", "s3:*", "s3:Get*", "kms:Decrypt"]).map(lambda action: {"Action": action}),
        st.sampled_from(["s3:Put*", "kms:*"]).map(lambda action: {"NotAction": action}),
    )
    resources = st.sampled_from(
        [{"Resource": "*"}, {"Resource": "arn:aws:s3:::b/${v}"}, {"NotResource": "arn:aws:s3:::b/*"}]
    )
    effect = st.sampled_from(effects or ("Allow", "Allow", "Deny"))
    rest = st.fixed_dictionaries({"Effect": effect}, optional={"Condition": CONDITIONS})
    parts = [rest, actions, resources, WHO if who else st.just({})]
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


def documents(*, who: bool = False) -> st.SearchStrategy[list[Parts]]:
    return st.lists(statements(who=who), max_size=3)


CASES: st.SearchStrategy[Parts] = st.fixed_dictionaries(
    {
        "principal": st.sampled_from([SESSION, ROLE, USER, ROOT, "s3.amazonaws.com"]),
        "ask": st.sampled_from([("s3:GetObject", "arn:aws:s3:::b/a"), ("kms:Decrypt", KEY), ("sts:AssumeRole", ROLE)]),
        "owner": st.sampled_from([HOME, HOME, AWAY]),
        "context": st.fixed_dictionaries(
            {"aws:PrincipalArn": st.just(ROLE)},
            optional={"k": st.sampled_from(["a", "b"]), "v": st.sampled_from(["a", "*"]), "flag": st.just("false")},
        ),
        "identity": st.lists(documents(), max_size=2),
        "resource": st.none() | documents(who=True),
        "boundary": st.none() | documents(),
        "session": st.none() | documents(),
        "scps": st.lists(documents(), max_size=2),
        "rcps": st.lists(st.lists(statements("Deny", who=True), max_size=2), max_size=2),
    }
)
SLOTS = {
    "identity": PolicyKind.IDENTITY,
    "resource": PolicyKind.RESOURCE,
    "boundary": PolicyKind.BOUNDARY,
    "session": PolicyKind.SESSION,
    "scps": PolicyKind.SCP,
    "rcps": PolicyKind.RCP,
}


def read(case: Parts) -> tuple[Request, PolicySet]:
    def policy(document: Any, slot: str) -> Any:
        if document is None or isinstance(document, Unseen):
            return document
        whole = {"Version": "2012-10-17", "Statement": document}
        return compile_policy(whole, kind=SLOTS[slot], name=slot)

    def policies(found: Any, slot: str) -> Any:
        return found if isinstance(found, Unseen) else tuple(policy(each, slot) for each in found)

    def levels(found: Any, slot: str) -> Any:
        if isinstance(found, Unseen):
            return found
        return tuple(each if isinstance(each, Unseen) else Level("ou", (policy(each, slot),)) for each in found)

    session = policy(case["session"], "session")
    action, resource = case["ask"]
    request = Request(case["principal"], action, resource, case["owner"], context_of(case["context"]), None)
    return request, PolicySet(
        identity=policies(case["identity"], "identity"),
        resource=policy(case["resource"], "resource"),
        boundary=policy(case["boundary"], "boundary"),
        session=None if session is None else (session,),
        scps=levels(case["scps"], "scps"),
        rcps=levels(case["rcps"], "rcps"),
    )


def verdict(case: Parts) -> Verdict:
    decision = evaluate(*read(case))
    assert decision.because
    assert bool(decision.unseen) is (decision.verdict is Verdict.UNKNOWN)
    return decision.verdict


def is_list_of_documents(slot: str) -> bool:
    return slot in ("identity", "scps", "rcps")


def changed(case: Parts, slot: str, where: int, change: Any) -> Parts | None:
    """The case with one document replaced by what `change` makes of it; None when there is no document there."""
    found = case[slot]
    if not is_list_of_documents(slot):
        return None if found is None else {**case, slot: change(found)}
    if not found:
        return None
    at = where % len(found)
    return {**case, slot: [*found[:at], change(found[at]), *found[at + 1 :]]}


LAWS = settings(max_examples=120, deadline=None)
SLOT = st.sampled_from(list(SLOTS))


@LAWS
@given(CASES)
def test_with_everything_seen_there_is_an_answer(case: Parts) -> None:
    assert verdict(case) is not Verdict.UNKNOWN


@LAWS
@given(CASES, SLOT, st.integers(0, 5), st.data())
def test_adding_an_allow_never_takes_away(case: Parts, slot: str, where: int, data: st.DataObject) -> None:
    extra = data.draw(statements("Allow", who=slot in ("resource", "rcps")))
    more = changed(case, slot, where, lambda document: [*document, extra])
    if more is not None and verdict(case) is Verdict.ALLOWED:
        assert verdict(more) is Verdict.ALLOWED


@LAWS
@given(CASES, SLOT, st.integers(0, 5), st.data())
def test_adding_a_deny_never_allows(case: Parts, slot: str, where: int, data: st.DataObject) -> None:
    extra = data.draw(statements("Deny", who=slot in ("resource", "rcps")))
    more = changed(case, slot, where, lambda document: [extra, *document])
    if more is not None and verdict(case) is not Verdict.ALLOWED:
        assert verdict(more) is not Verdict.ALLOWED


@LAWS
@given(CASES)
def test_the_order_of_statements_and_policies_does_not_matter(case: Parts) -> None:
    def turned(slot: str) -> Any:
        found = case[slot]
        if is_list_of_documents(slot):
            return [document[::-1] for document in found][::-1]
        return None if found is None else found[::-1]

    assert verdict({**case, **{slot: turned(slot) for slot in SLOTS}}) is verdict(case)


def hide(case: Parts, slot: str, where: int, data: st.DataObject) -> Parts:
    """The case with something of a slot unseen: the slot, one document, or one statement."""
    depth = data.draw(st.sampled_from(["slot", "document", "statement"]))
    if depth == "document":
        return changed(case, slot, where, lambda document: DOUBT) or {**case, slot: DOUBT}
    if depth == "statement":
        lost = changed(case, slot, where, lambda document: [DOUBT, *document[1:]] if document else document)
        return lost or case
    return {**case, slot: DOUBT}


def is_open_or_same(after: Verdict, before: Verdict) -> bool:
    return after is Verdict.UNKNOWN or (after is Verdict.ALLOWED) is (before is Verdict.ALLOWED)


@settings(max_examples=250, deadline=None)
@given(CASES, SLOT, st.integers(0, 5), st.data())
def test_an_unseen_policy_never_flips_the_answer(case: Parts, slot: str, where: int, data: st.DataObject) -> None:
    assert is_open_or_same(verdict(hide(case, slot, where, data)), verdict(case))


@LAWS
@given(CASES, st.sampled_from(["k", "v", "flag", "aws:PrincipalArn", "others", "owner"]))
def test_an_unseen_value_never_flips_the_answer(case: Parts, what: str) -> None:
    request, policies = read(case)
    if what == "others":
        hidden = replace(request, context=replace(request.context, others=DOUBT))
    elif what == "owner":
        hidden = replace(request, resource_account=DOUBT)
    else:
        hidden = replace(request, context=context_of({**case["context"], what: DOUBT}))
    assert is_open_or_same(evaluate(hidden, policies).verdict, evaluate(request, policies).verdict)


@LAWS
@given(CASES, SLOT, SLOT, st.integers(0, 5), st.data())
def test_seeing_less_never_settles_more(case: Parts, one: str, two: str, where: int, data: st.DataObject) -> None:
    once = hide(case, one, where, data)
    twice = {**once, two: DOUBT}
    assert is_open_or_same(verdict(twice), verdict(once))
    if verdict(once) is Verdict.UNKNOWN:
        assert verdict(twice) is Verdict.UNKNOWN


ANY = {"Action": "*", "Resource": "*"}
HOSTILE: list[tuple[str, Any]] = [
    ("stars and marks", [{"Effect": "Allow", "Action": "s3:*", "Resource": "*?" * 20_000 + "b"}]),
    ("literals between stars", [{"Effect": "Allow", "Action": "s3:*", "Resource": "*" + "a?" * 5_000 + "b*"}]),
    ("many variables", [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:" + "${k}" * 20_000}]),
    ("unclosed variables", [{"Effect": "Allow", "Action": "s3:*", "Resource": "${" * 50_000}]),
    ("10,000 statements", [{"Effect": "Deny", "Action": f"s3:Get{n}*", "Resource": "*"} for n in range(10_000)]),
    ("10,000 broken statements", [{"Effect": "Maybe"}] * 10_000),
    ("20,000 actions", [{"Effect": "Allow", "Action": [f"s3:X{n}*" for n in range(20_000)], "Resource": "*"}]),
    ("20,000 principals", [{"Effect": "Allow", "Principal": {"AWS": [f"{n:012}" for n in range(20_000)]}, **ANY}]),
]


@pytest.mark.parametrize(("document"), [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_policies_take_bounded_time(document: Any) -> None:
    request = Request(USER, "s3:GetObject", "arn:aws:s3:::b/" + "a" * 1_000, HOME, context_of({"k": "a" * 1_000}))
    whole = {"Version": "2012-10-17", "Statement": document}
    started = time.process_time()
    identity = compile_policy(whole, kind=PolicyKind.IDENTITY, name="p")
    bucket = compile_policy(whole, kind=PolicyKind.RESOURCE, name="b")
    found = evaluate(request, PolicySet(identity=(identity,), resource=bucket))
    assert time.process_time() - started < 5
    assert len(found.because) <= 50


def test_nesting_beyond_the_grammar_is_never_followed() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"a": deep}
    for element in ("Action", "Resource", "Principal", "Condition", "Sid"):
        document = [{"Effect": "Allow", "Action": "*", "Resource": "*", element: deep}]
        assert compile_policy({"Statement": document}, kind=PolicyKind.IDENTITY, name="p").name == "p"

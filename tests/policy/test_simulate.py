"""The cases of `drscan simulate`: answers in order with reasons, and errors that name the case."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.policy.simulate import SimulationInputError, simulate_cases

ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}],
}
REQUEST = {
    "principal": "arn:aws:iam::111122223333:user/alice",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/k",
    "resource_account": "111122223333",
    "context": {},
}


def case(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "request": REQUEST, "identity_policies": [ALL], **changes}


def asked(**changes: Any) -> dict[str, Any]:
    return case(request={**REQUEST, **changes})


def test_answers_in_order_with_reasons() -> None:
    answers = simulate_cases([case(), case(id="b", identity_policies=[])])
    assert answers == [
        {
            "id": "a",
            "verdict": "Allowed",
            "because": [
                {
                    "effect": "allows",
                    "kind": "identity policy",
                    "policies": ["identity_policies[0]"],
                    "place": "",
                    "statement": {"sid": "All", "index": 0},
                    "text": "identity policy identity_policies[0] allows s3:GetObject by statement All",
                }
            ],
        },
        {
            "id": "b",
            "verdict": "ImplicitlyDenied",
            "because": [
                {
                    "effect": "silent",
                    "kind": "identity policy",
                    "policies": [],
                    "place": "",
                    "statement": None,
                    "text": "no identity policy allows s3:GetObject",
                }
            ],
        },
    ]
    json.dumps(answers)


def test_no_cases_no_answers() -> None:
    assert simulate_cases([]) == []


def test_null_and_absent_are_the_same() -> None:
    nothing = dict.fromkeys(["session_policy", "permission_boundary", "scps", "rcps", "resource_policy", "grants"])
    (answer,) = simulate_cases([case(**nothing)])
    assert answer["verdict"] == "Allowed"


def test_policies_may_be_json_text() -> None:
    (answer,) = simulate_cases([case(identity_policies=[json.dumps(ALL)])])
    assert answer["verdict"] == "Allowed"


def test_a_context_key_that_is_null_or_empty_is_absent() -> None:
    needs = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"k": "true"}}}
    for empty in (None, []):
        changed = asked(context={"k": empty})
        (answer,) = simulate_cases([{**changed, "identity_policies": [{"Statement": [needs]}]}])
        assert answer["verdict"] == "Allowed"


def test_grants_and_management_account_are_understood() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    grant = {"GrantId": "g", "GranteePrincipal": REQUEST["principal"], "Operations": ["Encrypt"]}
    changed = asked(action="kms:Encrypt", resource=key)
    deny = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    (answer,) = simulate_cases([{**changed, "grants": [grant], "scps": [[deny]], "management_account": "111122223333"}])
    assert answer["verdict"] == "Allowed"


def test_an_unknown_owner_of_the_resource_is_unseen() -> None:
    (answer,) = simulate_cases([asked(resource_account=None)])
    assert answer["verdict"] == "Unknown"
    assert "resource_account is not given" in str(answer["because"])


def test_a_canonical_user_is_somebody_else_for_cases_do_not_say_whose_it_is() -> None:
    bucket = {"Statement": [{"Effect": "Deny", "Principal": {"CanonicalUser": "79a5"}, "Action": "*", "Resource": "*"}]}
    assert simulate_cases([case(resource_policy=bucket)])[0]["verdict"] == "Allowed"


def test_what_is_wrong_inside_a_policy_is_a_reason_not_an_error() -> None:
    (answer,) = simulate_cases([case(permission_boundary={"Statement": [{"Effect": "Allow"}]})])
    assert answer["verdict"] == "Unknown"
    assert "policy 'permission_boundary', statement 1: neither Action nor NotAction" in str(answer["because"])


TAGGED = asked(context={"aws:TagKeys": ["team", "cost"]})
ON_TAGS: list[tuple[str, str, str]] = [
    ("StringEquals", "cost", "Allowed"),
    ("StringEquals", "owner", "ImplicitlyDenied"),
    ("StringNotEquals", "cost", "ImplicitlyDenied"),
    ("StringNotEquals", "owner", "Allowed"),
]


@pytest.mark.parametrize(("operator", "wanted", "expected"), ON_TAGS)
def test_of_several_values_any_counts_and_the_reason_says_so(operator: str, wanted: str, expected: str) -> None:
    condition = {operator: {"aws:TagKeys": wanted}}
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]}
    (answer,) = simulate_cases([{**TAGGED, "identity_policies": [policy]}])
    assert answer["verdict"] == expected
    remark = f"{operator} on aws:TagKeys has no qualifier, but the key has 2 values; AWS documents no result"
    assert remark in str(answer["because"])


def test_of_several_values_any_counts_in_a_deny() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:TagKeys": "c*"}}}
    boundary = {"Statement": [*ALL["Statement"], deny]}
    (answer,) = simulate_cases([{**TAGGED, "permission_boundary": boundary}])
    assert answer["verdict"] == "ExplicitlyDenied"
    assert "any of them counts" in str(answer["because"])


def test_several_values_that_decide_nothing_need_no_words() -> None:
    condition = {"StringEquals": {"aws:TagKeys": "cost"}}
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]}
    (answer,) = simulate_cases([{**TAGGED, "identity_policies": [policy, ALL]}])
    assert (answer["verdict"], "any of them" in str(answer["because"])) == ("Allowed", False)


def test_what_else_is_unseen_stays_so_beside_several_values() -> None:
    condition = {"StringEquals": {"aws:TagKeys": "cost"}}
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]}
    tagged = asked(context={"aws:TagKeys": ["team", "cost"]}, resource_account=None)
    (answer,) = simulate_cases([{**tagged, "identity_policies": [policy]}])
    assert answer["verdict"] == "Unknown"
    assert "resource_account is not given" in str(answer["because"])


def test_a_statement_that_aws_would_refuse_leaves_the_good_one_beside_it_in_doubt() -> None:
    broken = {"Effect": "Allow", "Actions": "s3:*", "Resource": "*"}
    (answer,) = simulate_cases([case(identity_policies=[{"Statement": [*ALL["Statement"], broken]}])])
    assert answer["verdict"] == "Unknown"
    because = str(answer["because"])
    assert "statement 2: there is no element 'Actions' in the statement" in because
    assert "AWS accepts no policy with such a statement" in because


def test_remarks_are_allowed() -> None:
    assert simulate_cases([case(family="base", note="x", expected="Allowed")])[0]["verdict"] == "Allowed"


BAD: list[tuple[str, Any, str]] = [
    ("not an array", {}, "simulation: expected an array of cases, found an object"),
    ("not an object", [1], "case 1: the case is 1, not an object"),
    ("no id", [{"request": REQUEST}], "case 1: id is absent, not text"),
    ("id twice", [case(), case()], "case 'a': the id occurs twice"),
    ("no request", [{"id": "a"}], "case 'a', the request: it is absent, not an object"),
    ("no action", [asked(action=None)], "case 'a', the request: action is absent, not text"),
    ("bad principal", [asked(principal="alice")], "case 'a', the principal: 'alice' is neither an ARN nor"),
    ("bad account", [asked(resource_account=1)], "case 'a', the request: resource_account is 1, not text"),
    ("bad context", [asked(context=[1])], "case 'a', the request: the context is a list, not an object"),
    ("bad context value", [asked(context={"k": {}})], "case 'a', the context: the key 'k' holds an object"),
    ("bad policy", [case(resource_policy=[])], "case 'a', resource_policy: expected a policy document, found a list"),
    ("bad policies", [case(identity_policies=ALL)], "case 'a', identity_policies: expected an array, found an object"),
    ("flat levels", [case(scps=[ALL])], "case 'a', scps[0]: expected an array, found an object"),
    ("bad grant", [case(grants=[{}])], "case 'a', KMS grant 'without id': its grantee is absent"),
    ("bad management account", [case(management_account=1)], "case 'a': management_account is 1, not text"),
    ("misspelt", [case(identity_policy=[])], "'identity_policy'; did you mean identity_policies?"),
    ("misspelt in request", [asked(resources="*")], "there is no key 'resources'; did you mean resource?"),
]


@pytest.mark.parametrize(("cases", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_names_the_case_and_what_is_wrong(cases: object, message: str) -> None:
    with pytest.raises(SimulationInputError) as caught:
        simulate_cases(cases)
    assert message in caught.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just(ALL) | st.just(REQUEST),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*REQUEST, *case(), "scps", "rcps", "resource_policy", "x"]), inner, max_size=5
        )
    ),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.lists(st.fixed_dictionaries({"id": st.text(max_size=2), "request": st.just(REQUEST), "scps": JSON})))
def test_no_input_breaks_it(cases: object) -> None:
    try:
        answers = simulate_cases(cases)
    except SimulationInputError:
        return
    assert isinstance(cases, list)
    assert len(answers) == len(cases)

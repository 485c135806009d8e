"""Policy documents changed by a statement or an action: everything else stays as it is, where it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.estate.unknown import Unknown
from scanner.remedies.drafting import CannotError
from scanner.remedies.policy_edits import statement_called, with_statements, without

READ: dict[str, Any] = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "*"}
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "NotAction": "s3:Put*", "NotResource": ["a", "b"]}
ROLE, OTHER = "arn:aws:iam::111111111111:role/copies", "arn:aws:iam::222222222222:role/reads"


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": "kept", "Statement": list(statements)}


def is_role(_kind: str, value: str) -> bool:
    return value == ROLE


def test_statements_come_last_with_sids_of_their_own() -> None:
    added = with_statements(document(DENY, READ), [{**READ, "Action": "s3:PutObject"}], "it")
    assert added == document(DENY, READ, {**READ, "Sid": "Read2", "Action": "s3:PutObject"})


def test_what_is_said_already_is_not_said_again() -> None:
    assert with_statements(document(READ), [{**READ, "Sid": "Other"}], "it") == document(READ)


def test_a_single_statement_becomes_a_list_and_no_document_a_document() -> None:
    assert with_statements({"Statement": READ}, [DENY], "it") == {"Statement": [READ, DENY]}
    assert with_statements(None, [READ], "it") == {"Version": "2012-10-17", "Statement": [READ]}


def test_an_action_goes_where_it_stands_and_a_statement_without_any_goes_too() -> None:
    assert without(document(READ, DENY), READ, ["s3:Get*"], "it") == document({**READ, "Action": "s3:GetObject"}, DENY)
    assert without(document(DENY, READ), READ, ["s3:Get*", "s3:GetObject"], "it") == document(DENY)
    assert without(document(DENY, READ), DENY, ["NotAction"], "it") == document(READ)
    assert without(document(DENY), READ, ["s3:Get*"], "it") == document(DENY)


@pytest.mark.parametrize(
    ("principal", "left"),
    [
        ({"AWS": ROLE}, [{"Action": "s3:GetObject", "Principal": {"AWS": ROLE}}]),
        ({"AWS": OTHER}, [{"Action": ["s3:GetObject", "s3:Get*"], "Principal": {"AWS": OTHER}}]),
        (
            {"AWS": [OTHER, ROLE], "Service": "logging.s3.amazonaws.com"},
            [
                {
                    "Action": ["s3:GetObject", "s3:Get*"],
                    "Principal": {"AWS": OTHER, "Service": "logging.s3.amazonaws.com"},
                },
                {"Action": "s3:GetObject", "Principal": {"AWS": ROLE}, "Sid": "Read2"},
            ],
        ),
    ],
)
def test_only_those_who_are_meant_lose_an_action(principal: Any, left: list[Any]) -> None:
    statement = {**READ, "Principal": principal}
    found = without(document(statement), statement, ["s3:Get*"], "it", is_role)
    assert found == document(*({**statement, **one} for one in left))


@pytest.mark.parametrize(
    "principal", [{"Principal": "*"}, {"Principal": {"AWS": "*"}}, {"NotPrincipal": {"AWS": ROLE}}]
)
def test_what_is_for_everybody_is_for_somebody_to_decide(principal: dict[str, Any]) -> None:
    statement = {**READ, **principal}
    with pytest.raises(CannotError, match="Read of it is for everybody"):
        without(document(statement), statement, ["s3:Get*"], "it", is_role)


@pytest.mark.parametrize(
    "odd", [Unknown("a parameter"), "text", ["list"], {"Statement": [Unknown("half")]}, {"Statement": 1}]
)
def test_what_was_not_seen_is_not_changed(odd: Any) -> None:
    with pytest.raises(CannotError):
        with_statements(odd, [READ], "it")


def test_statements_are_found_by_what_findings_call_them() -> None:
    assert statement_called(document(READ, DENY), "Read", "it") == READ
    assert statement_called(document(READ, DENY), "statement 2", "it") == DENY
    with pytest.raises(CannotError, match="called gone"):
        statement_called(document(READ), "gone", "it")


STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.sampled_from(["s3:*", "s3:Get*", "kms:Decrypt"])},
        optional={"Sid": st.sampled_from(["A", "A2", "B"]), "Resource": st.just("*")},
    ),
    max_size=5,
    unique_by=str,
)


@given(had=STATEMENTS, added=STATEMENTS)
def test_nothing_is_lost_and_adding_twice_is_adding_once(had: list[Any], added: list[Any]) -> None:
    once = with_statements(document(*had), added, "it")
    assert once["Statement"][: len(had)] == had
    assert with_statements(once, added, "it") == once
    new = [one["Sid"] for one in once["Statement"][len(had) :] if "Sid" in one]
    assert len(set(new)) == len(new)

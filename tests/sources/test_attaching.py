"""Whatever is declared apart comes together with its owner, whichever template either stands in."""

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.attaching import Attachment, fold, gaps

ROLE = "AWS::IAM::Role"
INLINE = {"PolicyName": "p", "PolicyDocument": {"Statement": []}}
LATER = Unknown("parameter Name has no value")


def role(name: str = "crr", account: str = "111111111111", **properties: Value) -> Resource:
    return Resource(ROLE, f"arn:aws:iam::{account}:role/{name}", account, "", name, properties)


def attachment(name: Value = "crr", account: str = "111111111111", value: Value = INLINE) -> Attachment:
    return Attachment(ROLE, name, account, "Policies", value, "Policy")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, [INLINE]),
        ({"Policies": None}, [INLINE]),
        ({"Policies": [{"PolicyName": "own"}]}, [{"PolicyName": "own"}, INLINE]),
        ({"Policies": [INLINE]}, [INLINE]),
        ({"Policies": LATER}, LATER),
    ],
)
def test_an_owner_gets_what_is_attached_to_it_once(before: dict[str, Value], after: Value) -> None:
    ((found,), left) = fold([role(**before)], [attachment(), attachment()])
    assert (found.properties["Policies"], found.stated, left) == (after, {"Policies"}, ())


def test_owners_are_told_apart_by_account_and_by_the_whole_name() -> None:
    others = [role("crr", "222222222222"), role("crr2"), Resource("AWS::IAM::User", "", "111111111111", "", "crr")]
    found, left = fold(others, [attachment()])
    assert found == tuple(others)
    assert left == (attachment(),)


@pytest.mark.parametrize(
    ("name", "what", "reason"),
    [
        ("crr", f"{ROLE} crr", "Policy adds to it, and no template at hand declares it"),
        (LATER, ROLE, "whom Policy adds to is not known: parameter Name has no value"),
        (["crr"], ROLE, "whom Policy adds to is not known: its name is not text"),
    ],
)
def test_what_is_left_over_leaves_a_gap(name: Value, what: str, reason: str) -> None:
    found, left = fold([role("other")], [attachment(name)])
    assert (found, gaps(left)) == ((role("other"),), (Unseen("111111111111", "", what, reason),))

"""Where an account stands in its organization, and which policies reach it from there."""

import pytest

from scanner.analysis.replication.names import ORG_MEMBERSHIP
from scanner.analysis.replication.organization import Organizations
from scanner.estate.estate import Estate, Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.policy.statements import PolicyKind
from scanner.policy.truth import Unseen as Gap

MANAGER, MEMBER, STRANGER = "333333333333", "111111111111", "999999999999"
SCP, RCP = PolicyKind.SCP, PolicyKind.RCP
KINDS = {SCP: "SERVICE_CONTROL_POLICY", RCP: "RESOURCE_CONTROL_POLICY"}


def thing(kind, name, **properties):
    arn = f"arn:aws:organizations::{MANAGER}:{kind.lower()}/o-1/{name}"
    return Resource(f"AWS::Organizations::{kind}", arn, MANAGER, "", name, properties)


def member(*parents, manager=MANAGER):
    return thing(
        "Account", MEMBER, AccountId=MEMBER, ParentIds=list(parents), Observed={"ManagementAccountId": manager}
    )


def policy(name, *targets, kind=SCP, content=None):
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    return thing("Policy", name, Name=name, Type=KINDS[kind], TargetIds=list(targets), Content=content or allow)


def organizations(*resources, unseen=()):
    return Organizations(Estate(resources, unseen=tuple(unseen)))


def names(levels):
    return [(level.name, [one.name for one in level.policies]) for level in levels]


NESTED = (
    member("ou-2"),
    thing("OrganizationalUnit", "inner", Id="ou-2", ParentId="ou-1"),
    thing("OrganizationalUnit", "outer", Id="ou-1", ParentId="r-1"),
)


def test_an_account_is_followed_up_to_the_root():
    place = organizations(*NESTED).membership(MEMBER)
    assert (place.organization, place.management_account) == ("o-1", MANAGER)
    assert place.path == ("r-1", "ou-1", "ou-2")
    assert place.org_path == ("o-1/r-1/ou-1/ou-2/",)


def test_parents_that_reach_the_root_need_no_climbing():
    assert organizations(member("r-1", "ou-1")).membership(MEMBER).path == ("r-1", "ou-1")


def test_every_level_counts_even_one_to_which_nothing_is_attached():
    found = organizations(*NESTED, policy("a", "r-1", MEMBER), policy("b", "ou-2")).levels(MEMBER, SCP)
    assert names(found) == [("r-1", ["a"]), ("ou-1", []), ("ou-2", ["b"]), (MEMBER, ["a"])]


def test_each_kind_of_policy_is_by_itself():
    found = organizations(member("r-1"), policy("a", "r-1"), policy("b", "r-1", kind=RCP))
    assert names(found.levels(MEMBER, RCP)) == [("r-1", ["b"]), (MEMBER, [])]


def test_no_policy_of_a_kind_anywhere_means_that_none_applies():
    assert organizations(member("r-1"), policy("a", "r-1")).levels(MEMBER, RCP) == ()


def test_a_root_that_has_switched_a_kind_off():
    root = thing("Root", "Root", Id="r-1", PolicyTypes=[{"Type": KINDS[RCP], "Status": "ENABLED"}])
    found = organizations(root, member("r-1"), policy("a", "r-1"), policy("b", "r-1", kind=RCP))
    assert found.levels(MEMBER, SCP) == ()
    assert names(found.levels(MEMBER, RCP))[0] == ("r-1", ["b"])


def test_an_account_that_no_organization_lists_is_in_none():
    place = organizations(*NESTED).membership(STRANGER)
    assert (place.organization, place.org_path) == (None, None)
    assert organizations(*NESTED, policy("a", "r-1")).levels(STRANGER, SCP) == ()


@pytest.mark.parametrize("type_", ["Organization", "Root", "Account"])
def test_an_account_that_could_not_be_looked_up_may_be_in_one(type_):
    gap = Unseen(STRANGER, "", f"AWS::Organizations::{type_}", "refused")
    found = organizations(unseen=[gap])
    assert found.membership(STRANGER).organization == Gap("refused")
    assert found.levels(STRANGER, SCP) == Gap("refused")


def test_a_unit_that_was_not_seen_hides_the_levels_above():
    found = organizations(member("ou-9"), policy("a", "ou-9"))
    assert found.levels(MEMBER, SCP) == Gap("what ou-9 is in was not seen")


def test_units_in_a_circle_end():
    circle = [
        thing("OrganizationalUnit", name, Id=name, ParentId=up) for name, up in (("ou-1", "ou-2"), ("ou-2", "ou-1"))
    ]
    assert isinstance(organizations(member("ou-1"), *circle).membership(MEMBER).path, Gap)


def test_a_policy_attached_nobody_knows_where_may_be_attached_anywhere():
    stray = thing("Policy", "stray", Name="stray", Type=KINDS[SCP], TargetIds=Unknown("refused"), Content={})
    found = organizations(member("r-1"), policy("a", "r-1"), stray).levels(MEMBER, SCP)
    assert [level.policies[-1] for level in found] == [Gap("refused")] * 2


def test_a_policy_of_which_not_even_the_type_was_seen_may_be_of_either_kind():
    stray = thing("Policy", "stray", Type=Unknown("refused"), TargetIds=["r-1"])
    found = organizations(member("r-1"), stray)
    assert found.levels(MEMBER, SCP)[0].policies == (Gap("refused"),)
    assert found.levels(MEMBER, RCP)[0].policies == (Gap("refused"),)


def test_where_nobody_knows_the_organization_conditions_are_in_doubt_and_policies_are_left_aside():
    found = organizations(unseen=[Unseen("", "", ORG_MEMBERSHIP, "nobody says")])
    place = found.membership(STRANGER)
    assert place.organization == place.org_path == Gap("nobody says")
    assert found.levels(STRANGER, SCP) == ()

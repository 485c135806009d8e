"""Which accounts with recovery copies their organization keeps from undoing recovery."""

import pytest

from scanner.analysis.access.guardrails import GUARDED_ACTIONS
from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY, MANAGER = "111111111111", "222222222222", "333333333333"
REFUSED = Unknown("refused")
ALL = list(GUARDED_ACTIONS)
SPARED = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}


def deny(*actions, resource="*", **condition):
    found = {"Effect": "Deny", "Action": list(actions), "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


@pytest.fixture
def organization(world, replicating, document):
    """An organization with the recovery account, which keeps a copy, below a unit; policies by their targets."""

    def build(policies, *, account=RECOVERY, path=("r-1", "ou-1"), status="ENABLED"):
        world.accounts = (*world.accounts, type(world.accounts[0])(MANAGER, "manager"))
        world.bucket("orders", ReplicationConfiguration=replicating("copy"))
        world.bucket("copy", account)
        entry = {"AccountId": account, "ParentIds": list(path), "Observed": {"ManagementAccountId": MANAGER}}
        arn = f"arn:aws:organizations::{MANAGER}:account/o-1/{account}"
        types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": status}]
        world.add("AWS::Organizations::Root", "arn:r", MANAGER, "", "r-1", Id="r-1", PolicyTypes=types)
        for number, (target, statement) in enumerate(policies):
            content = statement if isinstance(statement, Unknown) else document(statement)
            scp = {"Type": "SERVICE_CONTROL_POLICY", "Name": "guard", "Content": content, "TargetIds": [target]}
            world.add("AWS::Organizations::Policy", f"arn:p{number}", MANAGER, "", "guard", **scp)
        return world.add("AWS::Organizations::Account", arn, MANAGER, "", account, **entry)

    return build


def test_an_account_that_keeps_copies(world, organization):
    entry = organization([])
    assert world.ask(entry, "HoldsRecoveryCopies") is True
    assert world.ask(entry, "NotGuarded") == ALL


def test_an_account_that_keeps_none_is_not_asked_about(world, organization):
    organization([])
    arn = f"arn:aws:organizations::{MANAGER}:account/o-1/{PRIMARY}"
    entry = world.add("AWS::Organizations::Account", arn, MANAGER, "", PRIMARY, AccountId=PRIMARY, ParentIds=["r-1"])
    assert (world.ask(entry, "HoldsRecoveryCopies"), world.ask(entry, "NotGuarded")) == (False, [])


@pytest.mark.parametrize("target", ["r-1", "ou-1", RECOVERY])
def test_a_policy_at_any_level_above_it_guards(world, organization, target):
    assert world.ask(organization([(target, deny(*ALL))]), "NotGuarded") == []


def test_a_policy_elsewhere_does_not(world, organization):
    assert world.ask(organization([("ou-2", deny(*ALL))]), "NotGuarded") == ALL


def test_levels_guard_together(world, organization):
    halves = [("r-1", deny(*ALL[:2])), ("ou-1", deny(*ALL[2:], **SPARED))]
    assert world.ask(organization(halves), "NotGuarded") == []


@pytest.mark.parametrize(
    "statement",
    [
        deny(*ALL, resource="arn:aws:s3:::copy"),
        deny(*ALL, StringEquals={"aws:RequestedRegion": "eu-west-1"}),
        deny(*ALL, ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/*"}),
    ],
)
def test_a_denial_with_a_way_around_it_guards_nothing(world, organization, statement):
    found = world.ask(organization([("ou-1", statement)]), "NotGuarded")
    assert "organizations:LeaveOrganization" in found


def test_service_control_policies_that_are_switched_off_guard_nothing(world, organization):
    assert world.ask(organization([("ou-1", deny(*ALL))], status="PENDING_DISABLE"), "NotGuarded") == ALL


def test_the_management_account_is_bound_by_nothing(world, organization):
    assert world.ask(organization([("r-1", deny(*ALL))], account=MANAGER), "NotGuarded") == ALL


def test_policies_that_were_not_read_may_guard(world, organization):
    assert world.ask(organization([("ou-1", REFUSED)]), "NotGuarded") == [REFUSED] * len(ALL)


def test_buckets_that_were_not_listed_may_be_copies(world, organization):
    entry = organization([], account="444444444444")
    world.resources = [one for one in world.resources if one.name != "copy"]
    assert "was not scanned" in world.ask(entry, "HoldsRecoveryCopies").reason

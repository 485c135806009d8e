"""What of an estate a deployment changes, what stays as it is, and what nobody can tell."""

from typing import Any

import pytest
from overlay_parts import AWAY, HERE, HOME, THERE, Overlaid, bucket, bucket_policy, declared, key, live, role

from scanner.estate.estate import Account, Unseen
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.estate.unknown import Unknown

ON, OFF = {"Status": "Enabled"}, {"Status": "Suspended"}
OPEN, CLOSED = {"BlockPublicPolicy": False}, {"BlockPublicPolicy": True}
PLAN = declared("DR::Template", "", "plan.json", file="plan.json", Format="terraform")


@pytest.fixture
def estate() -> Overlaid:
    return Overlaid()


def test_what_a_template_states_holds_afterwards(estate: Overlaid) -> None:
    estate.resources = [bucket(live, "orders", VersioningConfiguration=OFF)]
    assert estate.fate(bucket(declared, "orders", VersioningConfiguration=ON)) == bucket(
        declared, "orders", VersioningConfiguration=ON
    )


@pytest.mark.parametrize(
    ("default", "there", "comes_of_it"),
    [
        (CLOSED, CLOSED, CLOSED),
        (None, None, None),
        (False, None, None),
        (CLOSED, Unknown("refused"), Unknown("refused")),
        (CLOSED, OPEN, "PublicAccessBlockConfiguration is not what AWS sets by default in the live resource"),
        (CLOSED, None, "PublicAccessBlockConfiguration is not set, against AWS's default"),
        (None, OPEN, "PublicAccessBlockConfiguration is not what AWS sets by default in the live resource"),
    ],
)
def test_what_a_stack_leaves_out_stays_at_the_default_or_hangs_on_what_it_set_before(
    estate: Overlaid, default: Any, there: Any, comes_of_it: Any
) -> None:
    name = "PublicAccessBlockConfiguration"
    estate.resources = [bucket(live, "orders", **({} if there is None else {name: there}))]
    found = estate.fate(bucket(declared, "orders", defaults={} if default is None else {name: default}))
    told = found.properties.get(name)
    if isinstance(comes_of_it, str):
        assert isinstance(told, Unknown)
        assert told.reason.startswith(comes_of_it)
    else:
        assert told == comes_of_it


@pytest.mark.parametrize("file", ["plan.json", "modules/copies/main.tf"])
def test_terraform_leaves_alone_what_it_does_not_manage(estate: Overlaid, file: str) -> None:
    estate.resources = [bucket(live, "orders", VersioningConfiguration=ON, PublicAccessBlockConfiguration=OPEN)]
    planned = bucket(
        declared, "orders", file=file, defaults={"PublicAccessBlockConfiguration": CLOSED}, BucketEncryption={}
    )
    found = estate.fate(planned, PLAN).properties
    assert (found["VersioningConfiguration"], found["PublicAccessBlockConfiguration"]) == (ON, OPEN)


POLICIES = [{"PolicyName": "replicate", "PolicyDocument": {"Statement": []}}]
BY_HAND = {"PolicyName": "by-hand", "PolicyDocument": {"Statement": []}}


def test_policies_that_others_attached_to_a_role_stay_for_all_that_is_known(estate: Overlaid) -> None:
    estate.resources = [role(live, "copy", Policies=[BY_HAND], ManagedPolicyArns=["arn:aws:iam::aws:policy/Read"])]
    found = estate.fate(role(declared, "copy", Policies=POLICIES)).properties
    assert found["Policies"][0] == POLICIES[0]
    assert "by-hand stands live among its Policies" in found["Policies"][1].reason
    assert "policy/Read stands live among its ManagedPolicyArns" in found["ManagedPolicyArns"][0].reason


def test_policies_that_others_attached_to_a_role_of_terraform_stay(estate: Overlaid) -> None:
    estate.resources = [role(live, "copy", Policies=[BY_HAND])]
    assert estate.fate(role(declared, "copy", file="plan.json", Policies=POLICIES), PLAN).properties["Policies"] == [
        *POLICIES,
        BY_HAND,
    ]


def test_policies_that_were_not_seen_may_stay(estate: Overlaid) -> None:
    estate.resources = [role(live, "copy", Policies=Unknown("refused"))]
    found = estate.fate(role(declared, "copy", Policies=POLICIES)).properties["Policies"]
    assert found == [*POLICIES, Unknown("refused")]


def test_the_tags_of_a_stack_stay(estate: Overlaid) -> None:
    ours, theirs = {"Key": "team", "Value": "dr"}, {"Key": "aws:cloudformation:stack-name", "Value": "primary"}
    estate.resources = [bucket(live, "orders", Tags=[theirs])]
    assert estate.fate(bucket(declared, "orders", Tags=[ours])).properties["Tags"] == [ours, theirs]


@pytest.mark.parametrize(
    ("state", "stated", "becomes"),
    [
        ("Enabled", {"Enabled": False}, "Disabled"),
        ("Disabled", {"Enabled": True}, "Enabled"),
        ("PendingDeletion", {"Enabled": True}, "PendingDeletion"),
        ("Enabled", {}, "Enabled"),
    ],
)
def test_a_key_is_enabled_or_not_as_the_template_says(estate: Overlaid, state: str, stated: Any, becomes: str) -> None:
    grants = [{"GrantId": "1"}]
    estate.resources = [key(live, "k1", Enabled=state == "Enabled", Observed={"KeyState": state, "Grants": grants})]
    there = key(declared, "k1", defaults={"Enabled": True, "Observed": {"KeyState": "Enabled", "Grants": []}}, **stated)
    assert estate.fate(there).properties["Observed"] == {"KeyState": becomes, "Grants": grants}


def test_whether_a_disabled_key_is_enabled_by_a_stack_that_does_not_say_is_unknown(estate: Overlaid) -> None:
    estate.resources = [key(live, "k1", Enabled=False, Observed={"KeyState": "Disabled"})]
    found = estate.fate(key(declared, "k1", defaults={"Enabled": True})).properties
    assert isinstance(found["Enabled"], Unknown)
    assert found["Observed"]["KeyState"] == found["Enabled"]


def test_what_is_observed_of_a_bucket_stays_but_for_a_list_that_changes(estate: Overlaid) -> None:
    observed = {"OwnerId": "o", "AclGrants": [{"Permission": "READ"}]}
    estate.resources = [bucket(live, "orders", AccessControl="PublicRead", Observed=observed)]
    assert estate.fate(bucket(declared, "orders", VersioningConfiguration=ON)).properties["Observed"] == observed
    changed = estate.fate(bucket(declared, "orders", AccessControl="Private")).properties["Observed"]
    assert changed == {"OwnerId": "o", "AclGrants": Unknown("the access control list changes with the deployment")}


def test_buckets_stay_where_they_are(estate: Overlaid) -> None:
    estate.resources = [bucket(live, "orders", account=AWAY, region=THERE)]
    found = estate.fate(bucket(declared, "orders"))
    assert (found.account, found.region) == (AWAY, THERE)


def test_of_a_bucket_outside_the_regions_that_were_read_only_what_is_stated_is_known(estate: Overlaid) -> None:
    estate.resources = [Resource(BUCKET_ELSEWHERE, "arn:aws:s3:::orders", HOME, "ap-south-1", "orders")]
    after = estate.after(bucket(declared, "orders", VersioningConfiguration=ON))
    found = after.of_type("AWS::S3::Bucket")[0].properties
    reason = Unknown("the bucket is in region ap-south-1, which was not scanned")
    assert (found["VersioningConfiguration"], found["ReplicationConfiguration"]) == (ON, reason)
    assert not after.of_type(BUCKET_ELSEWHERE)


@pytest.mark.parametrize(
    ("what", "stays"),
    [
        ("AWS::S3::Bucket orders VersioningConfiguration", False),
        ("AWS::S3::Bucket orders VersioningConfiguration.Status", False),
        ("AWS::S3::Bucket orders Policy", False),
        ("AWS::S3::BucketPolicy orders PolicyDocument", False),
        ("AWS::S3::BucketPolicy orders", False),
        ("AWS::S3::Bucket orders Tags", True),
        ("AWS::S3::Bucket invoices VersioningConfiguration", True),
        ("AWS::S3::Bucket", True),
        ("AWS::S3::BucketPolicy", True),
        ("account", True),
    ],
)
def test_what_a_template_states_is_no_longer_unseen(estate: Overlaid, what: str, stays: bool) -> None:
    estate.unseen = [Unseen(HOME, HERE, what, "refused")]
    estate.resources = [bucket(live, "orders")]
    after = estate.after(bucket(declared, "orders", VersioningConfiguration=ON), bucket_policy(declared, "orders", {}))
    assert bool(after.unseen) is stays


def test_in_another_account_nothing_is_lifted(estate: Overlaid) -> None:
    estate.unseen = [Unseen(AWAY, HERE, "AWS::IAM::Role copy Policies", "refused")]
    assert estate.after(role(declared, "copy", Policies=[])).unseen


def test_where_nothing_was_read_only_what_is_declared_is_known(estate: Overlaid) -> None:
    after = estate.after(bucket(declared, "orders", account="333333333333"), places={("333333333333", HERE)})
    assert after.accounts[-1] == Account("333333333333", "", (HERE,))
    assert after.blind("AWS::IAM::Role", "333333333333", "") == Unknown(
        "account 333333333333 was not read: only what the templates declare there is known"
    )
    assert after.blind("AWS::S3::BucketPolicy", "333333333333", HERE) is None


def test_a_region_that_was_not_read_comes_into_scope_by_itself(estate: Overlaid) -> None:
    after = estate.after(places={(HOME, THERE), (AWAY, THERE)})
    assert after.accounts[0].regions == (THERE, HERE)
    assert after.blind("AWS::KMS::Key", HOME, THERE)
    assert after.blind("AWS::KMS::Key", HOME, HERE) is None
    assert after.blind("AWS::KMS::Key", AWAY, THERE) is None


def test_an_account_that_was_read_in_every_region_has_no_more_to_come(estate: Overlaid) -> None:
    estate.accounts = (Account(HOME, "home"),)
    assert estate.after(places={(HOME, "ap-south-1")}) == estate.before

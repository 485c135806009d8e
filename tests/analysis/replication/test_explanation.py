"""The story of a link: every request with who decided, and advice that, once followed, makes the link work."""

import pytest

from scanner.analysis.replication.explanation import explain_links
from scanner.analysis.replication.least_policies import least_policies
from scanner.analysis.replication.links import View

HOME, AWAY = "111111111111", "222222222222"
HOPS = ["assume", "source-bucket", "source-object", "source-key", "destination-object", "destination-key"]


def story(b, name="ledger"):
    (found,) = explain_links(b.estate, name)
    return found


def steps(told):
    return [step for hop in told.hops for step in hop.steps]


def unmet(told):
    return [step for step in steps(told) if step.state != "met"]


def test_a_healthy_link_is_told_hop_by_hop(blueprint):
    told = story(blueprint)
    assert told.verdict == "works"
    assert [str(hop.hop) for hop in told.hops] == HOPS
    assert all(step.state == "met" and not step.advice for step in steps(told))


def test_each_request_has_the_statement_that_decided_as_it_was_written(blueprint):
    (first,) = story(blueprint).hops[0].steps
    assert (first.action, first.principal, first.verdict) == ("sts:AssumeRole", "s3.amazonaws.com", "Allowed")
    assert first.because[0].statement == blueprint.trust


@pytest.mark.parametrize("name", ["ledger", "ledger-copy", "ledger/dr/ledger-copy"])
def test_a_link_is_found_by_its_name_and_by_its_buckets(blueprint, name):
    assert story(blueprint, name).link.id == "ledger/dr/ledger-copy"


def test_a_name_that_nothing_has(blueprint):
    assert explain_links(blueprint.estate, "nothing") == ()


def test_the_statement_that_denies_is_quoted_and_is_to_be_removed(blueprint):
    denied = blueprint.everyone_denied("s3:ReplicateDelete", Sid="NoDeletes")
    blueprint.destination_policy["Statement"].append(denied)
    (step,) = unmet(story(blueprint))
    assert step.because[0].statement == denied
    assert "statement NoDeletes of the policy of bucket ledger-copy" in step.advice[0].what
    assert step.advice[0].statement is None


def drop_from_role(b):
    b.statements["Write"]["Action"].remove("s3:ReplicateDelete")


def drop_from_destination(b):
    b.destination_policy["Statement"][0]["Action"].remove("s3:ReplicateDelete")


def no_destination_policy(b):
    b.destination_policy = None


def no_encryption(b):
    del b.statements["Encrypt"], b.replica_key["Statement"][1]


def no_decryption(b):
    del b.statements["Decrypt"]


def no_delegation(b):
    b.source_key["Statement"][0]["Principal"] = {"AWS": b.arn("iam", "", HOME, "user/admin")}


def wrong_trust(b):
    b.trust["Principal"]["Service"] = "ec2.amazonaws.com"


SHORTFALLS = [
    drop_from_role,
    drop_from_destination,
    no_destination_policy,
    no_encryption,
    no_decryption,
    no_delegation,
    wrong_trust,
]


def follow(b, advice):
    """Do what was advised, by hand."""
    if "of role replication" in advice.what and "policy of role" not in advice.what:
        b.statements[f"Advised{len(b.statements)}"] = advice.statement
    elif "the policy of role" in advice.what:
        b.trust = advice.statement
    elif "bucket ledger-copy" in advice.what:
        own = b.destination_policy or {"Version": "2012-10-17", "Statement": []}
        own["Statement"].append(advice.statement)
        b.destination_policy = own
    elif "key replica" in advice.what:
        b.replica_key["Statement"].append(advice.statement)
    else:
        assert "key source" in advice.what
        b.source_key["Statement"].append(advice.statement)


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
@pytest.mark.parametrize("change", SHORTFALLS, ids=lambda change: change.__name__)
def test_following_the_advice_makes_the_link_work_and_grants_nothing_else(draw, partition, change):
    b = draw(partition=partition)
    change(b)
    found = unmet(story(b))
    assert found
    for step in found:
        for advice in step.advice:
            follow(b, advice)
    link = b.link()
    assert (link["Verdict"], link["Missing"], link["Excess"]) == ("works", [], [])


def test_what_was_not_seen_is_told_with_its_request(blueprint):
    blueprint.accounts = (HOME,)
    told = story(blueprint)
    assert told.verdict == "unknown"
    assert all(f"account {AWAY} was not scanned" in step.advice[-1].what for step in unmet(told))
    assert any(hop.doubts for hop in told.hops)


def test_a_role_that_does_not_exist(blueprint):
    blueprint.role = None
    (step,) = steps(story(blueprint))
    assert (step.action, step.state) == ("sts:AssumeRole", "missed")
    assert "there is no role" in step.because[0].text
    assert "create the role" in step.advice[0].what


def test_faults_stand_at_their_hop(blueprint):
    blueprint.destination["VersioningConfiguration"]["Status"] = "Suspended"
    told = story(blueprint)
    (hop,) = [hop for hop in told.hops if hop.faults]
    assert (str(hop.hop), hop.faults[0].name) == ("destination-object", "DestinationUnversioned")


@pytest.mark.parametrize("bucket_key", [False, True])
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_link_works_with_its_least_policies_alone_and_they_grant_nothing_else(draw, partition, bucket_key):
    b = draw(partition=partition, bucket_key=bucket_key)
    b.source["ObjectLockEnabled"] = b.destination["ObjectLockEnabled"] = True
    view = View.of(b.estate)
    role, trust, bucket, key = least_policies(view, story(b).link)
    b.statements = {one["Sid"]: one for one in role.document["Statement"]}
    (b.trust,) = trust.document["Statement"]
    b.destination_policy = bucket.document
    b.replica_key["Statement"][1:] = key.document["Statement"]
    assert [one.is_whole for one in (role, trust, bucket, key)] == [True, True, False, False]
    link = b.link()
    assert (link["Verdict"], link["Missing"], link["Excess"]) == ("works", [], [])


def test_a_roles_least_policy_covers_all_of_its_links(blueprint):
    other = blueprint.add_rule(Id="other", Priority=2)
    other["Filter"] = {"Prefix": "invoices/"}
    first, _ = explain_links(blueprint.estate, "ledger")
    role = least_policies(View.of(blueprint.estate), first.link)[0]
    blueprint.statements = {one["Sid"]: one for one in role.document["Statement"]}
    assert [link["Verdict"] for link in blueprint.links()] == ["works", "works"]


def test_within_one_account_no_bucket_policy_is_needed(blueprint):
    place = blueprint.home_region
    blueprint.accounts = (HOME,)
    blueprint.add("AWS::S3::Bucket", blueprint.destination_arn, HOME, place, "ledger-copy", **blueprint.destination)
    names = [one.where for one in least_policies(View.of(blueprint.estate), story(blueprint).link)]
    assert "policy of bucket ledger-copy" not in names


def test_a_link_whose_role_was_not_seen_has_no_least_policies(blueprint):
    del blueprint.source["ReplicationConfiguration"]["Role"]
    assert least_policies(View.of(blueprint.estate), story(blueprint).link) == ()

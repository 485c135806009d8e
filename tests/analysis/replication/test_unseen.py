"""What was not seen leaves a link unknown, never broken; what fails for certain breaks it all the same."""

import pytest

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown

HOME, AWAY, THIRD = "111111111111", "222222222222", "333333333333"
REFUSED = Unknown("refused: AccessDenied; needs a permission")


def hops(link):
    return {entry["Hop"] for entry in link["Unknown"]}


def test_a_destination_account_that_was_not_scanned(blueprint):
    blueprint.accounts = (HOME,)
    link = blueprint.link()
    assert (link["Verdict"], link["Missing"], link["Faults"]) == ("unknown", [], [])
    assert hops(link) == {"destination-object", "destination-key"}
    assert all(f"account {AWAY} was not scanned" in entry["Reason"] for entry in link["Unknown"])


def test_what_the_role_lacks_is_certain_whatever_the_destination_says(blueprint):
    blueprint.accounts = (HOME,)
    blueprint.statements["Write"]["Action"].remove("s3:ReplicateObject")
    link = blueprint.link()
    assert link["Verdict"] == "broken"
    assert [entry["Action"] for entry in link["Missing"]] == ["s3:ReplicateObject"]


def test_a_destination_of_which_not_even_the_account_is_named(blueprint):
    blueprint.accounts = (HOME,)
    del blueprint.rule["Destination"]["Account"]
    link = blueprint.link()
    assert link["Verdict"] == "unknown"
    assert isinstance(link["Destination"]["Account"], Unknown)
    assert isinstance(link["CrossesAccount"], Unknown)


def test_of_a_destination_that_nobody_can_name_every_permission_there_is_in_doubt(blueprint):
    blueprint.rule["Destination"]["Bucket"] = REFUSED
    doubts = {entry["About"]: entry for entry in blueprint.link()["Unknown"] if ":" in entry["About"]}
    assert {"s3:ReplicateObject", "s3:ReplicateTags", "kms:Encrypt"} <= set(doubts)
    assert doubts["s3:ReplicateObject"]["Sides"] == ["role", "bucket policy", "guardrail"]
    assert doubts["kms:Encrypt"]["Sides"] == ["role", "key policy", "guardrail"]
    assert doubts["s3:ReplicateTags"]["Effect"] == "degrades"
    assert all(REFUSED.reason in entry["Reason"] for entry in doubts.values())


def test_a_destination_in_a_region_of_its_account_that_was_not_asked_for(blueprint):
    blueprint.destination = blueprint.destination_policy = None
    assert blueprint.link()["Verdict"] == "broken"
    blueprint.add("DR::Bucket::Elsewhere", blueprint.destination_arn, AWAY, blueprint.away_region, "ledger-copy")
    link = blueprint.link()
    assert (link["Verdict"], link["Faults"]) == ("unknown", [])
    says = f"bucket ledger-copy is in region eu-west-1 of account {AWAY}, which was not scanned"
    assert any(says in entry["Reason"] for entry in link["Unknown"])


def test_a_destination_elsewhere_that_another_account_owns_is_no_doubt(blueprint):
    blueprint.destination = blueprint.destination_policy = None
    blueprint.add("DR::Bucket::Elsewhere", blueprint.destination_arn, HOME, "ap-south-1", "ledger-copy")
    assert blueprint.link()["Verdict"] == "broken"


def test_a_bucket_that_no_scanned_account_has_may_be_in_another(blueprint):
    del blueprint.rule["Destination"]["Account"]
    blueprint.destination = blueprint.destination_policy = None
    assert blueprint.link()["Verdict"] == "unknown"


def blind_role(b):
    b.role = None
    b.unseen.append(Unseen(HOME, "", "AWS::IAM::Role", "refused"))


def unread_trust(b):
    b.role["AssumeRolePolicyDocument"] = REFUSED


def unread_role_policies(b):
    b.role["Policies"] = REFUSED


def aws_managed_policy(b):
    b.role["ManagedPolicyArns"] = [b.arn("iam", "", "aws", "policy/AmazonS3FullAccess")]


def unread_boundary(b):
    b.role["PermissionsBoundary"] = b.arn("iam", "", HOME, "policy/boundary")


def unread_destination_policy(b):
    b.destination_policy = REFUSED


def blind_bucket_policies(b):
    b.destination_policy = None
    b.unseen.append(Unseen(AWAY, "", "AWS::S3::BucketPolicy", "refused"))


def unread_key_policy(b):
    b.replica_key = REFUSED


def blind_keys(b):
    b.source_key = None
    b.unseen.append(Unseen(HOME, b.home_region, "AWS::KMS::Key", "refused"))


def unread_key_state(b):
    b.key_states["replica"] = REFUSED


def unread_scp(b):
    b.scps["r-1"].append(REFUSED)


def blind_scps(b):
    b.scps = {}
    b.unseen.append(Unseen(THIRD, "", "AWS::Organizations::Policy", "refused"))


def unread_versioning(b):
    b.destination["VersioningConfiguration"] = REFUSED


def unread_encryption(b):
    b.source["BucketEncryption"] = REFUSED


def unread_role_name(b):
    b.source["ReplicationConfiguration"]["Role"] = REFUSED


def unread_destination_name(b):
    b.rule["Destination"]["Bucket"] = REFUSED


def unread_status(b):
    b.rule["Status"] = REFUSED


def unread_rule(b):
    b.source["ReplicationConfiguration"]["Rules"] = [REFUSED]


def condition_on_a_tag_of_the_resource(b):
    b.statements["Write"]["Condition"] = {"StringEquals": {"aws:ResourceTag/copy": "yes"}}


def garbled_destination_policy(b):
    b.destination_policy = "{"


def lock_that_some_objects_may_not_get(b):
    b.source["ObjectLockEnabled"] = b.destination["ObjectLockEnabled"] = True
    b.statements["Read"]["Action"] += ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    too_long = {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "100"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:PutObjectRetention", Condition=too_long))


def refused_scps_of_accounts_that_nobody_lists(b):
    b._organization = list
    b.unseen += [Unseen(account, "", "AWS::Organizations::Policy", "refused") for account in (HOME, AWAY)]


def policy_that_only_the_list_of_the_unseen_names(b):
    b.destination_policy = None
    b.unseen.append(Unseen(AWAY, b.away_region, "AWS::S3::BucketPolicy ledger-copy PolicyDocument", "refused"))


def bucket_that_only_the_list_of_the_unseen_names(b):
    b.destination = b.destination_policy = None
    b.unseen.append(Unseen(AWAY, b.away_region, "AWS::S3::Bucket ledger-copy", "refused"))


def public_policy_where_such_are_restricted(b):
    b.destination["PublicAccessBlockConfiguration"] = {"RestrictPublicBuckets": True}
    b.destination_policy["Statement"][0]["Principal"] = "*"


def public_policy_in_an_account_that_restricts_such(b):
    b.add("AWS::S3::AccountPublicAccessBlock", "", AWAY, "", AWAY, RestrictPublicBuckets=True)
    b.destination_policy["Statement"][0]["Principal"] = {"AWS": "*"}


def test_a_policy_that_is_not_public_is_not_restricted(blueprint):
    blueprint.destination["PublicAccessBlockConfiguration"] = {"RestrictPublicBuckets": True}
    assert blueprint.link()["Verdict"] == "works"
    public_policy_where_such_are_restricted(blueprint)
    fixed = {"StringEquals": {"aws:PrincipalAccount": HOME}}
    blueprint.destination_policy["Statement"][0]["Condition"] = fixed
    assert blueprint.link()["Verdict"] == "works"


UNSEEN = [
    public_policy_where_such_are_restricted,
    public_policy_in_an_account_that_restricts_such,
    policy_that_only_the_list_of_the_unseen_names,
    bucket_that_only_the_list_of_the_unseen_names,
    lock_that_some_objects_may_not_get,
    refused_scps_of_accounts_that_nobody_lists,
    blind_role,
    unread_trust,
    unread_role_policies,
    aws_managed_policy,
    unread_boundary,
    unread_destination_policy,
    blind_bucket_policies,
    unread_key_policy,
    blind_keys,
    unread_key_state,
    unread_scp,
    blind_scps,
    unread_versioning,
    unread_encryption,
    unread_role_name,
    unread_destination_name,
    unread_status,
    unread_rule,
    condition_on_a_tag_of_the_resource,
    garbled_destination_policy,
]


@pytest.mark.parametrize("change", UNSEEN, ids=lambda change: change.__name__)
def test_anything_unseen_that_matters_leaves_the_link_unknown(blueprint, change):
    change(blueprint)
    link = blueprint.link()
    assert (link["Verdict"], link["Missing"], link["Faults"]) == ("unknown", [], [])
    assert link["Unknown"]


def test_what_degrades_at_most_is_told_and_decides_nothing(blueprint):
    blueprint.source["LifecycleConfiguration"] = REFUSED
    link = blueprint.link()
    assert (link["Verdict"], hops(link)) == ("works", {"source-object"})


def test_what_an_unread_encryption_cannot_change_is_decided(blueprint):
    blueprint.source["BucketEncryption"] = REFUSED
    blueprint.statements["Read"]["Action"] = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    link = blueprint.link()
    assert link["Verdict"] == "broken"
    assert [entry["Action"] for entry in link["Missing"]] == ["s3:GetObjectVersionForReplication"]


def test_an_organization_in_which_nobody_is_listed_binds_nobody(blueprint):
    blueprint._organization = list
    assert blueprint.link()["Verdict"] == "works"


def test_the_refusal_of_a_member_says_nothing_once_the_management_account_answered(blueprint):
    blueprint.unseen.append(Unseen(HOME, "", "AWS::Organizations::Policy", "refused"))
    assert blueprint.link()["Verdict"] == "works"


def test_a_scan_that_was_not_to_read_organizations_cannot_speak_for_them(blueprint):
    from dataclasses import replace

    from scanner.analysis.replication import LINK, derive_links

    blueprint._organization = list
    read = frozenset(one.type for one in blueprint.estate.resources) | {"AWS::KMS::Alias"}
    (link,) = derive_links(replace(blueprint.estate, types=read), blueprint.intent).of_type(LINK)
    assert link.properties["Verdict"] == "unknown"


def test_a_source_key_that_was_not_seen_is_not_taken_for_granted(blueprint):
    for sid, bucket in (("Decrypt", blueprint.source_arn), ("Encrypt", blueprint.destination_arn)):
        contexts = [bucket, blueprint.objects(bucket)]
        blueprint.statements[sid]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] = contexts
    blueprint.replica_key["Statement"][1]["Action"] = ["kms:Encrypt", "kms:Decrypt"]
    assert blueprint.link()["Verdict"] == "works"
    blueprint.source["BucketEncryption"] = REFUSED
    link = blueprint.link()
    assert (link["Verdict"], link["Missing"]) == ("unknown", [])
    assert "source-key" in hops(link)
    assert link["Excess"] == []


def default_encryption_of_the_destination_refused(b):
    b.source["BucketEncryption"] = {}
    b.destination["BucketEncryption"] = REFUSED
    del b.rule["SourceSelectionCriteria"], b.rule["Destination"]["EncryptionConfiguration"]


def test_what_plain_objects_meet_at_the_destination_must_be_known(blueprint):
    default_encryption_of_the_destination_refused(blueprint)
    link = blueprint.link()
    assert (link["Verdict"], hops(link)) == ("unknown", {"destination-key"})


def managed_by_aws(b):
    b.source["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"].pop(
        "KMSMasterKeyID"
    )


def test_the_key_that_aws_manages_needs_no_grant_and_one_for_it_is_not_too_much(blueprint):
    managed_by_aws(blueprint)
    link = blueprint.link()
    assert (link["Verdict"], link["Unknown"], link["Excess"]) == ("works", [], [])
    assert link["SourceKey"]["KeyManager"] == "AWS"


def test_the_policy_of_the_key_that_aws_manages_counts_where_it_was_seen(blueprint):
    managed_by_aws(blueprint)
    place, name = (HOME, blueprint.home_region), "alias/aws/s3"
    arn = blueprint.arn("kms", blueprint.home_region, HOME, name)
    blueprint.add("AWS::KMS::Alias", arn, *place, name, AliasName=name, TargetKeyId="managed")
    in_s3 = {"StringEquals": {"kms:ViaService": blueprint.via(blueprint.home_region), "kms:CallerAccount": HOME}}
    everyone = blueprint.allow(["kms:Encrypt", "kms:Decrypt"], "*", Principal={"AWS": "*"}, Condition=in_s3)
    blueprint.add(
        "AWS::KMS::Key",
        blueprint.arn("kms", blueprint.home_region, HOME, "key/managed"),
        *place,
        "managed",
        KeyPolicy={"Version": "2012-10-17", "Statement": everyone},
        Observed={"KeyState": "Enabled", "KeyManager": "AWS", "Grants": []},
    )
    del blueprint.statements["Decrypt"]
    assert blueprint.link()["Verdict"] == "works"

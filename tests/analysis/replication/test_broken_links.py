"""The healthy estate with one fault each: the verdict, AWS's failure reasons, and what is missing, exactly."""

from dataclasses import dataclass

import pytest

from scanner.estate.resource import Resource

HOME, AWAY, THIRD = "111111111111", "222222222222", "333333333333"
ASSUME, BUCKET, READ = "assume", "source-bucket", "source-object"
DECRYPT, WRITE, ENCRYPT = "source-key", "destination-object", "destination-key"

REPLICATE_OBJECT = (
    "DstPutObjectNotPermitted",
    "DstMultipartInitNotPermitted",
    "DstMultipartUploadNotPermitted",
    "DstMultipartCompleteNotPermitted",
    "DstPutAclNotPermitted",
    "DstPutTaggingNotPermitted",
)
SOURCE_READ = ("SrcGetObjectNotPermitted", "SrcHeadObjectNotPermitted")
ALL_WRITES = {
    (WRITE, "s3:ReplicateObject"),
    (WRITE, "s3:ReplicateDelete"),
    (WRITE, "s3:ObjectOwnerOverrideToBucketOwner"),
}
WRITE_REASONS = (*REPLICATE_OBJECT, "DstDelObjNotPermitted")
BOTH_KEYS = {(DECRYPT, "kms:Decrypt"), (ENCRYPT, "kms:Encrypt")}
KEY_REASONS = (*SOURCE_READ, "DstPutObjectNotPermitted")

CASES = []


@dataclass(frozen=True)
class Case:
    change: object
    missing: frozenset
    reasons: tuple
    faults: tuple
    verdict: str
    bucket_key: bool


def case(missing=(), reasons=(), faults=(), verdict="broken", bucket_key=False):
    def keep(change):
        CASES.append(Case(change, frozenset(missing), tuple(reasons), tuple(faults), verdict, bucket_key))
        return change

    return keep


def dropped(sid, action, hop, *reasons, **more):
    def change(b):
        statement = b.statements[sid]
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketTagging"]

    change.__name__ = f"role_without_{action.partition(':')[2]}"
    case([(hop, action)], reasons, **more)(change)


# What the role itself may lack.
dropped("Bucket", "s3:GetReplicationConfiguration", BUCKET, "SrcBucketReplicationConfigMissing")
dropped("Bucket", "s3:ListBucket", BUCKET, "SrcHeadObjectNotPermitted")
dropped("Read", "s3:GetObjectVersionForReplication", READ, *SOURCE_READ)
dropped("Read", "s3:GetObjectVersionAcl", READ, "SrcGetAclNotPermitted")
dropped("Read", "s3:GetObjectVersionTagging", READ, "SrcGetTaggingNotPermitted", verdict="works")
dropped("Write", "s3:ReplicateObject", WRITE, *REPLICATE_OBJECT)
dropped("Write", "s3:ReplicateDelete", WRITE, "DstDelObjNotPermitted")
dropped("Write", "s3:ObjectOwnerOverrideToBucketOwner", WRITE, "DstPutObjectNotPermitted")
dropped("Decrypt", "kms:Decrypt", DECRYPT, *SOURCE_READ)
dropped("Encrypt", "kms:Encrypt", ENCRYPT, "DstPutObjectNotPermitted")


def lock_both_ends(b, *actions):
    b.source["ObjectLockEnabled"] = b.destination["ObjectLockEnabled"] = True
    b.statements["Read"]["Action"] += actions


@case([(READ, "s3:GetObjectRetention")], ["SrcGetRetentionNotPermitted"])
def lock_without_retention(b):
    lock_both_ends(b, "s3:GetObjectLegalHold")


@case([(READ, "s3:GetObjectLegalHold")], ["SrcGetLegalHoldNotPermitted"])
def lock_without_legal_hold(b):
    lock_both_ends(b, "s3:GetObjectRetention")


@case([(WRITE, "s3:PutObjectRetention")], ["DstPutRetentionNotPermitted"])
def retention_denied_at_the_destination(b):
    lock_both_ends(b, "s3:GetObjectRetention", "s3:GetObjectLegalHold")
    b.destination_policy["Statement"].append(b.everyone_denied("s3:PutObjectRetention"))


@case([(WRITE, "s3:PutObjectLegalHold")], ["DstPutLegalHoldNotPermitted"])
def legal_hold_denied_at_the_destination(b):
    lock_both_ends(b, "s3:GetObjectRetention", "s3:GetObjectLegalHold")
    b.destination_policy["Statement"].append(b.everyone_denied("s3:PutObjectLegalHold"))


@case([(WRITE, "s3:ReplicateTags")], ["DstPutTaggingNotPermitted"], verdict="works")
def tags_denied_at_the_destination(b):
    b.destination_policy["Statement"].append(b.everyone_denied("s3:ReplicateTags"))


# Trust.
@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def role_is_absent(b):
    b.role = None


@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def configuration_names_the_role_without_its_path(b):
    b.source["ReplicationConfiguration"]["Role"] = b.arn("iam", "", HOME, "role/replication")


@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def trust_in_another_service(b):
    b.trust["Principal"] = {"Service": "ec2.amazonaws.com"}


@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def trust_for_another_account(b):
    b.trust["Condition"]["StringEquals"]["aws:SourceAccount"] = AWAY


@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def trust_in_objects_of_the_bucket(b):
    b.trust["Condition"]["ArnLike"]["aws:SourceArn"] = f"{b.source_arn}/*"


@case([(ASSUME, "sts:AssumeRole")], ["AssumeRoleNotPermitted"])
def rcp_denies_assuming_roles(b):
    b.rcps[HOME] = [{"Version": "2012-10-17", "Statement": b.deny("sts:AssumeRole", Principal="*")}]


# The destination's side.
@case(ALL_WRITES, WRITE_REASONS)
def principal_without_its_path(b):
    b.destination_policy["Statement"][0]["Principal"] = {"AWS": b.arn("iam", "", HOME, "role/replication")}


@case(ALL_WRITES, WRITE_REASONS)
def destination_without_policy(b):
    b.destination_policy = None


def declared_in(b, account, region):
    """The destination's policy as a template of another place declares it: S3 takes it from the bucket's place only."""
    shown = {"Bucket": "ledger-copy", "PolicyDocument": b.destination_policy}
    b.resources.append(Resource("AWS::S3::BucketPolicy", b.destination_arn, account, region, "ledger-copy", shown))
    b.destination_policy = None


@case(ALL_WRITES, WRITE_REASONS)
def destination_policy_declared_in_the_source_account(b):
    declared_in(b, HOME, b.away_region)


@case(ALL_WRITES, WRITE_REASONS)
def destination_policy_declared_in_another_region(b):
    declared_in(b, AWAY, b.home_region)


@case([(WRITE, "s3:ObjectOwnerOverrideToBucketOwner")], ["DstPutObjectNotPermitted"])
def destination_policy_forgets_the_owner_override(b):
    b.destination_policy["Statement"][0]["Action"].remove("s3:ObjectOwnerOverrideToBucketOwner")


@case(ALL_WRITES, WRITE_REASONS)
def destination_policy_names_the_bucket_for_its_objects(b):
    b.destination_policy["Statement"][0]["Resource"] = b.destination_arn


@case(ALL_WRITES, WRITE_REASONS)
def destination_policy_has_another_prefix(b):
    b.destination_policy["Statement"][0]["Resource"] = f"{b.destination_arn}/backup/*"


@case(ALL_WRITES, WRITE_REASONS)
def deny_unless_through_an_endpoint(b):
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", Condition=elsewhere))


@case(ALL_WRITES, WRITE_REASONS)
def deny_unless_from_the_office(b):
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", Condition=elsewhere))


@case(ALL_WRITES, WRITE_REASONS)
def deny_outside_another_organization(b):
    foreign = {"StringNotEquals": {"aws:PrincipalOrgID": "o-9"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", Condition=foreign))


@case([(WRITE, "s3:ReplicateDelete")], ["DstDelObjNotPermitted"])
def deletes_denied_at_the_destination(b):
    b.destination_policy["Statement"].append(b.everyone_denied(["s3:Delete*", "s3:ReplicateDelete"]))


@case(
    [(BUCKET, "s3:GetReplicationConfiguration"), (BUCKET, "s3:ListBucket")],
    ["SrcBucketReplicationConfigMissing", "SrcHeadObjectNotPermitted"],
)
def deny_in_the_source_policy(b):
    b.source_policy = {"Version": "2012-10-17", "Statement": b.everyone_denied("s3:*", b.source_arn)}


# Keys.
@case([(ENCRYPT, "kms:Encrypt")], ["DstPutObjectNotPermitted"])
def destination_key_trusts_only_its_own_account(b):
    del b.replica_key["Statement"][1]


@case([(DECRYPT, "kms:Decrypt")], SOURCE_READ)
def source_key_does_not_delegate(b):
    b.source_key["Statement"][0]["Principal"] = {"AWS": b.arn("iam", "", HOME, "user/admin")}


@case([(DECRYPT, "kms:Decrypt")], SOURCE_READ)
def alias_arn_as_resource(b):
    b.statements["Decrypt"]["Resource"] = b.arn("kms", b.home_region, HOME, "alias/ledger")


@case([(ENCRYPT, "kms:Encrypt")], ["DstPutObjectNotPermitted"])
def both_via_services_of_one_region(b):
    b.statements["Encrypt"]["Condition"]["StringLike"]["kms:ViaService"] = b.via(b.home_region)


@case([(DECRYPT, "kms:Decrypt")], SOURCE_READ)
def misspelt_encryption_context(b):
    like = b.statements["Decrypt"]["Condition"]["StringLike"]
    like["kms:EncryptionContext:arn:aws:arn"] = like.pop("kms:EncryptionContext:aws:s3:arn")


@case([(DECRYPT, "kms:Decrypt")], SOURCE_READ)
def bucket_as_context_without_bucket_key(b):
    b.statements["Decrypt"]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] = b.source_arn


@case(BOTH_KEYS, KEY_REASONS, bucket_key=True)
def objects_as_context_with_bucket_key(b):
    for sid, bucket in (("Decrypt", b.source_arn), ("Encrypt", b.destination_arn)):
        b.statements[sid]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] = f"{bucket}/*"


@case([(ENCRYPT, "kms:Decrypt")], ["DstPutObjectNotPermitted"], bucket_key=True)
def bucket_key_that_the_key_policy_does_not_let_verify(b):
    b.replica_key["Statement"][1]["Action"] = "kms:Encrypt"


@case([(ENCRYPT, "kms:Encrypt")], ["DstPutObjectNotPermitted"])
def key_policy_denies_other_accounts(b):
    foreign = {"StringNotEquals": {"kms:CallerAccount": AWAY}}
    b.replica_key["Statement"].append(b.deny("kms:Encrypt", Principal="*", Condition=foreign))


@case([], ["SrcKmsKeyInvalidState"], ["SourceKeyUnusable"])
def source_key_pending_deletion(b):
    b.key_states["source"] = "PendingDeletion"


@case([], ["SrcKmsKeyInvalidState"], ["SourceKeyAbsent"])
def source_key_is_absent(b):
    b.source_key = None


@case([], ["DstKmsKeyInvalidState"], ["ReplicaKeyUnusable"])
def replica_key_disabled(b):
    b.key_states["replica"] = "Disabled"


@case([], ["SrcKmsKeyInvalidState"], ["SourceKeyUnusable"])
def source_key_that_signs(b):
    b.key_kinds["source"] = {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}


@case([], ["DstKmsKeyInvalidState"], ["ReplicaKeyUnusable"])
def replica_key_is_asymmetric(b):
    b.key_kinds["replica"] = {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}


@case([], ["DstKmsKeyNotFound"], ["ReplicaKeyAbsent"])
def replica_key_is_absent(b):
    b.replica_key = None


@case([], ["DstKmsKeyNotFound"], ["ReplicaKeyInOtherRegion"])
def replica_key_in_another_region(b):
    b.rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"] = b.source_key_arn


@case([], ["DstPutObjectNotPermitted"], ["ReplicaKeyManagedByAws"])
def replica_key_managed_by_aws(b):
    b.key_managers["replica"] = "AWS"


@case([], ["DstKmsKeyNotFound"], ["ReplicaKeyMissing"])
def kms_selected_without_replica_key(b):
    del b.rule["Destination"]["EncryptionConfiguration"]


@case([], ["SrcObjectNotEligible"], ["KmsObjectsNotSelected"])
def kms_objects_not_selected(b):
    del b.rule["SourceSelectionCriteria"]


@case([(READ, "s3:GetObjectVersionForReplication")], SOURCE_READ)
def ordinary_read_of_kms_objects(b):
    b.statements["Read"]["Action"][0] = "s3:GetObjectVersion"


# What bounds the role.
@case(BOTH_KEYS, KEY_REASONS)
def scp_that_allows_s3_only(b):
    b.scps[HOME] = [{"Version": "2012-10-17", "Statement": b.allow("s3:*", "*")}]


@case(ALL_WRITES, WRITE_REASONS)
def scp_that_denies_replication(b):
    b.scps["r-1"].append({"Version": "2012-10-17", "Statement": b.deny("s3:Replicate*")})
    b.scps["r-1"].append({"Version": "2012-10-17", "Statement": b.deny("s3:ObjectOwner*")})


@case([*ALL_WRITES, (ENCRYPT, "kms:Encrypt")], WRITE_REASONS)
def scp_that_keeps_to_one_region(b):
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": b.home_region}}
    b.scps[HOME].append({"Version": "2012-10-17", "Statement": b.deny(["s3:*", "kms:*"], Condition=elsewhere)})


@case(ALL_WRITES, WRITE_REASONS)
def rcp_over_the_destination(b):
    b.rcps[AWAY] = [{"Version": "2012-10-17", "Statement": b.deny(["s3:Replicate*", "s3:ObjectOwner*"], Principal="*")}]


@case([(ENCRYPT, "kms:Encrypt")], ["DstPutObjectNotPermitted"])
def boundary_without_encryption(b):
    arn = b.arn("iam", "", HOME, "policy/boundary")
    b.role["PermissionsBoundary"] = arn
    narrow = {"Version": "2012-10-17", "Statement": b.allow(["s3:*", "kms:Decrypt"], "*")}
    b.add("AWS::IAM::ManagedPolicy", arn, HOME, "", "boundary", PolicyDocument=narrow)


# Resources of the wrong kind or place.
@case(
    [(BUCKET, "s3:GetReplicationConfiguration"), (BUCKET, "s3:ListBucket")],
    ["SrcBucketReplicationConfigMissing", "SrcHeadObjectNotPermitted"],
)
def objects_where_the_bucket_is_needed(b):
    b.statements["Bucket"]["Resource"] = f"{b.source_arn}/*"


@case(
    [
        (READ, "s3:GetObjectVersionForReplication"),
        (READ, "s3:GetObjectVersionAcl"),
        (READ, "s3:GetObjectVersionTagging"),
    ],
    [*SOURCE_READ, "SrcGetAclNotPermitted", "SrcGetTaggingNotPermitted"],
)
def bucket_where_objects_are_needed(b):
    b.statements["Read"]["Resource"] = b.source_arn


@case(ALL_WRITES, WRITE_REASONS)
def another_prefix_in_the_role(b):
    b.statements["Write"]["Resource"] = f"{b.destination_arn}/ledgers/*"


# Conditions that are not permissions.
@case([], ["DstBucketUnversioned"], ["DestinationUnversioned"])
def destination_suspended(b):
    b.destination["VersioningConfiguration"]["Status"] = "Suspended"


@case([], ["SrcObjectNotEligible"], ["SourceUnversioned"])
def source_unversioned(b):
    del b.source["VersioningConfiguration"]


@case([], ["DstBucketNotFound"], ["DestinationAbsent"])
def destination_absent(b):
    b.destination, b.destination_policy = None, None


@case([], ["DstBucketNotFound"], ["DestinationInOtherAccount"])
def destination_of_another_account(b):
    b.rule["Destination"]["Account"] = THIRD


@case([], ["DstBucketObjectLockConfigMissing"], ["DestinationWithoutObjectLock"])
def lock_at_the_source_only(b):
    lock_both_ends(b, "s3:GetObjectRetention", "s3:GetObjectLegalHold")
    b.destination["ObjectLockEnabled"] = False


@case([], [], ["RuleDisabled"])
def rule_disabled(b):
    b.rule["Status"] = "Disabled"


@case([], ["SrcBucketReplicationConfigMissing"], ["SamePriority"])
def two_rules_of_one_priority(b):
    b.add_rule(Id="other")


@case([], ["SrcBucketReplicationConfigMissing"], ["SeveralDestinationsInV1"])
def several_destinations_without_filter(b):
    for rule in (b.rule, b.add_rule(Id="other")):
        rule["Prefix"] = rule.pop("Filter")["Prefix"]
    b.rule["Destination"] = b.rule["Destination"] | {"Bucket": b.destination_arn}
    b.source["ReplicationConfiguration"]["Rules"][1]["Destination"]["Bucket"] = b.arn("s3", "", "", "elsewhere")


@case([], ["SrcBucketReplicationConfigMissing"], ["DeleteMarkersWithTagFilter"])
def delete_markers_with_a_tag_filter(b):
    b.rule["Filter"] = {"And": {"Prefix": "ledger/", "TagFilters": [{"Key": "keep", "Value": "yes"}]}}


@case(
    [],
    ["SrcObjectNotEligible", "SrcBucketReplicationConfigMissing"],
    ["FilterMatchesNothing", "DeleteMarkersWithTagFilter"],
)
def filter_that_matches_nothing(b):
    tags = [{"Key": "tier", "Value": "gold"}, {"Key": "tier", "Value": "silver"}]
    b.rule["Filter"] = {"And": {"Prefix": "ledger/", "TagFilters": tags}}


@case([], ["SrcObjectNotEligible"], ["LifecycleOutrunsReplication"])
def lifecycle_moves_to_glacier_at_once(b):
    move = {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 0}
    b.source["LifecycleConfiguration"] = {"Rules": [{"Id": "freeze", "Status": "Enabled", "Transitions": [move]}]}


@case([], ["DstBucketNotFound"], ["DestinationInOtherPartition"])
def destination_in_another_partition(b):
    b.rule["Destination"]["Bucket"] = "arn:aws-iso:s3:::ledger-copy"


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.change.__name__)
def test_one_fault_is_named_and_nothing_else(draw, one):
    b = draw(bucket_key=one.bucket_key)
    one.change(b)
    link = b.link()
    assert {(each["Hop"], each["Action"]) for each in link["Missing"]} == one.missing
    assert link["FailureReasons"] == list(one.reasons)
    assert [fault["Name"] for fault in link["Faults"]] == list(one.faults)
    assert link["Unknown"] == []
    assert link["Verdict"] == one.verdict


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
@pytest.mark.parametrize("one", CASES, ids=lambda one: one.change.__name__)
def test_partitions_make_no_difference(draw, one, partition):
    b = draw(partition=partition, bucket_key=one.bucket_key)
    one.change(b)
    link = b.link()
    assert {(each["Hop"], each["Action"]) for each in link["Missing"]} == one.missing
    assert (link["Verdict"], link["FailureReasons"]) == (one.verdict, list(one.reasons))

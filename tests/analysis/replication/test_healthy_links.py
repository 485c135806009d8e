"""A healthy link works, and nothing is said against it; harmless changes leave it so."""

import pytest

HOME, AWAY, THIRD = "111111111111", "222222222222", "333333333333"


def said(link):
    return {name: link[name] for name in ("Verdict", "FailureReasons", "Missing", "Unknown", "Faults", "Excess")}


HEALTHY = {"Verdict": "works", "FailureReasons": [], "Missing": [], "Unknown": [], "Faults": [], "Excess": []}


@pytest.mark.parametrize("bucket_key", [False, True])
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_nothing_is_said_against_a_healthy_link(draw, partition, bucket_key):
    assert said(draw(partition=partition, bucket_key=bucket_key).link()) == HEALTHY


def deny_of_plain_uploads(b):
    header = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:PutObject", Condition=header))


def deny_of_insecure_transport(b):
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    for policy in (b.destination_policy, {"Version": "2012-10-17", "Statement": []}):
        policy["Statement"].append(b.everyone_denied("s3:*", Condition=insecure))
    b.source_policy = policy


def deny_of_old_tls(b):
    b.destination_policy["Statement"].append(
        b.everyone_denied("s3:*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    )


def deny_beside_the_prefix(b):
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", f"{b.destination_arn}/other/*"))


def deny_of_other_accounts(b):
    foreign = {"StringNotEquals": {"aws:PrincipalAccount": [HOME, AWAY]}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", Condition=foreign))


def deny_outside_the_organization(b):
    foreign = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:*", Condition=foreign))


def deny_to_all_but_the_role(b):
    others = {"ArnNotEquals": {"aws:PrincipalArn": b.role_arn}}
    b.destination_policy["Statement"].append(b.everyone_denied("s3:Replicate*", Condition=others))


def scp_on_the_destination_account(b):
    b.scps[AWAY] = [{"Version": "2012-10-17", "Statement": b.deny(["s3:*", "kms:*"])}]


def scp_on_something_else(b):
    b.scps[HOME].append({"Version": "2012-10-17", "Statement": b.deny("ec2:*")})


def rcp_against_strangers(b):
    strangers = {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    denies = b.deny(["s3:*", "kms:*", "sts:*"], Principal="*", Condition=strangers)
    b.rcps["r-1"] = [{"Version": "2012-10-17", "Statement": denies}]


def rcp_against_confused_deputies(b):
    foreign = {
        "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-1"},
        "Null": {"aws:SourceAccount": "false"},
        "Bool": {"aws:PrincipalIsAWSService": "true"},
    }
    b.rcps["r-1"] = [{"Version": "2012-10-17", "Statement": b.deny("sts:*", Principal="*", Condition=foreign)}]


def boundary_that_holds_all(b):
    arn = b.arn("iam", "", HOME, "policy/boundary")
    b.role["PermissionsBoundary"] = arn
    wide = {"Version": "2012-10-17", "Statement": b.allow(["s3:*", "kms:*"], "*")}
    b.add("AWS::IAM::ManagedPolicy", arn, HOME, "", "boundary", PolicyDocument=wide)


def statements_in_a_managed_policy(b):
    arn = b.arn("iam", "", HOME, "policy/replication")
    b.role["ManagedPolicyArns"] = [arn]
    own = {"Version": "2012-10-17", "Statement": list(b.statements.values())}
    b.add("AWS::IAM::ManagedPolicy", arn, HOME, "", "replication", PolicyDocument=own)
    b.statements = {"Bucket": b.statements["Bucket"]}


def reordered_statements(b):
    b.statements = dict(reversed(b.statements.items()))
    b.destination_policy["Statement"].reverse()


def trust_without_conditions(b):
    del b.trust["Condition"]


def account_root_as_principal(b):
    b.destination_policy["Statement"][0]["Principal"] = b.root(HOME)
    b.replica_key["Statement"][1]["Principal"] = b.root(HOME)


def optional_permissions(b):
    b.statements["Write"]["Action"].append("s3:ReplicateTags")
    b.statements["Read"]["Action"].append("s3:GetObjectVersionAnnotationForReplication")
    b.statements["Encrypt"]["Action"] += ["kms:GenerateDataKey", "kms:Decrypt"]


def both_encryption_contexts(b):
    for sid, bucket in (("Decrypt", b.source_arn), ("Encrypt", b.destination_arn)):
        b.statements[sid]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"] = [bucket, b.objects(bucket)]


def source_key_by_alias(b):
    encryption = b.source["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    encryption["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] = "alias/ledger"
    arn = b.arn("kms", b.home_region, HOME, "alias/ledger")
    b.add("AWS::KMS::Alias", arn, HOME, b.home_region, "alias/ledger", AliasName="alias/ledger", TargetKeyId="source")


def owner_enforced_destination(b):
    b.destination["OwnershipControls"]["Rules"][0]["ObjectOwnership"] = "BucketOwnerEnforced"
    b.statements["Write"]["Action"].remove("s3:ObjectOwnerOverrideToBucketOwner")
    b.destination_policy["Statement"][0]["Action"].remove("s3:ObjectOwnerOverrideToBucketOwner")


def lock_on_the_destination_only(b):
    b.destination["ObjectLockEnabled"] = True


def key_used_by_grant(b):
    del b.replica_key["Statement"][1]
    grant = {"GrantId": "g", "GranteePrincipal": b.role_arn, "Operations": ["Encrypt"]}
    b._key = lambda name, policy: (
        type(b)._key(b, name, policy)
        | {
            "Observed": {
                "KeyState": "Enabled",
                "KeyManager": "CUSTOMER",
                "Grants": [grant] if name == "replica" else [],
            }
        }
    )


def later_transition_to_glacier(b):
    move = {"StorageClass": "GLACIER", "TransitionInDays": 30}
    b.source["LifecycleConfiguration"] = {"Rules": [{"Id": "cool", "Status": "Enabled", "Transitions": [move]}]}


def transition_to_instant_retrieval(b):
    move = {"StorageClass": "GLACIER_IR", "TransitionInDays": 0}
    b.source["LifecycleConfiguration"] = {"Rules": [{"Id": "cool", "Status": "Enabled", "Transitions": [move]}]}


HARMLESS = [
    deny_of_plain_uploads,
    deny_of_insecure_transport,
    deny_of_old_tls,
    deny_beside_the_prefix,
    deny_of_other_accounts,
    deny_outside_the_organization,
    deny_to_all_but_the_role,
    scp_on_the_destination_account,
    scp_on_something_else,
    rcp_against_strangers,
    rcp_against_confused_deputies,
    boundary_that_holds_all,
    statements_in_a_managed_policy,
    reordered_statements,
    trust_without_conditions,
    account_root_as_principal,
    optional_permissions,
    both_encryption_contexts,
    source_key_by_alias,
    owner_enforced_destination,
    lock_on_the_destination_only,
    key_used_by_grant,
    later_transition_to_glacier,
    transition_to_instant_retrieval,
]


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_harmless_changes_stay_harmless(blueprint, change):
    change(blueprint)
    assert said(blueprint.link()) == HEALTHY

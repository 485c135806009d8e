"""The demo's estates hold what their documents publish, with the faults that they have, beside one in good order."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from scanner.demo.building import Clients
from scanner.demo.content import calls
from scanner.demo.emulation import Demo, running
from scanner.demo.estates import batch, china, cli, guarded, harbor, harbor_watch, multi_account, secure_mrap
from scanner.demo.estates.accounts import (
    ACCOUNTS,
    CHINA_SOURCE,
    CHINA_TARGET,
    GUARDED,
    HARBOR_PRIMARY,
    HARBOR_RECOVERY,
    IRELAND,
    MANAGEMENT,
    NINGXIA,
    OREGON,
    PRIMARY,
    RECOVERY,
    SWITCHED_OFF,
    VIRGINIA,
)
from scanner.estate.intent import load_intent


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running() as demo:
        yield demo


@pytest.fixture(scope="module")
def client(demo):
    clients = Clients(demo.endpoint_url)
    return lambda service, account, region: clients.get(account.at(region), service)


def replication_of(s3, name):
    return s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]


def statements(iam, role):
    name = iam.list_role_policies(RoleName=role)["PolicyNames"][0]
    return iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]


def actions(found):
    return {action for statement in found for action in statement["Action"]}


def test_every_promise_of_the_estate_file_names_buckets_that_are_there(demo, client, tmp_path):
    (tmp_path / "estate.yaml").write_text(demo.estate_yaml, "utf-8")
    intent = load_intent(tmp_path / "estate.yaml")
    assert {account.id for account in intent.accounts} == {account.id for account in ACCOUNTS}
    owners = {}
    for account in ACCOUNTS:
        listing = client("s3", account, account.regions[0]).list_buckets(MaxBuckets=1000)["Buckets"]
        owners.update({bucket["Name"]: (account.id, bucket["BucketRegion"]) for bucket in listing})
    for protected in intent.protect:
        assert owners[protected.bucket][0] == protected.account
        for copy in protected.copies:
            assert owners[copy.bucket] == (copy.account, copy.region)


def test_every_role_of_the_estate_file_is_there(demo, client):
    for account in ACCOUNTS:
        client("iam", account, account.regions[0]).get_role(RoleName="drscan")


def test_everything_is_built_where_it_is_scanned():
    scanned = {(account.id, region) for account in ACCOUNTS for region in account.regions}
    global_services = ("iam", "s3control", "organizations")
    assert {(c.place.account, c.place.region) for c in calls() if c.service not in global_services} <= scanned


def test_no_name_is_left_unresolved(client):
    for account in ACCOUNTS:
        for region in account.regions:
            details = client("iam", account, region).get_account_authorization_details()
            assert "<<" not in json.dumps(details["RoleDetailList"], default=str)


def test_multi_account_replicates_to_another_account_unwatched(client):
    configuration = replication_of(client("s3", PRIMARY, VIRGINIA), multi_account.SOURCE)
    destination = configuration["Rules"][0]["Destination"]
    assert destination == {"Bucket": f"arn:aws:s3:::{multi_account.COPY}", "Account": RECOVERY.id}
    statement = json.loads(client("s3", RECOVERY, IRELAND).get_bucket_policy(Bucket=multi_account.COPY)["Policy"])
    assert "s3:PutObject" in statement["Statement"][0]["Action"]
    assert statement["Statement"][0]["Principal"] == {"AWS": configuration["Role"]}
    trust = client("iam", PRIMARY, VIRGINIA).get_role(RoleName=multi_account.ROLE)["Role"]["AssumeRolePolicyDocument"]
    assert "Condition" not in trust["Statement"][0]
    alarms = client("cloudwatch", RECOVERY, IRELAND).describe_alarms()["MetricAlarms"]
    assert alarms == []


def test_batch_has_two_roles_made_by_the_console_and_an_old_object(client):
    iam = client("iam", PRIMARY, OREGON)
    assert iam.get_role(RoleName=batch.ROLE)["Role"]["Path"] == "/service-role/"
    assert any(f"arn:aws:s3:::{batch.SOURCE}/*" in s["Resource"] for s in statements(iam, batch.ROLE)[1:])
    trust = iam.get_role(RoleName=batch.BATCH_ROLE)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Service": "batchoperations.s3.amazonaws.com"}
    assert client("s3", PRIMARY, OREGON).list_objects_v2(Bucket=batch.SOURCE)["KeyCount"] == 1


def test_cli_grants_too_much_and_too_little(client):
    source, destination = statements(client("iam", PRIMARY, VIRGINIA), cli.ROLE)
    assert source["Action"] == "s3:Get*"
    assert {"s3:PutObjectAcl", "s3:PutObjectTagging"} < set(destination["Action"])
    rule = replication_of(client("s3", PRIMARY, VIRGINIA), cli.SOURCE)["Rules"][0]
    assert (rule["Priority"], rule["Filter"], rule["Destination"]["StorageClass"]) == (1, {"Prefix": ""}, "STANDARD")


def test_secure_mrap_replicates_out_of_one_member_only(client):
    control = client("s3control", PRIMARY, OREGON)
    point = control.get_multi_region_access_point(AccountId=PRIMARY.id, Name=secure_mrap.MRAP)["AccessPoint"]
    regions = {member["Bucket"]: member["Region"] for member in point["Regions"]}
    assert regions == {secure_mrap.SOURCE: VIRGINIA, **secure_mrap.COPIES}
    assert len(replication_of(client("s3", PRIMARY, VIRGINIA), secure_mrap.SOURCE)["Rules"]) == 2
    for name, region in secure_mrap.COPIES.items():
        with pytest.raises(ClientError, match="ReplicationConfigurationNotFound"):
            replication_of(client("s3", PRIMARY, region), name)


def test_secure_mrap_logs_into_a_bucket_that_cannot_take_them(client):
    s3 = client("s3", PRIMARY, VIRGINIA)
    target = s3.get_bucket_logging(Bucket=secure_mrap.SOURCE)["LoggingEnabled"]["TargetBucket"]
    lock = s3.get_object_lock_configuration(Bucket=target)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 365}
    rule = s3.get_bucket_encryption(Bucket=target)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_secure_mrap_locks_and_alarms_only_in_appearance(client):
    s3 = client("s3", PRIMARY, VIRGINIA)
    lock = s3.get_object_lock_configuration(Bucket=secure_mrap.SOURCE)["ObjectLockConfiguration"]
    assert lock == {"ObjectLockEnabled": "Enabled"}
    alarm = client("cloudwatch", PRIMARY, VIRGINIA).describe_alarms()["MetricAlarms"][0]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert dimensions == {"BucketName": secure_mrap.SOURCE, "FilterId": "EntireBucket"}
    metrics = s3.list_bucket_metrics_configurations(Bucket=secure_mrap.SOURCE)
    assert "MetricsConfigurationList" not in metrics
    subscriptions = client("sns", PRIMARY, VIRGINIA).list_subscriptions()["Subscriptions"]
    assert [subscription["SubscriptionArn"] for subscription in subscriptions] == ["PendingConfirmation"]


def test_secure_mrap_has_macie_in_one_region_of_three(client):
    assert client("macie2", PRIMARY, VIRGINIA).get_macie_session()["status"] == "ENABLED"
    for region in (OREGON, IRELAND):
        with pytest.raises(ClientError, match="Macie is not enabled"):
            client("macie2", PRIMARY, region).get_macie_session()


def test_china_lets_the_source_suspend_the_versioning_of_its_copy(client):
    s3 = client("s3", CHINA_TARGET, NINGXIA)
    objects, itself = json.loads(s3.get_bucket_policy(Bucket=china.COPY)["Policy"])["Statement"]
    role = f"arn:aws-cn:iam::{CHINA_SOURCE.id}:role/service-role/{china.ROLE}"
    assert itself["Principal"] == objects["Principal"] == {"AWS": role}
    assert "s3:PutBucketVersioning" in itself["Action"]
    assert "s3:ObjectOwnerOverrideToBucketOwner" not in objects["Action"]
    configuration = replication_of(client("s3", CHINA_SOURCE, NINGXIA), china.SOURCE)
    assert configuration["Role"] == role
    assert configuration["Rules"][0]["Destination"]["AccessControlTranslation"] == {"Owner": "Destination"}


@pytest.mark.parametrize("link", harbor.LINKS, ids=lambda link: link.rule_id)
def test_harbor_links_are_locked_encrypted_watched_and_admitted(client, link):
    accounts = {account.id: account for account in ACCOUNTS}
    here, there = accounts[link.here.account], accounts[link.there.account]
    source, copy = client("s3", here, link.here.region), client("s3", there, link.there.region)
    rule = replication_of(source, link.source)["Rules"][0]
    key = rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    assert key.split(":")[3:5] == [link.there.region, there.id]
    assert client("kms", there, link.there.region).get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    for s3, name in ((source, link.source), (copy, link.copy)):
        lock = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 35}
    admitted = json.loads(copy.get_bucket_policy(Bucket=link.copy)["Policy"])["Statement"][0]
    assert admitted["Principal"] == {"AWS": link.role_arn}
    dimensions = {"SourceBucket": link.source, "DestinationBucket": link.copy, "RuleId": rule["ID"]}
    alarms = {
        (alarm["MetricName"], region)
        for region in here.regions
        for alarm in client("cloudwatch", here, region).describe_alarms()["MetricAlarms"]
        if {d["Name"]: d["Value"] for d in alarm["Dimensions"]} == dimensions
    }
    assert alarms == {("OperationsFailedReplication", link.here.region), ("ReplicationLatency", link.there.region)}


def test_harbor_catalog_replicates_both_ways(client):
    control = client("s3control", HARBOR_PRIMARY, OREGON)
    point = control.get_multi_region_access_point(AccountId=HARBOR_PRIMARY.id, Name="harbor-catalog")["AccessPoint"]
    members = {member["Bucket"] for member in point["Regions"]}
    pairs = {(link.source, link.copy) for link in harbor.LINKS if link.both_ways}
    assert pairs == {(one, other) for one in members for other in members if one != other}


def test_harbor_trails_record_every_bucket_into_the_locked_bucket_of_the_audit_account(client):
    recorded = set()
    for account in (HARBOR_PRIMARY, HARBOR_RECOVERY):
        trails = client("cloudtrail", account, account.regions[0])
        trail = trails.describe_trails()["trailList"][0]
        assert (trail["S3BucketName"], trail["LogFileValidationEnabled"]) == (harbor_watch.AUDIT_LOGS, True)
        assert trails.get_trail_status(Name=trail["Name"])["IsLogging"]
        selector = trails.get_event_selectors(TrailName=trail["Name"])["EventSelectors"][0]
        assert selector["ReadWriteType"] == "All"
        recorded |= set(selector["DataResources"][0]["Values"])
    assert recorded == {f"arn:aws:s3:::{name}/" for name in harbor.buckets()}


def test_harbor_filter_patterns_are_short_enough_for_cloudwatch_logs():
    patterns = [call.arguments["filterPattern"] for call in calls() if call.operation == "put_metric_filter"]
    assert patterns
    assert max(map(len, patterns)) <= 1024


def test_guardrails_cover_harbor_and_full_access_everybody(client):
    organizations = client("organizations", MANAGEMENT, VIRGINIA)
    for type_ in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        targets = {
            policy["Name"]: {
                target["TargetId"] for target in organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]
            }
            for policy in organizations.list_policies(Filter=type_)["Policies"]
        }
        everywhere = targets.pop(next(name for name in targets if name.endswith("FullAWSAccess")))
        assert {PRIMARY.id, RECOVERY.id, HARBOR_PRIMARY.id, GUARDED.id} < everywhere
        assert [len(some) for some in targets.values()] == [1]


def test_guarded_refuses_what_it_refuses_and_nothing_else(demo, client):
    here, there = client("s3", GUARDED, VIRGINIA), client("s3", GUARDED, OREGON)
    ledger = guarded.LEDGER
    key = there.get_bucket_encryption(Bucket=ledger.copy)["ServerSideEncryptionConfiguration"]["Rules"][0]
    key_id = key["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    refused = (
        lambda: replication_of(here, ledger.source),
        lambda: there.get_bucket_policy(Bucket=ledger.copy),
        lambda: client("kms", GUARDED, OREGON).describe_key(KeyId=key_id),
        lambda: client("sns", GUARDED, VIRGINIA).get_topic_attributes(
            TopicArn=ledger.here.arn("sns", "guarded-alerts")
        ),
        lambda: client("macie2", GUARDED, VIRGINIA).get_macie_session(),
        lambda: client("logs", GUARDED, VIRGINIA).describe_metric_filters(),
        lambda: client("kms", GUARDED, SWITCHED_OFF).list_keys(),
    )
    for call in refused:
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    here.get_bucket_policy(Bucket=ledger.source)
    there.get_bucket_versioning(Bucket=ledger.copy)
    client("kms", GUARDED, OREGON).list_keys()

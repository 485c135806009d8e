"""Whether AWS's services get through to where they were told to deliver."""

import pytest

from scanner.analysis.access.deliveries import LOG_DELIVERY_GROUP
from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
EAST = "us-east-1"
REFUSED = Unknown("refused")
LOGGING, CLOUDTRAIL = {"Service": "logging.s3.amazonaws.com"}, {"Service": "cloudtrail.amazonaws.com"}
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}
OUTSIDERS = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}


@pytest.fixture
def logged(world, document):
    """Whether the access log of bucket `orders` gets into bucket `b`, with these statements in its policy."""

    def ask(*statements, prefix="orders/", **target):
        world.bucket("orders", LoggingConfiguration={"DestinationBucketName": "b", "LogFilePrefix": prefix})
        world.bucket("b", **target)
        if statements:
            world.policy("b", statements[0] if isinstance(statements[0], Unknown) else document(*statements))
        return world.ask("orders", "AccessLogTarget")["DeliveryPermitted"]

    return ask


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": PRIMARY}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::orders"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}}, False),
        ({"StringEquals": {"aws:SourceAccount": RECOVERY}}, False),
        ({"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}, None),
    ],
)
def test_the_log_service_is_admitted_for_the_source(logged, on, condition, expected):
    found = logged(on("Allow", LOGGING, "s3:PutObject", **condition))
    assert isinstance(found, Unknown) if expected is None else found is expected


def test_the_prefix_of_the_source_counts(logged, on):
    grant = on("Allow", LOGGING, "s3:PutObject") | {"Resource": "arn:aws:s3:::b/other/*"}
    assert logged(grant) is False


def test_a_prefix_that_was_not_read(logged, on):
    assert logged(on("Allow", LOGGING, "s3:PutObject"), prefix=REFUSED) == REFUSED


def test_a_denial_of_all_outsiders_stops_services_too(logged, on):
    grant = on("Allow", LOGGING, "s3:PutObject")
    network = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    assert logged(grant, on("Deny", "*", "s3:*", **network)) is False


def test_unless_it_spares_them(logged, on):
    spared = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}
    tls = {"Bool": {"aws:SecureTransport": "false"}}
    assert logged(
        on("Allow", LOGGING, "s3:PutObject"), on("Deny", "*", "s3:*", **spared), on("Deny", "*", "s3:*", **tls)
    )


def test_a_policy_that_was_not_read(logged):
    assert logged(REFUSED) == REFUSED


GRANT = {"Grantee": LOG_DELIVERY_GROUP, "GranteeType": "Group", "Permission": "WRITE"}
WRITER = {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}}
ENFORCED = {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, False),
        ({"AccessControl": "LogDeliveryWrite"}, True),
        ({"AccessControl": "LogDeliveryWrite"} | WRITER, True),
        ({"AccessControl": "LogDeliveryWrite"} | ENFORCED, False),
        ({"AccessControl": "LogDeliveryWrite", "OwnershipControls": REFUSED}, REFUSED),
        ({"AccessControl": "Private"}, False),
        ({"AccessControl": REFUSED}, REFUSED),
        ({"AccessControl": REFUSED, "Observed": {"AclGrants": [GRANT]}}, True),
        ({"AccessControl": REFUSED, "Observed": {"AclGrants": [GRANT | {"Permission": "READ_ACP"}]}}, False),
        ({"Observed": {"AclGrants": [GRANT | {"Grantee": "79a59d"}]}}, False),
        ({"Observed": {"AclGrants": REFUSED}}, REFUSED),
    ],
)
def test_an_access_control_list_may_admit_it_instead(logged, target, expected):
    found = logged(**target)
    assert found == expected


def test_what_the_list_admits_the_policy_may_deny(logged, on):
    assert logged(on("Deny", "*", "s3:*"), AccessControl="LogDeliveryWrite") is False


@pytest.fixture
def trailed(world, document):
    """Whether a trail's log gets into bucket `b`, with these statements in its policy."""

    def ask(*statements, **trail):
        world.bucket("b", RECOVERY)
        if statements:
            world.policy("b", document(*statements), RECOVERY)
        return world.ask(world.trail(S3BucketName="b", **trail), "DeliveryPermitted")

    return ask


BOTH = ["s3:GetBucketAcl", "s3:PutObject"]
ARN = f"arn:aws:cloudtrail:{EAST}:{PRIMARY}:trail/audit"


@pytest.mark.parametrize(
    ("actions", "condition", "expected"),
    [
        (BOTH, {}, True),
        (BOTH, {"StringEquals": {"aws:SourceArn": ARN}}, True),
        (BOTH, {"StringEquals": {"aws:SourceArn": ARN + "-old"}}, False),
        (BOTH, {"StringEquals": {"s3:x-amz-acl": "private"}}, False),
        ("s3:PutObject", {}, False),
        ("s3:GetBucketAcl", {}, False),
    ],
)
def test_cloudtrail_checks_and_then_writes(trailed, on, actions, condition, expected):
    assert trailed(on("Allow", CLOUDTRAIL, actions, **condition)) is expected


def test_cloudtrail_writes_under_its_prefix(trailed, on):
    acl = on("Allow", CLOUDTRAIL, "s3:GetBucketAcl")
    below = on("Allow", CLOUDTRAIL, "s3:PutObject") | {"Resource": f"arn:aws:s3:::b/AWSLogs/{PRIMARY}/*"}
    assert trailed(acl, below) is True
    assert trailed(acl, below, S3KeyPrefix="audit") is False
    assert trailed(acl, below, S3KeyPrefix=REFUSED) == REFUSED


def test_a_bucket_that_admits_nobody_or_was_not_seen(world, trailed):
    assert trailed() is False
    elsewhere = world.ask(world.trail("other", S3BucketName="elsewhere"), "DeliveryPermitted")
    assert "may be in an account that was not scanned" in elsewhere.reason
    assert world.ask(world.trail("hidden", S3BucketName=REFUSED), "DeliveryPermitted") == REFUSED


@pytest.fixture
def heard(world, document):
    """Of an alarm's topic: whether CloudWatch may publish to it, and whether it may use its key."""

    def ask(*statements, account=PRIMARY, **topic):
        found = world.topic("pager", account, **topic)
        if statements:
            policy = statements[0] if isinstance(statements[0], Unknown) else document(*statements)
            world.add("AWS::SNS::TopicPolicy", "", account, EAST, "pager", Topics=[found.arn], PolicyDocument=policy)
        [entry] = world.ask(world.alarm("a", AlarmActions=[found.arn]), "AlarmTopics")
        return entry["PublishPermitted"], entry["KeyPermits"]

    return ask


def publishing(principal, effect="Allow", **condition):
    found = {"Effect": effect, "Principal": principal, "Action": "sns:Publish", "Resource": "*"}
    return found | ({"Condition": condition} if condition else {})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (publishing(CLOUDWATCH), True),
        (publishing(CLOUDWATCH, ArnLike={"aws:SourceArn": f"arn:aws:cloudwatch:{EAST}:{PRIMARY}:alarm:*"}), True),
        (publishing(CLOUDWATCH, StringEquals={"aws:SourceAccount": RECOVERY}), False),
        (publishing({"AWS": "*"}, StringEquals={"AWS:SourceOwner": PRIMARY}), True),
        (publishing({"AWS": "*"}, StringEquals={"AWS:SourceOwner": RECOVERY}), False),
        (publishing({"Service": "events.amazonaws.com"}), False),
        (publishing(CLOUDWATCH, "Deny"), False),
    ],
)
def test_a_topic_admits_cloudwatch_by_its_policy(heard, statement, expected):
    assert heard(statement)[0] is expected


def test_a_statement_for_the_account_itself_is_not_documented_either_way(heard):
    assert "not documented" in heard(publishing({"AWS": f"arn:aws:iam::{PRIMARY}:root"}))[0].reason


def test_without_a_policy_of_its_own_a_topic_admits_its_account(world, heard):
    assert heard()[0] is True
    assert heard(account=RECOVERY)[0] is False


def test_topic_policies_that_were_not_read(world, heard):
    assert heard(REFUSED)[0] == REFUSED
    world.resources.clear()
    world.not_seen("AWS::SNS::TopicPolicy", PRIMARY, EAST)
    assert heard()[0] == REFUSED


def test_a_policy_of_topics_that_are_not_known_may_be_that_of_any(world, heard, document):
    world.add("AWS::SNS::TopicPolicy", "", PRIMARY, EAST, "p", Topics=[REFUSED], PolicyDocument=document())
    assert heard()[0] == REFUSED


USE = ["kms:Decrypt", "kms:GenerateDataKey*"]


def using(principal, actions, **condition):
    return publishing(principal, **condition) | {"Action": actions}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([using(CLOUDWATCH, USE)], True),
        ([using(CLOUDWATCH, "kms:Decrypt")], False),
        ([using(CLOUDWATCH, USE, StringEquals={"aws:SourceAccount": RECOVERY})], False),
        ([using({"AWS": PRIMARY}, "kms:*")], False),
        ([using(CLOUDWATCH, USE, StringEquals={"kms:ViaService": f"sns.{EAST}.amazonaws.com"})], None),
    ],
)
def test_an_encrypted_topic_needs_a_key_that_admits_cloudwatch(world, heard, document, statements, expected):
    key = world.key("k1", KeyPolicy=document(*statements))
    found = heard(KmsMasterKeyId=key.arn)[1]
    assert isinstance(found, Unknown) if expected is None else found is expected


def test_keys_by_alias_and_keys_that_are_not_there(world, heard, document):
    world.key("k1", KeyPolicy=document(using(CLOUDWATCH, USE)))
    world.alias("alias/alarms", "k1")
    assert heard(KmsMasterKeyId="alias/alarms")[1] is True
    assert heard(KmsMasterKeyId="alias/aws/sns")[1] is False
    assert heard(KmsMasterKeyId=f"arn:aws:kms:{EAST}:{PRIMARY}:key/gone")[1] is False
    assert "333333333333 was not scanned" in heard(KmsMasterKeyId="arn:aws:kms:us-east-1:333333333333:key/k")[1].reason
    assert heard(KmsMasterKeyId=REFUSED)[1] == REFUSED

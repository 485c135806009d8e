"""What a template declares, in the one shape and under the names by which its parts refer to each other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.estate.estate import Unseen
from scanner.estate.resource import Location, Resource
from scanner.estate.shapes import known_types, load_shape
from scanner.estate.unknown import Unknown, to_json
from scanner.sources.cloudformation.reading import Source
from scanner.sources.cloudformation.resources import declared
from scanner.sources.cloudformation.stack import ResolvedResource, Stack
from scanner.sources.cloudformation.template import open_template
from scanner.sources.declared import Declared, Deployment

StackOf = Callable[..., Stack]


@pytest.fixture
def declare(stack_of: StackOf) -> Callable[..., Declared]:
    return lambda text, **deployment: declared(stack_of(text, **deployment))


Declare = Callable[..., Declared]


def of_type(found: Declared, type_: str) -> list[Resource]:
    return [one for one in found.resources if one.type == f"AWS::{type_}"]


def the_one(found: Declared, type_: str) -> Resource:
    (one,) = of_type(found, type_)
    return one


def test_a_bucket_with_its_lines(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Data:
            Type: AWS::S3::Bucket
            Properties:
              Tags: [{Key: tier, Value: 1}]

          Other: {Type: AWS::EC2::Instance}
        """
    )
    bucket = the_one(found, "S3::Bucket")
    assert (bucket.arn, bucket.account, bucket.region) == ("arn:aws:s3:::{Data}", "111111111111", "eu-west-1")
    assert bucket.properties["BucketName"] == "{Data}"
    assert bucket.properties["Tags"] == [{"Key": "tier", "Value": "1"}]
    assert (bucket.location.file, bucket.location.line, bucket.location.end_line) == ("stack.yaml", 3, 6)  # type: ignore[union-attr]
    assert bucket.stated == {"Tags"}
    assert not of_type(found, "EC2::Instance")


def test_a_name_that_is_not_known_leaves_the_resource(declare: Declare) -> None:
    found = declare(
        """
        Parameters: {Name: {Type: String}}
        Resources:
          Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
          Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, PolicyDocument: {Statement: []}}}
        """
    )
    bucket, policy = the_one(found, "S3::Bucket"), the_one(found, "S3::BucketPolicy")
    assert (bucket.name, bucket.properties["BucketName"]) == ("{Data}", Unknown("parameter Name has no value"))
    assert (policy.arn, policy.name, policy.properties["Bucket"]) == (bucket.arn, "{Data}", "{Data}")


def test_the_same_expression_names_the_same_bucket(declare: Declare) -> None:
    found = declare(
        """
        Parameters: {Name: {Type: String}}
        Resources:
          Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Name}-data"}}
          Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Name}-logs"}}
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties: {Bucket: !Sub "${Name}-logs", PolicyDocument: {Statement: []}}
        """
    )
    assert the_one(found, "S3::BucketPolicy").arn == "arn:aws:s3:::{Logs}"
    assert found.unseen == ()


def test_the_same_placeholder_names_the_same_bucket(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Data: {Type: AWS::S3::Bucket, Properties: {BucketName: my-bucket}}
          Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: my-bucket, PolicyDocument: {Statement: []}}}
        """
    )
    assert (the_one(found, "S3::BucketPolicy").arn, found.unseen) == ("arn:aws:s3:::{Data}", ())


def test_a_policy_of_a_bucket_that_is_not_known_may_be_that_of_any(declare: Declare) -> None:
    found = declare(
        """
        Parameters: {Name: {Type: String}}
        Resources:
          Data: {Type: AWS::S3::Bucket}
          Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Name, PolicyDocument: {Statement: []}}}
        """
    )
    policy = the_one(found, "S3::BucketPolicy")
    assert (policy.arn, policy.name) == ("", "{Policy}")
    reason = "which bucket Policy is the policy of is not known: parameter Name has no value"
    assert found.unseen == (Unseen("111111111111", "eu-west-1", "AWS::S3::BucketPolicy", reason),)


def test_iam_and_organizations_have_no_region(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
          Organization: {Type: AWS::Organizations::Organization}
          Account: {Type: AWS::Organizations::Account, Properties: {AccountName: dr, Email: dr@example.com}}
          Unit:
            Type: AWS::Organizations::OrganizationalUnit
            Properties: {Name: dr, ParentId: !GetAtt Organization.RootId}
          Policy:
            Type: AWS::Organizations::Policy
            Properties: {Name: p, Type: SERVICE_CONTROL_POLICY, TargetIds: [!Ref Unit], Content: {Statement: []}}
        """
    )
    assert {one.region for one in found.resources if one.type.startswith("AWS::")} == {""}
    policy, account = the_one(found, "Organizations::Policy"), the_one(found, "Organizations::Account")
    unit = the_one(found, "Organizations::OrganizationalUnit")
    assert policy.properties["TargetIds"] == [unit.properties["Id"]] == ["{Unit}"]
    assert (account.name, account.properties["AccountId"]) == ("{Account}", "{Account}")
    assert account.properties["Observed"]["ManagementAccountId"] == "111111111111"
    assert the_one(found, "Organizations::Organization").properties["ManagementAccountId"] == "111111111111"


def test_one_topic_policy_for_each_topic(declare: Declare) -> None:
    found = declare(
        """
        Parameters: {Far: {Type: String}}
        Resources:
          Near: {Type: AWS::SNS::Topic, Properties: {TopicName: near}}
          Policy:
            Type: AWS::SNS::TopicPolicy
            Properties:
              Topics: [!Ref Near, "arn:aws:sns:us-east-1:222222222222:far", !Ref Far]
              PolicyDocument: {Statement: []}
          Inline:
            Type: AWS::SNS::TopicInlinePolicy
            Properties: {TopicArn: !Ref Near, PolicyDocument: {Statement: []}}
        """
    )
    near = "arn:aws:sns:eu-west-1:111111111111:near"
    shown = [(one.arn, one.account, one.region, one.name) for one in of_type(found, "SNS::TopicPolicy")]
    assert shown == [
        (near, "111111111111", "eu-west-1", "near"),
        ("arn:aws:sns:us-east-1:222222222222:far", "222222222222", "us-east-1", "far"),
        ("", "111111111111", "eu-west-1", "{Policy.2}"),
        (near, "111111111111", "eu-west-1", "near"),
    ]
    assert of_type(found, "SNS::TopicPolicy")[2].properties["Topics"] == [Unknown("parameter Far has no value")]


def test_subscriptions_inside_a_topic_and_beside_it(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Alerts:
            Type: AWS::SNS::Topic
            Properties: {TopicName: alerts, Subscription: [{Protocol: email, Endpoint: dr@example.com}]}
          Hook:
            Type: AWS::SNS::Subscription
            Properties: {TopicArn: !Ref Alerts, Protocol: https, Endpoint: "https://example.com/T0K3N"}
        """
    )
    assert "Subscription" not in the_one(found, "SNS::Topic").properties
    mail, hook = of_type(found, "SNS::Subscription")
    assert (mail.name, hook.name) == ("alerts:email:dr@example.com", "alerts:https:https://example.com/...")
    assert mail.arn == "arn:aws:sns:eu-west-1:111111111111:alerts:{Alerts.0}"
    assert {mail.properties["TopicArn"], hook.properties["TopicArn"]} == {"arn:aws:sns:eu-west-1:111111111111:alerts"}
    assert "T0K3N" not in repr(found)


def test_a_replica_key_is_a_key_of_its_primarys_family(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Copy:
            Type: AWS::KMS::ReplicaKey
            Properties:
              PrimaryKeyArn: arn:aws:kms:us-east-1:111111111111:key/mrk-1
              KeyPolicy: {Statement: []}
          Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/dr, TargetKeyId: !GetAtt Copy.Arn}}
        """
    )
    key = the_one(found, "KMS::Key")
    assert (key.arn, key.name) == ("arn:aws:kms:eu-west-1:111111111111:key/mrk-1", "mrk-1")
    assert (key.properties["MultiRegion"], key.properties["Observed"]["KeyState"]) == (True, "Enabled")
    assert key.properties["Observed"]["MultiRegionKeyType"] == "REPLICA"
    assert key.properties["Observed"]["PrimaryKeyArn"] == "arn:aws:kms:us-east-1:111111111111:key/mrk-1"
    assert isinstance(key.properties["KeySpec"], Unknown)
    assert the_one(found, "KMS::Alias").properties["TargetKeyId"] == "mrk-1"


def test_access_points_and_their_policies(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Data: {Type: AWS::S3::Bucket}
          Point: {Type: AWS::S3::MultiRegionAccessPoint, Properties: {Name: point, Regions: [{Bucket: !Ref Data}]}}
          Policy:
            Type: AWS::S3::MultiRegionAccessPointPolicy
            Properties: {MrapName: !Ref Point, Policy: {Statement: []}}
          Other:
            Type: AWS::S3::MultiRegionAccessPointPolicy
            Properties: {MrapName: elsewhere, Policy: {Statement: []}}
        """
    )
    point = the_one(found, "S3::MultiRegionAccessPoint")
    assert (point.arn, point.region) == ("arn:aws:s3::111111111111:accesspoint/{Point}", "")
    assert point.properties["Regions"] == [{"Bucket": "{Data}", "BucketAccountId": "111111111111"}]
    policies = of_type(found, "S3::MultiRegionAccessPointPolicy")
    assert [(one.arn, one.name) for one in policies] == [(point.arn, "point"), ("", "elsewhere")]


def test_metric_filters_and_macie_are_named_as_live_ones_are(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Denied:
            Type: AWS::Logs::MetricFilter
            Properties: {LogGroupName: /trail, FilterName: denied, FilterPattern: x, MetricTransformations: []}
          Macie: {Type: AWS::Macie::Session}
        """
    )
    assert the_one(found, "Logs::MetricFilter").name == "/trail:denied"
    assert the_one(found, "Macie::Session").name == "111111111111"


def test_placeholders_are_unknown_and_name_nothing(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Data: {Type: AWS::S3::Bucket, Properties: {BucketName: my-bucket}}
          Policy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref Data
              PolicyDocument:
                Statement:
                  - Principal: {AWS: ["arn:aws:iam::123456789012:root", "arn:aws:iam::222222222222:root"]}
        """
    )
    assert the_one(found, "S3::Bucket").properties["BucketName"] == Unknown("placeholder my-bucket")
    (statement,) = the_one(found, "S3::BucketPolicy").properties["PolicyDocument"]["Statement"]
    assert statement["Principal"]["AWS"] == [Unknown("placeholder 123456789012"), "arn:aws:iam::222222222222:root"]


def test_an_account_that_the_user_names_is_no_placeholder(declare: Declare) -> None:
    text = """
        Parameters: {Account: {Type: String}}
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument: {Statement: [{Principal: {AWS: [!Ref Account, "123456789012"]}}]}
        """

    def principals(**deployment: Any) -> Any:
        role = the_one(declare(text, **deployment), "IAM::Role")
        return role.properties["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]

    assert principals(parameters={"Account": "123456789012"}) == ["123456789012"] * 2
    assert principals(parameters={"Account": "arn:aws:iam::123456789012:root"})[1] == "123456789012"
    assert principals(parameters={"Account": "REPLACE_ME"})[0] == Unknown("placeholder REPLACE_ME")
    assert principals(parameters={"Account": "1"}, account="123456789012")[1] == "123456789012"
    assert principals(parameters={"Account": "1"})[1] == Unknown("placeholder 123456789012")


def test_a_template_cannot_say_what_only_aws_observes(declare: Declare) -> None:
    found = declare(
        """
        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              {KeyPolicy: {Statement: []}, Enabled: false, Observed: {KeyState: Enabled}, Derived: {NeededBy: []}}
          Role: {Type: DR::Replication::Link, Properties: {Verdict: works}}
        """
    )
    key = the_one(found, "KMS::Key")
    assert key.properties["Observed"]["KeyState"] == "Disabled"
    assert "Derived" not in key.properties
    assert not [one for one in found.resources if one.type == "DR::Replication::Link"]


EVERYTHING = """
    Resources:
      Data: {Type: AWS::S3::Bucket, Properties: {BucketName: data, VersioningConfiguration: {Status: Enabled}}}
      Policy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Data, PolicyDocument: {Statement: []}}}
      Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
      User: {Type: AWS::IAM::User}
      Group: {Type: AWS::IAM::Group}
      Managed: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: []}, Roles: [!Ref Role]}}
      Key: {Type: AWS::KMS::Key}
      Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/dr, TargetKeyId: !Ref Key}}
      Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: email, Endpoint: dr@example.com}]}}
      TopicPolicy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Statement: []}}}
      Trail: {Type: AWS::CloudTrail::Trail, Properties: {S3BucketName: !Ref Data, IsLogging: true, KMSKeyId: !Ref Key}}
      Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold}}
      Composite: {Type: AWS::CloudWatch::CompositeAlarm, Properties: {AlarmRule: !Sub "ALARM(${Alarm})"}}
      Filter:
        Type: AWS::Logs::MetricFilter
        Properties: {LogGroupName: g, FilterPattern: x, MetricTransformations: []}
      Macie: {Type: AWS::Macie::Session}
      Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: v}}
      Plan: {Type: AWS::Backup::BackupPlan, Properties: {BackupPlan: {BackupPlanName: p, BackupPlanRule: []}}}
      Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain}
    """


def test_everything_declared_fits_its_shape_and_is_one_of_its_kind(declare: Declare) -> None:
    found = declare(EVERYTHING).resources
    assert {one.type for one in found} >= {"DR::Template", "DR::Template::Resource", "AWS::SNS::Subscription"}
    for one in found:
        shape = load_shape(one.type)
        assert shape is not None
        assert list(shape.problems(to_json(one.properties))) == []
        assert one.location is not None
    identities = [one.identity for one in found]
    assert len(identities) == len(set(identities))


def test_the_same_template_declares_the_same_again(declare: Declare) -> None:
    assert declare(EVERYTHING) == declare(EVERYTHING)


CHILD = """
Parameters: {Prefix: {Type: String}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Metadata: {drscan: {rule: some-rule, reason: because, owner: ann, expires: 2027-01-31}}
    Properties: {RoleName: !Sub "${Prefix}-crr", AssumeRolePolicyDocument: {Statement: []}}
Outputs:
  Name: {Value: !Ref Role}
"""
PARENT = """
Resources:
  Copying: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Prefix: dr}}}
  Again: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Prefix: other}}}
  Policy:
    Type: AWS::IAM::Policy
    Properties: {PolicyName: p, Roles: [!GetAtt Copying.Outputs.Name], PolicyDocument: {Statement: []}}
"""


def test_nested_stacks_are_one_with_theirs(tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(CHILD)
    (tmp_path / "parent.yaml").write_text(PARENT)
    template = open_template(tmp_path / "parent.yaml")
    deployment = Deployment(tmp_path / "parent.yaml", tmp_path, "111111111111", "eu-west-1")
    found = template.declare(deployment, {})
    roles = {one.name: len(one.properties.get("Policies", ())) for one in of_type(found, "IAM::Role")}
    assert (roles, found.unseen) == ({"dr-crr": 1, "other-crr": 0}, ())
    files = [one.name.rpartition("/")[2] for one in found.resources if one.type == "DR::Template"]
    assert files == ["parent.yaml", "child.yaml"]
    assert {one.name for one in found.resources if one.type == "DR::Template::Resource"} == {
        "Policy",
        "Copying.Role",
        "Again.Role",
    }
    waived = [
        (one.resource.rpartition("/")[2], one.location.file.rpartition("/")[2]) for one in found.waivers if one.location
    ]
    assert waived == [("dr-crr", "child.yaml"), ("other-crr", "child.yaml")]
    assert template.declare(deployment, {}) == found
    assert template.variables(deployment) == ()


SPLIT = ("AWS::SNS::TopicInlinePolicy", "AWS::KMS::ReplicaKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition")
TYPES = sorted({*SPLIT, *(type_ for type_ in known_types() if type_.startswith("AWS::"))})
NAMES = st.sampled_from(
    [
        *(
            "BucketName",
            "Bucket",
            "RoleName",
            "Path",
            "Policies",
            "Roles",
            "Users",
            "Groups",
            "GroupName",
            "PolicyName",
        ),
        *("PolicyDocument", "Topics", "TopicArn", "Subscription", "Protocol", "Endpoint", "PrimaryKeyArn", "KeyPolicy"),
        *("LogGroupName", "FilterName", "MrapName", "Regions", "Observed", "Statement", "Metadata", "X"),
    ]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["arn:a:b:c:d:e", "{", "x"])
ANYTHING = st.recursive(
    PLAIN | st.just(Unknown("later")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
PROPERTIES = st.dictionaries(NAMES, ANYTHING, max_size=5)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(TYPES), PROPERTIES), min_size=1, max_size=3))
def test_whatever_stands_in_a_template_becomes_something_that_fits(written: list[tuple[str, dict[str, Any]]]) -> None:
    here = Deployment(Path("stack.yaml"), Path(), "111111111111", "eu-west-1")
    resources = tuple(
        ResolvedResource(f"R{number}", type_, properties, {}, Location("stack.yaml", 1), ("Resources", f"R{number}"))
        for number, (type_, properties) in enumerate(written)
    )
    for one in declared(Stack(Source("stack.yaml", {"Resources": {}}), here, resources)).resources:
        shape = load_shape(one.type)
        assert shape is not None
        assert list(shape.problems(to_json(one.properties))) == []
        assert one.name
        assert one.account

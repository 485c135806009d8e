"""What each of CloudFormation's functions gives, and what is said when it is not given what it takes."""

from collections.abc import Callable
from textwrap import indent

import pytest

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.stack import Stack

BEFORE = """
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String, Default: orders}
  Empty: {Type: String, Default: ""}
  Nothing: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: "a, b,c"}
  Ports: {Type: List<Number>, Default: "80,443"}
  Size: {Type: Number, Default: 30}
  Password: {Type: String, Default: hunter2, NoEcho: true}
  Image: {Type: AWS::SSM::Parameter::Value<String>, Default: /images/latest}
  Dynamic: {Type: String, Default: "{{resolve:ssm:/from/parameter}}"}
Mappings:
  Places:
    eu-west-1: {Copy: eu-central-1, Zones: [a, b]}
    prod: {Copy: "{{resolve:ssm:/copy}}"}
Conditions:
  Here: !Equals [a, a]
  Gone: !Not [!Condition Here]
Resources:
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: data}}
  Plain: {Type: AWS::S3::Bucket}
  Absent: {Type: AWS::S3::Bucket, Condition: Gone}
  Role: {Type: AWS::IAM::Role, Properties: {Path: /dr/, RoleName: copier}}
  Probe:
    Type: AWS::Test::Probe
    Properties:
      Value:
"""
LINE = f"stack.yaml:{BEFORE.count(chr(10)) + 1}: "
EXPORTS = {("111111111111", "eu-west-1", "copy-arn"): "arn:aws:s3:::copy", ("222222222222", "eu-west-1", "far"): "x"}


@pytest.fixture
def value_of(stack_of: Callable[..., Stack]) -> Callable[[str], Value]:
    def value(text: str) -> Value:
        stack = stack_of(BEFORE + indent(text, " " * 8), exports=EXPORTS)
        return {each.logical_id: each for each in stack.resources}["Probe"].properties.get("Value", "nothing")

    return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Name", "orders"),
        ("!Ref Empty", ""),
        ("!Ref Size", "30"),
        ("!Ref Zones", ["a", "b", "c"]),
        ("!Ref Ports", ["80", "443"]),
        ("!Ref Data", "data"),
        ("!Ref Plain", "{Plain}"),
        ("!Ref AWS::AccountId", "111111111111"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", "{stack-name}"),
        ("!Ref AWS::StackId", "arn:aws:cloudformation:eu-west-1:111111111111:stack/{stack-name}/{stack-id}"),
        ("!Ref AWS::NoValue", "nothing"),
        ("Ref: !Join ['', [Na, me]]", "orders"),
        ("!GetAtt Data.Arn", "arn:aws:s3:::data"),
        ("!GetAtt [Role, Arn]", "arn:aws:iam::111111111111:role/dr/copier"),
        ("!Sub '${Name}-${AWS::Region}-${Size}'", "orders-eu-west-1-30"),
        ("!Sub '${Data}/${Data.Arn}/*'", "data/arn:aws:s3:::data/*"),
        ("!Sub '${!aws:username} ${ Name } $Name {Name} ${'", "${aws:username} orders $Name {Name} ${"),
        ("!Sub ['${Name}-${Other}', {Other: !Ref Size, Name: mine}]", "mine-30"),
        ("!Join ['-', [a, 1, true, !Ref Name]]", "a-1-true-orders"),
        ("!Join [', ', !Ref Zones]", "a, b, c"),
        ("!Join ['', []]", ""),
        ("!Join ['', [a, !Ref AWS::NoValue]]", "a"),
        ("!Split [',', 'a,b,']", ["a", "b", ""]),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select ['0', [a, b]]", "a"),
        ("!Select [5, !Split [':', !GetAtt Plain.Arn]]", "{Plain}"),
        ("!Select [1, !Split ['/', !Ref AWS::StackId]]", "{stack-name}"),
        ("!FindInMap [Places, !Ref AWS::Region, Copy]", "eu-central-1"),
        ("!FindInMap [Places, eu-west-1, Zones]", ["a", "b"]),
        ("!FindInMap [Places, eu-north-1, Copy, {DefaultValue: !Ref Name}]", "orders"),
        ("!FindInMap [Places, eu-north-1, Copy, {DefaultValue: !Ref AWS::NoValue}]", "nothing"),
        ("!If [Here, a, b]", "a"),
        ("!If [Gone, !Ref Absent, [b, !If [Gone, c, !Ref AWS::NoValue]]]", ["b"]),
        ("Fn::ImportValue: !Join ['-', [copy, arn]]", "arn:aws:s3:::copy"),
        ("Fn::Base64: 'a b'", "YSBi"),
        ("!Cidr ['10.0.0.0/16', 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Cidr ['10.0.0.0/22', 2]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("Fn::Length: !Ref Zones", 3),
        ("Fn::ToJsonString: {a: [1, !Ref Name], b: !Ref AWS::NoValue}", '{"a":[1,"orders"]}'),
        ("{a: !Ref AWS::NoValue, b: [!Ref AWS::NoValue, {c: !Ref Name}], Ref: 1}", {"b": [{"c": "orders"}], "Ref": 1}),
    ],
)
def test_gives(value_of: Callable[[str], Value], text: str, expected: Value) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!Ref Nothing", "parameter Nothing has no value"),
        ("!Sub 'a-${Nothing}'", "parameter Nothing has no value"),
        ("!Join ['', [a, !Ref Nothing]]", "parameter Nothing has no value"),
        ("!Split [',', !Ref Nothing]", "parameter Nothing has no value"),
        ("!Select [0, !Split [',', !Ref Nothing]]", "parameter Nothing has no value"),
        ("!FindInMap [Places, !Ref Nothing, Copy]", "parameter Nothing has no value"),
        ("Ref: !Ref Nothing", "parameter Nothing has no value"),
        ("!Join [',', !Split [',', !Ref Nothing]]", "parameter Nothing has no value"),
        ("Fn::ToJsonString: !Split [',', !Ref Nothing]", "parameter Nothing has no value"),
        ("Fn::Base64: !Ref Nothing", "parameter Nothing has no value"),
        ("Fn::Length: !Split [',', !Ref Nothing]", "parameter Nothing has no value"),
        ("Fn::ToJsonString: {a: [!Ref Nothing]}", "parameter Nothing has no value"),
        ("!Cidr [!Ref Nothing, 1, 8]", "parameter Nothing has no value"),
        ("!Ref Password", "parameter Password is secret (NoEcho)"),
        ("!Sub 'a-${Password}'", "parameter Password is secret (NoEcho)"),
        ("!Ref Image", "parameter Image is read from Systems Manager (/images/latest) when the stack is deployed"),
        ("!Ref Dynamic", "{{resolve:ssm:/from/parameter}} is read when the stack is deployed"),
        ("'x {{resolve:secretsmanager:a:b}} y'", "{{resolve:secretsmanager:a:b}} is read when the stack is deployed"),
        ("!Sub '{{resolve:ssm:/${Name}}}'", "{{resolve:ssm:/orders}} is read when the stack is deployed"),
        ("!Join ['', ['{{resolve:ssm:/', a, '}}']]", "{{resolve:ssm:/ is read when the stack is deployed"),
        ("!FindInMap [Places, prod, Copy]", "{{resolve:ssm:/copy}} is read when the stack is deployed"),
        ("!GetAZs ''", "the availability zones of the region are only known when the stack is deployed"),
        ("!GetAZs eu-west-2", "the availability zones of eu-west-2 are only known when the stack is deployed"),
        ("!Ref AWS::NotificationARNs", "who is notified of the stack is only known when it is deployed"),
        ("Fn::ImportValue: far", "the stack that exports far is not among the templates"),
        ("!Select [0, !Split ['-', !Ref Plain]]", "it is a part of a name that is only known once it is deployed"),
        ("Fn::GetStackOutput: {StackName: a}", "the output of another stack is read when the stack is deployed"),
        ("Fn::Transform: {Name: Fill}", "the macro Fill fills it in when the stack is deployed"),
        (
            "{a: 1, Fn::Transform: {Name: AWS::Include}}",
            "the macro AWS::Include fills it in when the stack is deployed",
        ),
    ],
)
def test_does_not_know(value_of: Callable[[str], Value], text: str, reason: str) -> None:
    assert value_of(text) == Unknown(reason)


def test_what_is_not_known_stays_in_its_place(value_of: Callable[[str], Value]) -> None:
    assert value_of("{a: [x, !Ref Nothing], b: y}") == {"a": ["x", Unknown("parameter Nothing has no value")], "b": "y"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("!Ref Nam", "refers to Nam, which is neither a resource nor a parameter", "did you mean Name?"),
        ("!Ref AWS::Regoin", "refers to AWS::Regoin, which is neither", "did you mean AWS::Region?"),
        ("!Sub '${Dat.Arn}'", "refers to Dat, which is no resource", "did you mean Data?"),
        ("!If [Here, a, !Ref Nam]", "refers to Nam", "did you mean Name?"),
        ("!GetAtt Name.Arn", "Name is a parameter, and only resources have attributes", "use Ref"),
        ("!GetAtt Data", "Fn::GetAtt is not given what it takes", "the name of an attribute"),
        ("!If [There, a, b]", "there is no condition There", "did you mean Here?"),
        ("!If [Here, a]", "Fn::If is not given what it takes", "the name of a condition"),
        ("!If [!Equals [a, b], a, b]", "Fn::If is not given what it takes", "the name of a condition"),
        ("!Sub '${Name:-none}'", "${Name:-none} is no variable that Fn::Sub knows", "is written ${!...}"),
        ("!Sub [a, b, c]", "Fn::Sub is not given what it takes", "a text and the values"),
        ("!Sub '${Zones}'", "is no text, and a text belongs here", ""),
        ("!Sub [!Ref Name, {}]", "Fn::Sub is not given what it takes", "a text and the values"),
        ("!Join [!Ref Name, [a]]", "Fn::Join is not given what it takes", "a delimiter and a list of texts"),
        ("Fn::Length: !Ref Name", "Fn::Length is not given what it takes", "expected a list"),
        ("Fn::ToJsonString: a", "Fn::ToJsonString is not given what it takes", "expected a mapping or a list"),
        ("!Join [a, b]", "Fn::Join is not given what it takes", "a delimiter and a list of texts"),
        ("!Join ['', [{a: b}]]", "Fn::Join is not given what it takes", "a delimiter and a list of texts"),
        ("!Split ['', a]", "Fn::Split is not given what it takes", "a delimiter and a text"),
        ("!Select [2, [a, b]]", "Fn::Select asks for item 2 of a list of 2", "the first item is 0"),
        ("!Select [-1, [a]]", "Fn::Select is not given what it takes", "an index from 0"),
        ("!FindInMap [Places, prod, Zones]", "mapping Places has no entry prod.Zones", ""),
        ("!FindInMap [Places, prod]", "Fn::FindInMap is not given what it takes", "the name of a mapping"),
        ("!FindInMap [Places, prod, Zones, x]", "Fn::FindInMap is not given what it takes", "DefaultValue"),
        ("!Cidr ['10.0.0.0/16', 300, 8]", "Fn::Cidr is not given what it takes", "a count up to 256"),
        ("!Cidr [nowhere, 1, 8]", "Fn::Cidr is not given what it takes", "an address block"),
        ("!Equals [a, a]", "Fn::Equals does not belong here", "compare under Conditions"),
        ("Fn::Contains: [[a], a]", "Fn::Contains does not belong here", "under Rules only"),
        ("Fn::Jion: ['', [a]]", "CloudFormation has no function Fn::Jion", "did you mean Fn::Join?"),
        ("{Fn::Sub: a, Other: b}", "Fn::Sub stands among other keys", ""),
    ],
)
def test_refuses(
    value_of: Callable[[str], Value], refusal_of: Callable[..., str], text: str, message: str, hint: str
) -> None:
    said = refusal_of(BEFORE + indent(text, " " * 8))
    assert said.startswith(LINE)
    assert message in said
    assert hint in said


@pytest.mark.parametrize(
    "name", ["Fn::Length: [a]", "Fn::ToJsonString: {a: b}", "Fn::ForEach::L: [X, [a], {'${X}': b}]"]
)
def test_some_functions_need_the_language_extensions(refusal_of: Callable[..., str], name: str) -> None:
    text = BEFORE.replace("Transform: AWS::LanguageExtensions\n", "") + indent(name, " " * 8)
    assert "needs Transform: AWS::LanguageExtensions" in refusal_of(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!FindInMap [Places, !Ref Name, Copy]", "mapping Places has no entry orders.Copy"),
        ("!Select [3, !Ref Zones]", "Fn::Select asks for item 3 of a list of 3"),
        ("!Ref Absent", "refers to Absent, which does not exist in this case"),
        ("!Cidr ['10.0.0.0/24', 200, 2]", "10.0.0.0/24 has no room for 200 blocks"),
    ],
)
def test_what_is_refused_for_some_parameters_only_is_doubted(
    stack_of: Callable[..., Stack], text: str, message: str
) -> None:
    stack = stack_of(BEFORE + indent(text, " " * 8))
    assert stack.resources[-1].properties == {"Value": Unknown(message)}
    assert stack.messages == (LINE + message,)


@pytest.mark.parametrize(("partition", "suffix"), [("aws-cn", "amazonaws.com.cn"), ("aws-us-gov", "amazonaws.com")])
def test_partitions_have_their_own_domains(stack_of: Callable[..., Stack], partition: str, suffix: str) -> None:
    text = "Resources: {A: {Type: AWS::Test::Probe, Properties: {V: !Sub '${AWS::Partition} ${AWS::URLSuffix}'}}}"
    assert stack_of(text, partition=partition).resources[0].properties == {"V": f"{partition} {suffix}"}


def test_nothing_of_a_secret_appears_anywhere(stack_of: Callable[..., Stack]) -> None:
    text = BEFORE + "        [!Ref Password, !Sub '${Password}', {Fn::Base64: !Ref Password}]"
    assert "hunter" not in repr(stack_of(text, parameters={"Password": "hunter3"}).resources)

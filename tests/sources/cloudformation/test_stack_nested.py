"""Nested stacks whose templates are at hand: what goes in, what comes out, and which files are never read."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from scanner.errors import InvalidInputError
from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.reading import read_source
from scanner.sources.cloudformation.stack import Stack, resolve, variables
from scanner.sources.declared import OTHER, Deployment, Option

CHILD = """
Parameters:
  Name: {Type: String}
  Stage: {Type: String, Default: dev}
  Sides: {Type: CommaDelimitedList, Default: ""}
  Kind: {Type: String, Default: a, AllowedValues: [a, b]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name, Tags: !Ref Sides}}
  Copy: {Type: AWS::S3::Bucket, Condition: IsProd}
Outputs:
  Arn: {Value: !GetAtt Data.Arn, Export: {Name: data-arn}}
  CopyName: {Value: !Ref Copy, Condition: IsProd}
"""
PARENT = """
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: inner/child.yaml
      Parameters: {Name: !Sub "data-${Stage}", Stage: !Ref Stage, Sides: [a, b]}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !GetAtt Inner.Outputs.Arn, Stack: !Ref Inner}
"""


class Folder:
    """A folder of templates, of which `parent.yaml` is judged."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("inner/child.yaml", CHILD)
        self.write("parent.yaml", PARENT)

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))

    def deployment(self, **changed: object) -> Deployment:
        given = {"file": self.root / "parent.yaml", "root": self.root, "account": "111111111111", "region": "eu-west-1"}
        return Deployment(**{**given, **changed})  # type: ignore[arg-type]

    def stack(self, **changed: object) -> Stack:
        return resolve(read_source(self.root / "parent.yaml"), self.deployment(**changed), {})

    def variables(self, **changed: object) -> Mapping[str, tuple[Option, ...]]:
        found = variables(read_source(self.root / "parent.yaml"), self.deployment(**changed))
        return {each.name: each.options for each in found}

    def refusal(self, **changed: object) -> str:
        with pytest.raises(InvalidInputError) as refused:
            self.stack(**changed)
        return refused.value.diagnostic().replace(f"{self.root}/", "")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_parameters_go_in_and_outputs_come_out(folder: Folder) -> None:
    stack = folder.stack()
    assert stack.resources[1].properties == {"Bucket": "arn:aws:s3:::data-dev", "Stack": "{Inner}"}
    assert stack.exports == {"data-arn": "arn:aws:s3:::data-dev"}
    (inner,) = stack.nested
    assert [each.logical_id for each in inner.resources] == ["Data"]
    assert inner.resources[0].properties == {"BucketName": "data-dev", "Tags": ["a", "b"]}
    assert inner.resources[0].location.file == inner.source.file == str(folder.root / "inner/child.yaml")
    assert (inner.deployment.stack, inner.deployment.is_final) == ("Inner", True)


def test_stand_ins_tell_nested_stacks_apart(folder: Folder) -> None:
    folder.write("inner/child.yaml", CHILD.replace("BucketName: !Ref Name, ", ""))
    assert folder.stack(stack="estate").resources[1].properties["Bucket"] == "arn:aws:s3:::{estate.Inner.Data}"


def test_what_a_parent_passes_on_decides_its_nested_stacks(folder: Folder) -> None:
    assert folder.variables() == {"Stage": ("dev", "prod")}
    (inner,) = folder.stack(assumed={"Stage": "prod"}).nested
    assert [each.logical_id for each in inner.resources] == ["Data", "Copy"]
    assert inner.outputs["CopyName"] == "{Inner.Copy}"


def test_a_value_that_no_template_mentions_is_passed_on_as_such(folder: Folder) -> None:
    folder.write("parent.yaml", PARENT.replace("Default: dev", "Default: prod"))
    assert folder.variables() == {"Stage": ("prod", OTHER)}
    (inner,) = folder.stack(assumed={"Stage": OTHER}).nested
    assert [each.logical_id for each in inner.resources] == ["Data"]
    assert inner.resources[0].properties["BucketName"] == Unknown("parameter Stage has a value that nobody gave")


def test_what_a_parent_does_not_know_is_a_variable_of_the_nested_stack(folder: Folder) -> None:
    folder.write("parent.yaml", PARENT.replace("Stage: !Ref Stage", "Stage: !ImportValue stage"))
    assert folder.variables() == {"Inner.Stage": ("prod", OTHER)}
    assert [len(folder.stack(assumed={"Inner.Stage": each}).nested[0].resources) for each in ("prod", OTHER)] == [2, 1]


def test_conditions_of_nested_stacks_are_variables_where_they_are_tangled(folder: Folder) -> None:
    child = CHILD.replace("!Equals [!Ref Stage, prod]", "!Equals [!Ref AWS::StackName, prod]")
    folder.write("inner/child.yaml", child)
    assert folder.variables() == {"Inner.IsProd": (True, False)}
    assert [len(folder.stack(assumed={"Inner.IsProd": each}).nested[0].resources) for each in (True, False)] == [2, 1]


def test_defaults_of_nested_stacks_are_final(folder: Folder) -> None:
    folder.write("parent.yaml", PARENT.replace(", Stage: !Ref Stage", ""))
    assert folder.variables() == {}


def test_secrets_stay_secret_across_the_border(folder: Folder) -> None:
    text = PARENT.replace("Default: dev", "Default: hunter2, NoEcho: true").replace("-${Stage}", "")
    folder.write("parent.yaml", text)
    (inner,) = folder.stack().nested
    assert "hunter2" not in repr((inner.resources, inner.outputs, folder.variables()))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Stage: !Ref Stage", "Satge: x", "9: the nested template has no parameter Satge\n  did you mean Stage?"),
        ("Stage: !Ref Stage", "Kind: z", "9: 'z' is given for parameter Kind, which takes only a, b"),
        ('Name: !Sub "data-${Stage}", ', "", "9: the nested template needs a value for its parameter Name"),
        ("Name: !Sub", "Name: {a: b}, Nope: !Sub", "9: a parameter is given a mapping; it takes a text"),
        ("Outputs.Arn", "Outputs.Anr", "12: nested stack Inner has no output Anr\n  did you mean Arn?"),
        ("inner/child.yaml", "", "8: a nested stack has no TemplateURL"),
        ("inner/child.yaml", "parent.yaml", "8: a stack is nested in itself: parent.yaml -> parent.yaml"),
        ("inner/child.yaml", "../child.yaml", "8: the nested template ../child.yaml lies outside of what is checked"),
        ("inner/child.yaml", "/etc/passwd", "8: the nested template /etc/passwd lies outside of what is checked"),
        ("inner/child.yaml", "inner/link.yaml", "8: the nested template inner/link.yaml lies outside"),
        ("inner/child.yaml", "inner/away/child.yaml", "8: the nested template inner/away/child.yaml lies outside"),
        ("inner/child.yaml", '"a\\0b"', "8: "),
    ],
)
def test_what_does_not_fit_is_refused_on_the_line_of_the_parent(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, old: str, new: str, said: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "child.yaml").write_text(CHILD)
    (folder.root / "inner/link.yaml").symlink_to(outside / "child.yaml")
    (folder.root / "inner/away").symlink_to(outside)
    folder.write("parent.yaml", PARENT.replace(old, new))
    assert folder.refusal().startswith(f"parent.yaml:{said}")


def test_a_nested_template_that_is_none_is_refused_by_its_own_name(folder: Folder) -> None:
    folder.write("inner/child.yaml", "Resources: [")
    assert folder.refusal().startswith("inner/child.yaml:")


def test_stacks_may_not_be_nested_in_a_circle(folder: Folder) -> None:
    inner = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../parent.yaml}}"
    folder.write("inner/child.yaml", CHILD.replace("  Data: ", f"  Back: {inner}\n  Data: "))
    assert "a stack is nested in itself: parent.yaml -> child.yaml -> parent.yaml" in folder.refusal()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/t.yaml", "its template is at https://example.com/t.yaml"),
        ("s3://bucket/t.yaml", "its template is at s3://bucket/t.yaml"),
        ("inner/none.yaml", "there is no file inner/none.yaml"),
        ("n" * 5000, "there is no file nnn"),
        ("!ImportValue url", "where its template is cannot be told: the stack that exports url is not among the"),
    ],
)
def test_what_is_not_at_hand_is_not_seen(folder: Folder, url: str, reason: str) -> None:
    folder.write("parent.yaml", PARENT.replace("inner/child.yaml", url))
    stack = folder.stack()
    (gap,) = stack.unseen
    assert (gap.account, gap.region, gap.what) == ("111111111111", "eu-west-1", "nested stack Inner")
    assert gap.reason.startswith(reason)
    bucket = stack.resources[1].properties["Bucket"]
    assert bucket == Unknown(f"output Arn of nested stack Inner: {gap.reason}")


def test_an_output_that_is_not_there_in_this_case_is_doubted(folder: Folder) -> None:
    folder.write("parent.yaml", PARENT.replace("Outputs.Arn", "Outputs.CopyName"))
    stack = folder.stack()
    assert stack.resources[1].properties["Bucket"] == Unknown("nested stack Inner gives no CopyName in this case")
    assert stack.messages[0].endswith("parent.yaml:12: nested stack Inner gives no CopyName in this case")


@pytest.mark.parametrize(
    ("child", "reason"),
    [
        (f"Transform: M\n{CHILD}", "nested stack Inner declares no output Other; a macro may"),
        (CHILD + "  Other: {Value: a, Condition: Odd}", "condition Odd is not decided: parameter Name has no value"),
    ],
)
def test_an_output_that_may_not_be_there_is_not_known(folder: Folder, child: str, reason: str) -> None:
    odd = "Conditions:\n  Odd: !Equals [!Ref Name, odd]"
    folder.write("inner/child.yaml", child.replace("Conditions:", odd))
    folder.write("parent.yaml", PARENT.replace("Outputs.Arn", "Outputs.Other").replace(", Default: dev", ""))
    unknown = folder.stack().resources[1].properties["Bucket"]
    assert isinstance(unknown, Unknown)
    assert unknown.reason.startswith(reason.replace("Name", "Stage"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("      TemplateURL", "      Fn::Transform: {Name: M}\n      TemplateURL", "a macro decides which properties"),
        ("{Name: !Sub", "{Fn::Transform: {Name: M}, Name: !Sub", "what it is given is not known: the macro M"),
    ],
)
def test_a_nested_stack_that_a_macro_completes_is_not_seen(folder: Folder, old: str, new: str, reason: str) -> None:
    folder.write("parent.yaml", PARENT.replace(old, new))
    stack = folder.stack()
    assert stack.nested == ()
    assert any(gap.what == "nested stack Inner" and gap.reason.startswith(reason) for gap in stack.unseen)
    assert folder.variables() == {}


def test_a_value_that_is_refused_in_this_case_is_doubted(folder: Folder) -> None:
    folder.write("parent.yaml", PARENT.replace("Stage: !Ref Stage", "Kind: !Ref Stage"))
    stack = folder.stack()
    assert stack.messages[0].endswith("parent.yaml:9: 'dev' is given for parameter Kind, which takes only a, b")


def test_what_the_user_gave_is_known_to_be_so_in_nested_stacks(folder: Folder) -> None:
    (inner,) = folder.stack(parameters={"Stage": "live"}).nested
    assert inner.deployment.parameters == {"Stage": "live"}

"""Waivers in templates are signed, dated and for one resource; anything else is refused where it stands."""

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from scanner.errors import InvalidInputError
from scanner.estate.intent import Waiver
from scanner.estate.resource import Location
from scanner.sources.cloudformation.template import open_template
from scanner.sources.declared import Deployment

GOOD = "{rule: some-rule, reason: because, owner: ann, expires: 2027-01-31}"


def waivers(folder: Path, metadata: str, type_: str = "AWS::S3::Bucket", extra: str = "") -> tuple[Waiver, ...]:
    file = folder / "stack.yaml"
    resource = f"Resources:\n  Data:\n    Type: {type_}\n    Metadata:\n      drscan:\n{dedent_to(metadata, 8)}\n"
    file.write_text(resource + extra)
    deployment = Deployment(file, folder, "111111111111", "eu-west-1")
    return open_template(file).declare(deployment, {}).waivers


def dedent_to(text: str, spaces: int) -> str:
    return "\n".join(" " * spaces + line for line in dedent(text).strip().splitlines())


@pytest.mark.parametrize(
    ("metadata", "lines"),
    [
        (GOOD, [5]),
        (f"waivers: [{GOOD}]", [6]),
        (f"waivers:\n  - {GOOD}\n  - {GOOD}", [7, 8]),
        (f"waivers: {GOOD}", [6]),
        (f"- {GOOD}", [6]),
        ("waivers: []", []),
    ],
)
def test_a_waiver_is_for_the_resource_that_carries_it(tmp_path: Path, metadata: str, lines: list[int]) -> None:
    found = waivers(tmp_path, metadata)
    here = Location(str(tmp_path / "stack.yaml"), 2, 5 + len(metadata.splitlines()))
    assert found == tuple(
        Waiver("some-rule", "arn:aws:s3:::{Data}", "because", "ann", date(2027, 1, 31), line, here) for line in lines
    )


def test_without_an_arn_the_name_stands_for_the_resource(tmp_path: Path) -> None:
    assert [one.resource for one in waivers(tmp_path, GOOD, "AWS::Made::Up")] == ["{Data}"]


@pytest.mark.parametrize(
    ("metadata", "line", "complaint"),
    [
        ("{rule: r, reason: x, owner: ann}", 5, "the waiver has no expires"),
        ("{rule: r, reason: x, expires: 2027-01-31}", 5, "the waiver has no owner"),
        ("{rule: r, owner: ann, expires: 2027-01-31}", 5, "the waiver has no reason"),
        ("{reason: x, owner: ann, expires: 2027-01-31}", 5, "the waiver has no rule"),
        ("rule: r\nreason: x\nowner: ann\nexpires: tomorrow", 9, "'tomorrow' is not a date"),
        ("rule: r\nreason: x\nowner: ann\nexpires: 2027-02-30", 9, "'2027-02-30' is not a date"),
        ("rule: r\nreason: x\nowner: ann\nexpires: '20270131'", 9, "'20270131' is not a date"),
        ("rule: r\nreason: x\nowner: ann\nexpires: 2027-W05-1", 9, "'2027-W05-1' is not a date"),
        ("rule: r\nreasn: x\nowner: ann\nexpires: 2027-01-31", 7, "unknown key 'reasn'"),
        ("rule: r\nreason: ''\nowner: ann\nexpires: 2027-01-31", 7, "text where the waiver's reason belongs"),
        ("rule: r\nreason: !Ref X\nowner: ann\nexpires: 2027-01-31", 7, "an object where the waiver's reason belongs"),
        ("rule: R r\nreason: x\nowner: ann\nexpires: 2027-01-31", 6, "'R r' is not the id of a rule"),
        (f"waivers: [{GOOD}]\nnote: x", 7, "unknown key 'note'"),
        ("waivers: [some-rule]", 6, "text where a waiver belongs"),
        ("some-rule", 5, "text where a waiver belongs"),
        (f"rule: r\nreason: {'x' * 2001}\nowner: ann\nexpires: 2027-01-31", 7, "the waiver's reason is longer than"),
    ],
)
def test_a_waiver_that_is_not_as_it_should_be(tmp_path: Path, metadata: str, line: int, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        waivers(tmp_path, metadata)
    assert refused.value.diagnostic().startswith(f"{tmp_path / 'stack.yaml'}:{line}: {complaint}")


def test_a_bad_waiver_is_refused_even_where_its_resource_would_not_exist(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    never = "Conditions: {Never: !Equals [a, b]}\nResources:\n  A: {Type: AWS::S3::Bucket}\n"
    file.write_text(
        never + "  B:\n    Type: AWS::S3::Bucket\n    Condition: Never\n    Metadata: {drscan: {rule: r}}\n"
    )
    with pytest.raises(InvalidInputError, match="the waiver has no reason"):
        open_template(file)


def test_a_waiver_for_a_whole_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as refused:
        waivers(tmp_path, GOOD, extra=f"Metadata:\n  drscan: {GOOD}\n")
    assert "stack.yaml:8: a waiver cannot be for a whole template" in refused.value.diagnostic()
    assert "Metadata of the resource" in refused.value.diagnostic()


def test_metadata_of_others_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    resource: dict[str, Any] = {"Type": "AWS::S3::Bucket"}
    file.write_text(
        f"Metadata: {{x: 1}}\nResources: {{A: {resource}, B: {{**: 1, Type: T, Metadata: [1]}}}}\n".replace("**", "z")
    )
    assert open_template(file).declare(Deployment(file, tmp_path, "111111111111", "eu-west-1"), {}).waivers == ()

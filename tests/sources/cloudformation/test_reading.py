"""A template is read for what it is, whatever its file is called; what is none is refused with its line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import InvalidInputError
from scanner.sources.cloudformation.json_text import parse_json
from scanner.sources.cloudformation.places import Document
from scanner.sources.cloudformation.reading import MAX_BYTES, looks_like_cloudformation, parse_source, read_source
from scanner.sources.cloudformation.yaml_text import parse_yaml

BUCKET = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
AS_JSON = '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}'
AS_YAML = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"


@pytest.mark.parametrize("name", ["t.json", "t.yaml", "t.template", "t.txt", "t"])
@pytest.mark.parametrize(
    "text",
    [
        AS_JSON,
        AS_YAML,
        f"\n \t\r\n{AS_JSON}\n",
        "{Resources: {Bucket: {Type: AWS::S3::Bucket}}}",
        f"# a comment\n---\n{AS_YAML}...\n",
        AS_YAML.replace("\n", "\r\n"),
        "%YAML 1.1\n---\n" + AS_YAML,
    ],
)
def test_the_content_tells_the_format(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode())
    assert read_source(file).value == BUCKET


@pytest.mark.parametrize("text", [AS_JSON, AS_YAML])
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, text: str) -> None:
    file = tmp_path / "template"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_source(file).value == BUCKET
    assert parse_source("\ufeff" + text, "f").value == BUCKET


@pytest.mark.parametrize(
    ("data", "line", "complaint"),
    [
        (b"", 1, "is empty"),
        (b" \n", 1, "is empty"),
        (b"# nothing\n", 1, "is empty"),
        (b"---\n", 1, "is empty"),
        (b"[]", 1, "holds a list where a template belongs"),
        (b"- a\n", 1, "holds a list"),
        (b"words\n", 1, "holds text"),
        (b"{}", 1, "has no Resources"),
        (b"{\n}", 1, "has no Resources"),
        (b"AWSTemplateFormatVersion: 2010-09-09\n", 1, "has no Resources"),
        (b"Resources: {}\n", 1, "has no Resources"),
        (b"A: 1\nResources:\n", 2, "Resources holds nothing where names and their values belong"),
        (b"A: 1\nResources: [1]\n", 2, "Resources holds a list"),
        (b'{\n"Parameters": "x",\n"Resources": {}}', 2, "Parameters holds text"),
        (b"Resources:\n  A: text\n", 2, "A holds text"),
        (b"Resources:\n  A:\n    Properties: {}\n", 2, "the resource A has no Type"),
        (b"Resources:\n  A:\n    Type: [x]\n", 2, "the resource A has no Type"),
        (b"Resources:\n  A:\n    Type: X::Y::Z\n    Properties:\n", 4, "Properties holds nothing"),
        (b"a: 1\nb: \xff\n", 2, "is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "is not UTF-8"),
    ],
)
def test_what_is_no_template_is_refused(tmp_path: Path, data: bytes, line: int, complaint: str) -> None:
    file = tmp_path / "t.yaml"
    file.write_bytes(data)
    with pytest.raises(InvalidInputError, match=complaint) as caught:
        read_source(file)
    assert (caught.value.file, caught.value.line) == (str(file), line)


@pytest.mark.parametrize(
    "resources",
    [
        '{"Fn::ForEach::Buckets": ["Name", ["a", "b"], {"${Name}": {"Type": "AWS::S3::Bucket"}}]}',
        '{"Fn::Transform": {"Name": "AWS::Include"}}',
        '{"Bucket": {"Fn::Transform": {"Name": "Macro"}}}',
    ],
)
def test_what_a_macro_makes_needs_no_type(resources: str) -> None:
    assert parse_source(f'{{"Resources": {resources}}}', "f").value["Resources"]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(InvalidInputError, match="is not a file"):
            read_source(file)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as stream:
        os.truncate(stream.fileno(), 50 << 20)
    with pytest.raises(InvalidInputError, match=f"larger than the {MAX_BYTES:,} bytes"):
        read_source(file)


@pytest.mark.parametrize("parse", [parse_json, parse_yaml])
def test_more_values_than_a_template_may_hold_are_refused(parse: Callable[..., Document]) -> None:
    assert parse('["a", {"b": 0}]', "f", max_places=4).value == ["a", {"b": 0}]
    with pytest.raises(InvalidInputError, match=r"more than 3 values \(column"):
        parse('["a", {"b": 0}]', "f", max_places=3)


def test_a_json_template_waits_for_no_other_library() -> None:
    code = (
        f"import sys; from scanner.sources.cloudformation.reading import parse_source; parse_source({AS_JSON!r}, 'f')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", f"{code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "scanner.sources.cloudformation.json_text" in loaded
    assert not {"yaml", "boto3", "botocore"} & set(loaded)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="half of a surrogate pair"):
        parse_source("a: \ud800", "f")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"AWSTemplateFormatVersion": "2010-09-09"}, True),
        ({"Transform": "AWS::Serverless-2016-10-31"}, True),
        (BUCKET, True),
        ({"Resources": {"A": 1, "B": {"Type": "AWS::SNS::Topic"}}}, True),
        ({"Resources": {}}, False),
        ({"Resources": [{"Type": "AWS::SNS::Topic"}]}, False),
        ({"planned_values": {}}, False),
        ([BUCKET], False),
        (None, False),
    ],
)
def test_a_template_is_known_by_its_sections(value: object, expected: bool) -> None:
    assert looks_like_cloudformation(value) is expected


def test_an_error_about_a_place_names_its_line() -> None:
    error = parse_source(AS_YAML, "f").error(("Resources", "Bucket", "Type"), "is wrong", hint="mend it")
    assert (error.file, error.line, error.message, error.hint) == ("f", 3, "is wrong", "mend it")

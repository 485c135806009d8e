"""Which kind of template a file holds, by its content alone."""

from pathlib import Path

import pytest

from scanner.errors import InvalidInputError
from scanner.sources.templates import is_template, open_template, templates_in

TEMPLATE = "Resources:\n  Orders:\n    Type: AWS::S3::Bucket\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEMPLATE, True),
        ('{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}', True),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources: {broken", True),
        ('{"format_version": "1.2", "planned_values": {}}', True),
        ("name: CI\non: push\njobs: {}\n", False),
        ('{"name": "package", "version": "1.0"}', False),
        ("", False),
    ],
)
def test_looks_decide_not_names(tmp_path: Path, text: str, expected: bool) -> None:
    file = tmp_path / "anything.txt"
    file.write_text(text)
    assert is_template(file) is expected


def test_a_folder_stands_for_the_templates_in_it_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "nested").mkdir()
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    (tmp_path / "nested" / "b.template").write_text(TEMPLATE)
    (tmp_path / "other.yaml").write_text("a: 1\n")
    (tmp_path / ".hidden.yaml").write_text(TEMPLATE)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    assert templates_in(tmp_path) == [tmp_path / "a.yaml", tmp_path / "nested" / "b.template"]


@pytest.mark.parametrize("name", ["main.tf", "main.tf.json"])
def test_terraforms_own_language_gets_the_two_commands_that_make_a_plan(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    for named in (tmp_path, tmp_path / name):
        with pytest.raises(InvalidInputError) as caught:
            templates_in(named) if named.is_dir() else open_template(named)
        assert "terraform plan -out plan.out" in caught.value.diagnostic()
        assert "terraform show -json plan.out > plan.json" in caught.value.diagnostic()


def test_a_folder_without_any_template_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no CloudFormation template"):
        templates_in(tmp_path)

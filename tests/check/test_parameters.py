"""Parameters as AWS's own tools write them."""

import json
from pathlib import Path

import pytest

from scanner.check.parameters import read_parameters
from scanner.errors import InvalidInputError

EXPECTED = {"Env": "prod", "Days": "30"}


@pytest.mark.parametrize(
    "content",
    [
        {"Env": "prod", "Days": 30},
        {"Parameters": {"Env": "prod", "Days": "30"}},
        [{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Days", "ParameterValue": "30"}],
        ["Env=prod", "Days=30"],
    ],
)
def test_every_form_of_file_gives_the_same(tmp_path: Path, content: object) -> None:
    file = tmp_path / "parameters.json"
    file.write_text(json.dumps(content))
    assert read_parameters([str(file)]) == EXPECTED


def test_words_replace_what_files_said_before_and_keep_their_equal_signs(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("Env: dev\nSubnets: [a, b]\nOn: true\n")
    found = read_parameters([str(file), "Env=a=b"])
    assert found == {"Env": "a=b", "Subnets": "a,b", "On": "true"}


@pytest.mark.parametrize("text", ["[1, 2]", "just words", "Env: {a: 1}", "- {ParameterKey: Env}"])
def test_anything_else_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    with pytest.raises(InvalidInputError) as caught:
        read_parameters([str(file)])
    assert str(file) in caught.value.diagnostic()


def test_a_word_that_is_neither_says_what_was_expected() -> None:
    with pytest.raises(InvalidInputError, match="neither KEY=VALUE nor a file"):
        read_parameters(["Env"])

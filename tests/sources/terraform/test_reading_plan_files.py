"""What is read as a plan, and what people are told who hand in anything else."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Made, plan, write

from scanner.errors import InvalidInputError
from scanner.sources.declared import Deployment
from scanner.sources.terraform import reading
from scanner.sources.terraform.template import open_plan

QUEUE = Made("aws_sqs_queue.q", {"name": "q"})


def addresses(file: Path) -> list[str]:
    deployment = Deployment(file, file.parent, "111111111111", "us-east-1")
    return [one.address for one in open_plan(file).planned(deployment)]


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.17"])
def test_versions_that_are_read(tmp_path: Path, version: str) -> None:
    assert addresses(write(tmp_path, plan(QUEUE, format_version=version))) == ["aws_sqs_queue.q"]


@pytest.mark.parametrize("version", ["2.0", "0.3", "1", "1.2.3", "1.2\n", None, 1.2, "9" * 1000])
def test_versions_that_are_not(tmp_path: Path, version: Any) -> None:
    with pytest.raises(InvalidInputError, match="has the format version") as error:
        open_plan(write(tmp_path, plan(QUEUE, format_version=version)))
    assert "1.x" in error.value.hint
    assert len(error.value.message) < 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_shells(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(QUEUE)), encoding=encoding)
    assert addresses(file) == ["aws_sqs_queue.q"]


STATE = {"version": 4, "terraform_version": "1.9.8", "serial": 3, "lineage": "x", "outputs": {}, "resources": []}
NO_PLANS = {
    "a state file": (STATE, "is a state file"),
    "a state as JSON": ({"format_version": "1.0", "values": {"root_module": {}}}, "is the JSON of a state"),
    "an empty state as JSON": ({"format_version": "1.0"}, "is the JSON of an empty state"),
    "an encrypted plan": ({"meta": {}, "encrypted_data": "x"}, "is an encrypted plan"),
    "schemas": ({"format_version": "1.0", "provider_schemas": {}}, "is a list of provider schemas"),
    "something else": ({"Resources": {}}, "is no Terraform plan"),
    "a list": ([], "holds a list where a plan belongs"),
}


@pytest.mark.parametrize(("value", "message"), NO_PLANS.values(), ids=NO_PLANS)
def test_other_json_says_what_it_is_and_how_to_make_a_plan(tmp_path: Path, value: Any, message: str) -> None:
    file = write(tmp_path, value)
    with pytest.raises(InvalidInputError, match=message) as error:
        open_plan(file)
    assert error.value.file == str(file)
    assert "terraform plan -out plan.out && terraform show -json plan.out > plan.json" in error.value.hint
    with pytest.raises(InvalidInputError, match=message):
        open_plan(file, value)


NO_JSON = {
    "text": (b'{\n  "a": 1,\n  b\n}', r"is not JSON: .* \(column 3\)", 3),
    "a cut-off plan": (b'{"format_version": "1.2", ', "is not JSON", 1),
    "a log": (b'{"@level":"info"}\n{"@level":"info"}\n', "is a log of Terraform", 2),
    "nesting without end": (b"[" * 200_000, "is nested too deeply", None),
    "a number without end": (b'{"a": ' + b"9" * 10_000 + b"}", "holds a number", None),
    "no number": (b'{"a": NaN}', "holds a number", None),
    "no text": (b'{"a": "\xff\xfe"}', "is not text", 1),
}


@pytest.mark.parametrize(("data", "message", "line"), NO_JSON.values(), ids=NO_JSON)
def test_what_is_not_json(tmp_path: Path, data: bytes, message: str, line: int | None) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    with pytest.raises(InvalidInputError) as error:
        open_plan(file)
    assert re.search(message, error.value.message)
    assert error.value.line == line


def test_a_binary_plan(tmp_path: Path) -> None:
    file = tmp_path / "plan.out"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tfplan", "x")
    with pytest.raises(InvalidInputError, match="only Terraform itself can read") as error:
        open_plan(file)
    assert "terraform show -json" in error.value.hint


@pytest.mark.parametrize("name", ["", "main.tf", "main.tf.json"])
def test_configuration_is_not_evaluated(tmp_path: Path, name: str) -> None:
    (tmp_path / "main.tf").write_text("")
    with pytest.raises(InvalidInputError, match="does not evaluate") as error:
        open_plan(tmp_path / name)
    assert "terraform plan -out plan.out" in error.value.hint


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="is not a file"):
        open_plan(tmp_path / "none.json")
    file = write(tmp_path, plan(QUEUE))
    monkeypatch.setattr(reading, "MAX_MEMBERS", 10)
    with pytest.raises(InvalidInputError, match="holds more than the 10 values"):
        open_plan(file)
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    with pytest.raises(InvalidInputError, match="is larger than the 100 bytes"):
        open_plan(file)

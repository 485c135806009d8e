"""Where findings point: at the block in the HCL beside a plan, else at the entry in the plan itself."""

import json
import os
from pathlib import Path

import pytest
from terraform_plan import Made, plan, write

from scanner.estate.resource import Location
from scanner.sources.declared import Deployment
from scanner.sources.terraform.hcl import Lines, blocks_in
from scanner.sources.terraform.locations import entries_in
from scanner.sources.terraform.template import open_plan

QUEUE = Made("aws_sqs_queue.q", {"name": "q"})
HCL = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'


def located(file: Path, root: Path | None = None, made: Made = QUEUE) -> Location:
    deployment = Deployment(file, root or file.parent, "111111111111", "us-east-1")
    return next(one.location for one in open_plan(file).planned(deployment) if one.address == made.address)


def test_the_entry_in_a_plan_that_is_printed_line_by_line(tmp_path: Path) -> None:
    file = write(tmp_path, plan(QUEUE), indent=2)
    location = located(file)
    lines = file.read_text().splitlines()
    assert lines[location.line - 1].strip() == "{"
    assert '"address": "aws_sqs_queue.q"' in lines[location.line]
    assert lines[location.end_line - 1].strip() == "}"
    assert location.end_line > location.line + 3


def test_the_first_line_of_a_plan_on_one_line(tmp_path: Path) -> None:
    file = write(tmp_path, plan(QUEUE))
    assert located(file) == Location(str(file), 1)


def test_addresses_with_quotes_are_found() -> None:
    text = json.dumps(
        {"a": [{"address": 'a.b["x\\y"]', "values": {"address": "street"}}, {"address": "a.c"}]}, indent=1
    )
    found = entries_in(text)
    assert found['a.b["x\\y"]'] == (3, 8)
    assert found["a.c"] == (9, 11)


def test_the_block_beside_the_plan(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# first\n\n" + HCL)
    file = write(tmp_path, plan(QUEUE), indent=2)
    assert located(file) == Location(str(tmp_path / "main.tf"), 3, 5)


def test_a_block_that_is_there_twice_is_not_the_one(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(HCL)
    (tmp_path / "b.tf").write_text(HCL)
    file = write(tmp_path, plan(QUEUE))
    assert located(file).file == str(file)


class TestModules:
    INNER = Made("aws_sqs_queue.q", {}, module='module.copy["eu"]', key=0)

    def located(self, folder: Path, source: str) -> str:
        calls = {"module.copy": {"source": source}}
        file = write(folder, plan(self.INNER, calls=calls))
        return located(file, folder, self.INNER).file

    def test_a_module_in_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "copy").mkdir()
        (tmp_path / "copy" / "queue.tf").write_text(HCL)
        assert self.located(tmp_path, "./copy") == str(tmp_path / "copy" / "queue.tf")

    @pytest.mark.parametrize("source", ["../outside", "terraform-aws-modules/sqs/aws", "./linked", "./no", "./\0"])
    def test_modules_elsewhere_are_left_alone(self, tmp_path: Path, source: str) -> None:
        inside, outside = tmp_path / "inside", tmp_path / "outside"
        inside.mkdir()
        outside.mkdir()
        (outside / "main.tf").write_text(HCL)
        (inside / "linked").symlink_to(outside)
        assert self.located(inside, source) == str(inside / "plan.json")


def test_links_and_long_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "main.txt").write_text(HCL)
    (tmp_path / "linked.tf").symlink_to(tmp_path / "real" / "main.txt")
    (tmp_path / "long.tf").write_text(HCL + " " * (1 << 20))
    os.mkfifo(tmp_path / "pipe.tf")
    file = write(tmp_path, plan(QUEUE))
    assert located(file).file == str(file)


STEPPED_OVER = {
    "a comment": "# { \n// {\n/* { \n */",
    "a text": 'locals {\n  a = "{ \\" {"\n}',
    "a template in a text": 'locals {\n  a = "${foo("}", "{")} {"\n}',
    "an escaped template": 'locals {\n  a = "$${ {"\n}',
    "a heredoc": 'locals {\n  a = <<-EOT\n    } { "\n    EOT\n}',
    "a heredoc with what looks like its end": "locals {\n  a = <<EOT\nEOT {\n}\nEOT\n}",
    "a brace that closes nothing": "}",
    "an unclosed text": 'locals {\n  a = "{\n}',
}


@pytest.mark.parametrize("before", STEPPED_OVER.values(), ids=STEPPED_OVER)
def test_braces_that_do_not_count(before: str) -> None:
    start = before.count("\n") + 2
    assert list(blocks_in(f"{before}\n{HCL}")) == [Lines("aws_sqs_queue.q", start, start + 2)]


def test_blocks_within_blocks_and_other_kinds() -> None:
    text = 'data "aws_region" "here" {}\nmodule "m" {\n  resource "a" "b" {\n  }\n}\n' + HCL.replace(
        "name", "x {}\n  name"
    )
    assert list(blocks_in(text)) == [Lines("data.aws_region.here", 1, 1), Lines("aws_sqs_queue.q", 6, 9)]


HOSTILE = [text * (200_000 // len(text)) for text in ('"', "{", "{}", "<<A\n", "<<A\nA\n", "/*", "${", '"${', " ")]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:6] for text in HOSTILE])
def test_hostile_text_takes_no_longer(text: str) -> None:
    assert list(blocks_in(text)) == []

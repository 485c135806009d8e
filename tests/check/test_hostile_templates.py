"""Templates that are broken, or meant to break whoever reads them: exit code 2, one message with its place, and soon.

Small ones are checked in this process; what could take all memory or all day, in one of its own that may take neither.
"""

import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Made, constant, plan

from tests.cli.conftest import Outcome

ROOT = Path(__file__).parents[2]

BUCKET = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: "
MEMORY, SECONDS = 1_000_000_000, 60
"""What a process of its own may take: bytes of address space, and seconds of a processor."""


def nested(file: str) -> str:
    return f"Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {file}}}\n"


def bomb() -> str:
    """Ten times itself, forty times over."""
    texts = ["x" * 50, *(f"${{R{number}}}" * 10 for number in range(39))]
    resources = [
        f"  R{n}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Sub '{t}'}}}}" for n, t in enumerate(texts)
    ]
    return "\n".join(["Resources:", *resources])


def aliases() -> str:
    """Nine times itself, nine times over, by aliases."""
    levels = [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(["a: &a [x]", *levels, BUCKET + "{}"])


def loops() -> str:
    names = json.dumps([f"n{number}" for number in range(400)])
    inner = f"Fn::ForEach::B: [Y, {names}, {{'B${{X}}${{Y}}': {{Type: AWS::S3::Bucket}}}}]"
    return f"Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [X, {names}, {{{inner}}}]\n"


BROKEN = {
    "YAML that does not end": (BUCKET + "{BucketName: [a, b}\n", r":4: is not valid YAML: .* \(column 35\)"),
    "a tab": ("Resources:\n\tB: {Type: AWS::S3::Bucket}\n", r":2: is not valid YAML: .* \(column 1\)"),
    "JSON with a comma too many": (
        '{"Resources": {"B":\n {"Type": "x",}}}',
        r":2: is not valid JSON: .* \(column 1[0-9]\)",
    ),
    "a key twice": ("Resources:\n  B: {Type: AWS::S3::Bucket}\n  B: {}\n", r":3: has the key 'B' twice"),
    "nothing": ("", ":1: is empty"),
    "a list": ("- a\n", ":1: holds a list where a template belongs"),
    "no text": (b"\x00\x01\xff\xfe" * 99, ":1: is not UTF-8 text"),
    "other letters": ("# Bücher\n".encode("latin-1"), ":1: is not UTF-8 text"),
    "a resource without a type": ("Resources: {B: {Type: [x]}}", ":1: the resource B has no Type"),
    "a circle": (
        BUCKET + "{BucketName: !Ref C}\n  C: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}\n",
        ":4: cyclic reference: B -> C -> B",
    ),
    "a circle of one": (BUCKET + "{BucketName: !Sub 'x-${B}'}\n", ":4: cyclic reference: B -> B"),
    "a Python object": (BUCKET + "!!python/object/apply:os.system [touch pwned]\n", ":4: has the tag .*os.system"),
    "a Python name": ("Resources: !!python/name:os.system\n", ":1: has the tag .*os.system"),
    "a stack nested in itself": (nested("t.yaml"), ":4: a stack is nested in itself: t.yaml -> t.yaml"),
    "a nested stack above": (nested("../outside.yaml"), ":4: the nested template ../outside.yaml lies outside"),
    "a nested stack anywhere": (nested("/etc/passwd"), ":4: the nested template /etc/passwd lies outside"),
    "a nested stack by a link": (nested("link.yaml"), ":4: the nested template link.yaml lies outside"),
}
BROKEN_PLANS = {
    "of a later version": ('{"format_version": "9.0", "planned_values": {}}', r":1: has the format version '9.0'"),
    "of no version": ('{"planned_values": {}}', ":1: has the format version nothing"),
    "that is a state": ('{"version": 4, "terraform_version": "1.9.8", "serial": 1}', ":1: is a state file"),
    "cut off": ('{"format_version": "1.2",\n "planned_values": {"root_module', r":2: is not JSON: .* \(column 21\)"),
    "of other things": ('{"format_version": "1.2", "planned_values": []}', ": planned_values is a list"),
}
BOMBS = {
    "a text that multiplies": (bomb, "makes a text of more than 1,000,000 characters"),
    "aliases that multiply": (aliases, "uses an alias"),
    "loops in loops": (loops, "steps to resolve: something in it multiplies"),
    "lists in lists": (lambda: BUCKET + "[" * 50_000 + "]" * 50_000, "nested deeper than 64 levels"),
    "JSON in JSON": (lambda: '{"Resources": ' * 50_000, "nested deeper than 64 levels"),
    "50 MB of YAML": (lambda: "Resources:\n" + "  B: {Type: AWS::S3::Bucket}\n" * 1_900_000, "is larger than"),
    "50 MB of JSON": (lambda: '{"Resources": {"B": "' + "x" * 53_000_000 + '"}}', "is larger than"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user stands, with a template outside that a link leads to."""
    folder = tmp_path / "here"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(BUCKET + "{}\n")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    monkeypatch.chdir(folder)
    return folder


def refused(outcome: Any, file: str, message: str) -> None:
    """Fails unless the outcome is one message about the file, and nothing else."""
    assert (outcome.code, outcome.out) == (2, "")
    first, *hints = outcome.err.splitlines()
    assert re.match(f"drscan: {re.escape(file)}{message}", first), first
    assert all(hint.startswith("  ") for hint in hints)
    assert len(hints) <= 1


def written(file: Path, content: str | bytes) -> str:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file.name


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_is_refused_with_its_place(drscan: Any, folder: Path, name: str) -> None:
    content, message = BROKEN[name]
    file = written(folder / "t.yaml", content)
    refused(drscan("check", file), file, message)
    assert not (folder / "pwned").exists()


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_a_plan_is_refused(drscan: Any, folder: Path, name: str) -> None:
    content, message = BROKEN_PLANS[name]
    file = written(folder / "plan.json", content)
    refused(drscan("check", file), file, message)


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_take_everything_takes_little(folder: Path, name: str) -> None:
    content, message = BOMBS[name]
    file = written(folder / "t.json" if "JSON" in name else folder / "t.yaml", content())
    refused(alone("check", file), file, f".*{message}")


def test_a_folder_of_terraform_and_a_plan_in_its_own_format_say_how_to_make_a_plan(drscan: Any, folder: Path) -> None:
    (folder / "live").mkdir()
    written(folder / "live" / "main.tf", 'resource "aws_s3_bucket" "b" {}\n')
    with zipfile.ZipFile(folder / "plan.out", "w") as archive:
        archive.writestr("tfplan", "")
    for file in ("live", "live/main.tf", "plan.out"):
        outcome = drscan("check", file)
        refused(outcome, file, ":? (is|holds)|:1: is")
        assert "terraform plan -out plan.out && terraform show -json plan.out > plan.json" in outcome.err


@pytest.mark.parametrize("name", ["missing.yaml", "pipe.yaml", "folder.yaml"])
def test_what_is_no_file_is_refused_at_once(drscan: Any, folder: Path, name: str) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    refused(drscan("check", name), name, ": (is not a file|holds no)")


def test_a_folder_is_read_without_following_its_links_and_pipes(drscan: Any, folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    refused(drscan("check", "."), ".", ": holds no CloudFormation template")
    written(folder / "t.yaml", BUCKET + "{}\n")
    found = json.loads(drscan("check", ".", "--format", "json").out)["findings"]
    assert {one["location"]["file"] for one in found if one["location"]} == {"t.yaml"}


@pytest.mark.parametrize(("kind", "many"), [("yaml", 10_000), ("json", 5_000)])
def test_many_resources_take_four_times_as_long_as_a_quarter_of_them(folder: Path, kind: str, many: int) -> None:
    template = {"yaml": replicating, "json": planned}[kind]
    quarter, whole = (judging(folder, template, kind, count) for count in (many // 4, many))
    # Sixteen times would be the square of it; a busy machine makes some difference.
    assert whole < 8 * quarter


def judging(folder: Path, template: Callable[[int], str], kind: str, count: int) -> float:
    """Seconds of a processor that it takes to judge a template with so many buckets."""
    file, rule = written(folder / f"{count}.{kind}", template(count)), "bucket-versioning-not-suspended"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    outcome = alone("check", file, "--region", "us-east-1", "--rule", rule, "--format", "json")
    assert len(json.loads(outcome.out)["findings"]) == count
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def replicating(count: int) -> str:
    """Pairs of buckets, all with one role."""
    trust = "{Statement: {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: sts:AssumeRole}}"
    role = f"  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {trust}}}}}"
    rule = "{Id: r, Status: Enabled, Prefix: '', Destination: {Bucket: !GetAtt D%d.Arn}}"
    pairs = (
        f"  S{number}:\n"
        "    Type: AWS::S3::Bucket\n"
        "    Properties:\n"
        f"      ReplicationConfiguration: {{Role: !GetAtt Role.Arn, Rules: [{rule % number}]}}\n"
        f"  D{number}: {{Type: AWS::S3::Bucket}}"
        for number in range(count // 2)
    )
    return "\n".join(["Resources:", role, *pairs])


def planned(count: int) -> str:
    """One block of Terraform with many instances."""
    bucket = Made("aws_s3_bucket.b", {}, {"id": True, "arn": True}, {}, count=constant(count))
    instances = (replace(bucket, known={"bucket": f"b{number}"}, key=number) for number in range(count))
    return json.dumps(plan(*instances))


def alone(*arguments: str) -> Outcome:
    """Runs the program in a process that may take little memory and not much time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    command = [sys.executable, "-m", "scanner", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, preexec_fn=limit, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)

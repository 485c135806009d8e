"""The script is run by a real shell, with a stub in the place of the AWS CLI that writes down how it was called.

Every call is then held to botocore's model of the service, which is also the AWS CLI's.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.validate import validate_parameters

from scanner.remedies.applying import requests_of
from scanner.remedies.shown.aws_cli import show
from scanner.remedies.state import named
from scanner.remedies.step import Plan, Safety, Step

STUB = f"""#!{sys.executable} -IS
import json, os, sys
log = os.path.join(os.path.dirname(sys.argv[0]), "log")
with open(log, "a") as stream:
    stream.write(json.dumps(sys.argv[1:]) + "\\n")
if "get-caller-identity" in sys.argv:
    print(sys.argv[sys.argv.index("--profile") + 1].rpartition("-")[2])
elif "--query" in sys.argv:
    words = sys.argv[sys.argv.index("--query") + 1].strip("[]").split(", ")
    print("\\t".join(f"made-{{word}}" for word in words))
"""
KEY_ARN = "arn:aws:kms:eu-west-1:222222222222:key/{orders-copy-key}"


@dataclass(frozen=True)
class Call:
    """A call of the AWS CLI: its two words and its options."""

    service: str
    operation: str
    options: dict[str, str]

    @property
    def input(self) -> Any:
        return json.loads(self.options["--cli-input-json"])


@dataclass(frozen=True)
class Ran:
    """What a script did."""

    code: int
    said: str
    calls: list[Call]
    folder: Path


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Runs a script in an empty folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("aws", STUB), ("sleep", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)

    def run_(script: str, **environment: str) -> Ran:
        where = tmp_path / "work"
        where.mkdir()
        (where / "plan.sh").write_text(script)
        profiles = {f"PROFILE_{id_}": f"of-{id_}" for id_ in ("111111111111", "222222222222")}
        path = {"PATH": f"{folder}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["/bin/sh", "plan.sh"], cwd=where, env={**path, **profiles, **environment}, capture_output=True, text=True
        )
        log = folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return Ran(done.returncode, done.stderr, [_call(json.loads(line)) for line in lines], where)

    return run_


def _call(words: list[str]) -> Call:
    return Call(words[0], words[1], dict(zip(words[2::2], words[3::2], strict=True)))


def done(plan: Plan) -> list[Step]:
    """The steps that the script does."""
    return [step for step in plan.steps if step.safety in (Safety.SAFE, Safety.REVIEW)]


def test_it_makes_the_calls_that_drscan_would_make(whole: Plan, run: Callable[..., Ran]) -> None:
    ran = run(show(whole))
    assert (ran.code, ran.said) == (0, "")
    made = {KEY_ARN: "made-KeyMetadata.Arn", "{orders-copy-key}": "made-KeyMetadata.KeyId"}
    wanted = [
        (step, request, json.loads(json.dumps(named(request.parameters, made))))
        for step in done(whole)
        for request in requests_of(step)
    ]
    assert [call.operation for call in ran.calls[2:]] == [xform_name(one.operation, "-") for _, one, _ in wanted]
    for call, (step, _, parameters) in zip(ran.calls[2:], wanted, strict=True):
        assert call.input == parameters
        assert call.options["--profile"] == f"of-{step.target.account}"
        assert call.options["--region"] == (step.target.region or "us-east-1")


def test_every_call_is_what_the_service_takes(whole: Plan, run: Callable[..., Ran]) -> None:
    session = botocore.session.get_session()
    for call in run(show(whole)).calls[2:]:
        model = session.get_service_model({"s3api": "s3"}.get(call.service, call.service))
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        shape = model.operation_model(operations[call.operation]).input_shape
        validate_parameters(call.input, shape)


def test_it_is_the_accounts_that_it_says_or_nothing_is_done(whole: Plan, run: Callable[..., Ran]) -> None:
    ran = run(show(whole), PROFILE_222222222222="of-333333333333")
    assert ran.code == 1
    assert "profile of-333333333333 is in account 333333333333, not in 222222222222" in ran.said
    assert {call.operation for call in ran.calls} == {"get-caller-identity"}


def test_without_a_profile_nothing_is_done(whole: Plan, run: Callable[..., Ran]) -> None:
    script = show(whole).replace("PROFILE_111111111111:?", "PROFILE_NOBODY_SET:?")
    ran = run(script)
    assert (ran.code, ran.calls) == (2, [])


def test_nothing_of_the_accounts_is_obeyed(whole: Plan, run: Callable[..., Ran]) -> None:
    ran = run(show(whole))
    assert [path.name for path in ran.folder.iterdir()] == ["plan.sh"]


def test_what_cannot_be_taken_back_is_commented_out_with_what_needs_it(whole: Plan) -> None:
    (lock,) = (step for step in whole.steps if step.safety is Safety.IRREVERSIBLE)
    later = replace(lock, id="98", safety=Safety.SAFE, needs=(lock.id,))
    last = replace(lock, id="99", safety=Safety.SAFE, needs=("98",))
    script = show(replace(whole, steps=(lock, later, last)))
    notes = [line for line in script.split("\n") if line.startswith("# Left out")]
    assert notes == [
        "# Left out: it cannot be taken back.",
        f"# Left out: it needs step {lock.id}.",
        "# Left out: it needs step 98.",
    ]
    assert not any(line.startswith("aws ") for line in script.split("\n"))
    assert '#   "ExpectedBucketOwner": "111111111111",' in script


def test_what_is_to_decide_is_commented_out(whole: Plan) -> None:
    (manual,) = (step for step in whole.steps if step.safety is Safety.MANUAL)
    script = show(replace(whole, steps=(manual,)))
    assert "# Left out: it is for you to decide.\n# aws s3api put-bucket-lifecycle-configuration" in script


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_global_calls_go_to_a_region_of_the_partition(whole: Plan, partition: str, region: str) -> None:
    (role,) = (step for step in whole.steps if step.target.name == "orders-copying" and not step.property)
    target = replace(role.target, arn=role.target.arn.replace("arn:aws:", f"arn:{partition}:"))
    script = show(replace(whole, steps=(replace(role, target=target),)))
    assert f'aws iam create-role --profile "$PROFILE_111111111111" --region {region} ' in script

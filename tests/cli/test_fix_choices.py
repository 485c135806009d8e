"""What a user may say to `drscan fix plan`, and what is refused before anything is read."""

import json
from pathlib import Path
from typing import Any

import pytest

EMPTY = {
    "drscan_snapshot": 1,
    "taken": "2026-11-21T00:00:00Z",
    "accounts": [{"id": "111111111111", "name": "a", "regions": []}],
    "unseen": [],
}
LOCKED = {
    "type": "AWS::S3::Bucket",
    "arn": "arn:aws:s3:::data",
    "account": "111111111111",
    "region": "us-east-1",
    "name": "data",
    "properties": {"BucketName": "data", "VersioningConfiguration": {"Status": "Suspended"}},
}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    file = tmp_path / "today.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in (EMPTY, LOCKED)) + "\n")
    return file


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--key", "key/1234", "a key"),
        ("--key", "arn:aws:kms:us-east-1:111111111111:alias/data", "a key"),
        ("--topic", "pager", "a topic"),
        ("--topic", "arn:aws:sqs:us-east-1:111111111111:pager", "a topic"),
        ("--topic", "arn:aws:sns:us-east-1:111111111111:pager:1234", "a topic"),
        ("--break-glass", "arn:aws:iam::111111111111:role/*", "a principal"),
        ("--break-glass", "arn:aws:iam::111111111111:root", "a principal"),
        ("--break-glass", "arn:aws:sts::111111111111:assumed-role/glass/me", "a principal"),
        ("--email", "on-call", "no address"),
    ],
)
def test_what_is_none_of_what_it_should_be_is_refused(
    drscan: Any, snapshot: Path, option: str, value: str, told: str
) -> None:
    outcome = drscan("fix", "plan", "--from", snapshot, option, value)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


@pytest.mark.parametrize(("option", "value"), [("--lock-days", "0"), ("--lock-days", "36501"), ("--lock-mode", "NONE")])
def test_locks_are_such_as_s3_takes(drscan: Any, snapshot: Path, option: str, value: str) -> None:
    assert drscan("fix", "plan", "--from", snapshot, option, value).code == 2


def test_all_choices_at_once_make_a_plan(drscan: Any, snapshot: Path) -> None:
    outcome = drscan(
        *("fix", "plan", "--from", snapshot, "--format", "json", "--existing-objects", "--failure-events"),
        *("--key", "arn:aws:kms:us-east-1:111111111111:key/1", "--log-bucket", "logs-{account}"),
        *(
            "--topic",
            "arn:aws:sns:us-east-1:111111111111:a.fifo",
            "--topic",
            "arn:aws-cn:sns:cn-north-1:111111111111:b",
        ),
        *("--break-glass", "arn:aws:iam::111111111111:role/path/glass", "--email", "on-call@example.com"),
        *("--lock-mode", "COMPLIANCE", "--lock-days", "36500"),
    )
    assert outcome.code == 0, outcome.err
    assert [step["property"] for step in json.loads(outcome.out)["steps"]] == ["VersioningConfiguration"]

"""A run that ends early keeps what it saw, calls nothing absent that it did not look at, and says why it ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from fault_proxy import Fault

from scanner.estate.unknown import Unknown
from scanner.sources.aws.progress import Counts
from scanner.sources.aws.stopping import Stop, stop_of

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
NEEDS = (f"{BUCKET}.VersioningConfiguration", f"{POLICY}.PolicyDocument", "AWS::KMS::Key")


@pytest.fixture
def buckets(aws: Any) -> list[str]:
    names = [f"b{number}-{aws.account}" for number in range(6)]
    for name in names:
        aws.client("s3").create_bucket(Bucket=name)
    return names


def unread(estate: Any) -> list[str]:
    """The buckets whose versioning was not read."""
    found = ((b.name, b.properties.get("VersioningConfiguration")) for b in estate.of_type(BUCKET))
    return [name for name, value in found if isinstance(value, Unknown)]


def test_expired_credentials_stop_the_run_and_keep_what_was_seen(aws: Any, buckets: list[str]) -> None:
    expired = Fault("refuse", "s3:GetBucketVersioning", code="ExpiredToken", status=400)
    with aws.behind(Fault("pass", "s3:GetBucketVersioning", times=2), expired) as proxy:
        estate = aws.read(*NEEDS, workers=1)
    assert not estate.complete
    stop = stop_of(estate)
    assert stop is not None
    assert stop[0] is Stop.EXPIRED
    assert "ExpiredToken" in stop[1]
    assert len(estate.of_type(BUCKET)) == len(buckets)
    assert len(unread(estate)) == len(buckets) - 2
    assert proxy.calls["s3:GetBucketVersioning"] <= 4


def test_what_was_not_reached_is_unknown_and_unseen(aws: Any, buckets: list[str]) -> None:
    with aws.behind(Fault("refuse", "s3:GetBucketVersioning", code="ExpiredTokenException")):
        estate = aws.read(*NEEDS, workers=1)
    for name in unread(estate):
        assert f"{BUCKET} {name} VersioningConfiguration" in {gap.what for gap in estate.unseen}
    policies = {policy.name: policy.properties["PolicyDocument"] for policy in estate.of_type(POLICY)}
    assert set(policies) == set(buckets)
    assert {type(document) for document in policies.values()} == {Unknown}
    assert estate.blind("AWS::KMS::Key", aws.account, "us-east-1") is None or estate.of_type("AWS::KMS::Key") == []


def test_expired_before_anything_was_listed_leaves_everything_blind(aws: Any, buckets: list[str]) -> None:
    with aws.behind(Fault("refuse", "s3:ListBuckets", code="ExpiredToken")):
        estate = aws.read(*NEEDS, workers=1)
    assert estate.resources == ()
    for type_ in (BUCKET, POLICY, "AWS::KMS::Key"):
        assert estate.blind(type_, aws.account, "us-east-1") is not None


def test_accounts_that_were_not_reached_are_unseen(aws: Any, new_account: Callable[[], str]) -> None:
    targets = [aws.target("us-east-1", account=new_account()) for _ in range(4)]
    with aws.behind(Fault("refuse", "sts:AssumeRole", code="ExpiredToken")) as proxy:
        estate = aws.read(*NEEDS, targets=targets, workers=1)
    assert {gap.account for gap in estate.unseen if gap.what == "account"} == {each.account_id for each in targets}
    assert proxy.calls["sts:AssumeRole"] < len(targets)
    assert all(estate.blind(BUCKET, each.account_id) is not None for each in targets)


def test_ctrl_c_gives_the_partial_estate(aws: Any, buckets: list[str]) -> None:
    def impatient(counts: Counts) -> None:
        if counts.calls >= 3 and not told:
            told.append(counts)
            raise KeyboardInterrupt

    told: list[Counts] = []
    with aws.behind(Fault("delay", seconds=0.05)):
        estate = aws.read(*NEEDS, workers=1, progress=impatient)
    assert told
    assert not estate.complete
    stop = stop_of(estate)
    assert stop is not None
    assert stop[0] is Stop.INTERRUPTED
    assert len(unread(estate)) >= 1


SCRIPT = """
import sys
from scanner.sources.aws.reader import read
from scanner.sources.aws.stopping import stop_of
from scanner.sources.aws.targets import Target
from scanner.estate.needs import Need
target = Target(sys.argv[1], "me", f"arn:aws:iam::{sys.argv[1]}:role/drscan", None, ("us-east-1",))
said = []
def say(counts):
    if counts.calls_total > 1 and not said:
        said.append(print("reading", flush=True))
estate = read([target], {Need("AWS::S3::Bucket", "VersioningConfiguration")}, progress=say)
print(stop_of(estate)[0].name, len(estate.resources), estate.complete)
"""


def test_a_real_ctrl_c_ends_at_once_however_long_the_calls_take(aws: Any, buckets: list[str]) -> None:
    with aws.behind(Fault("delay", "s3:GetBucketVersioning", seconds=20)):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, aws.account],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=15)
    assert output.endswith(f"INTERRUPTED {len(buckets)} False\n")
    assert time.monotonic() - began < 10


def test_progress_ends_with_everything_done(aws: Any, buckets: list[str]) -> None:
    seen: list[Counts] = []
    aws.read(*NEEDS, regions=("us-east-1", "eu-west-1"), progress=seen.append)
    assert seen[-1] == Counts(
        accounts=1, accounts_total=1, regions=2, regions_total=2, calls=3 + 2 * len(buckets), calls_total=15
    )
    assert [each.calls for each in seen] == sorted(each.calls for each in seen)


def test_a_whole_run_has_no_stop(aws: Any) -> None:
    estate = aws.read(BUCKET)
    assert estate.complete
    assert stop_of(estate) is None

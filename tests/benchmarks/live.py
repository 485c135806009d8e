"""A live scan of 200 buckets, 20 roles and 20 keys, 40 ms away, beside a bare boto3 loop that makes the same calls.

Targets: within 1.15 times the bare loop, under 110 MB, and one call a bucket for one rule on versioning.
"""

import json
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from scanner.demo import emulation
from tests.benchmarks.processes import in_turn, median, python

BUCKETS, ROLES, KEYS = 200, 20, 20
DELAY = 0.040
ONE_RULE = "bucket-versioning-not-suspended"


def main() -> None:
    with emulation.empty() as aws, tempfile.TemporaryDirectory() as folder:
        _fill(aws.environment)
        with _delayed(aws.endpoint_url) as endpoint:
            environment = {**aws.environment, "AWS_ENDPOINT_URL": endpoint}
            _compare(environment, Path(folder), endpoint)
            _count(environment, endpoint)


def _compare(environment: dict[str, str], folder: Path, endpoint: str) -> None:
    calls = folder / "calls.json"
    scan = ["scan", "--quiet", "--format", "json", "--out", str(folder)]
    recorder = python("-m", "tests.benchmarks.bare_loop", "record", str(calls), "--", *scan)
    in_turn(1, (recorder, environment))
    ours, bare = in_turn(
        5,
        (python("-m", "scanner", *scan), environment),
        (python("-m", "tests.benchmarks.bare_loop", "run", str(calls)), environment),
    )
    drscan, loop = median(ours), median(bare)
    ratios = sorted(a.wall / b.wall for a, b in zip(ours, bare, strict=True))
    made = len(json.loads(calls.read_text()))
    print(f"calls               {made}, {made / BUCKETS:.1f} a bucket")
    print(f"bare loop           {loop.wall:6.2f} s  {loop.cpu:5.2f} s CPU  {loop.peak_mb:6.1f} MB")
    print(f"drscan scan         {drscan.wall:6.2f} s  {drscan.cpu:5.2f} s CPU  {drscan.peak_mb:6.1f} MB (target 110)")
    print(f"ratio               {ratios[len(ratios) // 2]:6.2f} (target 1.15; {ratios[0]:.2f} to {ratios[-1]:.2f})")


def _count(environment: dict[str, str], endpoint: str) -> None:
    _asked(endpoint)
    in_turn(1, (python("-m", "scanner", "scan", "--quiet", "--rule", ONE_RULE), environment))
    made = _asked(endpoint)
    print(f"one rule            {made} calls for {BUCKETS} buckets: {made / BUCKETS:.2f} a bucket (target 1)")


def _asked(endpoint: str) -> int:
    with urllib.request.urlopen(f"{endpoint}/__asked") as answer:
        return int(answer.read())


@contextmanager
def _delayed(upstream: str) -> Iterator[str]:
    server = subprocess.Popen(
        python("-m", "tests.benchmarks.replaying_server", upstream, str(DELAY)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.stdin.close()
        server.wait(10)


def _fill(environment: dict[str, str]) -> None:
    def client(service: str) -> object:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        )

    _fill_roles(client("iam"))
    keys = _fill_keys(client("kms"))
    _fill_buckets(client("s3"), keys)


def _fill_roles(iam: object) -> None:
    trust = {"Version": "2012-10-17", "Statement": [_allow({"Service": "s3.amazonaws.com"}, "sts:AssumeRole")]}
    for number in range(ROLES):
        name = f"replication-{number}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))  # type: ignore[attr-defined]
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::data-{number}*"}],
        }
        iam.put_role_policy(  # type: ignore[attr-defined]
            RoleName=name, PolicyName="replicate", PolicyDocument=json.dumps(policy)
        )


def _allow(principal: dict[str, str], action: str) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": action}


def _fill_keys(kms: object) -> list[str]:
    return [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(KEYS)]  # type: ignore[attr-defined]


def _fill_buckets(s3: object, keys: list[str]) -> None:
    for number in range(BUCKETS):
        name = f"data-{number:03}"
        s3.create_bucket(Bucket=name)  # type: ignore[attr-defined]
        s3.put_bucket_versioning(  # type: ignore[attr-defined]
            Bucket=name, VersioningConfiguration={"Status": "Enabled"}
        )
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys[number % KEYS]}
        s3.put_bucket_encryption(  # type: ignore[attr-defined]
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )

"""`drscan scan` as a process against an emulated AWS: interrupted, refused, and saved; only what was seen is said."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from fault_proxy import Fault, FaultProxy

from scanner.demo import emulation

RULES = ("--rule", "bucket-versioning-not-suspended")
BUCKETS = 40


@pytest.fixture(scope="module")
def aws() -> Iterator[emulation.Emulation]:
    """Forty buckets, versioning suspended on every fourth."""
    with emulation.empty() as running:
        s3 = boto3.client(
            "s3",
            endpoint_url=running.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=running.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=running.environment["AWS_SECRET_ACCESS_KEY"],
        )
        for number in range(BUCKETS):
            s3.create_bucket(Bucket=f"data-{number:02}")
            status = "Enabled" if number % 4 else "Suspended"
            s3.put_bucket_versioning(Bucket=f"data-{number:02}", VersioningConfiguration={"Status": status})
        yield running


def scanning(aws: emulation.Emulation, url: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scanner", "scan", *RULES, "--format", "json", *map(str, arguments)],
        env={**os.environ, **aws.environment, "AWS_ENDPOINT_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, json.loads(out), err


def verdicts(report: Mapping[str, Any]) -> dict[str, str]:
    return {finding["resource"]["name"]: finding["verdict"] for finding in report["findings"]}


TRUTH = {f"data-{number:02}": "PASS" if number % 4 else "FAIL" for number in range(BUCKETS)}


def test_one_rule_on_versioning_costs_one_call_a_bucket(aws: emulation.Emulation) -> None:
    with FaultProxy(aws.endpoint_url) as proxy:
        code, report, err = finished(scanning(aws, proxy.url))
    assert (code, verdicts(report), err) == (0, TRUTH, "")
    assert proxy.calls["s3:GetBucketVersioning"] == BUCKETS
    assert set(proxy.calls) == {"s3:GetBucketVersioning", "s3:ListBuckets", "sts:GetCallerIdentity"}


def test_ctrl_c_leaves_a_valid_report_of_what_was_seen_and_says_that_it_is_not_all(aws: emulation.Emulation) -> None:
    with FaultProxy(aws.endpoint_url, Fault("delay", "s3:GetBucketVersioning", seconds=0.3)) as proxy:
        process = scanning(aws, proxy.url, "--workers", 4)
        while proxy.calls["s3:GetBucketVersioning"] < 12 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        code, report, err = finished(process)
    seen = verdicts(report)
    assert code == 130
    assert "interrupted" in err
    assert report["run"]["complete"] is False
    assert {"UNKNOWN"} < set(seen.values())
    assert {name: verdict for name, verdict in seen.items() if verdict != "UNKNOWN"}.items() < TRUTH.items()


def test_a_refused_bucket_is_unknown_and_the_others_are_judged(aws: emulation.Emulation, tmp_path: Path) -> None:
    saved = tmp_path / "estate.jsonl.gz"
    with FaultProxy(aws.endpoint_url, Fault("refuse", "s3:GetBucketVersioning", path="/data-07*")) as proxy:
        code, report, _ = finished(scanning(aws, proxy.url, "--save", saved))
    assert (code, verdicts(report)) == (3, {**TRUTH, "data-07": "UNKNOWN"})
    (unseen,) = report["coverage"]["unseen"]
    assert (unseen["what"], unseen["iam_action"]) == (
        "AWS::S3::Bucket data-07 VersioningConfiguration",
        "s3:GetBucketVersioning",
    )
    again = finished(scanning(aws, "http://127.0.0.1:9", "--from", saved))
    assert (again[0], again[1]["findings"]) == (code, report["findings"])


def test_the_same_estate_is_saved_as_the_same_bytes_but_for_the_time(aws: emulation.Emulation, tmp_path: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        finished(scanning(aws, aws.endpoint_url, "--save", tmp_path / name))
    one, two = ((tmp_path / name).read_text().splitlines() for name in ("one.jsonl", "two.jsonl"))
    assert one[1:] == two[1:]
    assert {**json.loads(one[0]), "taken": ""} == {**json.loads(two[0]), "taken": ""}
    assert (tmp_path / "one.jsonl").stat().st_mode & 0o077 == 0


def test_expired_credentials_stop_the_run_with_one_message_and_keep_what_was_seen(aws: emulation.Emulation) -> None:
    expired = Fault("refuse", "s3:GetBucketVersioning", path="/data-2*", code="ExpiredToken", status=400)
    with FaultProxy(aws.endpoint_url, expired) as proxy:
        code, report, err = finished(scanning(aws, proxy.url, "--workers", 2))
    assert code == 3
    assert err.count("expired") == 1
    assert report["run"]["complete"] is False
    assert proxy.calls["s3:GetBucketVersioning"] < BUCKETS
    assert {name: v for name, v in verdicts(report).items() if v != "UNKNOWN"}.items() < TRUTH.items()

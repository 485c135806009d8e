"""A scan by command line of an AWS in another process, held bucket by bucket against what boto3 tells this test.

The truth is computed here on its own: from raw answers, by a few lines a rule, with none of drscan's code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass
class Truth:
    """What boto3 says: by bucket the raw answers (None where refused), and the buckets that data depends on."""

    buckets: dict[str, dict[str, Any]] = field(default_factory=dict)
    in_use: set[str] = field(default_factory=set)
    trails: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str | None] = field(default_factory=dict)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The demo's AWS in a process of its own: the folder with its estate file, and the environment that leads there."""
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "scanner", "demo", "--serve", "0", "--out", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield folder, {**os.environ, **_exports(server)}
        finally:
            server.terminate()


def _exports(server: subprocess.Popen[str]) -> dict[str, str]:
    assert server.stdout is not None
    exports = {}
    for line in server.stdout:
        if line.strip().startswith("export "):
            name, _, value = line.strip().removeprefix("export ").partition("=")
            exports[name] = value.strip("'\n")
        if "guarded" in line or "kms list-keys" in line:
            break
    return exports


@pytest.fixture(scope="module")
def truth(served: tuple[Path, dict[str, str]]) -> Truth:
    folder, environment = served
    estate = yaml.safe_load((folder / "estate.yaml").read_text())
    told = Truth()
    for account in estate["accounts"].values():
        _look_into(told, account, environment)
    for protected in estate["protect"]:
        told.in_use |= {protected["bucket"], *(copy["bucket"] for copy in protected["copies"])}
    return told


@pytest.fixture(scope="module")
def findings(served: tuple[Path, dict[str, str]]) -> dict[tuple[str, str], str]:
    """Verdicts of `drscan scan` by rule and resource name; what does not apply is not there."""
    folder, environment = served
    command = [sys.executable, "-m", "scanner", "scan", "--estate", str(folder / "estate.yaml"), "--format", "json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    return {(finding["rule"], finding["resource"]["name"]): finding["verdict"] for finding in report["findings"]}


def _look_into(told: Truth, account: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    client = _clients(account, environment)
    home = account["regions"][0]
    s3, control = client("s3", home), client("s3control", home if home.startswith("cn-") else "us-west-2")
    control.meta.events.register("before-sign.s3-control", _without_account_in_host)
    whole = _told(control.get_public_access_block, AccountId=account["id"]) or {}
    blocked = whole.get("PublicAccessBlockConfiguration", {})
    for bucket in s3.list_buckets(MaxBuckets=1000)["Buckets"]:
        if bucket["BucketRegion"] in account["regions"]:
            told.buckets[bucket["Name"]] = _bucket(client("s3", bucket["BucketRegion"]), bucket["Name"], blocked, told)
    points = _told(control.list_multi_region_access_points, AccountId=account["id"]) or {}
    for point in points.get("AccessPoints", []):
        told.in_use |= {region["Bucket"] for region in point["Regions"]}
    for region in account["regions"]:
        _trails(client("cloudtrail", region), told)
        _keys(client("kms", region), told)


def _clients(account: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    def client(service: str, region: str, **credentials: str) -> Any:
        session = boto3.Session(
            aws_access_key_id=credentials.get("AccessKeyId", environment["AWS_ACCESS_KEY_ID"]),
            aws_secret_access_key=credentials.get("SecretAccessKey", environment["AWS_SECRET_ACCESS_KEY"]),
            aws_session_token=credentials.get("SessionToken"),
            region_name=region,
        )
        return session.client(service, endpoint_url=environment["AWS_ENDPOINT_URL"])  # type: ignore[call-overload]

    if "role" not in account:
        return client
    assumed = client("sts", "us-east-1").assume_role(RoleArn=account["role"], RoleSessionName="truth")["Credentials"]
    assumed.pop("Expiration")
    return lambda service, region: client(service, region, **assumed)


def _without_account_in_host(request: Any, **_: Any) -> None:
    scheme, _, rest = request.url.partition("://")
    request.url = f"{scheme}://{rest.split('.', 1)[1]}"


def _told(operation: Any, **parameters: Any) -> dict[str, Any] | None:
    """The answer; {} when AWS says that there is none, None when it refuses to say."""
    try:
        answer: dict[str, Any] = operation(**parameters)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return {} if "NotFound" in code or code.startswith("NoSuch") else None
    return answer


def _bucket(s3: Any, name: str, blocked: Mapping[str, bool], told: Truth) -> dict[str, Any]:
    replication = _told(s3.get_bucket_replication, Bucket=name)
    rules = (replication or {}).get("ReplicationConfiguration", {}).get("Rules", [])
    told.in_use |= {name} if rules else set()
    told.in_use |= {rule["Destination"]["Bucket"].split(":")[-1] for rule in rules}
    logging = _told(s3.get_bucket_logging, Bucket=name) or {}
    if "LoggingEnabled" in logging:
        told.in_use.add(logging["LoggingEnabled"]["TargetBucket"])
    own = (_told(s3.get_public_access_block, Bucket=name) or {}).get("PublicAccessBlockConfiguration", {})
    return {
        "versioning": _told(s3.get_bucket_versioning, Bucket=name),
        "public_access": {setting: bool(own.get(setting) or blocked.get(setting)) for setting in SETTINGS},
    }


def _trails(cloudtrail: Any, told: Truth) -> None:
    for trail in (_told(cloudtrail.describe_trails) or {}).get("trailList", []):
        told.in_use.add(trail["S3BucketName"])
        status = _told(cloudtrail.get_trail_status, Name=trail["TrailARN"])
        told.trails[trail["Name"]] = {**trail, "IsLogging": status and status["IsLogging"]}


def _keys(kms: Any, told: Truth) -> None:
    for key in (_told(kms.list_keys) or {}).get("Keys", []):
        described = _told(kms.describe_key, KeyId=key["KeyId"])
        told.keys[key["KeyId"]] = described and described["KeyMetadata"]["KeyState"]


def test_there_is_something_to_compare(truth: Truth) -> None:
    assert len(truth.buckets) > 15
    assert len(truth.trails) >= 1
    assert {None, "Enabled"} <= set(truth.keys.values())
    states = {answers["versioning"].get("Status") for answers in truth.buckets.values() if answers["versioning"]}
    assert "Enabled" in states


def test_versioning_is_judged_as_boto3_reads_it(truth: Truth, findings: Mapping[tuple[str, str], str]) -> None:
    expected = {}
    for name, answers in truth.buckets.items():
        status = (answers["versioning"] or {}).get("Status")
        expected[name] = "UNKNOWN" if answers["versioning"] is None else "FAIL" if status == "Suspended" else "PASS"
    assert _verdicts(findings, "bucket-versioning-not-suspended") == expected


def test_versioning_and_public_access_are_judged_where_data_depends_on_them(
    truth: Truth, findings: Mapping[tuple[str, str], str]
) -> None:
    versioned = _verdicts(findings, "bucket-versioning-enabled")
    blocked = _verdicts(findings, "bucket-blocks-public-access")
    for name, answers in truth.buckets.items():
        if name not in truth.in_use:
            assert {versioned.get(name), blocked.get(name)} <= {None, "UNKNOWN"}, name
            continue
        assert versioned[name] == ("PASS" if answers["versioning"].get("Status") == "Enabled" else "FAIL"), name
        assert blocked[name] == ("PASS" if all(answers["public_access"].values()) else "FAIL"), name


def test_trails_are_judged_as_boto3_reads_them(truth: Truth, findings: Mapping[tuple[str, str], str]) -> None:
    judged = _verdicts(findings, "trail-tamper-evident")
    assert set(judged) == set(truth.trails)
    for name, trail in truth.trails.items():
        sound = trail["IsLogging"] and trail["LogFileValidationEnabled"] and trail["IsMultiRegionTrail"]
        assert judged[name] == ("PASS" if sound else "FAIL"), name


def test_a_key_that_may_not_be_described_is_never_called_healthy_or_broken(
    truth: Truth, findings: Mapping[tuple[str, str], str]
) -> None:
    for key, verdict in _verdicts(findings, "key-enabled-and-not-pending-deletion").items():
        state = truth.keys[key]
        assert verdict == ("UNKNOWN" if state is None else "PASS" if state == "Enabled" else "FAIL"), key


def _verdicts(findings: Mapping[tuple[str, str], str], rule: str) -> dict[str, str]:
    return {name: verdict for (judged_by, name), verdict in findings.items() if judged_by == rule}

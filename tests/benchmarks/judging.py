"""Rules over synthetic snapshots of 10,000 and 100,000 buckets. Targets: time linear, under 1.5 GB."""

import gzip
import json
import tempfile
from pathlib import Path

from tests.benchmarks.processes import in_turn, median, python

SIZES = (10_000, 100_000)
ACCOUNT, REGION = "111122223333", "us-east-1"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshots = [_snapshot(Path(folder), size) for size in SIZES]
        commands = [
            (python("-m", "scanner", "scan", "--quiet", "--from", str(s), "--format", "json", "--out", folder), None)
            for s in snapshots
        ]
        costs = [median(c) for c in in_turn(3, *commands)]
    for size, cost in zip(SIZES, costs, strict=True):
        print(f"{size:>7} buckets     {cost.wall:6.2f} s  {cost.peak_mb:7.1f} MB")
    print(f"ten times as many   {costs[1].wall / costs[0].wall:6.2f} times as long")


def _snapshot(folder: Path, size: int) -> Path:
    path = folder / f"{size}.jsonl.gz"
    header = {
        "drscan_snapshot": 1,
        "taken": "2026-11-21T00:00:00Z",
        "accounts": [{"id": ACCOUNT, "name": "primary", "regions": [REGION]}],
        "unseen": [],
    }
    with gzip.open(path, "wt", compresslevel=1) as lines:
        lines.write(json.dumps(header) + "\n")
        for number in range(size):
            lines.write(json.dumps(_bucket(number)) + "\n")
    return path


def _bucket(number: int) -> dict[str, object]:
    """Every tenth bucket replicates to its neighbour; every third keeps old versions too short."""
    name = f"data-{number:06}"
    properties: dict[str, object] = {
        "BucketName": name,
        "VersioningConfiguration": {"Status": "Suspended" if number % 7 == 0 else "Enabled"},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": number % 5 != 0,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    }
    if number % 3 == 0:
        expiry = {"NoncurrentDays": 7}
        rule = {"Id": "old", "Status": "Enabled", "Prefix": "", "NoncurrentVersionExpiration": expiry}
        properties["LifecycleConfiguration"] = {"Rules": [rule]}
    if number % 10 == 0:
        properties["ReplicationConfiguration"] = {
            "Role": f"arn:aws:iam::{ACCOUNT}:role/replication",
            "Rules": [
                {
                    "Id": "dr",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::data-{number + 1:06}"},
                }
            ],
        }
    return {
        "type": "AWS::S3::Bucket",
        "arn": f"arn:aws:s3:::{name}",
        "account": ACCOUNT,
        "region": REGION,
        "name": name,
        "properties": properties,
    }

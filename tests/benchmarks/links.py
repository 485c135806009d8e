"""Replication links: 10,000 of them over 2,000 roles with 50 statements each. Targets: 60 s, 1 GB, linear in links."""

import json
import sys
import time
from typing import Any

from tests.benchmarks.processes import in_turn, median, python

SIZES = (1_000, 10_000)
LINKS_PER_ROLE, STATEMENTS = 5, 50
SOURCE_ACCOUNT, COPY_ACCOUNT = "111122223333", "444455556666"


def main() -> None:
    commands = [(python("-m", "tests.benchmarks.links", str(size)), None) for size in SIZES]
    costs = [median(each) for each in in_turn(1, *commands)]
    for size, cost in zip(SIZES, costs, strict=True):
        print(f"{size:>6} links        {cost.wall:6.2f} s  {cost.cpu:6.2f} s CPU  {cost.peak_mb:7.1f} MB")
    print(f"ten times as many   {costs[1].wall / costs[0].wall:6.2f} times as long (targets 60 s, 1 GB, linear)")


def derive(size: int) -> None:
    """Derive that many links and print the verdicts, in this process."""
    from collections import Counter

    from scanner import analysis
    from scanner.cycles import unsearched
    from scanner.estate.estate import Account, Estate
    from scanner.estate.intent import Intent
    from scanner.estate.needs import Need

    link = "DR::Replication::Link"
    accounts = (Account(SOURCE_ACCOUNT, "source", ("us-east-1",)), Account(COPY_ACCOUNT, "copy", ("eu-west-1",)))
    wanted = {Need(link, name) for name in ("", "Verdict", "Missing", "Excess", "Unknown", "FailureReasons")}
    with unsearched():
        estate = Estate(tuple(_resources(size)), accounts)
        began = time.perf_counter()
        derived = analysis.derive(estate, Intent(), wanted)
    verdicts = Counter(resource.properties["Verdict"] for resource in derived.of_type(link))
    print(dict(verdicts), f"{time.perf_counter() - began:.2f} s", file=sys.stderr)


def _resources(size: int) -> Any:
    for number in range(size // LINKS_PER_ROLE):
        yield _role(number)
    for number in range(size):
        yield from _pair(number)


def _role(number: int) -> Any:
    sources = [_source(number * LINKS_PER_ROLE + offset) for offset in range(LINKS_PER_ROLE)]
    needed = [
        _allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], [f"arn:aws:s3:::{s}" for s in sources]),
        _allow("s3:GetObjectVersion*", [f"arn:aws:s3:::{s}/*" for s in sources]),
        _allow(["s3:ReplicateObject", "s3:ReplicateTags"], [f"arn:aws:s3:::{s}-copy/*" for s in sources]),
    ]
    others = [_allow("logs:PutLogEvents", f"arn:aws:logs:*:*:log-group:{n}:*") for n in range(STATEMENTS - 3)]
    trust = {**_allow("sts:AssumeRole", None), "Principal": {"Service": "s3.amazonaws.com"}}
    return _resource(
        "AWS::IAM::Role",
        f"arn:aws:iam::{SOURCE_ACCOUNT}:role/dr-{number}",
        SOURCE_ACCOUNT,
        "",
        f"dr-{number}",
        RoleName=f"dr-{number}",
        Path="/",
        AssumeRolePolicyDocument=_policy(trust),
        Policies=[{"PolicyName": "dr", "PolicyDocument": _policy(*needed, *others)}],
    )


def _pair(number: int) -> Any:
    name, role = _source(number), f"arn:aws:iam::{SOURCE_ACCOUNT}:role/dr-{number // LINKS_PER_ROLE}"
    rule = {
        "Id": "dr",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{name}-copy", "Account": COPY_ACCOUNT},
    }
    yield _bucket(name, SOURCE_ACCOUNT, "us-east-1", ReplicationConfiguration={"Role": role, "Rules": [rule]})
    yield _bucket(f"{name}-copy", COPY_ACCOUNT, "eu-west-1")
    admits = {**_allow(["s3:ReplicateObject", "s3:ReplicateTags"], f"arn:aws:s3:::{name}-copy/*")}
    yield _resource(
        "AWS::S3::BucketPolicy",
        f"arn:aws:s3:::{name}-copy",
        COPY_ACCOUNT,
        "eu-west-1",
        f"{name}-copy",
        Bucket=f"{name}-copy",
        PolicyDocument=_policy({**admits, "Principal": {"AWS": role}}),
    )


def _source(number: int) -> str:
    return f"data-{number:05}"


def _bucket(name: str, account: str, region: str, **properties: Any) -> Any:
    return _resource(
        "AWS::S3::Bucket",
        f"arn:aws:s3:::{name}",
        account,
        region,
        name,
        BucketName=name,
        VersioningConfiguration={"Status": "Enabled"},
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        **properties,
    )


def _resource(type_: str, arn: str, account: str, region: str, name: str, **properties: Any) -> Any:
    from scanner.estate.resource import Resource

    return Resource(type_, arn, account, region, name, json.loads(json.dumps(properties)))


def _allow(action: object, resource: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {key: value for key, value in statement.items() if value is not None}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


if __name__ == "__main__":
    derive(int(sys.argv[1]))

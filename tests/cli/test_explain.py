"""`drscan explain`: a working, a broken and an unknown link, and a finding, as a person reads them at night."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ACCOUNT, ROLE = "111111111111", "arn:aws:iam::111111111111:role/dr"
READ = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
REFUSED = {"$unknown": "iam:GetAccountAuthorizationDetails refused: AccessDenied"}


def line(type_: str, name: str, arn: str, region: str = "", **properties: Any) -> dict[str, Any]:
    place = {"type": type_, "arn": arn, "account": ACCOUNT, "region": region, "name": name}
    return {**place, "properties": properties}


def bucket(name: str, region: str, **properties: Any) -> dict[str, Any]:
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    return line("AWS::S3::Bucket", name, f"arn:aws:s3:::{name}", region, **versioned, **properties)


def allow(action: object, resource: object, **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(write: object) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    statements = (
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], "arn:aws:s3:::data", Sid="Bucket"),
        allow(READ, "arn:aws:s3:::data/*", Sid="Read"),
        allow(write, "arn:aws:s3:::data-copy/*", Sid="\x1b[31mWrite"),
    )
    document = REFUSED if write is None else policy(*statements)
    inline = [{"PolicyName": "dr", "PolicyDocument": document}]
    return line("AWS::IAM::Role", "dr", ROLE, AssumeRolePolicyDocument=policy(trust), Policies=inline)


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[[object], Path]:
    def write(may_write: object) -> Path:
        account = {"id": ACCOUNT, "name": "primary", "regions": ["us-east-1", "eu-west-1"]}
        rule = {
            "Id": "dr",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": "arn:aws:s3:::data-copy"},
        }
        lines = [
            {"drscan_snapshot": 1, "taken": "2026-11-21T00:00:00Z", "accounts": [account], "unseen": []},
            bucket("data", "us-east-1", ReplicationConfiguration={"Role": ROLE, "Rules": [rule]}),
            bucket("data-copy", "eu-west-1"),
            role(may_write),
        ]
        path = tmp_path / "estate.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in lines))
        return path

    return write


def test_a_working_link_names_the_statements_that_allow_each_request(drscan, snapshot) -> None:
    outcome = drscan("explain", "data", "--from", snapshot("s3:ReplicateObject"))
    assert outcome.code == 0
    assert outcome.out.startswith("WORKS  data/dr/data-copy\n")
    assert "ok  s3:ReplicateObject  Allowed" in outcome.out
    assert "identity policy dr allows s3:ReplicateObject" in outcome.out
    assert "NO " not in outcome.out


def test_a_broken_link_says_by_whose_silence_and_what_to_add(drscan, snapshot) -> None:
    outcome = drscan("explain", "data-copy", "--from", snapshot("s3:ListBucket"))
    assert outcome.out.startswith("BROKEN  data/dr/data-copy\n  S3 would say: DstPutObjectNotPermitted")
    assert "NO  s3:ReplicateObject  ImplicitlyDenied" in outcome.out
    assert "-> add this statement to" in outcome.out
    told = json.loads(
        drscan("explain", "data", "--from", snapshot("s3:ListBucket"), "--policies", "--format", "json").out
    )
    (link,) = told["links"]
    stopped = [r for hop in link["hops"] for r in hop["requests"] if r["state"] == "missed"]
    assert [r["action"] for r in stopped] == ["s3:ReplicateObject"]
    assert stopped[0]["to_do"][0]["statement"]["Resource"] == "arn:aws:s3:::data-copy/*"
    least = {each["where"]: each["document"] for each in link["policies"]}
    granted = {a for s in least["policy of role dr"]["Statement"] for a in _listed(s["Action"])}
    assert granted == {*READ, "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ReplicateObject"}


def test_an_unknown_link_says_what_would_have_to_be_seen(drscan, snapshot) -> None:
    outcome = drscan("explain", "data/dr/data-copy", "--from", snapshot(None))
    assert outcome.out.startswith("UNKNOWN  data/dr/data-copy\n")
    assert "?   s3:ReplicateObject  Unknown" in outcome.out
    assert "iam:GetAccountAuthorizationDetails refused" in outcome.out


def test_a_finding_is_explained_by_the_beginning_of_its_fingerprint(drscan, snapshot) -> None:
    path = snapshot("s3:ListBucket")
    found = json.loads(drscan("scan", "--from", path, "--format", "json").out)["findings"]
    fingerprint = next(f["fingerprint"] for f in found if f["rule"] == "replication-link-works")
    outcome = drscan("explain", fingerprint[:10], "--from", path)
    assert outcome.code == 0
    assert outcome.out.startswith(f"FAIL  replication-link-works  (critical)  {fingerprint}\n")
    assert "Next step:" in outcome.out


def test_what_an_attacker_named_does_not_reach_the_terminal_raw(drscan, snapshot) -> None:
    outcome = drscan("explain", "data", "--from", snapshot("s3:ReplicateObject"))
    assert "\x1b" not in outcome.out


def test_a_name_that_nothing_has_is_answered_with_what_names_there_are(drscan, snapshot) -> None:
    outcome = drscan("explain", "nothing", "--from", snapshot("s3:ReplicateObject"))
    assert (outcome.code, outcome.out) == (2, "")
    assert "fingerprint" in outcome.err


def _listed(actions: object) -> list[str]:
    return actions if isinstance(actions, list) else [str(actions)]


def test_the_json_report_of_a_scan_lists_every_link_with_what_is_missing(drscan, snapshot) -> None:
    (link,) = json.loads(drscan("scan", "--from", snapshot("s3:ListBucket"), "--format", "json").out)["links"]
    assert (link["id"], link["verdict"]) == ("data/dr/data-copy", "broken")
    assert [(m["hop"], m["action"], m["effect"]) for m in link["missing"]] == [
        ("destination-object", "s3:ReplicateObject", "fails")
    ]
    assert link["source"] == {"bucket": "data", "account": ACCOUNT, "region": "us-east-1"}


def test_a_copy_that_is_asked_for_and_that_no_rule_makes_is_explained_too(drscan, tmp_path: Path) -> None:
    account = {"id": ACCOUNT, "name": "primary", "regions": ["us-east-1"]}
    header = {"drscan_snapshot": 1, "taken": "2026-11-21T00:00:00Z", "accounts": [account], "unseen": []}
    snapshot, estate = tmp_path / "estate.jsonl", tmp_path / "estate.yaml"
    estate.write_text(
        f'version: 1\naccounts: {{primary: {{id: "{ACCOUNT}", regions: [us-east-1]}}}}\n'
        "protect: [{name: data, bucket: data, account: primary, copies: [{bucket: data-copy, account: primary}]}]\n"
    )
    for told, says in ((None, "BROKEN"), ({"$unknown": "s3:GetBucketReplication refused"}, "UNKNOWN")):
        source = bucket("data", "us-east-1", **({"ReplicationConfiguration": told} if told else {}))
        snapshot.write_text(
            "".join(json.dumps(each) + "\n" for each in (header, source, bucket("data-copy", "us-east-1")))
        )
        outcome = drscan("explain", "data", "--from", snapshot, "--estate", estate)
        assert outcome.code == 0
        assert outcome.out.startswith(says), outcome.out

"""`drscan check` as its users call it: where templates go and with what, what is accepted, what would change."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VERSIONED = "bucket-versioning-enabled"
PRIMARY, RECOVERY = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{PRIMARY}:role/replication"

SOURCE = f"""
Parameters:
  Versioning: {{Type: String, Default: Enabled}}
Resources:
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: orders
      VersioningConfiguration: {{Status: !Ref Versioning}}
      ReplicationConfiguration:
        Role: {ROLE}
        Rules:
          - Id: all
            Status: Enabled
            Priority: 1
            Filter: {{Prefix: ""}}
            DeleteMarkerReplication: {{Status: Disabled}}
            Destination: {{Bucket: "arn:aws:s3:::orders-copy", Account: "{RECOVERY}"}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: replication
      AssumeRolePolicyDocument:
        Statement: {{Effect: Allow, Action: sts:AssumeRole, Principal: {{Service: s3.amazonaws.com}}}}
      Policies:
        - PolicyName: replicate
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [s3:GetReplicationConfiguration, s3:ListBucket]
                Resource: arn:aws:s3:::orders
              - {{Effect: Allow, Action: s3:GetObjectVersion*, Resource: "arn:aws:s3:::orders/*"}}
              - {{Effect: Allow, Action: s3:ReplicateObject, Resource: "arn:aws:s3:::orders-copy/*"}}
"""
COPY = """
Resources:
  Copy:
    Type: AWS::S3::Bucket
    Properties: {BucketName: orders-copy, VersioningConfiguration: {Status: Enabled}}
"""
ADMITTING = """
  CopyPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: orders-copy
      PolicyDocument:
        Statement:
          - {Sid: Copies, Effect: Allow, Principal: {AWS: "%s"}, Action: [%s], Resource: "arn:aws:s3:::orders-copy/*"}
"""
ESTATE = f"""
version: 1
accounts: {{primary: {{id: "{PRIMARY}"}}, recovery: {{id: "{RECOVERY}"}}}}
"""
STACKS = """
stacks:
  - {template: source.yaml, account: primary, region: us-east-1%s}
  - {template: copy.yaml, account: recovery, region: eu-west-1}
"""
WAIVER = '{rule: %s, reason: tried out, owner: ops, expires: "%s"%s}'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user stands, with both templates and an estate file that places neither."""
    monkeypatch.chdir(tmp_path)
    write(source=SOURCE, copy=COPY + ADMITTING % (ROLE, "s3:ReplicateObject"), estate=ESTATE)
    return tmp_path


def write(**texts: str) -> None:
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text)


@pytest.fixture
def report(drscan: Any) -> Callable[..., dict[str, Any]]:
    """The JSON report of a check."""

    def run(*arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(drscan("check", *arguments, "--format", "json").out)
        return found

    return run


def verdicts(report: dict[str, Any], rule: str = VERSIONED) -> dict[str, str]:
    return {one["resource"]["name"]: one["verdict"] for one in report["findings"] if one["rule"] == rule}


def states(report: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(link["verdict"], link["failure_reasons"]) for link in report["links"]]


class TestPlaces:
    def test_stacks_of_an_estate_file_are_judged_as_one_estate(self, report: Any) -> None:
        write(estate=ESTATE + STACKS % "")
        whole = report("--estate", "estate.yaml")
        assert states(whole) == [("works", [])]
        assert {(one["id"], *one["regions"]) for one in whole["coverage"]["accounts"]} == {
            (PRIMARY, "us-east-1"),
            (RECOVERY, "eu-west-1"),
        }
        write(copy=COPY)
        assert states(report("--estate", "estate.yaml"))[0][0] == "broken"

    def test_without_them_what_lies_outside_is_unknown(self, report: Any) -> None:
        assert states(report("source.yaml")) == [("unknown", [])]

    @pytest.mark.parametrize("account", [PRIMARY, "primary"])
    def test_the_command_line_may_place_a_template(self, report: Any, account: str) -> None:
        found = report("source.yaml", "--account", account, "--region", "eu-central-1", "--estate", "estate.yaml")
        place = {(one["resource"]["account"], one["resource"]["region"]) for one in found["findings"]}
        assert (PRIMARY, "eu-central-1") in place

    @pytest.mark.parametrize("place", [("--account", "staging"), ("--account", "1234"), ("--region", "Ireland")])
    def test_a_place_that_there_cannot_be_is_refused(self, drscan: Any, place: tuple[str, str]) -> None:
        outcome = drscan("check", "source.yaml", *place)
        assert (outcome.code, outcome.out) == (2, "")
        assert place[1] in outcome.err

    def test_nothing_to_check_is_refused(self, drscan: Any) -> None:
        assert drscan("check", "--estate", "estate.yaml").code == 2

    def test_files_that_are_no_templates_are_skipped_where_that_is_asked_for(self, drscan: Any, report: Any) -> None:
        Path("words.yaml").write_text("- a list\n- of words\n")
        assert drscan("check", "words.yaml", "source.yaml").code == 2
        assert verdicts(report("words.yaml", "source.yaml", "--skip-other")) == {"orders": "PASS"}
        alone = drscan("check", "words.yaml", "--skip-other")
        assert (alone.code, alone.out, alone.err) == (0, "", "")


class TestParameters:
    def test_they_are_given_one_by_one_or_in_files(self, report: Any) -> None:
        Path("suspended.json").write_text('[{"ParameterKey": "Versioning", "ParameterValue": "Suspended"}]')
        assert verdicts(report("source.yaml")) == {"orders": "PASS"}
        assert verdicts(report("source.yaml", "--parameters", "Versioning=Suspended")) == {"orders": "FAIL"}
        assert verdicts(report("source.yaml", "--parameters", "suspended.json")) == {"orders": "FAIL"}
        both = ("--parameters", "suspended.json", "--parameters", "Versioning=Enabled")
        assert verdicts(report("source.yaml", *both)) == {"orders": "PASS"}

    def test_or_with_the_stack(self, report: Any) -> None:
        write(estate=ESTATE + STACKS % ", parameters: {Versioning: Suspended}")
        assert verdicts(report("--estate", "estate.yaml")) == {"orders": "FAIL", "orders-copy": "PASS"}

    def test_a_parameter_without_a_value_is_unknown_and_may_be_allowed_to_be(self, drscan: Any) -> None:
        write(source=SOURCE.replace(", Default: Enabled", ""))
        for options, code in (((), 3), (("--allow-unknown",), 0), (("--strict",), 1)):
            assert drscan("check", "source.yaml", "--rule", VERSIONED, *options).code == code

    def test_where_a_condition_decides_the_finding_says_when(self, drscan: Any, report: Any) -> None:
        stage = "Stage: {Type: String, AllowedValues: [dev, prod]}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}"
        text = SOURCE.replace("Versioning: {Type: String, Default: Enabled}", stage)
        write(source=text.replace("!Ref Versioning", "!If [IsProd, Suspended, Enabled]"))
        (finding,) = (one for one in report("source.yaml")["findings"] if one["rule"] == VERSIONED)
        assert (finding["verdict"], finding["when"]) == ("FAIL", "Stage is prod")
        assert "Stage is prod" in drscan("check", "source.yaml", "--rule", VERSIONED).out
        assert verdicts(report("source.yaml", "--parameters", "Stage=dev")) == {"orders": "PASS"}


class TestAcceptedFindings:
    BAD = SOURCE.replace("Default: Enabled", "Default: Suspended")

    def waived(self, rule: str, expires: str) -> None:
        """The template with a waiver in it."""
        inline = f"    Metadata: {{drscan: {{waivers: [{WAIVER % (rule, expires, '')}]}}}}\n"
        head = "    Type: AWS::S3::Bucket\n"
        write(source=self.BAD.replace(head, head + inline))

    def test_a_waiver_in_the_template_keeps_the_finding_and_its_reason(self, drscan: Any, report: Any) -> None:
        self.waived(VERSIONED, "2999-01-01")
        found = report("source.yaml")
        (finding,) = (one for one in found["findings"] if one["rule"] == VERSIONED)
        assert (finding["verdict"], finding["waiver"]["reason"], finding["waiver"]["owner"]) == (
            "WAIVED",
            "tried out",
            "ops",
        )
        assert found["summary"]["WAIVED"] == 1
        assert drscan("check", "source.yaml", "--rule", VERSIONED).code == 0

    def test_one_that_has_run_out_fails_by_itself(self, drscan: Any, report: Any) -> None:
        self.waived(VERSIONED, "2020-01-01")
        found = report("source.yaml")
        assert verdicts(found) == {"orders": "FAIL"}
        assert list(verdicts(found, "waiver-in-force").values()) == ["FAIL"]

    @pytest.mark.parametrize("place", ["template", "estate"])
    def test_one_that_covers_nothing_is_told(self, drscan: Any, place: str) -> None:
        write(source=SOURCE)
        if place == "template":
            self.waived("replication-storage-class-restorable", "2999-01-01")
        else:
            waiver = WAIVER % (VERSIONED, "2999-01-01", ', resource: "arn:aws:s3:::another"')
            write(estate=f"{ESTATE}waivers: [{waiver}]\n")
        outcome = drscan("check", "source.yaml", "--estate", "estate.yaml")
        assert f"{'source' if place == 'template' else 'estate'}.yaml:" in outcome.err
        assert "waiver" in outcome.err

    def test_with_a_baseline_only_what_is_new_fails(self, drscan: Any) -> None:
        write(source=self.BAD)
        rule = ("--rule", VERSIONED)
        before = drscan("check", "source.yaml", *rule, "--format", "json")
        Path("before.json").write_text(before.out)
        again = drscan("check", "source.yaml", *rule, "--baseline", "before.json")
        assert (before.code, again.code) == (1, 0)
        rules = "[{Status: Enabled, Prefix: '', Destination: {Bucket: !GetAtt New.Arn}}]"
        second = f"ReplicationConfiguration: {{Role: {ROLE}, Rules: {rules}}}"
        new = "  New: {Type: AWS::S3::Bucket, Properties: {BucketName: new}}\n"
        write(source=f"{self.BAD}{new}  Second: {{Type: AWS::S3::Bucket, Properties: {{{second}}}}}\n")
        assert drscan("check", "source.yaml", *rule, "--baseline", "before.json").code == 1


def line(type_: str, arn: str, account: str, region: str, **properties: Any) -> dict[str, Any]:
    name = properties.pop("name", arn.rpartition(":")[2].rpartition("/")[2])
    place = {"type": type_, "arn": arn, "account": account, "region": region, "name": name}
    return {**place, "properties": properties}


def allow(action: Any, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def live(*admitted: str) -> None:
    """A snapshot of the same link, whose destination admits the role to these actions."""
    sse_s3 = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    bucket = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [sse_s3]},
    }
    destination = {"Bucket": "arn:aws:s3:::orders-copy", "Account": RECOVERY}
    rule = {"Id": "all", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": ""}, "Destination": destination}
    rule["DeleteMarkerReplication"] = {"Status": "Disabled"}
    replicate = document(
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], "arn:aws:s3:::orders"),
        allow("s3:GetObjectVersion*", "arn:aws:s3:::orders/*"),
        allow("s3:ReplicateObject", "arn:aws:s3:::orders-copy/*"),
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    admitting = allow(list(admitted), "arn:aws:s3:::orders-copy/*", Sid="Copies", Principal={"AWS": ROLE})
    source = {"ReplicationConfiguration": {"Role": ROLE, "Rules": [rule]}, "BucketName": "orders"}
    policy = {"Bucket": "orders-copy", "PolicyDocument": document(admitting), "name": "orders-copy"}
    lines = [
        {
            "drscan_snapshot": 1,
            "taken": "2026-11-21T00:00:00Z",
            "accounts": [
                {"id": PRIMARY, "name": "primary", "regions": ["us-east-1"]},
                {"id": RECOVERY, "name": "recovery", "regions": ["eu-west-1"]},
            ],
            "unseen": [],
        },
        line("AWS::S3::Bucket", "arn:aws:s3:::orders", PRIMARY, "us-east-1", **bucket, **source),
        line("AWS::S3::Bucket", "arn:aws:s3:::orders-copy", RECOVERY, "eu-west-1", **bucket),
        line("AWS::S3::BucketPolicy", "arn:aws:s3:::orders-copy", RECOVERY, "eu-west-1", **policy),
        line(
            "AWS::IAM::Role",
            ROLE,
            PRIMARY,
            "",
            AssumeRolePolicyDocument=document(trust),
            Policies=[{"PolicyName": "replicate", "PolicyDocument": replicate}],
        ),
    ]
    Path("live.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))


class TestOverWhatIsLive:
    PLACE = ("--account", RECOVERY, "--region", "eu-west-1", "--from", "live.jsonl")

    @pytest.mark.parametrize(
        ("admitted", "principal", "actions", "effect"),
        [
            ("s3:ReplicateObject", ROLE, "s3:ReplicateObject", "leaves"),
            ("s3:ReplicateObject", ROLE, "s3:ReplicateDelete", "breaks"),
            ("s3:ReplicateDelete", ROLE, "s3:ReplicateObject", "mends"),
            ("s3:ReplicateObject", ROLE + "-2", "s3:ReplicateObject", "breaks"),
        ],
    )
    def test_a_change_of_one_side_is_judged_against_the_other_as_it_is(
        self, report: Any, admitted: str, principal: str, actions: str, effect: str
    ) -> None:
        live(admitted)
        write(copy=COPY + ADMITTING % (principal, actions))
        (change,) = report("copy.yaml", *self.PLACE)["changes"]["links"]
        assert (change["id"].split("/")[-3:], change["effect"]) == (["orders", "all", "orders-copy"], effect)
        assert ("s3:ReplicateObject" in " ".join(change["because"])) is (effect != "leaves")

    def test_access_that_is_newly_granted_is_shown_by_a_request(self, drscan: Any, report: Any) -> None:
        live("s3:ReplicateObject")
        write(copy=COPY + ADMITTING % (ROLE, "s3:ReplicateObject, s3:DeleteObject"))
        (change,) = report("copy.yaml", *self.PLACE)["changes"]["access"]
        assert (change["policy"], change["statement"]) == ("policy of bucket orders-copy", "Copies")
        assert (change["principal"], change["action"]) == (ROLE, "s3:DeleteObject")
        assert change["resource"].startswith("arn:aws:s3:::orders-copy/")
        said = drscan("check", "copy.yaml", *self.PLACE).out
        assert "s3:DeleteObject" in said
        assert "leaves" in said

    def test_without_anything_live_nothing_is_said_of_changes(self, report: Any) -> None:
        assert "changes" not in report("copy.yaml")

    def test_it_must_be_said_where_the_template_goes(self, drscan: Any) -> None:
        live("s3:ReplicateObject")
        outcome = drscan("check", "copy.yaml", "--from", "live.jsonl")
        assert outcome.code == 2
        assert "--account" in outcome.err
        assert drscan("check", "copy.yaml", "--from", "live.jsonl", "--live").code == 2


def test_no_library_for_calling_aws_is_imported_where_nothing_is_called() -> None:
    code = (
        "import sys\n"
        "from scanner.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as left:\n"
        "    print(left.code, sorted({'boto3', 'botocore', 'moto', 'jinja2'} & set(sys.modules)), file=sys.stderr)\n"
    )
    root = Path(__file__).parents[2]
    arguments = ("check", "source.yaml", "--format", "json", "--quiet")
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["findings"]
    assert done.stderr.splitlines()[-1] == "1 []"

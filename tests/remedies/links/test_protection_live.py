"""The whole way on an emulated AWS: one plain bucket, a copy planned, built, found right, and taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from scanner.cli.fix import fix
from scanner.sources.declared import is_stand_in

HOME, AWAY = "us-east-1", "eu-west-1"
RULE = "protected-bucket-has-every-copy"


class World:
    """Two accounts, an estate file that names them, and the commands of drscan."""

    def __init__(self, aws: Any, away: str, folder: Path) -> None:
        self.aws, self.away = aws, away
        self.source, self.copy = f"orders-{aws.account}", f"orders-dr-{aws.account}"
        self.plan, self.journal = folder / "plan.json", folder / "journal"
        self.estate = folder / "estate.yaml"
        self.estate.write_text(
            json.dumps(
                {
                    "version": 1,
                    "accounts": {
                        name: {"id": id_, "role": f"arn:aws:iam::{id_}:role/drscan", "regions": [region]}
                        for name, id_, region in (("primary", aws.account, HOME), ("recovery", away, AWAY))
                    },
                    "protect": [
                        {
                            "name": "orders",
                            "bucket": self.source,
                            "account": "primary",
                            "copies": [{"bucket": self.copy, "account": "recovery", "region": AWAY}],
                            "rpo": "15m",
                        }
                    ],
                }
            )
        )

    def run(self, command: str, *arguments: object, code: int = 0) -> str:
        found = CliRunner().invoke(fix, [command, *map(str, arguments), "--estate", str(self.estate)])
        assert found.exit_code == code, (found.output, found.exception)
        return found.output

    def planned(self, *options: str) -> list[dict[str, Any]]:
        self.run("plan", "--rule", RULE, "--plan", self.plan, "--quiet", *options)
        steps: list[dict[str, Any]] = json.loads(self.plan.read_text())["steps"]
        return steps

    def applied(self) -> None:
        self.run("apply", self.plan, "--journal", self.journal, "--yes")

    def link(self) -> Any:
        """The replication rule as S3 has it."""
        return self.aws.client("s3").get_bucket_replication(Bucket=self.source)["ReplicationConfiguration"]


@pytest.fixture
def world(aws: Any, new_account: Callable[[], str], tmp_path: Path) -> World:
    made = World(aws, new_account(), tmp_path)
    aws.bucket(made.source)
    return made


def encrypted(world: World) -> None:
    key = world.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    rules = {"Rules": [{**default, "BucketKeyEnabled": True}]}
    world.aws.client("s3").put_bucket_encryption(Bucket=world.source, ServerSideEncryptionConfiguration=rules)


@pytest.mark.parametrize("prepare", [lambda _: None, encrypted], ids=["plain", "under a key"])
def test_a_copy_is_built_found_right_and_taken_back(world: World, prepare: Callable[[World], None]) -> None:
    prepare(world)
    assert world.planned()
    world.applied()
    (rule,) = world.link()["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{world.copy}"
    assert not is_stand_in(json.dumps(world.link()))
    assert world.planned() == []
    # Versions can only be suspended, never be forgotten: something stays.
    world.run("undo", world.journal, "--yes", code=1)
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        world.link()
    with pytest.raises(ClientError, match="404"):
        world.aws.client("s3", AWAY, world.away).head_bucket(Bucket=world.copy)
    assert world.aws.client("iam").list_roles()["Roles"] == []


def test_the_job_for_existing_objects_comes_last_with_a_role_of_its_own(world: World) -> None:
    steps = world.planned("--existing-objects")
    assert steps[-1]["target"]["type"] == "AWS::S3::BatchReplicationJob"
    world.applied()
    entries = [json.loads(line) for line in world.journal.read_text().splitlines()[1:]]
    (job,) = {made for entry in entries if entry["step"] == steps[-1]["id"] for made in entry.get("made", {}).values()}
    found = world.aws.client("s3control").describe_job(AccountId=world.aws.account, JobId=job)["Job"]
    assert found["RoleArn"].endswith(":role/" + f"{world.source}-batch-replication")
    assert world.planned("--existing-objects") == []

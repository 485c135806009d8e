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

    def run(self, command: str, *arguments: object, codes: tuple[int, ...] = (0,)) -> str:
        found = CliRunner().invoke(fix, [command, *map(str, arguments), "--estate", str(self.estate)])
        assert found.exit_code in codes, (found.output, found.exception)
        return found.output

    def planned(self, *options: str) -> list[dict[str, Any]]:
        self.run("plan", "--rule", RULE, "--plan", self.plan, "--quiet", *options)
        steps: list[dict[str, Any]] = json.loads(self.plan.read_text())["steps"]
        return steps

    def applied(self) -> None:
        self.run("apply", self.plan, "--journal", self.journal, "--yes")

    def made_by(self, step: dict[str, Any]) -> str:
        """What a step made, as the journal has it."""
        entries = [json.loads(line) for line in self.journal.read_text().splitlines()[1:]]
        (made,) = {one for entry in entries if entry["step"] == step["id"] for one in entry.get("made", {}).values()}
        return str(made)

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


@pytest.mark.parametrize(
    ("prepare", "options"),
    [(lambda _: None, ()), (encrypted, ("--existing-objects",))],
    ids=["plain", "under a key, with what is there already"],
)
def test_a_copy_is_built_found_right_and_taken_back(
    world: World, prepare: Callable[[World], None], options: tuple[str, ...]
) -> None:
    prepare(world)
    steps = world.planned(*options)
    world.applied()
    (rule,) = world.link()["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{world.copy}"
    assert not is_stand_in(json.dumps(world.link()))
    if options:
        found = world.aws.client("s3control").describe_job(AccountId=world.aws.account, JobId=world.made_by(steps[-1]))
        assert found["Job"]["RoleArn"].endswith(f":role/{world.source}-batch-replication")
    assert world.planned(*options) == []
    # Versioning stays suspended, a key waits for its deletion, and a job stays on record: AWS takes none of them back.
    assert "but for" in world.run("undo", world.journal, "--yes", codes=(0, 1))
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        world.link()
    with pytest.raises(ClientError, match="404"):
        world.aws.client("s3", AWAY, world.away).head_bucket(Bucket=world.copy)
    assert world.aws.client("iam").list_roles()["Roles"] == []

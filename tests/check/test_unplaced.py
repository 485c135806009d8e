"""Where nobody said where a template goes: judged in every place that matters, and in no other."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from terraform_plan import Made, constant, plan, write

from scanner import audit
from scanner.check import judging
from scanner.check.deployments import Place, planned
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.findings.scan import Run, Scan
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

KEYS = [f"arn:aws:kms:{region}:222222222222:key/1" for region in ("us-east-1", "eu-west-1")]
TEMPLATE = f"Resources: {{B: {{Type: AWS::S3::Bucket, Properties: {{Tags: [{{Key: key, Value: {KEYS[1]!r}}}]}}}}}}\n"

Judge = Callable[..., tuple[Scan, list[Estate]]]


@pytest.fixture
def judge() -> Judge:
    """A scan of a file that goes somewhere, and every estate that was judged for it."""

    def judged(file: Path, place: Place) -> tuple[Scan, list[Estate]]:
        estates: list[Estate] = []
        clock, asked = audit.Clock(), audit.question(Intent(), ids=["access-denied-alarm"])

        def run(estate: Estate) -> Run:
            estates.append(estate)
            return clock.run(str(file), estate)

        check = judging.Check(asked, planned([file], Intent(), place))
        return judging.judge(check, run), estates

    return judged


def plan_in(folder: Path, *regions: str) -> Path:
    """A plan of a bucket for each region, its keys named by their ARNs; an empty region is one that nobody names."""
    made, providers = [], {}
    for number, region in enumerate(regions):
        key = f"aws.p{number}" if number else "aws"
        providers[key] = {"region": constant(region)} if region else {}
        known = {"bucket": f"b{number}", "tags": {"keys": " ".join(KEYS)}}
        made.append(Made(f"aws_s3_bucket.b{number}", known, {"arn": True}, provider=key))
    return write(folder, plan(*made, providers=providers))


def test_regions_that_a_plan_names_itself_are_not_tried_for_one_that_nobody_named(judge: Judge, tmp_path: Path) -> None:
    scan, estates = judge(plan_in(tmp_path, "us-east-1", "eu-west-1"), Place())
    assert len(estates) == 2  # the unnamed account, and the one that the keys are in
    assert [account.regions for account in scan.coverage.accounts] == [("eu-west-1", "us-east-1")]
    assert set(Counter(finding.resource.identity for finding in scan.findings).values()) == {1}


def test_a_region_that_a_plan_leaves_open_is_tried(judge: Judge, tmp_path: Path) -> None:
    _, estates = judge(plan_in(tmp_path, "us-east-1", ""), Place(account="111111111111"))
    assert {region for estate in estates for account in estate.accounts for region in account.regions} == {
        "us-east-1",
        "eu-west-1",
        UNNAMED_REGION,
    }


def test_a_template_goes_anywhere(judge: Judge, tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    _, estates = judge(file, Place())
    assert len(estates) == 4
    scan, estates = judge(file, Place("111111111111", "eu-west-1"))
    assert len(estates) == 1
    assert UNNAMED_ACCOUNT not in {account.id for account in scan.coverage.accounts}

"""One estate, partly healthy and partly faulty, expressed three ways: live, as stacks, and as a plan.

Whoever asks must be told the same. What is set aside, and why:

- `DR::Template*`, which only templates have: how a stack keeps its resources, placeholders, partitions, the wording of
  its policies.
- `mfa-delete-only-where-possible`: only the root user of an account can switch MFA delete on, past all templates, so
  what a template becomes is unknown in this one respect.
- The ids of keys, which AWS makes up: the live ones are put for the stand-ins of each template, and findings on keys
  are compared by all that a fingerprint is made of, for it is made of the ARN.
"""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from scanner.demo.emulation import empty
from tests.check.three_ways import live, plan

WAYS = Path(__file__).parent / "three_ways"
REPLICA_KEY = "arn:aws:kms:eu-west-1:222222222222:key/{recovery.Key}"
STACKS = {
    "cloudformation": f"""
stacks:
  - {{template: primary.yaml, account: primary, region: us-east-1, parameters: {{ReplicaKey: "{REPLICA_KEY}"}}}}
  - {{template: recovery.yaml, account: recovery, region: eu-west-1}}
  - {{template: rescue.yaml, account: recovery, region: eu-west-1}}
""",
    # The last one says that the recovery account, too, has nothing but what stacks make.
    "terraform": """
stacks:
  - {template: plan.json, account: primary, region: us-east-1}
  - {template: rescue.yaml, account: recovery, region: eu-west-1}
""",
}
STAND_INS = {
    "cloudformation": {"{primary.Key}": "orders", "{recovery.Key}": "copies"},
    "terraform": {"{plan.aws_kms_key.orders}": "orders", "{plan.aws_kms_key.copies}": "copies"},
}
ASIDE = {"mfa-delete-only-where-possible"}

Report = dict[str, Any]


@pytest.fixture
def reports(drscan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Report]:
    """What drscan says of each expression, with the ids of live keys in all of them."""
    folder = Path(copytree(WAYS, tmp_path / "ways"))
    texts: dict[str, str] = {}
    with empty() as emulation:
        for name, value in emulation.environment.items():
            monkeypatch.setenv(name, value)
        keys = live.build(emulation.endpoint_url)
        texts["live"] = drscan("scan", "--estate", folder / "estate.yaml", "--format", "json").out
    (folder / "plan.json").write_text(json.dumps(plan.planned()))
    for way, stacks in STACKS.items():
        estate = folder / f"{way}.yaml"
        estate.write_text((folder / "estate.yaml").read_text() + stacks)
        texts[way] = drscan("check", "--estate", estate, "--format", "json").out
        for stand_in, name in STAND_INS[way].items():
            texts[way] = texts[way].replace(stand_in, keys[name])
    return {way: json.loads(text) for way, text in texts.items()}


def findings(report: Report) -> dict[tuple[str, ...], str]:
    """Verdicts by fingerprint; on keys, by what it is made of. The name of the rule is for whoever reads a failure."""
    return {
        (finding["rule"], finding["resource"]["name"], _fingerprint(finding)): finding["verdict"]
        for finding in report["findings"]
        if not finding["resource"]["type"].startswith("DR::Template") and finding["rule"] not in ASIDE
    }


def _fingerprint(finding: Report) -> str:
    if finding["resource"]["type"] != "AWS::KMS::Key":
        return str(finding["fingerprint"])
    return " ".join([finding["resource"]["arn"], *(one["path"] for one in finding["evidence"])])


def links(report: Report) -> dict[str, Report]:
    return {link["id"]: link for link in report["links"]}


def test_three_expressions_of_one_estate_have_the_same_findings_and_links(reports: dict[str, Report]) -> None:
    expected = findings(reports["live"])
    for way in STACKS:
        assert findings(reports[way]) == expected, way
        assert links(reports[way]) == links(reports["live"]), way
    verdicts = list(expected.values())
    assert verdicts.count("PASS") > 50
    assert verdicts.count("FAIL") > 25
    assert {link["verdict"] for link in reports["live"]["links"]} == {"works", "broken"}

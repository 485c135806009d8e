"""Drills of the links that published documents make, on the demo: what its readers would see of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from replicating import waited

from scanner.demo.building import Clients
from scanner.demo.emulation import Demo, running
from scanner.demo.estates.accounts import (
    CHINA_SOURCE,
    CHINA_TARGET,
    GUARDED,
    HARBOR_PRIMARY,
    HARBOR_RECOVERY,
    MANAGEMENT,
    PRIMARY,
    RECOVERY,
    VIRGINIA,
    DemoAccount,
)
from scanner.demo.estates.guarded import LEDGER


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running() as demo:
        yield demo


@pytest.fixture
def estate(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """An estate file with the management account and these; all of them would take long to read."""
    for name, value in demo.environment.items():
        monkeypatch.setenv(name, value)

    def write(*accounts: DemoAccount) -> Path:
        lines = ["version: 1", "accounts:", f"  management: {{id: '{MANAGEMENT.id}', regions: [{VIRGINIA}]}}"]
        for account in accounts:
            role = account.at(account.regions[0]).iam("role/drscan")
            lines.append(f"  {account.name}: {{id: '{account.id}', role: '{role}', regions: {list(account.regions)}}}")
        (tmp_path / "estate.yaml").write_text("\n".join(lines), "utf-8")
        return tmp_path / "estate.yaml"

    return write


@pytest.mark.parametrize(
    ("link", "accounts", "code", "said"),
    [
        ("acme-documents", (PRIMARY, RECOVERY), 0, "  PASS     tags            {"),
        ("ds-source-contracts", (CHINA_SOURCE, CHINA_TARGET), 0, "ARRIVED in ds-target-contracts"),
        ("harbor-orders", (HARBOR_PRIMARY, HARBOR_RECOVERY), 0, "  PASS     Object Lock     COMPLIANCE until "),
        ("acme-secure-us-east-1/to-acme-secure-us-west-2", (PRIMARY,), 0, "deleted  s3://acme-secure-eu-west-1/"),
        ("source-bucket-us-east-1", (PRIMARY,), 1, "  By the link analysis the reason is SrcHeadObjectNotPermitted."),
    ],
)
def test_a_published_link_does_what_the_analysis_says(drscan, estate, link, accounts, code: int, said: str) -> None:
    done = drscan("drill", link, "--estate", estate(*accounts), "--yes", "--deadline", "1m")
    assert (done.code, said in done.out) == (code, True)
    assert ("the link analysis says that it works" in done.out) is (code == 0)


def test_rules_that_were_not_seen_cannot_be_drilled(drscan, estate) -> None:
    done = drscan("drill", LEDGER.source, "--estate", estate(GUARDED), "--yes")
    assert done.code == 2
    assert "were not seen: s3:GetBucketReplication refused" in done.err


def test_what_an_account_refuses_to_a_scan_it_does_not_refuse_to_s3(demo: Demo) -> None:
    clients = Clients(demo.endpoint_url)
    s3 = clients.get(LEDGER.here, "s3")
    s3.put_object(Bucket=LEDGER.source, Key="a", Body=b"1", ChecksumAlgorithm="SHA256")

    def status() -> str:
        found: str = s3.head_object(Bucket=LEDGER.source, Key="a")["ReplicationStatus"]
        return found

    assert waited(status, lambda found: found != "PENDING") == "COMPLETED"

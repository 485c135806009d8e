"""`drscan drill` as a process against an emulated AWS: it asks before it writes, and cleans up however it ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from replicating import Pair, plain

from scanner.demo.emulation import Emulation, empty
from scanner.demo.replicator import playing


@pytest.fixture(scope="module", params=[0.05])
def aws(request: pytest.FixtureRequest) -> Iterator[Emulation]:
    with empty() as emulation, playing(emulation.endpoint_url, delay=request.param):
        yield emulation


@pytest.fixture(autouse=True)
def environment(aws: Emulation, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def estate(tmp_path: Path):
    def write(link: Pair) -> Path:
        lines = ["version: 1", "accounts:"]
        for name, place in (("primary", link.here), ("recovery", link.there)):
            role = place.iam("role/drscan")
            lines.append(f"  {name}: {{id: '{place.account}', role: '{role}', regions: [{place.region}]}}")
        (tmp_path / "estate.yaml").write_text("\n".join(lines), "utf-8")
        return tmp_path / "estate.yaml"

    return write


def untouched(link: Pair) -> bool:
    return (link.versions(), link.versions(there=True)) == ([], [])


def test_a_drill_says_what_it_will_do_does_it_and_takes_it_back(drscan, aws: Emulation, estate) -> None:
    link = plain(aws.endpoint_url, Filter={"Prefix": "logs/"})
    done = drscan(
        "drill", link.source, "--estate", estate(link), "--prefix", "logs/drills/", "--yes", "--deadline", "30s"
    )
    assert done.code == 0
    said = re.sub(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}", "STAMP", done.out)
    key = f"s3://{link.source}/logs/drills/STAMP"
    starts = [f"Drill of {link.link}", f"  1. write    {key}", f"written  {key}", "ARRIVED in ", "  PASS     tags"]
    found = [next(n for n, line in enumerate(said.splitlines()) if line.startswith(start)) for start in starts]
    assert found == sorted(found)
    assert said.count("\ndeleted ") == 2
    assert untouched(link)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "there is nobody to ask"),
        (["--yes", "--prefix", "elsewhere/"], "does not take objects under 'elsewhere/'"),
        (["--yes", "--deadline", "soon"], "no duration like 90s, 15m or 2h"),
        (["--yes", "--deadline", "0s"], "no duration"),
        (["--yes", "--deadline", "169h"], "no duration"),
    ],
)
def test_nothing_is_written_without_consent_or_on_wrong_arguments(drscan, aws, estate, arguments, said: str) -> None:
    link = plain(aws.endpoint_url, Filter={"Prefix": "logs/"})
    done = drscan("drill", link.source, "--estate", estate(link), *arguments)
    assert done.code == 2
    assert said in done.err
    assert untouched(link)


def test_nothing_is_written_where_s3_would_not_even_try(drscan, aws: Emulation, estate) -> None:
    link = plain(aws.endpoint_url, Status="Disabled")
    done = drscan("drill", link.source, "--estate", estate(link), "--yes")
    assert done.code == 1
    assert "NOTHING WRITTEN: S3 would not try: rule dr is not enabled" in done.out
    assert untouched(link)


def test_hostile_names_do_not_reach_the_terminal(drscan, aws: Emulation, estate) -> None:
    link = plain(aws.endpoint_url)
    for name in ("\x1b[2J\u202e", "../../etc/passwd", "a" * 5000, ""):
        done = drscan("drill", name, "--estate", estate(link), "--yes", "--quiet")
        assert done.code == 2
        assert (done.out + done.err).replace("\n", "").isprintable()
    assert untouched(link)


@pytest.mark.parametrize("aws", [600.0], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_drill_deletes_its_canary(aws: Emulation, estate, number: signal.Signals) -> None:
    link = plain(aws.endpoint_url)
    arguments = ["drill", link.source, "--estate", str(estate(link)), "--yes", "--deadline", "2m"]
    process = subprocess.Popen(
        [sys.executable, "-m", "scanner", *arguments],
        env={**os.environ, **aws.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert any(line.startswith("written  s3://") for line in process.stdout)
    assert [status for _, status in link.versions()]
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("deleted  s3://")
    assert "Traceback" not in err
    assert untouched(link)

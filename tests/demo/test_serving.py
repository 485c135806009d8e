"""`serve` leaves a newcomer with files, commands that work, and an end on Ctrl-C or SIGTERM."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from scanner.demo.estates.accounts import ACCOUNTS
from scanner.demo.serving import aws_config, serve, stopping_on_signals
from scanner.errors import DrscanError
from scanner.estate.intent import load_intent


def test_the_files_and_commands_that_it_leaves_work(tmp_path, monkeypatch):
    said, spoken, stop = [], threading.Event(), threading.Event()

    def say(text):
        said.append(text)
        spoken.set()

    with ThreadPoolExecutor(1) as pool:
        served = pool.submit(serve, 0, tmp_path / "new", say=say, stop=stop)
        try:
            assert spoken.wait(60)
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                monkeypatch.delenv(name)
            for line in said[0].splitlines():
                if line.startswith("  export "):
                    name, _, value = line.removeprefix("  export ").partition("=")
                    monkeypatch.setenv(name, value.strip("'"))
            for account in ACCOUNTS:
                sts = boto3.Session(profile_name=account.name).client("sts")
                assert sts.get_caller_identity()["Account"] == account.id
            china = boto3.Session(profile_name="china-source").client("s3")
            assert [bucket["Name"] for bucket in china.list_buckets()["Buckets"]] == ["ds-source-contracts"]
        finally:
            stop.set()
        served.result()
    assert len(load_intent(tmp_path / "new" / "estate.yaml").protect) == 8
    assert f"drscan scan --estate {tmp_path / 'new' / 'estate.yaml'}" in said[0]
    assert "stopped" in said[-1]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DrscanError, match="cannot write into"):
        serve(0, tmp_path / "file" / "folder", say=lambda _: None)


def test_the_configuration_has_a_profile_for_each_account():
    assert aws_config().count("[profile ") == len(ACCOUNTS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_it_to_stop_and_is_handed_back_afterwards(number):
    before, stop = signal.getsignal(number), threading.Event()
    with stopping_on_signals(stop):
        signal.raise_signal(number)
        assert stop.is_set()
    assert signal.getsignal(number) is before

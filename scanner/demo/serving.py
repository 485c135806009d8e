"""Keeps the demo's AWS running for people: with a terminal, the AWS CLI, `drscan scan`, or another scanner."""

import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from scanner.demo.emulation import ACCESS_KEY, Demo, running
from scanner.demo.estate_file import estate_yaml
from scanner.demo.estates.accounts import ACCOUNTS, MANAGEMENT, SCANNER_ROLE
from scanner.errors import DrscanError

ESTATE_FILE, AWS_CONFIG_FILE = "estate.yaml", "aws-config"


def serve(port: int, out_dir: Path, *, say: Callable[[str], None], stop: threading.Event | None = None) -> None:
    """Run the demo's AWS on a loopback port until Ctrl-C, SIGTERM or `stop`; port 0 takes a free one.

    Writes `estate.yaml` and `aws-config` (a profile for each account) into `out_dir`, which is made if need be, and
    says what to type. Raises `DrscanError` when the port is taken, the folder cannot be written or moto is not
    installed.
    """
    stopped = stop or threading.Event()
    _write(out_dir)
    with stopping_on_signals(stopped), running(port) as demo:
        say(what_to_try(demo, out_dir))
        # In slices, for a wait without an end would keep Ctrl-C from being noticed on some systems.
        while not stopped.wait(0.5):
            pass
    say("The emulated AWS is stopped, and what it held is gone.")


def what_to_try(demo: Demo, out_dir: Path) -> str:
    """The text that a newcomer can copy line by line into another terminal."""
    variables = {**demo.environment, "AWS_CONFIG_FILE": str((out_dir / AWS_CONFIG_FILE).absolute())}
    del variables["AWS_DEFAULT_REGION"]  # it would outweigh the regions of the profiles
    exports = [f"  export {name}={shlex.quote(value)}" for name, value in variables.items()]
    estate = shlex.quote(str(out_dir / ESTATE_FILE))
    return "\n".join(
        [
            f"An emulated AWS is running at {demo.endpoint_url}. Stop it with Ctrl-C.",
            f"Its estate file is {out_dir / ESTATE_FILE}. In another terminal:",
            "",
            *exports,
            "",
            f"  drscan scan --estate {estate}",
            "  aws s3api list-buckets --profile harbor-primary",
            "  aws s3api get-bucket-replication --bucket harbor-orders --profile harbor-primary",
            "  aws kms list-keys --profile harbor-recovery --region eu-west-1",
        ]
    )


def aws_config() -> str:
    """An AWS configuration with a profile for each account, all entered from the management account."""
    lines = ["[default]", f"region = {MANAGEMENT.regions[0]}", ""]
    for account in ACCOUNTS:
        lines += [f"[profile {account.name}]", f"region = {account.regions[0]}"]
        if account is MANAGEMENT:
            lines += [f"aws_access_key_id = {ACCESS_KEY}", f"aws_secret_access_key = {ACCESS_KEY}", ""]
        else:
            role = account.at(account.regions[0]).iam(f"role/{SCANNER_ROLE}")
            lines += [f"role_arn = {role}", f"source_profile = {MANAGEMENT.name}", ""]
    return "\n".join(lines)


def _write(out_dir: Path) -> None:
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        (out_dir / ESTATE_FILE).write_text(estate_yaml(), "utf-8")
        (out_dir / AWS_CONFIG_FILE).write_text(aws_config(), "utf-8")
    except OSError as error:
        raise DrscanError(f"cannot write into {out_dir}: {error.strerror}") from error


@contextmanager
def stopping_on_signals(stopped: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set the event inside the `with` block. Python hears of signals in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

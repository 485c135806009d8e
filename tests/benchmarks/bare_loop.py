"""The bare boto3 loop that the reader is compared with: the same calls, 16 threads, nothing done with the answers.

python -m tests.benchmarks.bare_loop record FILE -- ARGUMENTS   run drscan and write down its calls
python -m tests.benchmarks.bare_loop run FILE                   make those calls
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import botocore.client
from botocore.config import Config
from botocore.exceptions import ClientError

THREADS = 16


def record(file: Path, arguments: list[str]) -> None:
    """Run drscan here and write down each call's service, region, operation and parameters."""
    from scanner.__main__ import main

    calls: list[tuple[str, str, str, dict[str, Any]]] = []
    original = botocore.client.BaseClient._make_api_call

    def noting(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        meta = self.meta
        calls.append((meta.service_model.service_name, meta.region_name, operation_name, dict(api_params)))
        return original(self, operation_name, api_params)

    botocore.client.BaseClient._make_api_call = noting
    sys.argv = ["drscan", *arguments]
    try:
        main()
    except SystemExit:
        file.write_text(json.dumps(calls))


def run(file: Path) -> None:
    """Make the calls."""
    calls = json.loads(file.read_text())
    session = boto3.Session()
    config = Config(max_pool_connections=THREADS, user_agent="bare", retries={"mode": "standard", "max_attempts": 2})
    clients = {key: _client(session, *key, config) for key in {(service, region) for service, region, _, _ in calls}}

    def call(entry: tuple[str, str, str, dict[str, Any]]) -> None:
        service, region, operation, parameters = entry
        with suppress(ClientError):
            clients[service, region]._make_api_call(operation, parameters)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(call, calls))


def _client(session: boto3.Session, service: str, region: str, config: Config) -> Any:
    client = session.client(service, region_name=region, config=config)  # type: ignore[call-overload]
    if service == "s3control":
        client.meta.events.register("before-sign.s3-control", _strip_account_from_host)
    return client


def _strip_account_from_host(request: Any, **_: Any) -> None:
    head, _, rest = request.url.partition("://")
    account, dot, remainder = rest.partition(".")
    if len(account) == 12 and account.isdigit() and dot:
        request.url = f"{head}://{remainder}"


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(Path(sys.argv[2]), sys.argv[4:])
    else:
        run(Path(sys.argv[2]))

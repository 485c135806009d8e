"""Deciding IAM requests, compiled once. Target: 100 microseconds a case.

The cases are built here, one for each way that replication is refused; DRSCAN_CASES names a file of others, in the
format of `drscan simulate`.
"""

import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

from scanner.policy.evaluate import evaluate
from scanner.policy.simulate import read_cases

ROUNDS = 200
ROLE, SOURCE, COPY = "arn:aws:iam::111122223333:role/service-role/dr", "arn:aws:s3:::data", "arn:aws:s3:::data-copy"


def main() -> None:
    file = os.environ.get("DRSCAN_CASES")
    raw = json.loads(Path(file).read_text()) if file else _cases()
    began = time.perf_counter()
    cases = read_cases(raw)
    compiled = time.perf_counter() - began
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for case in cases:
            evaluate(case.request, case.policies)
        rounds.append((time.perf_counter() - began) / len(cases))
    print(f"{len(cases)} cases           compiled in {compiled * 1e6 / len(cases):6.1f} us a case")
    print(f"decided            {statistics.median(rounds) * 1e6:6.1f} us a case (target 100)")


def _cases() -> list[dict[str, Any]]:
    return [
        _case(f"{action}-{number}", action, resource, denied=number % 2 == 1, guarded=number % 3 == 0)
        for number in range(12)
        for action, resource in (
            ("s3:GetObjectVersionForReplication", f"{SOURCE}/tax/2026/a.csv"),
            ("s3:ReplicateObject", f"{COPY}/tax/2026/a.csv"),
            ("s3:ReplicateDelete", f"{COPY}/other/b.csv"),
            ("s3:ListBucket", SOURCE),
        )
    ]


def _case(id_: str, action: str, resource: str, *, denied: bool, guarded: bool) -> dict[str, Any]:
    policy = _policy(
        _statement(["s3:GetReplicationConfiguration", "s3:ListBucket"], SOURCE),
        _statement(["s3:GetObjectVersion*"], f"{SOURCE}/tax/*"),
        _statement(["s3:Replicate*"], f"{COPY}/tax/*"),
    )
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    guard = _statement("s3:*", f"{COPY}/*", Effect="Deny", Principal="*", Condition=insecure)
    admits = _statement(["s3:Replicate*"], f"{COPY}/*", Principal={"AWS": ROLE})
    full = [_policy(_statement("*", "*"))]
    outside = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    scp = [*full, _policy(_statement("s3:Replicate*", "*", Effect="Deny", Condition=outside))]
    return {
        "id": id_,
        "request": {
            "principal": "arn:aws:sts::111122223333:assumed-role/dr/s3-replication",
            "action": action,
            "resource": resource,
            "resource_account": "444455556666" if resource.startswith(COPY) else "111122223333",
            "context": {
                "aws:PrincipalArn": ROLE,
                "aws:PrincipalAccount": "111122223333",
                "aws:PrincipalOrgID": "o-2" if denied else "o-1",
                "aws:SecureTransport": "true",
            },
        },
        "identity_policies": [policy],
        "session_policy": None,
        "permission_boundary": _policy(_statement("s3:*", "*")) if guarded else None,
        "scps": [full, scp],
        "rcps": [],
        "resource_policy": _policy(guard, admits) if resource.startswith(COPY) else None,
    }


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _statement(action: object, resource: object, **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}

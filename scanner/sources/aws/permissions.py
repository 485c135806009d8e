"""The least that a scanner's role needs, from the same tables that make the calls."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from scanner.estate.needs import Need
from scanner.sources.aws.calls import Call
from scanner.sources.aws.entry import ASSUME_ROLE, LIST_ACCOUNTS, LIST_REGIONS
from scanner.sources.aws.tables import plan

SERVICE_NAMES: Mapping[str, str] = {
    "account": "Account",
    "backup": "Backup",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "iam": "IAM",
    "kms": "KMS",
    "logs": "Logs",
    "macie2": "Macie",
    "organizations": "Organizations",
    "s3": "S3",
    "sns": "SNS",
}
"""What Sids call a service."""


LONGEST = 6144
"""Characters, white space not counted, that a managed policy may have: IAM quotas, 2026-11."""


def permissions_for(
    needs: Iterable[Need],
    partition: str = "aws",
    *,
    assume: Sequence[str] = (),
    discover: bool = False,
    every_region: bool = False,
    besides: Iterable[str] = (),
) -> dict[str, Any]:
    """The identity policy for reading these needs: one statement a service, sorted, the same for the same needs.

    `assume` adds the roles (ARNs or patterns) that may be stepped into, `discover` the listing of an organization's
    accounts, `every_region` that of the regions an account has enabled, `besides` actions of other calls.
    Actions that the partition lacks are left out.
    """
    asked = [*plan(needs).calls, *((LIST_ACCOUNTS,) if discover else ()), *((LIST_REGIONS,) if every_region else ())]
    statements = [_statement(service, actions) for service, actions in _by_service(asked, partition, besides)]
    if assume:
        statements.append(
            {"Sid": "AssumeRole", "Effect": "Allow", "Action": ASSUME_ROLE.iam, "Resource": sorted(set(assume))}
        )
    return {"Version": "2012-10-17", "Statement": statements}


def trust_policy(principal_account: str, external_id: str | None = None, partition: str = "aws") -> dict[str, Any]:
    """The trust policy for a role that the scanner in `principal_account` (twelve digits) assumes.

    With `external_id`, only whoever gives it gets in.
    """
    statement: dict[str, Any] = {
        "Sid": "Drscan",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{principal_account}:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def size(policy: Mapping[str, Any]) -> int:
    """The characters of a policy as IAM counts them: without white space."""
    return sum(not char.isspace() for char in json.dumps(policy))


def _by_service(calls: Iterable[Call], partition: str, besides: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    actions = sorted({*besides, *(call.iam for call in calls if partition not in call.not_offered_in)})
    return [(service, list(found)) for service, found in groupby(actions, key=lambda action: action.split(":")[0])]


def _statement(service: str, actions: list[str]) -> dict[str, Any]:
    return {"Sid": f"Read{SERVICE_NAMES[service]}", "Effect": "Allow", "Action": actions, "Resource": "*"}

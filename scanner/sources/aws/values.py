"""Small conversions from what boto3 answers to the one shape, shared by the call tables.

AWS leaves out what is not set, and boto3 may give an empty list for it; in the one shape what is not set is absent.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from scanner.estate.unknown import Unknown, Value


def given(**values: Value) -> dict[str, Value]:
    """The values that are there: without those that are None, an empty list or an empty dictionary."""
    return {key: value for key, value in values.items() if value is not None and value != [] and value != {}}


def picked(source: Mapping[str, Any] | None, *keys: str) -> dict[str, Value]:
    """Those of these keys that the source has, under the same names."""
    return {key: source[key] for key in keys if source.get(key) is not None} if source else {}


def policy_document(document: Any) -> Value:
    """A policy as a JSON object, or an `Unknown` when it is not one; None stays None.

    boto3 hands IAM's policies over parsed and all others as text.
    """
    if document is None or isinstance(document, dict):
        return document
    try:
        parsed = json.loads(document, parse_constant=_refuse)
    except (ValueError, TypeError, RecursionError):
        return Unknown("the policy is not JSON")
    return parsed if isinstance(parsed, dict) else Unknown("the policy is not a JSON object")


def moment(value: datetime | None) -> str | None:
    """A point in time as ISO 8601 in UTC, to the second: `2026-11-21T09:30:00Z`."""
    if value is None:
        return None
    utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def tags(pairs: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as CloudFormation writes them, whatever the service calls key and value."""
    return [{"Key": pair[key], "Value": pair[value]} for pair in pairs or ()]


def account_in(arn: str) -> str:
    """The account field of an ARN: twelve digits, `aws` for what AWS owns, empty for buckets."""
    return arn.split(":", 5)[4]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

"""Buckets as AWS makes and lists them: with defaults, with regions, in pages, and with log delivery that is allowed."""

import base64
import json
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend
from moto.s3.responses import S3Response

from scanner.demo.moto_corrections import s3_documents as documents
from scanner.demo.moto_corrections.patching import Correction

Original = Callable[..., Any]

_LIST_PARAMETERS = ("prefix", "bucket-region", "max-buckets", "continuation-token")
_MOST_BUCKETS = 10_000


def _create_bucket(original: Original, self: S3Backend, *args: Any, **kwargs: Any) -> FakeBucket:
    """What AWS gives every new bucket since 2023-04: all public access blocked and ACLs off; and encryption."""
    bucket: FakeBucket = original(self, *args, **kwargs)
    bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    bucket.ownership_rule = "BucketOwnerEnforced"  # type: ignore[assignment]  # moto types it as a dict, uses a string
    documents.new_bucket(bucket)
    return bucket


def _all_buckets(_original: Original, self: S3Response) -> Any:
    """ListBuckets. `BucketRegion` is there only when the request has a parameter.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html, 2026-11.
    """
    self.data["Action"] = "ListBuckets"
    self._authenticate_and_authorize_s3_action()
    query = self._get_querystring(self.request, self.uri)
    asked = {name: query[name][0] for name in _LIST_PARAMETERS if query.get(name)}
    found = self.backend.list_buckets(asked.get("prefix"), asked.get("bucket-region"), None)
    page, more = _page(found, int(asked.get("max-buckets", _MOST_BUCKETS)), asked.get("continuation-token", ""))
    result: dict[str, Any] = {"Owner": {"ID": self.current_account}, "Buckets": [_entry(b, bool(asked)) for b in page]}
    if more:
        result["ContinuationToken"] = base64.b64encode(page[-1].name.encode()).decode()
    if "prefix" in asked:
        result["Prefix"] = asked["prefix"]
    return self.serialized(ActionResult(result))


def _page(buckets: Sequence[FakeBucket], size: int, token: str) -> tuple[list[FakeBucket], bool]:
    after = base64.b64decode(token).decode() if token else ""
    rest = sorted((bucket for bucket in buckets if bucket.name > after), key=lambda bucket: bucket.name)
    return rest[:size], len(rest) > size


def _entry(bucket: FakeBucket, with_region: bool) -> dict[str, Any]:
    entry = {"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601}
    return {**entry, "BucketRegion": bucket.region_name} if with_region else entry


def _log_delivery_allowed(
    _original: Original, _self: FakeBucket, target_bucket: FakeBucket, target_prefix: str | None
) -> bool:
    """Whether the target's policy lets S3 deliver access logs; moto fails on statements whose principal is `*`."""
    policy = json.loads(target_bucket.policy) if target_bucket.policy else {}
    where = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}"
    return any(
        statement["Effect"] == "Allow"
        and "logging.s3.amazonaws.com" in _strings(_service(statement))
        and any(action in ("s3:PutObject", "s3:*", "*") for action in _strings(statement.get("Action")))
        and any(fnmatchcase(f"{where}x", resource) for resource in _strings(statement.get("Resource")))
        for statement in policy.get("Statement", [])
    )


def _service(statement: dict[str, Any]) -> Any:
    principal = statement.get("Principal")
    return principal.get("Service") if isinstance(principal, dict) else None


def _strings(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


CORRECTIONS = (
    Correction(S3Backend, "create_bucket", _create_bucket),
    Correction(S3Response, "all_buckets", _all_buckets),
    Correction(FakeBucket, "_log_permissions_enabled_policy", _log_delivery_allowed),
)

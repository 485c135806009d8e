"""Objects as S3 serves them: with a retention that can be asked for, and behind policies whose conditions count.

Moto answers GetObjectRetention with the object itself, and takes a Deny under a condition ("without TLS", "but for
this role") for a Deny of everything, so that nobody gets at the objects of a well guarded bucket. Simpler than AWS, on
the open side: a Deny under a condition is not enforced on objects at all.
"""

import json
from collections.abc import Callable
from typing import Any

import xmltodict  # type: ignore[import-untyped]  # comes with moto
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from scanner.demo.moto_corrections.patching import Correction
from scanner.demo.moto_corrections.s3_answers import Answer, error

Original = Callable[..., Any]


def _get_permission(_original: Original, self: FakeBucket, action: str, resource: str) -> PermissionResult:
    document = json.loads(self.policy) if self.policy else {}
    written = document.get("Statement", [])
    statements = written if isinstance(written, list) else [written]
    counted = [one for one in statements if one.get("Effect") != "Deny" or not one.get("Condition")]
    if not counted:
        return PermissionResult.NEUTRAL
    policy = IAMPolicy(json.dumps({**document, "Statement": counted}))
    answer: PermissionResult = policy.is_action_permitted(action, resource)
    return answer


def _key_response_get(original: Original, self: S3Response, query: dict[str, Any], key_name: str) -> Any:
    if "retention" not in query:
        return original(self, query, key_name)
    return _retention(self, key_name, query.get("versionId", [None])[0])


def _retention(self: S3Response, key_name: str, version_id: str | None) -> Answer:
    """GetObjectRetention: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html (2026-11)."""
    if not self.backend.get_bucket(self.bucket_name).object_lock_enabled:
        return error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")
    key = self.backend.get_object(self.bucket_name, key_name, version_id=version_id)
    if key is None:
        return error(404, "NoSuchVersion" if version_id else "NoSuchKey", "The specified object does not exist.")
    if not key.lock_mode:
        message = "The specified object does not have a ObjectLock configuration"
        return error(404, "NoSuchObjectLockConfiguration", message)
    return 200, {}, xmltodict.unparse({"Retention": {"Mode": key.lock_mode, "RetainUntilDate": key.lock_until}})


CORRECTIONS = (
    Correction(FakeBucket, "get_permission", _get_permission),
    Correction(S3Response, "_key_response_get", _key_response_get),
)

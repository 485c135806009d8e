"""Which S3 bucket requests moto may answer, and which are answered here or refused.

Moto serves a request whose sub-resource it does not know as if the sub-resource were not there: reading lists objects,
deleting a metrics configuration deletes the bucket. So every bucket request passes through here first.
"""

import functools
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import botocore.session
from moto.s3.models import FakeBucket, s3_backends
from moto.s3.responses import S3Response

from scanner.demo.moto_corrections import s3_documents as documents
from scanner.demo.moto_corrections.patching import Correction
from scanner.demo.moto_corrections.s3_access import refusal
from scanner.demo.moto_corrections.s3_answers import Answer, not_implemented

Original = Callable[..., Any]

_READ_AND_WRITTEN = frozenset(
    {
        "accelerate",
        "acl",
        "cors",
        "encryption",
        "lifecycle",
        "logging",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "publicAccessBlock",
        "replication",
        "tagging",
        "versioning",
        "website",
    }
)
_MOTO_SERVES = {
    "GET": _READ_AND_WRITTEN | {"location", "policyStatus", "uploads", "versions"},
    "PUT": _READ_AND_WRITTEN,
    "DELETE": _READ_AND_WRITTEN - {"accelerate", "acl", "logging", "notification", "object-lock", "versioning"},
    "POST": frozenset({"delete"}),
}


def _bucket_response(original: Original, self: S3Response, request: Any, full_url: str) -> Any:
    query = self._get_querystring(request, full_url)
    kind = next((name for name in query if name in bucket_sub_resources()), "")
    name = self.parse_bucket_name_from_url(request, full_url)
    bucket = bucket_named(name) if name else None
    if bucket is None or (request.method == "PUT" and not kind):
        return original(self, request, full_url)
    refused = refusal(self, bucket, any_region=kind == "location")
    if refused is not None:
        return refused
    return _answer(functools.partial(original, self, request, full_url), self, bucket, request.method, kind, query)


def _answer(ask: Original, self: S3Response, bucket: FakeBucket, method: str, kind: str, query: dict[str, Any]) -> Any:
    if kind in documents.NUMBERED:
        return _numbered(self, bucket, method, kind, query)
    if kind in documents.SINGLE:
        return _single(ask, self, bucket, method, kind)
    if kind and kind not in _MOTO_SERVES.get(method, frozenset()):
        return not_implemented(f"{method} of the bucket sub-resource {kind}")
    return ask()


def _numbered(self: S3Response, bucket: FakeBucket, method: str, kind: str, query: dict[str, Any]) -> Answer:
    id_ = query.get("id", [""])[0]
    match method:
        case "PUT" if id_:
            documents.store(bucket, kind, self.body, id_)
            return 200, {}, ""
        case "GET" if id_:
            return documents.read(bucket, kind, id_) or documents.no_such_configuration()
        case "GET":
            return documents.read_list(bucket, kind, query.get("continuation-token", [""])[0])
        case "DELETE" if id_:
            return (204, {}, "") if documents.forget(bucket, kind, id_) else documents.no_such_configuration()
    return not_implemented(f"{method} of the bucket sub-resource {kind}")


def _single(ask: Original, self: S3Response, bucket: FakeBucket, method: str, kind: str) -> Any:
    known = kind in _MOTO_SERVES.get(method, frozenset())
    match method:
        case "GET":
            return documents.read(bucket, kind) or (ask() if known else not_implemented(kind))
        case "PUT":
            answer = ask() if known else (200, {}, "")
            if isinstance(answer, str) or answer[0] < 300:
                documents.store(bucket, kind, self.body)
            return answer
        case "DELETE" if known:
            answer = ask()
            documents.forget(bucket, kind)
            return answer
    return not_implemented(f"{method} of the bucket sub-resource {kind}")


def _key_response(original: Original, self: S3Response, request: Any, full_url: str) -> Any:
    bucket = bucket_named(self.parse_bucket_name_from_url(request, full_url))
    refused = refusal(self, bucket) if bucket is not None else None
    return refused if refused is not None else original(self, request, full_url)


def bucket_named(name: str) -> FakeBucket | None:
    """The bucket of that name in any account, or None: names are global."""
    partition, account = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[account][partition].buckets.get(name) if account else None


def bucket_sub_resources() -> frozenset[str]:
    """The names behind the question mark of all bucket operations that botocore knows (`replication`, `metrics`)."""
    return frozenset(kind for _, kind in _bucket_operations() if kind)


def operations(method: str, query: Iterable[str], of_bucket: bool) -> frozenset[str]:
    """The names that botocore has for a request: two where an old name lives on or an id makes the difference."""
    if not of_bucket:
        return frozenset({"ListBuckets"})
    kind = next((name for name in query if name in bucket_sub_resources()), "")
    return _bucket_operations().get((method, kind), frozenset())


@functools.cache
def _bucket_operations() -> dict[tuple[str, str], frozenset[str]]:
    """Operation names by method and sub-resource (empty for the bucket itself)."""
    model = botocore.session.Session().get_service_model("s3")
    found: dict[tuple[str, str], frozenset[str]] = {}
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        if path == "/{Bucket}":
            flags = parse_qs(query, keep_blank_values=True).items()
            kind = next((flag for flag, values in flags if values == [""]), "")
            found[http["method"], kind] = found.get((http["method"], kind), frozenset()) | {name}
    return found


CORRECTIONS = (
    Correction(S3Response, "_bucket_response", _bucket_response),
    Correction(S3Response, "_key_response", _key_response),
)

"""Bucket configurations kept as the documents that they are.

S3 gives back what was put, with missing rule ids filled in. Moto takes the document apart and loses pieces on the way
(replication filters, delete markers, object sizes in lifecycle filters, EventBridge, blocked encryption types, MFA
Delete), adds some (zero years of retention), or does not know the sub-resource at all. Moto still checks and acts on
what it knows; reading returns these.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]  # comes with moto
from moto.moto_api._internal import mock_random
from moto.s3.exceptions import MalformedXML
from moto.s3.models import FakeBucket

from scanner.demo.moto_corrections.s3_answers import Answer, error

SINGLE = {
    "encryption": "ServerSideEncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "logging": "BucketLoggingStatus",
    "notification": "NotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "replication": "ReplicationConfiguration",
    "requestPayment": "RequestPaymentConfiguration",
    "versioning": "VersioningConfiguration",
}
"""Sub-resources of which a bucket has one, and the root element of each."""

NUMBERED = {
    "analytics": ("AnalyticsConfiguration", "ListBucketAnalyticsConfigurationResult"),
    "intelligent-tiering": ("IntelligentTieringConfiguration", "ListBucketIntelligentTieringConfigurationsOutput"),
    "inventory": ("InventoryConfiguration", "ListInventoryConfigurationsResult"),
    "metrics": ("MetricsConfiguration", "ListMetricsConfigurationsResult"),
}
"""Sub-resources of which a bucket has any number, told apart by id: root of one, and root of the listing."""

_PAGE = 100  # S3 lists at most a hundred of each at a time.

_RULES_WITH_ID = {
    "lifecycle": (("Rule", "ID"),),
    "replication": (("Rule", "ID"),),
    "notification": (
        ("TopicConfiguration", "Id"),
        ("QueueConfiguration", "Id"),
        ("CloudFunctionConfiguration", "Id"),
    ),
}

_NEW_BUCKET_ENCRYPTION = {
    "ServerSideEncryptionConfiguration": {
        "Rule": {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": "false",
            "BlockedEncryptionTypes": {"EncryptionType": "SSE-C"},
        }
    }
}

_ALWAYS = {"requestPayment": {"RequestPaymentConfiguration": {"Payer": "BucketOwner"}}}

_documents: WeakKeyDictionary[FakeBucket, dict[tuple[str, str], dict[str, Any]]] = WeakKeyDictionary()


def new_bucket(bucket: FakeBucket) -> None:
    """Give a bucket the encryption that S3 gives new ones: SSE-S3, and SSE-C blocked.

    The block: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-s3-c-encryption-setting-faq.html, 2026-11.
    """
    bucket.encryption = dict(_NEW_BUCKET_ENCRYPTION["ServerSideEncryptionConfiguration"])
    _of(bucket)["encryption", ""] = _NEW_BUCKET_ENCRYPTION


def store(bucket: FakeBucket, kind: str, body: bytes, id_: str = "") -> None:
    """Keep a document that was put. Raises moto's MalformedXML when it is not XML of that root."""
    document = _parse(body, NUMBERED[kind][0] if kind in NUMBERED else SINGLE[kind])
    if kind == "encryption":
        _keep_block(document, _of(bucket).get((kind, ""), {}))
    for list_name, id_name in _RULES_WITH_ID.get(kind, ()):
        _fill_ids(document[SINGLE[kind]], list_name, id_name)
    _of(bucket)[kind, id_] = document


def forget(bucket: FakeBucket, kind: str, id_: str = "") -> bool:
    """Drop a document; False when there was none. Encryption falls back to that of a new bucket."""
    if kind == "encryption":
        new_bucket(bucket)
        return True
    return _of(bucket).pop((kind, id_), None) is not None


def held(bucket: FakeBucket, kind: str) -> Mapping[str, Any]:
    """The content of a document as xmltodict reads it, empty when none was put."""
    document: Mapping[str, Any] = _of(bucket).get((kind, ""), {}).get(SINGLE[kind], {})
    return document


def read(bucket: FakeBucket, kind: str, id_: str = "") -> Answer | None:
    """The answer with the document, or None when none was put."""
    document = _of(bucket).get((kind, id_)) or _ALWAYS.get(kind)
    if document is None or (kind == "versioning" and "MfaDelete" not in document[SINGLE[kind]]):
        return None
    # Moto turns versioning on by itself with Object Lock; only what it cannot say comes from here.
    headers = {"x-amz-transition-default-minimum-object-size": "all_storage_classes_128K"}
    return 200, headers if kind == "lifecycle" else {}, xmltodict.unparse(document)


def read_list(bucket: FakeBucket, kind: str, after: str = "") -> Answer:
    """The answer with a page of a bucket's numbered documents, in order of id, starting behind the id `after`."""
    item, root = NUMBERED[kind]
    ids = sorted(id_ for stored, id_ in _of(bucket) if stored == kind and id_ > after)
    page, more = ids[:_PAGE], len(ids) > _PAGE
    result: dict[str, Any] = {
        item: [_of(bucket)[kind, id_][item] for id_ in page],
        "IsTruncated": str(more).lower(),
    }
    if more:
        result["NextContinuationToken"] = page[-1]
    return 200, {}, xmltodict.unparse({root: result})


def no_such_configuration() -> Answer:
    """What S3 says when a numbered document is not there."""
    return error(404, "NoSuchConfiguration", "The specified configuration does not exist.")


def _of(bucket: FakeBucket) -> dict[tuple[str, str], dict[str, Any]]:
    return _documents.setdefault(bucket, {})


def _parse(body: bytes, root: str) -> dict[str, Any]:
    try:
        document = dict(xmltodict.parse(body))
    except ExpatError:
        raise MalformedXML from None
    if root not in document:
        raise MalformedXML
    document[root] = document[root] or {}
    return document


def _keep_block(document: dict[str, Any], before: Mapping[str, Any]) -> None:
    # SSE-C stays blocked until somebody says NONE: leaving the element out does not unblock it.
    old, new = (part.get("ServerSideEncryptionConfiguration", {}).get("Rule") for part in (before, document))
    if isinstance(old, dict) and isinstance(new, dict) and "BlockedEncryptionTypes" in old:
        new.setdefault("BlockedEncryptionTypes", old["BlockedEncryptionTypes"])


def _fill_ids(configuration: dict[str, Any], list_name: str, id_name: str) -> None:
    for rule in _each(configuration.get(list_name)):
        if not rule.get(id_name):
            rule[id_name] = str(mock_random.uuid4())


def _each(value: Any) -> Iterator[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, dict))

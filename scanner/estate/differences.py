"""Where a template and what is live are of two minds, in what recovery depends on.

Only what the template states can differ. Spellings that mean the same in a policy are the same here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.estate.joining import is_stated
from scanner.estate.recognition import (
    ACCESS_POINT_POLICY,
    BUCKET,
    BUCKET_POLICY,
    KEY,
    TOPIC_POLICY,
)
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value, to_json

_ALARM = (
    *("ActionsEnabled", "AlarmActions", "ComparisonOperator", "DatapointsToAlarm", "Dimensions", "EvaluationPeriods"),
    *("ExtendedStatistic", "MetricName", "Metrics", "Namespace", "Period", "Statistic", "Threshold"),
    *("TreatMissingData",),
)
_RELEVANT: Mapping[str, tuple[str, ...]] = {
    BUCKET: (
        *("VersioningConfiguration", "ObjectLockEnabled", "ObjectLockConfiguration", "BucketEncryption"),
        *("ReplicationConfiguration", "PublicAccessBlockConfiguration"),
    ),
    BUCKET_POLICY: ("PolicyDocument",),
    KEY: ("KeyPolicy", "Enabled", "EnableKeyRotation"),
    TOPIC_POLICY: ("PolicyDocument",),
    ACCESS_POINT_POLICY: ("Policy",),
    "AWS::S3::AccountPublicAccessBlock": (
        *("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
    ),
    "AWS::IAM::Role": ("AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "PermissionsBoundary"),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument",),
    "AWS::Backup::BackupVault": ("AccessPolicy", "LockConfiguration", "EncryptionKeyArn"),
    "AWS::CloudWatch::Alarm": _ALARM,
    "AWS::CloudWatch::CompositeAlarm": ("ActionsEnabled", "AlarmActions", "AlarmRule"),
}
_DOCUMENTS = frozenset({"AccessPolicy", "AssumeRolePolicyDocument", "KeyPolicy", "Policy", "PolicyDocument"})
_KEYS = frozenset({"EncryptionKeyArn", "KMSMasterKeyID", "ReplicaKmsKeyID"})
_ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")
_LISTED_BY_NAME = {"Policies": "PolicyName"}
_MAX_LISTED = 50


def differences(declared: Resource, live: Resource) -> list[Value]:
    """Where what a template states of a resource is not what is live: entries of `Path`, `Declared` and `Live`.

    `Path` is dotted, with the number (from 0) of a list's element in brackets; what is absent is None. Where one side
    is not known the entry has its `Unknown`: there they may differ. At most 50 entries.
    """
    stated = [name for name in _RELEVANT.get(live.type, ()) if is_stated(declared, name)]
    found = (one for name in stated for one in _property(name, declared, live))
    return [entry for entry, _ in zip(found, range(_MAX_LISTED), strict=False)]


def _property(name: str, declared: Resource, live: Resource) -> Iterator[Value]:
    ours, theirs = declared.properties.get(name), live.properties.get(name)
    if name in ("Policies", "ManagedPolicyArns"):
        yield from _entries(name, ours, theirs)
    else:
        yield from _below(name, name, ours, theirs)


def _entries(path: str, ours: Value, theirs: Value) -> Iterator[Value]:
    """Entries that the template lacks may be another's, so they are no difference."""
    if not isinstance(ours, list | tuple) or not isinstance(theirs, list | tuple):
        yield from _below(path, path, ours, theirs)
        return
    unread = next((one for one in theirs if isinstance(one, Unknown)), None)
    there = {repr(_called(path, one)): one for one in theirs if not isinstance(one, Unknown)}
    for number, entry in enumerate(ours):
        called = None if isinstance(entry, Unknown) else repr(_called(path, entry))
        if called in there:
            yield from _below(f"{path}[{number}]", path, entry, there[called])
        else:
            yield _entry(f"{path}[{number}]", entry, unread)


def _called(path: str, entry: Value) -> Value:
    return entry.get(_LISTED_BY_NAME[path]) if isinstance(entry, Mapping) and path in _LISTED_BY_NAME else entry


def _below(path: str, name: str, ours: Value, theirs: Value) -> Iterator[Value]:
    """The differences at a path and below it; `name` is the last part of the path."""
    if isinstance(ours, Unknown) or isinstance(theirs, Unknown):
        if ours != theirs:
            yield _entry(path, ours, theirs)
    elif name in _DOCUMENTS:
        yield from _documents(path, ours, theirs)
    elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for member in dict.fromkeys((*ours, *theirs)):
            yield from _below(f"{path}.{member}", member, ours.get(member), theirs.get(member))
    elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from _below(f"{path}[{number}]", name, *pair)
    elif (ours or None) != (theirs or None) and not (name in _KEYS and _may_be_one_key(ours, theirs)):
        yield _entry(path, ours, theirs)


def _may_be_one_key(ours: Value, theirs: Value) -> bool:
    """Keys are named by id, by ARN or by an alias, of which only looking it up tells what it means."""
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return False
    is_alias = ["alias/" in one for one in (ours, theirs)]
    return is_alias[0] != is_alias[1] or ours.rpartition("/")[2] == theirs.rpartition("/")[2]


def _documents(path: str, ours: Value, theirs: Value) -> Iterator[Value]:
    if _plain_document(ours) == _plain_document(theirs):
        return
    yield _entry(path, _unknown_in(ours) or ours, _unknown_in(theirs) or theirs)


def _plain_document(document: Value) -> Value:
    """A policy with everything that may be one or a list as a sorted list, and its statements in one order."""
    if not isinstance(document, Mapping):
        return document
    statements = document.get("Statement")
    listed = statements if isinstance(statements, list | tuple) else [statements]
    plain = sorted(json.dumps(_plain_statement(to_json(one)), sort_keys=True) for one in listed)
    return [str(document.get("Version", "2008-10-17")), plain]


def _plain_statement(statement: Any) -> Any:
    plain = _plain(statement)
    if not isinstance(plain, dict):
        return plain
    for element in {"Principal", "NotPrincipal"} & plain.keys():
        plain[element] = _plain_principals(plain[element])
    return plain


def _plain_principals(principals: Any) -> Any:
    """`*` is any principal of AWS, and an account's id is its root."""
    named = principals if isinstance(principals, dict) else {"AWS": principals}
    return {kind: sorted(_ROOT.sub(r"\1", one) for one in some or ()) for kind, some in named.items()}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list():
            return sorted(map(_text, value))
        case _:
            return [_text(value)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(_plain(value) if isinstance(value, dict | list) else value)


def _unknown_in(value: Value) -> Unknown | None:
    """The first part of a value that is not known."""
    if isinstance(value, Unknown):
        return value
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next((found for item in items if (found := _unknown_in(item)) is not None), None)


def _entry(path: str, ours: Value, theirs: Value) -> dict[str, Value]:
    return {"Path": path, "Declared": ours, "Live": theirs}

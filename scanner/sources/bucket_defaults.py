"""What S3 makes of a bucket that is declared: everything that it sets by itself on new buckets.

Since 2023-04 new buckets block public access, have no ACLs and are encrypted; since 2026-04 most of them refuse SSE-C
("Default settings for new S3 buckets FAQ", "Default SSE-C setting for new buckets FAQ", read 2026-11-21).
"""

from collections.abc import Iterable, Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.lifecycle_defaults import lifecycle

SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
"""The four settings of Block Public Access."""

_ID_LATER = Unknown("S3 makes up the id when the rule is deployed")
_SSE_C = Unknown(
    "BlockedEncryptionTypes is not set, and whether S3 refuses SSE-C then depends on the bucket's age and region"
)
_PRIVATE_FOR_BUCKETS = ("BucketOwnerFullControl", "BucketOwnerRead")
"""Canned ACLs that say something of objects only: on a bucket they come to the same as Private."""


def bucket(properties: dict[str, Value]) -> dict[str, Value]:
    """A new bucket with these properties."""
    filled = {**properties, **_lock_and_versioning(properties)}
    filled["BucketEncryption"] = _encryption(properties.get("BucketEncryption"))
    filled["PublicAccessBlockConfiguration"] = switches(properties.get("PublicAccessBlockConfiguration"))
    filled["AccessControl"] = _canned_acl(properties.get("AccessControl"))
    filled.setdefault("OwnershipControls", {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    filled["LoggingConfiguration"] = _logging(properties.get("LoggingConfiguration"))
    filled["LifecycleConfiguration"] = lifecycle(properties.get("LifecycleConfiguration"))
    filled["ReplicationConfiguration"] = _replication(properties.get("ReplicationConfiguration"))
    filled["NotificationConfiguration"] = _notifications(properties.get("NotificationConfiguration"))
    # The canned ACL tells all grants but who the owner is, which nobody knows by the id that grants have.
    filled["Observed"] = {"AclGrants": None}
    return {name: value for name, value in filled.items() if value is not None}


def switches(block: Value) -> Value:
    """The four switches: all on where nothing is said, and what is left out off where something is said."""
    if isinstance(block, Unknown):
        return block
    if block == {}:
        return dict.fromkeys(SWITCHES, Unknown("PublicAccessBlockConfiguration is there and says nothing"))
    return dict.fromkeys(SWITCHES, True) if block is None else {**dict.fromkeys(SWITCHES, False), **block}


def _lock_and_versioning(properties: Mapping[str, Value]) -> dict[str, Value]:
    """Object Lock takes no configuration, and makes a bucket versioned that is created with it.

    Without `ObjectLockEnabled`, a configuration may still switch it on, but only where versioning is on already.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html (2026-11)
    """
    created_with, configuration = properties.get("ObjectLockEnabled"), properties.get("ObjectLockConfiguration")
    versioning = properties.get("VersioningConfiguration")
    if versioning is None and created_with:
        versioning = created_with if isinstance(created_with, Unknown) else {"Status": "Enabled"}
    elif versioning == {}:
        versioning = {"Status": "Suspended"}
    is_locked = _is_locked(created_with, configuration)
    if is_locked is True and not isinstance(configuration, Unknown):
        configuration = {**(configuration or {}), **_ON}
    elif isinstance(is_locked, Unknown):
        configuration = configuration or is_locked
    return {
        "ObjectLockEnabled": is_locked,
        "ObjectLockConfiguration": None if is_locked is False else configuration,
        "VersioningConfiguration": versioning,
    }


_ON = {"ObjectLockEnabled": "Enabled"}


def _is_locked(enabled: Value, configuration: Value) -> Value:
    told = configuration.get("ObjectLockEnabled") if isinstance(configuration, Mapping) else configuration
    if enabled is True or told == "Enabled":
        return True
    doubt = next((one for one in (enabled, told) if isinstance(one, Unknown)), None)
    if doubt is not None:
        return doubt
    return Unknown("ObjectLockConfiguration does not say that Object Lock is on") if configuration else False


def _encryption(declared: Value) -> Value:
    if isinstance(declared, Unknown):
        return declared
    rules = (declared or {}).get("ServerSideEncryptionConfiguration") or [{}]
    if isinstance(rules, Unknown):
        return declared
    whole = [rule if isinstance(rule, Unknown) else _encryption_rule(rule) for rule in rules]
    return {"ServerSideEncryptionConfiguration": whole}


def _encryption_rule(rule: Mapping[str, Value]) -> dict[str, Value]:
    return {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": _SSE_C,
        **rule,
    }


def _canned_acl(declared: Value) -> Value:
    return "Private" if declared is None or declared in _PRIVATE_FOR_BUCKETS else declared


def _logging(declared: Value) -> Value:
    if declared == {}:
        return Unknown("LoggingConfiguration is there and says nothing")
    return {"LogFilePrefix": "", **declared} if isinstance(declared, Mapping) else declared


def _replication(declared: Value) -> Value:
    rules = declared.get("Rules") if isinstance(declared, Mapping) else None
    return {**declared, "Rules": _changed(rules)} if isinstance(rules, list) else declared


def _changed(rules: Iterable[Value]) -> list[Value]:
    return [rule if isinstance(rule, Unknown) else _replication_rule(rule) for rule in rules]


def _replication_rule(rule: Mapping[str, Value]) -> dict[str, Value]:
    """A rule without filter is of the first version, and has a prefix, if only an empty one."""
    named = {"Id": _ID_LATER, **rule}
    return named if "Filter" in rule else {"Prefix": "", **named}


def _notifications(declared: Value) -> Value:
    """EventBridge is on or not there at all."""
    if not isinstance(declared, Mapping):
        return declared
    bridge = declared.get("EventBridgeConfiguration")
    is_on = bridge.get("EventBridgeEnabled", True) if isinstance(bridge, Mapping) else None
    rest = {name: _filtered(value) for name, value in declared.items() if name != "EventBridgeConfiguration"}
    if isinstance(bridge, Unknown):
        rest["EventBridgeConfiguration"] = bridge
    elif is_on:
        rest["EventBridgeConfiguration"] = {"EventBridgeEnabled": is_on}
    return rest or None


def _filtered(entries: Value) -> Value:
    """Destinations of events without the filters that let everything through."""
    if not isinstance(entries, list):
        return entries
    return [_without_empty_filter(entry) if isinstance(entry, Mapping) else entry for entry in entries]


def _without_empty_filter(entry: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in entry.items() if (name, value) != ("Filter", {})}

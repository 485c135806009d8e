"""What one replication rule asks for, read once from its CloudFormation shape.

Each feature is three-valued where it can be: a rule half seen asks for things that may or may not be needed.
"""

from dataclasses import dataclass

from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import Truth, equals
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class Features:
    """One rule. `prefix` is empty where all keys are meant; `is_v1` says that the rule has no `Filter`.

    `tags` are the tags that an object must have, all of them. `destination`, `account` and `replica_key` are as
    written: an ARN, an account id, a key id, key ARN or alias ARN.
    """

    rule: Value
    id: str
    status: str | Unknown | None
    priority: Value
    prefix: str | Unknown
    tags: tuple[tuple[str, str], ...] | Unknown
    is_v1: bool
    delete_markers: Truth
    owner_override: Truth
    selects_kms: Truth
    replica_modifications: Truth
    destination: str | Unknown | None
    account: str | Unknown | None
    replica_key: str | Unknown | None


def read_rule(rule: Value, position: int) -> Features:
    """The features of a rule; `position` (from 1) names a rule that has no id of its own."""
    is_v1 = at(rule, "Filter") is None
    written_id = text(rule, "Id")
    return Features(
        rule=rule,
        id=written_id if isinstance(written_id, str) and written_id else f"rule-{position}",
        status=text(rule, "Status"),
        priority=at(rule, "Priority"),
        prefix=_prefix(rule, is_v1=is_v1),
        tags=_tags(rule),
        is_v1=is_v1,
        delete_markers=True if is_v1 else _is_enabled(rule, "DeleteMarkerReplication.Status"),
        owner_override=equals(at(rule, "Destination.AccessControlTranslation.Owner"), "Destination"),
        selects_kms=_is_enabled(rule, "SourceSelectionCriteria.SseKmsEncryptedObjects.Status"),
        replica_modifications=_is_enabled(rule, "SourceSelectionCriteria.ReplicaModifications.Status"),
        destination=text(rule, "Destination.Bucket"),
        account=text(rule, "Destination.Account"),
        replica_key=text(rule, "Destination.EncryptionConfiguration.ReplicaKmsKeyID"),
    )


def _is_enabled(rule: Value, path: str) -> Truth:
    return equals(at(rule, path), "Enabled")


def _prefix(rule: Value, *, is_v1: bool) -> str | Unknown:
    paths = ("Prefix",) if is_v1 else ("Filter.Prefix", "Filter.And.Prefix")
    found = [text(rule, path) for path in paths]
    return next((one for one in found if one), "")


def _tags(rule: Value) -> tuple[tuple[str, str], ...] | Unknown:
    single = at(rule, "Filter.TagFilter")
    found: list[tuple[str, str]] = []
    for tag in [*([single] if single is not None else ()), *elements(at(rule, "Filter.And.TagFilters"))]:
        key, value = text(tag, "Key"), text(tag, "Value")
        for part in (key, value):
            if isinstance(part, Unknown):
                return part
        found.append((str(key or ""), str(value or "")))
    return tuple(found)

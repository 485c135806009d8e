"""Lifecycle rules, as a bucket carries them (provider v3) and as a resource of their own (v4 and later).

Provider documentation, 2026-11: of an expiration's date, days and delete marker only the first that is given counts; a
transition without date or days happens at once.
"""

from collections.abc import Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.readers import (
    Reader,
    Values,
    block,
    blocks,
    built,
    date,
    each,
    first,
    inside,
    kept,
    pairs,
    plain,
    positive,
    status,
    wrapped,
)


def of_resource(values: Values) -> Value:
    """The configuration in `aws_s3_bucket_lifecycle_configuration`."""
    fields = {
        "Rules": each("rule", lambda rule: {**built(rule, _RULE), **_selection(rule), **_expiration(rule)}),
        "TransitionDefaultMinimumObjectSize": plain("transition_default_minimum_object_size"),
    }
    return built(values, fields)


def of_bucket(values: Values) -> Value:
    """The configuration in the `lifecycle_rule` blocks of a bucket; None without any."""
    return wrapped(Rules=each("lifecycle_rule", lambda rule: {**built(rule, _INLINE_RULE), **_expiration(rule)}))(
        values
    )


def _selection(rule: Values) -> dict[str, Value]:
    filter_ = first(rule, "filter")
    if filter_ is None:
        return built(rule, {"Prefix": plain("prefix")})
    if isinstance(filter_, Unknown):
        return {"Prefix": filter_}
    both, tag = first(filter_, "and"), block("tag", Key=plain("key"), Value=kept("value", ""))(filter_)
    if isinstance(both, Unknown):
        return {"Prefix": both}
    if both is None and tag is not None:
        return {"TagFilters": [tag]}
    return built(filter_ if both is None else both, _SELECTION)


def _expiration(rule: Values) -> dict[str, Value]:
    """Date, days or delete marker; where one of them is known to be given, what the others hold does not count."""
    found = inside("expiration", lambda inner: built(inner, _EXPIRATION))(rule)
    if found is None or isinstance(found, Unknown):
        return {} if found is None else {"ExpirationInDays": found}
    given = [name for name, value in found.items() if not isinstance(value, Unknown) and value is not False]
    return {given[0]: found[given[0]]} if given else found


def _days(key: str) -> Reader:
    """The days of a transition that has no date."""
    return lambda values: None if isinstance(date("date")(values), str) else plain(key, 0)(values)


_EXPIRATION = {
    "ExpirationDate": date("date"),
    "ExpirationInDays": positive("days"),
    "ExpiredObjectDeleteMarker": plain("expired_object_delete_marker"),
}
_SELECTION = {
    "Prefix": plain("prefix"),
    "TagFilters": pairs("tags"),
    "ObjectSizeGreaterThan": positive("object_size_greater_than"),
    "ObjectSizeLessThan": positive("object_size_less_than"),
}
_TRANSITIONS = blocks(
    "transition", StorageClass=plain("storage_class"), TransitionDate=date("date"), TransitionInDays=_days("days")
)

_RULE: Mapping[str, Reader] = {
    "Id": plain("id"),
    "Status": plain("status"),
    "Transitions": _TRANSITIONS,
    "NoncurrentVersionExpiration": block(
        "noncurrent_version_expiration",
        NoncurrentDays=positive("noncurrent_days"),
        NewerNoncurrentVersions=positive("newer_noncurrent_versions"),
    ),
    "NoncurrentVersionTransitions": blocks(
        "noncurrent_version_transition",
        StorageClass=plain("storage_class"),
        TransitionInDays=plain("noncurrent_days", 0),
        NewerNoncurrentVersions=positive("newer_noncurrent_versions"),
    ),
    "AbortIncompleteMultipartUpload": block(
        "abort_incomplete_multipart_upload", DaysAfterInitiation=positive("days_after_initiation")
    ),
}

_INLINE_RULE: Mapping[str, Reader] = {
    "Id": plain("id"),
    "Status": status("enabled"),
    "Prefix": plain("prefix"),
    "TagFilters": pairs("tags"),
    "Transitions": _TRANSITIONS,
    "NoncurrentVersionExpiration": block("noncurrent_version_expiration", NoncurrentDays=positive("days")),
    "NoncurrentVersionTransitions": blocks(
        "noncurrent_version_transition", StorageClass=plain("storage_class"), TransitionInDays=plain("days", 0)
    ),
    "AbortIncompleteMultipartUpload": wrapped(DaysAfterInitiation=positive("abort_incomplete_multipart_upload_days")),
}

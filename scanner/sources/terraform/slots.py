"""Which attributes hold nothing but the name, the id or the ARN of another resource, or one whole policy.

Plan JSON lists what an expression refers to and not what it makes of it: `aws_s3_bucket.a.arn` and
`"${aws_s3_bucket.a.arn}/*"` look alike. Where an attribute takes the ARN of a key and the expression refers to the ARN
of one, though, it can be nothing else. Where both readings make sense (a bucket's ARN among the resources of a
statement) there is no slot, and the value stays unknown. Attributes: the provider's documentation, 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Accepted: TypeAlias = Mapping[str, Mapping[str, str]]
"""By the type that is referred to: the attribute of the reference, and which attribute of it the slot then holds.

The attribute is empty where only the instance is told (`aws_kms_key.a[each.key].arn` is listed as `aws_kms_key.a`)."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What an attribute takes.

    `is_list` says that it takes several of them. `is_owner` says that it attaches its own resource to another one, as
    `bucket` of a bucket's versioning does: of several instances of both, each belongs to the one of its own key.
    """

    accepts: Accepted
    is_list: bool = False
    is_owner: bool = False


def slot_of(type_: str, path: tuple[str, ...]) -> Slot | None:
    """The slot at a path of attribute names within a resource or data source (`data.<type>`), None if it is none."""
    name = path[-1]
    if path == ("bucket",) and type_ == "aws_s3_bucket":
        return None
    if path[-2:] == ("destination", "bucket"):
        return Slot(_BUCKET_ARN)
    accepts = _BY_TYPE.get(type_, _NO_SLOTS).get(name) or _BY_NAME.get(name)
    if accepts is None:
        return None
    is_owner = accepts is POLICY or (len(path) == 1 and name in _OWNERS.get(_family(type_), ()))
    return Slot(accepts, name in _LISTS, is_owner)


def is_another_thing(slot: Slot, type_: str, attribute: str) -> bool:
    """Whether a reference leads to something of a kind that this slot never holds, so that it must be used otherwise
    (in a condition, as another member of an object). Without an attribute: any of it."""
    if not attribute:
        return type_ in _NAMED and type_ not in slot.accepts
    return attribute in _NAMED.get(type_, ()) and attribute not in slot.accepts.get(type_, {})


def _held(default: str, *attributes: str) -> Mapping[str, str]:
    """Attributes that a slot holds as they are; the first one where only the instance is told."""
    return {"": default, default: default, **{name: name for name in attributes}}


_KEY_ATTRIBUTES = _held("arn", "key_id", "id")
_KEYS = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key")
_NAME = _held("name", "id")
_ARN = _held("arn")
_ARN_AS_ID = _held("arn", "id")

_BUCKET_NAME: Accepted = {
    "aws_s3_bucket": _held("bucket", "id"),
    **{
        f"aws_s3_bucket_{part}": _held("bucket", "id")
        for part in (
            "policy",
            "versioning",
            "public_access_block",
            "ownership_controls",
            "server_side_encryption_configuration",
            "lifecycle_configuration",
            "object_lock_configuration",
            "replication_configuration",
            "acl",
            "logging",
        )
    },
}
_BUCKET_ARN: Accepted = {"aws_s3_bucket": _ARN}
_KEY: Accepted = {
    **dict.fromkeys(_KEYS, _KEY_ATTRIBUTES),
    "aws_kms_alias": _held("arn", "target_key_arn", "target_key_id", "name", "id"),
}
_ROLE_ARN: Accepted = {"aws_iam_role": _ARN}
_ROLE_NAME: Accepted = {"aws_iam_role": _NAME}
_USER: Accepted = {"aws_iam_user": _NAME}
_GROUP: Accepted = {"aws_iam_group": _NAME}
_POLICY_ARN: Accepted = {"aws_iam_policy": _ARN_AS_ID}
_TOPIC: Accepted = {"aws_sns_topic": _ARN_AS_ID}
_TOPIC_OR_NAME: Accepted = {"aws_sns_topic": _held("arn", "id", "name")}
_ENDPOINT: Accepted = {
    "aws_sqs_queue": _ARN,
    "aws_lambda_function": _ARN,
    "aws_kinesis_firehose_delivery_stream": _ARN,
}
_ACCOUNT: Accepted = {
    "aws_organizations_account": _held("id"),
    "data.aws_caller_identity": _held("account_id", "id"),
}
_OF_ORGANIZATION: Accepted = {
    "aws_organizations_account": _held("id"),
    "aws_organizations_organizational_unit": _held("id"),
    "aws_organizations_organization": {"roots.id": "roots"},
}
_ORGANIZATIONS_POLICY: Accepted = {"aws_organizations_policy": _held("id")}
_LOG_GROUP: Accepted = {"aws_cloudwatch_log_group": _NAME}
_LOG_GROUP_ARN: Accepted = {"aws_cloudwatch_log_group": _ARN}
_VAULT: Accepted = dict.fromkeys(("aws_backup_vault", "aws_backup_logically_air_gapped_vault"), _NAME)
_VAULT_ARN: Accepted = dict.fromkeys(("aws_backup_vault", "aws_backup_logically_air_gapped_vault"), _ARN)
_ACCESS_POINT: Accepted = {"aws_s3control_multi_region_access_point": {"": "name", "id": "name", "name": "name"}}

POLICY: Accepted = {"data.aws_iam_policy_document": _held("json", "minified_json")}
"""What a whole policy comes from."""

_WHOLE: Accepted = {
    **dict.fromkeys((*_KEYS, "aws_iam_role", "aws_iam_user", "aws_backup_vault", "aws_sqs_queue"), _ARN),
    **dict.fromkeys(("aws_iam_policy", "aws_sns_topic"), _ARN_AS_ID),
    "data.aws_caller_identity": _held("account_id"),
}
"""What stands in a policy's statement as it is. Of buckets, tables and log groups the parts have ARNs, too."""

_BY_NAME: Mapping[str, Accepted] = {
    **dict.fromkeys(("bucket", "bucket_name", "s3_bucket_name", "target_bucket"), _BUCKET_NAME),
    "bucket_arn": _BUCKET_ARN,
    **dict.fromkeys(("kms_key_id", "kms_key_arn", "kms_master_key_id", "replica_kms_key_id"), _KEY),
    **dict.fromkeys(("key_id", "target_key_id", "primary_key_arn", "encryption_key_arn"), _KEY),
    **dict.fromkeys(("role", "role_arn", "iam_role_arn", "cloud_watch_logs_role_arn"), _ROLE_ARN),
    "roles": _ROLE_NAME,
    **dict.fromkeys(("user", "users"), _USER),
    **dict.fromkeys(("group", "groups"), _GROUP),
    **dict.fromkeys(("policy_arn", "policy_arns", "managed_policy_arns", "permissions_boundary"), _POLICY_ARN),
    **dict.fromkeys(("topic_arn", "sns_topic_arn", "alarm_actions", "ok_actions"), _TOPIC),
    "insufficient_data_actions": _TOPIC,
    "sns_topic_name": _TOPIC_OR_NAME,
    "endpoint": _ENDPOINT,
    **dict.fromkeys(("account", "account_id", "bucket_account_id", "expected_bucket_owner"), _ACCOUNT),
    **dict.fromkeys(("target_id", "parent_id"), _OF_ORGANIZATION),
    "policy_id": _ORGANIZATIONS_POLICY,
    "log_group_name": _LOG_GROUP,
    "cloud_watch_logs_group_arn": _LOG_GROUP_ARN,
    **dict.fromkeys(("backup_vault_name", "target_vault_name"), _VAULT),
    **dict.fromkeys(("destination_vault_arn", "backup_vault_arn"), _VAULT_ARN),
    **dict.fromkeys(("policy", "assume_role_policy", "content"), POLICY),
    **dict.fromkeys(("source_json", "override_json"), POLICY),
    **dict.fromkeys(("source_policy_documents", "override_policy_documents"), POLICY),
}

_NO_SLOTS: Mapping[str, Accepted] = {}
_BY_TYPE: Mapping[str, Mapping[str, Accepted]] = {
    "aws_iam_role_policy": {"role": _ROLE_NAME},
    "aws_iam_role_policy_attachment": {"role": _ROLE_NAME},
    "aws_iam_instance_profile": {"role": _ROLE_NAME},
    "aws_iam_role_policies_exclusive": {"role_name": _ROLE_NAME},
    "aws_iam_role_policy_attachments_exclusive": {"role_name": _ROLE_NAME},
    "aws_sns_topic_policy": {"arn": _TOPIC},
    "aws_s3control_multi_region_access_point_policy": {"name": _ACCESS_POINT},
    "data.aws_iam_policy_document": dict.fromkeys(("identifiers", "resources", "not_resources", "values"), _WHOLE),
}

_LISTS = frozenset(
    {"roles", "users", "groups", "policy_arns", "managed_policy_arns", "alarm_actions", "ok_actions"}
    | {"insufficient_data_actions", "identifiers", "resources", "not_resources", "values"}
    | {"source_policy_documents", "override_policy_documents"}
)

_OWNERS: Mapping[str, tuple[str, ...]] = {
    "aws_s3_bucket": ("bucket",),
    "aws_iam": ("role", "user", "group", "policy_arn", "role_name"),
    "aws_kms": ("key_id", "target_key_id"),
    "aws_sns": ("arn", "topic_arn"),
    "aws_backup": ("backup_vault_name",),
    "aws_organizations": ("policy_id", "target_id"),
}

_KINDS = (*_BY_NAME.values(), *(accepted for slots in _BY_TYPE.values() for accepted in slots.values()))
_NAMED: Mapping[str, frozenset[str]] = {
    type_: frozenset(name for accepted in _KINDS for name in accepted.get(type_, {}) if name)
    for type_ in {type_ for accepted in _KINDS for type_ in accepted}
}


def _family(type_: str) -> str:
    if type_.startswith("aws_s3_bucket_"):
        return "aws_s3_bucket"
    return "_".join(type_.split("_", 2)[:2])

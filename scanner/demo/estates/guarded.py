"""An account that lets itself be read only in part, so that UNKNOWN is seen beside PASS and FAIL.

A small estate of its own: a ledger, locked and encrypted, replicated to another region of the same account. Refused are
the source's replication configuration, the copy's bucket policy, all about the copy's key, the topic, Macie and the log
metric filters. There is no trail and no access log, so it fails, too, where it can be read.

One region is not switched on, and is not in the estate file. Add it there, and see what a scan makes of a place that
nobody can enter: it doubts what such a place might use, and nothing else.
"""

from collections.abc import Mapping

from scanner.demo.building import Call, given
from scanner.demo.estates.accounts import GUARDED, OREGON, SWITCHED_OFF, VIRGINIA
from scanner.demo.estates.links import Link
from scanner.demo.parts import account_blocks_public_access, alarm, allow, bucket, key, only_tls, policy, root, topic
from scanner.demo.refusals import Refusal, region_is_off

LEDGER = Link(GUARDED.at(VIRGINIA), "guarded-ledger", GUARDED.at(OREGON), "guarded-ledger-dr", "guarded-replication")

_OWN_KEY = policy(allow("kms:*", to=root(LEDGER.here), sid="AccountDecides"))
_LOCK = {"Mode": "COMPLIANCE", "Days": 35}

CALLS: tuple[Call, ...] = (
    *(
        call
        for place, name in ((LEDGER.here, LEDGER.source), (LEDGER.there, LEDGER.copy))
        for call in (
            *key(place, name, _OWN_KEY),
            *bucket(place, name, lock=_LOCK, key=given(f"key/{name}"), bucket_policy=policy(only_tls(place, name))),
        )
    ),
    *LEDGER.role_calls(),
    LEDGER.rule_call(),
    *topic(LEDGER.here, "guarded-alerts", "on-call@guarded.example", confirmed=True, publishers=("cloudwatch",)),
    alarm(
        LEDGER.here,
        "guarded-ledger-failed",
        "OperationsFailedReplication",
        "guarded-alerts",
        Dimensions={"SourceBucket": LEDGER.source, "DestinationBucket": LEDGER.copy, "RuleId": LEDGER.rule_id},
    ),
    account_blocks_public_access(LEDGER.here),
)


def refusals(values: Mapping[str, str]) -> tuple[Refusal, ...]:
    """What the account refuses, once it is built; `values` are what the building gave (key ARNs)."""
    key_id = values[f"key/{LEDGER.copy}"].rpartition("/")[2]
    refused_bucket_reads = (
        ("GetBucketReplication", "s3:GetReplicationConfiguration", LEDGER.source),
        ("GetBucketPolicy", "s3:GetBucketPolicy", LEDGER.copy),
    )
    refused_key_reads = ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants")
    return (
        *(Refusal(GUARDED.id, "s3", *read) for read in refused_bucket_reads),
        *(Refusal(GUARDED.id, "kms", name, f"kms:{name}", key_id) for name in refused_key_reads),
        *(Refusal(GUARDED.id, "sns", name) for name in ("GetTopicAttributes", "ListSubscriptionsByTopic")),
        Refusal(GUARDED.id, "macie2", "GetMacieSession"),
        Refusal(GUARDED.id, "logs", "DescribeMetricFilters"),
        region_is_off(GUARDED.id, SWITCHED_OFF),
    )

"""Keys as KMS keeps them: a replica key has its own policy, tags and grants, and AWS's own keys are AWS's."""

import copy
import json
from collections.abc import Callable
from typing import Any

from moto.kms import responses
from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.responses import KmsResponse
from moto.utilities.utils import get_partition

from scanner.demo.moto_corrections.patching import Correction

Original = Callable[..., Any]


def _replicate_key(original: Original, self: KmsResponse) -> str:
    """ReplicateKey with the policy, description and tags that it was given; moto shares those of the primary."""
    answer = json.loads(original(self))
    region, tags = self._get_param("ReplicaRegion"), self._get_param("Tags") or []
    backend = kms_backends[self.current_account][region]
    replica = backend.keys[answer["ReplicaKeyMetadata"]["KeyId"]]
    replica.policy = self._get_param("Policy") or replica.generate_default_policy()
    replica.description = self._get_param("Description") or ""
    replica.grants, replica.aliases = {}, {}
    _separate(self.kms_backend.keys[replica.id], replica)
    if tags:
        backend.tagger.tag_resource(replica.id, tags)
    metadata = replica.to_dict()["KeyMetadata"]
    return json.dumps({"ReplicaKeyMetadata": metadata, "ReplicaPolicy": replica.policy, "ReplicaTags": tags})


def _separate(primary: Key, replica: Key) -> None:
    # Moto lets all keys of a family share one dictionary, so that reading a replica makes the primary one too.
    configuration = copy.deepcopy(primary.multi_region_configuration)
    primary.multi_region_configuration = {**configuration, "MultiRegionKeyType": "PRIMARY"}
    replica.multi_region_configuration = {**configuration, "MultiRegionKeyType": "REPLICA"}
    for sibling in configuration["ReplicaKeys"]:
        key = kms_backends[primary.account_id][sibling["Region"]].keys[primary.id]
        key.multi_region_configuration["ReplicaKeys"] = copy.deepcopy(configuration["ReplicaKeys"])


def _default_key(original: Original, self: KmsBackend, alias_name: str) -> str | None:
    """An AWS managed key: managed by AWS, rotated, and usable only through its service by the account itself."""
    key_id: str | None = original(self, alias_name)
    if key_id is not None:
        key = self.keys[key_id]
        key.key_manager, key.key_rotation_status = "AWS", True
        key.policy = json.dumps(_managed_policy(self, alias_name.removeprefix("alias/aws/")))
    return key_id


def _managed_policy(self: KmsBackend, service: str) -> dict[str, Any]:
    partition = get_partition(self.region_name)
    via = {"kms:CallerAccount": self.account_id, "kms:ViaService": f"{service}.{self.region_name}.amazonaws.com"}
    use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"]
    return {
        "Version": "2012-10-17",
        "Id": f"auto-{service}-2",
        "Statement": [
            {
                "Sid": f"Allow access through {service} for all principals in the account",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": use,
                "Resource": "*",
                "Condition": {"StringEquals": via},
            },
            {
                "Sid": "Allow direct access to key metadata to the account",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{self.account_id}:root"},
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                "Resource": "*",
            },
        ],
    }


def _list_aliases(original: Original, self: KmsResponse) -> str:
    """ListAliases without made-up targets: an AWS alias that was never used points at no key."""
    answer = json.loads(original(self))
    for alias in answer["Aliases"]:
        if alias["TargetKeyId"] not in self.kms_backend.keys:
            del alias["TargetKeyId"]
    return json.dumps(answer)


def _assert_default_policy(original: Original, policy_name: str | None) -> None:
    """The one policy of a key is meant where no name is given."""
    original(policy_name or "default")


CORRECTIONS = (
    Correction(responses, "_assert_default_policy", _assert_default_policy),
    Correction(KmsResponse, "replicate_key", _replicate_key),
    Correction(KmsResponse, "list_aliases", _list_aliases),
    Correction(KmsBackend, "_generate_default_keys", _default_key),
)

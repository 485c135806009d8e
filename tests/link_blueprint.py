"""One healthy link between two accounts, as an estate whose every part a test can break."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from scanner.analysis.replication import LINK, derive_links
from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import from_json

HOME, AWAY, THIRD = "111111111111", "222222222222", "333333333333"
REGIONS = {
    "aws": ("us-east-1", "eu-west-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
}
PREFIX = "ledger/"
Json = dict[str, Any]


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@dataclass
class Blueprint:
    """A healthy estate: source and destination bucket, role, two keys, an organization. Parts are plain JSON.

    `statements` are the role's, by Sid; `resources` are added as they are; what is None is left out.
    """

    partition: str = "aws"
    bucket_key: bool = False
    source: Json = field(default_factory=dict)
    destination: Json | None = field(default_factory=dict)
    trust: Json = field(default_factory=dict)
    statements: dict[str, Json] = field(default_factory=dict)
    role: Json | None = field(default_factory=dict)
    source_policy: Json | None = None
    destination_policy: Json | None = None
    source_key: Json | None = None
    replica_key: Json | None = None
    scps: dict[str, list[Json]] = field(default_factory=dict)
    rcps: dict[str, list[Json]] = field(default_factory=dict)
    resources: list[Resource] = field(default_factory=list)
    accounts: tuple[str, ...] = (HOME, AWAY)
    unseen: list[Unseen] = field(default_factory=list)
    intent: Intent = field(default_factory=Intent)

    def __post_init__(self) -> None:
        self.home_region, self.away_region = REGIONS[self.partition]
        self.role_arn = self.arn("iam", "", HOME, "role/service-role/replication")
        self.source_arn, self.destination_arn = self.arn("s3", "", "", "ledger"), self.arn("s3", "", "", "ledger-copy")
        self.source_key_arn = self.arn("kms", self.home_region, HOME, "key/source")
        self.replica_key_arn = self.arn("kms", self.away_region, AWAY, "key/replica")
        self.rule: Json = {
            "Id": "dr",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": PREFIX},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "Destination": {
                "Bucket": self.destination_arn,
                "Account": AWAY,
                "AccessControlTranslation": {"Owner": "Destination"},
                "EncryptionConfiguration": {"ReplicaKmsKeyID": self.replica_key_arn},
            },
        }
        self.source = self._bucket(self.source_key_arn, "BucketOwnerEnforced")
        self.source["ReplicationConfiguration"] = {"Role": self.role_arn, "Rules": [self.rule]}
        self.destination = self._bucket(self.replica_key_arn, "ObjectWriter")
        self._policies()
        self.scps = {"r-1": [document(self.allow("*", "*"))], HOME: [document(self.allow("*", "*"))]}

    def arn(self, service: str, region: str, account: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def root(self, account: str) -> Json:
        return {"AWS": self.arn("iam", "", account, "root")}

    @staticmethod
    def allow(actions: Any, resources: Any, **more: Any) -> Json:
        return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}

    @staticmethod
    def deny(actions: Any, resources: Any = "*", **more: Any) -> Json:
        return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}

    def everyone_denied(self, actions: Any, resources: Any = None, **more: Any) -> Json:
        return self.deny(actions, resources or f"{self.destination_arn}/*", Principal="*", **more)

    def add_rule(self, **changed: Any) -> Json:
        """One more rule, like the healthy one but for what is given."""
        rule = deepcopy(self.rule) | changed
        self.source["ReplicationConfiguration"]["Rules"].append(rule)
        return rule

    def via(self, region: str) -> str:
        return f"s3.{region}.amazonaws.com" + (".cn" if self.partition == "aws-cn" else "")

    def objects(self, bucket: str) -> str:
        return f"{bucket}/{PREFIX}*"

    def _bucket(self, key: str, ownership: str) -> Json:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": self.bucket_key}
        return {
            "VersioningConfiguration": {"Status": "Enabled"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]},
            "ObjectLockEnabled": False,
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
        }

    def _policies(self) -> None:
        source, destination = self.source_arn, self.destination_arn
        self.trust = self.allow("sts:AssumeRole", None, Principal={"Service": "s3.amazonaws.com"})
        del self.trust["Resource"]
        self.trust["Condition"] = {
            "StringEquals": {"aws:SourceAccount": HOME},
            "ArnLike": {"aws:SourceArn": source},
        }
        write = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ObjectOwnerOverrideToBucketOwner"]
        read = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        into = destination if self.bucket_key else self.objects(destination)
        from_ = source if self.bucket_key else self.objects(source)
        self.statements = {
            "Bucket": self.allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
            "Read": self.allow(read, self.objects(source)),
            "Write": self.allow(write, self.objects(destination)),
            "Decrypt": self.allow(
                "kms:Decrypt", self.source_key_arn, Condition=self.used_by_s3(self.home_region, from_)
            ),
            "Encrypt": self.allow(
                ["kms:Encrypt"], self.replica_key_arn, Condition=self.used_by_s3(self.away_region, into)
            ),
        }
        role = {"AWS": self.role_arn}
        self.destination_policy = document(self.allow(list(write), f"{destination}/*", Principal=role, Sid="Copies"))
        self.source_key = document(self.allow("kms:*", "*", Principal=self.root(HOME), Sid="Account"))
        use = ["kms:Encrypt", "kms:Decrypt"] if self.bucket_key else "kms:Encrypt"
        self.replica_key = document(
            self.allow("kms:*", "*", Principal=self.root(AWAY), Sid="Account"),
            self.allow(use, "*", Principal=role, Sid="Replicas"),
        )
        self.role = {"ManagedPolicyArns": []}
        self.key_states = {"source": "Enabled", "replica": "Enabled"}
        self.key_managers = {"source": "CUSTOMER", "replica": "CUSTOMER"}
        self.key_kinds: dict[str, Json] = {"source": {}, "replica": {}}

    def used_by_s3(self, region: str, context: str) -> Json:
        return {"StringLike": {"kms:ViaService": self.via(region), "kms:EncryptionContext:aws:s3:arn": context}}

    def add(self, type_: str, arn: str, account: str, region: str, name: str, **properties: Any) -> None:
        self.resources.append(Resource(type_, arn, account, region, name, from_json(properties)))

    @property
    def estate(self) -> Estate:
        """What the blueprint describes, without the resources of accounts that are not scanned."""
        everything = [*self.resources, *self._drawn()]
        # The organization is read in its management account, whichever accounts are scanned.
        seen = tuple(one for one in everything if one.account in (*self.accounts, THIRD))
        accounts = tuple(Account(id_, id_) for id_ in self.accounts)
        return Estate(seen, accounts, tuple(self.unseen), taken="2026-11-21T00:00:00Z")

    def _drawn(self) -> list[Resource]:
        s3, policy = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
        home, away = (HOME, self.home_region), (AWAY, self.away_region)
        drawn = [Resource(s3, self.source_arn, *home, "ledger", self.source)]
        if self.destination is not None:
            drawn.append(Resource(s3, self.destination_arn, *away, "ledger-copy", self.destination))
        for arn, place, name, text in (
            (self.source_arn, home, "ledger", self.source_policy),
            (self.destination_arn, away, "ledger-copy", self.destination_policy),
        ):
            if text is not None:
                drawn.append(Resource(policy, arn, *place, name, {"Bucket": name, "PolicyDocument": text}))
        if self.role is not None:
            drawn.append(Resource("AWS::IAM::Role", self.role_arn, HOME, "", "replication", self._role()))
        for name, arn, place, text in (
            ("source", self.source_key_arn, home, self.source_key),
            ("replica", self.replica_key_arn, away, self.replica_key),
        ):
            if text is not None:
                drawn.append(Resource("AWS::KMS::Key", arn, *place, name, self._key(name, text)))
        return [*drawn, *self._organization()]

    def _role(self) -> Json:
        assert self.role is not None
        own = document(*({"Sid": sid, **statement} for sid, statement in self.statements.items()))
        inline = [{"PolicyName": "replicate", "PolicyDocument": own}]
        return {"AssumeRolePolicyDocument": document(self.trust), "Policies": inline, **self.role}

    def _key(self, name: str, policy: Json) -> Json:
        observed = {"KeyState": self.key_states[name], "KeyManager": self.key_managers[name], "Grants": []}
        return {"KeyPolicy": policy, "Observed": observed, **self.key_kinds[name]}

    def _organization(self) -> list[Resource]:
        prefix = self.arn("organizations", "", THIRD, "")
        accounts = [
            Resource(
                "AWS::Organizations::Account",
                f"{prefix}account/o-1/{id_}",
                THIRD,
                "",
                id_,
                {"AccountId": id_, "ParentIds": ["r-1"]},
            )
            for id_ in (HOME, AWAY)
        ]
        kinds = (("SERVICE_CONTROL_POLICY", self.scps), ("RESOURCE_CONTROL_POLICY", self.rcps))
        policies = [
            Resource(
                "AWS::Organizations::Policy",
                f"{prefix}policy/o-1/{kind}/{target}-{number}",
                THIRD,
                "",
                f"{target}-{number}",
                {"Name": f"{target}-{number}", "Type": kind, "TargetIds": [target], "Content": content},
            )
            for kind, attached in kinds
            for target, contents in attached.items()
            for number, content in enumerate(contents)
        ]
        return [*accounts, *policies]

    def links(self) -> list[Mapping[str, Any]]:
        """The links' properties, in the order of the rules."""
        return [link.properties for link in derive_links(self.estate, self.intent).of_type(LINK)]

    def link(self) -> Mapping[str, Any]:
        """The properties of the first rule's link."""
        return self.links()[0]

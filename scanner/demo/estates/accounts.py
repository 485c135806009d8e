"""The accounts of the demo: who owns what, and in which regions something is to be seen.

The architectures that people published share `primary` and `recovery`; the one for China has accounts of its own, for
an account belongs to one partition. The healthy estate is kept in accounts of its own, so that what holds for a whole
account (Macie, public access) can be right there and wrong elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.demo.building import Call, Place
from scanner.demo.parts import allow, policy, role

VIRGINIA, OREGON, IRELAND, NINGXIA = "us-east-1", "us-west-2", "eu-west-1", "cn-northwest-1"
SWITCHED_OFF = "eu-south-1"
"""A region that `guarded` has not opted in to. It is not scanned unless somebody adds it to the estate file."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account: its name in estate.yaml, its id, and the regions that are scanned."""

    name: str
    id: str
    regions: tuple[str, ...]

    def at(self, region: str) -> Place:
        """A place in this account."""
        return Place(self.id, region)


MANAGEMENT = DemoAccount("management", "123456789012", (VIRGINIA,))
PRIMARY = DemoAccount("primary", "111111111111", (VIRGINIA, OREGON, IRELAND))
RECOVERY = DemoAccount("recovery", "222222222222", (IRELAND,))
CHINA_SOURCE = DemoAccount("china-source", "444444444444", (NINGXIA,))
CHINA_TARGET = DemoAccount("china-target", "555555555555", (NINGXIA,))
HARBOR_PRIMARY = DemoAccount("harbor-primary", "666666666666", (VIRGINIA, IRELAND))
HARBOR_RECOVERY = DemoAccount("harbor-recovery", "777777777777", (IRELAND, VIRGINIA))
HARBOR_AUDIT = DemoAccount("harbor-audit", "888888888888", (OREGON,))
GUARDED = DemoAccount("guarded", "999999999999", (VIRGINIA, OREGON))

ACCOUNTS = (
    MANAGEMENT,
    PRIMARY,
    RECOVERY,
    CHINA_SOURCE,
    CHINA_TARGET,
    HARBOR_PRIMARY,
    HARBOR_RECOVERY,
    HARBOR_AUDIT,
    GUARDED,
)

SCANNER_ROLE = "drscan"
"""The role that a scan assumes in every account but the management account, which it starts from."""

_READS = (
    "account:ListRegions",
    "backup:GetBackupPlan",
    "backup:GetBackupVaultAccessPolicy",
    "backup:ListBackupPlans",
    "backup:ListBackupVaults",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:DescribeAlarms",
    "iam:GetAccountAuthorizationDetails",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeys",
    "kms:ListResourceTags",
    "logs:DescribeMetricFilters",
    "macie2:GetMacieSession",
    "organizations:Describe*",
    "organizations:List*",
    "s3:Get*Configuration",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucket*",
    "s3:GetMultiRegionAccessPoint*",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptions*",
    "sns:ListTopics",
)


def scanner_roles() -> Iterator[Call]:
    """The scanner's role in each account, which the management account may assume."""
    for account in ACCOUNTS:
        place = account.at(account.regions[0])
        boss = {"AWS": f"arn:{place.partition}:iam::{MANAGEMENT.id}:root"}
        yield from role(
            place, SCANNER_ROLE, policy(allow("sts:AssumeRole", "", to=boss)), {"read": policy(allow(list(_READS)))}
        )

"""What templates do not show: everything that lies outside them.

The stacks of an estate file are taken to be all that there is in their accounts, for that is what the file says. A
template that no stack names is a part of something: whatever could lie beside it is unknown. What belongs to a
resource of the template (its policy, its rules) is always taken from the template, for nothing else may declare it.
Policies of the organization never are in templates: without a live estate, none is taken to deny anything. Which
organization an account is in is a fact all the same, and one that no template tells.
"""

from collections.abc import Collection, Iterator, Sequence

from scanner.analysis.replication.names import ORG_MEMBERSHIP
from scanner.estate.estate import Account, Unseen
from scanner.estate.resource import Resource
from scanner.sources.declared import UNNAMED_REGION, Deployment, is_stand_in

BESIDE = "it may be declared outside this template: list all stacks in an estate file, or lay the template over --live"
"""Why something that a template lacks is not absent."""

_BESIDE_TYPES = (
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupVault",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Logs::MetricFilter",
    "AWS::Macie::Session",
    "AWS::S3::AccountPublicAccessBlock",
    "AWS::S3::Bucket",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
)
"""What may lie beside a template and matter to it."""

_GENERATED = "its name or id is made when it is deployed, and may be this one"
_NO_ORGANIZATION = "no template says which organization an account is in: lay the template over --live"
_NAMED_LATER = ("AWS::KMS::Key", "AWS::IAM::Role")


def accounts_of(deployments: Sequence[Deployment], resources: Sequence[Resource]) -> tuple[Account, ...]:
    """The accounts in scope, with the regions that something is deployed to.

    Where a plan places all that it makes, nothing is in the region that nobody named.
    """
    regions: dict[str, set[str]] = {deployment.account: set() for deployment in deployments}
    named = [(one.account, one.region) for one in deployments if one.region != UNNAMED_REGION]
    places = named + [(one.account, one.region) for one in resources]
    for account, region in places:
        if account:
            regions.setdefault(account, set()).add(region)
    return tuple(Account(account, "", tuple(sorted(some - {""}))) for account, some in sorted(regions.items()))


def outside(deployments: Sequence[Deployment], resources: Sequence[Resource]) -> Iterator[Unseen]:
    """What was not seen because no template shows it."""
    final = {deployment.account for deployment in deployments if deployment.is_final}
    open_ = {deployment.account for deployment in deployments if not deployment.is_final} - final
    others = {resource.account for resource in resources} - final - open_ - {""}
    for account in sorted(open_ | others):
        yield from (Unseen(account, "", type_, BESIDE) for type_ in _BESIDE_TYPES)
    yield from _named_later(resources, final)
    yield Unseen("", "", ORG_MEMBERSHIP, _NO_ORGANIZATION)


def _named_later(resources: Sequence[Resource], accounts: Collection[str]) -> Iterator[Unseen]:
    """Types of which an account has one under a stand-in: another name that is not found may be that one's."""
    found = {
        (resource.account, resource.region, resource.type)
        for resource in resources
        if resource.account in accounts and resource.type in _NAMED_LATER and is_stand_in(resource.arn)
    }
    yield from (Unseen(account, region, type_, _GENERATED) for account, region, type_ in sorted(found))

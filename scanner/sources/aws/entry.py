"""The calls that come before reading: who we are, which accounts and regions there are, and into other accounts.

They give no properties of resources, so they stand beside the tables, in the same form.
"""

from scanner.sources.aws.calls import Answer, Call, Pages, Properties, Scope
from scanner.sources.aws.values import account_in


def identity(answer: Answer) -> Properties:
    """GetCallerIdentity: the account, and the ARN with its partition."""
    return {"account": answer["Account"], "arn": answer["Arn"]}


def assumed(answer: Answer) -> Properties:
    """AssumeRole: the account that it leads to, and the credentials as botocore keeps them."""
    credentials, arn = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
    return {
        "account": account_in(arn),
        "arn": arn,
        "credentials": {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        },
    }


def enabled_regions(answer: Answer) -> Properties:
    """ListRegions."""
    return {"regions": tuple(sorted(region["RegionName"] for region in answer["Regions"]))}


def active_accounts(answer: Answer) -> Properties:
    """ListAccounts: ids and names of those that are active."""
    active = (account for account in answer["Accounts"] if account.get("Status", account.get("State")) == "ACTIVE")
    return {"accounts": tuple(sorted((account["Id"], account.get("Name", "")) for account in active))}


IDENTITY = Call(
    service="sts",
    operation="GetCallerIdentity",
    iam="sts:GetCallerIdentity",
    scope=Scope.ACCOUNT,
    holds="Arn",
    properties=identity,
)
ASSUME_ROLE = Call(
    service="sts",
    operation="AssumeRole",
    iam="sts:AssumeRole",
    scope=Scope.ACCOUNT,
    holds="Credentials.SessionToken",
    properties=assumed,
)
LIST_REGIONS = Call(
    service="account",
    operation="ListRegions",
    iam="account:ListRegions",
    scope=Scope.ACCOUNT,
    fixed={"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"], "MaxResults": 50},
    pages=Pages("NextToken", "NextToken"),
    holds="Regions",
    properties=enabled_regions,
)
LIST_ACCOUNTS = Call(
    service="organizations",
    operation="ListAccounts",
    iam="organizations:ListAccounts",
    scope=Scope.ACCOUNT,
    pages=Pages("NextToken", "NextToken"),
    holds="Accounts",
    properties=active_accounts,
)

CALLS = (IDENTITY, ASSUME_ROLE, LIST_REGIONS, LIST_ACCOUNTS)

"""Which accounts are read and how they are entered: by default credentials, by roles, or all of an organization."""

import dataclasses
import datetime
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from fault_proxy import Fault

from scanner.errors import DrscanError
from scanner.estate.estate import Account, Unseen
from scanner.estate.intent import AccountIntent, Intent, OrganizationIntent
from scanner.sources.aws.targets import Target, open_session, targets_from

BUCKET = "AWS::S3::Bucket"
DEFAULT_ACCOUNT = "123456789012"


def asked(proxy: Any, operation: str) -> list[Any]:
    return [each for each in proxy.asked if each.operation == operation]


def test_without_an_intent_it_is_the_account_of_the_credentials_in_its_region(aws: Any) -> None:
    session = boto3.Session(region_name="eu-west-1")
    expected = Target(DEFAULT_ACCOUNT, DEFAULT_ACCOUNT, regions=("eu-west-1",))
    assert targets_from(Intent(), session).targets == (expected,)


def test_declared_accounts_need_no_call(aws: Any) -> None:
    declared = (
        AccountIntent("primary", "111111111111", "arn:aws:iam::111111111111:role/drscan", "x1", ("us-east-1",)),
        AccountIntent("recovery", "222222222222"),
    )
    with aws.behind() as proxy:
        found = targets_from(Intent(accounts=declared), aws.session)
    assert found.targets == (
        Target("111111111111", "primary", "arn:aws:iam::111111111111:role/drscan", "x1", ("us-east-1",)),
        Target("222222222222", "recovery"),
    )
    assert not proxy.calls


def test_no_region_is_said_clearly(aws: Any) -> None:
    with pytest.raises(DrscanError, match="no AWS region") as error:
        targets_from(Intent(), boto3.Session())
    assert "AWS_DEFAULT_REGION" in error.value.hint


def test_no_credentials_is_said_clearly(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    session = boto3.Session(region_name="us-east-1")
    with pytest.raises(DrscanError, match="no AWS credentials") as error:
        targets_from(Intent(), session)
    assert "AWS_PROFILE" in error.value.hint
    with pytest.raises(DrscanError, match="no AWS credentials"):
        aws.read(BUCKET, session=session)


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "AccessDenied"])
def test_credentials_that_do_not_work_are_said_clearly(aws: Any, code: str) -> None:
    with aws.behind(Fault("refuse", "sts:GetCallerIdentity", code=code)), pytest.raises(DrscanError, match=code):
        targets_from(Intent(), aws.session)


def test_a_profile_that_is_not_there_is_said_clearly(aws: Any) -> None:
    with pytest.raises(DrscanError, match="nobody"):
        open_session("nobody")


def test_a_role_is_assumed_under_our_name_with_the_external_id(aws: Any) -> None:
    target = dataclasses.replace(aws.target("us-east-1"), external_id="ext-1")
    bodies: list[bytes] = []
    with aws.behind() as proxy:
        forward = proxy.forward
        proxy.forward = lambda *request: bodies.append(request[3]) or forward(*request)
        aws.read(BUCKET, targets=(target,))
    (assume,) = [body.decode() for body in bodies if b"Action=AssumeRole" in body]
    assert "RoleSessionName=drscan" in assume
    assert "ExternalId=ext-1" in assume
    assert f"%3A{aws.account}%3Arole%2Fdrscan" in assume


def test_an_account_is_entered_once_whatever_is_read(aws: Any) -> None:
    with aws.behind() as proxy:
        estate = aws.read(BUCKET, "AWS::KMS::Key", "AWS::IAM::Role", regions=("us-east-1", "eu-west-1"))
    assert proxy.calls["sts:AssumeRole"] == 1
    assert estate.accounts == (Account(aws.account, f"name-{aws.account}", ("us-east-1", "eu-west-1")),)


def test_credentials_are_renewed_before_they_end(aws: Any) -> None:
    """The first ones end in five minutes, which is sooner than a careful client waits."""
    answer = (
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAOLD</AccessKeyId><SecretAccessKey>s"
        "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{}</Expiration></Credentials><AssumedRoleUser>"
        f"<AssumedRoleId>A:drscan</AssumedRoleId><Arn>arn:aws:sts::{aws.account}:assumed-role/drscan/drscan</Arn>"
        "</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
    )
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    first = Fault("answer", "sts:AssumeRole", body=answer.format(ends.isoformat()), times=1)
    with aws.behind(first) as proxy:
        estate = aws.read(BUCKET)
    assert proxy.calls["sts:AssumeRole"] == 2
    assert estate.unseen == ()
    assert {each.access_key for each in asked(proxy, "s3:ListBuckets")}.isdisjoint({"ASIAOLD"})


def test_an_account_that_cannot_be_entered_does_not_stop_the_others(aws: Any, new_account: Callable[[], str]) -> None:
    other = new_account()
    aws.client("s3").create_bucket(Bucket=f"mine-{aws.account}")
    refused = aws.target("us-east-1", account=other)
    with aws.behind(Fault("refuse", "sts:AssumeRole", times=1)):
        estate = aws.read(BUCKET, targets=(refused, aws.target("us-east-1")), workers=1)
    assert [bucket.account for bucket in estate.of_type(BUCKET)] == [aws.account]
    reason = "sts:AssumeRole refused: AccessDenied; needs sts:AssumeRole"
    assert estate.unseen == (Unseen(other, "", "account", reason, "sts:AssumeRole"),)
    assert estate.blind(BUCKET, other) is not None
    assert estate.blind(BUCKET, aws.account) is None
    assert estate.complete


def test_a_role_of_another_account_is_not_let_in(aws: Any, new_account: Callable[[], str]) -> None:
    wrong = dataclasses.replace(aws.target("us-east-1"), account_id=new_account())
    estate = aws.read(BUCKET, targets=(wrong,))
    (gap,) = estate.unseen
    assert gap.what == "account"
    assert f"is in account {aws.account}" in gap.reason


def test_default_credentials_of_another_account_are_not_used(aws: Any) -> None:
    estate = aws.read(BUCKET, targets=(Target(aws.account, "mine", regions=("us-east-1",)),))
    (gap,) = estate.unseen
    assert gap.what == "account"
    assert f"belong to account {DEFAULT_ACCOUNT}" in gap.reason


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "UnrecognizedClientException", "OptInRequired"])
def test_a_region_that_is_off_does_not_stop_the_others(aws: Any, code: str) -> None:
    aws.client("kms", "eu-west-1").create_key()
    with aws.behind(Fault("refuse", "kms:*", region="ap-east-1", code=code)):
        estate = aws.read("AWS::KMS::Key.KeyPolicy", "AWS::KMS::Alias", regions=("ap-east-1", "eu-west-1"), workers=1)
    assert {key.region for key in estate.of_type("AWS::KMS::Key")} == {"eu-west-1"}
    assert estate.unseen == (Unseen(aws.account, "ap-east-1", "region", f"kms:ListKeys failed: {code}"),)
    assert estate.blind("AWS::KMS::Key", aws.account, "ap-east-1") is not None
    assert estate.blind("AWS::KMS::Key", aws.account, "eu-west-1") is None


def test_the_list_of_buckets_comes_from_any_region_that_is_on(aws: Any) -> None:
    aws.client("s3").create_bucket(Bucket=f"b-{aws.account}")
    with aws.behind(Fault("refuse", "s3:ListBuckets", region="ap-east-1", code="InvalidAccessKeyId")):
        estate = aws.read(BUCKET, regions=("ap-east-1", "us-east-1"))
    assert len(estate.of_type(BUCKET)) == 1
    assert estate.unseen == ()


REGIONS = {"Regions": [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1", "RegionOptStatus": "ENABLED"}]}


def test_no_regions_means_every_enabled_one(aws: Any) -> None:
    with aws.behind(Fault("answer", "account:ListRegions", body=json.dumps(REGIONS))):
        estate = aws.read("AWS::KMS::Key", regions=())
    assert estate.accounts[0].regions == ("eu-west-1", "us-east-1")
    assert estate.unseen == ()


def test_regions_that_cannot_be_listed_leave_all_but_one_unseen(aws: Any) -> None:
    with aws.behind(Fault("refuse", "account:ListRegions")):
        estate = aws.read("AWS::KMS::Key", regions=())
    assert estate.accounts[0].regions == ("us-east-1",)
    (gap,) = estate.unseen
    assert (gap.what, gap.region, gap.iam_action) == ("region", "", "account:ListRegions")
    assert estate.blind("AWS::KMS::Key", aws.account) is not None


def discovering(*accounts: AccountIntent, regions: tuple[str, ...] = ("us-east-1",)) -> Intent:
    return Intent(accounts=accounts, organization=OrganizationIntent(True, "audit/drscan", "ext-9", regions))


LISTED = {
    "Accounts": [
        {"Id": DEFAULT_ACCOUNT, "Name": "management", "Status": "ACTIVE"},
        {"Id": "222222222222", "Name": "recovery", "Status": "ACTIVE"},
        {"Id": "333333333333", "Name": "closed", "Status": "SUSPENDED"},
        {"Id": "444444444444", "Name": "declared", "Status": "ACTIVE"},
    ]
}


def test_an_organizations_active_accounts_are_discovered(aws: Any) -> None:
    declared = AccountIntent("own-name", "444444444444", "arn:aws:iam::444444444444:role/other", regions=("eu-west-1",))
    with aws.behind(Fault("answer", "organizations:ListAccounts", body=json.dumps(LISTED))):
        found = targets_from(discovering(declared), aws.session)
    assert found.unseen == ()
    assert found.targets == (
        Target("444444444444", "own-name", "arn:aws:iam::444444444444:role/other", None, ("eu-west-1",)),
        Target(DEFAULT_ACCOUNT, "management", regions=("us-east-1",)),
        Target("222222222222", "recovery", "arn:aws:iam::222222222222:role/audit/drscan", "ext-9", ("us-east-1",)),
    )


def test_an_organization_that_cannot_be_listed_is_a_blind_spot(aws: Any) -> None:
    with aws.behind(Fault("refuse", "organizations:ListAccounts")):
        found = targets_from(discovering(), aws.session)
    assert [target.account_id for target in found.targets] == [DEFAULT_ACCOUNT]
    (gap,) = found.unseen
    assert (gap.account, gap.what, gap.iam_action) == ("", "account", "organizations:ListAccounts")
    estate = aws.read("AWS::S3::AccountPublicAccessBlock", targets=found.targets, unseen=found.unseen)
    assert estate.unseen == (gap,)
    assert estate.blind(BUCKET) is not None


def test_nothing_is_asked_when_nothing_is_needed(aws: Any) -> None:
    with aws.behind() as proxy:
        estate = aws.read("DR::Replication::Link.Rule")
    assert not proxy.calls
    assert estate.types == frozenset()
    assert estate.blind(BUCKET, aws.account) is not None

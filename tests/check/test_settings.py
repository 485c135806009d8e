"""Settings: a place that no template names, and each that it does."""

from scanner.check.settings import UNNAMED, Setting, settings_of
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown

KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234"


def bucket(**properties: object) -> Resource:
    return Resource("AWS::S3::Bucket", "arn:aws:s3:::b", UNNAMED.account, UNNAMED.region, "b", properties)


def test_what_is_placed_is_judged_there_alone() -> None:
    assert settings_of([bucket(Key=KEY)], account=False, region=False) == (UNNAMED,)


def test_accounts_and_regions_that_are_named_are_tried_together_and_apart() -> None:
    found = settings_of([bucket(Rules=[{"Key": KEY}, Unknown("x")])], account=True, region=True)
    assert found == (
        UNNAMED,
        Setting(region="eu-west-1"),
        Setting(account="222222222222"),
        Setting("222222222222", "eu-west-1"),
    )


def test_only_what_nobody_placed_is_tried() -> None:
    assert settings_of([bucket(Key=KEY)], account=True, region=False) == (UNNAMED, Setting(account="222222222222"))


def test_numbers_within_names_are_no_accounts() -> None:
    found = settings_of([bucket(Name="build-123456789012x", Id="1234567890123")], account=True, region=True)
    assert found == (UNNAMED,)


def test_the_most_frequent_are_tried_and_no_more_than_three() -> None:
    accounts = [f"{digit}" * 12 for digit in range(1, 8)]
    found = settings_of([bucket(All=accounts, Often=["777777777777"] * 3)], account=True, region=False)
    assert len(found) == 4
    assert Setting(account="777777777777") in found


def test_names_lose_the_tried_place_again() -> None:
    assert Setting("222222222222", "eu-west-1").shown(KEY) == f"arn:aws:kms:{UNNAMED.region}:{UNNAMED.account}:key/1234"


def test_accounts_that_only_their_credentials_tell_apart_are_also_taken_for_one() -> None:
    other = Resource("AWS::S3::Bucket", "arn:aws:s3:::c", "000000123456", "eu-west-1", "c", {})
    assert settings_of([bucket(), other], account=False, region=False) == (UNNAMED, Setting(united=("000000123456",)))

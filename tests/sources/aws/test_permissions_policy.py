"""The scanner's own policy: the actions of the calls it makes, no more, the same text for the same needs."""

import json

import pytest

from scanner.estate.needs import Need
from scanner.sources.aws.permissions import permissions_for, trust_policy
from scanner.sources.aws.tables import CALLS

VERSIONING = Need("AWS::S3::Bucket", "VersioningConfiguration")
MACIE = Need("AWS::Macie::Session", "Status")
EVERYTHING = [Need(type_, path) for call in CALLS for type_, paths in call.gives.items() for path in paths]


def actions(policy: dict[str, object]) -> list[str]:
    return [action for statement in policy["Statement"] for action in statement["Action"]]  # type: ignore[attr-defined]


def test_one_rule_takes_few_permissions() -> None:
    assert permissions_for([VERSIONING]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadS3",
                "Effect": "Allow",
                "Action": ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListAllMyBuckets"],
                "Resource": "*",
            }
        ],
    }


def test_everything_is_read_only_and_sorted() -> None:
    found = actions(permissions_for(EVERYTHING))
    assert found == sorted(set(found))
    assert {name.partition(":")[2][:3] for name in found} == {"Get", "Lis", "Des"}
    assert set(found) == {call.iam for call in CALLS}


def test_the_order_of_needs_does_not_matter() -> None:
    assert json.dumps(permissions_for(EVERYTHING)) == json.dumps(permissions_for(reversed(EVERYTHING)))


def test_sids_are_unique_and_letters_only() -> None:
    everything = permissions_for(EVERYTHING, assume=["arn:aws:iam::*:role/drscan"], discover=True, every_region=True)
    sids = [statement["Sid"] for statement in everything["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_other_accounts_take_more_only_when_asked() -> None:
    assert "sts:AssumeRole" not in json.dumps(permissions_for(EVERYTHING))
    role = "arn:aws-cn:iam::222222222222:role/drscan"
    policy = permissions_for([VERSIONING], "aws-cn", assume=[role, role], discover=True, every_region=True)
    assert policy["Statement"][-1] == {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": [role],
    }
    assert {"organizations:ListAccounts", "account:ListRegions"} <= set(
        actions({"Statement": policy["Statement"][:-1]})
    )


@pytest.mark.parametrize(("partition", "expected"), [("aws", 1), ("aws-cn", 0), ("aws-us-gov", 0)])
def test_a_partition_is_not_asked_for_what_it_lacks(partition: str, expected: int) -> None:
    assert actions(permissions_for([MACIE], partition)).count("macie2:GetMacieSession") == expected


def test_trust_names_the_account_in_its_partition() -> None:
    (statement,) = trust_policy("111111111111", partition="aws-us-gov")["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws-us-gov:iam::111111111111:root"}
    assert "Condition" not in statement


def test_trust_may_ask_for_an_external_id() -> None:
    (statement,) = trust_policy("111111111111", "s3cr3t")["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "s3cr3t"}}

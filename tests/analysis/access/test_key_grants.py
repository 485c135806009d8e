"""Whom key policies let in: all the world, other accounts and what for, and the owner."""

import pytest

from scanner.estate.unknown import Unknown

OWNER, FOREIGN = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{FOREIGN}:role/r"
REFUSED = Unknown("refused")


def statement(principal, actions="kms:Decrypt", effect="Allow", **condition):
    found = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"}
    return found | ({"Condition": condition} if condition else {})


DELEGATION = statement({"AWS": f"arn:aws:iam::{OWNER}:root"}, "kms:*")


@pytest.fixture
def fact(world, document):
    """Asks for a fact of a key with these statements in its policy."""

    def ask(name, *statements):
        policy = statements[0] if isinstance(statements[0], Unknown) else document(*statements)
        return world.ask(world.key("k1", KeyPolicy=policy), name)

    return ask


CONFINED = {
    "an account": {"StringEquals": {"kms:CallerAccount": OWNER}},
    "an account, and the service in between": {
        "StringEquals": {"kms:CallerAccount": FOREIGN, "kms:ViaService": "s3.us-east-1.amazonaws.com"}
    },
    "an organization": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    "a part of an organization": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}},
    "a role": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
    "the roles of an account": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:role/*"}},
    "the sessions of one role": {"StringLike": {"aws:userId": "AROAEXAMPLEEXAMPLE:*"}},
    "a resource that a service acts for": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}},
    "the topics of an account": {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{OWNER}:*"}},
    "a network": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    "addresses": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24", "2001:db8::/32", "no address"]}},
}


@pytest.mark.parametrize("name", CONFINED)
def test_everybody_under_a_condition_that_says_which(fact, name):
    assert fact("PublicStatements", DELEGATION, statement("*", **CONFINED[name])) == []


OPEN = {
    "nothing": {},
    "the service in between": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    "an encryption context": {"StringEquals": {"kms:EncryptionContext:purpose": "orders"}},
    "a tag of one's own": {"StringEquals": {"aws:PrincipalTag/team": "data"}},
    "an organization, if there is one": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}},
    "no path outside the organization": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}},
    "any organization": {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    "not another organization": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
    "a name that anybody may choose": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
    "a session that anybody may name": {"StringLike": {"aws:userId": "*:backup"}},
    "a user of any account": {"StringLike": {"aws:PrincipalArn": "*:user/admin"}},
    "any topic of a name": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:alarms"}},
    "any bucket whose name starts so": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::data-*"}},
    "all addresses": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    "half of all addresses": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}},
    "all addresses but some": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "an address in anybody's VPC": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}},
    "transport": {"Bool": {"aws:SecureTransport": "true"}},
}


@pytest.mark.parametrize("name", OPEN)
def test_everybody_under_a_condition_that_anybody_can_meet(fact, name):
    assert fact("PublicStatements", DELEGATION, statement("*", **OPEN[name])) == ["statement 2"]


def test_everybody_but_one_is_everybody(fact):
    spared = statement("*")
    del spared["Principal"]
    assert fact("PublicStatements", spared | {"NotPrincipal": {"AWS": ROLE}}) == ["statement 1"]


def test_a_public_statement_may_be_closed_by_a_denial(fact):
    denial = statement("*", "kms:*", "Deny", StringNotEquals={"aws:PrincipalOrgID": "o-1"})
    assert fact("PublicStatements", statement("*"), denial) == []


def test_what_hangs_on_a_variable_is_not_decided(fact):
    [found] = fact("PublicStatements", statement("*", StringEquals={"kms:CallerAccount": "${aws:PrincipalAccount}"}))
    assert isinstance(found, Unknown)


def test_more_conditions_than_can_be_tried_are_not_decided(fact):
    keys = (
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:PrincipalOrgID",
        "aws:SourceOrgID",
    )
    [found] = fact("PublicStatements", statement("*", StringEqualsIfExists=dict.fromkeys(keys, "x")))
    assert "more than 64 ways" in found.reason


def test_named_principals_are_not_the_public(fact):
    assert fact("PublicStatements", DELEGATION, statement({"AWS": ROLE}, "kms:*")) == []
    assert fact("PublicStatements", REFUSED) == [REFUSED]


USE = [
    *("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    "kms:DescribeKey",
]
FOR_SERVICES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@pytest.mark.parametrize(
    "foreign",
    [
        statement({"AWS": ROLE}, USE),
        statement({"AWS": FOREIGN}, ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], **FOR_SERVICES),
        statement({"AWS": FOREIGN}, "kms:Encrypt", StringEquals={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
        statement("*", "kms:Decrypt", StringEquals={"kms:CallerAccount": FOREIGN}),
    ],
)
def test_other_accounts_may_use_a_key(fact, foreign):
    assert fact("HasForeignPrincipals", DELEGATION, foreign) is True
    assert fact("ForeignAdministration", DELEGATION, foreign) == []


@pytest.mark.parametrize(
    ("foreign", "who"),
    [
        (statement({"AWS": FOREIGN}, "kms:*"), FOREIGN),
        (statement({"AWS": ROLE}, ["kms:Decrypt", "kms:ScheduleKeyDeletion"]), ROLE),
        (statement({"AWS": ROLE}, "kms:CreateGrant"), ROLE),
        (statement({"AWS": ROLE}, "kms:Disable*"), ROLE),
        (statement("*", "kms:PutKeyPolicy", StringEquals={"kms:CallerAccount": FOREIGN}), FOREIGN),
        (
            statement("*", "kms:PutKeyPolicy", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{FOREIGN}:role/a-*"}),
            f"arn:aws:iam::{FOREIGN}:role/a-*",
        ),
        (statement("*", "kms:*"), "*"),
    ],
)
def test_but_not_administer_it(fact, foreign, who):
    [found] = fact("ForeignAdministration", DELEGATION, foreign)
    assert (found["Principal"], found["Statement"]) == (who, "statement 2")


def test_services_and_the_owner_are_not_foreign(fact):
    service = statement({"Service": "cloudtrail.amazonaws.com"}, "kms:GenerateDataKey*")
    own = statement("*", StringEquals={"kms:CallerAccount": OWNER})
    assert fact("HasForeignPrincipals", DELEGATION, service, own) is False


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([DELEGATION], True),
        ([statement({"AWS": f"arn:aws:iam::{OWNER}:role/admin"}, "kms:*")], True),
        ([statement("*", "kms:*", StringEquals={"kms:CallerAccount": OWNER})], True),
        ([statement({"AWS": f"arn:aws:iam::{OWNER}:role/admin"}, "kms:Decrypt")], False),
        ([statement({"AWS": ROLE}, "kms:*")], False),
        ([DELEGATION, statement("*", "kms:PutKeyPolicy", "Deny")], False),
        (
            [
                DELEGATION,
                statement(
                    "*",
                    "kms:PutKeyPolicy",
                    "Deny",
                    ArnNotEquals={"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:role/admin"},
                ),
            ],
            True,
        ),
    ],
)
def test_whether_the_owner_keeps_the_last_word(fact, statements, expected):
    assert fact("OwnerKeepsControl", *statements) is expected


def test_a_policy_that_was_not_read_decides_nothing(fact):
    assert fact("HasForeignPrincipals", REFUSED) == REFUSED
    assert fact("ForeignAdministration", REFUSED) == [REFUSED]
    assert fact("OwnerKeepsControl", REFUSED) == REFUSED


def test_keys_with_one_policy_are_judged_once_and_alike(world, document):
    world.key("k1", KeyPolicy=document(DELEGATION))
    world.key("k2", "222222222222", KeyPolicy=document(DELEGATION))
    named = DELEGATION | {"Resource": "arn:aws:kms:us-east-1:111111111111:key/k3"}
    world.key("k3", KeyPolicy=document(named))
    world.key("k4", KeyPolicy=document(named))
    found = [world.ask(key, "OwnerKeepsControl") for key in list(world.resources)]
    assert found == [True, False, True, False]

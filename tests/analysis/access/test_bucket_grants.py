"""What the policy of a copy lets the other side do: write copies, or more; the role, or whoever else."""

import pytest

from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY, OTHER = "111111111111", "222222222222", "333333333333"
REFUSED = Unknown("refused")
ROLE = f"arn:aws:iam::{PRIMARY}:role/replication"
BY_ROLE = f"arn:aws:iam::{PRIMARY}:role/other"


@pytest.fixture
def copy(world, replicating, document):
    """Asks for a fact of the copy in the recovery account, with these statements in its policy."""

    def ask(fact, *statements, source=None, owner=RECOVERY):
        world.bucket("orders", ReplicationConfiguration=replicating("b") if source is None else source)
        world.bucket("b", owner)
        if statements:
            world.policy("b", statements[0] if isinstance(statements[0], Unknown) else document(*statements), owner)
        return world.ask("b", fact)

    return ask


def granted(entries):
    return {(entry["Action"], entry["Principal"]) for entry in entries}


def test_the_accounts_whose_data_it_keeps_without_its_own(copy):
    assert copy("ForeignSourceAccounts") == [PRIMARY]


def test_within_an_account_nobody_is_foreign(copy, on):
    grant = on("Allow", {"AWS": PRIMARY}, "s3:*")
    assert copy("ControlGrantedToSource", grant, owner=PRIMARY) == []


def test_what_replication_needs_is_no_control(copy, on):
    actions = [
        "s3:ReplicateObject",
        "s3:ReplicateDelete",
        "s3:ObjectOwnerOverrideToBucketOwner",
        "s3:GetBucketVersioning",
    ]
    assert copy("ControlGrantedToSource", on("Allow", {"AWS": ROLE}, actions)) == []


def test_control_is_named_with_who_has_it_by_which_statement(copy, on):
    grant = on("Allow", {"AWS": ROLE}, ["s3:ReplicateObject", "s3:PutBucketVersioning"]) | {"Sid": "AsInTheGuide"}
    assert copy("ControlGrantedToSource", grant) == [
        {"Action": "s3:PutBucketVersioning", "Principal": ROLE, "Statement": "AsInTheGuide"}
    ]


@pytest.mark.parametrize(
    ("principal", "condition", "shown"),
    [
        ({"AWS": PRIMARY}, {}, PRIMARY),
        ("*", {}, PRIMARY),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, PRIMARY),
        ("*", {"ArnEquals": {"aws:PrincipalArn": BY_ROLE}}, BY_ROLE),
        ("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team-*"}}, f"arn:aws:iam::{PRIMARY}:role/team-*"),
        ("*", {"StringLike": {"aws:PrincipalArn": "*/admin"}}, f"arn:aws:iam::{PRIMARY}:role/admin"),
        ({"AWS": OTHER}, {}, None),
        ("*", {"StringEquals": {"aws:PrincipalAccount": OTHER}}, None),
        ({"Service": "s3.amazonaws.com"}, {}, None),
    ],
)
def test_control_by_whatever_name(copy, on, principal, condition, shown):
    found = copy("ControlGrantedToSource", on("Allow", principal, "s3:DeleteObject", **condition))
    assert granted(found) == ({("s3:DeleteObject", shown)} if shown else set())


def test_what_is_denied_again_is_not_granted(copy, on):
    grant, denial = on("Allow", {"AWS": ROLE}, "s3:*"), on("Deny", "*", "s3:*")
    assert copy("ControlGrantedToSource", grant, denial) == []


def test_a_policy_that_was_not_read_may_grant_anything(copy):
    assert set(copy("ControlGrantedToSource", REFUSED)) == {REFUSED}


def test_where_the_sources_are_not_known_nor_is_what_they_may_do(world, copy):
    world.bucket("ledger", RECOVERY, ReplicationConfiguration=REFUSED)
    assert copy("ControlGrantedToSource", source={}) == REFUSED


def test_a_canonical_user_may_be_one_of_the_source(copy, on):
    [found] = copy("ControlGrantedToSource", on("Allow", {"CanonicalUser": "79a59d"}, "s3:DeleteObject"))
    assert "canonical user" in found.reason


COPYING = ["s3:ReplicateObject", "s3:ReplicateDelete"]


@pytest.mark.parametrize(
    ("principal", "condition", "others"),
    [
        ({"AWS": ROLE}, {}, []),
        ("*", {"ArnEquals": {"aws:PrincipalArn": ROLE}}, []),
        ({"AWS": PRIMARY}, {"ArnEquals": {"aws:PrincipalArn": ROLE}}, []),
        ({"AWS": [ROLE, BY_ROLE]}, {}, [BY_ROLE]),
        ({"AWS": PRIMARY}, {}, [PRIMARY]),
        ("*", {}, ["*"]),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, ["*"]),
        ("*", {"StringEquals": {"aws:PrincipalAccount": PRIMARY}}, [PRIMARY]),
        ({"AWS": f"arn:aws:iam::{PRIMARY}:user/u"}, {}, [f"arn:aws:iam::{PRIMARY}:user/u"]),
        ({"AWS": RECOVERY}, {}, []),
    ],
)
def test_who_else_may_write_replicas(copy, on, principal, condition, others):
    assert copy("OtherReplicators", on("Allow", principal, COPYING, **condition)) == others


def test_nobody_writes_replicas_by_other_actions_or_without_a_policy(copy, on):
    assert copy("OtherReplicators", on("Allow", {"AWS": PRIMARY}, "s3:GetObject")) == []


def test_a_role_of_an_account_that_was_not_scanned_may_be_that_of_a_replication(copy, on):
    role = f"arn:aws:iam::{OTHER}:role/replication"
    [found] = copy("OtherReplicators", on("Allow", {"AWS": role}, COPYING))
    assert f"account {OTHER} was not scanned" in found.reason


def test_a_role_may_be_that_of_a_replication_that_was_refused(world, copy, on):
    world.bucket("ledger", ReplicationConfiguration=REFUSED)
    [found] = copy("OtherReplicators", on("Allow", {"AWS": [ROLE, BY_ROLE]}, COPYING))
    assert BY_ROLE in found.reason

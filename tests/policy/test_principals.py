"""A caller goes by several names; how specific a name a policy uses decides what can still limit its grant."""

from typing import Any

import pytest

from scanner.policy.document import parse_policy
from scanner.policy.grammar import PolicyError
from scanner.policy.principals import Meant, Reach, compile_not_principals, compile_principals, read_caller
from scanner.policy.request import Context, Request, context_of
from scanner.policy.truth import Unseen

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/replication"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/replication/s3-replication"
USER = f"arn:aws:iam::{ACCOUNT}:user/alice"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
DOUBT = Unseen("not read")


def request(principal: str, context: Context | None = None, canonical: str | Unseen | None = None) -> Request:
    seen = context or context_of({"aws:PrincipalArn": ROLE} if principal == SESSION else {})
    return Request(principal, "s3:GetObject", "arn:aws:s3:::b/k", ACCOUNT, seen, canonical)


def meant(element: Any, caller: Request, *, negated: bool = False, effect: str = "Allow") -> Meant:
    name = "NotPrincipal" if negated else "Principal"
    statement = {"Effect": effect, "Action": "*", "Resource": "*", name: element}
    (parsed,) = parse_policy({"Statement": [statement]}).statements
    assert not isinstance(parsed, Unseen)
    assert isinstance(parsed.principals, tuple)
    if negated:
        return compile_not_principals(parsed.principals, denies=effect == "Deny")(read_caller(caller))
    return compile_principals(parsed.principals)(read_caller(caller))


NAMES: list[tuple[str, Any, Reach]] = [
    (SESSION, "*", Reach.CALLER),
    (SESSION, {"AWS": "*"}, Reach.CALLER),
    (SESSION, {"AWS": SESSION}, Reach.CALLER),
    (SESSION, {"AWS": [ROOT, SESSION]}, Reach.CALLER),
    (SESSION, {"AWS": ROLE}, Reach.ROLE),
    (SESSION, {"AWS": [ROOT, ROLE]}, Reach.ROLE),
    (SESSION, {"AWS": ROOT}, Reach.ACCOUNT),
    (SESSION, {"AWS": ACCOUNT}, Reach.ACCOUNT),
    (SESSION, {"AWS": ROLE.replace("service-role/", "")}, Reach.NOBODY),
    (SESSION, {"AWS": ROLE.replace("arn:aws:", "arn:aws-cn:")}, Reach.NOBODY),
    (SESSION, {"AWS": ROLE.replace(ACCOUNT, "777788889999")}, Reach.NOBODY),
    (SESSION, {"AWS": f"{ROLE[:-4]}*"}, Reach.NOBODY),
    (SESSION, {"AWS": f"{SESSION}2"}, Reach.NOBODY),
    (SESSION, {"Service": "s3.amazonaws.com"}, Reach.NOBODY),
    (SESSION, {"Service": "*"}, Reach.NOBODY),
    (SESSION, {}, Reach.NOBODY),
    (ROLE, {"AWS": ROLE}, Reach.ROLE),
    (ROLE, {"AWS": SESSION}, Reach.NOBODY),
    (ROLE, {"AWS": ACCOUNT}, Reach.ACCOUNT),
    (USER, {"AWS": USER}, Reach.CALLER),
    (USER, {"AWS": USER.replace("alice", "Alice")}, Reach.NOBODY),
    (USER, {"AWS": ROOT}, Reach.ACCOUNT),
    (ROOT, {"AWS": ROOT}, Reach.ACCOUNT),
    (ROOT, {"AWS": ACCOUNT}, Reach.ACCOUNT),
    (ACCOUNT, {"AWS": ACCOUNT}, Reach.ACCOUNT),
    (FEDERATED, {"AWS": FEDERATED}, Reach.CALLER),
    (FEDERATED, {"AWS": ROOT}, Reach.ACCOUNT),
    ("s3.amazonaws.com", {"Service": ["logs.amazonaws.com", "s3.amazonaws.com"]}, Reach.CALLER),
    ("s3.amazonaws.com", {"Service": "batchoperations.s3.amazonaws.com"}, Reach.NOBODY),
    ("s3.amazonaws.com", {"Service": "*"}, Reach.CALLER),
    ("s3.amazonaws.com", {"AWS": ROOT}, Reach.NOBODY),
    ("s3.amazonaws.com", "*", Reach.CALLER),
    (PROVIDER, {"Federated": PROVIDER}, Reach.CALLER),
    (PROVIDER, {"AWS": PROVIDER}, Reach.NOBODY),
    ("accounts.google.com", {"Federated": "accounts.google.com"}, Reach.CALLER),
    ("cognito-identity.amazonaws.com", {"Federated": "cognito-identity.amazonaws.com"}, Reach.CALLER),
    ("*", "*", Reach.CALLER),
    ("*", {"AWS": ROOT}, Reach.NOBODY),
]


@pytest.mark.parametrize(("principal", "element", "expected"), NAMES)
def test_principal(principal: str, element: object, expected: Reach) -> None:
    assert meant(element, request(principal)) is expected


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_root_of_the_callers_own_partition_is_its_account(partition: str) -> None:
    root, session = (arn.replace("arn:aws:", f"arn:{partition}:") for arn in (ROOT, SESSION))
    assert meant({"AWS": root}, request(session)) is Reach.ACCOUNT


# A Deny spares only whom it lists in every identity: account, role and session.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html (2026-11)
SPARED: list[tuple[str, list[str], bool]] = [
    (SESSION, [SESSION, ROLE, ROOT], True),
    (SESSION, [SESSION, ROLE, ACCOUNT], True),
    (SESSION, [SESSION, ROLE], False),
    (SESSION, [ROLE, ROOT], False),
    (SESSION, [SESSION, ROOT], False),
    (SESSION, [ROLE], False),
    (SESSION, [ROOT], False),
    (SESSION, ["*"], True),
    (USER, [USER, ROOT], True),
    (USER, [USER], False),
    (ROOT, [ROOT], True),
    (ROLE, [ROLE, ROOT], True),
]


@pytest.mark.parametrize(("principal", "listed", "spared"), SPARED)
def test_not_principal_in_a_deny(principal: str, listed: list[str], spared: bool) -> None:
    found = meant({"AWS": listed}, request(principal), negated=True, effect="Deny")
    assert found is (Reach.NOBODY if spared else Reach.CALLER)


@pytest.mark.parametrize("listed", [[ROLE], [SESSION], [ROOT], [SESSION, ROLE, ROOT]])
def test_not_principal_in_an_allow_grants_to_nobody_who_is_listed_in_any_way(listed: list[str]) -> None:
    assert meant({"AWS": listed}, request(SESSION), negated=True) is Reach.NOBODY
    assert meant({"AWS": listed}, request("s3.amazonaws.com"), negated=True) is Reach.CALLER


def test_not_principal_of_services() -> None:
    only_s3 = {"Service": "s3.amazonaws.com"}
    assert meant(only_s3, request("s3.amazonaws.com"), negated=True, effect="Deny") is Reach.NOBODY
    assert meant(only_s3, request("logs.amazonaws.com"), negated=True, effect="Deny") is Reach.CALLER
    assert meant(only_s3, request("*"), negated=True, effect="Deny") is Reach.CALLER


def test_without_principal_arn_a_session_has_a_role_without_path() -> None:
    plain = Context()
    assert meant({"AWS": f"arn:aws:iam::{ACCOUNT}:role/replication"}, request(SESSION, plain)) is Reach.ROLE
    assert meant({"AWS": ROLE}, request(SESSION, plain)) is Reach.NOBODY


def test_a_principal_arn_of_another_role_is_not_believed() -> None:
    other = context_of({"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/admin"})
    assert meant({"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}, request(SESSION, other)) is Reach.NOBODY


def test_an_unseen_path_leaves_open_only_roles_of_that_name() -> None:
    caller = request(SESSION, context_of({"aws:PrincipalArn": DOUBT}))
    assert meant({"AWS": ROLE}, caller) is DOUBT
    assert meant({"AWS": SESSION}, caller) is Reach.CALLER
    assert meant({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}, caller) is Reach.NOBODY
    assert meant({"AWS": f"arn:aws:iam::{ACCOUNT}:role/path/not-replication"}, caller) is Reach.NOBODY
    assert meant({"AWS": ROOT}, caller) is Reach.ACCOUNT
    assert meant({"AWS": [SESSION, ROLE, ROOT]}, caller, negated=True, effect="Deny") is DOUBT
    assert meant({"AWS": [SESSION, ROOT]}, caller, negated=True, effect="Deny") is Reach.CALLER


CANONICAL: list[tuple[str | Unseen | None, Meant]] = [
    ("abc", Reach.ACCOUNT),
    ("abd", Reach.NOBODY),
    (None, Reach.NOBODY),
    (DOUBT, DOUBT),
]


@pytest.mark.parametrize(("own", "expected"), CANONICAL)
def test_a_canonical_user_is_an_account(own: str | Unseen | None, expected: Meant) -> None:
    assert meant({"CanonicalUser": "abc"}, request(SESSION, canonical=own)) is expected


@pytest.mark.parametrize(
    ("arn", "linked"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup", True),
        (ROLE, False),
        (USER, False),
    ],
)
def test_service_linked_roles_show_by_their_path(arn: str, linked: bool) -> None:
    assert read_caller(request(arn)).is_service_linked_role is linked


@pytest.mark.parametrize(
    "principal",
    [
        "",
        "alice",
        "arn:aws:iam",
        "arn:aws:s3:::bucket",
        f"arn:aws:iam::{ACCOUNT}:group/admins",
        f"arn:aws:iam::{ACCOUNT}:role",
        f"arn:aws:iam::{ACCOUNT}:role/",
        f"arn:aws:iam::{ACCOUNT}:root/x",
        "arn:aws:iam::aws:policy/x",
        "a b.amazonaws.com",
    ],
)
def test_what_cannot_call_is_refused(principal: str) -> None:
    with pytest.raises(PolicyError, match="the principal"):
        read_caller(request(principal))

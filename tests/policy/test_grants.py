"""KMS grants allow beside the key policy, within their operations and constraints."""

from typing import Any

import pytest

from scanner.policy.decision import Decision, Verdict
from scanner.policy.evaluate import PolicySet, evaluate
from scanner.policy.grammar import PolicyError
from scanner.policy.grants import read_grant
from scanner.policy.request import Context, Request, context_of
from scanner.policy.statements import PolicyKind, compile_policy
from scanner.policy.truth import Unseen

HOME, AWAY = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{HOME}:role/replication"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/replication/s3"
PAIR = {"aws:s3:arn": "arn:aws:s3:::copies/a"}
CONTEXT = {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::copies/a", "aws:PrincipalArn": ROLE}
DOUBT = Unseen("AccessDenied kms:ListGrants")


def grant(**changes: Any) -> dict[str, Any]:
    return {"GrantId": "g-1", "GranteePrincipal": ROLE, "Operations": ["Encrypt", "DescribeKey"], **changes}


def ask(
    *grants: dict[str, Any] | Unseen,
    action: str = "kms:Encrypt",
    principal: str = SESSION,
    context: Context | None = None,
    owner: str = HOME,
    **policies: Any,
) -> Decision:
    key = f"arn:aws:kms:eu-west-1:{owner}:key/1111"
    request = Request(principal, action, key, owner, context or context_of(CONTEXT))
    read = tuple(each if isinstance(each, Unseen) else read_grant(each) for each in grants)
    return evaluate(request, PolicySet(grants=read, **policies))


def within(**constraints: Any) -> dict[str, Any]:
    return grant(Constraints=constraints)


GRANTS: list[tuple[str, dict[str, Any], bool]] = [
    ("the role", grant(), True),
    ("the session", grant(GranteePrincipal=SESSION), True),
    ("another role", grant(GranteePrincipal=f"{ROLE}2"), False),
    ("another operation", grant(Operations=["Decrypt"]), False),
    ("no operation", grant(Operations=[]), False),
    ("context equals", within(EncryptionContextEquals=PAIR), True),
    ("context equals, key's case is free", within(EncryptionContextEquals={"AWS:S3:arn": PAIR["aws:s3:arn"]}), True),
    ("context equals more", within(EncryptionContextEquals={**PAIR, "b": "c"}), False),
    ("context equals nothing", within(EncryptionContextEquals={}), False),
    ("context subset", within(EncryptionContextSubset=PAIR), True),
    ("context subset of nothing", within(EncryptionContextSubset={}), True),
    ("context subset, another value", within(EncryptionContextSubset={"aws:s3:arn": "ARN:aws:s3:::copies/a"}), False),
    ("another source", within(SourceArn="arn:aws:s3:::copies"), False),
]


@pytest.mark.parametrize(("raw", "allowed"), [row[1:] for row in GRANTS], ids=[row[0] for row in GRANTS])
def test_a_grant_allows(raw: dict[str, Any], allowed: bool) -> None:
    found = ask(raw)
    assert found.verdict is (Verdict.ALLOWED if allowed else Verdict.IMPLICITLY_DENIED)
    if allowed:
        assert [(reason.kind, reason.policies) for reason in found.because] == [("KMS grant", ("g-1",))]


def test_grants_say_nothing_outside_kms() -> None:
    assert ask(grant(Operations=["PutObject"]), action="s3:PutObject").verdict is Verdict.IMPLICITLY_DENIED


def test_a_grant_to_a_service() -> None:
    by_service = grant(GranteePrincipal=None, GranteeServicePrincipal="dynamodb.amazonaws.com")
    assert ask(by_service, principal="dynamodb.amazonaws.com").verdict is Verdict.ALLOWED
    assert ask(by_service, principal="s3.amazonaws.com").verdict is Verdict.IMPLICITLY_DENIED


def test_a_deny_outweighs_a_grant() -> None:
    stop = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
    key_policy = compile_policy(stop, kind=PolicyKind.RESOURCE, name="key policy")
    assert ask(grant(), resource=key_policy).verdict is Verdict.EXPLICITLY_DENIED


# "Key trust" of https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html (2026-11)
ISSUERS = [
    (f"arn:aws:iam::{HOME}:root", Verdict.ALLOWED),
    (HOME, Verdict.ALLOWED),
    (f"arn:aws:iam::{AWAY}:root", Verdict.IMPLICITLY_DENIED),
    (None, Verdict.IMPLICITLY_DENIED),
]


@pytest.mark.parametrize(("issuer", "expected"), ISSUERS)
def test_across_accounts_a_grant_counts_for_both_sides_if_the_callers_account_issued_it(
    issuer: str | None, expected: Verdict
) -> None:
    given = grant(IssuingAccount=issuer)
    assert ask(given, owner=AWAY).verdict is expected
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    identity = (compile_policy(everything, kind=PolicyKind.IDENTITY, name="p"),)
    assert ask(given, owner=AWAY, identity=identity).verdict is Verdict.ALLOWED


def test_unseen_grants_may_allow_but_never_deny() -> None:
    assert ask(DOUBT).verdict is Verdict.UNKNOWN
    assert ask(DOUBT, grant()).verdict is Verdict.ALLOWED


def test_an_unseen_context_leaves_constraints_open() -> None:
    more = Context(context_of(CONTEXT).values, others=DOUBT)
    assert ask(within(EncryptionContextEquals=PAIR), context=more).verdict is Verdict.UNKNOWN
    assert ask(within(EncryptionContextSubset=PAIR), context=more).verdict is Verdict.ALLOWED
    hidden = context_of({**CONTEXT, "kms:EncryptionContext:aws:s3:arn": DOUBT})
    assert ask(within(EncryptionContextSubset=PAIR), context=hidden).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ([], "not an object"),
        (grant(GranteePrincipal=None), "its grantee is absent"),
        (grant(Operations=[1.5, {}]), "Operations holds"),
        (within(VpcId="vpc-1"), "the constraint 'VpcId' is not known"),
        (within(EncryptionContextSubset=[]), "EncryptionContextSubset is a list"),
    ],
)
def test_a_grant_that_cannot_be_understood_is_refused(raw: object, what: str) -> None:
    with pytest.raises(PolicyError, match="KMS grant") as caught:
        read_grant(raw)
    assert what in caught.value.what

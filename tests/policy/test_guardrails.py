"""SCPs limit principals and RCPs resources, level by level; each has exemptions that AWS documents."""

from typing import Any

import pytest

from scanner.policy.decision import Decision, Part, Verdict, describe
from scanner.policy.evaluate import Level, Levels, PolicySet, evaluate
from scanner.policy.request import Request, context_of
from scanner.policy.statements import CompiledPolicy, PolicyKind, compile_policy
from scanner.policy.truth import Unseen

HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/alice"
LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
LINKED_SESSION = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForBackup/s"
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EC2 = {**FULL, "Action": "ec2:*"}
DENY = {**FULL, "Effect": "Deny", "Action": "s3:*"}
DOUBT = Unseen("AccessDenied organizations:DescribePolicy")


def policy(kind: PolicyKind, *statements: dict[str, Any], name: str = "p") -> CompiledPolicy:
    return compile_policy({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=name)


def scps(*levels: list[dict[str, Any]]) -> Levels:
    return tuple(
        Level(f"ou-{number}", tuple(policy(PolicyKind.SCP, each, name=f"p-{number}") for each in level))
        for number, level in enumerate(levels)
    )


def rcps(statement: dict[str, Any]) -> Levels:
    return (Level("r-1", ()), Level("ou-1", (policy(PolicyKind.RCP, statement),)))


IDENTITY = (policy(PolicyKind.IDENTITY, FULL),)
BUCKET = policy(PolicyKind.RESOURCE, {**FULL, "Principal": "*"})


def ask(principal: str = USER, action: str = "s3:PutObject", account: str | Unseen = HOME, **policies: Any) -> Decision:
    arn = LINKED if principal == LINKED_SESSION else principal
    context = context_of({"aws:PrincipalArn": arn})
    request = Request(principal, action, "arn:aws:s3:::copies/a", account, context)
    return evaluate(request, PolicySet(identity=IDENTITY, **policies))


LEVELS: list[tuple[list[list[dict[str, Any]]], Verdict]] = [
    ([], Verdict.ALLOWED),
    ([[FULL]], Verdict.ALLOWED),
    ([[FULL], [FULL], [FULL]], Verdict.ALLOWED),
    ([[FULL], [EC2], [FULL]], Verdict.IMPLICITLY_DENIED),
    ([[FULL], [EC2, FULL]], Verdict.ALLOWED),
    ([[FULL], []], Verdict.IMPLICITLY_DENIED),
    ([[FULL], [FULL, DENY]], Verdict.EXPLICITLY_DENIED),
    ([[EC2], [FULL, DENY]], Verdict.EXPLICITLY_DENIED),
]


@pytest.mark.parametrize(("levels", "expected"), LEVELS)
def test_every_level_of_scps_must_allow(levels: list[list[dict[str, Any]]], expected: Verdict) -> None:
    assert ask(scps=scps(*levels)).verdict is expected


def test_the_silent_level_is_named() -> None:
    found = ask(scps=scps([FULL], [EC2]))
    assert [describe(reason, found.action) for reason in found.because] == [
        "service control policy p-1 on ou-1 has no statement that allows s3:PutObject"
    ]


def test_scps_follow_the_caller_across_accounts() -> None:
    assert ask(account=AWAY, resource=BUCKET, scps=scps([FULL])).verdict is Verdict.ALLOWED
    assert ask(account=AWAY, resource=BUCKET, scps=scps([FULL, DENY])).verdict is Verdict.EXPLICITLY_DENIED


FREE_OF_SCPS = [LINKED, LINKED_SESSION, "s3.amazonaws.com", "*"]


@pytest.mark.parametrize("principal", FREE_OF_SCPS)
def test_service_linked_roles_and_outsiders_are_free_of_scps(principal: str) -> None:
    assert ask(principal, resource=BUCKET, scps=scps([DENY])).verdict is Verdict.ALLOWED


def test_the_management_account_is_free_of_both() -> None:
    assert ask(scps=scps([DENY]), management_account=HOME).verdict is Verdict.ALLOWED
    assert ask(scps=scps([DENY]), management_account=AWAY).verdict is Verdict.EXPLICITLY_DENIED
    assert ask(rcps=rcps(DENY), management_account=HOME).verdict is Verdict.ALLOWED
    assert ask(rcps=rcps(DENY), management_account=AWAY).verdict is Verdict.EXPLICITLY_DENIED


def test_whether_a_role_is_service_linked_may_be_unseen() -> None:
    request = Request(LINKED_SESSION, "s3:PutObject", "arn:aws:s3:::a", HOME, context_of({"aws:PrincipalArn": DOUBT}))
    for levels in (scps([EC2]), scps([FULL, DENY])):
        found = evaluate(request, PolicySet(identity=IDENTITY, scps=levels))
        assert (found.verdict, found.unseen) == (Verdict.UNKNOWN, (DOUBT.reason,))
    assert evaluate(request, PolicySet(identity=IDENTITY, scps=scps([FULL]))).verdict is Verdict.ALLOWED


# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html (2026-09)
REACHED: list[tuple[str, str, str, Verdict]] = [
    ("own user", USER, "s3:PutObject", Verdict.EXPLICITLY_DENIED),
    ("root user", f"arn:aws:iam::{HOME}:root", "s3:PutObject", Verdict.EXPLICITLY_DENIED),
    ("foreign user", f"arn:aws:iam::{AWAY}:user/x", "s3:PutObject", Verdict.EXPLICITLY_DENIED),
    ("an AWS service", "s3.amazonaws.com", "s3:PutObject", Verdict.EXPLICITLY_DENIED),
    ("anonymous", "*", "s3:PutObject", Verdict.EXPLICITLY_DENIED),
    ("service-linked role", LINKED, "s3:PutObject", Verdict.ALLOWED),
    ("a permission that is free", USER, "kms:RetireGrant", Verdict.ALLOWED),
    ("a service not listed", USER, "backup:CopyIntoBackupVault", Verdict.ALLOWED),
    ("IAM", USER, "iam:PassRole", Verdict.ALLOWED),
    ("letter case", USER, "S3:PutObject", Verdict.EXPLICITLY_DENIED),
]


@pytest.mark.parametrize(("principal", "action", "expected"), [row[1:] for row in REACHED])
def test_whom_rcps_reach(principal: str, action: str, expected: Verdict) -> None:
    everything = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    assert ask(principal, action, resource=BUCKET, rcps=rcps(everything)).verdict is expected


def test_unread_rcps_do_not_matter_to_a_service_that_none_reaches() -> None:
    assert ask(action="backup:CopyIntoBackupVault", rcps=DOUBT).verdict is Verdict.ALLOWED


def test_an_rcp_never_needs_to_allow() -> None:
    assert ask(rcps=(Level("r-1", ()), Level("ou-1", ()))).verdict is Verdict.ALLOWED
    assert ask(rcps=rcps({**DENY, "Principal": "*", "Action": "kms:*"})).verdict is Verdict.ALLOWED


def test_an_rcp_without_principal_means_everyone() -> None:
    assert ask(rcps=rcps(DENY)).verdict is Verdict.EXPLICITLY_DENIED


@pytest.mark.parametrize("levels", [DOUBT, (DOUBT,), (Level("ou-1", DOUBT),), (Level("ou-1", (DOUBT,)),)])
def test_unseen_levels_leave_the_answer_open(levels: Levels) -> None:
    for kind in ("scps", "rcps"):
        found = ask(**{kind: levels})
        assert (found.verdict, found.unseen) == (Verdict.UNKNOWN, (DOUBT.reason,))
        assert found.because[0].part is Part.UNSEEN


def test_whose_rcps_apply_is_open_while_the_owner_is_unknown() -> None:
    found = ask(account=DOUBT, resource=BUCKET, rcps=rcps(DENY), management_account=AWAY)
    assert found.verdict is Verdict.UNKNOWN

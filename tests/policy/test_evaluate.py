"""Which policies decide a request, by the families of the evaluation logic: every case minimal, in JSON."""

from typing import Any

import pytest

from scanner.policy.decision import Decision, Part
from scanner.policy.evaluate import PolicySet, evaluate, needs_delegation
from scanner.policy.request import Request, context_of
from scanner.policy.simulate import read_cases, simulate_cases
from scanner.policy.statements import PolicyKind, compile_policy
from scanner.policy.truth import Unseen

HOME, AWAY, THIRD = "111122223333", "444455556666", "777788889999"
ROOT, AWAY_ROOT = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{AWAY}:root"
ROLE = f"arn:aws:iam::{HOME}:role/service-role/replication"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/replication/s3-replication"
USER = f"arn:aws:iam::{HOME}:user/alice"
OBJECT = "arn:aws:s3:::copies/tax/a"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1111aaaa"
ALLOWED, IMPLICIT, EXPLICIT, UNKNOWN = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Unknown"

Document = dict[str, Any]


def doc(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str = "*", resource: str = "*", **more: object) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str = "*", resource: str = "*", **more: object) -> Document:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def to(*principals: str) -> Document:
    return {"Principal": {"AWS": list(principals)}}


ALL, NONE = doc(allow()), doc(allow("ec2:*"))
NO_WRITE = doc(allow(), deny("s3:Replicate*"))


def case(
    principal: str = SESSION,
    action: str = "s3:ReplicateObject",
    resource: str = OBJECT,
    account: str = HOME,
    context: Document | None = None,
    **policies: Any,
) -> Document:
    own = {"aws:PrincipalArn": ROLE} if principal == SESSION else {"aws:PrincipalArn": principal}
    request = {"principal": principal, "action": action, "resource": resource, "resource_account": account}
    return {"id": "case", "request": {**request, "context": {**own, **(context or {})}}, **policies}


def verdict(**parts: Any) -> str:
    (answer,) = simulate_cases([case(**parts)])
    return str(answer["verdict"])


def decision(**parts: Any) -> Decision:
    (read,) = read_cases([case(**parts)])
    return evaluate(read.request, read.policies)


IDENTITY: list[tuple[str, list[Document], str]] = [
    ("nothing", [], IMPLICIT),
    ("allowed", [doc(allow("s3:ReplicateObject", "arn:aws:s3:::copies/*"))], ALLOWED),
    ("another action", [doc(allow("s3:GetObject"))], IMPLICIT),
    ("bucket for object", [doc(allow("s3:*", "arn:aws:s3:::copies"))], IMPLICIT),
    ("a deny beside", [ALL, doc(deny("s3:ReplicateDelete"))], ALLOWED),
    ("a deny after", [ALL, doc(deny("s3:Replicate*"))], EXPLICIT),
    ("a deny before", [doc(deny("s3:Replicate*")), ALL], EXPLICIT),
    ("a deny alone", [doc(deny("s3:Replicate*"))], EXPLICIT),
    ("no statements", [doc()], IMPLICIT),
    ("one statement, no list", [{"Version": "2012-10-17", "Statement": allow()}], ALLOWED),
]


@pytest.mark.parametrize(("policies", "expected"), [row[1:] for row in IDENTITY], ids=[row[0] for row in IDENTITY])
def test_identity_policies(policies: list[Document], expected: str) -> None:
    assert verdict(identity_policies=policies) == expected


# Within an account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
# "Resource-based policies and implicit denies in other policy types" (2026-11). `limited` is the verdict when
# boundary or session policy do not allow; by identity policy alone the request is not allowed.
SAME_ACCOUNT: list[tuple[str, str, list[str], str, str]] = [
    ("session by session", SESSION, [SESSION], ALLOWED, ALLOWED),
    ("session by role", SESSION, [ROLE], ALLOWED, IMPLICIT),
    ("session by role and session", SESSION, [ROLE, SESSION], ALLOWED, ALLOWED),
    ("session by account", SESSION, [ROOT], IMPLICIT, IMPLICIT),
    ("session by account id", SESSION, [HOME], IMPLICIT, IMPLICIT),
    ("session by everyone", SESSION, ["*"], ALLOWED, ALLOWED),
    ("session by another", SESSION, [f"{SESSION}2"], IMPLICIT, IMPLICIT),
    ("role by role", ROLE, [ROLE], ALLOWED, IMPLICIT),
    ("user by user", USER, [USER], ALLOWED, ALLOWED),
    ("user by account", USER, [ROOT], IMPLICIT, IMPLICIT),
    ("user by everyone", USER, ["*"], ALLOWED, ALLOWED),
]


@pytest.mark.parametrize(
    ("principal", "named", "expected", "limited"),
    [row[1:] for row in SAME_ACCOUNT],
    ids=[row[0] for row in SAME_ACCOUNT],
)
def test_resource_policy_within_an_account(principal: str, named: list[str], expected: str, limited: str) -> None:
    bucket = doc(allow("s3:Replicate*", "arn:aws:s3:::copies/*", **to(*named)))
    asked = {"principal": principal, "resource_policy": bucket}
    assert verdict(**asked) == expected
    assert verdict(**asked, permission_boundary=ALL) == expected
    assert verdict(**asked, permission_boundary=NONE) == limited
    assert verdict(**asked, permission_boundary=NO_WRITE) == EXPLICIT
    assert verdict(**asked, session_policy=NONE) == limited
    assert verdict(**asked, scps=[[NONE]]) == IMPLICIT
    assert verdict(**asked, identity_policies=[ALL]) == ALLOWED
    assert verdict(**asked, identity_policies=[doc(deny())]) == EXPLICIT


LIMITS: list[tuple[Document, str]] = [(ALL, ALLOWED), (NONE, IMPLICIT), (NO_WRITE, EXPLICIT), (doc(), IMPLICIT)]


@pytest.mark.parametrize(("limit", "expected"), LIMITS)
@pytest.mark.parametrize("element", ["permission_boundary", "session_policy"])
def test_what_limits_identity_policies(element: str, limit: Document, expected: str) -> None:
    assert verdict(identity_policies=[ALL], **{element: limit}) == expected
    assert verdict(identity_policies=[], **{element: limit}) == (IMPLICIT if expected == ALLOWED else expected)


def test_session_policies_allow_together() -> None:
    both = [doc(allow("s3:Get*")), doc(allow("s3:Replicate*"))]
    assert verdict(identity_policies=[ALL], session_policy=both) == ALLOWED


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html (2026-11)
NAMED_ACROSS = [
    ([ROLE], ALLOWED),
    ([SESSION], ALLOWED),
    ([ROOT], ALLOWED),
    ([HOME], ALLOWED),
    (["*"], ALLOWED),
    ([AWAY_ROOT], IMPLICIT),
    ([ROLE.replace(HOME, THIRD)], IMPLICIT),
    ([ROLE.replace("service-role/", "")], IMPLICIT),
]


@pytest.mark.parametrize(("named", "expected"), NAMED_ACROSS)
def test_across_accounts_both_sides_must_allow(named: list[str], expected: str) -> None:
    asked = {"account": AWAY, "resource_policy": doc(allow(**to(*named)))}
    assert verdict(**asked, identity_policies=[ALL]) == expected
    assert verdict(**asked, identity_policies=[]) == IMPLICIT
    assert verdict(**asked, identity_policies=[ALL], permission_boundary=NONE) == IMPLICIT
    assert verdict(**asked, identity_policies=[ALL], session_policy=NONE) == IMPLICIT
    assert verdict(**asked, identity_policies=[ALL], scps=[[ALL], [NONE]]) == IMPLICIT


def test_across_accounts_without_a_resource_policy_nothing_is_allowed() -> None:
    assert verdict(account=AWAY, identity_policies=[ALL]) == IMPLICIT


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_partitions_are_never_mixed(partition: str) -> None:
    def local(arn: str) -> str:
        return arn.replace("arn:aws:", f"arn:{partition}:")

    asked = {"principal": local(SESSION), "resource": local(OBJECT), "account": AWAY, "identity_policies": [ALL]}
    context = {"aws:PrincipalArn": local(ROLE)}
    assert verdict(**asked, context=context, resource_policy=doc(allow(**to(local(ROLE))))) == ALLOWED
    for other in {"aws", "aws-cn", "aws-us-gov"} - {partition}:
        stranger = doc(allow(**to(ROLE.replace("arn:aws:", f"arn:{other}:"))))
        assert verdict(**asked, context=context, resource_policy=stranger) == IMPLICIT


def everyone_if(**condition: Document) -> Document:
    return {"Principal": "*", "Condition": condition}


DENIES: list[tuple[str, Document, str]] = [
    ("plain http", everyone_if(Bool={"aws:SecureTransport": "false"}), ALLOWED),
    ("unencrypted", everyone_if(Null={"s3:x-amz-server-side-encryption": "true"}), EXPLICIT),
    ("by the account", to(ROOT), EXPLICIT),
    ("by the role", to(ROLE), EXPLICIT),
    ("by the session", to(SESSION), EXPLICIT),
    ("another account", to(AWAY_ROOT), ALLOWED),
    ("outside an organization", everyone_if(StringNotEquals={"aws:PrincipalOrgID": "o-1"}), EXPLICIT),
    ("around an endpoint", everyone_if(StringNotEquals={"aws:SourceVpce": "vpce-1"}), EXPLICIT),
    ("all but the role", everyone_if(ArnNotEquals={"aws:PrincipalArn": ROLE}), ALLOWED),
    ("all but listed", {"NotPrincipal": {"AWS": [SESSION, ROLE, ROOT]}}, ALLOWED),
    ("all but the role's name", {"NotPrincipal": {"AWS": [ROLE]}}, EXPLICIT),
    ("all but a service", {"NotPrincipal": {"Service": "s3.amazonaws.com"}}, EXPLICIT),
]


@pytest.mark.parametrize(("who", "expected"), [row[1:] for row in DENIES], ids=[row[0] for row in DENIES])
@pytest.mark.parametrize("account", [HOME, AWAY])
def test_denies_of_a_bucket_policy(who: Document, expected: str, account: str) -> None:
    bucket = doc(allow(**to(ROLE)), deny("s3:*", "arn:aws:s3:::copies/*", **who))
    context = {"aws:SecureTransport": "true"}
    assert verdict(account=account, identity_policies=[ALL], resource_policy=bucket, context=context) == expected


def test_a_boundary_turns_every_not_principal_into_a_deny() -> None:
    bucket = doc(deny(NotPrincipal={"AWS": [SESSION, ROLE, ROOT]}))
    assert verdict(identity_policies=[ALL], resource_policy=bucket) == ALLOWED
    assert verdict(identity_policies=[ALL], resource_policy=bucket, permission_boundary=ALL) == EXPLICIT


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html (2026-11)
KEY_POLICIES: list[tuple[str, Document | None, str, str]] = [
    ("no key policy", None, IMPLICIT, IMPLICIT),
    ("the account", doc(allow("kms:*", **to(ROOT))), ALLOWED, IMPLICIT),
    ("the account id", doc(allow("kms:*", **to(HOME))), ALLOWED, IMPLICIT),
    ("the account for another action", doc(allow("kms:Decrypt", **to(ROOT))), IMPLICIT, IMPLICIT),
    ("the role", doc(allow("kms:*", **to(ROLE))), ALLOWED, ALLOWED),
    ("the session", doc(allow("kms:*", **to(SESSION))), ALLOWED, ALLOWED),
    ("another role", doc(allow("kms:*", **to(f"arn:aws:iam::{HOME}:role/x"))), IMPLICIT, IMPLICIT),
    ("everyone", doc(allow("kms:*", **to("*"))), ALLOWED, ALLOWED),
    ("another account", doc(allow("kms:*", **to(AWAY_ROOT))), IMPLICIT, IMPLICIT),
    ("the account, denied", doc(allow("kms:*", **to(ROOT)), deny("kms:Encrypt", **to(ROLE))), EXPLICIT, EXPLICIT),
]


@pytest.mark.parametrize(
    ("policy", "with_identity", "without"), [row[1:] for row in KEY_POLICIES], ids=[row[0] for row in KEY_POLICIES]
)
def test_key_policies_delegate_or_nobody_does(policy: Document | None, with_identity: str, without: str) -> None:
    asked = {"action": "kms:Encrypt", "resource": KEY, "resource_policy": policy}
    assert verdict(**asked, identity_policies=[doc(allow("kms:*"))]) == with_identity
    assert verdict(**asked, identity_policies=[]) == without


def test_an_alias_arn_is_not_the_key() -> None:
    by_alias = [doc(allow("kms:*", f"arn:aws:kms:eu-west-1:{HOME}:alias/dr"))]
    asked = {"action": "kms:Encrypt", "resource": KEY, "resource_policy": doc(allow("kms:*", **to(ROOT)))}
    assert verdict(**asked, identity_policies=by_alias) == IMPLICIT


def test_a_condition_on_the_delegation_counts() -> None:
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    policy = doc(allow("kms:*", **to(ROOT), Condition=via))
    asked = {"action": "kms:Encrypt", "resource": KEY, "identity_policies": [ALL], "resource_policy": policy}
    assert verdict(**asked, context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}) == ALLOWED
    assert verdict(**asked, context={"kms:ViaService": "s3.us-east-1.amazonaws.com"}) == IMPLICIT


def test_another_accounts_key_needs_both_sides() -> None:
    foreign = KEY.replace(HOME, AWAY)
    asked = {"action": "kms:Encrypt", "resource": foreign, "account": AWAY}
    for named in (ROOT, ROLE, "*"):
        policy = doc(allow("kms:*", **to(named)))
        assert verdict(**asked, identity_policies=[ALL], resource_policy=policy) == ALLOWED
        assert verdict(**asked, identity_policies=[], resource_policy=policy) == IMPLICIT
    own_account_only = doc(allow("kms:*", **to(AWAY_ROOT)))
    assert verdict(**asked, identity_policies=[ALL], resource_policy=own_account_only) == IMPLICIT


TRUST: list[tuple[str, Document, Document, str]] = [
    ("the service", {"Service": "s3.amazonaws.com"}, {}, ALLOWED),
    ("another service", {"Service": "batchoperations.s3.amazonaws.com"}, {}, IMPLICIT),
    ("the account", {"AWS": ROOT}, {}, IMPLICIT),
    ("its bucket", {"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::src"}}, ALLOWED),
    ("objects", {"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::src/*"}}, IMPLICIT),
    ("its account", {"Service": "s3.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": HOME}}, ALLOWED),
    ("another account", {"Service": "s3.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": AWAY}}, IMPLICIT),
]


@pytest.mark.parametrize(("who", "condition", "expected"), [row[1:] for row in TRUST], ids=[row[0] for row in TRUST])
def test_a_service_assumes_a_role(who: Document, condition: Document, expected: str) -> None:
    trust = doc({"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole", "Condition": condition})
    source = {"aws:SourceAccount": HOME, "aws:SourceArn": "arn:aws:s3:::src"}
    asked = {"principal": "s3.amazonaws.com", "action": "sts:AssumeRole", "resource": ROLE, "context": source}
    assert verdict(**asked, resource_policy=trust) == expected
    assert verdict(**asked, resource_policy=trust, identity_policies=[doc(deny())], scps=[[NONE]]) == expected


ASSUME: list[tuple[str, str, str, str]] = [
    ("its account", ROOT, ALLOWED, IMPLICIT),
    ("itself", USER, ALLOWED, ALLOWED),
    ("everyone", "*", ALLOWED, ALLOWED),
    ("another account", AWAY_ROOT, IMPLICIT, IMPLICIT),
]


@pytest.mark.parametrize(("named", "with_identity", "without"), [row[1:] for row in ASSUME])
def test_a_user_assumes_a_role_of_the_account(named: str, with_identity: str, without: str) -> None:
    trust = doc({"Effect": "Allow", **to(named), "Action": "sts:AssumeRole"})
    asked = {"principal": USER, "action": "sts:AssumeRole", "resource": ROLE, "resource_policy": trust}
    assert verdict(**asked, identity_policies=[doc(allow("sts:AssumeRole", ROLE))]) == with_identity
    assert verdict(**asked) == without


def test_a_foreign_user_needs_trust_and_permission() -> None:
    stranger = f"arn:aws:iam::{THIRD}:user/ext"
    trust = doc(
        {
            "Effect": "Allow",
            **to("*"),
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "dr"}},
        }
    )
    asked = {"principal": stranger, "action": "sts:AssumeRole", "resource": ROLE, "resource_policy": trust}
    assert verdict(**asked, context={"sts:ExternalId": "dr"}) == IMPLICIT
    assert verdict(**asked, identity_policies=[ALL], context={"sts:ExternalId": "dr"}) == ALLOWED
    assert verdict(**asked, identity_policies=[ALL]) == IMPLICIT


def test_an_identity_provider_assumes_by_the_trust_policy_alone() -> None:
    provider = f"arn:aws:iam::{HOME}:oidc-provider/token.example.com"
    trust = doc({"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"})
    asked = {"principal": provider, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE}
    assert verdict(**asked, resource_policy=trust) == ALLOWED
    assert verdict(**asked, identity_policies=[ALL]) == IMPLICIT


DELEGATION = [
    ("kms:encrypt", KEY, True),
    ("kms:createalias", f"arn:aws:kms:eu-west-1:{HOME}:alias/dr", False),
    ("kms:listkeys", "*", False),
    ("sts:assumerole", ROLE, True),
    ("sts:tagsession", ROLE.replace("arn:aws:", "arn:aws-cn:"), True),
    ("iam:passrole", ROLE, False),
    ("s3:getobject", OBJECT, False),
]


@pytest.mark.parametrize(("action", "resource", "expected"), DELEGATION)
def test_what_needs_delegation(action: str, resource: str, expected: bool) -> None:
    assert needs_delegation(action, resource) is expected


def test_service_principals_have_no_policies_of_their_own() -> None:
    by_service = doc(allow("s3:PutObject", Principal={"Service": "s3.amazonaws.com"}))
    asked = {"principal": "s3.amazonaws.com", "action": "s3:PutObject"}
    assert verdict(**asked, resource_policy=by_service) == ALLOWED
    assert verdict(**asked, resource_policy=by_service, account=AWAY) == ALLOWED
    assert verdict(**asked, identity_policies=[ALL]) == IMPLICIT
    assert verdict(**asked, resource_policy=doc(allow(**to(ROOT)))) == IMPLICIT


VAULT = f"arn:aws:backup:eu-west-1:{HOME}:backup-vault:dr"
# The resource, the service that asks, and what it asks for.
SERVED: list[tuple[str, str, str, str]] = [
    ("a bucket", OBJECT, "logging.s3.amazonaws.com", "s3:PutObject"),
    ("a key", KEY, "cloudtrail.amazonaws.com", "kms:GenerateDataKey"),
    ("a role", ROLE, "backup.amazonaws.com", "sts:AssumeRole"),
    ("a vault", VAULT, "backup.amazonaws.com", "backup:CopyIntoBackupVault"),
]
OWN_LIMITS: list[Document] = [
    {"identity_policies": [doc(deny())]},
    {"permission_boundary": doc(deny())},
    {"permission_boundary": doc()},
    {"session_policy": doc(deny())},
    {"session_policy": doc()},
    {"scps": [[ALL], [doc(deny())]]},
    {"scps": [[]]},
]


@pytest.mark.parametrize(("resource", "service", "action"), [row[1:] for row in SERVED], ids=[row[0] for row in SERVED])
@pytest.mark.parametrize("account", [HOME, AWAY])
def test_for_a_service_only_the_resource_policy_counts(resource: str, service: str, action: str, account: str) -> None:
    where = {} if resource == ROLE else {"Resource": resource}
    grant = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, **where}
    asked = {"principal": service, "action": action, "resource": resource, "account": account}
    for limits in ({}, *OWN_LIMITS):
        assert verdict(**asked, resource_policy=doc(grant), **limits) == ALLOWED
        assert verdict(**asked, resource_policy=doc(grant, {**grant, "Effect": "Deny"}), **limits) == EXPLICIT
    for own in ({"identity_policies": [ALL]}, {"permission_boundary": ALL, "session_policy": ALL, "scps": [[ALL]]}):
        assert verdict(**asked, **own) == IMPLICIT
    for other in ({"Service": "other.amazonaws.com"}, {"AWS": [ROOT, AWAY_ROOT]}):
        assert verdict(**asked, resource_policy=doc({**grant, "Principal": other}), identity_policies=[ALL]) == IMPLICIT


# "Only the resource policy" is said of the caller's side: RCPs belong to the resource, and bind services as well.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html (2026-09)
@pytest.mark.parametrize(
    ("resource", "service", "action", "expected"),
    [(*row[1:], ALLOWED if row[0] == "a vault" else EXPLICIT) for row in SERVED],
    ids=[row[0] for row in SERVED],
)
def test_rcps_bind_services_too(resource: str, service: str, action: str, expected: str) -> None:
    where = {} if resource == ROLE else {"Resource": resource}
    policy = doc({"Effect": "Allow", "Principal": {"Service": service}, "Action": action, **where})
    asked = {"principal": service, "action": action, "resource": resource, "resource_policy": policy}
    assert verdict(**asked, rcps=[[doc(deny(Principal="*"))]]) == expected


NO_SERVICE = {"aws:PrincipalIsAWSService": "false"}
ORGANIZATION_DENY: list[tuple[Document, str]] = [
    ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, EXPLICIT),
    ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}, "Bool": NO_SERVICE}, ALLOWED),
]


@pytest.mark.parametrize(("condition", "expected"), ORGANIZATION_DENY)
def test_an_organizations_deny_may_catch_aws_services(condition: Document, expected: str) -> None:
    by_service = allow("s3:PutObject", Principal={"Service": "s3.amazonaws.com"})
    bucket = doc(by_service, deny("s3:*", Principal="*", Condition=condition))
    context = {"aws:PrincipalIsAWSService": "true"}
    asked = {"principal": "s3.amazonaws.com", "action": "s3:PutObject", "context": context}
    assert verdict(**asked, resource_policy=bucket) == expected


def test_anonymous_callers_need_everyone() -> None:
    assert verdict(principal="*", resource_policy=doc(allow(Principal="*"))) == ALLOWED
    assert verdict(principal="*", resource_policy=doc(allow(**to(ROOT)))) == IMPLICIT
    assert verdict(principal="*", identity_policies=[ALL]) == IMPLICIT


def test_the_root_user_has_full_access_to_its_account() -> None:
    assert verdict(principal=ROOT) == ALLOWED
    assert verdict(principal=ROOT, resource_policy=doc(deny(**to(ROOT)))) == EXPLICIT
    assert verdict(principal=ROOT, scps=[[NONE]]) == IMPLICIT
    assert verdict(principal=ROOT, account=AWAY) == IMPLICIT
    assert verdict(principal=ROOT, account=AWAY, resource_policy=doc(allow(**to(HOME)))) == ALLOWED


def test_a_key_policy_can_lock_even_the_root_user_out() -> None:
    asked = {"principal": ROOT, "action": "kms:Encrypt", "resource": KEY}
    assert verdict(**asked, resource_policy=doc(allow(**to(ROLE)))) == IMPLICIT
    assert verdict(**asked, resource_policy=doc(allow(**to(ROOT)))) == ALLOWED


def test_a_vault_in_another_account_takes_copies_by_its_policy() -> None:
    vault = f"arn:aws:backup:eu-west-1:{AWAY}:backup-vault:dr"
    asked = {"action": "backup:CopyIntoBackupVault", "resource": vault, "account": AWAY}
    policy = doc(allow("backup:CopyIntoBackupVault", **to(ROOT)))
    assert verdict(**asked, identity_policies=[ALL], resource_policy=policy) == ALLOWED
    assert verdict(**asked, identity_policies=[ALL]) == IMPLICIT


REASONS: list[tuple[str, Document, list[tuple[Part, str]]]] = [
    ("allowed by identity", {"identity_policies": [ALL]}, [(Part.ALLOWS, "identity_policies[0]")]),
    (
        "allowed through every gate",
        {"identity_policies": [ALL], "permission_boundary": ALL, "session_policy": ALL, "scps": [[ALL]]},
        [
            (Part.ALLOWS, "identity_policies[0]"),
            (Part.ALLOWS, "permission_boundary"),
            (Part.ALLOWS, "session_policy"),
            (Part.ALLOWS, "scps[0][0]"),
        ],
    ),
    (
        "allowed by the bucket",
        {"identity_policies": [NONE], "resource_policy": doc(allow(**to(ROLE)))},
        [(Part.ALLOWS, "resource_policy")],
    ),
    (
        "silence on both sides",
        {"identity_policies": [NONE], "resource_policy": doc(allow("s3:GetObject", **to(ROLE)))},
        [(Part.SILENT, "identity_policies[0]"), (Part.SILENT, "resource_policy")],
    ),
    (
        "silence of the boundary",
        {"identity_policies": [ALL], "permission_boundary": NONE},
        [(Part.SILENT, "permission_boundary")],
    ),
    ("silence of one level", {"identity_policies": [ALL], "scps": [[ALL], [NONE]]}, [(Part.SILENT, "scps[1][0]")]),
    ("a deny outweighs silence", {"permission_boundary": NO_WRITE}, [(Part.DENIES, "permission_boundary")]),
    (
        "every deny is told",
        {"identity_policies": [NO_WRITE], "scps": [[NO_WRITE]]},
        [(Part.DENIES, "identity_policies[0]"), (Part.DENIES, "scps[0][0]")],
    ),
    ("no policy at all", {}, [(Part.SILENT, "")]),
]


@pytest.mark.parametrize(("parts", "expected"), [row[1:] for row in REASONS], ids=[row[0] for row in REASONS])
def test_because(parts: Document, expected: list[tuple[Part, str]]) -> None:
    because = decision(**parts).because
    assert [(each.part, " ".join(each.policies)) for each in because] == expected


def test_across_accounts_the_silent_side_is_named_even_when_it_does_not_exist() -> None:
    because = decision(account=AWAY, identity_policies=[ALL]).because
    assert [(each.part, each.kind, each.policies) for each in because] == [(Part.SILENT, "resource policy", ())]


def test_a_reason_holds_the_statement_that_decided() -> None:
    (reason,) = decision(identity_policies=[ALL, doc(allow(), deny("s3:*", Sid="Stop"))]).because
    assert reason.statement is not None
    assert (reason.policies, reason.statement.index, reason.statement.sid) == (("identity_policies[1]",), 1, "Stop")


DOUBT = Unseen("AccessDenied iam:GetRolePolicy")


def ask(policies: PolicySet, *, account: str | Unseen = HOME, action: str = "s3:ReplicateObject") -> Decision:
    context = context_of({"aws:PrincipalArn": ROLE})
    return evaluate(Request(SESSION, action, OBJECT, account, context), policies)


def compiled(kind: PolicyKind, *statements: Document) -> Any:
    return compile_policy(doc(*statements), kind=kind, name="p")


IDENTITY_ALL = compiled(PolicyKind.IDENTITY, allow())
BUCKET_ALL = compiled(PolicyKind.RESOURCE, allow(**to(ROLE)))
UNSEEN: list[tuple[str, PolicySet, str | Unseen, str]] = [
    ("identity list", PolicySet(identity=DOUBT), HOME, UNKNOWN),
    ("one identity policy, none allows", PolicySet(identity=(DOUBT,)), HOME, UNKNOWN),
    ("one identity policy might deny", PolicySet(identity=(IDENTITY_ALL, DOUBT)), HOME, UNKNOWN),
    ("a deny is certain", PolicySet(identity=(DOUBT, compiled(PolicyKind.IDENTITY, deny()))), HOME, EXPLICIT),
    ("a bucket policy might deny", PolicySet(identity=(IDENTITY_ALL,), resource=DOUBT), HOME, UNKNOWN),
    ("a boundary", PolicySet(identity=(IDENTITY_ALL,), boundary=DOUBT), HOME, UNKNOWN),
    ("a boundary over nothing", PolicySet(boundary=DOUBT), HOME, IMPLICIT),
    ("SCPs", PolicySet(identity=(IDENTITY_ALL,), scps=DOUBT), HOME, UNKNOWN),
    ("SCPs over nothing", PolicySet(scps=DOUBT), HOME, IMPLICIT),
    ("RCPs", PolicySet(identity=(IDENTITY_ALL,), rcps=(DOUBT,)), HOME, UNKNOWN),
    ("grants do not matter to S3", PolicySet(identity=(IDENTITY_ALL,), grants=DOUBT), HOME, ALLOWED),
    ("no resource side abroad", PolicySet(identity=DOUBT), AWAY, IMPLICIT),
    ("account unknown, one side", PolicySet(identity=(IDENTITY_ALL,)), DOUBT, UNKNOWN),
    ("account unknown, both sides", PolicySet(identity=(IDENTITY_ALL,), resource=BUCKET_ALL), DOUBT, ALLOWED),
    ("account unknown, neither", PolicySet(), DOUBT, IMPLICIT),
]


@pytest.mark.parametrize(
    ("policies", "account", "expected"), [row[1:] for row in UNSEEN], ids=[row[0] for row in UNSEEN]
)
def test_what_is_unseen_matters_only_where_it_could_change_the_answer(
    policies: PolicySet, account: str | Unseen, expected: str
) -> None:
    found = ask(policies, account=account)
    assert found.verdict == expected
    assert found.unseen == ((DOUBT.reason,) if expected == UNKNOWN else ())


def test_a_broken_statement_is_an_unseen_one() -> None:
    broken = doc(allow("s3:Get*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Nope": {}}})
    found = ask(PolicySet(identity=(IDENTITY_ALL, compile_policy(broken, kind=PolicyKind.IDENTITY, name="b"))))
    assert found.verdict == UNKNOWN
    assert "no condition operator 'Nope'" in found.unseen[0]


def test_a_broken_statement_about_other_actions_does_not_matter() -> None:
    broken = doc({"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": {"Nope": {}}})
    found = ask(PolicySet(identity=(IDENTITY_ALL, compile_policy(broken, kind=PolicyKind.IDENTITY, name="b"))))
    assert found.verdict == ALLOWED

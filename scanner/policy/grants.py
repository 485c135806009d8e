"""KMS grants: beside key policies, the other way in which a key's owner lets a principal use it.

A grant only allows. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html and the GrantConstraints type
of the KMS API reference (2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.policy.document import Principal
from scanner.policy.grammar import PolicyError, mapping, refusal, show, texts
from scanner.policy.principals import Caller, Meant, Reach, compile_principals
from scanner.policy.request import Context
from scanner.policy.truth import Truth, Unseen, all_true

_CONTEXT = "kms:encryptioncontext:"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as ListGrants shows it. `operations` are KMS operations (`Decrypt`); `equals` and `subset` constrain
    the encryption context, with keys in lower case, for KMS ignores their case here; None where not constrained.
    """

    grant_id: str
    grantee: Principal
    operations: frozenset[str]
    issuing_account: str | None = None
    equals: tuple[tuple[str, str], ...] | None = None
    subset: tuple[tuple[str, str], ...] | None = None
    source_arn: str | None = None


def read_grant(raw: object) -> Grant:
    """A grant from the mapping that ListGrants answers; PolicyError when it cannot be understood."""
    grant = mapping(raw, "the grant", "a KMS grant")
    grant_id = str(grant.get("GrantId", "without id"))
    where = f"KMS grant {show(grant_id)}"
    service, principal = grant.get("GranteeServicePrincipal"), grant.get("GranteePrincipal")
    grantee = service if service is not None else principal
    if not isinstance(grantee, str):
        raise refusal(f"its grantee is {show(grantee)}", where, grantee)
    by_service = service is not None or not grantee.startswith("arn:")
    constraints = mapping(grant.get("Constraints") or {}, "Constraints", where)
    known = {"EncryptionContextEquals", "EncryptionContextSubset", "SourceArn"}
    if strange := sorted(set(constraints) - known):
        raise PolicyError(f"the constraint {show(strange[0])} is not known", where=where)
    issuer, source = grant.get("IssuingAccount"), constraints.get("SourceArn")
    return Grant(
        grant_id=grant_id,
        grantee=Principal("Service" if by_service else "AWS", grantee),
        operations=frozenset(texts(grant.get("Operations", []), "Operations", where)),
        issuing_account=_account(issuer) if isinstance(issuer, str) else None,
        equals=_pairs(constraints, "EncryptionContextEquals", where),
        subset=_pairs(constraints, "EncryptionContextSubset", where),
        source_arn=None if source is None else texts(source, "SourceArn", where)[0],
    )


def _account(text: str) -> str:
    """ListGrants gives the account as its root's ARN."""
    return text.split(":")[4] if text.count(":") == 5 else text


def _pairs(constraints: Mapping[str, object], name: str, where: str) -> tuple[tuple[str, str], ...] | None:
    if constraints.get(name) is None:
        return None
    pairs = mapping(constraints[name], name, where)
    return tuple((key.lower(), texts(value, name, where)[0]) for key, value in pairs.items())


def grant_allows(grant: Grant, action: str, context: Context, caller: Caller) -> Meant:
    """How a grant lets a caller perform a KMS action (`kms:decrypt`, lower case)."""
    if action.removeprefix("kms:") not in {operation.lower() for operation in grant.operations}:
        return Reach.NOBODY
    meant = compile_principals((grant.grantee,))(caller)
    if meant is Reach.NOBODY:
        return meant
    held = _constraints_hold(grant, context)
    if held is False:
        return Reach.NOBODY
    return held if isinstance(held, Unseen) else meant


def _constraints_hold(grant: Grant, context: Context) -> Truth:
    tests = [_is(context, _CONTEXT + key, value) for key, value in (*(grant.subset or ()), *(grant.equals or ()))]
    if grant.equals is not None:
        tests.append(_has_no_more(grant.equals, context))
    if grant.source_arn is not None:
        tests.append(_is(context, "aws:sourcearn", grant.source_arn))
    return all_true(tests)


def _is(context: Context, key: str, wanted: str) -> Truth:
    value = context.get(key)
    return value if isinstance(value, Unseen) else value == wanted


def _has_no_more(pairs: tuple[tuple[str, str], ...], context: Context) -> Truth:
    """Whether the request's encryption context holds no other pairs."""
    named = {_CONTEXT + key for key, _ in pairs}
    if any(key.startswith(_CONTEXT) and key not in named for key in context.values):
        return False
    return True if context.others is None else context.others

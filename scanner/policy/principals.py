"""Who a request comes from, and whether a Principal or NotPrincipal element means them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html (2026-11). One caller
goes by several names: a role session is the session, its role and its account. How specific a name a resource
policy uses decides which other policies can still limit what it grants, so a match carries its reach.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, TypeAlias

from scanner.policy.document import Principal
from scanner.policy.grammar import PolicyError, show
from scanner.policy.request import Context, Request
from scanner.policy.truth import Truth, Unseen, all_true, any_true

CallerKind: TypeAlias = Literal[
    "root", "user", "role", "session", "federated-user", "service", "identity-provider", "anonymous"
]


class Reach(IntEnum):
    """How specific the name is by which a policy means the caller."""

    NOBODY = 0
    """Not meant."""
    ACCOUNT = 1
    """By the account: in an Allow this delegates to the account's own policies."""
    ROLE = 2
    """By the role of a session: boundary and session policy still limit the grant."""
    CALLER = 3
    """By its own ARN or name, or by `*`: granted to the caller directly."""


Meant: TypeAlias = Reach | Unseen
"""How a Principal element means the caller, where that could be seen."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the identities that a caller has, with the names that policies may use for it.

    Where the path of a role was not seen, `doubt` says so and its ARN is any that starts and ends as `around` says.
    """

    reach: Reach
    names: frozenset[str]
    doubt: Unseen | None = None
    around: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request, taken apart: its identities from the most specific to the account.

    `account` is None for services, identity providers and anonymous callers.
    """

    kind: CallerKind
    account: str | None
    identities: tuple[Identity, ...]
    is_service_linked_role: Truth = False
    canonical_user: str | Unseen | None = None


_ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_SERVICE_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".aws.internal")
# The one web identity provider whose name looks like a service's (same page, "principal-federated-web-identity").
_WEB_IDENTITY = frozenset({"cognito-identity.amazonaws.com"})


def read_caller(request: Request) -> Caller:
    """The caller of a request; PolicyError when its principal is nothing that could call."""
    principal = request.principal
    if principal == "*":
        return Caller("anonymous", None, ())
    if _ACCOUNT_ID.fullmatch(principal):
        whole = Identity(Reach.ACCOUNT, frozenset({principal}))
        return Caller("root", principal, (whole,), canonical_user=request.canonical_user)
    if principal.startswith("arn:"):
        return _by_arn(principal, request)
    if not _HOST.fullmatch(principal):
        raise PolicyError(f"{show(principal)} is neither an ARN nor a service principal nor *", where="the principal")
    serves = principal.endswith(_SERVICE_DOMAINS) and principal not in _WEB_IDENTITY
    return _outside("service" if serves else "identity-provider", principal)


def _outside(kind: CallerKind, principal: str) -> Caller:
    return Caller(kind, None, (Identity(Reach.CALLER, frozenset({principal, "*"})),))


def _by_arn(arn: str, request: Request) -> Caller:
    parts = arn.split(":", 5)
    if len(parts) < 6 or not _ACCOUNT_ID.fullmatch(parts[4]):
        raise _not_a_caller(arn)
    _, partition, service, _, account, rest = parts
    kind, _, name = rest.partition("/")
    root = Identity(Reach.ACCOUNT, frozenset({account, f"arn:{partition}:iam::{account}:root"}))
    own = Identity(Reach.CALLER, frozenset({arn}))
    canonical = request.canonical_user
    match service, kind, bool(name):
        case "iam", "root", False:
            return Caller("root", account, (root,), canonical_user=canonical)
        case "iam", "user", True:
            return Caller("user", account, (own, root), canonical_user=canonical)
        case "iam", "role", True:
            role = Identity(Reach.ROLE, frozenset({arn}))
            return Caller("role", account, (role, root), _is_service_linked(role), canonical)
        case "sts", "assumed-role", True:
            role = _role_of(f"arn:{partition}:iam::{account}:role/", name, request.context)
            return Caller("session", account, (own, role, root), _is_service_linked(role), canonical)
        case "sts", "federated-user", True:
            return Caller("federated-user", account, (own, root), canonical_user=canonical)
        case "iam", ("saml-provider" | "oidc-provider"), True:
            return _outside("identity-provider", arn)
    raise _not_a_caller(arn)


def _not_a_caller(arn: str) -> PolicyError:
    what = f"{show(arn)} is no user, role, role session, federated user, root or identity provider"
    return PolicyError(what, where="the principal")


def _role_of(prefix: str, session: str, context: Context) -> Identity:
    """A session's ARN lacks the path of its role, which only aws:PrincipalArn shows; absent, there is none."""
    name = session.split("/", 1)[0]
    written = context.get("aws:principalarn")
    if isinstance(written, Unseen):
        return Identity(Reach.ROLE, frozenset(), written, (prefix, name))
    if isinstance(written, str) and written.startswith(prefix) and written.rsplit("/", 1)[-1] == name:
        return Identity(Reach.ROLE, frozenset({written}))
    return Identity(Reach.ROLE, frozenset({prefix + name}))


def _is_service_linked(role: Identity) -> Truth:
    return role.doubt or any(":role/aws-service-role/" in arn for arn in role.names)


def compile_principals(principals: tuple[Principal, ...]) -> Callable[[Caller], Meant]:
    """How a Principal element means a caller."""
    if _has_everyone(principals):
        return lambda caller: Reach.CALLER
    listed = _Listed.of(principals)

    def _meant(caller: Caller) -> Meant:
        for identity in caller.identities:
            if (named := _names(listed, caller, identity)) is not False:
                return identity.reach if named is True else named
        return Reach.NOBODY

    return _meant


def compile_not_principals(principals: tuple[Principal, ...], *, denies: bool) -> Callable[[Caller], Meant]:
    """How a NotPrincipal element means a caller: in a Deny unless every identity of the caller is listed.

    AWS may check the account first, then the role, then the session, and a Deny that leaves out any of them denies:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html (2026-11). With
    Allow the element is not supported; a stored one is read as granting to nobody of whom any identity is listed.
    """
    if _has_everyone(principals):
        return lambda caller: Reach.NOBODY
    listed = _Listed.of(principals)
    combine = all_true if denies else any_true

    def _meant(caller: Caller) -> Meant:
        spared = bool(caller.identities) and combine(_names(listed, caller, each) for each in caller.identities)
        return spared if isinstance(spared, Unseen) else Reach.NOBODY if spared else Reach.CALLER

    return _meant


@dataclass(frozen=True, slots=True)
class _Listed:
    """The entries of an element by kind."""

    aws: frozenset[str]
    services: frozenset[str]
    providers: frozenset[str]
    canonical_users: frozenset[str]

    @classmethod
    def of(cls, principals: tuple[Principal, ...]) -> "_Listed":
        """The entries of an element, sorted."""
        kinds = ("AWS", "Service", "Federated", "CanonicalUser")
        return cls(*(frozenset(each.value for each in principals if each.kind == kind) for kind in kinds))

    def for_kind(self, kind: CallerKind) -> frozenset[str]:
        """The entries that can name a caller of this kind."""
        match kind:
            case "service":
                return self.services
            case "identity-provider":
                return self.providers
            case _:
                return self.aws


def _has_everyone(principals: tuple[Principal, ...]) -> bool:
    return any(principal.kind == "*" for principal in principals)


def _names(listed: _Listed, caller: Caller, identity: Identity) -> Truth:
    """Whether one identity of the caller is listed."""
    entries = listed.for_kind(caller.kind)
    if not identity.names.isdisjoint(entries):
        return True
    if identity.doubt is not None:
        start, end = identity.around
        possible = (entry for entry in entries if entry.startswith(start) and entry[len(start) :].split("/")[-1] == end)
        return identity.doubt if any(possible) else False
    if identity.reach is Reach.ACCOUNT and listed.canonical_users and caller.canonical_user is not None:
        known = caller.canonical_user
        return known if isinstance(known, Unseen) else known in listed.canonical_users
    return False

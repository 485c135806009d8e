"""A request as IAM sees it: who asks for which action on what, and the context that conditions look at.

The context is complete unless it says otherwise: a key that is not in it is absent from the request, which is an
answer (`Null`, `IfExists`, negated operators), not a gap. A gap is an Unseen value, or `others`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from scanner.policy.grammar import PolicyError, show, texts
from scanner.policy.truth import Unseen

ContextValue: TypeAlias = str | tuple[str, ...] | Unseen
"""The value of a context key: a text, several texts for a multivalued key, or Unseen."""


@dataclass(frozen=True, slots=True)
class Context:
    """The request context. Keys are in lower case, for AWS ignores their case; build one with `context_of`.

    `others` is what the keys that are not named are: None says absent, Unseen says that nobody knows. By
    `any_of_several` an operator without a qualifier takes any of several values, where else it would leave it open.
    """

    values: Mapping[str, ContextValue] = field(default_factory=dict)
    others: Unseen | None = None
    any_of_several: bool = False

    def get(self, key: str) -> ContextValue | None:
        """The value of a key given in lower case; None when the key is absent."""
        return self.values.get(key, self.others)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `principal` is the ARN of a user, role, role session, federated user or account root, a service
    principal (`s3.amazonaws.com`), an identity provider, or `*` for an anonymous caller.

    `resource_account` is the account that owns the resource. A role's ARN stands for its sessions as far as no
    session is named. `canonical_user` is the canonical user id of the principal's account, for bucket policies that
    name one; None says that it has none worth comparing.
    """

    principal: str
    action: str
    resource: str
    resource_account: str | Unseen
    context: Context = field(default_factory=Context)
    canonical_user: str | Unseen | None = field(default=Unseen("the account's canonical user id was not read"))


def context_of(pairs: Mapping[str, object], *, others: Unseen | None = None) -> Context:
    """A context from JSON-like pairs: texts, numbers, booleans, lists of those, Unseen; null and [] are absent.

    PolicyError for anything else.
    """
    values: dict[str, ContextValue] = {}
    for key, raw in pairs.items():
        if raw is None or raw == [] or raw == ():
            continue
        if key.lower() in values:
            raise PolicyError(f"the key {show(key)} stands there twice, in other letter case", where="the context")
        values[key.lower()] = _value(key, raw)
    return Context(values, others)


def _value(key: str, raw: object) -> ContextValue:
    if isinstance(raw, str | Unseen):
        return raw
    found = texts(raw, f"the key {show(key)}", "the context", numbers=True)
    return found if isinstance(raw, list | tuple) else found[0]

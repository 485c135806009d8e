"""What the configurations of the provider aws say: which one is meant, whose credentials it has, where it works.

Each argument may be constant, or one variable of known value; of anything else plan JSON shows only the references,
and those tell two configurations apart without naming their accounts or regions.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from scanner.estate.regions import is_region
from scanner.estate.unknown import Unknown, Value
from scanner.sources.placeholders import placeholder_in
from scanner.sources.terraform.addresses import Step, steps_of, traversals
from scanner.sources.terraform.arguments import Scope, known_value
from scanner.sources.terraform.configuration import Expression, expression
from scanner.sources.terraform.plan import Plan

DEFAULT = "aws"
"""The key of the root module's provider without an alias."""

_CREDENTIALS = ("profile", "access_key", "shared_credentials_file", "shared_credentials_files", "token")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")


class Providers:
    """The provider configurations of a plan, by key. `real` are account ids that are no placeholders."""

    def __init__(self, plan: Plan, real: frozenset[str]) -> None:
        self._plan = plan
        self._real = real

    def configured(self, key: str, steps: Sequence[Step]) -> str:
        """The key of the configuration that a resource's key in a module instance means, as far as the plan tells.

        Terraform before 1.2 gives the name within the module, and does not show which one the module gets for it.
        """
        if self._has_arguments(key) or ":" not in key:
            return key
        name = key.rpartition(":")[2]
        if "." in name:
            return key
        modules = [f"module.{step}" for step, _ in steps]
        above = [".".join(modules[:depth]) for depth in range(len(modules) - 1, 0, -1)]
        candidates = (*(f"{one}:{name}" for one in above), name)
        found = next((one for one in candidates if self._has_arguments(one)), None)
        return DEFAULT if found is None else key if self._is_ambiguous else found

    def account(self, key: str) -> str:
        """The account that a configuration names, by the role that it assumes or as the only one that it allows; empty
        where it names none."""
        provider = self._provider(key)
        role = self._role(provider)
        named = self._account_of_role(role, _scope(provider)) if role else ""
        return named or self._only_account(provider)

    def region(self, key: str) -> str | Unknown | None:
        """The region that a configuration names; None where it leaves that to the environment."""
        provider = self._provider(key)
        given = _argument(provider, "region")
        if given is None:
            return None if key == DEFAULT or key in self._plan.providers else Unknown(key)
        region = known_value(self._plan, given, _scope(provider))
        return region if isinstance(region, str) and is_region(region) else Unknown(self._expressed(given, provider))

    def credentials(self, key: str) -> str:
        """What tells the credentials of a configuration from others; empty for those of whoever runs Terraform."""
        provider = self._provider(key)
        if not provider and key != DEFAULT and key not in self._plan.providers:
            return key
        arguments = {name: _argument(provider, name) for name in _CREDENTIALS}
        arguments["role"] = self._role(provider)
        return "".join(f"{name}={self._expressed(one, provider)};" for name, one in arguments.items() if one)

    @cached_property
    def default_credentials(self) -> str | None:
        """Those that stand for the deployment's account: of the default configuration, or else the only ones there are;
        None where there are several and no default."""
        keys = self._keys
        if DEFAULT in keys or not keys:
            return self.credentials(DEFAULT)
        found = {self.credentials(key) for key in keys}
        return found.pop() if len(found) == 1 else None

    def is_multiplied(self, key: str) -> bool:
        """Whether a configuration stands for several, as OpenTofu's may with for_each."""
        arguments = self._provider(key).get("expressions") or {}
        given = (expression(one) for one in (*arguments.values(), {"references": self._role_references(key)}))
        return any(text.startswith("each.") for one in given for text in one.references)

    @cached_property
    def _keys(self) -> Sequence[str]:
        return [key for key in self._plan.providers if _is_aws(key) and self._has_arguments(key)]

    @cached_property
    def _is_ambiguous(self) -> bool:
        """Whether modules may get any of several configurations without the plan showing which."""
        version = tuple(int(part) for part in re.findall(r"\d{1,6}", self._plan.terraform_version)[:2])
        return version < (1, 2) and len(self._keys) > 1

    def _provider(self, key: str) -> Mapping[str, Value]:
        return self._plan.providers.get(key, {})

    def _has_arguments(self, key: str) -> bool:
        return bool(self._provider(key).get("expressions"))

    def _only_account(self, provider: Mapping[str, Value]) -> str:
        given = _argument(provider, "allowed_account_ids")
        allowed = known_value(self._plan, given, _scope(provider)) if given else None
        return self._account_in(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else ""

    def _account_of_role(self, role: Expression, scope: Scope) -> str:
        """The account of a role's ARN, or the only account id among what the ARN is made of."""
        whole = known_value(self._plan, role, scope)
        if isinstance(whole, str) and whole.startswith("arn:"):
            return self._account_in(whole.split(":", 5)[4]) if whole.count(":") > 4 else ""
        parts = [Expression(references=(reference.text,)) for reference in traversals(role.references)]
        values = [known_value(self._plan, part, scope) for part in parts]
        arns = [value.split(":", 5)[4] for value in values if isinstance(value, str) and value.count(":") > 4]
        accounts = {account for value in (*values, *arns) if (account := self._account_in(value))}
        return accounts.pop() if len(accounts) == 1 else ""

    def _account_in(self, value: Value) -> str:
        """An account id, empty for anything else and for those that documentation uses."""
        found = account_in(value)
        return found if found and not placeholder_in(found, real=self._real) else ""

    def _expressed(self, given: Expression, provider: Mapping[str, Value]) -> str:
        """What tells the value of an expression from others: the value, or its references and where they stand."""
        value = known_value(self._plan, given, _scope(provider))
        if isinstance(value, Unknown):
            return f"{provider.get('module_address') or ''}:{' '.join(given.references)}"
        return str(value)

    def _role(self, provider: Mapping[str, Value]) -> Expression | None:
        """The role that a provider works as: of several that are assumed one after the other, the last."""
        expressions = provider.get("expressions") or {}
        for name in ("assume_role", "assume_role_with_web_identity"):
            blocks = expressions.get(name)
            block = blocks[-1] if isinstance(blocks, list) and blocks else blocks
            if isinstance(block, Mapping) and "role_arn" in block:
                return expression(block["role_arn"])
        return None

    def _role_references(self, key: str) -> list[str]:
        role = self._role(self._provider(key))
        return [*role.references] if role else []


def account_in(value: Value) -> str:
    """An account id, empty for anything else."""
    return value if isinstance(value, str) and _ACCOUNT.match(value) else ""


def _argument(provider: Mapping[str, Value], name: str) -> Expression | None:
    given = (provider.get("expressions") or {}).get(name)
    found = None if given is None else expression(given)
    return found if found and (found.references or found.constant is not None) else None


def _scope(provider: Mapping[str, Value]) -> Scope:
    address = provider.get("module_address")
    return Scope((steps_of(address) if isinstance(address, str) else None) or ())


def _is_aws(key: str) -> bool:
    return key.rpartition(":")[2].partition(".")[0] == DEFAULT

"""Where the resources of a plan would be: the account and region of the provider that makes each.

A plan rarely says it outright. The account follows, in this order, from the resource's own ARN, from what its provider
is known to work in (the ARNs of what that made before, the identity of the caller), from the role that it assumes or
the one account that it allows, or else from its credentials: those of the default provider are the deployment's
account, and any others are some other account that nobody named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.estate.regions import is_region, partition_of
from scanner.estate.unknown import Unknown, Value
from scanner.sources.declared import Deployment
from scanner.sources.terraform.addresses import Key
from scanner.sources.terraform.arguments import module_at
from scanner.sources.terraform.plan import Instance, Plan
from scanner.sources.terraform.planned import Place
from scanner.sources.terraform.providers import DEFAULT, Providers, account_in
from scanner.sources.terraform.unnamed import unnamed_account, unnamed_region


class Places:
    """Where each instance of a plan would be in one deployment.

    An account or region that nobody named is that which the deployment assumes under its stand-in (`unnamed`), if any:
    two profiles may be of one account, and whoever wants to be certain has to try that, too.
    """

    def __init__(self, plan: Plan, deployment: Deployment) -> None:
        self._plan = plan
        self._deployment = deployment
        self._providers = Providers(plan, frozenset([deployment.account]))
        self._found: dict[tuple[str, Key | None], tuple[str, str]] = {}

    def place_of(self, instance: Instance) -> Place:
        """The place of an instance, or, of one that is removed, where it was."""
        provider = self.provider_of(instance)
        key = provider, instance.key if self._providers.is_multiplied(provider) else None
        if key not in self._found:
            self._found[key] = (self._account(*key), self._region(*key))
        account, region = self._found[key]
        own = _from_arn(instance)
        account, region = own.account or account, _region_argument(instance) or own.region or region
        partition = partition_of(region, self._deployment.partition)
        return Place(account, region, partition, self._deployment.stand_in(instance.address))

    def provider_of(self, instance: Instance) -> str:
        """The key of the provider configuration that makes an instance: `aws` where none is written down."""
        module = module_at(self._plan.root, instance.steps)
        block = module.blocks.get(instance.block) if module else None
        return self._providers.configured(block.provider, instance.steps) if block and block.provider else DEFAULT

    @cached_property
    def real_accounts(self) -> frozenset[str]:
        """The accounts that exist, placeholders or not: the deployment's, the callers', those of what is there."""
        known = (account for evidence in self._evidence.values() for account in evidence.accounts)
        return frozenset([self._deployment.account, *known])

    @property
    def default(self) -> tuple[str, str]:
        """The account and region of the default provider: where the plan itself says that it goes."""
        return self._account(DEFAULT, None), self._region(DEFAULT, None)

    @cached_property
    def _evidence(self) -> Mapping[str, "_Evidence"]:
        found: dict[str, _Evidence] = {}
        for instance in self._plan.instances:
            if instance.type.startswith("aws_"):
                found.setdefault(self.provider_of(instance), _Evidence()).add(instance)
        return found

    def _account(self, provider: str, key: Key | None) -> str:
        evidence = self._evidence.get(provider, _Evidence())
        if len(evidence.accounts) == 1 and key is None:
            return next(iter(evidence.accounts))
        named = self._providers.account(provider)
        if named:
            return named
        credentials = self._providers.credentials(provider)
        if credentials == self._providers.default_credentials:
            return self._deployment.account
        return self._assumed(unnamed_account(credentials if key is None else f"{credentials}{key}"))

    def _region(self, provider: str, key: Key | None) -> str:
        region = self._providers.region(provider)
        if isinstance(region, str):
            return region
        evidence = self._evidence.get(provider, _Evidence())
        if len(evidence.regions) == 1 and key is None:
            return next(iter(evidence.regions))
        if region is None:
            return self._deployment.region
        return self._assumed(unnamed_region(region.reason if key is None else f"{region.reason} {key}"))

    def _assumed(self, stand_in: str) -> str:
        assumed = self._deployment.assumed.get(stand_in)
        return assumed if isinstance(assumed, str) else stand_in


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The accounts and regions in which a provider is known to work."""

    accounts: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)

    def add(self, instance: Instance) -> None:
        own = _from_arn(instance)
        if instance.mode == "managed":
            self._note(own.account, "" if _region_argument(instance) else own.region)
        elif instance.type == "aws_caller_identity":
            self._note(account_in(instance.values.get("account_id")), "")
        elif instance.type == "aws_region":
            self._note("", _region_in(instance.values.get("region") or instance.values.get("name")))

    def _note(self, account: str, region: str) -> None:
        self.accounts.update([account] if account else [])
        self.regions.update([region] if region else [])


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """The account and region that an ARN names, each empty where it names none."""

    account: str = ""
    region: str = ""


def _from_arn(instance: Instance) -> _Whereabouts:
    arn = instance.values.get("arn")
    if instance.mode != "managed" or not isinstance(arn, str) or arn.count(":") < 5 or _is_later(instance, "arn"):
        return _Whereabouts()
    _, _, _, region, account, _ = arn.split(":", 5)
    return _Whereabouts(account_in(account), _region_in(region))


def _region_argument(instance: Instance) -> str:
    """The region that a resource itself is given, as every one may be since version 6 of the provider."""
    is_given = instance.mode == "managed" and instance.type.startswith("aws_") and not _is_later(instance, "region")
    return _region_in(instance.values.get("region")) if is_given else ""


def _is_later(instance: Instance, name: str) -> bool:
    return isinstance(instance.unknown, Mapping) and bool(instance.unknown.get(name))


def _region_in(value: Value | Unknown) -> str:
    return value if isinstance(value, str) and is_region(value) else ""

"""A plan as it stands in its JSON: every instance of every resource with what is known of it, and its configuration.

Nothing is resolved here. What is known later, and what is sensitive, is still told by the plan's own marks beside the
values (https://developer.hashicorp.com/terraform/internals/json-format, 2026-11).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.addresses import Key, Step, steps_of
from scanner.sources.terraform.configuration import (
    MAX_MODULES_DEEP,
    Module,
    Reading,
    read_module,
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a resource or data source.

    `unknown` is shaped like `values`, with true where something is known later; so is each of `sensitive`, with true
    where something must not be shown: a plan tells that twice, and both count.
    `steps` lead to its module instance, whose address is `module`; `block` is the address of its block in there.
    """

    address: str
    mode: Literal["managed", "data"]
    type: str
    name: str
    key: Key | None = None
    module: str = ""
    steps: tuple[Step, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    unknown: Value = field(default=None, repr=False)
    sensitive: tuple[Value, ...] = field(default=(), repr=False)
    actions: tuple[str, ...] = ("no-op",)

    @property
    def block(self) -> str:
        """The address of its block within the module."""
        return f"data.{self.type}.{self.name}" if self.mode == "data" else f"{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan holds.

    `instances` will be there once it is applied, data sources among them; `removed` are those that it deletes, as they
    were. `providers` are the provider configurations by their key, `variables` the known values of the root module's.
    `gaps` say, for people, what the plan itself leaves out.
    """

    instances: tuple[Instance, ...] = ()
    removed: tuple[Instance, ...] = ()
    root: Module = field(default_factory=Module)
    providers: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    terraform_version: str = ""


def plan_of(value: Mapping[str, Value], file: str) -> Plan:
    """The plan in the JSON of one. Raises `InvalidInputError` where something has the wrong kind."""
    reading = Reading(file)
    configuration = reading.mapping(value.get("configuration"), "configuration")
    changes = tuple(_changes(value.get("resource_changes"), reading))
    by_address = {change.address: change for change in changes if not change.deposed}
    planned = [_merged(one, by_address) for one in _instances(value.get("planned_values"), reading)]
    return Plan(
        instances=(*planned, *_unplanned(value, planned, by_address, reading)),
        removed=tuple(_before(change) for change in changes if "delete" in change.actions),
        root=read_module(configuration.get("root_module"), reading),
        providers=_providers(configuration.get("provider_config"), reading),
        variables=_variables(value.get("variables"), configuration, reading),
        gaps=tuple(_gaps(value)),
        terraform_version=reading.text(value.get("terraform_version"), "terraform_version"),
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """An entry of `resource_changes`. A deposed one is about what a replacement left over."""

    instance: Instance
    before: Mapping[str, Value]
    before_sensitive: Value
    after: Mapping[str, Value] | None
    actions: tuple[str, ...]
    deposed: bool
    moved_from: Value

    @property
    def address(self) -> str:
        return self.instance.address


def _instances(state: Value, reading: Reading) -> Iterator[Instance]:
    """The instances of `planned_values`, or of the values of a state, module by module."""
    values = reading.mapping(state, "planned_values")
    modules = [(reading.mapping(values.get("root_module"), "root_module"), 0)]
    while modules:
        module, depth = modules.pop()
        if depth > MAX_MODULES_DEEP:
            raise reading.refused("a child module", f"within {MAX_MODULES_DEEP} others at most", module)
        yield from (
            one
            for entry in reading.objects(module.get("resources"), "resources")
            if (one := _instance(entry, module.get("address"), reading))
        )
        children = reading.objects(module.get("child_modules"), "child_modules")
        modules.extend((child, depth + 1) for child in reversed(children))


def _instance(entry: Mapping[str, Value], module_address: Value, reading: Reading) -> Instance | None:
    """An instance in a module, None for what is neither resource nor data source."""
    mode = entry.get("mode")
    if mode not in ("managed", "data"):
        return None
    address, type_, name = (
        reading.text(entry.get(key), f"the {key} of a resource") for key in ("address", "type", "name")
    )
    key = entry.get("index")
    if not isinstance(key, str | int | None) or not (address and type_ and name):
        raise reading.refused(f"the address of {address or 'a resource'}", "whole", entry)
    module = reading.text(module_address, f"the module of {address}")
    steps = steps_of(module)
    if steps is None:
        raise reading.refused(f"the module of {address}", "a module's address", module)
    values = reading.mapping(entry.get("values"), f"values of {address}")
    return Instance(address, mode, type_, name, key, module, steps, values, None, (entry.get("sensitive_values"),))


def _changes(value: Value, reading: Reading) -> Iterator[_Change]:
    for entry in reading.objects(value, "resource_changes"):
        address = reading.text(entry.get("address"), "the address of a change")
        change = reading.mapping(entry.get("change"), f"the change of {address}")
        instance = _instance({**entry, "values": None}, entry.get("module_address"), reading)
        if instance is None:
            continue
        after = change.get("after")
        actions = tuple(reading.text(one, "an action") for one in reading.items(change.get("actions"), "actions"))
        yield _Change(
            replace(instance, unknown=change.get("after_unknown"), sensitive=(change.get("after_sensitive"),)),
            reading.mapping(change.get("before"), f"the values of {address} before"),
            change.get("before_sensitive"),
            None if after is None else reading.mapping(after, f"the values of {address} after"),
            actions,
            bool(entry.get("deposed")),
            entry.get("previous_address"),
        )


def _merged(instance: Instance, changes: Mapping[str, _Change]) -> Instance:
    """A planned instance with what its change tells of it."""
    change = changes.get(instance.address)
    if change is None:
        return instance
    return replace(
        instance,
        values=instance.values if change.after is None else change.after,
        unknown=change.instance.unknown,
        sensitive=(*instance.sensitive, *change.instance.sensitive),
        actions=change.actions,
    )


def _before(change: _Change) -> Instance:
    instance = change.instance
    return replace(
        instance, values=change.before, unknown=None, sensitive=(change.before_sensitive,), actions=change.actions
    )


def _unplanned(
    value: Mapping[str, Value], planned: Iterable[Instance], changes: Mapping[str, _Change], reading: Reading
) -> Iterator[Instance]:
    """What is there already and stays: data sources that were read, and resources that a plan with targets leaves out
    or that Terraform only forgets."""
    prior = reading.mapping(value.get("prior_state"), "prior_state")
    gone = {address for address, change in changes.items() if "delete" in change.actions}
    moved = {change.moved_from for change in changes.values() if isinstance(change.moved_from, str)}
    seen = {one.address for one in planned} | gone | moved
    yield from (instance for instance in _instances(prior.get("values"), reading) if instance.address not in seen)


def _providers(value: Value, reading: Reading) -> dict[str, Mapping[str, Value]]:
    found = reading.mapping(value, "provider_config")
    providers = {key: reading.mapping(one, f"the provider {key}") for key, one in found.items()}
    for key, provider in providers.items():
        reading.mapping(provider.get("expressions"), f"the expressions of the provider {key}")
    return providers


def _variables(value: Value, configuration: Mapping[str, Value], reading: Reading) -> dict[str, Value]:
    """The values of the root module's variables; those of sensitive ones are hidden."""
    root = reading.mapping(configuration.get("root_module"), "root_module")
    found = {
        name: reading.mapping(one, f"the variable {name}") for name, one in reading.mapping(value, "variables").items()
    }
    declared = reading.mapping(root.get("variables"), "the variables of the root module")
    hidden = {name for name, one in declared.items() if isinstance(one, Mapping) and one.get("sensitive")}
    return {
        name: Unknown("sensitive") if name in hidden else one["value"] for name, one in found.items() if "value" in one
    }


def _gaps(value: Mapping[str, Value]) -> Iterator[str]:
    if value.get("errored") is True:
        yield "planning failed, so the plan is not whole"
    elif value.get("deferred_changes"):
        yield "Terraform defers some changes to a later plan"

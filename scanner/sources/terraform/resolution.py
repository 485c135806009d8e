"""Resolving: every instance's values, with what is known later replaced by what it can only be.

A replica key has no ARN before it exists, and still it is that key: where an attribute takes nothing but a key
(`slots`) and its expression leads to one key alone (`following`), it gets the text that this key is known by. In doubt,
and whenever something might have been made of a reference, the value is Unknown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.addresses import Key, Step
from scanner.sources.terraform.arguments import Scope, module_at
from scanner.sources.terraform.documents import document_of
from scanner.sources.terraform.expressions import Expressions, Texts, type_of
from scanner.sources.terraform.following import Origin
from scanner.sources.terraform.merging import LATER, Given, Marked, members
from scanner.sources.terraform.plan import Instance, Plan
from scanner.sources.terraform.planned import Identity, Place

MAX_CHAIN = 30
"""Through how many resources a reference leads to another. A chain in practice is no longer than four."""

MAX_ANY = 100
"""How many instances are looked at where any of a block's may be meant."""

PlaceOf = Callable[[Instance], Place]


class Resolution:
    """The values of a plan's instances in one deployment, each found when it is first asked for.

    `real` are the account ids that are no placeholders.
    """

    def __init__(self, plan: Plan, place_of: PlaceOf, identity: Identity, real: Collection[str] = ()) -> None:
        self.plan = plan
        self.real = real
        self._place_of = place_of
        self._identity = identity
        self._values: dict[str, Mapping[str, Value]] = {}
        self._identities: dict[str, Mapping[str, Value]] = {}
        self._documents: dict[str, Value] = {}
        self._crossings: dict[tuple[tuple[Step, ...], str], bool] = {}
        self._open: set[str] = set()
        self._instances: dict[tuple[tuple[Step, ...], str], dict[Key | None, Instance]] = {}
        for instance in plan.instances:
            self._instances.setdefault((instance.steps, instance.block), {})[instance.key] = instance

    def values_of(self, instance: Instance) -> Mapping[str, Value]:
        """The values of an instance, resolved. Where references lead back to it (no plan of Terraform's does that),
        or on and on, what is known later stays Unknown."""
        found = self._values.get(instance.address)
        if found is not None:
            return found
        if instance.address in self._open or len(self._open) >= MAX_CHAIN:
            return _unresolved(instance, self.real)
        self._open.add(instance.address)
        try:
            values = self._resolved(instance)
        finally:
            self._open.remove(instance.address)
        self._values[instance.address] = values
        return values

    def instances_of(self, origin: Origin) -> Sequence[Instance] | None:
        """The instances that an origin may mean; None when one should be there and is not, or for too many."""
        group = self._instances.get((origin.steps, origin.block), {})
        if origin.is_any:
            return tuple(group.values()) if len(group) <= MAX_ANY else None
        if origin.key in group:
            return (group[origin.key],)
        # What does not exist is not the value: `try(aws_kms_key.a[0].arn, aws_kms_replica_key.a[0].arn)`.
        return None if origin.is_guess else ()

    def attribute(self, instance: Instance, name: str, path: Sequence[Key]) -> Value:
        """What an attribute of an instance is known by."""
        match type_of(instance):
            case "data.aws_iam_policy_document":
                return self._document(instance)
            case "data.aws_caller_identity":
                return self._place_of(instance).account
            case _:
                value = self._identity_of(instance).get(name) if instance.mode == "managed" else None
        if value is None:
            value = self.values_of(instance).get(name, Unknown(LATER))
        return _below(value, path[1:])

    def _identity_of(self, instance: Instance) -> Mapping[str, Value]:
        found = self._identities.get(instance.address)
        if found is None:
            found = self._identity(instance.type, self.values_of(instance), self._place_of(instance))
            # One that was asked for on the way to its own values is not whole yet.
            if instance.address in self._values:
                self._identities[instance.address] = found
        return found

    def _document(self, instance: Instance) -> Value:
        if instance.address not in self._documents:
            values = self.values_of(instance)
            if instance.address not in self._values:
                return Unknown(LATER)
            self._documents[instance.address] = document_of(values)
        return self._documents[instance.address]

    def _resolved(self, instance: Instance) -> dict[str, Value]:
        module = module_at(self.plan.root, instance.steps)
        block = module.blocks.get(instance.block) if module else None
        if block is None:
            return _unresolved(instance, self.real)
        scope = Scope(instance.steps, instance.key, block.for_each)
        marked = Marked(instance.values, instance.unknown, instance.sensitive)
        resolver = Expressions(type_of(instance), self.real, self, block, scope, self._crossings)
        return members(marked, block.expressions, (), resolver)


def _unresolved(instance: Instance, real: Collection[str]) -> dict[str, Value]:
    marked = Marked(instance.values, instance.unknown, instance.sensitive)
    return members(marked, Given.UNCLEAR, (), Texts(type_of(instance), real))


def _below(value: Value, path: Sequence[Key]) -> Value:
    for step in path:
        match value, step:
            case (dict(), str()) if step in value:
                value = value[step]
            case (list(), int()) if 0 <= step < len(value):
                value = value[step]
            case _:
                return value if isinstance(value, Unknown) else Unknown(LATER)
    return value

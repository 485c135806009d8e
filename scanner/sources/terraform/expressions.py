"""What the expressions of one instance give, as far as that is certain.

Everything here decides between one text and Unknown: whether a reference can be all that an attribute holds, and which
instance it means. The reasons that people read for what stays unknown come from here, too.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from scanner.estate.unknown import Unknown, Value
from scanner.sources.placeholders import placeholder_in
from scanner.sources.terraform.addresses import Key, Step
from scanner.sources.terraform.arguments import Scope
from scanner.sources.terraform.configuration import MAX_TREE_DEEP, Block, Expression, expression, is_expression
from scanner.sources.terraform.following import Origin, Trace, follow
from scanner.sources.terraform.merging import LATER, Given, Marked, merged
from scanner.sources.terraform.plan import Instance, Plan
from scanner.sources.terraform.slots import POLICY, Slot, is_another_thing, slot_of


class Surroundings(Protocol):
    """The other instances of the plan."""

    @property
    def plan(self) -> Plan:
        """The plan itself."""
        ...

    def instances_of(self, origin: Origin) -> Sequence[Instance] | None:
        """The instances that an origin may mean; None when one should be there and is not."""
        ...

    def attribute(self, instance: Instance, name: str, path: Sequence[Key]) -> Value:
        """What an attribute of an instance is known by; the first of `path` is what the reference calls it."""
        ...


_placeholder_in = lru_cache(maxsize=1 << 14)(placeholder_in)


def type_of(instance: Instance) -> str:
    """The type of an instance as slots name it: `data.<type>` for a data source."""
    return f"data.{instance.type}" if instance.mode == "data" else instance.type


@dataclass(frozen=True, slots=True)
class Texts:
    """Resolves nothing, and finds placeholders. The base of what resolves an instance's expressions."""

    type: str
    real: Collection[str]

    def scalar(self, given: Expression, path: tuple[str, ...]) -> Value:
        """See `merging.Resolver`."""
        return Unknown(LATER)

    def elements(self, given: Expression, path: tuple[str, ...], count: int) -> Sequence[Value]:
        """See `merging.Resolver`."""
        return [Unknown(LATER)] * count

    def text(self, value: str, path: tuple[str, ...]) -> Value:
        """See `merging.Resolver`. A policy is a text here, and each of its parts is a placeholder or none by itself."""
        if value.lstrip().startswith("{"):
            return self._policy(value, path)
        # Plans say the same things over and over, and hardly ever a placeholder.
        found = _placeholder_in(value) and placeholder_in(value, real=self.real)
        return Unknown(f"placeholder {found}") if found else value

    def _policy(self, text: str, path: tuple[str, ...]) -> Value:
        """A policy with placeholders as an object, any other text as it is."""
        slot = slot_of(self.type, path)
        if slot is None or slot.accepts is not POLICY:
            return text
        try:
            policy = json.loads(text)
        except (ValueError, RecursionError):
            return text
        found = merged(Marked(policy), Given.UNCLEAR, (*path, "policy"), self) if isinstance(policy, dict) else policy
        return text if found == policy else found


@dataclass(frozen=True, slots=True)
class Expressions(Texts):
    """Resolves the expressions of one instance, by its block's configuration and what is around it."""

    around: Surroundings
    block: Block
    scope: Scope
    crossings: dict[tuple[tuple[Step, ...], str], bool]

    def scalar(self, given: Expression, path: tuple[str, ...]) -> Value:
        """What the slot can only hold, when all that its expression leads to is one and the same thing."""
        slot = slot_of(self.type, path)
        traces = follow(self.around.plan, given, self.scope)
        if slot is None or slot.is_list or (any(trace.is_lost for trace in traces) and not _is_condition(slot, traces)):
            return _made_of(traces)
        found: list[Value] = []
        for origin in (origin for trace in traces for origin in trace.origins):
            held = self._held(origin, slot)
            if held is None:
                return _made_of(traces)
            found.extend(held)
        return found[0] if found and all(one == found[0] for one in found) else _made_of(traces)

    def elements(self, given: Expression, path: tuple[str, ...], count: int) -> Sequence[Value]:
        """As many as there are, if each reference stands for one of them: the known ones, Unknown for the rest."""
        slot = slot_of(self.type, path)
        traces = follow(self.around.plan, given, self.scope)
        if slot is None or not slot.is_list:
            return [_made_of(traces)] * count
        found = [one for trace in traces for one in self._listed(trace, slot)]
        if len(found) == count:
            return found
        return found[:1] * count if found and all(one == found[0] for one in found) else [_made_of(traces)] * count

    def _listed(self, trace: Trace, slot: Slot) -> Iterator[Value]:
        """What one reference within a list gives: nothing where it is known, an Unknown where it is not sure."""
        held = [self._held(origin, slot, only=True) for origin in trace.origins]
        values = [value for found in held if found for value in found]
        if trace.is_lost or any(found is None for found in held):
            yield _made_of((trace,))
        elif len(held) == 1:
            yield from values
        elif values:
            yield values[0] if all(one == values[0] for one in values) else _made_of((trace,))

    def _held(self, origin: Origin, slot: Slot, *, only: bool = False) -> list[Value] | None:
        """What a slot would hold of an origin: nothing where that is known or can be no part of it, None in doubt.

        `only` says that there is nothing else that the origin may be there for.
        """
        instances = self.around.instances_of(origin)
        if instances is None or (origin.is_guess and not slot.is_owner and self._crosses()):
            return None
        values: list[Value] = []
        for instance in instances:
            if _is_known(instance, origin.path):
                continue
            name = ".".join(step for step in origin.path if isinstance(step, str))
            accepted = slot.accepts.get(type_of(instance), {}).get(name)
            if accepted is not None:
                values.append(self.around.attribute(instance, accepted, origin.path))
            elif only or not is_another_thing(slot, type_of(instance), name):
                return None
        return values

    def _crosses(self) -> bool:
        """Whether own keys lead to the very block that this one belongs to, so that they cannot be plain.

        With two buckets of one block that replicate to each other, `aws_s3_bucket.a[each.key == "x" ? "y" : "x"]` is
        listed as `aws_s3_bucket.a[each.key]` is.
        """
        key = (self.scope.steps, self.block.address)
        if key not in self.crossings:
            self.crossings[key] = self._is_crossing()
        return self.crossings[key]

    def _is_crossing(self) -> bool:
        owners: set[str] = set()
        others: set[str] = set()
        for path, given in _expressions(self.block.expressions, ()):
            slot = slot_of(self.type, path)
            origins = [origin for trace in follow(self.around.plan, given, self.scope) for origin in trace.origins]
            if slot is not None and slot.is_owner:
                owners.update(origin.block for origin in origins)
            elif slot is not None:
                others.update(origin.block for origin in origins if origin.is_guess)
        return not owners.isdisjoint(others)


def _is_condition(slot: Slot, traces: Sequence[Trace]) -> bool:
    """Whether what is lost only decides between several ways to one owner.

    `local.has_policy ? aws_s3_bucket_policy.a[0].id : aws_s3_bucket.a[0].id` is how the most used of all modules makes
    a bucket's settings wait for its policy. With one way alone, the local may be the other.
    """
    return slot.is_owner and sum(bool(trace.origins) for trace in traces) > 1


def _expressions(given: Value, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Expression]]:
    """All expressions of a block, by their paths of attribute names."""
    if len(path) > MAX_TREE_DEEP:
        return
    for one in given if isinstance(given, list) else [given]:
        if path and is_expression(one):
            yield path, expression(one)
        elif isinstance(one, Mapping):
            for name, below in one.items():
                yield from _expressions(below, (*path, name))


def _is_known(instance: Instance, path: Sequence[Key]) -> bool:
    """Whether the plan holds the value of an attribute; of all attributes, for an empty path."""
    mark = instance.unknown
    for step in path:
        match mark, step:
            case (dict(), str()):
                mark = mark.get(step)
            case (list(), int()) if 0 <= step < len(mark):
                mark = mark[step]
            case _:
                break
    return not _holds_true(mark)


def _holds_true(mark: Value) -> bool:
    left = [mark]
    while left:
        match left.pop():
            case True:
                return True
            case dict() as members:
                left.extend(members.values())
            case list() as items:
                left.extend(items)
    return False


def _made_of(traces: Sequence[Trace]) -> Unknown:
    texts = dict.fromkeys(trace.reference.text[:80] for trace in traces)
    return Unknown(f"{LATER}, made of {', '.join([*texts][:3])}" if texts else LATER)

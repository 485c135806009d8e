"""Where the value of an expression comes from: its references, followed through variables, modules and outputs.

What is known in the plan cannot make anything unknown, so following ends there and yields nothing; it yields the
attributes of resources and data sources that it ends at. Plan JSON holds no locals: what passes through one is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.sources.terraform.addresses import Key, Reference, Step, traversals
from scanner.sources.terraform.arguments import Known, Scope, argument_of, module_at
from scanner.sources.terraform.configuration import Expression
from scanner.sources.terraform.plan import Plan

MAX_DEPTH = 40
"""Through how many variables and outputs one reference is followed."""

MAX_PASSAGES = 500
"""How many variables and outputs are passed for one expression, all its references together."""


@dataclass(frozen=True, slots=True)
class Origin:
    """An attribute of a block's instance, where following ended.

    `path` is empty where plan JSON tells the instance and not the attribute. `key` is None for a block without
    instances, and also where it is not known which one is meant: then `is_any`. `is_guess` says that the key is the
    referring instance's own, by an index that plan JSON shows as `count.index` or `each.key`.
    """

    steps: tuple[Step, ...]
    block: str
    key: Key | None
    path: tuple[Key, ...]
    is_any: bool = False
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one reference leads: `is_lost` says that it may lead elsewhere, too."""

    reference: Reference
    origins: tuple[Origin, ...] = ()
    is_lost: bool = False


def follow(plan: Plan, expression: Expression, scope: Scope) -> tuple[Trace, ...]:
    """The references of an expression, those left out that lead to nothing but known values."""
    found = _Following(plan).traces(expression, scope)
    return tuple(trace for trace in found if trace.origins or trace.is_lost)


@dataclass
class _Following:
    """One expression being followed: what it may still pass, in all."""

    plan: Plan
    left: int = field(default=MAX_PASSAGES)

    def traces(self, expression: Expression, scope: Scope, path: tuple[Key, ...] = (), depth: int = 0) -> list[Trace]:
        """The traces of an expression of which the part at `path` is asked for."""
        references = traversals(expression.references)
        # Of an object that several references make up, plan JSON does not tell which of them makes up which part.
        below = path if len(references) == 1 else ()
        keys = _own_keys(references, scope)
        return [
            self._trace(reference, scope, keys.get(place), below, depth) for place, reference in enumerate(references)
        ]

    def _trace(self, reference: Reference, scope: Scope, key: Key | None, path: tuple[Key, ...], depth: int) -> Trace:
        self.left -= 1
        lost = Trace(reference, is_lost=True)
        if depth > MAX_DEPTH or self.left < 0:
            return lost
        path = (*reference.path, *path)
        match reference.kind:
            case "constant" | "each.key" | "count.index":
                return Trace(reference)
            case "resource":
                origin = self._origin(reference, scope, key, path)
                return Trace(reference, (origin,)) if origin else lost
            case "variable":
                return self._joined(reference, self._variable(reference.name, scope, path, depth))
            case "each.value":
                return self._joined(reference, self._each(scope, path, depth))
            case "module":
                return self._joined(reference, self._output(reference, scope, path, depth))
            case "lost":
                return lost

    def _joined(self, reference: Reference, traces: list[Trace] | None) -> Trace:
        if traces is None:
            return Trace(reference, is_lost=True)
        origins = (origin for trace in traces for origin in trace.origins)
        return Trace(reference, tuple(dict.fromkeys(origins)), any(trace.is_lost for trace in traces))

    def _origin(self, reference: Reference, scope: Scope, key: Key | None, path: tuple[Key, ...]) -> Origin | None:
        module = module_at(self.plan.root, scope.steps)
        block = module.blocks.get(reference.name) if module else None
        if block is None:
            return None
        if reference.key is not None or not block.has_instances:
            return Origin(scope.steps, reference.name, reference.key, path)
        return Origin(scope.steps, reference.name, key, path, is_any=key is None, is_guess=key is not None)

    def _variable(self, name: str, scope: Scope, path: tuple[Key, ...], depth: int) -> list[Trace] | None:
        argument = argument_of(self.plan, name, scope)
        if argument is None or isinstance(argument, Known):
            return None if argument is None else []
        return self.traces(argument.expression, argument.scope, path, depth + 1)

    def _each(self, scope: Scope, path: tuple[Key, ...], depth: int) -> list[Trace] | None:
        """The value under the own key in what for_each goes through, where that is one thing and not several."""
        if scope.for_each is None or scope.key is None:
            return None
        references = traversals(scope.for_each.references)
        if len(references) > 1:
            return None
        around = Scope(scope.steps)
        for reference in references:
            if reference.kind != "resource":
                return self.traces(scope.for_each, around, (scope.key, *path), depth + 1)
            origin = self._origin(reference, around, scope.key, path)
            return [Trace(reference, (origin,))] if origin else None
        return []

    def _output(self, reference: Reference, scope: Scope, path: tuple[Key, ...], depth: int) -> list[Trace] | None:
        module = module_at(self.plan.root, (*scope.steps, (reference.name, None)))
        name = path[0] if path else None
        if module is None or not isinstance(name, str) or name not in module.outputs:
            return None
        inner = Scope((*scope.steps, (reference.name, reference.key)))
        return self.traces(module.outputs[name], inner, path[1:], depth + 1)


def _own_keys(references: Sequence[Reference], scope: Scope) -> Mapping[int, Key]:
    """By place, the references that an own key follows which must be their index: each has one, nothing is left over.

    `aws_s3_bucket.a[each.key].arn` is listed as `aws_s3_bucket.a`, `each.key`. With other references about, as in
    `aws_s3_bucket.a[lookup(var.peers, each.key)]`, the key may be used for anything.
    """
    own = [place for place, one in enumerate(references) if one.kind in ("each.key", "count.index")]
    indexed = [place - 1 for place in own]
    plain = all(
        one.kind == "resource" or place in own or one.kind == "constant" for place, one in enumerate(references)
    )
    if scope.key is None or not plain or any(place < 0 or not _is_bare(references[place]) for place in indexed):
        return {}
    return dict.fromkeys(indexed, scope.key)


def _is_bare(reference: Reference) -> bool:
    return reference.kind == "resource" and reference.key is None and not reference.path

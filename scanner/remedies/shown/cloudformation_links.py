"""What stacks of a plan need to know of each other: ARNs and ids that only AWS gives, as outputs and parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.remedies.shown.cloudformation_parts import Part
from scanner.remedies.shown.cloudformation_stacks import Stack
from scanner.remedies.shown.cloudformation_yaml import Function, resolved
from scanner.remedies.shown.references import Reference, References
from scanner.remedies.step import Safety, Target

LEFT_OUT = {
    Safety.IRREVERSIBLE: "commented out: it cannot be taken back",
    Safety.MANUAL: "commented out: it is for you to decide",
}
"""The steps that are shown as comments, and why."""

_SUFFIXES = {"arn": "Arn", "name": "Id"}


@dataclass(frozen=True)
class Links:
    """All stacks of a plan, what the plan makes under stand-ins, and which part of which stack makes it."""

    stacks: tuple[Stack, ...]
    references: References
    makers: Mapping[Target, Part]
    homes: Mapping[str, Stack]

    @classmethod
    def of(cls, stacks: Iterable[Stack], references: References) -> "Links":
        """The links between stacks."""
        stacks = tuple(stacks)
        parts = [(part, stack) for stack in stacks for part in stack.parts]
        makers = {part.target: part for part, _ in parts if part.place.is_new and part.type == part.target.type}
        return cls(stacks, references, makers, {part.logical_id: stack for part, stack in parts})

    def number(self, stack: Stack) -> int:
        """Which one of the plan's stacks it is, from 1."""
        return self.stacks.index(stack) + 1

    def resolved(self, stack: Stack, value: Any) -> Any:
        """A value with functions in the places of stand-ins, as a stack has to write it."""
        return resolved(value, self.references, lambda one: self._function(stack, one))

    def parameters(self, stack: Stack) -> dict[str, Any]:
        """The parameters by which a stack gets what others make."""
        return {self._name(one): self._parameter(one) for one in self._imported(stack)}

    def outputs(self, stack: Stack) -> dict[str, Any]:
        """What a stack makes and others need."""
        wanted = {one: None for other in self.stacks for one in self._imported(other)}
        return {self._name(one): {"Value": self._function(stack, one)} for one in wanted if self._home(one) is stack}

    def waits(self, stack: Stack, part: Part) -> list[str]:
        """What a part waits for in its stack, but for what it names, which CloudFormation waits for anyway."""
        named = {self.makers[one.target].logical_id for one in self._named(part) if one.target in self.makers}
        return [one for one in part.waits if self.homes[one] is stack and one not in named]

    def _named(self, part: Part) -> list[Reference]:
        found: dict[Reference, None] = {}

        def seen(reference: Reference) -> Function:
            found[reference] = None
            return Function("Ref", "")

        for value, step in part.properties.values():
            if step.safety not in LEFT_OUT:
                resolved(value, self.references, seen)
        return list(found)

    def _imported(self, stack: Stack) -> list[Reference]:
        named = (one for part in stack.parts for one in self._named(part))
        return list(dict.fromkeys(one for one in named if self._home(one) is not stack))

    def _home(self, reference: Reference) -> Stack | None:
        maker = self.makers.get(reference.target)
        return self.homes[maker.logical_id] if maker else None

    def _function(self, stack: Stack, reference: Reference) -> Function:
        if self._home(reference) is not stack:
            return Function("Ref", self._name(reference))
        logical_id = self.makers[reference.target].logical_id
        return Function("GetAtt", f"{logical_id}.Arn") if reference.part == "arn" else Function("Ref", logical_id)

    def _name(self, reference: Reference) -> str:
        maker = self.makers.get(reference.target)
        return f"{maker.logical_id if maker else 'Elsewhere'}{_SUFFIXES[reference.part]}"

    def _parameter(self, reference: Reference) -> dict[str, Any]:
        home = self._home(reference)
        where = f"Output {self._name(reference)} of stack {self.number(home)}" if home else "Made by other means"
        return {"Type": "String", "Description": where}

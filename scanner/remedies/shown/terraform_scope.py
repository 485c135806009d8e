"""What a plan's Terraform has in common: labels of resources, references to what is new, and what a step becomes."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scanner.remedies.shown.hcl import Blocks, Mixed, Raw
from scanner.remedies.shown.references import Reference, References
from scanner.remedies.step import CREATION, Step, Target
from scanner.remedies.writes.iam import ROLE
from scanner.remedies.writes.kms import KEY
from scanner.remedies.writes.s3 import BUCKET

Body: TypeAlias = Mapping[str, Any]

_ATTRIBUTES = {
    (BUCKET, "name"): "aws_s3_bucket.{}.bucket",
    (KEY, "arn"): "aws_kms_key.{}.arn",
    (KEY, "name"): "aws_kms_key.{}.key_id",
    (ROLE, "name"): "aws_iam_role.{}.name",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A resource of the AWS provider. `import_id` is that of what is there already; empty where it is new."""

    type: str
    label: str
    body: Body
    import_id: str = ""

    @property
    def address(self) -> str:
        """Where Terraform finds it."""
        return f"{self.type}.{self.label}"


@dataclass(frozen=True, slots=True)
class Advice:
    """What only the configuration that declares a resource can say: shown as a comment with arguments to add there."""

    text: str
    body: Body = field(default_factory=dict)


Made: TypeAlias = Block | Advice


@dataclass(frozen=True)
class Scope:
    """The plan's steps as Terraform has to see them. `labels` are by identity of a target, all of one plan distinct."""

    steps: tuple[Step, ...]
    references: References
    labels: Mapping[tuple[str, str, str], str]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "Scope":
        """The scope of a plan's steps."""
        steps = tuple(steps)
        return cls(steps, References.of(steps), _labels(steps))

    def label(self, target: Target, more: str = "") -> str:
        """The label of a target's resources; `more` tells apart several of one type."""
        own = self.labels[_identity(target)]
        return f"{own}_{_plain(more)}" if more else own

    def is_new(self, type_: str, target: Target) -> bool:
        """Whether the plan makes the resource of this type that has the target's name and place."""
        return any(
            step.property == CREATION and step.target.type == type_ and _identity(step.target) == _identity(target)
            for step in self.steps
        )

    def after(self, target: Target, property_: str) -> Any:
        """What a property of the target is after the plan; None where the plan does not say."""
        found = (step.after for step in self.steps if step.target == target and step.property == property_)
        return next(found, None)

    def named(self, type_: str, target: Target) -> Raw | str:
        """The name of the bucket, key or role that the target is or belongs to: a reference where it is new."""
        if self.is_new(type_, target):
            return Raw(_ATTRIBUTES[type_, "name"].format(self.labels[_identity(target)]))
        return target.name

    def resolved(self, value: Any) -> Any:
        """The value with references in the places of stand-ins."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {key: self.resolved(member) for key, member in value.items()}
            case list() | tuple():
                return [self.resolved(item) for item in value]
            case Blocks(bodies=bodies):
                return Blocks(tuple(self.resolved(body) for body in bodies))
        return value

    def _text(self, text: str) -> Any:
        pieces = tuple(
            Raw(self._expression(piece)) if isinstance(piece, Reference) else piece
            for piece in self.references.pieces(text)
        )
        match pieces:
            case (Raw() as only,):
                return only
            case (str(),) | ():
                return text
        return Mixed(pieces)

    def _expression(self, reference: Reference) -> str:
        attribute = _ATTRIBUTES.get((reference.target.type, reference.part), "null /* {} */")
        return attribute.format(self.labels[_identity(reference.target)])


Shape: TypeAlias = Callable[[Scope, Step], Iterable[Made]]
"""What a step of some type and property becomes."""


def _identity(target: Target) -> tuple[str, str, str]:
    return target.account, target.region, target.name


def _labels(steps: Iterable[Step]) -> dict[tuple[str, str, str], str]:
    labels: dict[tuple[str, str, str], str] = {}
    for identity in dict.fromkeys(_identity(step.target) for step in steps):
        wanted = _plain(identity[2])
        if wanted in labels.values():
            wanted = f"{wanted}_{identity[0]}"
        label, number = wanted, 2
        while label in labels.values():
            label, number = f"{wanted}_{number}", number + 1
        labels[identity] = label
    return labels


def _plain(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return words if words[:1].isalpha() else f"r_{words}"

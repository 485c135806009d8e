"""What somebody else has changed: said property by property, so that it can be seen what is not overwritten."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.errors import DrscanError
from scanner.estate.unknown import Value
from scanner.inert import inert
from scanner.remedies.shown.value_diff import difference
from scanner.remedies.step import Step


@dataclass(frozen=True, slots=True)
class Moved:
    """A property that is not as it was left: what was expected, and what it is now (None: absent).

    `is_gone` says that the whole resource is.
    """

    step: Step
    expected: Value
    now: Value
    is_gone: bool = False

    @property
    def what(self) -> str:
        """The property and the resource in words."""
        return f"{self.step.target.name} (gone)" if self.is_gone else described(self.step)


class StateChangedError(DrscanError):
    """What is live is not what the plan was made from, or the journal left; nothing (more) was changed."""

    def __init__(self, message: str, changes: tuple[Moved, ...], *, hint: str = "") -> None:
        super().__init__(f"{message}: {', '.join(change.what for change in changes)}", hint=hint)
        self.changes = changes

    def diagnostic(self) -> str:
        """The text for a person: what was expected, led by `-`, and what is there, led by `+`."""
        head, _, hint = super().diagnostic().partition("\n")
        return "\n".join([head, *(line for change in self.changes for line in _lines(change)), hint])


def described(step: Step) -> str:
    """A step's property in words."""
    return f"{step.property.strip('*') or 'existence'} of {step.target.name}"


def _lines(change: Moved) -> Iterator[str]:
    target = change.step.target
    place = f"{target.account} {target.region}".rstrip()
    yield inert(f"  step {change.step.id}  {change.what}, in {place}")
    if not change.is_gone:
        yield from (inert(f"      {line}") for line in difference(change.expected, change.now, change.step.property))

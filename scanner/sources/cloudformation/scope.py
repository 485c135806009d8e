"""Where in a template a value stands while it is resolved, and what the loops around it stand for there.

Errors need the line of what they are about, and `Fn::ForEach` gives the same lines another meaning in each round. A
scope is a link in a chain, so that descending costs nothing and the path is put together only for an error.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanner.errors import InvalidInputError
from scanner.sources.cloudformation.reading import Source

_NO_LOOPS: Mapping[str, str] = {}
_LOOP_VARIABLE = re.compile(r"([$&])\{\s*([A-Za-z0-9]+)\s*\}")


def unknown_item(identifier: str) -> str:
    """What a loop's identifier stands for where its items are not known: names made of it keep their braces."""
    return "${" + identifier + "}"


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A place of a template: the `step` below the scope `above`. `loops` has the value of each loop's identifier."""

    source: Source
    above: "Scope | None" = None
    step: str | int = ""
    loops: Mapping[str, str] = field(default_factory=lambda: _NO_LOOPS)

    def at(self, step: str | int) -> "Scope":
        """The member or item below this place."""
        return Scope(self.source, self, step, self.loops)

    def looping(self, identifier: str, item: str) -> "Scope":
        """The same place in a round of a loop."""
        return replace(self, loops={**self.loops, identifier: item})

    @property
    def path(self) -> tuple[str | int, ...]:
        """The place in the source, from the top."""
        steps = []
        scope: Scope | None = self
        while scope is not None and scope.above is not None:
            steps.append(scope.step)
            scope = scope.above
        return tuple(reversed(steps))

    def filled(self, text: str) -> str:
        """A text with the identifiers of loops replaced.

        `&{Identifier}` drops whatever is no letter or digit, so that any item can be part of a logical id
        (CloudFormation's template reference on Fn::ForEach, 2026-11).
        """
        if not self.loops or "{" not in text:
            return text
        return _LOOP_VARIABLE.sub(self._item, text)

    def _item(self, match: re.Match[str]) -> str:
        item = self.loops.get(match[2])
        if item is None or item == unknown_item(match[2]):
            return match[0]
        return item if match[1] == "$" else re.sub(r"[^A-Za-z0-9]", "", item)

    def error(self, message: str, *, hint: str = "") -> InvalidInputError:
        """An error about this place, with its file and line."""
        return self.source.error(self.path, message, hint=hint)

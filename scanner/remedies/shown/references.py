"""Where the values of a plan name something that the plan itself makes, and whose name only AWS knows.

Plans write a stand-in there. Whoever shows a plan in a language of its own writes that language's reference instead.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from scanner.remedies.step import CREATION, Step, Target
from scanner.sources.declared import is_stand_in


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands for the ARN or the name (id) of something that a plan makes."""

    target: Target
    part: Literal["arn", "name"]


Piece: TypeAlias = str | Reference


@dataclass(frozen=True)
class References:
    """The stand-ins of a plan, and what each stands for."""

    by_text: Mapping[str, Reference]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "References":
        """The stand-ins of everything that the steps make."""
        found = {}
        for target in (step.target for step in steps if step.property == CREATION):
            if is_stand_in(target.arn):
                found[target.arn] = Reference(target, "arn")
            if is_stand_in(target.name):
                found[target.name] = Reference(target, "name")
        return cls(found)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The text in pieces that are themselves and those that a reference has to take the place of."""
        if not self.by_text:
            return (text,)
        parts = self._pattern.split(text)
        return tuple(self.by_text.get(part, part) for part in parts if part)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self.by_text, key=len, reverse=True)
        return re.compile(f"({'|'.join(map(re.escape, longest))})")

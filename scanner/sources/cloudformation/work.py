"""Bounds on what resolving one template may cost, its nested stacks included.

A template of a few lines can ask for more than any machine has: texts that double in every resource, loops in loops,
stacks in stacks. Each step and each character that is made is counted, and the count is bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.estate.unknown import Value
from scanner.sources.cloudformation.scope import Scope

MAX_STEPS = 2_000_000
"""Values that may be looked at; a generated template of 10,000 resources takes 400,000."""
MAX_TEXT = 1_000_000
"""Characters of one text: CloudFormation takes no template of more than 1 MB (its quotas, 2026-11)."""
MAX_DEPTH = 100
"""Levels of values within values, those of resources that are referred to among them."""
MAX_STACKS = 500
"""Nested stacks in nested stacks, all together."""

_CHARACTERS_A_STEP = 16


@dataclass(slots=True)
class Work:
    """What is left to spend, and how deep in values within values it is being spent."""

    steps: int = MAX_STEPS
    stacks: int = MAX_STACKS
    depth: int = 0

    def spend(self, scope: Scope, steps: int = 1) -> None:
        """Count some steps. Raises `InvalidInputError` when there were too many."""
        self.steps -= steps
        if self.steps < 0:
            raise scope.error(f"takes more than {MAX_STEPS:,} steps to resolve: something in it multiplies")

    def descend(self, scope: Scope) -> None:
        """Go a level deeper. Raises `InvalidInputError` when that is too deep."""
        self.spend(scope)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise scope.error(f"is more than {MAX_DEPTH} levels deep, references within references included")

    def charge(self, found: Value, scope: Scope) -> None:
        """Count what a function gave. Raises `InvalidInputError` for too long a text, and when there was too much."""
        if isinstance(found, str):
            if len(found) > MAX_TEXT:
                raise scope.error(f"makes a text of more than {MAX_TEXT:,} characters")
            self.spend(scope, len(found) // _CHARACTERS_A_STEP)
        elif isinstance(found, list):
            self.spend(scope, len(found))
            for item in found:
                self.charge(item, scope)

    def joined(self, delimiter: str, texts: Sequence[str], scope: Scope) -> str:
        """The texts in one. Raises `InvalidInputError` when it would be too long."""
        length = sum(map(len, texts)) + len(delimiter) * max(len(texts) - 1, 0)
        if length > MAX_TEXT:
            raise scope.error(f"makes a text of more than {MAX_TEXT:,} characters")
        return delimiter.join(texts)

    def enter_stack(self, scope: Scope) -> None:
        """Count a nested stack. Raises `InvalidInputError` when there were too many."""
        self.stacks -= 1
        if self.stacks < 0:
            raise scope.error(f"makes more than {MAX_STACKS} nested stacks")

"""What a step has to wait for, without what its waiting implies anyway."""

from collections.abc import Iterable
from dataclasses import replace

from scanner.remedies.step import Step


def nearest_needs(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, in their order, each needing only those that no other one of its needs needs in turn."""
    before: dict[str, int] = {}
    reduced = []
    for number, step in enumerate(steps):
        known = [need for need in step.needs if need in before]
        covered, kept = 0, []
        for need in sorted(known, key=lambda one: before[one].bit_length(), reverse=True):
            if not covered >> (before[need].bit_length() - 1) & 1:
                kept.append(need)
            covered |= before[need]
        before[step.id] = covered | 1 << number
        reduced.append(replace(step, needs=tuple(need for need in step.needs if need in kept)))
    return tuple(reduced)

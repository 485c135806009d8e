"""All conditions of a template, decided in one case: by what is given, by what is assumed, or by defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.checking import Entry
from scanner.sources.cloudformation.conditions import Asking, Tangle, Truth, asked, comparisons, holds
from scanner.sources.cloudformation.values import PSEUDO_PARAMETERS


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a condition holds, and the parameters that cannot have their defaults if it does."""

    truth: Truth
    not_default: frozenset[str] = frozenset()


def decide(stack: Asking, entry: Entry, assumed: Mapping[str, str | bool]) -> Decision:
    """Whether a condition holds; those that it asks are decided. What is assumed counts only where nothing decides.

    A condition that is assumed to be what defaults say it is not is one in which they are not the values.
    """
    plain = holds(stack, entry.value, entry.scope, plainly=True)
    if not isinstance(plain, Unknown):
        return Decision(plain)
    by_default = holds(stack, entry.value, entry.scope, plainly=False)
    option = assumed.get(entry.name)
    if not isinstance(option, bool):
        return Decision(by_default)
    if isinstance(by_default, Unknown) or by_default == option:
        return Decision(option)
    return Decision(option, tangled(stack, entry))


def tangled(stack: Asking, entry: Entry) -> frozenset[str]:
    """The open parameters of a condition's tangled comparisons; none where the place may be what differs."""
    found = [asked(stack, one, other, scope) for one, other, scope in comparisons(entry.value, entry.scope)]
    names = frozenset(name for hangs in found if isinstance(hangs, Tangle) for name in hangs.names)
    return names & stack.left_open if names.isdisjoint(PSEUDO_PARAMETERS) else frozenset()

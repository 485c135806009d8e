"""The cases in which templates are judged: every combination of what their conditions hang on and nobody decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from scanner.sources.declared import OTHER, Option, Variable

MAX_CASES = 64
"""How many cases are judged. Six conditions that nothing decides make as many; then the first ones are judged."""

Key = tuple[int, str]
"""Which variable: the number of its deployment, and its name."""


@dataclass(frozen=True, slots=True)
class Case:
    """One combination: an option for each variable."""

    options: Mapping[Key, Option]

    def of(self, deployment: int) -> dict[str, Option]:
        """What the case assumes for one deployment."""
        return {name: option for (number, name), option in self.options.items() if number == deployment}


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases to judge, the likeliest first. `left_out` tells how many more there are."""

    cases: tuple[Case, ...]
    left_out: int = 0


def cases_of(variables: Sequence[Sequence[Variable]], most: int = MAX_CASES) -> Cases:
    """The cases of several deployments, given the variables of each; at `most` so many."""
    keyed = [((number, each.name), each.options) for number, some in enumerate(variables) for each in some]
    keys = [key for key, _ in keyed]
    total = 1
    for _, options in keyed:
        total *= len(options)
    # The last of a product turns fastest, and the first variables matter most: so they are put last.
    combinations = islice(product(*(options for _, options in reversed(keyed))), most)
    cases = tuple(Case(dict(zip(keys, reversed(options), strict=True))) for options in combinations)
    return Cases(cases, total - len(cases))


def when(failing: Sequence[Case], judged: Sequence[Case]) -> str:
    """In words, what the `failing` cases of all `judged` ones have in common; empty where they are all of them.

    Variables that make no difference are left out: `Stage is prod`, `Stage is prod and Locked is false; or Stage is
    any other value`.
    """
    if len(failing) == len(judged):
        return ""
    relevant = [key for key in judged[0].options if _matters(key, failing, judged)]
    texts = dict.fromkeys(_text(case, relevant) for case in failing)
    return "; or ".join(texts)


def _matters(key: Key, failing: Sequence[Case], judged: Sequence[Case]) -> bool:
    """Whether turning this one variable ever turns a failing case into one that does not fail."""
    marks = {_rest(case, key): set[bool]() for case in judged}
    wrong = {id(case) for case in failing}
    for case in judged:
        marks[_rest(case, key)].add(id(case) in wrong)
    return any(len(found) > 1 for found in marks.values())


def _rest(case: Case, key: Key) -> tuple[tuple[Key, Option], ...]:
    return tuple((name, option) for name, option in case.options.items() if name != key)


def _text(case: Case, keys: Iterable[Key]) -> str:
    return " and ".join(f"{key[1]} is {_word(case.options[key])}" for key in keys)


def _word(option: Option) -> str:
    if isinstance(option, bool):
        return str(option).lower()
    return "another value" if option == OTHER else option or "empty"

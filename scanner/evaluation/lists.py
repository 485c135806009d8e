"""Compiles `each` and `some`, which look at the elements of a list.

An element that is Unknown may turn out to be absent, so it can neither fail an `each` nor satisfy a `some` for sure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scanner.estate.unknown import Unknown, Value
from scanner.evaluation.closures import Compiled, Observation, Spot, Subject, fits
from scanner.evaluation.leaves import Read, checked_reader
from scanner.evaluation.nodes import Each, Some
from scanner.evaluation.truth import FALSE, TRUE, UNKNOWN, VOID, conjunction, disjunction

_LIST = ("array",)

Counts: TypeAlias = Callable[[Subject, Value], int]
"""What one element of a list contributes to the truth of the whole."""


def compile_each(each: Each, selects: Compiled | None, complies: Compiled) -> Compiled:
    """Each element counts as `that` where `where` selects it and is void where not; all of them are conjoined."""
    read = checked_reader(each.path, _LIST)

    def counts(subject: Subject, element: Value) -> int:
        selected = selects.test(subject, element) if selects else TRUE
        truth = VOID if selected & ~TRUE or type(element) is Unknown else 0
        return truth | (complies.test(subject, element) if selected & TRUE else 0)

    def test(subject: Subject, here: Value) -> int:
        values = read(subject, here)
        if type(values) is Unknown:
            return UNKNOWN if each.allow_empty else UNKNOWN | VOID
        truth = conjunction(counts(subject, value) for value in values or () if value is not None)
        return truth & ~VOID | TRUE if each.allow_empty and truth & VOID else truth

    return Compiled(test, _Explanation(each, read, selects, complies, counts).explain)


def compile_some(some: Some, selects: Compiled | None, complies: Compiled) -> Compiled:
    """Each element counts as `that` where `where` selects it and is false where not; one true is enough."""
    read = checked_reader(some.path, _LIST)

    def counts(subject: Subject, element: Value) -> int:
        selected = selects.test(subject, element) if selects else TRUE
        truth = FALSE if selected & ~TRUE or type(element) is Unknown else 0
        held = complies.test(subject, element) if selected & TRUE else 0
        return truth | (held & ~VOID | FALSE if held & VOID else held)

    def test(subject: Subject, here: Value) -> int:
        values = read(subject, here)
        if type(values) is Unknown:
            return UNKNOWN
        truth = disjunction(counts(subject, value) for value in values or () if value is not None)
        return FALSE if truth == VOID else truth

    return Compiled(test, _Explanation(some, read, selects, complies, counts).explain)


@dataclass(frozen=True, slots=True)
class _Explanation:
    """Tells which elements decided, and which of their leaves; the list itself where no element says anything."""

    node: Each | Some
    read: Read
    selects: Compiled | None
    complies: Compiled
    counts: Counts

    def explain(self, subject: Subject, spot: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        values = self.read(subject, spot.here)
        whole = Observation.at(spot, self.node.path, "can be read", values)
        if isinstance(values, Unknown):
            yield whole
            return
        silent = True
        for index, element in enumerate(values or ()):
            if element is None or not fits(self.counts(subject, element), wanted):
                continue
            place = Spot(element, f"{whole.path}[{index}]", whole.plain_path)
            for observation in self._explain_element(subject, place, wanted, opposite):
                silent = False
                yield observation
        if silent:
            yield Observation(whole.path, whole.plain_path, self._asked(opposite), _summary(values))

    def _explain_element(self, subject: Subject, place: Spot, wanted: int, opposite: bool) -> Iterator[Observation]:
        if isinstance(place.here, Unknown):
            yield Observation(place.path, place.plain_path, "can be read", place.here)
            return
        if self.selects and (wanted == UNKNOWN or isinstance(self.node, Some)):
            yield from self.selects.explain_if(wanted, subject, place, opposite)
        if not self.selects or self.selects.test(subject, place.here) & TRUE:
            yield from self.complies.explain_if(wanted, subject, place, opposite)

    def _asked(self, opposite: bool) -> str:
        positive = isinstance(self.node, Some) is not opposite
        return "has an element as the rule asks" if positive else "has no element against the rule"


def _summary(values: Value) -> Value:
    """What is observed of a list as a whole: itself when absent or empty, else how many elements it has."""
    return f"{len(values)} elements, none of which decides" if values else values

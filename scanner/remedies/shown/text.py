"""A plan for people: every step with what it is for, what it changes, and what it may interrupt or cost.

It has to be read by somebody who was woken up: what deserves thought is at the top of a step and again at the end.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from textwrap import wrap
from typing import TypeAlias

from scanner.inert import inert
from scanner.remedies.shown.order import nearest_needs
from scanner.remedies.shown.value_diff import difference
from scanner.remedies.step import CREATION, WHOLE, Plan, Safety, Step, Unfixed


class _Style(StrEnum):
    """What a line is, as the terminal's code for its colour."""

    PLAIN = ""
    BOLD = "1"
    FAINT = "2"
    GOES = "31"
    COMES = "32"
    REVIEW = "33"
    IRREVERSIBLE = "1;31"
    MANUAL = "35"


_Lines: TypeAlias = Iterator[tuple[_Style, str]]

_SAFETIES = {
    Safety.SAFE: (_Style.COMES, "done without asking"),
    Safety.REVIEW: (_Style.REVIEW, "asked about before each; --yes allows all of them"),
    Safety.IRREVERSIBLE: (_Style.IRREVERSIBLE, "cannot be taken back; each resource has to be named to apply"),
    Safety.MANUAL: (_Style.MANUAL, "never done by drscan; yours to decide and do"),
}
_WIDTH = 110
_NEXT = (
    "Nothing is changed yet. Keep the plan with --plan FILE; drscan fix apply FILE does it step by step,",
    "with a journal by which drscan fix undo takes it back.",
)
_SIGNS = {"-": _Style.GOES, "+": _Style.COMES}


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as text; with `color`, what goes is red, what comes is green, and what deserves thought stands out."""
    return "".join(f"{_painted(style, inert(text)) if color else inert(text)}\n" for style, text in _lines(plan))


def title(step: Step) -> str:
    """What a step does, in a few words."""
    what = f"{step.target.type.rpartition('::')[2]} {step.target.name}"
    match step.property:
        case p if p == CREATION:
            return f"Make {what}" if step.before is None else f"Remove {what}"
        case p if p == WHOLE:
            return f"Change {what}"
    verb = "Set" if step.before is None else "Remove" if step.after is None else "Change"
    return f"{verb} {step.property} of {step.target.name}"


def notes_of(step: Step) -> Iterator[tuple[str, str]]:
    """What a person should know of a step, each with what kind of note it is."""
    rules = ", ".join(dict.fromkeys(rule for rule, _ in step.serves))
    actions = "" if step.actions == step.operations else f" (needs {', '.join(step.actions)})"
    notes = (
        ("for", rules or "the steps that need it"),
        ("by", ", ".join(step.operations) + actions),
        ("after", ", ".join(step.needs)),
        ("interrupts", step.interrupts),
        ("costs", step.costs),
        ("undoing", step.undoing),
    )
    yield from ((name, note) for name, note in notes if note)


def wrapped(note: str, width: int) -> list[str]:
    """A note in lines of at most this width; names and ARNs stay whole."""
    return wrap(note, width, break_on_hyphens=False, break_long_words=False)


def _lines(plan: Plan) -> _Lines:
    yield from _head(plan)
    for step in nearest_needs(plan.steps):
        yield _Style.PLAIN, ""
        yield from _step(step)
    if plan.unfixed:
        yield _Style.PLAIN, ""
        yield from _left(plan.unfixed)
    if plan.steps:
        yield _Style.PLAIN, ""
        yield from _summary(plan.steps)


def _head(plan: Plan) -> _Lines:
    if not plan.steps:
        yield _Style.BOLD, "Nothing that drscan can do." if plan.unfixed else "Nothing to do."
        return
    yield _Style.BOLD, f"{_count(len(plan.steps), 'step')} to make {_count(len(plan.fixes), 'finding')} pass"


def _step(step: Step) -> _Lines:
    target = step.target
    style = _SAFETIES[step.safety][0]
    yield style if step.safety is not Safety.SAFE else _Style.BOLD, f"{step.id}  {title(step)}  [{step.safety}]"
    yield _Style.FAINT, f"    {target.type} in {f'{target.account} {target.region}'.rstrip()}"
    for name, note in notes_of(step):
        for number, words in enumerate(wrapped(note, _WIDTH - 16)):
            yield _style_of(name, step), f"    {name if number == 0 else '':<10}  {words}"
    for line in difference(step.before, step.after, step.property):
        yield _SIGNS.get(line.sign, _Style.PLAIN), f"      {line}"


def _style_of(name: str, step: Step) -> _Style:
    if name == "interrupts":
        return _SAFETIES[step.safety][0]
    return _Style.PLAIN if name in ("costs", "undoing") else _Style.FAINT


def _left(unfixed: Iterable[Unfixed]) -> _Lines:
    """What is not fixed, the resources together that share a rule and a reason."""
    ordered = sorted(unfixed, key=lambda one: (one.rule, one.why, one.resource))
    yield _Style.BOLD, f"Not fixed: {_count(len(ordered), 'finding')}"
    for (rule, why), group in groupby(ordered, key=lambda one: (one.rule, one.why)):
        yield _Style.PLAIN, f"  {rule}"
        yield from ((_Style.PLAIN, f"    {line}") for line in wrapped(why, _WIDTH))
        yield from ((_Style.FAINT, f"      {one.resource}") for one in group)


def _summary(steps: tuple[Step, ...]) -> _Lines:
    yield _Style.BOLD, "In short"
    for safety, (style, meaning) in _SAFETIES.items():
        chosen = [step for step in steps if step.safety is safety]
        if not chosen:
            continue
        yield style, f"  {safety:<12}  {len(chosen):>3}  {meaning}"
        for step in chosen if safety is not Safety.SAFE else ():
            flag = f"  --irreversible {step.target.name}" if safety is Safety.IRREVERSIBLE else ""
            yield style, f"                     {step.id}  {title(step)}{flag}"
    yield from ((_Style.PLAIN, line) for line in _NEXT)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _painted(style: _Style, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text

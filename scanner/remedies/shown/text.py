"""A plan for people: every step with what it is for, what it changes, and what it may cost.

Values are compared member by member and policies statement by statement, so that a long document with one new
statement shows that statement.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from scanner.estate.unknown import Value, to_json
from scanner.inert import inert
from scanner.remedies.step import CREATION, WHOLE, Plan, Step

_WIDTH = 110


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as text; with `color`, what goes is red and what comes is green."""
    lines = [*_head(plan)]
    for step in plan.steps:
        lines += ["", *_step(step)]
    if plan.unfixed:
        lines += ["", f"Not fixed: {len(plan.unfixed)}"]
        lines += [f"  {one.rule}  {one.resource}: {one.why}" for one in plan.unfixed]
    lines = [inert(line) for line in lines]
    return "\n".join(_colored(line) if color else line for line in lines) + "\n"


def _head(plan: Plan) -> Iterator[str]:
    if not plan.steps:
        yield "Nothing to do." if not plan.unfixed else "Nothing that drscan can do."
        return
    steps, fixes = len(plan.steps), len(plan.fixes)
    yield f"{steps} step{'s' * (steps != 1)} that make {fixes} finding{'s' * (fixes != 1)} pass"


def _step(step: Step) -> Iterator[str]:
    target = step.target
    place = f"{target.account} {target.region}".rstrip()
    yield f"{step.id}  {_title(step)}  [{step.safety}]"
    yield f"    {target.type} {target.name} in {place}"
    rules = list(dict.fromkeys(rule for rule, _ in step.serves))
    yield f"    for {', '.join(rules)}" if rules else "    for the steps that need it"
    yield f"    by  {', '.join(step.operations)} (needs {', '.join(step.actions)})"
    if step.needs:
        yield f"    after {', '.join(step.needs)}"
    notes = (("interrupts", step.interrupts), ("costs", step.costs), ("undoing", step.undoing))
    yield from (f"    {name}: {note}" for name, note in notes if note)
    yield from (f"      {line}" for line in difference(step.before, step.after))


def _title(step: Step) -> str:
    if step.property == CREATION:
        return f"Make {step.target.name}"
    return f"Change {'all' if step.property == WHOLE else step.property} of {step.target.name}"


def difference(before: Value, after: Value) -> Iterator[str]:
    """What differs, as lines that begin with `-` and `+`; what stays the same is left out."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(before, after)
    elif _is_list(before) and _is_list(after):
        yield from _items(before, after)
    else:
        yield from _all("-", before)
        yield from _all("+", after)


def _members(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if (isinstance(old, Mapping) and isinstance(new, Mapping)) or (_is_list(old) and _is_list(new)):
            yield f"  {name}:"
            yield from (f"  {line}" for line in difference(old, new))
        else:
            yield from _all("-", old, f"{name}: ")
            yield from _all("+", new, f"{name}: ")


def _items(before: Sequence[Value], after: Sequence[Value]) -> Iterator[str]:
    for item in before:
        if item not in after:
            yield from _all("-", item)
    for item in after:
        if item not in before:
            yield from _all("+", item)
    kept = sum(item in after for item in before)
    if kept:
        yield f"  ({kept} other{'s' * (kept != 1)} unchanged)"


def _all(sign: str, value: Value, name: str = "") -> Iterator[str]:
    """A whole value, on one line if it fits."""
    if value is None:
        return
    text = json.dumps(to_json(value))
    if len(text) + len(name) > _WIDTH:
        text = json.dumps(to_json(value), indent=2)
    yield from (f"{sign} {line}" for line in (name + text).split("\n"))


def _is_list(value: Value) -> bool:
    return isinstance(value, list | tuple)


def _colored(line: str) -> str:
    match line.strip()[:2]:
        case "- ":
            return f"\x1b[31m{line}\x1b[0m"
        case "+ ":
            return f"\x1b[32m{line}\x1b[0m"
    return line

"""A plan as CloudFormation: stacks for what is new, and what has to be said of what is there.

Each stack is a YAML document of its own. Names stay as the plan has them, so that policies on the other side can name
them before they exist; what only AWS names travels between stacks as outputs and parameters.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.inert import inert
from scanner.remedies.shown.cloudformation_links import LEFT_OUT, Links
from scanner.remedies.shown.cloudformation_parts import NOT_IN_CLOUDFORMATION, Part, Place, parts_of
from scanner.remedies.shown.cloudformation_stacks import Stack, stacks_of
from scanner.remedies.shown.cloudformation_yaml import dumped
from scanner.remedies.shown.references import References
from scanner.remedies.shown.text import notes_of, title, wrapped
from scanner.remedies.step import Plan, Step
from scanner.remedies.writes.kms import KEY
from scanner.remedies.writes.s3 import BUCKET

_WIDTH = 116
_OPENING = """\
{steps} as CloudFormation, as drscan planned it at {created}.

Each document is a file of its own. Deploy the stacks in this order, giving each the outputs of those before as its
parameters: aws cloudformation deploy --capabilities CAPABILITY_NAMED_IAM --stack-name ... --template-file ...
Documents about what is there already are no stacks: add what they say to the templates that declare it. What cannot be
taken back, and what is for you to decide, is commented out."""
_KEPT = frozenset({BUCKET, KEY})
"""What must not go with a stack: the data, and what it can be read with."""

_BY_CALLS = frozenset({"by", "after"})
"""What is said of a step's calls, and matters only to whoever makes them."""


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as CloudFormation's YAML. `color` means nothing here."""
    if not plan.steps:
        return "# Nothing to do.\n"
    links = Links.of(stacks_of(parts_of(plan.steps)), References.of(plan.steps))
    count = f"{len(plan.steps)} step{'s' * (len(plan.steps) != 1)}"
    opening = _OPENING.format(steps=count, created=plan.created)
    documents = ["\n".join([*map(_comment, opening.split("\n")), *_elsewhere(plan.steps)])]
    documents += ["\n".join(_document(links, stack)) for stack in links.stacks]
    return "\n\n---\n".join(documents) + "\n"


def _elsewhere(steps: Iterable[Step]) -> Iterator[str]:
    """What CloudFormation has no type for."""
    for step in steps:
        if step.target.type in NOT_IN_CLOUDFORMATION:
            yield "#"
            yield from _about(step)
            yield _comment("CloudFormation has no type for this; the call is shown by: drscan fix plan --format cli")


def _document(links: Links, stack: Stack) -> Iterator[str]:
    yield _comment(_heading(stack.place, links.number(stack), len(links.stacks)))
    if stack.place.is_new:
        yield 'AWSTemplateFormatVersion: "2010-09-09"'
        yield f"Description: What drscan planned for account {stack.place.account} in {stack.place.region}"
    yield from _section("Parameters", links.parameters(stack))
    yield "Resources:"
    for part in stack.parts:
        yield from (f"  {line}" for line in _resource(links, stack, part))
    yield from _section("Outputs", links.outputs(stack))


def _heading(place: Place, number: int, count: int) -> str:
    where = f"account {place.account} in {place.region}"
    kind = f"a stack for {where}." if place.is_new else f"no stack, but changes to what is there in {where}."
    return f"{number} of {count}: {kind}"


def _section(name: str, members: dict[str, Any]) -> Iterator[str]:
    if members:
        yield from dumped({name: members}).split("\n")


def _resource(links: Links, stack: Stack, part: Part) -> Iterator[str]:
    for step in part.steps:
        yield from _about(step)
    for one in part.cannot_wait:
        yield _comment(f"This and {one} wait for each other: deploy it first without what names {one}.")
    if not part.place.is_new:
        yield _comment(f"Add these to the resource that declares {part.target.name}:")
    head: dict[str, Any] = {"Type": part.type}
    if part.place.is_new:
        head |= dict.fromkeys(("DeletionPolicy", "UpdateReplacePolicy"), "Retain") if part.type in _KEPT else {}
        waits = links.waits(stack, part)
        head |= {"DependsOn": waits} if waits else {}
    yield from dumped({part.logical_id: head}).split("\n")
    yield "  Properties:"
    for name, (value, step) in part.properties.items():
        yield from (f"    {line}" for line in _property(name, links.resolved(stack, value), step))


def _property(name: str, value: Any, step: Step) -> Iterator[str]:
    if value is None:
        yield _comment(f"take away {name}")
        return
    lines = dumped({name: value}).split("\n")
    if step.safety in LEFT_OUT:
        yield _comment(LEFT_OUT[step.safety])
        lines = [f"# {line}" for line in lines]
    yield from lines


def _about(step: Step) -> Iterator[str]:
    yield _comment(f"{step.id}  {title(step)}  [{step.safety}]")
    for name, note in notes_of(step):
        for number, line in enumerate(wrapped(note, _WIDTH - 14) if name not in _BY_CALLS else ()):
            yield _comment(f"{name if number == 0 else '':<10}  {line}")


def _comment(text: str) -> str:
    return f"# {inert(text)}".rstrip()

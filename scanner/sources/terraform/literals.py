"""What the configuration of a plan says whatever its variables are: partitions written out, and placeholders left in.

Both are faults of the configuration rather than of anything that it makes. Plan JSON holds its constants, and only
those: of `"${var.prefix}-x"` it shows no text.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from scanner.estate.regions import is_region
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.declared import Deployment
from scanner.sources.placeholders import placeholder_in
from scanner.sources.terraform.configuration import Module
from scanner.sources.terraform.locations import Entries
from scanner.sources.terraform.plan import Plan

MOST_LITERALS = 200
"""How many of each kind are told; a plan with more has told enough."""

_PROSE = frozenset({"description", "Description", "error_message"})
"""Arguments whose texts people read and AWS does not."""

_PARTITION = re.compile(r"(?<![A-Za-z0-9])arn:(aws[a-z-]{0,20}):")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text of the configuration: `where` is its place in words (`module.copy.aws_iam_role.r.assume_role_policy`),
    `line` that of an entry in the plan that was made of it, 1 where there is none."""

    text: str
    where: str
    line: int


@dataclass(frozen=True, slots=True)
class Literals:
    """The `partitions` that ARNs of a configuration name; `suspects` are whole texts that may hold a placeholder."""

    partitions: tuple[Literal, ...] = ()
    suspects: tuple[Literal, ...] = ()


def literals_of(plan: Plan, entries: Entries) -> Literals:
    """The constants of a configuration that are worth telling, and the values of its root module's variables."""
    lines: dict[str, int] = {}
    for address, (first, _) in entries.items():
        lines.setdefault(_INDEX.sub("", address), first)
    partitions: list[Literal] = []
    suspects: list[Literal] = []
    for block, where, text in _texts(plan):
        line = lines.get(block, 1)
        for partition in dict.fromkeys(_PARTITION.findall(text)):
            if len(partitions) < MOST_LITERALS:
                partitions.append(Literal(partition, where, line))
        if len(suspects) < MOST_LITERALS and placeholder_in(text) is not None:
            suspects.append(Literal(text, where, line))
    return Literals(tuple(partitions), tuple(suspects))


def template_resource(literals: Literals, deployment: Deployment, real: Collection[str]) -> Resource:
    """A plan as a whole: the partitions it names, its placeholders, and where it would go.

    The deployment is that of the plan's default provider. `real` is what is no placeholder.
    """
    unnamed = Unknown("no account or region was named")
    placeholders = (
        {"Text": found, "Where": one.where, "Line": one.line}
        for one in literals.suspects
        if (found := placeholder_in(one.text, real=real)) is not None
    )
    properties = {
        "Format": "terraform",
        "Partition": deployment.partition if is_region(deployment.region) else unnamed,
        "LiteralPartitions": [
            {"Partition": one.text, "Where": one.where, "Line": one.line} for one in literals.partitions
        ],
        "Placeholders": list(placeholders),
    }
    file = str(deployment.file)
    return Resource("DR::Template", "", deployment.account, deployment.region, file, properties, Location(file, 1))


_INDEX = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]')


def _texts(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Every constant text, with the address of its block (no instance) and its place."""
    for key, provider in plan.providers.items():
        yield from _within("", f"provider.{key}", provider.get("expressions"))
    for name, value in plan.variables.items():
        yield from _within("", f"var.{name}", value)
    yield from _of_module("", plan.root)


def _of_module(address: str, module: Module) -> Iterator[tuple[str, str, str]]:
    for block in module.blocks.values():
        yield from _within(f"{address}{block.address}", f"{address}{block.address}", block.expressions)
    for name, call in module.calls.items():
        inner = f"{address}module.{name}"
        for argument, given in call.arguments.items():
            yield from _within("", f"{inner}.{argument}", given.constant)
        yield from _of_module(f"{inner}.", call.module)


def _within(block: str, where: str, value: Value) -> Iterator[tuple[str, str, str]]:
    """The texts in a value; those that are JSON are looked into. Without recursion, for values may nest deeply."""
    pending: list[tuple[str, Value]] = [(where, value)]
    while pending:
        place, found = pending.pop()
        if isinstance(found, str):
            inside = _json(found)
            if inside is None:
                yield block, place, found
            else:
                pending.append((place, inside))
        elif isinstance(found, Mapping):
            members = [(_joined(place, key), one) for key, one in found.items() if key not in _SILENT]
            pending.extend(reversed(members))
        elif isinstance(found, list):
            pending.extend((place, one) for one in reversed(found))


_SILENT = _PROSE | {"references"}


def _joined(place: str, key: str) -> str:
    """The place of a member, cut off where it grows too long to be told."""
    return place if key == "constant_value" or len(place) > 500 else f"{place}.{key[:100]}"


def _json(text: str) -> Value:
    """The object in a text that is JSON, else None."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

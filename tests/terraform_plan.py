"""Plan JSON for tests, written as Terraform writes it: https://developer.hashicorp.com/terraform/internals/json-format.

A test says what matters to it; the rest of the plan (the same values three times over, the references unwrapped step by
step) is made here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def constant(value: Any) -> Json:
    """An expression without references."""
    return {"constant_value": value}


def refer(*references: str) -> Json:
    """An expression that makes these references, each listed with all that it begins with, longest first."""
    return {"references": [step for reference in references for step in _unwrapped(reference)]}


@dataclass(frozen=True)
class Made:
    """An instance of a block: its known values, what is known later, and the block's expressions.

    `module` is the address of the module instance; `given` stands for the expressions of every instance alike.
    """

    block: str
    known: Json = field(default_factory=dict)
    later: Json = field(default_factory=dict)
    given: Json = field(default_factory=dict)
    key: str | int | None = None
    module: str = ""
    provider: str = "aws"
    actions: tuple[str, ...] = ("create",)
    before: Json | None = None
    hidden: Any = field(default_factory=dict)
    each: Json | None = None
    count: Json | None = None

    @property
    def address(self) -> str:
        index = "" if self.key is None else f"[{json.dumps(self.key)}]"
        return f"{self.module}.{self.block}{index}" if self.module else f"{self.block}{index}"

    @property
    def mode(self) -> str:
        return "data" if self.block.startswith("data.") else "managed"

    def entry(self) -> Json:
        """What is the same in planned values, in a state and in a change."""
        type_, name = self.block.removeprefix("data.").split(".")
        found: Json = {"address": self.address, "mode": self.mode, "type": type_, "name": name}
        if self.key is not None:
            found["index"] = self.key
        return {**found, "provider_name": "registry.terraform.io/hashicorp/aws"}


def plan(
    *made: Made,
    read: Iterable[Made] = (),
    calls: Mapping[str, Json] | None = None,
    providers: Mapping[str, Json] | None = None,
    variables: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Json:
    """A whole plan. `read` are in the prior state only: data sources that were read, resources that targets leave out.

    `calls` are module calls by the address of the module without keys; `providers` their expressions by key.
    """
    left = [one for one in made if "delete" not in one.actions or "create" in one.actions]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "variables": {name: {"value": value} for name, value in (variables or {}).items()},
        "planned_values": {"root_module": _state(left, planned=True)},
        "resource_changes": [_change(one) for one in made],
        "prior_state": {"format_version": "1.0", "values": {"root_module": _state(read, planned=False)}},
        "configuration": {
            "provider_config": {
                key: {"name": "aws", "expressions": given} for key, given in (providers or {"aws": {}}).items()
            },
            "root_module": {
                **_module("", [*made, *read], calls or {}),
                "variables": {name: {} for name in variables or {}},
            },
        },
        **rest,
    }


def write(folder: Path, value: Any, *, indent: int | None = None) -> Path:
    """A plan as a file."""
    file = folder / "plan.json"
    file.write_text(json.dumps(value, indent=indent))
    return file


def _state(made: Iterable[Made], *, planned: bool) -> Json:
    """Modules within each other, as deep as the addresses say."""
    root: Json = {"resources": [], "child_modules": []}
    modules = {"": root}
    for one in made:
        above = ""
        for part in re.findall(r'module\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?', one.module):
            address = f"{above}.{part}" if above else part
            if address not in modules:
                modules[address] = {"address": address, "resources": [], "child_modules": []}
                modules[above]["child_modules"].append(modules[address])
            above = address
        hidden = one.hidden if planned and one.hidden is not True else {}
        modules[above]["resources"].append({**one.entry(), "values": one.known, "sensitive_values": hidden})
    return root


def _change(one: Made) -> Json:
    change = {
        "actions": list(one.actions),
        "before": one.before,
        "after": None if one.actions == ("delete",) else one.known,
        "after_unknown": one.later,
        "before_sensitive": False,
        "after_sensitive": one.hidden,
    }
    module = {"module_address": one.module} if one.module else {}
    return {**one.entry(), **module, "change": change}


def _module(address: str, made: Iterable[Made], calls: Mapping[str, Json]) -> Json:
    blocks: dict[str, Json] = {}
    for one in made:
        if re.sub(r"\[[^]]*\]", "", one.module) == address:
            type_, name = one.block.removeprefix("data.").split(".")
            blocks[one.block] = {"address": one.block, "mode": one.mode, "type": type_, "name": name}
            blocks[one.block] |= {"provider_config_key": one.provider}
            if one.given:
                blocks[one.block]["expressions"] = one.given
            if one.each or (isinstance(one.key, str) and not one.count):
                blocks[one.block]["for_each_expression"] = one.each or refer("local.each")
            elif one.count or isinstance(one.key, int):
                blocks[one.block]["count_expression"] = one.count or refer("local.count")
    prefix = f"{address}.module." if address else "module."
    inner = {
        path: call for path, call in calls.items() if path.startswith(prefix) and path.count(".") == prefix.count(".")
    }
    return {
        "resources": list(blocks.values()),
        "module_calls": {
            path.removeprefix(prefix): {
                **{key: one for key, one in call.items() if key not in ("outputs", "variables")},
                "module": {
                    **_module(path, made, calls),
                    "outputs": {name: {"expression": one} for name, one in call.get("outputs", {}).items()},
                    "variables": {
                        **{name: {} for name in call.get("expressions", {})},
                        **{name: {"default": one} for name, one in call.get("variables", {}).items()},
                    },
                },
            }
            for path, call in inner.items()
        },
    }


def _unwrapped(reference: str) -> list[str]:
    steps = re.findall(r'(?:^|\.)[\w-]+|\[(?:\d+|"[^"]*")\]', reference)
    names = {"data": 3, "module": 3}.get(steps[0], 2)
    if steps[0] == "module" and len(steps) > 2 and steps[2].startswith("["):
        names += 1
    shortest = min(names, len(steps))
    found = ["".join(steps[:length]) for length in range(len(steps), shortest - 1, -1)]
    if steps[0] == "module" and shortest >= 3:
        found.append("".join(steps[: shortest - 1]))
        if found[-1].endswith("]"):
            found.append("".join(steps[:2]))
    return found

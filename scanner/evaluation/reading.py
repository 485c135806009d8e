"""From one rule file to a Rule, or to the list of all that is wrong with it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.estate.paths import PSEUDO_PROPERTIES
from scanner.estate.resource import Resource
from scanner.estate.schemas import MAX_PROBLEMS, Problem, Validator, compile_schema, expected_one_of, nearest
from scanner.estate.shapes import Shape, known_types, load_shape
from scanner.estate.strict_yaml import Node, load_yaml, parse_yaml
from scanner.estate.unknown import Value, from_json
from scanner.estate.verdict import Confidence, Severity, Verdict
from scanner.evaluation.parameters import Param
from scanner.evaluation.parsing import TreeReader
from scanner.evaluation.problems import RulePackError
from scanner.evaluation.rule import Attack, Example, Rule
from scanner.evaluation.vocabulary import check_names, load_vocabulary, rules_directory

MAX_BYTES = 256 * 1024
"""Largest rule file that is read; forty times the largest of our own."""


def read_rule(file: Path, *, examples: bool = True) -> Rule:
    """Load one rule file, with or without its examples. Raises RulePackError with everything that is wrong with it."""
    try:
        node = load_yaml(file, max_bytes=MAX_BYTES)
    except InvalidInputError as error:
        raise RulePackError([error]) from error
    return rule_of(node, file.stem, examples=examples)


def read_own_rule(file: Path) -> Rule:
    """Load a built-in rule without its examples, and without asking whether it keeps to the schema.

    The tests ask that of every built-in rule. It is two thirds of the time that loading the pack takes, and with it the
    start of every command. Raises RulePackError for names that do not exist, as `read_rule` does.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return read_rule(file, examples=False)  # which says what is wrong with it
    node = parse_yaml(text.partition("\nexamples:")[0], str(file))
    shape = load_shape(node.value["kind"])
    assert shape is not None, "the tests hold built-in rules against the shapes"
    return _build(node, file.stem, shape, [])


def rule_of(node: Node, name: str, *, examples: bool = True) -> Rule:
    """The rule of a document whose file is called `name` (without suffix). Raises RulePackError.

    Without `examples` they are neither checked nor kept: they are the rule's tests, and who judges needs none.
    """
    problems = list(_schema(examples)(node.value, ()))
    if not problems:
        shape = load_shape(node.value["kind"])
        if shape is None:
            hint = nearest(node.value["kind"], known_types()) or "drscan rules list shows what is judged"
            problems = [Problem(("kind",), f"unknown resource type {node.value['kind']}", hint)]
        else:
            return _build(node, name, shape, node.value["examples"] if examples else [])
    raise _error(node, problems)


@cache
def _schema(examples: bool) -> Validator:
    schema = json.loads((rules_directory() / "rule.schema.json").read_text(encoding="utf-8"))
    if not examples:
        schema["properties"]["examples"] = {}
    return compile_schema(schema)


def _error(node: Node, problems: list[Problem]) -> RulePackError:
    return RulePackError([node.error(found.place, _message(found), hint=found.hint) for found in problems])


def _message(problem: Problem) -> str:
    where = ""
    for step in problem.place:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else step
    return f"{where}: {problem.message}" if where else problem.message


def _build(node: Node, name: str, shape: Shape, examples: list[Mapping[str, Value]]) -> Rule:
    raw = node.value
    params = {key: Param(key, **declared) for key, declared in raw.get("params", {}).items()}
    tree = TreeReader(shape, params)
    when = tree.read(raw["when"], ("when",)) if "when" in raw else None
    expect = tree.read(raw["expect"], ("expect",))
    problems = [
        *_check_identity(raw["id"], name, examples),
        *check_names(raw),
        *_check_params(params, tree.used),
        *tree.problems,
        *islice(_check_examples(examples, shape, params), MAX_PROBLEMS),
    ]
    if problems:
        raise _error(node, problems)
    return Rule(
        id=raw["id"],
        title=raw["title"],
        severity=Severity(raw["severity"]),
        confidence=Confidence(raw["confidence"]),
        since=raw["since"],
        kind=raw["kind"],
        why=raw["why"].strip(),
        fix=raw.get("fix", "").strip(),
        attack=tuple(_attack(entry) for entry in raw["attack"]),
        controls={key: tuple(ids) for key, ids in raw["controls"].items()},
        params=params,
        when=when,
        expect=expect,
        remedy=raw.get("remedy", ""),
        references=tuple(raw["references"]),
        examples=tuple(_example(node, index, shape) for index in range(len(examples))),
        needs=tree.needs(),
        node=node,
    )


def _attack(entry: Mapping[str, str]) -> Attack:
    return Attack(entry["technique"], entry["how"], load_vocabulary().techniques[entry["technique"]])


def _check_identity(id_: str, file: str, examples: list[Mapping[str, Value]]) -> Iterator[Problem]:
    if id_ != file:
        yield Problem(("id",), f"{id_!r} is not the name of the file", f"rename the file to {id_}.yaml")
    names = [example["name"] for example in examples]
    for index, example in enumerate(names):
        if example in names[:index]:
            yield Problem(("examples", index, "name"), f"a second example is called {example!r}")


def _check_params(params: Mapping[str, Param], used: set[str]) -> Iterator[Problem]:
    for name, param in params.items():
        place = ("params", name)
        if param.bounded and param.type not in ("integer", "number"):
            yield Problem(place, f"a {param.type} has neither minimum nor maximum")
        elif wrong := param.problem(param.default):
            yield Problem((*place, "default"), wrong)
        if name not in used:
            yield Problem(place, "no condition uses this parameter", "remove it, or name it as {param: " + name + "}")


def _check_examples(
    examples: list[Mapping[str, Value]], shape: Shape, params: Mapping[str, Param]
) -> Iterator[Problem]:
    for index, example in enumerate(examples):
        place = ("examples", index)
        properties, pseudo = _split(example["resource"])
        for problem in shape.problems(properties):
            yield Problem((*place, "resource", *problem.place), problem.message, problem.hint)
        for name, value in pseudo.items():
            if name not in _GIVEN:
                yield Problem((*place, "resource", name), f"unknown key {name!r}", expected_one_of(name, _GIVEN))
            elif not isinstance(value, str):
                yield Problem((*place, "resource", name), "is not text", "put it in quotes")
        yield from check_values(params, example.get("params", {}), (*place, "params"))


def check_values(
    params: Mapping[str, Param], given: Mapping[str, Value], place: tuple[str | int, ...]
) -> Iterator[Problem]:
    """What is wrong with values given for a rule's parameters."""
    for name, value in given.items():
        if name not in params:
            hint = expected_one_of(name, params) or "the rule has no parameters"
            yield Problem((*place, name), f"unknown parameter {name!r}", hint)
        elif wrong := params[name].problem(value):
            yield Problem((*place, name), wrong)


_GIVEN = tuple(name for name in PSEUDO_PROPERTIES if name not in ("$type", "$partition"))


def _split(resource: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """An example's properties, and what it says of the resource besides (`$account` and its like)."""
    pseudo = {name: value for name, value in resource.items() if name.startswith("$") and name != "$unknown"}
    return {name: value for name, value in resource.items() if name not in pseudo}, pseudo


def _example(node: Node, index: int, shape: Shape) -> Example:
    raw = node.value["examples"][index]
    properties, pseudo = _split(raw["resource"])
    account, region = pseudo.get("$account", "111122223333"), pseudo.get("$region", "us-east-1")
    name = pseudo.get("$name", "example")
    service = shape.type.split("::")[1].lower()
    arn = pseudo.get("$arn", f"arn:aws:{service}:{region}:{account}:{name}")
    evidence = raw.get("evidence")
    return Example(
        name=raw["name"],
        expect=Verdict(raw["expect"]),
        resource=Resource(shape.type, arn, account, region, name, from_json(properties)),
        evidence=frozenset(evidence) if evidence is not None else None,
        params=raw.get("params", {}),
        line=node.line_of(("examples", index)),
    )

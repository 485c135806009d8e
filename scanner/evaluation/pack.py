"""The rule pack: the built-in rules and those of the user's own folders, which have the same rights."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.estate.schemas import nearest
from scanner.estate.strict_yaml import Node
from scanner.estate.unknown import Value
from scanner.estate.verdict import Severity
from scanner.evaluation.problems import RulePackError
from scanner.evaluation.reading import check_values, read_own_rule, read_rule
from scanner.evaluation.rule import Rule
from scanner.evaluation.vocabulary import rules_directory

__all__ = ["Rule", "RulePack", "builtin_directory", "check_params", "load_pack"]

_MAX_FILES = 2000


@dataclass(frozen=True, slots=True)
class RulePack:
    """Rules with unique ids, sorted by id."""

    rules: tuple[Rule, ...]

    def select(self, ids: Collection[str] = (), severities: Collection[Severity] = ()) -> tuple[Rule, ...]:
        """The rules with these ids and severities; an empty collection does not restrict.

        Raises InvalidInputError for an id that no rule has, with a suggestion.
        """
        known = [rule.id for rule in self.rules]
        for id_ in ids:
            if id_ not in known:
                raise InvalidInputError(f"there is no rule {id_!r}", hint=nearest(id_, known))
        return tuple(
            rule
            for rule in self.rules
            if (not ids or rule.id in ids) and (not severities or rule.severity in severities)
        )


def builtin_directory() -> Path:
    """The folder of the built-in rules."""
    return rules_directory()


def load_pack(*directories: Path, examples: bool = True) -> RulePack:
    """Load every `*.yaml` below these folders, `builtin_directory()` when none is named.

    Without `examples` those of the rules are neither checked nor kept, and built-in rules are taken to keep to the
    schema: only tests of rules need that. Raises RulePackError with all that is wrong in all files.
    """
    rules: dict[str, Rule] = {}
    errors: list[InvalidInputError] = []
    own = builtin_directory()
    for file in _files(directories or (own,), errors):
        try:
            is_trusted = not examples and file.is_relative_to(own)
            rule = read_own_rule(file) if is_trusted else read_rule(file, examples=examples)
        except RulePackError as error:
            errors.extend(error.errors)
            continue
        if rule.id in rules:
            message = f"the id {rule.id!r} is taken by {rules[rule.id].file}"
            errors.append(rule.node.error(("id",), message, hint="rule ids are unique across all folders"))
        rules.setdefault(rule.id, rule)
    if errors:
        raise RulePackError(errors)
    return RulePack(tuple(rules[id_] for id_ in sorted(rules)))


def check_params(rules: Iterable[Rule], params: Mapping[str, Mapping[str, Value]], *, node: Node | None = None) -> None:
    """Check what an estate file gives for the parameters of rules (rule id to name to value).

    Raises RulePackError for unknown rules, unknown parameters and wrong types; `node`, the estate file's document,
    gives their lines.
    """
    by_id = {rule.id: rule for rule in rules}
    errors: list[InvalidInputError] = []
    for id_, given in params.items():
        if id_ not in by_id:
            errors.append(_located(node, ("params", id_), f"params: there is no rule {id_!r}", nearest(id_, by_id)))
            continue
        for problem in check_values(by_id[id_].params, given, ("params", id_)):
            errors.append(_located(node, problem.place, f"params.{id_}: {problem.message}", problem.hint))
    if errors:
        raise RulePackError(errors)


def _located(node: Node | None, place: tuple[str | int, ...], message: str, hint: str) -> InvalidInputError:
    return node.error(place, message, hint=hint) if node else InvalidInputError(message, hint=hint)


def _files(directories: Iterable[Path], errors: list[InvalidInputError]) -> list[Path]:
    """The rule files below the folders, in a fixed order; a folder that is not there is an error."""
    files: list[Path] = []
    for directory in directories:
        if not directory.is_dir():
            errors.append(InvalidInputError("is not a folder of rules", file=directory))
            continue
        found = sorted(directory.rglob("*.yaml"))
        if len(found) > _MAX_FILES:
            errors.append(InvalidInputError(f"holds more than {_MAX_FILES} rule files", file=directory))
        files.extend(found[:_MAX_FILES])
        errors.extend(
            InvalidInputError("rule files end in .yaml", file=file) for file in sorted(directory.rglob("*.yml"))
        )
    return files

"""The names that rules may drop: MITRE ATT&CK techniques and the controls of compliance frameworks.

A closed list, so that a misspelt control or a technique that ATT&CK has revoked is an error when a rule loads and not a
lie in a report.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import rules
from scanner.estate.schemas import Problem, expected_one_of, nearest
from scanner.estate.unknown import Value


@dataclass(frozen=True, slots=True)
class Framework:
    """A compliance framework: title, version (empty where it has none) and its controls' titles by id."""

    title: str
    version: str
    controls: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """ATT&CK techniques as of one version, the successors of revoked ones, and the frameworks by key."""

    attack_version: str
    techniques: Mapping[str, str]
    revoked: Mapping[str, str]
    frameworks: Mapping[str, Framework]


def rules_directory() -> Path:
    """The folder of the built-in rules, wherever drscan is installed."""
    return Path(next(iter(rules.__path__)))


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabularies that are shipped with the rules."""
    folder = rules_directory() / "vocabulary"
    attack = json.loads((folder / "attack.json").read_text(encoding="utf-8"))
    frameworks = json.loads((folder / "frameworks.json").read_text(encoding="utf-8"))
    techniques = attack["techniques"].items()
    return Vocabulary(
        attack["version"],
        MappingProxyType({id_: entry["name"] for id_, entry in techniques if entry["status"] == "current"}),
        MappingProxyType({id_: entry["replaced_by"] for id_, entry in techniques if entry["status"] == "revoked"}),
        MappingProxyType({key: Framework(**entry) for key, entry in frameworks.items()}),
    )


def check_names(rule: Mapping[str, Value]) -> Iterator[Problem]:
    """The techniques and controls of a rule that are not in the vocabularies."""
    known = load_vocabulary()
    for index, attack in enumerate(rule["attack"]):
        id_ = attack["technique"]
        place = ("attack", index, "technique")
        if id_ in known.revoked:
            version = known.attack_version
            yield Problem(place, f"{id_} is revoked in ATT&CK {version}", f"it is now {known.revoked[id_]}")
        elif id_ not in known.techniques:
            yield Problem(place, f"{id_} is no technique of rules/vocabulary/attack.json")
    for key, controls in rule["controls"].items():
        yield from _check_controls(known, key, controls)


def _check_controls(known: Vocabulary, key: str, controls: list[str]) -> Iterator[Problem]:
    framework = known.frameworks.get(key)
    if framework is None:
        yield Problem(("controls", key), f"unknown framework {key!r}", expected_one_of(key, known.frameworks))
        return
    for index, control in enumerate(controls):
        if control not in framework.controls:
            hint = nearest(control, framework.controls)
            yield Problem(("controls", key, index), f"{key} has no control {control!r}", hint)

"""A rule, loaded and checked: what it says of itself, the tree it judges by, and the examples that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.strict_yaml import Node
from scanner.estate.unknown import Value
from scanner.estate.verdict import Confidence, Severity, Verdict
from scanner.evaluation.compiling import Program
from scanner.evaluation.nodes import Assertion
from scanner.evaluation.parameters import Param


@dataclass(frozen=True, slots=True)
class Attack:
    """A MITRE ATT&CK technique and `how` the rule helps against it: prevents, detects or recovers."""

    technique: str
    how: str
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """A resource and the verdict that the rule must give it.

    `evidence` lists the exact paths of the evidence, None when the example does not say. `line` is its 1-based line.
    """

    name: str
    expect: Verdict
    resource: Resource
    evidence: frozenset[str] | None
    params: Mapping[str, Value]
    line: int


@dataclass(frozen=True)
class Rule:
    """One rule file. `needs` is what must be read to judge by it; `node` is the document it was made from.

    `controls` maps a framework's key to control ids; `fix` is the next step for a person and `remedy` the name of a
    registered remedy, both empty where there is none; `when` is None for a rule that always applies.
    """

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    since: str
    kind: str
    why: str
    fix: str
    attack: tuple[Attack, ...]
    controls: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Param]
    when: Assertion | None
    expect: Assertion
    remedy: str
    references: tuple[str, ...]
    examples: tuple[Example, ...]
    needs: frozenset[Need]
    node: Node = field(repr=False, compare=False)

    @property
    def file(self) -> str:
        """The file that the rule was loaded from."""
        return self.node.file

    @cached_property
    def program(self) -> Program:
        """The compiled tree, made when the rule is first used."""
        return Program.of(self.when, self.expect)

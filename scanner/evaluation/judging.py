"""Judges resources by rules: one judgement for each resource of a rule's kind.

The verdict is found at once; the evidence only when somebody looks at it, because most of 100,000 passes are merely
counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.estate.verdict import Evidence, Verdict
from scanner.evaluation.closures import Subject
from scanner.evaluation.parameters import with_defaults
from scanner.evaluation.rule import Rule

MAX_EVIDENCE = 20
"""How many pieces of evidence a judgement carries; the rest is counted."""

SourceOf: TypeAlias = Callable[[Resource, str], str]
"""Where the value at a path (without indexes) of a resource came from: `s3:GetBucketVersioning`, or a file."""


@dataclass(frozen=True)
class Judgement:
    """What a rule says of a resource.

    `evidence` has the false leaves that decided a FAIL, the true ones of a PASS, the unknown ones of an UNKNOWN (each
    observed as an Unknown with its reason), at most `MAX_EVIDENCE` of them; `more` counts the others.
    """

    rule: Rule
    resource: Resource
    verdict: Verdict
    _params: Mapping[str, Value] = field(repr=False, compare=False)
    _source_of: SourceOf = field(repr=False, compare=False)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The leaves that decided, in the order of the rule."""
        return self._explanation[0]

    @property
    def more(self) -> int:
        """How many leaves were left out of `evidence`."""
        return self._explanation[1]

    @cached_property
    def _explanation(self) -> tuple[tuple[Evidence, ...], int]:
        subject = Subject(self.resource, self._params)
        evidence: dict[tuple[str, str], Evidence] = {}
        more = 0
        for found in self.rule.program.explain(subject, self.verdict):
            if (found.path, found.expected) in evidence:
                continue
            if len(evidence) == MAX_EVIDENCE:
                more += 1
                continue
            source = "" if found.path.startswith("$") else self._source_of(self.resource, found.plain_path)
            evidence[found.path, found.expected] = Evidence(found.path, found.expected, found.observed, source)
        return tuple(evidence.values()), more


def unsourced(_resource: Resource, _path: str) -> str:
    """A `SourceOf` for where it does not matter."""
    return ""


def judge(
    rule: Rule, resource: Resource, params: Mapping[str, Value] | None = None, source_of: SourceOf = unsourced
) -> Judgement:
    """Judge one resource of the rule's kind. `params` overrides the rule's own defaults and must have been checked."""
    return _judged(rule, resource, with_defaults(rule.params, params or {}), source_of)


def judge_estate(
    rules: Iterable[Rule],
    estate: Estate,
    params: Mapping[str, Mapping[str, Value]] | None = None,
    source_of: SourceOf = unsourced,
) -> Iterator[Judgement]:
    """Judge every resource of an estate by every rule of its kind. `params` maps rule ids to what overrides them."""
    for rule in rules:
        values = with_defaults(rule.params, (params or {}).get(rule.id, {}))
        for resource in estate.of_type(rule.kind):
            yield _judged(rule, resource, values, source_of)


def _judged(rule: Rule, resource: Resource, params: Mapping[str, Value], source_of: SourceOf) -> Judgement:
    verdict = rule.program.verdict(Subject(resource, params))
    return Judgement(rule, resource, verdict, params, source_of)

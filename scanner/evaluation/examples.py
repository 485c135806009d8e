"""Runs the examples that every rule carries: a rule without proof that it can tell right from wrong is not shipped."""

from dataclasses import dataclass

from scanner.estate.verdict import Verdict
from scanner.evaluation.judging import Judgement, judge
from scanner.evaluation.rule import Example, Rule

REQUIRED = (Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN)
"""Every rule shows at least one example of each."""


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that the rule does not bear out, or (with an empty name) one that is missing."""

    rule: str
    example: str
    message: str
    file: str
    line: int


def check_examples(rule: Rule) -> list[ExampleFailure]:
    """Judge every example of a rule; the failures, none when all is well."""
    failures = [
        ExampleFailure(rule.id, "", f"no example expects {verdict}", rule.file, rule.node.line_of(("examples",)))
        for verdict in REQUIRED
        if all(example.expect is not verdict for example in rule.examples)
    ]
    for example in rule.examples:
        if message := _mismatch(rule, example):
            failures.append(ExampleFailure(rule.id, example.name, message, rule.file, example.line))
    return failures


def holds(rule: Rule) -> bool:
    """Whether every example gets the verdict, and where it says so the evidence, that it expects."""
    return not any(_mismatch(rule, example) for example in rule.examples)


def _mismatch(rule: Rule, example: Example) -> str:
    judgement = judge(rule, example.resource, example.params)
    if judgement.verdict is not example.expect:
        return f"expects {example.expect} and gets {judgement.verdict}{_because(judgement)}"
    if example.evidence is None:
        return ""
    found = {evidence.path for evidence in judgement.evidence}
    if found == example.evidence:
        return ""
    return f"expects evidence {_listed(example.evidence)} and gets {_listed(found)}"


def _because(judgement: Judgement) -> str:
    lines = [f"{found.path} {found.expected}, observed {found.observed!r}" for found in judgement.evidence[:5]]
    return f" ({'; '.join(lines)})" if lines else ""


def _listed(paths: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(paths)) or "none"

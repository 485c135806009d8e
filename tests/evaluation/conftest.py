"""A rule that is as small as rules get; tests change the part that they are about."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scanner.estate.strict_yaml import parse_yaml
from scanner.evaluation.reading import rule_of
from scanner.evaluation.rule import Rule

MakeRule = Callable[..., Rule]

SMALLEST: dict[str, Any] = {
    "id": "the-rule",
    "title": "What holds",
    "severity": "high",
    "confidence": "high",
    "since": "0.1.0",
    "kind": "AWS::S3::Bucket",
    "why": "Because.",
    "attack": [],
    "controls": {},
    "expect": {"path": "VersioningConfiguration.Status", "equals": "Enabled"},
    "references": ["https://docs.aws.amazon.com/"],
    "examples": [{"name": "good", "expect": "PASS", "resource": {"VersioningConfiguration": {"Status": "Enabled"}}}],
}


@pytest.fixture
def make_rule() -> MakeRule:
    """Makes the smallest rule with some keys changed, or left out where they are given as None."""

    def make(**changes: Any) -> Rule:
        raw = {key: value for key, value in {**SMALLEST, **changes}.items() if value is not None}
        return rule_of(parse_yaml(json.dumps(raw, indent=1), "the-rule.yaml"), "the-rule")

    return make

"""A rule file from a stranger can be wrong, but neither slow, nor large, nor loud, nor alive."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InvalidInputError
from scanner.estate.resource import Resource
from scanner.estate.strict_yaml import parse_yaml
from scanner.estate.verdict import Verdict
from scanner.evaluation.judging import judge
from scanner.evaluation.pack import load_pack
from scanner.evaluation.problems import RulePackError
from scanner.evaluation.reading import rule_of
from scanner.evaluation.rule import Rule

MakeRule = Callable[..., Rule]

LEAF: dict[str, Any] = {"path": "BucketName", "exists": True}


def nested(depth: int) -> Any:
    node = LEAF
    for _ in range(depth):
        node = {"not": node}
    return node


@pytest.mark.parametrize(
    "data",
    [
        b"a: &a [x]\nb: [*a, *a]\n",
        b"- x\n" * 2_500_000,
        b"id: \xff\xfe\n",
        b"!!python/object/apply:os.system ['true']\n",
        b"id: a\nid: b\n",
        b"[" * 100_000,
        b"",
        b"just text",
        b"- a\n- b\n",
        b"".join(b"key%d: x\n" % number for number in range(50_000)),
    ],
    ids=["anchors", "10 MB", "not UTF-8", "tag", "duplicate", "deep", "empty", "text", "list", "50,000 unknown keys"],
)
def test_a_broken_file_is_an_error_at_once(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "rule.yaml").write_bytes(data)
    started = time.monotonic()
    with pytest.raises(RulePackError) as caught:
        load_pack(tmp_path)
    assert time.monotonic() - started < 5
    assert all(error.file == str(tmp_path / "rule.yaml") for error in caught.value.errors)
    assert len(caught.value.errors) <= 100


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        (nested(100), "nested deeper than"),
        ({"all": [{"any": [LEAF] * 50}] * 50}, "more than 500 conditions"),
        ({"path": "A" * 300, "exists": True}, "too long"),
        ({"path": "BucketName", "matches": "a" * 600}, "too long"),
        ({"path": "BucketName", "matches": "((a{255}){255}){255}"}, "invalid repetition size"),
        ({"path": "BucketName", "in": [str(number) for number in range(300)]}, "is not a list of plain values"),
    ],
    ids=["depth", "breadth", "path", "pattern", "automaton", "list"],
)
def test_a_rule_has_a_size(make_rule: MakeRule, expect: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint):
        make_rule(expect=expect)


def test_lists_inside_lists_cannot_multiply(make_rule: MakeRule) -> None:
    node = LEAF
    for _ in range(3):
        node = {
            "each": {
                "in": "$.ReplicationConfiguration.Rules",
                "that": node if "each" in node else {"path": "Status", "exists": True},
            }
        }
    with pytest.raises(RulePackError, match="only one list of the resource may be looked through inside another"):
        make_rule(expect=node)


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("references", ["https://a", 1] * 20_000, "references: has too many entries: 40000, at most 20"),
        ("controls", {f"k{number}": 1 for number in range(20_000)}, "controls: has too many keys: 20000, at most 40"),
        ("examples", [{}] * 60_000, "examples: has too many entries: 60000, at most 60"),
        ("why", "x" * 200_000, "why: is too long: 200000 characters, at most 4000"),
        ("expect", {"any": [{"any": [{}]}] * 15_000}, "expect.any.0..any.0.: is not a condition"),
    ],
    ids=["list", "mapping", "examples", "text", "tree"],
)
def test_too_much_of_anything_is_refused_at_once(make_rule: MakeRule, key: str, value: Any, complaint: str) -> None:
    started = time.monotonic()
    with pytest.raises(RulePackError, match=complaint) as caught:
        make_rule(**{key: value})
    assert time.monotonic() - started < 5
    assert len(caught.value.errors) <= 50


@pytest.mark.parametrize("path", ["__class__", "BucketName.__class__", "$.__dict__", "$resource", "$.properties"])
def test_a_path_cannot_leave_the_resource(make_rule: MakeRule, path: str) -> None:
    with pytest.raises(RulePackError):
        make_rule(expect={"path": path, "exists": True})


def test_in_an_open_document_a_path_is_still_only_a_key(make_rule: MakeRule) -> None:
    expect = {"path": "KeyPolicy.__class__.__init__.__globals__", "exists": True}
    rule = make_rule(kind="AWS::KMS::Key", expect=expect, examples=[{"name": "e", "expect": "FAIL", "resource": {}}])
    key = Resource("AWS::KMS::Key", "", "", "", "k", {"KeyPolicy": {"Statement": []}})
    assert judge(rule, key).verdict is Verdict.FAIL


def test_a_value_with_braces_is_only_text(make_rule: MakeRule) -> None:
    rule = make_rule(expect={"path": "BucketName", "equals": "{0.__class__} %s ${7*7}"})
    resource = Resource("AWS::S3::Bucket", "", "", "", "b", {"BucketName": "{0.__class__} %s ${7*7}"})
    judgement = judge(rule, resource)
    assert judgement.verdict is Verdict.PASS
    assert judgement.evidence[0].expected == 'equals "{0.__class__} %s ${7*7}"'


@pytest.mark.parametrize("loud", ["\\e[2J", "\\u202Eevil", "\\n\\nall is well", "\\x07"])
def test_an_error_cannot_repaint_the_terminal(make_rule: MakeRule, loud: str) -> None:
    text = f'id: a\n"key{loud}": 1\nexpect: {{path: "$x{loud}", exists: true}}\n'
    with pytest.raises(RulePackError) as caught:
        rule_of(parse_yaml(text, "a.yaml"), "a")
    assert all(line.isprintable() for line in caught.value.diagnostic().split("\n"))
    assert caught.value.diagnostic().count("\n") <= 2 * len(caught.value.errors)


KEYS = st.sampled_from(["all", "any", "not", "each", "some", "path", "equals", "in", "that", "where", "exists", "x"])
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["BucketName", "Tags"]))
JUNK = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=10
)


@given(JUNK, JUNK)
def test_any_junk_is_a_rule_or_an_error_and_never_a_crash(expect: Any, resource: Any) -> None:
    raw = {
        "id": "a",
        "title": "t",
        "severity": "low",
        "confidence": "low",
        "since": "0.1.0",
        "kind": "AWS::S3::Bucket",
        "why": "w",
        "attack": [],
        "controls": {},
        "references": ["https://a"],
        "expect": expect,
        "examples": [{"name": "e", "expect": "PASS", "resource": resource}],
    }
    try:
        rule = rule_of(parse_yaml(json.dumps(raw), "a.yaml"), "a")
    except InvalidInputError:
        return
    assert judge(rule, rule.examples[0].resource).verdict in Verdict

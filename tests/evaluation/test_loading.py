"""A rule that loads means something: everything else is an error with its line and what was expected."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import InvalidInputError
from scanner.estate.needs import Need
from scanner.estate.strict_yaml import parse_yaml
from scanner.estate.verdict import Confidence, Severity
from scanner.evaluation.pack import load_pack
from scanner.evaluation.problems import RulePackError
from scanner.evaluation.reading import rule_of
from scanner.evaluation.rule import Attack, Rule

MakeRule = Callable[..., Rule]

RULE = """\
id: buckets-keep-versions
title: Buckets keep versions
severity: high
confidence: medium
since: 0.1.0
kind: AWS::S3::Bucket
why: >
  Without them a deletion is final.
fix: Turn versioning on.
attack:
  - {technique: T1485, how: recovers}
controls: {nist_800_53_r5: [CP-9]}
params:
  days: {type: integer, default: 35, minimum: 1, description: How long.}
when: {path: ReplicationConfiguration, exists: true}
expect:
  all:
    - {path: VersioningConfiguration.Status, equals: Enabled}
    - {path: ObjectLockConfiguration.Rule.DefaultRetention.Days, at_least: {param: days}}
remedy: enable-versioning
references: ["https://docs.aws.amazon.com/"]
examples:
  - name: good
    expect: PASS
    resource: {$region: eu-west-1, VersioningConfiguration: {Status: Enabled}}
"""


def load(text: str) -> Rule:
    return rule_of(parse_yaml(text, "rules/buckets-keep-versions.yaml"), "buckets-keep-versions")


def errors_of(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(RulePackError) as caught:
        load(text)
    assert all(error.file == "rules/buckets-keep-versions.yaml" for error in caught.value.errors)
    return [(error.line, error.message, error.hint) for error in caught.value.errors]


def test_a_rule_says_what_it_is() -> None:
    rule = load(RULE)
    assert (rule.id, rule.severity, rule.confidence) == ("buckets-keep-versions", Severity.HIGH, Confidence.MEDIUM)
    assert (rule.why, rule.fix, rule.remedy) == (
        "Without them a deletion is final.",
        "Turn versioning on.",
        "enable-versioning",
    )
    assert rule.attack == (Attack("T1485", "recovers", "Data Destruction"),)
    assert rule.controls == {"nist_800_53_r5": ("CP-9",)}
    assert rule.examples[0].resource.region == "eu-west-1"
    assert rule.examples[0].line == 23


def test_a_rule_needs_what_its_paths_name() -> None:
    names = ("ReplicationConfiguration", "VersioningConfiguration", "ObjectLockConfiguration")
    assert load(RULE).needs == {Need("AWS::S3::Bucket", name) for name in names}


@pytest.mark.parametrize(
    ("kind", "expect", "paths"),
    [
        ("AWS::KMS::Key", {"path": "Observed.KeyState", "equals": "Enabled"}, {"Observed.KeyState"}),
        ("AWS::KMS::Key", {"path": "$account", "in": ["111111111111"]}, {""}),
        (
            "AWS::S3::Bucket",
            {"each": {"in": "Tags", "that": {"path": "$.BucketName", "exists": True}}},
            {"Tags", "BucketName"},
        ),
        ("AWS::S3::Bucket", {"some": {"in": "Tags", "that": {"path": "Key", "equals": {"path": "$name"}}}}, {"Tags"}),
    ],
)
def test_needs_follow_every_kind_of_path(make_rule: MakeRule, kind: str, expect: Any, paths: set[str]) -> None:
    rule = make_rule(kind=kind, expect=expect, examples=[{"name": "e", "expect": "PASS", "resource": {}}])
    assert rule.needs == {Need(kind, path) for path in paths}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("severity: high", "severity: hihg", 3, "severity: 'hihg' is not allowed here; did you mean high?"),
        ("severity: high", "sevrity: high", 3, "sevrity: unknown key 'sevrity'; did you mean severity?"),
        ("title: Buckets keep versions\n", "", 1, "the key 'title' is missing"),
        ("since: 0.1.0", "since: 0.1", 5, "since: a number where text was expected; put it in quotes"),
        ("::Bucket", "::Buckte", 6, "kind: unknown resource type AWS::S3::Buckte; did you mean AWS::S3::Bucket?"),
        ("T1485,", "T1562.008,", 11, "attack[0].technique: T1562.008 is revoked in ATT&CK 19; it is now T1685.002"),
        ("T1485,", "T9999,", 11, "attack[0].technique: T9999 is no technique of rules/vocabulary/attack.json"),
        ("how: recovers", "how: recover", 11, "attack[0].how: 'recover' is not allowed here; did you mean recovers?"),
        ("[CP-9]", "[CP-99]", 12, "nist_800_53_r5 has no control 'CP-99'; did you mean CP-9?"),
        ("nist_800_53_r5", "nist_800_53", 12, "unknown framework 'nist_800_53'; did you mean nist_800_53_r5?"),
        ("id: buckets-keep", "id: bucket-keeps", 1, "is not the name of the file; rename the file to bucket-keeps-"),
        ("{param: days}", "{param: dyas}", 19, "at_least.param: there is no parameter 'dyas'; did you mean days?"),
        ("{param: days}", "30", 14, "params.days: no condition uses this parameter; remove it"),
        ("default: 35", "default: 0", 14, "params.days.default: 0 is less than 1"),
        ("default: 35", "default: soon", 14, "params.days.default: text where a whole number was expected"),
        ("integer, default: 35", "string, default: x", 14, "params.days: a string has neither minimum nor maximum"),
        (
            "{Status: Enabled}}",
            "{Staus: Enabled}}",
            25,
            "Configuration.Staus: unknown key 'Staus'; did you mean Status?",
        ),
        ("$region: eu-west-1", "$regoin: x", 25, "resource.$regoin: unknown key '$regoin'; did you mean $region?"),
        ("$region: eu-west-1", "$account: 1", 25, "examples[0].resource.$account: is not text; put it in quotes"),
        ('"https:', '"http:', 21, "does not look as expected; expected to match ^https://"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_meant(old: str, new: str, line: int, told: str) -> None:
    errors = errors_of(RULE.replace(old, new, 1))
    assert any(at == line and told in f"{message}; {hint}" for at, message, hint in errors), errors


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("{all: []}", "expect.all: has too few entries: at least 1"),
        ("{any: []}", "expect.any: has too few entries: at least 1"),
        ("{}", "expect: is not a condition: one of all, any, not, each, some alone, or path with exactly one operator"),
        ("{path: BucketName}", "expect: is not a condition"),
        ("{path: BucketName, equals: a, in: [b]}", "expect: is not a condition"),
        ("{all: [{path: BucketName, exists: true}], path: BucketName}", "expect: is not a condition"),
        ("{path: BucketName, equal: a}", "expect.equal: unknown key 'equal'"),
        ("{path: BucketName, exists: 1}", "expect.exists: a number where true or false was expected"),
        ("{path: BucketName, exists: yes}", "expect.exists: text where true or false was expected"),
        ("{path: BucketName, in: a}", "expect.in: is not a list of plain values"),
        ("{path: BucketName, in: []}", "expect.in: is not a list of plain values"),
        ("{path: BucketName, equals: {a: b}}", "expect.equals: is not a plain value"),
        (
            "{path: BucketNmae, exists: true}",
            "expect.path: AWS::S3::Bucket has no 'BucketNmae'; did you mean BucketName?",
        ),
        ("{path: ReplicationConfiguration.Rules.Status, equals: Enabled}", "is a list; use each or some"),
        ("{path: 'ReplicationConfiguration.Rules[0].Status', equals: Enabled}", "has an index; use each or some"),
        ("{path: ., exists: true}", "there is none around"),
        ("{path: $acount, exists: true}", "expect.path: $acount is none of $type, $arn"),
        ("{path: Observed, exists: true}", "expect.path: "),
        ("{path: BucketName, at_least: 5}", "expect.at_least: BucketName is text, which at_least cannot judge"),
        ("{path: ReplicationConfiguration.Rules, equals: a}", "is a list, which equals cannot judge"),
        (
            "{path: VersioningConfiguration, equals: Enabled}",
            "expect.equals: 'Enabled' is string, and the value is an object",
        ),
        ("{path: ObjectLockEnabled, matches: a}", "is true or false, which matches cannot judge"),
        ("{path: VersioningConfiguration.Status, equals: enabled}", "expect.equals: the value is never 'enabled'"),
        ("{path: VersioningConfiguration.Status, in: [Enabled, On]}", "expect.in[1]: the value is never 'On'"),
        (
            "{path: ObjectLockEnabled, equals: 'true'}",
            "expect.equals: 'true' is string, and the value is true or false",
        ),
        ("{path: BucketName, equals: 5}", "expect.equals: 5 is integer, and the value is text"),
        (
            "{path: BucketName, equals: {path: ObjectLockEnabled}}",
            "ObjectLockEnabled is true or false, the value is text",
        ),
        ("{path: BucketName, equals: {path: Tags}}", "expect.equals: Tags is a list, which cannot stand here"),
        ("{path: BucketName, in: {path: BucketName}}", "expect.in: BucketName is text, and a list is needed here"),
        ("{path: BucketName, equals: {path: BucketNam}}", "expect.equals.path: AWS::S3::Bucket has no 'BucketNam'"),
        ("{path: BucketName, matches: '(a+)+$'}", "expect.matches: an anchor"),
        ("{each: {in: VersioningConfiguration, that: {path: ., exists: true}}}", "is an object, not a list"),
        ("{each: {in: Tags}}", "expect.each: the key 'that' is missing"),
        (
            "{each: {in: Tags, that: {path: Kye, exists: true}}}",
            "expect.each.that.path: the element has no 'Kye'; did you mean Key?",
        ),
        ("{some: {in: Tags, that: {path: Key, exists: true}, allow_empty: true}}", "unknown key 'allow_empty'"),
    ],
)
def test_a_condition_that_cannot_mean_anything_does_not_load(make_rule: MakeRule, expect: str, message: str) -> None:
    with pytest.raises(RulePackError) as caught:
        make_rule(expect=parse_yaml(expect, "").value)
    assert any(message in error.message for error in caught.value.errors), caught.value.diagnostic()


@pytest.mark.parametrize(
    ("type_", "default", "expect", "message"),
    [
        (
            "list",
            ["a"],
            {"path": "BucketName", "equals": {"param": "p"}},
            "is of type list, and a single value is needed",
        ),
        ("string", "a", {"path": "BucketName", "in": {"param": "p"}}, "is of type string, and a list is needed here"),
        (
            "integer",
            1,
            {"path": "BucketName", "equals": {"param": "p"}},
            "the parameter p is integer, and the value is text",
        ),
    ],
)
def test_a_parameter_must_fit_where_it_is_used(
    make_rule: MakeRule, type_: str, default: Any, expect: Any, message: str
) -> None:
    declared = {"p": {"type": type_, "default": default, "description": "x"}}
    with pytest.raises(RulePackError, match=message):
        make_rule(params=declared, expect=expect)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = (
        RULE.replace("T1485", "T9999")
        .replace("[CP-9]", "[CP-99]")
        .replace("Status, equals: Enabled", "Staus, equals: a")
    )
    assert [line for line, _, _ in errors_of(text)] == [11, 12, 18]


def test_a_pack_tells_what_is_wrong_in_all_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "buckets-keep-versions.yaml").write_text(RULE)
    (tmp_path / "a" / "one.yaml").write_text("id: [")
    (tmp_path / "a" / "two.yaml").write_text(RULE)
    (tmp_path / "b.yml").write_text(RULE)
    with pytest.raises(RulePackError) as caught:
        load_pack(tmp_path, tmp_path / "missing")
    told = [(Path(error.file or "").name, error.line) for error in caught.value.errors]
    assert told == [("one.yaml", 2), ("two.yaml", 1), ("b.yml", None), ("missing", None)]
    assert caught.value.diagnostic().count("\n") >= 3


def test_who_only_judges_can_leave_the_examples_out(tmp_path: Path) -> None:
    (tmp_path / "buckets-keep-versions.yaml").write_text(RULE.replace("{Status: Enabled}}", "{Staus: 5}}"))
    with pytest.raises(RulePackError, match="unknown key 'Staus'"):
        load_pack(tmp_path)
    (rule,) = load_pack(tmp_path, examples=False).rules
    assert (rule.title, rule.examples) == ("Buckets keep versions", ())


def test_ids_are_unique_across_folders(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "buckets-keep-versions.yaml").write_text(RULE)
    with pytest.raises(RulePackError, match="'buckets-keep-versions' is taken by"):
        load_pack(tmp_path / "one", tmp_path / "two")


def test_rules_are_selected_by_id_and_severity(tmp_path: Path) -> None:
    (tmp_path / "buckets-keep-versions.yaml").write_text(RULE)
    (tmp_path / "a.yaml").write_text(
        RULE.replace("id: buckets-keep-versions", "id: a").replace("severity: high", "severity: low")
    )
    pack = load_pack(tmp_path)
    assert [rule.id for rule in pack.rules] == ["a", "buckets-keep-versions"]
    assert [rule.id for rule in pack.select(["a"])] == ["a"]
    assert [rule.id for rule in pack.select(severities=[Severity.HIGH])] == ["buckets-keep-versions"]
    assert pack.select(["a"], [Severity.HIGH]) == ()
    with pytest.raises(InvalidInputError, match="there is no rule 'bucket-keep-versions'") as caught:
        pack.select(["bucket-keep-versions"])
    assert caught.value.hint == "did you mean buckets-keep-versions?"

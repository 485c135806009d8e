"""The built-in rules: each one proves itself by its examples, and reads nothing that nobody could give it."""

from pathlib import Path

import pytest

from scanner import analysis
from scanner.estate.needs import Need
from scanner.estate.shapes import load_shape
from scanner.evaluation.examples import check_examples
from scanner.evaluation.mutation import surviving_mutants
from scanner.evaluation.pack import builtin_directory, load_pack
from scanner.sources.aws.tables import operation_for

RULES = load_pack().rules
TOPICS = {"access-points", "account", "bucket", "classification", "keys", "logging", "object-lock"}
TOPICS |= {"backup", "replication", "roles", "templates", "waivers"}
FROM_TEMPLATES = {"DR::Template", "DR::Template::Resource"}

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@each_rule
def test_its_examples_hold(rule):
    assert check_examples(rule) == []


@each_rule
def test_its_examples_notice_every_change_of_it(rule):
    assert surviving_mutants(rule) == []


@each_rule
def test_what_it_reads_is_derived_or_asked_of_aws_or_stands_in_templates(rule):
    for need in analysis.close(rule.needs):
        assert not need.path.startswith("Derived")
        if need.type in FROM_TEMPLATES:
            continue
        assert not need.type.startswith("DR::")
        assert load_shape(need.type) is not None
        assert need.path == "" or operation_for(need.type, need.path), need


@each_rule
def test_it_says_what_to_do_and_where_it_is_written(rule):
    assert rule.fix
    assert rule.attack
    assert {"nist_800_53_r5"} <= set(rule.controls)
    assert any("amazon" in reference for reference in rule.references)


def test_a_control_of_the_foundational_standard_is_one_of_security_hub():
    for rule in RULES:
        hub, standard = (set(rule.controls.get(name, ())) for name in ("aws_security_hub", "aws_fsbp"))
        assert standard <= hub, rule.id


def test_rules_lie_in_folders_by_topic():
    files = list(builtin_directory().glob("*/*.yaml"))
    assert {file.stem for file in files} == {rule.id for rule in RULES}
    assert {file.parent.name for file in files} >= TOPICS


def test_the_cheapest_rule_costs_one_call_a_bucket():
    [rule] = load_pack().select(["bucket-versioning-not-suspended"], ())
    assert analysis.close(rule.needs) == {Need("AWS::S3::Bucket", "VersioningConfiguration")}


def test_no_rule_says_the_same_as_another():
    for what in ("title", "why", "fix"):
        texts = [getattr(rule, what) for rule in RULES]
        assert len(set(texts)) == len(texts)


def test_files_are_read_without_leaving_the_pack():
    assert all(Path(rule.file).resolve().is_relative_to(builtin_directory().resolve()) for rule in RULES)

"""`rules new` starts from what works."""

import pytest

from scanner.errors import InvalidInputError
from scanner.estate.shapes import known_types
from scanner.estate.strict_yaml import parse_yaml
from scanner.evaluation.examples import check_examples
from scanner.evaluation.mutation import surviving_mutants
from scanner.evaluation.reading import rule_of
from scanner.evaluation.skeleton import skeleton


@pytest.mark.parametrize("kind", known_types())
def test_a_skeleton_loads_and_its_examples_prove_it(kind: str) -> None:
    rule = rule_of(parse_yaml(skeleton("my-rule", kind), "my-rule.yaml"), "my-rule")
    assert rule.kind == kind
    assert check_examples(rule) == []
    assert surviving_mutants(rule) == []


@pytest.mark.parametrize("id_", ["My-Rule", "my_rule", "../evil", "-a", "a--b", "", "a" * 81, "a: b"])
def test_an_id_is_words_joined_by_hyphens(id_: str) -> None:
    with pytest.raises(InvalidInputError, match="is no rule id"):
        skeleton(id_, "AWS::S3::Bucket")


def test_an_unknown_type_comes_with_a_suggestion() -> None:
    with pytest.raises(InvalidInputError) as caught:
        skeleton("my-rule", "AWS::S3::Buckt")
    assert caught.value.hint == "did you mean AWS::S3::Bucket?"

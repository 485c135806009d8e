"""Whatever AWS may answer by its own models, what the reader makes of it fits the shape, or is a failure.

Answers are made from botocore's output shapes, with and without their optional members.
"""

import json
from importlib.resources import files
from typing import Any

import botocore.session
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.estate.unknown import Unknown
from scanner.sources.aws.assembly import _nested
from scanner.sources.aws.calls import Call, Found, Place
from scanner.sources.aws.tables import CALLS

PLACE = Place("111111111111", "eu-west-1", "aws")
ARN = "arn:aws:service:eu-west-1:111111111111:thing/name"
SUBJECT = Found("AWS::S3::Bucket", ARN, "name", "eu-west-1", handle="handle", account="111111111111")
POLICIES = ('{"Version": "2012-10-17", "Statement": []}', "{", "[]")
MODELS = botocore.session.Session()


def answers(call: Call) -> st.SearchStrategy[Any]:
    """Answers to a call that pass its checks."""
    shape = MODELS.get_service_model(call.service).operation_model(call.operation).output_shape
    return like(shape, tuple(call.holds.split(".")) if call.holds else ())


def like(shape: Any, holds: tuple[str, ...] = (), depth: int = 0) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "structure":
            wanted = {*shape.required_members, *holds[:1]}
            members = {
                name: like(member, holds[1:] if name in holds[:1] else (), depth + 1)
                for name, member in shape.members.items()
                if depth < 7
            }
            required = {name: strategy for name, strategy in members.items() if name in wanted}
            optional = {name: strategy for name, strategy in members.items() if name not in wanted}
            return st.fixed_dictionaries(required, optional=optional)
        case "list":
            return st.lists(like(shape.member, (), depth + 1), max_size=1)
        case "map":
            keys = st.sampled_from(["TopicArn", "SubscriptionArn", "Policy", "SubscriptionsConfirmed"])
            always = dict.fromkeys(holds, ARN)
            return st.dictionaries(keys, st.just("1")).map(lambda found: {**found, **always})
        case "string":
            return strings(shape)
        case "timestamp":
            return st.datetimes()
        case "boolean":
            return st.booleans()
        case "double" | "float":
            return st.floats(0, 1000)
    return st.integers(0, 1000)


def strings(shape: Any) -> st.SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    if "arn" in shape.name.lower():
        return st.just(ARN)
    return st.sampled_from(POLICIES) if "olicy" in shape.name else st.sampled_from(["", "<b>"])


def validator(type_: str) -> Any:
    text = files("scanner.estate").joinpath("shapes", f"{type_.lower().replace('::', '-')}.json").read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


VALIDATORS = {type_: validator(type_) for call in CALLS for type_ in call.gives}


def known(value: Any) -> Any:
    """The value without what is unknown, which fits every shape."""
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items() if not isinstance(item, Unknown)}
    return [known(item) for item in value if not isinstance(item, Unknown)] if isinstance(value, list) else value


def check(type_: str, properties: Any, paths: Any) -> None:
    assert set(properties) <= set(paths)
    errors = VALIDATORS[type_].iter_errors(known(_nested(properties)))
    # Values that AWS has but CloudFormation does not are no harm: no rule can ask for them.
    assert [error for error in errors if error.validator != "enum"] == []


@pytest.mark.parametrize("call", CALLS, ids=[f"{call.name} {' '.join(call.lists)}" for call in CALLS])
def test_answers_fit(call: Call) -> None:
    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(answers(call))
    def fits(answer: Any) -> None:
        try:
            found = list(call.finds(answer, PLACE, SUBJECT))
            properties = call.properties(answer)
        except (LookupError, ValueError):
            return  # the reader takes an answer without its own names and ARNs for a failure
        for resource in found:
            check(resource.type, resource.properties, call.gives.get(resource.type, ()) or resource.properties)
        for type_ in call.of if not call.locates else ():
            check(type_, properties, call.gives.get(type_, ()))

    fits()

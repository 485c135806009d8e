"""What others wrote survives every plan, letter by letter and where it stands; what no step names is not touched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from link_blueprint import HOME
from planned import planned

from scanner.estate.resource import Resource
from tests.remedies.buckets.estates import BREAKS, Drawn, chosen, drawn

ODD_RULES = {"recovery-key-owned-by-recovery-account"}
"""Rules that are about every replication rule, that of others too."""


def with_neighbours(blueprint: Drawn) -> None:
    """Things of others beside those that plans change, made to look like what plans might look for."""
    spared = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${*}break"}}}
    for document in (blueprint.source_policy, blueprint.destination_policy):
        if document is not None:
            odd = blueprint.deny(["s3:Put*", "dynamodb:*"], "*", Principal="*", Sid="DenyDestruction", **spared)
            document["Statement"].insert(0, odd)
    for key in (blueprint.source_key, blueprint.replica_key):
        if key is not None:
            key["Statement"].insert(0, blueprint.allow("kms:DescribeKey", "*", Principal=blueprint.root(HOME), Id=1))
    blueprint.add_rule(Id="odd", Priority=9, Filter={"Prefix": "odd/"}, Status="Disabled")
    for bucket in (blueprint.source, blueprint.copy):
        bucket.setdefault("MetricsConfigurations", []).insert(
            0, {"Id": "odd", "TagFilters": [{"Key": "a", "Value": "*"}]}
        )
        bucket["NotificationConfiguration"] = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        bucket["Tags"] = [{"Key": "aws:odd", "Value": "${odd}"}]
        if "LifecycleConfiguration" in bucket:
            odd_rule = {"Id": "odd", "Status": "Disabled", "Prefix": "odd/", "ExpirationInDays": 1}
            bucket["LifecycleConfiguration"]["Rules"].insert(0, odd_rule)
    blueprint.alarm("odd", "5xxErrors", Metrics=[{"Id": "m1", "Expression": "1/0", "ReturnData": True}])


def entries(resource: Resource) -> Iterator[tuple[str, list[Any]]]:
    """The lists of a resource whose elements belong to whoever wrote them."""
    properties = resource.properties
    for name in ("PolicyDocument", "KeyPolicy"):
        if name in properties:
            yield name, properties[name]["Statement"]
    for policy in properties.get("Policies", ()):
        yield policy["PolicyName"], policy["PolicyDocument"]["Statement"]
    for name in ("ReplicationConfiguration", "LifecycleConfiguration"):
        yield name, [rule for rule in properties.get(name, {}).get("Rules", ()) if rule["Id"] == "odd"]
    yield "MetricsConfigurations", properties.get("MetricsConfigurations", [])
    yield "AlarmActions", properties.get("AlarmActions", [])
    yield "NotificationConfiguration", list(properties.get("NotificationConfiguration", {}).items())


@pytest.mark.parametrize("name", BREAKS)
def test_what_others_wrote_survives(name: str) -> None:
    blueprint, rules = drawn(name), BREAKS[name][1]
    with_neighbours(blueprint)
    found = planned(blueprint.estate, blueprint.intent, rules, chosen(name))
    assert "FAIL" not in found.verdicts(next(iter(rules))), found.why()
    after = {resource.identity: resource for resource in found.estate.resources}
    stepped = {(step.target.arn, step.target.type, step.property) for step in found.plan.steps}
    for was in blueprint.estate.resources:
        now = after[was.identity]
        for property_ in {*was.properties, *now.properties}:
            if not stepped & {(was.arn, was.type, property_), (was.arn, was.type, "*")}:
                assert was.properties.get(property_) == now.properties.get(property_)
        if not rules & ODD_RULES:
            assert list(kept(was, now)) == [texts for _, texts in written(was)]


def written(resource: Resource) -> list[tuple[str, list[str]]]:
    return [(name, [json.dumps(one) for one in found]) for name, found in entries(resource)]


def kept(was: Resource, now: Resource) -> Iterator[list[str]]:
    """Of every list what was there before, letter by letter, in the order in which it is there now."""
    there = dict(written(now))
    for name, texts in written(was):
        yield [text for text in there[name] if text in texts]


def test_an_alarm_of_others_keeps_all_but_where_it_speaks() -> None:
    blueprint = drawn("alarm to nobody")
    found = planned(blueprint.estate, blueprint.intent, BREAKS["alarm to nobody"][1])
    step = found.step("AWS::CloudWatch::Alarm", "*")
    assert step.after == {**step.before, "AlarmActions": [blueprint.home("sns", "pager")]}
    assert step.before["AlarmDescription"] == "by others"

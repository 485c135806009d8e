"""Plans as CloudFormation: read back as drscan reads templates, and held to the schemas that cfn-lint knows."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cfnlint.api
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.estate.resource import Resource
from scanner.remedies.shown.cloudformation import show
from scanner.remedies.shown.cloudformation_parts import NOT_IN_CLOUDFORMATION, Part, Place, parts_of
from scanner.remedies.shown.cloudformation_stacks import stacks_of
from scanner.remedies.shown.cloudformation_yaml import Function, dumped
from scanner.remedies.state import is_settled, named
from scanner.remedies.step import CREATION, WHOLE, Plan, Safety, Step, Target
from scanner.sources.cloudformation.template import open_template
from scanner.sources.declared import Deployment

KEY_ARN = "arn:aws:kms:us-east-1:111111111111:key/{k}"
EMPTY = Plan("2026-11-21T12:00:00Z", "aws", "0" * 64)


def documents(plan: Plan) -> list[str]:
    """The documents, without the one that only tells how to use them."""
    return show(plan).split("\n---\n")[1:]


def stacks(plan: Plan) -> list[str]:
    """Those that can be deployed."""
    return [text for text in documents(plan) if "AWSTemplateFormatVersion" in text]


def declared(text: str, folder: Path, **parameters: str) -> list[Resource]:
    """What a stack makes, as drscan reads templates."""
    account, region = re.search(r"a stack for account (\d{12}) in (\S+)\.\n", text).groups()
    file = folder / f"{account}-{region}.yaml"
    file.write_text(text)
    deployment = Deployment(file, folder, account, region, parameters=parameters, is_final=True)
    return list(open_template(file).declare(deployment, {}).resources)


def step(id_: str, target: Target, property_: str, after: Any, **more: Any) -> Step:
    return Step(id_, target, property_, None, after, Safety.SAFE, **more)


def target(kind: str, name: str, place: str = "us-east-1", arn: str = "") -> Target:
    return Target(f"AWS::{kind}", arn or f"arn:{kind}:{name}", "111111111111", place, name)


def test_what_is_new_is_read_back_as_it_is(whole: Plan, tmp_path: Path) -> None:
    """A role's inline policies and what they name come by another stack."""
    key = {"{orders-copy-key}": "{OrdersCopyKey}"}
    found = {(one.type, one.name): one for text in stacks(whole) for one in declared(text, tmp_path)}
    made = {one.target for one in whole.steps if one.property == CREATION}
    new = [one for one in whole.steps if one.target in made and one.property != "Policies"]
    for one in (one for one in new if one.target.type not in NOT_IN_CLOUDFORMATION):
        resource = found[one.target.type, named(one.target.name, key)]
        wanted = one.after if one.property == CREATION else {one.property: one.after}
        for name, value in named(wanted, key).items():
            assert is_settled(step(one.id, one.target, name, value), resource.properties.get(name)), (one.id, name)


def test_policies_of_a_new_role_get_what_they_name_from_the_other_stack(whole: Plan, tmp_path: Path) -> None:
    arn = "arn:aws:kms:eu-west-1:222222222222:key/1"
    (text,) = (text for text in stacks(whole) if "AWS::IAM::RolePolicy" in text)
    (one,) = (one for one in whole.steps if one.target.name == "orders-copying" and one.property == "Policies")
    template = yaml.load(text, Loader=_Loader)
    assert template["Parameters"]["OrdersCopyKeyArn"]["Description"] == "Output OrdersCopyKeyArn of stack 2"
    properties = template["Resources"]["OrdersCopyingReplicationRolePolicy"]["Properties"]
    assert properties["PolicyDocument"] == named(
        one.after[0]["PolicyDocument"],
        {"arn:aws:kms:eu-west-1:222222222222:key/{orders-copy-key}": "!Ref OrdersCopyKeyArn"},
    )
    assert declared(text, tmp_path, OrdersCopyKeyArn=arn)


def test_stacks_come_after_those_that_they_get_something_from(whole: Plan) -> None:
    known: set[str] = set()
    for text in documents(whole):
        template = yaml.load(text, Loader=_Loader)
        assert set(template.get("Parameters", {})) <= known
        known |= set(template.get("Outputs", {}))
    assert known


def test_every_stack_passes_cfn_lint(whole: Plan) -> None:
    for text in stacks(whole):
        region = re.search(r"account \d{12} in (\S+)\.", text)[1]
        assert not cfnlint.api.lint(text, config={"regions": [region]})


def test_of_what_is_there_the_properties_that_change_are_said(whole: Plan) -> None:
    (text,) = (text for text in documents(whole) if text not in stacks(whole))
    resources = yaml.load(text, Loader=_Loader)["Resources"]
    old = [one for one in whole.steps if one.target.name in ("orders-data", "old-copying") and one.property != CREATION]
    for one in (one for one in old if one.safety is not Safety.MANUAL):
        (found,) = (
            resource["Properties"]
            for resource in resources.values()
            if resource["Type"] == one.target.type
            and one.property in (resource["Properties"] or {})
            and (one.target.name == "orders-data") == (resource["Type"] != "AWS::IAM::Role")
        )
        key = {"arn:aws:kms:eu-west-1:222222222222:key/{orders-copy-key}": "!Ref OrdersCopyKeyArn"}
        assert found[one.property] == named(one.after, key)
    assert "  # Add these to the resource that declares orders-data:\n  OrdersDataBucket:" in text


def test_what_is_to_decide_is_commented_out(whole: Plan) -> None:
    text = show(whole)
    assert "      # commented out: it is for you to decide\n      # LifecycleConfiguration:\n      #   Rules:" in text
    assert "      # commented out: it cannot be taken back\n      # ObjectLockConfiguration:" in text


def test_what_cloudformation_does_not_have_is_said_at_the_beginning(whole: Plan) -> None:
    opening = show(whole).split("\n---\n")[0]
    assert "Change AccountPublicAccessBlock 111111111111" in opening
    assert "Make BatchReplicationJob job for orders-data" in opening


def test_what_keeps_data_stays_when_its_stack_goes(whole: Plan) -> None:
    for text in stacks(whole):
        for resource in yaml.load(text, Loader=_Loader)["Resources"].values():
            is_kept = resource["Type"] in ("AWS::S3::Bucket", "AWS::KMS::Key")
            assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == (
                ("Retain", "Retain") if is_kept else (None, None)
            )


def test_object_lock_is_enabled_with_its_configuration() -> None:
    one = step("01", target("S3::Bucket", "orders"), "ObjectLockConfiguration", {"ObjectLockEnabled": "Enabled"})
    text = show(replace(EMPTY, steps=(one,)))
    assert text.endswith(
        "ObjectLockConfiguration:\n        ObjectLockEnabled: Enabled\n      ObjectLockEnabled: true\n"
    )


def test_what_is_taken_away_is_said_in_a_comment() -> None:
    one = step("01", target("S3::Bucket", "orders"), "LoggingConfiguration", None)
    assert "      # take away LoggingConfiguration\n" in show(replace(EMPTY, steps=(one,)))


def test_two_that_wait_for_each_other_are_told_of() -> None:
    a, b = target("S3::Bucket", "a"), target("S3::Bucket", "b")
    steps = (
        step("01", a, CREATION, {"BucketName": "a"}),
        step("02", b, CREATION, {"BucketName": "b"}),
        step("03", a, "ReplicationConfiguration", {"Role": "r"}, needs=("01", "02")),
        step("04", b, "ReplicationConfiguration", {"Role": "r"}, needs=("01", "02")),
    )
    text = show(replace(EMPTY, steps=steps))
    assert "# This and ABucket wait for each other: deploy it first without what names ABucket." in text
    assert text.count("DependsOn") == 1


def test_texts_that_name_what_is_new_become_substitutions(tmp_path: Path) -> None:
    key = target("KMS::Key", "{k}", arn=KEY_ARN)
    alarm = target("SNS::Topic", "t")
    steps = (
        step("01", key, CREATION, {"Description": "d"}),
        step("02", alarm, CREATION, {"TopicName": "t", "DisplayName": f"${{x}} {KEY_ARN}!"}, needs=("01",)),
    )
    (text,) = stacks(replace(EMPTY, steps=steps))
    assert 'DisplayName: !Sub "${!x} ${KKey.Arn}!"' in text
    (topic,) = (one for one in declared(text, tmp_path) if one.type == alarm.type)
    assert topic.properties["DisplayName"].startswith("${x} arn:aws:kms:")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=6,
    )
)
def test_values_are_read_back_as_they_are(value: Any) -> None:
    text = dumped({"a": value, "f": Function("Ref", "X")})
    assert text.isascii()
    assert yaml.load(text, Loader=_Loader) == {"a": value, "f": "!Ref X"}


@given(st.data(), st.integers(1, 7))
def test_stacks_are_whole_and_in_an_order_that_works(data: st.DataObject, count: int) -> None:
    """Whatever waits for whatever, as long as it goes in no circle."""
    parts = []
    for at in range(count):
        place = Place("1" * 12, data.draw(st.sampled_from(["a", "b", "c"])), is_new=True)
        waits = tuple(f"p{one}" for one in sorted(data.draw(st.sets(st.integers(0, at - 1))) if at else set()))
        parts.append(Part(f"p{at}", "AWS::S3::Bucket", target("S3::Bucket", f"p{at}"), place, waits=waits))
    data.draw(st.randoms()).shuffle(parts)
    done: set[str] = set()
    for stack in stacks_of(parts):
        assert {part.place for part in stack.parts} == {stack.place}
        for part in stack.parts:
            assert set(part.waits) <= done
            done.add(part.logical_id)
    assert done == {part.logical_id for part in parts}


def test_a_place_gets_a_second_stack_only_where_two_need_each_other() -> None:
    def part(name: str, region: str, *waits: str) -> Part:
        place = Place("1" * 12, region, is_new=True)
        return Part(name, "AWS::S3::Bucket", target("S3::Bucket", name), place, waits=waits)

    both = [part("role", "a"), part("key", "b", "role"), part("policy", "a", "key"), part("copy", "b")]
    assert [[one.logical_id for one in stack.parts] for stack in stacks_of(both)] == [
        ["role"],
        ["key", "copy"],
        ["policy"],
    ]
    one_way = [part("role", "a"), part("key", "b", "role"), part("topic", "a")]
    assert [[one.logical_id for one in stack.parts] for stack in stacks_of(one_way)] == [["role", "topic"], ["key"]]


def test_logical_ids_are_names_of_their_own() -> None:
    names = ["a.b", "a-b", "a b", "!", "orders-bucket"]
    steps = [step(f"0{at}", target("S3::Bucket", one), CREATION, {}) for at, one in enumerate(names)]
    ids = [part.logical_id for part in parts_of(steps)]
    assert ids == ["ABBucket", "ABBucket2", "ABBucket3", "Bucket", "OrdersBucket"]


def test_an_alarm_that_changes_is_said_whole(whole: Plan) -> None:
    (one,) = (one for one in whole.steps if one.property == WHOLE and one.target.name == "late")
    (part,) = parts_of([one])
    assert {name: value for name, (value, _) in part.properties.items()} == one.after


class _Loader(yaml.SafeLoader):
    """Functions as the texts that they are written as."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.ScalarNode) -> str:
    return f"!{suffix} {loader.construct_scalar(node)}"


_Loader.add_multi_constructor("!", _function)

"""What is true of every overlay, whatever is live and whatever is declared."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_parts import AWAY, HERE, HOME, THERE, alias, bucket, bucket_policy, declared, key, live, made_by, role

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.overlay import overlay
from scanner.estate.recognition import identity_of, recognised
from scanner.estate.resource import BUCKET_ELSEWHERE, Resource
from scanner.estate.unknown import Unknown

NAMES = st.sampled_from(["a", "b", "c"])
UNNAMED = st.sampled_from(["{A}", "{B}", "{s.A}"])
VALUES: st.SearchStrategy[Any] = st.sampled_from([True, False, Unknown("refused"), {"On": 1}, "arn:aws:s3:::{A}"])
LISTS: st.SearchStrategy[Any] = st.sampled_from([[], [{"Key": "k"}], [{"PolicyName": "{A}"}], Unknown("refused")])
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("VersioningConfiguration", "ObjectLockEnabled", "Enabled"), VALUES),
        **dict.fromkeys(("Tags", "Policies"), LISTS),
    },
)
STATED = st.frozensets(st.sampled_from(["VersioningConfiguration", "ObjectLockEnabled", "Tags", "Policies"]))


@st.composite
def lives(draw: st.DrawFn) -> Resource:
    properties = draw(PROPERTIES)
    if draw(st.booleans()):
        properties["Tags"] = made_by(draw(st.sampled_from("st")), draw(st.sampled_from("AB")))
    return _resource(draw, live, NAMES, properties)


@st.composite
def declarations(draw: st.DrawFn) -> Resource:
    found = _resource(draw, declared, NAMES | UNNAMED, draw(PROPERTIES))
    return replace(found, stated=draw(STATED | st.none()))


def _resource(draw: st.DrawFn, make: Any, names: st.SearchStrategy[str], properties: dict[str, Any]) -> Resource:
    name = draw(names)
    match draw(st.sampled_from(["bucket", "policy", "key", "alias", "role", "elsewhere"])):
        case "bucket":
            return bucket(make, name, **properties)
        case "policy":
            return bucket_policy(make, name, properties)
        case "key":
            return key(make, _of_key(name), **properties)
        case "alias":
            return alias(make, f"alias/{draw(NAMES)}", _of_key(name))
        case "elsewhere" if make is live:
            return Resource(BUCKET_ELSEWHERE, f"arn:aws:s3:::{name}", HOME, "ap-south-1", name)
        case _:
            return role(make, name.replace("{", "{Role"), **properties)


def _of_key(name: str) -> str:
    """No two kinds of resources have a stand-in in common."""
    return name.replace("{", "{Key")


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    found = draw(st.lists(lives(), max_size=5, unique_by=identity_of))
    gaps = draw(st.lists(st.sampled_from(["AWS::S3::Bucket a Tags", "AWS::IAM::Role b", "AWS::KMS::Key"]), max_size=2))
    unseen = tuple(Unseen(HOME, HERE, gap, "refused") for gap in sorted(set(gaps)))
    return Estate(tuple(found), (Account(HOME, "home", (HERE,)),), unseen)


TEMPLATES = st.lists(declarations(), max_size=5)
PLACES = st.frozensets(st.sampled_from([(HOME, HERE), (HOME, THERE), (AWAY, THERE)]))
REMOVED = st.lists(st.tuples(st.sampled_from(["AWS::S3::Bucket", "AWS::IAM::Role"]), NAMES), max_size=2)


@settings(max_examples=60)
@given(estates())
def test_nothing_laid_over_an_estate_changes_nothing(before: Estate) -> None:
    assert overlay(before, ()) == before


@settings(max_examples=60)
@given(estates(), TEMPLATES, PLACES)
def test_deploying_twice_is_deploying_once(before: Estate, templates: list[Resource], places: Any) -> None:
    once = overlay(before, templates, places=places)
    assert overlay(once, templates, places=places) == once


@settings(max_examples=60)
@given(estates(), TEMPLATES, st.randoms(use_true_random=False))
def test_the_order_of_declarations_does_not_matter(before: Estate, templates: list[Resource], chance: Any) -> None:
    mixed = list(templates)
    chance.shuffle(mixed)
    assert overlay(before, mixed) == overlay(before, templates)


@settings(max_examples=60)
@given(estates(), TEMPLATES)
def test_everything_declared_is_there(before: Estate, templates: list[Resource]) -> None:
    there = {identity_of(one) for one in overlay(before, templates).resources}
    assert {identity_of(one) for one in recognised(before, templates)} <= there


@settings(max_examples=60)
@given(estates(), TEMPLATES)
def test_what_is_stated_holds(before: Estate, templates: list[Resource]) -> None:
    meant = recognised(before, templates)
    after = {identity_of(one): one.properties for one in overlay(before, templates).resources}
    for one in meant:
        if [identity_of(each) for each in meant].count(identity_of(one)) == 1:
            stated = (one.stated or frozenset()) - {"Tags", "Policies"}
            held = {name: after[identity_of(one)].get(name) for name in stated}
            assert held == {name: one.properties.get(name) for name in stated}


@settings(max_examples=60)
@given(TEMPLATES)
def test_what_is_new_is_as_declared(templates: list[Resource]) -> None:
    named = [one for one in templates if one.type != "AWS::KMS::Key" or "{" in one.arn]
    assert all(one in named for one in overlay(Estate(), named).resources)


@settings(max_examples=60)
@given(estates(), TEMPLATES)
def test_what_no_template_speaks_of_stays_as_it_is(before: Estate, templates: list[Resource]) -> None:
    after = overlay(before, templates)
    untouched = [one for one in before.resources if one.type not in {each.type for each in templates}]
    assert [one for one in after.resources if one.location is None and one in untouched] == [
        one for one in untouched if one.type != BUCKET_ELSEWHERE or one in after.resources
    ]


@settings(max_examples=60)
@given(estates(), TEMPLATES, REMOVED)
def test_nothing_is_there_twice(before: Estate, templates: list[Resource], removed: Any) -> None:
    found = [identity_of(one) for one in overlay(before, templates, removed).resources]
    assert len(found) == len(set(found))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(Unknown("refused")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Key", "PolicyName", "Statement", "Principal", "AWS", "Action"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
ODD_PROPERTIES = st.dictionaries(
    st.sampled_from(["Tags", "Policies", "ManagedPolicyArns", "PolicyDocument", "Topics", "Observed", "KeyPolicy"]), ODD
)


@settings(max_examples=100)
@given(ODD_PROPERTIES, ODD_PROPERTIES)
def test_nothing_odd_in_a_snapshot_or_a_template_makes_it_fail(theirs: Any, ours: Any) -> None:
    types = ("AWS::S3::BucketPolicy", "AWS::IAM::Role", "AWS::SNS::TopicPolicy", "AWS::KMS::Key")
    before = Estate(tuple(live(type_, "arn:aws:x:::one", "one", **theirs) for type_ in types))
    after = overlay(
        before, [declared(type_, "arn:aws:x:::one", "one", **ours) for type_ in types], [("AWS::SNS::Topic", "x")]
    )
    assert len(after.resources) >= len(types)

"""Whatever an estate holds, links are derived, keep to the report's schema, and end in bounded time."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.analysis.replication import LINK, derive_links, links_of
from scanner.analysis.replication.explanation import explain_links
from scanner.estate.intent import Intent
from scanner.estate.shapes import load_shape
from scanner.estate.unknown import Unknown, to_json

HOME = "111111111111"
SCHEMA = json.loads((Path(__file__).parents[3] / "reports" / "report.schema.json").read_text(encoding="utf-8"))
REPORT = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], **SCHEMA["properties"]["links"]})

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=8)
TEXTS = st.sampled_from(
    ["*", "arn:aws:s3:::ledger/*", "arn:aws:iam::1:role/x", "arn:::::", "alias/x", "Enabled", "${x"]
)
NAMES = st.sampled_from(["Statement", "Effect", "Action", "Rules", "Id", "Status", "Bucket", "Key", "Value", "Filter"])
ODD = st.recursive(
    LEAVES | TEXTS | st.just(Unknown("refused")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def reported(estate):
    links = [to_json(link) for link in links_of(derive_links(estate, Intent()))]
    REPORT.validate(links)
    return links


def places(value, above=()):
    """The way to every value inside of a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*above, key)
        yield from places(inner, (*above, key))


def with_odd(resource, way, odd):
    properties = deepcopy(dict(resource.properties))
    inner = properties
    for key in way[:-1]:
        inner = inner[key]
    inner[way[-1]] = odd
    return replace(resource, properties=properties)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_odd_value_anywhere_makes_no_link_fall_over(draw, data):
    resources = list(draw().estate.resources)
    number = data.draw(st.integers(0, len(resources) - 1))
    way = data.draw(st.sampled_from(sorted(places(dict(resources[number].properties)), key=str)))
    resources[number] = with_odd(resources[number], way, data.draw(ODD))
    estate = replace(draw().estate, resources=tuple(resources))
    reported(estate)
    explain_links(estate, "ledger")


def test_the_report_of_a_link(blueprint):
    blueprint.statements["Read"]["Action"].remove("s3:GetObjectVersionTagging")
    (link,) = reported(blueprint.estate)
    (missing,) = link.pop("missing")
    assert (missing["hop"], missing["action"]) == ("source-object", "s3:GetObjectVersionTagging")
    assert link["source"] == {"bucket": "ledger", "account": HOME, "region": "us-east-1"}
    assert (link["id"], link["rule"], link["role"]) == ("ledger/dr/ledger-copy", "dr", blueprint.role_arn)
    assert link["failure_reasons"] == ["SrcGetTaggingNotPermitted"]
    assert (link["verdict"], link["excess"], link["unknown"]) == ("works", [], [])


def test_excess_that_is_not_certain_is_not_in_the_report(blueprint):
    blueprint.role["ManagedPolicyArns"] = [blueprint.arn("iam", "", "aws", "policy/Unread")]
    blueprint.statements["More"] = blueprint.allow("s3:GetObject", f"{blueprint.source_arn}/*")
    (link,) = reported(blueprint.estate)
    assert [entry["action"] for entry in link["excess"]] == []


def test_what_was_not_seen_of_an_end_is_empty_in_the_report(blueprint):
    blueprint.accounts = (HOME,)
    del blueprint.rule["Destination"]["Account"]
    (link,) = reported(blueprint.estate)
    assert link["destination"] == {"bucket": "ledger-copy", "account": "", "region": ""}


@pytest.mark.parametrize("scanned", [(HOME,), (HOME, "222222222222")])
def test_links_keep_to_their_shape(blueprint, scanned):
    blueprint.accounts = scanned
    blueprint.statements["More"] = blueprint.allow("s3:*", "*")
    blueprint.statements["Read"]["Action"] = "s3:GetObjectVersionAcl"
    blueprint.destination["VersioningConfiguration"]["Status"] = "Suspended"
    (link,) = derive_links(blueprint.estate, Intent()).of_type(LINK)
    properties = to_json(dict(link.properties))
    del properties["Rule"]
    assert list(load_shape(LINK).problems(properties)) == []


def many_statements(b):
    for number in range(3_000):
        b.statements[f"S{number}"] = b.allow("s3:GetObject", f"arn:aws:s3:::other-{number}/*")


def intricate_patterns(b):
    b.statements["Read"]["Resource"] = ["*?" * 20 + str(number) for number in range(40)]


def many_cuts(b):
    denied = [f"{b.destination_arn}/ledger/{number}*" for number in range(500)]
    b.destination_policy["Statement"].append(b.everyone_denied("s3:Replicate*", denied))


def deep_document(b):
    nested = "x"
    for _ in range(500):
        nested = {"Statement": nested}
    b.destination_policy = nested


def keys_in_two_spellings(b):
    text = json.dumps(b.destination_policy)
    b.destination_policy = text.replace('"Version"', '"Version": "2008-10-17", "Version"', 1)


def conditions_that_are_no_texts(b):
    b.statements["Write"]["Condition"] = {"StringEquals": {"aws:PrincipalArn": [{"x": 1}]}}


@pytest.mark.parametrize(
    "change",
    [
        many_statements,
        intricate_patterns,
        many_cuts,
        deep_document,
        keys_in_two_spellings,
        conditions_that_are_no_texts,
    ],
    ids=lambda change: change.__name__,
)
def test_hostile_policies_end(blueprint, change):
    change(blueprint)
    (link,) = reported(blueprint.estate)
    assert link["verdict"] in ("broken", "unknown") or change is many_statements


def test_wildcards_in_a_prefix_are_letters(blueprint):
    blueprint.rule["Filter"]["Prefix"] = "led*er/"
    blueprint.statements["Read"]["Resource"] = f"{blueprint.source_arn}/led${{*}}er/*"
    missing = {one["Hop"] for one in blueprint.link()["Missing"]}
    assert missing == {"source-key", "destination-object", "destination-key"}

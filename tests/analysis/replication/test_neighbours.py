"""What is wrong with a link because of other rules, access points, lifecycle rules and the estate file."""

import pytest

from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.unknown import Unknown

HOME, AWAY = "111111111111", "222222222222"


def faults(link):
    return [(fault["Name"], fault["Effect"]) for fault in link["Faults"]]


def third_bucket(b, *rules):
    arn = b.arn("s3", "", "", "third")
    b.add(
        "AWS::S3::Bucket",
        arn,
        HOME,
        b.home_region,
        "third",
        VersioningConfiguration={"Status": "Enabled"},
        ReplicationConfiguration={"Role": b.role_arn, "Rules": list(rules)},
    )
    return arn


def into(b, arn, **more):
    return {"Id": "into", "Priority": 7, "Status": "Enabled", "Filter": {}, "Destination": {"Bucket": arn}, **more}


def back(b, **more):
    b.destination["ReplicationConfiguration"] = {"Role": b.role_arn, "Rules": [into(b, b.source_arn, **more)]}


def test_replicas_that_arrive_in_the_source_go_no_further(blueprint):
    third_bucket(blueprint, into(blueprint, blueprint.source_arn))
    link = next(one for one in blueprint.links() if one["Id"] == "ledger/dr/ledger-copy")
    assert faults(link) == [("ReplicasGoNoFurther", "degrades")]
    assert (link["Verdict"], link["FailureReasons"]) == ("works", ["SrcObjectNotEligible"])


def test_a_chain_does_no_harm_where_the_first_bucket_has_a_rule_of_its_own(blueprint):
    third_bucket(
        blueprint,
        into(blueprint, blueprint.source_arn),
        into(blueprint, blueprint.destination_arn, Id="direct", Priority=8),
    )
    link = next(one for one in blueprint.links() if one["Id"] == "ledger/dr/ledger-copy")
    assert faults(link) == []


def test_two_buckets_that_replicate_to_each_other_are_no_chain(blueprint):
    back(blueprint)
    assert faults(blueprint.link()) == []


def access_point(b, dial=100):
    routes = [
        {"Bucket": "ledger", "TrafficDialPercentage": 100},
        {"Bucket": "ledger-copy", "TrafficDialPercentage": dial},
    ]
    b.add(
        "AWS::S3::MultiRegionAccessPoint",
        b.arn("s3", "", HOME, "accesspoint/a.mrap"),
        HOME,
        "",
        "a",
        Regions=[{"Bucket": "ledger"}, {"Bucket": "ledger-copy"}],
        Observed={"Routes": routes},
    )


def test_one_way_under_an_access_point_that_takes_writes(blueprint):
    access_point(blueprint)
    link = blueprint.link()
    assert (faults(link), link["Verdict"]) == ([("OneWayUnderAccessPoint", "degrades")], "works")


def test_an_access_point_whose_dial_to_the_copy_is_at_zero_takes_no_writes_there(blueprint):
    access_point(blueprint, dial=0)
    assert faults(blueprint.link()) == []


def test_both_ways_under_an_access_point(blueprint):
    access_point(blueprint)
    back(blueprint)
    assert faults(blueprint.link()) == []


def test_an_access_point_whose_routes_were_refused_decides_nothing(blueprint):
    access_point(blueprint, dial=Unknown("refused"))
    link = blueprint.link()
    assert (link["Verdict"], len(link["Unknown"])) == ("works", 1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, [("ModificationsOneWay", "degrades")]),
        ({}, [("ModificationsOneWay", "degrades")]),
        ({"SourceSelectionCriteria": {"ReplicaModifications": {"Status": "Enabled"}}}, []),
    ],
)
def test_modifications_of_replicas_come_back_only_by_a_rule_that_says_so(blueprint, answer, expected):
    blueprint.rule["SourceSelectionCriteria"]["ReplicaModifications"] = {"Status": "Enabled"}
    if answer is not None:
        back(blueprint, **answer)
    assert faults(blueprint.link()) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"Prefix": "ledger/"}, "fails"),
        ({}, "fails"),
        ({"Prefix": "ledger/2025/"}, "degrades"),
        ({"TagFilters": [{"Key": "cold", "Value": "yes"}]}, "degrades"),
        ({"ObjectSizeGreaterThan": "1000"}, "degrades"),
        ({"Prefix": "other/"}, None),
        ({"Status": "Disabled"}, None),
    ],
)
def test_a_lifecycle_outruns_the_objects_that_it_covers(blueprint, rule, expected):
    move = {"StorageClass": "GLACIER", "TransitionInDays": 0}
    blueprint.source["LifecycleConfiguration"] = {"Rules": [{"Status": "Enabled", "Transition": move, **rule}]}
    assert faults(blueprint.link()) == ([] if expected is None else [("LifecycleOutrunsReplication", expected)])


def protecting(b, *copies, bucket="ledger"):
    b.intent = Intent(partition=b.partition, protect=(Protected("ledger", bucket=bucket, account=HOME, copies=copies),))


def test_a_declared_copy_that_a_rule_makes(blueprint):
    protecting(blueprint, Copy("ledger-copy", AWAY))
    (link,) = blueprint.links()
    assert link["IsDeclared"] is True


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_a_declared_copy_that_no_rule_makes(draw, partition):
    b = draw(partition=partition)
    protecting(b, Copy("ledger-copy", AWAY), Copy("ledger-vault", AWAY))
    made, missing = b.links()
    assert made["Verdict"] == "works"
    assert (missing["Verdict"], missing["FailureReasons"]) == ("broken", ["SrcBucketReplicationConfigMissing"])
    assert (missing["Id"], missing["RuleId"]) == ("ledger//ledger-vault", "")


def test_a_protected_bucket_without_any_rule(blueprint):
    del blueprint.source["ReplicationConfiguration"]
    protecting(blueprint)
    (link,) = blueprint.links()
    assert (link["Verdict"], link["FailureReasons"]) == ("broken", ["SrcBucketReplicationConfigMissing"])
    assert isinstance(link["CrossesAccount"], Unknown)


def test_a_protected_bucket_whose_rules_were_refused(blueprint):
    blueprint.source["ReplicationConfiguration"] = Unknown("refused")
    protecting(blueprint, Copy("ledger-copy", AWAY))
    (link,) = blueprint.links()
    assert (link["Verdict"], link["Faults"]) == ("unknown", [])


def test_a_destination_that_nobody_named_is_told_from_those_that_are(blueprint):
    assert blueprint.link()["Destination"]["IsNamedAccount"] is True
    blueprint.accounts = (HOME,)
    assert blueprint.link()["Destination"]["IsNamedAccount"] is False
    protecting(blueprint, Copy("ledger-copy", AWAY))
    assert blueprint.link()["Destination"]["IsNamedAccount"] is True


def test_rules_of_one_id_stay_apart(blueprint):
    blueprint.add_rule(Priority=2)
    assert [link["RuleId"] for link in blueprint.links()] == ["dr", "dr#2"]

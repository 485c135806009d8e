"""How long versions last: what a lock keeps by default, and what lifecycle rules leave of an object."""

import pytest

from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.unknown import Unknown

REFUSED = Unknown("refused")


def lock(**retention):
    return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}


@pytest.mark.parametrize(
    ("configuration", "days"),
    [
        (None, None),
        ({"ObjectLockEnabled": "Enabled"}, None),
        (lock(Mode="COMPLIANCE", Days=30), 30),
        (lock(Mode="GOVERNANCE", Years=2), 730),
        (lock(Mode="COMPLIANCE", Days=30, DefaultEventHold={"Days": 1}), 30),
        (REFUSED, REFUSED),
        (lock(Mode="COMPLIANCE", Days=REFUSED), REFUSED),
        (lock(Mode="COMPLIANCE", Years=REFUSED), REFUSED),
    ],
)
def test_default_retention_in_days(world, configuration, days):
    properties = {} if configuration is None else {"ObjectLockConfiguration": configuration}
    assert world.ask(world.bucket("b", **properties), "DefaultRetentionDays") == days


def test_an_event_hold_alone_lasts_nobody_knows_how_long(world):
    bucket = world.bucket("b", ObjectLockConfiguration=lock(DefaultEventHold={"Days": 30}))
    assert "until the hold is released" in world.ask(bucket, "DefaultRetentionDays").reason


def emptied(world, *rules, status="Enabled"):
    versioning = {} if status is None else {"VersioningConfiguration": {"Status": status}}
    bucket = world.bucket("b", LifecycleConfiguration={"Rules": list(rules)}, **versioning)
    return world.ask(bucket, "Lifecycle").get("EmptiedAfterDays")


EXPIRES = {"Status": "Enabled", "ExpirationInDays": 30}
REMOVES = {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 5}}


@pytest.mark.parametrize(
    ("rules", "status", "days"),
    [
        ([EXPIRES], None, 30),
        ([EXPIRES], "Suspended", 30),
        ([EXPIRES], "Enabled", None),
        ([REMOVES], "Enabled", None),
        ([EXPIRES | REMOVES], "Enabled", 35),
        ([EXPIRES, REMOVES], "Enabled", 35),
        ([EXPIRES, {"Status": "Enabled", "NoncurrentVersionExpirationInDays": 7}], "Enabled", 37),
        ([EXPIRES, EXPIRES | {"ExpirationInDays": 3}, REMOVES], "Enabled", 8),
        ([EXPIRES | {"Status": "Disabled"}, REMOVES], "Enabled", None),
        ([EXPIRES | {"Prefix": "tmp/"}, REMOVES], "Enabled", None),
        ([EXPIRES | {"TagFilters": [{"Key": "k", "Value": "v"}]}, REMOVES], "Enabled", None),
        ([EXPIRES | {"ObjectSizeLessThan": "1000"}, REMOVES], "Enabled", None),
        ([EXPIRES | {"ObjectSizeGreaterThan": "1000"}, REMOVES], "Enabled", None),
        ([EXPIRES | {"ObjectSizeGreaterThan": "0"}, REMOVES], "Enabled", 35),
        ([EXPIRES | {"Prefix": ""}, REMOVES], "Enabled", 35),
        ([{"Status": "Enabled", "ExpirationDate": "2031-01-01T00:00:00Z"}, REMOVES], "Enabled", 5),
        ([EXPIRES, {"Status": "Enabled", "ExpiredObjectDeleteMarker": True}], "Enabled", None),
        ([EXPIRES | REMOVES], REFUSED, REFUSED),
        ([REMOVES], REFUSED, None),
        ([EXPIRES | {"Prefix": REFUSED}, REMOVES], "Enabled", REFUSED),
        ([EXPIRES | {"ExpirationInDays": REFUSED}, REMOVES], "Enabled", REFUSED),
        ([REFUSED, REMOVES], "Enabled", REFUSED),
    ],
)
def test_the_age_at_which_nothing_is_left(world, rules, status, days):
    assert emptied(world, *rules, status=status) == days


def test_a_rule_that_keeps_the_newest_noncurrent_versions_never_takes_the_last(world):
    keeping = {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 1}}
    assert emptied(world, EXPIRES, keeping) is None


def test_how_many_versions_a_rule_keeps_may_not_be_known(world):
    keeping = {
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": REFUSED},
    }
    assert emptied(world, EXPIRES, keeping) == REFUSED


def test_rules_are_told_apart_by_the_prefixes_that_the_estate_file_protects(world):
    world.intent = Intent(protect=(Protected("orders", bucket="b", prefixes=("orders/", "bills/")),))
    rules = [{"Id": prefix, "Status": "Enabled", "Prefix": prefix} for prefix in ("", "ord", "orders/2024/", "tmp/")]
    found = world.ask(world.bucket("b", LifecycleConfiguration={"Rules": rules}), "Lifecycle")["Rules"]
    reach = {rule["Id"]: (rule["TouchesData"], rule["CoversData"]) for rule in found}
    assert reach == {"": (True, True), "ord": (True, True), "orders/2024/": (True, False), "tmp/": (False, False)}


def test_a_copy_has_the_prefixes_of_its_original(world):
    world.intent = Intent(protect=(Protected("o", bucket="a", copies=(Copy("b"),), prefixes=("orders/",)),))
    rules = [{"Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 1}]
    [rule] = world.ask(world.bucket("b", LifecycleConfiguration={"Rules": rules}), "Lifecycle")["Rules"]
    assert rule["TouchesData"] is False


def test_an_entry_without_prefixes_means_all_of_the_bucket(world):
    entries = (Protected("o", bucket="b", prefixes=("orders/",)), Protected("all", bucket="b"))
    world.intent = Intent(protect=entries)
    rules = [{"Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 1}]
    [rule] = world.ask(world.bucket("b", LifecycleConfiguration={"Rules": rules}), "Lifecycle")["Rules"]
    assert (rule["TouchesData"], rule["CoversData"]) == (True, False)


def test_what_was_not_read_is_not_known_and_what_is_absent_is_absent(world):
    assert world.ask(world.bucket("refused", LifecycleConfiguration=REFUSED), "Lifecycle") == REFUSED
    assert world.ask(world.bucket("none"), "Lifecycle") is None

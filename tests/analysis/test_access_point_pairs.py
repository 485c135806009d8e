"""Between the buckets of a Multi-Region Access Point: which way replicates, syncs, and is like the way back."""

import pytest

from scanner.estate.unknown import Unknown

POINT = "AWS::S3::MultiRegionAccessPoint"
SYNCED = {"SourceSelectionCriteria": {"ReplicaModifications": {"Status": "Enabled"}}}


@pytest.fixture
def pairs(world, replicating):
    """Makes an access point over `a` and `b`, whose rules have these settings (None: no rules at all)."""

    def between(there, back):
        for name, other, settings in (("a", "b", there), ("b", "a", back)):
            rules = {} if settings is None else {"ReplicationConfiguration": replicating(other, **settings)}
            world.bucket(name, **rules)
        world.access_point("global", {"Bucket": "a"}, {"Bucket": "b"})
        return world.ask("global", "Pairs", POINT)

    return between


def told(pairs):
    return {(one["From"], one["To"]): (one["Replicates"], one["SyncsModifications"], one["Alike"]) for one in pairs}


def test_both_ways_alike(pairs):
    assert told(pairs(SYNCED, SYNCED)) == {("a", "b"): (True, True, True), ("b", "a"): (True, True, True)}


def test_one_way_only(pairs):
    assert told(pairs(SYNCED, None)) == {("a", "b"): (True, True, False), ("b", "a"): (False, False, False)}


def test_a_disabled_rule_leads_nowhere(pairs):
    assert told(pairs(SYNCED, {**SYNCED, "Status": "Disabled"}))[("b", "a")] == (False, False, False)


def test_changes_of_replicas_need_a_setting_of_their_own(pairs):
    assert told(pairs(SYNCED, {}))[("b", "a")] == (True, False, True)


@pytest.mark.parametrize(
    "settings", [{"Filter": {"Prefix": "x/"}}, {"Filter": {}, "DeleteMarkerReplication": {"Status": "Disabled"}}]
)
def test_ways_that_select_otherwise_are_not_alike(pairs, settings):
    assert not any(alike for _, _, alike in told(pairs(SYNCED, {**SYNCED, **settings})).values())


def test_a_member_that_was_not_seen_leaves_all_open(world, replicating):
    world.bucket("a", ReplicationConfiguration=replicating("b"))
    world.access_point("global", {"Bucket": "a"}, {"Bucket": "b"}, {"Bucket": Unknown("refused")})
    there, back, unread = world.ask("global", "Pairs", POINT)
    assert there["Replicates"] is True
    assert isinstance(back["Replicates"], Unknown)
    assert isinstance(there["Alike"], Unknown)
    assert isinstance(unread, Unknown)

"""Which objects stand for all under a prefix: held to brute force, and to links that fail for some objects only."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.analysis.replication.representatives import MAX_CUTS, Cut, representatives
from scanner.policy.patterns import compile_pattern

BUCKET = "b"
KEYS = ["".join(chars) for size in range(1, 5) for chars in itertools.product("xyz", repeat=size)]
PATTERNS = st.lists(st.text("xyz*?", min_size=1, max_size=4).map(lambda text: f"b/{text}"), min_size=1, max_size=2)
CUTS = st.builds(Cut, st.booleans(), st.booleans(), PATTERNS.map(tuple))
LAYERS = st.lists(st.lists(CUTS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)


def allowed(layers, text):
    """As policies that all must allow, and none deny, without conditions."""

    def holds(cut):
        return any(compile_pattern(pattern)(text) for pattern in cut.patterns) is not cut.negated

    given_by_each = all(any(cut.allows and holds(cut) for cut in layer) for layer in layers)
    return given_by_each and not any(not cut.allows and holds(cut) for layer in layers for cut in layer)


@settings(deadline=None, max_examples=400)
@given(LAYERS, st.sampled_from(["", "x", "xy"]))
def test_if_any_object_is_refused_then_so_is_a_representative(layers, prefix):
    found = representatives(BUCKET, prefix, layers)
    assert all(text.startswith(f"b/{prefix}") for text in found)
    refused = [key for key in KEYS if key.startswith(prefix) and not allowed(layers, f"b/{key}")]
    if refused and found.doubt is None:
        assert not all(allowed(layers, text) for text in found), refused[:3]


def test_a_prefix_with_wildcards_in_it_is_taken_by_its_letters():
    found = representatives("arn:aws:s3:::b", "a*/", ())
    assert found.ordinary.startswith("arn:aws:s3:::b/a*/")


def test_more_patterns_than_can_be_looked_at_leave_a_doubt():
    crowd = tuple(Cut(False, False, (f"b/{number}*",)) for number in range(MAX_CUTS + 1))
    assert "patterns" in representatives("b", "", (crowd,)).doubt.reason


def allowed_for_part_of_the_prefix(b):
    b.statements["Read"]["Resource"] = [f"{b.source_arn}/ledger/2025/*", f"{b.source_arn}/ledger/2026/*"]
    return "source-object", f"{b.source_arn}/ledger/*"


def denied_for_one_folder(b):
    denied = f"{b.destination_arn}/ledger/secret/*"
    b.destination_policy["Statement"].append(b.everyone_denied("s3:ReplicateObject", denied))
    return "destination-object", f"{b.destination_arn}/ledger/secret/"


def denied_for_all_but_one_folder(b):
    deny = b.everyone_denied("s3:ReplicateObject")
    deny["NotResource"] = [f"{b.destination_arn}/ledger/open/*", f"{b.source_arn}/*"]
    del deny["Resource"]
    b.destination_policy["Statement"].append(deny)
    return "destination-object", f"{b.destination_arn}/ledger/"


def allowed_for_all_but_one_folder(b):
    statement = b.statements["Write"]
    del statement["Resource"]
    statement["NotResource"] = f"{b.destination_arn}/ledger/secret/*"
    return "destination-object", f"{b.destination_arn}/ledger/secret/"


def context_of_part_of_the_prefix(b):
    like = b.statements["Decrypt"]["Condition"]["StringLike"]
    like["kms:EncryptionContext:aws:s3:arn"] = f"{b.source_arn}/ledger/2026/*"
    return "source-key", b.source_key_arn


def context_denied_for_one_folder(b):
    like = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{b.source_arn}/ledger/secret/*"}}
    b.source_key["Statement"].append(b.deny("kms:Decrypt", Principal="*", Condition=like))
    return "source-key", b.source_key_arn


PARTLY = [
    allowed_for_part_of_the_prefix,
    denied_for_one_folder,
    denied_for_all_but_one_folder,
    allowed_for_all_but_one_folder,
    context_of_part_of_the_prefix,
    context_denied_for_one_folder,
]


@pytest.mark.parametrize("change", PARTLY, ids=lambda change: change.__name__)
def test_a_link_that_fails_for_some_objects_is_broken_and_names_one(blueprint, change):
    hop, resource = change(blueprint)
    link = blueprint.link()
    assert link["Verdict"] == "broken"
    assert {one["Hop"] for one in link["Missing"]} == {hop}
    assert link["Missing"][0]["Resource"].startswith(resource)


def test_allows_that_cover_the_prefix_together_are_enough(blueprint):
    statement = dict(blueprint.statements["Read"])
    del statement["Resource"]
    blueprint.statements["Read"]["Resource"] = f"{blueprint.source_arn}/ledger/a*"
    blueprint.statements["Rest"] = {**statement, "NotResource": f"{blueprint.source_arn}/ledger/a*"}
    assert blueprint.link()["Verdict"] == "works"


def test_the_object_that_a_deny_singles_out_is_named_with_its_encryption_context(blueprint):
    context_denied_for_one_folder(blueprint)
    (missing,) = blueprint.link()["Missing"]
    assert missing["EncryptionContext"].startswith(f"{blueprint.source_arn}/ledger/secret/")
    assert "denies kms:Decrypt" in missing["DecidedBy"]

"""Which objects stand for all under a prefix: held to brute force, and to links that fail for some objects only."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.analysis.replication.representatives import MAX_CUTS, Cut, representatives
from scanner.policy.patterns import compile_pattern

BUCKET = "b"
KEYS = ["".join(chars) for size in range(1, 5) for chars in itertools.product("xyz", repeat=size)]
PATTERN = st.text("xyz*?", min_size=1, max_size=4).map(lambda text: f"b/{text}")
GROUPS = st.lists(st.lists(PATTERN, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple)
CUTS = st.builds(Cut, st.booleans(), GROUPS, st.lists(PATTERN, max_size=2).map(tuple))
LAYERS = st.lists(st.lists(CUTS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)


def allowed(layers, text):
    """As policies that all must allow, and none deny, without conditions."""

    def matches(patterns):
        return any(compile_pattern(pattern)(text) for pattern in patterns)

    def holds(cut):
        return all(map(matches, cut.within)) and not matches(cut.outside)

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
    crowd = tuple(Cut(False, ((f"b/{number}*",),)) for number in range(MAX_CUTS + 1))
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


def context_allowed_for_all_but_one_folder(b):
    condition = b.statements["Decrypt"]["Condition"]
    condition["StringNotLike"] = {"kms:EncryptionContext:aws:s3:arn": f"{b.source_arn}/ledger/secret/*"}
    return "source-key", b.source_key_arn


def context_allowed_for_some_of_one_folder(b):
    condition = b.statements["Decrypt"]["Condition"]
    condition["ForAnyValue:StringNotLike"] = {"kms:EncryptionContext:aws:s3:arn": f"{b.source_arn}/*/old/*"}
    return "source-key", b.source_key_arn


def context_denied_but_for_one_part_of_a_folder(b):
    name = "kms:EncryptionContext:aws:s3:arn"
    but = {"StringLike": {name: f"{b.source_arn}/ledger/*"}, "StringNotLike": {name: f"{b.source_arn}/ledger/open/*"}}
    b.source_key["Statement"].append(b.deny("kms:Decrypt", Principal="*", Condition=but))
    return "source-key", b.source_key_arn


def context_denied_for_the_folder_itself(b):
    name, objects = "kms:EncryptionContext:aws:s3:arn", b.objects(b.destination_arn)
    alone = {"StringLike": {name: objects}, "ArnNotLike": {name: objects.replace("*", "?*")}}
    b.replica_key["Statement"].append(b.deny("kms:Encrypt", Principal="*", Condition=alone))
    return "destination-key", b.replica_key_arn


def all_but_some(statement, folder):
    """Two Allows that together leave out what begins with the folder and does not end on e, and one for all of it."""
    rest = {name: value for name, value in statement.items() if name not in ("Resource", "Sid")}
    return (rest | {"NotResource": f"{folder}*"}, rest | {"Resource": f"{folder}*e"}, rest | {"Resource": f"{folder}*"})


def left_out_but_for_another_principal(b):
    theirs = {"AWS": b.arn("iam", "", "444444444444", "root")}
    *ours, other = all_but_some(b.destination_policy["Statement"][0], f"{b.destination_arn}/ledger/a")
    b.destination_policy["Statement"] = [*ours, other | {"Principal": theirs}]
    return "destination-object", f"{b.destination_arn}/ledger/a"


def left_out_but_on_a_condition_that_fails(b):
    elsewhere = {"StringEquals": {"aws:PrincipalAccount": "444444444444"}}
    first, second, other = all_but_some(b.statements.pop("Read"), f"{b.source_arn}/ledger/a")
    b.statements |= {"First": first, "Second": second, "Other": other | {"Condition": elsewhere}}
    return "source-object", f"{b.source_arn}/ledger/a"


PARTLY = [
    allowed_for_part_of_the_prefix,
    denied_for_one_folder,
    denied_for_all_but_one_folder,
    allowed_for_all_but_one_folder,
    context_of_part_of_the_prefix,
    context_denied_for_one_folder,
    context_allowed_for_all_but_one_folder,
    context_allowed_for_some_of_one_folder,
    context_denied_but_for_one_part_of_a_folder,
    context_denied_for_the_folder_itself,
    left_out_but_for_another_principal,
    left_out_but_on_a_condition_that_fails,
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

"""What a rule needs follows from its features: with a feature comes its need, and without it nothing is asked for."""

import pytest

from scanner.analysis.replication.demands import Demand, Grade, Span, demands_of
from scanner.analysis.replication.links import View, links_from
from scanner.analysis.replication.synthesis import need_of, text_of
from scanner.analysis.replication.vocabulary import Hop

HOME, AWAY = "111111111111", "222222222222"


def required(b):
    """The actions that the first rule requires, by hop; what an unread feature leaves open is not among them."""
    view = View.of(b.estate)
    link = links_from(view, b.estate.of_type("AWS::S3::Bucket")[0])[0]
    found = demands_of(link.features, link.ends, b.role_arn)
    return {(str(one.hop), one.action) for one in found if one.grade is not Grade.OPTIONAL and one.doubt is None}


def plain(b, destination=None):
    """Without KMS at the source; the destination's default encryption as given."""
    b.source["BucketEncryption"] = {}
    b.rule.pop("SourceSelectionCriteria")
    b.rule["Destination"].pop("EncryptionConfiguration")
    if destination is not None:
        b.destination["BucketEncryption"] = destination
    return b


def test_the_healthy_rule(blueprint):
    assert required(blueprint) == {
        ("assume", "sts:AssumeRole"),
        ("source-bucket", "s3:GetReplicationConfiguration"),
        ("source-bucket", "s3:ListBucket"),
        ("source-object", "s3:GetObjectVersionForReplication"),
        ("source-object", "s3:GetObjectVersionAcl"),
        ("source-object", "s3:GetObjectVersionTagging"),
        ("source-key", "kms:Decrypt"),
        ("destination-object", "s3:ReplicateObject"),
        ("destination-object", "s3:ReplicateDelete"),
        ("destination-object", "s3:ReplicateTags"),
        ("destination-object", "s3:ObjectOwnerOverrideToBucketOwner"),
        ("destination-key", "kms:Encrypt"),
    }


def no_delete_markers(b):
    b.rule["DeleteMarkerReplication"]["Status"] = "Disabled"
    return set(), {("destination-object", "s3:ReplicateDelete")}


def no_owner_override(b):
    del b.rule["Destination"]["AccessControlTranslation"]
    return set(), {("destination-object", "s3:ObjectOwnerOverrideToBucketOwner")}


def owner_enforced(b):
    b.destination["OwnershipControls"]["Rules"][0]["ObjectOwnership"] = "BucketOwnerEnforced"
    return set(), {("destination-object", "s3:ObjectOwnerOverrideToBucketOwner")}


def no_kms(b):
    plain(b, {})
    return set(), {("source-key", "kms:Decrypt"), ("destination-key", "kms:Encrypt")}


def plain_into_default_kms(b):
    plain(b)
    return {("destination-key", "kms:GenerateDataKey")}, {
        ("source-key", "kms:Decrypt"),
        ("destination-key", "kms:Encrypt"),
    }


def sse_s3_into_default_kms(b):
    plain(b)
    b.source["BucketEncryption"] = {
        "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    }
    return set(), {("source-key", "kms:Decrypt"), ("destination-key", "kms:Encrypt")}


def object_lock(b):
    b.source["ObjectLockConfiguration"] = {"ObjectLockEnabled": "Enabled"}
    return {
        ("source-object", "s3:GetObjectRetention"),
        ("source-object", "s3:GetObjectLegalHold"),
        ("destination-object", "s3:PutObjectRetention"),
        ("destination-object", "s3:PutObjectLegalHold"),
    }, set()


def replication_time_control(b):
    b.rule["Destination"] |= {
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        "Metrics": {"Status": "Enabled"},
    }
    return set(), set()


def version_1(b):
    del b.rule["Filter"], b.rule["DeleteMarkerReplication"], b.rule["Priority"]
    b.rule["Prefix"] = "ledger/"
    return set(), set()


FEATURES = [
    no_delete_markers,
    no_owner_override,
    owner_enforced,
    no_kms,
    plain_into_default_kms,
    sse_s3_into_default_kms,
    object_lock,
    replication_time_control,
    version_1,
]


@pytest.mark.parametrize("change", FEATURES, ids=lambda change: change.__name__)
def test_each_feature_brings_its_needs_and_no_others(blueprint, change):
    before = required(blueprint)
    more, less = change(blueprint)
    assert required(blueprint) == (before | more) - less


def test_a_bucket_key_is_verified_by_decrypting(draw):
    assert ("destination-key", "kms:Decrypt") in required(draw(bucket_key=True))


def test_ordinary_reading_does_for_objects_without_kms(blueprint):
    plain(blueprint, {})
    blueprint.statements["Read"]["Action"][0] = "s3:GetObjectVersion"
    del blueprint.statements["Decrypt"], blueprint.statements["Encrypt"]
    link = blueprint.link()
    assert (link["Verdict"], link["Missing"], link["Excess"]) == ("works", [], [])


def test_version_1_rules_replicate_delete_markers_of_their_prefix(blueprint):
    version_1(blueprint)
    blueprint.statements["Write"]["Action"].remove("s3:ReplicateDelete")
    (missing,) = blueprint.link()["Missing"]
    assert missing["Resource"] == f"{blueprint.destination_arn}/ledger/*"


def test_a_plain_object_gets_the_destinations_own_bucket_key(draw):
    b = plain(draw(bucket_key=True))
    b.statements["Encrypt"]["Action"] = ["kms:GenerateDataKey", "kms:Decrypt"]
    b.replica_key["Statement"][1]["Action"] = ["kms:GenerateDataKey", "kms:Decrypt"]
    assert b.link()["Verdict"] == "works"
    b.statements["Encrypt"]["Condition"] = b.used_by_s3(b.away_region, b.objects(b.destination_arn))
    assert [one["Action"] for one in b.link()["Missing"]] == ["kms:GenerateDataKey"]


def test_double_encryption_knows_no_bucket_keys(blueprint):
    rule = blueprint.source["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] = "aws:kms:dsse"
    rule["BucketKeyEnabled"] = True
    assert blueprint.link()["Verdict"] == "works"


def test_a_bare_replica_key_id_means_a_key_of_the_source_account(blueprint):
    blueprint.rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"] = "replica"
    link = blueprint.link()
    assert link["ReplicaKey"]["Arn"] == blueprint.arn("kms", blueprint.away_region, HOME, "key/replica")
    assert [fault["Name"] for fault in link["Faults"]] == ["ReplicaKeyAbsent"]


def test_a_prefix_is_written_so_that_a_policy_takes_it_by_its_letters():
    assert text_of(Span("arn:aws:s3:::b", "50%?*${x}/")) == "arn:aws:s3:::b/50%${?}${*}${$}{x}/*"


def test_a_need_on_a_key_is_narrowed_to_s3_and_the_span(blueprint):
    view = View.of(blueprint.estate)
    link = links_from(view, blueprint.estate.of_type("AWS::S3::Bucket")[0])[0]
    demand = Demand(
        Hop.DESTINATION_KEY, "kms:Encrypt", Span(blueprint.destination_arn, "a/"), key=blueprint.replica_key_arn
    )
    need = need_of(demand, link.ends)
    assert need.conditions == {
        "StringLike": {
            "kms:ViaService": ("s3.eu-west-1.amazonaws.com",),
            "kms:EncryptionContext:aws:s3:arn": (f"{blueprint.destination_arn}/a/*",),
        }
    }

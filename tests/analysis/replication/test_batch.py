"""A second role that shows it is for Batch Replication must be able to start it; live replication never hangs on it."""

import pytest

HOME = "111111111111"


def batch_role(b, resource, action="s3:InitiateReplication", service="batchoperations.s3.amazonaws.com"):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    own = {"Effect": "Allow", "Action": [action, "s3:GetReplicationConfiguration"], "Resource": resource}
    b.add(
        "AWS::IAM::Role",
        b.arn("iam", "", HOME, "role/batch"),
        HOME,
        "",
        "batch",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": trust},
        Policies=[{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": own}}],
    )


def missing(link):
    return [(one["Hop"], one["Action"], one["Effect"]) for one in link["Missing"]]


def test_a_batch_role_on_all_objects(blueprint):
    batch_role(blueprint, f"{blueprint.source_arn}/*")
    assert missing(blueprint.link()) == []


@pytest.mark.parametrize("resource", ["", "/2024/*"])
def test_a_batch_role_on_the_bucket_or_on_some_objects(blueprint, resource):
    batch_role(blueprint, blueprint.source_arn + resource)
    link = blueprint.link()
    assert missing(link) == [("source-object", "s3:InitiateReplication", "degrades")]
    assert (link["Verdict"], link["FailureReasons"]) == ("works", ["InitiateReplicationNotPermitted"])
    assert "batch" in link["Missing"][0]["DecidedBy"] or "own" in link["Missing"][0]["DecidedBy"]


@pytest.mark.parametrize(
    "changed",
    [{"service": "lambda.amazonaws.com"}, {"action": "s3:GetObject"}, {"resource": "arn:aws:s3:::another/*"}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_role_that_is_not_evidently_for_it_is_left_alone(blueprint, changed):
    batch_role(blueprint, **{"resource": blueprint.source_arn, **changed})
    assert missing(blueprint.link()) == []


def test_one_role_for_both_may_do_what_batch_takes(blueprint):
    blueprint.trust["Principal"]["Service"] = ["s3.amazonaws.com", "batchoperations.s3.amazonaws.com"]
    blueprint.statements["Batch"] = blueprint.allow("s3:InitiateReplication", f"{blueprint.source_arn}/*")
    link = blueprint.link()
    assert (missing(link), link["Excess"]) == ([], [])

"""Whether trails record every read and write of a bucket's objects."""

import pytest

from scanner.estate.intent import Intent, Protected
from scanner.estate.unknown import Unknown

PRIMARY, RECOVERY = "111111111111", "222222222222"
REFUSED = Unknown("refused")
ALL = {"EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]}


def classic(*values, **selector):
    return {"EventSelectors": [{**selector, "DataResources": [{"Type": "AWS::S3::Object", "Values": list(values)}]}]}


def advanced(*fields):
    base = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    return {"AdvancedEventSelectors": [{"FieldSelectors": [*base, *fields]}]}


def arn(**operators):
    return {"Field": "resources.ARN", **operators}


def recorded(world, name="b"):
    found = world.ask(name, "DataEvents")
    return found["Read"], found["Write"]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({}, (False, False)),
        (ALL, (True, True)),
        (classic("arn:aws:s3:::b/"), (True, True)),
        (classic("arn:aws:s3:::"), (True, True)),
        (classic("arn:aws:s3:::b/orders/"), (False, False)),
        (classic("arn:aws:s3:::bb/", "arn:aws:s3:::a/"), (False, False)),
        (classic("arn:aws-cn:s3:::b/"), (False, False)),
        (classic("arn:aws:s3", ReadWriteType="ReadOnly"), (True, False)),
        (classic("arn:aws:s3", ReadWriteType="WriteOnly"), (False, True)),
        (classic("arn:aws:s3", ReadWriteType="All"), (True, True)),
        (classic("arn:aws:s3", ReadWriteType=REFUSED), (REFUSED, REFUSED)),
        (classic(REFUSED), (REFUSED, REFUSED)),
        (classic(REFUSED, "arn:aws:s3"), (True, True)),
        ({"EventSelectors": REFUSED}, (REFUSED, REFUSED)),
        ({"EventSelectors": [{"DataResources": [{"Type": REFUSED, "Values": ["arn:aws:s3"]}]}]}, (REFUSED, REFUSED)),
        (
            {"EventSelectors": [{"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:s3"]}]}]},
            (False, False),
        ),
        (advanced(), (True, True)),
        (advanced({"Field": "readOnly", "Equals": ["true"]}), (True, False)),
        (advanced({"Field": "readOnly", "Equals": ["false"]}), (False, True)),
        (advanced({"Field": "eventSource", "Equals": ["s3.amazonaws.com"]}), (True, True)),
        (advanced({"Field": "eventName", "NotEquals": ["DeleteObject"]}), (False, False)),
        (advanced({"Field": "userIdentity.arn", "StartsWith": ["arn:aws:iam::111111111111:role/"]}), (False, False)),
        (advanced(arn(StartsWith=["arn:aws:s3:::a/", "arn:aws:s3:::b/"])), (True, True)),
        (advanced(arn(StartsWith=["arn:aws:s3:::b"])), (True, True)),
        (advanced(arn(StartsWith=["arn:aws:s3:::b/orders/"])), (False, False)),
        (advanced(arn(StartsWith=REFUSED)), (REFUSED, REFUSED)),
        (advanced(arn(Equals=["arn:aws:s3:::b/one"])), (False, False)),
        (advanced(arn(EndsWith=[".csv"])), (False, False)),
        (advanced(arn(NotEndsWith=[".csv"])), (False, False)),
        (advanced(arn(NotStartsWith=["arn:aws:s3:::logs/"])), (True, True)),
        (advanced(arn(NotStartsWith=["arn:aws:s3:::b/"])), (False, False)),
        (advanced(arn(NotStartsWith=["arn:aws:s3:::b/tmp/"])), (False, False)),
        (advanced(arn(NotEquals=["arn:aws:s3:::b/one"])), (False, False)),
        (advanced(arn(NotStartsWith=[REFUSED])), (REFUSED, REFUSED)),
        ({"AdvancedEventSelectors": REFUSED}, (REFUSED, REFUSED)),
        ({"AdvancedEventSelectors": [{"FieldSelectors": [REFUSED]}]}, (REFUSED, REFUSED)),
        (
            {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]},
            (False, False),
        ),
    ],
)
def test_selectors(world, selectors, expected):
    world.bucket("b")
    world.trail(**selectors)
    assert recorded(world) == expected


def test_a_classic_selector_without_the_slash_is_not_documented(world):
    world.bucket("b")
    world.trail(**classic("arn:aws:s3:::b"))
    assert "only with a slash" in recorded(world)[0].reason


def test_two_trails_may_share_the_work(world):
    world.bucket("b")
    world.trail("reads", **classic("arn:aws:s3", ReadWriteType="ReadOnly"))
    world.trail("writes", **classic("arn:aws:s3", ReadWriteType="WriteOnly"))
    assert recorded(world) == (True, True)


def test_only_prefixes_that_matter_have_to_be_recorded(world):
    world.intent = Intent(protect=(Protected("o", bucket="b", prefixes=("orders/", "bills/")),))
    world.bucket("b")
    trail = world.trail("orders", **classic("arn:aws:s3:::b/orders/"))
    assert recorded(world) == (False, False)
    world.resources.remove(trail)
    world.trail("both", **classic("arn:aws:s3:::b/orders/", "arn:aws:s3:::b/bills/"))
    assert recorded(world) == (True, True)


@pytest.mark.parametrize(
    ("trail", "expected"),
    [
        ({"IsLogging": False}, False),
        ({"IsLogging": REFUSED}, REFUSED),
        ({"IsMultiRegionTrail": False}, True),
        ({"IsMultiRegionTrail": False, "region": "eu-west-1"}, False),
        ({"region": "eu-west-1"}, True),
        ({"account": RECOVERY}, False),
        ({"account": RECOVERY, "IsOrganizationTrail": True, "Observed": {"SeenFrom": [RECOVERY, PRIMARY]}}, True),
        ({"account": RECOVERY, "IsOrganizationTrail": REFUSED}, REFUSED),
    ],
)
def test_a_trail_counts_where_it_logs(world, trail, expected):
    world.bucket("b")
    world.trail(**ALL, **trail)
    assert recorded(world) == (expected, expected)


def test_an_organization_trail_reaches_only_accounts_that_show_it(world):
    world.bucket("b")
    world.trail(account=RECOVERY, IsOrganizationTrail=True, Observed={"SeenFrom": [RECOVERY]}, **ALL)
    assert "belongs to the organization" in recorded(world)[0].reason


def test_nothing_is_called_unrecorded_while_a_trail_may_exist_unseen(world):
    world.bucket("b")
    world.not_seen("AWS::CloudTrail::Trail", PRIMARY, "eu-west-1")
    assert recorded(world) == (False, False)
    world.not_seen("AWS::CloudTrail::Trail", PRIMARY, "us-east-1")
    assert recorded(world) == (REFUSED, REFUSED)


@pytest.mark.parametrize(
    ("trails", "expected"),
    [
        ([{"IsMultiRegionTrail": False}], False),
        ([{"IsMultiRegionTrail": False}, {"name": "all"}], True),
        ([{"IsMultiRegionTrail": False}, {"name": "all", "IsLogging": False}], False),
        ([{"IsMultiRegionTrail": False}, {"name": "all", "IsLogging": REFUSED}], REFUSED),
    ],
)
def test_one_trail_of_the_account_must_cover_all_regions(world, trails, expected):
    found = [world.trail(**trail) for trail in trails]
    assert world.ask(found[0], "MultiRegionTrailInAccount") == expected


def test_the_organization_may_cover_all_regions_for_the_account(world):
    trail = world.trail(IsMultiRegionTrail=False)
    seen_from = {"SeenFrom": [PRIMARY, RECOVERY]}
    world.trail("organization", RECOVERY, IsOrganizationTrail=True, Observed=seen_from)
    assert world.ask(trail, "MultiRegionTrailInAccount") is True

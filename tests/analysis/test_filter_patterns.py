"""Filter patterns are evaluated on an event; what is not understood is never guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.analysis.filter_patterns import pattern_matches
from scanner.estate.unknown import Unknown

EVENT = {
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "errorCode": "AccessDenied",
    "readOnly": True,
    "sourceIPAddress": "203.0.113.10",
    "userIdentity": {"type": "IAMUser", "userName": None},
    "resources": [{"type": "AWS::S3::Object"}],
}

CIS = (
    '{($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && '
    '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket")}'
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (CIS, True),
        ('{ $.errorCode = "AccessDenied" }', True),
        ("{ $.errorCode = AccessDenied }", True),
        ("{$.errorCode=Access*}", True),
        ('{ $.errorCode = "*Denied" }', True),
        ('{ $.errorCode = "*cess*nied*" }', True),
        ('{ $.errorCode = "Access*ccess*" }', False),
        ('{ $.errorCode = "AccessDenied*AccessDenied" }', False),
        ('{ $.errorCode = "*" }', True),
        ('{ $.errorCode = "accessdenied" }', False),
        ('{ $.errorCode != "AccessDenied" }', False),
        ('{ ($.eventSource = "kms.amazonaws.com") && ($.errorCode = "AccessDenied") }', False),
        ('{ $.eventName = "X" || $.eventName = "Y" && $.errorCode = "AccessDenied" }', False),
        ('{ $.eventName = "GetObject" || $.eventName = "Y" && $.errorCode = "Z" }', True),
        ('{ ($.eventName = "GetObject" || $.eventName = "Y") && $.errorCode = "Z" }', False),
        ('{ $.userIdentity.type = "IAMUser" }', True),
        ('{ $.userIdentity.type.deeper = "IAMUser" }', False),
        ('{ $.resources[0].type = "AWS::S3::Object" }', True),
        ('{ $.resources[1].type = "AWS::S3::Object" }', False),
        ("{ $.readOnly IS TRUE }", True),
        ("{ $.readOnly IS FALSE }", False),
        ("{ $.userIdentity.userName IS NULL }", True),
        ("{ $.additionalEventData NOT EXISTS }", True),
        ("{ $.errorCode NOT EXISTS }", False),
        ("", True),
        ("AccessDenied", True),
        ('"AccessDenied"', True),
        ("AccessDenied GetObject", True),
        ("AccessDenied PutObject", False),
        ("?UnauthorizedOperation ?AccessDenied", True),
        ("?UnauthorizedOperation ?Throttling", False),
        ("AccessDenied -GetObject", False),
        ("AccessDenied -PutObject", True),
    ],
)
def test_patterns_that_are_understood(pattern, expected):
    assert pattern_matches(pattern, EVENT) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.errorCode = %Access.*% }",
        "{ $.errorCode = }",
        "{ errorCode = AccessDenied }",
        "{ $.errorCode AccessDenied }",
        "{ $.errorCode = AccessDenied ) }",
        "{ ($.errorCode = AccessDenied }",
        "{ $.errorCode > 5 }",
        "{ $.errorCode IS SOMETHING }",
        "{ $.errorCode NOT FOUND }",
        "{ }",
        "[ip, user, code = 403]",
        "%AccessDenied%",
        '{ $.vpcEndpointId != "vpce-1" }',
        "Denied",
        "{" + "(" * 40 + "$.errorCode = AccessDenied" + ")" * 40 + "}",
        "A" * 2000,
    ],
)
def test_what_is_not_understood_is_not_decided(pattern):
    found = pattern_matches(pattern, EVENT)
    assert isinstance(found, Unknown) or (pattern.startswith("A") and found is False)


def test_a_doubt_that_changes_nothing_is_none():
    assert pattern_matches('{ $.vpcEndpointId != "x" || $.errorCode = AccessDenied }', EVENT) is True
    assert pattern_matches('{ $.vpcEndpointId != "x" && $.errorCode = Throttling }', EVENT) is False


@given(st.text(alphabet='{}()$.=!&|"*?-% aAccessDenied[]0<>', max_size=80))
def test_no_pattern_makes_it_fall_over(pattern):
    assert isinstance(pattern_matches(pattern, EVENT), bool | Unknown)

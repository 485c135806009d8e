"""Policies written to be expensive end in bounded time, with an answer or with the reason why there is none."""

import time
from typing import Any

import pytest

from scanner.policy.compare import Contained, Undecided, compare, excess, prepare
from scanner.policy.document import read_policy
from scanner.policy.pattern_sets import Effort
from scanner.policy.statements import PolicyKind

Raw = dict[str, Any]


def allow(action: object, resource: object, **condition: object) -> Raw:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def of_many(principals: int) -> list[Raw]:
    arns = [f"arn:aws:iam::{111111111111 + number}:role/r" for number in range(principals)]
    return [{"Effect": "Allow", "Principal": {"AWS": arns}, "Action": "s3:*", "Resource": "*"}]


DIGITS = [f"*{number}*" for number in range(20)]
MANY = 1500
PAIRS = {
    "many statements": (
        [allow("s3:GetObject", f"arn:aws:s3:::b{number}/*") for number in range(MANY)],
        [allow("s3:GetObject", f"arn:aws:s3:::b{number}/*") for number in reversed(range(MANY))],
    ),
    "many needles": (
        [allow("s3:GetObject", f"arn:aws:s3:::*{number}*") for number in range(MANY)],
        [allow("s3:GetObject", f"*?*?*?*{number}*?*") for number in range(MANY)],
    ),
    "only wildcards": (
        [allow("*?*?*?*:*?*?*", "*?*?*?*" * 20)],
        [allow("s3:*", "*?*?*?*?" * 30), allow("*?*:?*?*", "*a?*?b*")],
    ),
    "one huge pattern": (
        [allow("s3:*", "arn:aws:s3:::" + "a?*" * 30_000)],
        [allow("s3:*", "arn:aws:s3:::" + "*?a" * 30_000)],
    ),
    "many action patterns": (
        [allow([f"s3:*{number}*" for number in range(MANY)], "*")],
        [allow([f"s3:*{number}*" for number in range(0, MANY, 2)], "*")],
    ),
    "wild services": (
        [allow([f"*:*{number}*" for number in range(60)], "*")],
        [allow([f"*:?*{number}*" for number in range(60)], "*")],
    ),
    "many conditions": (
        [
            allow(
                "s3:*",
                "*",
                StringLike={f"aws:RequestTag/{one}": [f"*{two}*" for two in range(20)] for one in range(40)},
            )
        ],
        [
            allow("s3:*", "*", StringLike={f"aws:RequestTag/{one}": f"*{two}?*"})
            for one in range(40)
            for two in range(20)
        ],
    ),
    "many own denials": (
        [
            allow("s3:*", "*"),
            *(allow("s3:*", f"*{chr(97 + number % 26)}{number}?*") | {"Effect": "Deny"} for number in range(MANY)),
        ],
        [allow("s3:Get*", "*")],
    ),
    "many callers": (of_many(MANY), of_many(MANY - 1)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_hostile_policies_end(name: str) -> None:
    kind = PolicyKind.RESOURCE if name == "many callers" else PolicyKind.IDENTITY
    granted, allowed = (
        prepare([read_policy({"Version": "2012-10-17", "Statement": side})], kind) for side in PAIRS[name]
    )
    started = time.process_time()
    found = compare(granted, allowed, effort=Effort(200_000))
    excess(granted, allowed, effort=Effort(200_000))
    assert time.process_time() - started < 10
    assert name != "many statements" or isinstance(found, Undecided)


def test_what_the_bound_leaves_open_more_effort_settles() -> None:
    statements = [allow("s3:GetObject", f"arn:aws:s3:::b{number}/*") for number in range(100)]
    policy = prepare([read_policy({"Statement": statements})])
    found = compare(policy, policy, effort=Effort(10_000))
    assert isinstance(found, Undecided)
    assert "bound" in found.reason
    assert compare(policy, policy) == Contained()

"""Statements of resource policies, short enough to read a table of them."""

from collections.abc import Callable
from typing import Any

import pytest

Statement = dict[str, Any]


@pytest.fixture
def on() -> Callable[..., Statement]:
    """Makes a statement on a bucket and its objects: effect, principal, actions, the bucket's name, conditions."""

    def statement(effect: str, principal: Any, actions: Any, bucket: str = "b", **condition: Any) -> Statement:
        arn = f"arn:aws:s3:::{bucket}"
        found = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": [arn, f"{arn}/*"]}
        return found | ({"Condition": condition} if condition else {})

    return statement


@pytest.fixture
def document() -> Callable[..., dict[str, Any]]:
    """Makes a policy document of statements."""
    return lambda *statements: {"Version": "2012-10-17", "Statement": list(statements)}

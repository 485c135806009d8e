"""Healthy links between two accounts, drawn anew for each test."""

from collections.abc import Callable

import pytest
from link_blueprint import Blueprint


@pytest.fixture
def blueprint() -> Blueprint:
    """The healthy estate."""
    return Blueprint()


@pytest.fixture
def draw() -> Callable[..., Blueprint]:
    """Makes a healthy estate: `draw(partition="aws-cn")`, `draw(bucket_key=True)`."""
    return Blueprint

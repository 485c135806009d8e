"""Boxes of requests, subtracted and met: held to brute force over every request of a tiny world."""

import itertools
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.pattern_sets import Effort
from scanner.policy.patterns import compile_pattern
from scanner.policy.regions import (
    ABSENT_ONLY,
    ANYTHING,
    UNSEEN,
    Atom,
    Region,
    Texts,
    implies,
    is_empty,
    meet,
    minus,
    overlap,
    subtract,
)

WORLD = [*("".join(chars) for size in range(4) for chars in itertools.product("ab", repeat=size)), None]
ATOMS = [Atom("IpAddress", "k", ("10.0.0.0/8",)), Atom("DateLessThan", "d", ("2030-01-01",))]


def holds(texts: Texts, value: str | None) -> bool:
    if value is None:
        return texts.absent
    groups = (any(compile_pattern(pattern)(value) for pattern in group) for group in texts.within)
    return all(groups) and not any(compile_pattern(pattern)(value) for pattern in texts.outside)


Request = tuple[str | None, str | None, frozenset[Atom]]
REQUESTS: list[Request] = [
    (resource, value, frozenset(atoms))
    for resource in WORLD[:-1]
    for value in WORLD
    for atoms in ([], ATOMS[:1], ATOMS[1:], ATOMS)
]


def admits(region: Region, request: Request) -> bool:
    resource, value, atoms = request
    keys = holds(region.resource, resource) and holds(region.keys.get("k", ANYTHING), value)
    return keys and region.atoms <= atoms and not region.unless & atoms


patterns = st.lists(st.text("ab*?", max_size=3), max_size=2).map(tuple)
texts = st.builds(Texts, st.lists(patterns, max_size=2).map(tuple), patterns, st.booleans())
keys = st.one_of(st.just({}), st.builds(lambda one: {"k": one}, texts)).map(MappingProxyType)
atoms = st.frozensets(st.sampled_from(ATOMS))
resources = texts.map(lambda one: Texts(one.within, one.outside))
grants = st.builds(Region, resources, keys, atoms)


@given(texts, texts)
def test_sets_of_texts(first: Texts, second: Texts) -> None:
    for value in WORLD:
        assert holds(meet(first, second), value) == (holds(first, value) and holds(second, value))
        left = any(holds(piece, value) for piece in minus(first, second))
        assert left == (holds(first, value) and not holds(second, value))


@given(grants, grants, grants)
def test_subtraction_is_exact(region: Region, granted: Region, granted_too: Region) -> None:
    effort = Effort()
    left = [rest for piece in subtract(region, granted, effort) for rest in subtract(piece, granted_too, effort)]
    for request in REQUESTS:
        expected = admits(region, request) and not admits(granted, request) and not admits(granted_too, request)
        assert any(admits(piece, request) for piece in left) == expected


@given(grants, grants)
def test_overlap_is_exact(first: Region, second: Region) -> None:
    common = overlap(first, second, Effort())
    for request in REQUESTS:
        both = admits(first, request) and admits(second, request)
        assert both == (common is not None and admits(common, request))


def test_a_key_may_be_required_to_be_absent() -> None:
    assert not is_empty(ABSENT_ONLY, Effort())
    assert is_empty(meet(ABSENT_ONLY, Texts()), Effort())


@pytest.mark.parametrize(
    ("operator", "narrow", "wide", "expected"),
    [
        ("IpAddress", ("10.0.0.0/8",), ("10.0.0.0/8", "192.168.0.0/16"), True),
        ("IpAddress", ("10.0.0.0/9",), ("10.0.0.0/8",), False),
        ("NotIpAddress", ("10.0.0.0/8", "192.168.0.0/16"), ("10.0.0.0/8",), True),
        ("NotIpAddress", ("10.0.0.0/8",), ("10.0.0.0/8", "192.168.0.0/16"), False),
        ("ForAllValues:StringLike", ("a*b",), ("a*",), True),
        ("ForAnyValue:StringNotLike", ("a*",), ("ab",), True),
        ("ForAnyValue:StringEquals", ("ab",), ("a*",), False),
        ("ForAnyValue:StringLike", ("${a}",), ("????",), False),
        ("ArnLike", ("arn:aws:s3:*:1:x",), ("arn:*",), False),
    ],
)
def test_conditions_kept_whole(operator: str, narrow: tuple[str, ...], wide: tuple[str, ...], expected: bool) -> None:
    assert implies(Atom(operator, "k", narrow), Atom(operator, "k", wide), Effort()) is expected
    assert implies(Atom(operator, "k", narrow), Atom(operator + "IfExists", "k", wide), Effort()) is expected
    assert not implies(Atom(operator + "IfExists", "k", narrow), Atom(operator, "k", wide), Effort())
    assert not implies(Atom(operator, "k", narrow), Atom(operator, "other", wide), Effort())


def test_what_nobody_read_implies_nothing() -> None:
    unread = Atom(UNSEEN, "", ("not read",))
    assert not implies(unread, unread, Effort())

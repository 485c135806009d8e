"""What a statement reaches, as sets: exact where it is made of patterns, kept whole where it is not."""

from typing import Any

import pytest

from scanner.policy.constraints import regions_of, universe
from scanner.policy.document import parse_policy, read_policy
from scanner.policy.patterns import escape
from scanner.policy.regions import ABSENT_ONLY, ANYTHING, UNSEEN, Atom, Region, Texts
from scanner.policy.statements import PolicyKind

NEW, OLD = "2012-10-17", "2008-10-17"


def regions(parts: dict[str, Any], version: str = NEW, kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[Region, ...]:
    statement = {"Effect": "Allow", "Action": "s3:*", **parts}
    (parsed,) = parse_policy({"Version": version, "Statement": statement}).statements
    return regions_of(parsed, version, kind)  # type: ignore[arg-type]


def condition(operator: str, values: list[str], key: str = "k", version: str = NEW) -> tuple[Texts, frozenset[Atom]]:
    (region,) = regions({"Condition": {operator: {key: values}}}, version)
    return region.keys.get(key.lower(), ANYTHING), region.atoms


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringEquals", ["a*", "b"], Texts(((escape("a*"), "b"),))),
        ("StringLike", ["a*"], Texts((("a*",),))),
        ("StringLikeIfExists", ["a*"], Texts((("a*",),), absent=True)),
        ("StringNotEquals", ["a?"], Texts(outside=(escape("a?"),), absent=True)),
        ("StringNotLikeIfExists", ["a*"], Texts(outside=("a*",), absent=True)),
        ("ArnEquals", ["arn:aws:s3:::b*"], Texts((("arn:aws:s3:::b*",),))),
        ("ArnNotLike", ["arn:aws:s3:::b*"], Texts(outside=("arn:aws:s3:::b*",), absent=True)),
        ("Null", ["true"], ABSENT_ONLY),
        ("Null", ["false"], Texts()),
        ("StringEquals", ["${*}${$}"], Texts(((escape("*") + "$",),))),
    ],
)
def test_conditions_that_are_sets_of_texts(operator: str, values: list[str], expected: Texts) -> None:
    assert condition(operator, values) == (expected, frozenset())


@pytest.mark.parametrize(
    ("operator", "values", "key", "around"),
    [
        ("IpAddress", ["10.0.0.0/8"], "aws:SourceIp", Texts((("*",),))),
        ("NotIpAddress", ["10.0.0.0/8"], "aws:SourceIp", ANYTHING),
        ("NumericLessThanIfExists", ["5"], "s3:max-keys", Texts((("*",),), absent=True)),
        ("StringEqualsIgnoreCase", ["A"], "k", Texts((("*",),))),
        ("ArnLike", ["arn:aws:s3:*:*:b"], "aws:SourceArn", Texts((("arn:aws:s3:*:*:b",),))),
        ("ArnNotEquals", ["arn:aws:s3:*:*:b"], "aws:SourceArn", Texts(absent=True)),
        ("ArnLike", ["*"], "aws:SourceArn", Texts((("*",),))),
        ("StringLike", ["home/${aws:username}?"], "s3:prefix", Texts((("home/*?",),))),
        ("StringEquals", ["*${aws:username}"], "s3:prefix", Texts(((escape("*") + "*",),))),
        ("StringNotEquals", ["a", "${aws:username}"], "s3:prefix", Texts(outside=("a",), absent=True)),
        ("ForAllValues:StringLike", ["a*"], "k", ANYTHING),
        ("StringEquals", ["a"], "aws:TagKeys", ANYTHING),
        ("StringEquals", ["a"], "kms:EncryptionContextKeys", ANYTHING),
        ("Bool", ["perhaps"], "k", Texts((("*",),))),
    ],
)
def test_conditions_that_are_kept_whole(operator: str, values: list[str], key: str, around: Texts) -> None:
    assert condition(operator, values, key) == (around, {Atom(operator, key.lower(), tuple(values))})


def test_flags_are_true_or_false() -> None:
    flag = (("true", "false"),)
    assert universe("aws:securetransport") == Texts(flag, absent=True)
    assert condition("Bool", ["False"], "aws:SecureTransport") == (Texts((*flag, ("false",))), frozenset())
    assert universe("kms:viaservice") == ANYTHING


def test_conditions_on_one_key_meet() -> None:
    (region,) = regions({"Condition": {"StringLike": {"k": "a*"}, "StringNotEquals": {"K": "ab"}}})
    assert region.keys == {"k": Texts((("a*",),), ("ab",))}


def test_resources_and_variables() -> None:
    fixed, varying = regions({"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::h/${aws:username}/*"]})
    assert fixed == Region(Texts((("arn:aws:s3:::b",),)))
    atom = Atom("Resource", "", ("arn:aws:s3:::h/${aws:username}/*",))
    assert varying == Region(Texts((("arn:aws:s3:::h/*/*",),)), atoms=frozenset({atom}))
    (other,) = regions({"NotResource": ["a:b", "${aws:username}"]})
    assert other == Region(Texts(outside=("a:b",)), atoms=frozenset({Atom("NotResource", "", ("${aws:username}",))}))


def test_variables_are_plain_text_in_the_old_language() -> None:
    (region,) = regions({"Resource": "arn:aws:s3:::${aws:username}"}, OLD)
    assert region == Region(Texts((("arn:aws:s3:::${aws:username}",),)))
    operator = "ForAnyValue:StringLike"
    assert condition(operator, ["${a}"], version=OLD)[1] != condition(operator, ["${a}"])[1]


def test_short_arns_are_completed_where_aws_completes_them() -> None:
    (completed,) = regions({"Resource": "arn:aws:s3"})
    assert completed.resource == Texts((("arn:aws:s3:*:*:*",),))
    (either,) = regions({"NotResource": "arn:aws:*/a"})
    assert either.resource == Texts(outside=("arn:aws:*/a", "arn:aws:*/a:*:*:*"))
    (as_written,) = regions({"Resource": "arn:aws:s3", "Principal": "*"}, kind=PolicyKind.RESOURCE)
    assert as_written.resource == Texts((("arn:aws:s3",),))


def test_what_was_not_read_is_an_atom_that_proves_nothing() -> None:
    policy = read_policy({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": 7, "Condition": 8}})
    (region,) = regions_of(policy.statements[0], NEW, PolicyKind.IDENTITY)  # type: ignore[union-attr, arg-type]
    assert [atom.operator for atom in region.atoms] == [UNSEEN, UNSEEN]

"""Addresses and references mean what Terraform means by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terraform_plan import refer

from scanner.sources.terraform.addresses import Reference, parse_reference, steps_of, traversals

REFERENCES = {
    "aws_s3_bucket.b.arn": Reference("resource", "", "aws_s3_bucket.b", None, ("arn",)),
    "aws_s3_bucket.b": Reference("resource", "", "aws_s3_bucket.b"),
    "aws_s3_bucket.b[0].arn": Reference("resource", "", "aws_s3_bucket.b", 0, ("arn",)),
    'aws_s3_bucket.b["x.y[0]"].arn': Reference("resource", "", "aws_s3_bucket.b", "x.y[0]", ("arn",)),
    'aws_s3_bucket.b["say \\"x\\""].arn': Reference("resource", "", "aws_s3_bucket.b", 'say "x"', ("arn",)),
    "data.aws_region.here.name": Reference("resource", "", "data.aws_region.here", None, ("name",)),
    "aws_x.o.roots[0].id": Reference("resource", "", "aws_x.o", None, ("roots", 0, "id")),
    'var.regions["dr"]': Reference("variable", "", "regions", None, ("dr",)),
    "module.copy.arn": Reference("module", "", "copy", None, ("arn",)),
    'module.copy["eu"].keys[1]': Reference("module", "", "copy", "eu", ("keys", 1)),
    "each.key": Reference("each.key", ""),
    "each.value.arn": Reference("each.value", "", path=("arn",)),
    "count.index": Reference("count.index", ""),
    "path.module": Reference("constant", ""),
    "terraform.workspace": Reference("constant", ""),
    "local.x.y": Reference("lost", ""),
    "self.id": Reference("lost", ""),
    "aws_s3_bucket": Reference("lost", ""),
    "": Reference("lost", ""),
    "a.b[": Reference("lost", ""),
    "a..b": Reference("lost", ""),
    "a.b.c" + "d" * 2000: Reference("lost", ""),
}


@pytest.mark.parametrize(("text", "expected"), REFERENCES.items(), ids=[text[:40] for text in REFERENCES])
def test_references(text: str, expected: Reference) -> None:
    found = parse_reference(text)
    assert found.text == text
    assert (found.kind, found.name, found.key, found.path) == (
        expected.kind,
        expected.name,
        expected.key,
        expected.path,
    )


LISTS = [
    ["aws_s3_bucket.b.arn"],
    ["aws_s3_bucket.b.arn", "aws_s3_bucket.b.arn"],
    ["aws_s3_bucket.b[0].arn", "aws_s3_bucket.b", "each.key"],
    ["module.m[0].o", "module.m"],
    ["var.ab", "var.a"],
    ["aws_s3_bucket.b", "aws_s3_bucket.b"],
]


@pytest.mark.parametrize("references", LISTS, ids=str)
def test_each_reference_counts_as_often_as_it_is_made(references: list[str]) -> None:
    assert [one.text for one in traversals(refer(*references)["references"])] == references


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ()),
        ("module.a", (("a", None),)),
        ('module.a["x"].module.b[0]', (("a", "x"), ("b", 0))),
        ("module", None),
        ("a.b", None),
        ("module[0]", None),
    ],
)
def test_modules(address: str, expected: object) -> None:
    assert steps_of(address) == expected


@given(st.text(alphabet='module.data"[]0\\xé'))
def test_any_text_is_understood_or_not(text: str) -> None:
    assert parse_reference(text).text == text
    steps_of(text)

"""Links in words: the worst first, with what S3 would say, what is missing, and who decided."""

import io
import re
from dataclasses import replace

import pytest

from reports import FORMATS, Options
from reports.link_view import link_rows, links_line
from scanner.findings.scan import Scan
from scanner.inert import inert


def written(scan: Scan, name: str) -> str:
    stream = io.StringIO()
    FORMATS[name].write(scan, stream, Options(width=200))
    return stream.getvalue()


def test_broken_links_come_first_then_unknown_ones_then_those_that_lose_something(linked: Scan) -> None:
    rows = link_rows(linked, 10)
    assert [row.verdict for row in rows] == ["broken", "unknown", "works", "works"]
    assert [row.name for row in rows[2:]] == ["orders-tags → orders-tags-dr", "orders-logs → orders-logs-dr"]
    assert [row.verdict for row in link_rows(linked, 2)] == ["broken", "unknown"]
    assert links_line(linked) == "1 broken, 1 unknown, 2 working"


def test_a_broken_link_says_why_fault_by_fault(linked: Scan) -> None:
    row = link_rows(linked, 1)[0]
    assert row.reasons == ("DstBucketUnversioned", "SrcGetAclNotPermitted")
    fault, missing = row.causes
    assert fault.line == "versioning of orders-dr is not enabled"
    assert missing.what == "no s3:GetObjectVersionAcl on arn:aws:s3:::orders-data/*"
    assert "denies it" in missing.because
    assert row.line == (
        "DstBucketUnversioned, SrcGetAclNotPermitted; versioning of orders-dr is not enabled (and 1 more)"
    )


def test_an_unknown_link_says_what_was_not_seen(linked: Scan) -> None:
    row = link_rows(linked, 2)[1]
    assert row.line.startswith("not seen: s3:GetBucketVersioning refused")
    assert row.destination.startswith("222222222222")


def test_a_link_that_loses_tags_still_works(linked: Scan) -> None:
    losing, working = link_rows(linked, 4)[2:]
    assert losing.causes[0].what.endswith("(objects arrive all the same)")
    assert losing.excess == 1
    assert working.line == "objects would arrive"


def test_what_was_not_seen_does_not_matter_for_a_link_that_works(linked: Scan) -> None:
    doubted = {**linked.links[0], "unknown": [{"hop": "source-bucket", "reason": "refused"}]}
    assert link_rows(replace(linked, links=(doubted,)), 1)[0].causes == ()


def test_the_table_names_each_link_that_has_something_wrong(linked: Scan, hostile: str) -> None:
    text = written(linked, "table")
    section = text[text.index("REPLICATION LINKS: 1 broken") :]
    assert re.findall(r"^  (broken|unknown|works) ", section, re.MULTILINE) == ["broken", "unknown", "works"]
    assert "S3 would say DstBucketUnversioned, SrcGetAclNotPermitted" in section
    assert "orders-logs-dr" not in section
    assert inert(hostile) in section


def test_the_table_lists_as_many_links_as_rows_are_asked_for(linked: Scan) -> None:
    stream = io.StringIO()
    FORMATS["table"].write(linked, stream, Options(rows=1))
    assert "and 2 more; --format json lists all" in stream.getvalue()
    assert "sealed-dr" not in stream.getvalue()


@pytest.mark.parametrize("name", ["table", "html"])
def test_without_links_nothing_is_said_of_them(linked: Scan, name: str) -> None:
    assert "replication links" not in written(replace(linked, links=()), name).lower()

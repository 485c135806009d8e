"""The table tells a person what fails, what to do, and how much was seen."""

import io
import re
from dataclasses import replace
from html import escape
from typing import Any

import pytest

from reports import FORMATS, Options
from scanner.estate.estate import Account, Unseen
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode
from scanner.findings.scan import Coverage, Scan
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION


def text_of(scan: Scan, **options: Any) -> str:
    stream = io.StringIO()
    FORMATS["table"].write(scan, stream, Options(**options))
    return stream.getvalue()


def test_the_worst_comes_first_then_what_is_unknown_then_what_is_waived(scan: Scan) -> None:
    headings = [line for line in text_of(scan).splitlines() if re.match(r"[A-Z]+: ", line)]
    assert headings == [
        "CRITICAL: 1 failing",
        "HIGH: 2 failing",
        "UNKNOWN: 1 undecided",
        "WAIVED: 1 failing, and accepted by their owner",
    ]


def test_a_failure_shows_resource_place_evidence_and_the_next_step(scan: Scan) -> None:
    text = text_of(scan, width=160)
    assert re.search(
        r'FAIL +orders-data +VersioningConfiguration.Status: "Suspended", expected: equals "Enabled"', text
    )
    assert "stacks/dr.yaml:42 111111111111 (primary) us-east-1" in text
    assert "Next step: Turn on versioning." in text


def test_a_failure_says_under_which_conditions_of_the_template_it_fails(scan: Scan) -> None:
    lines = text_of(scan, width=160).splitlines()
    place = next(at for at, line in enumerate(lines) if "stacks/dr.yaml:42" in line)
    assert lines[place + 1].strip() == "when Stage is prod"


def test_what_templates_would_change_is_told_link_by_link_and_grant_by_grant(scan: Scan, whole: Scan) -> None:
    assert "CHANGES" not in text_of(scan)
    text = text_of(whole, width=200)
    section = text[text.index("CHANGES: this breaks 1 link") : text.index("REPLICATION LINKS")]
    assert re.findall(r"^  (breaks|unclear|mends|grants) ", section, re.M) == [
        "breaks",
        "unclear",
        "mends",
        "grants",
        "unclear",
    ]
    assert "orders-tags/dr/orders-tags-dr: broken → works" in section
    grant = "would let arn:aws:iam::333333333333:root do s3:DeleteObject on arn:aws:s3:::orders-dr/*"
    assert grant in " ".join(section.split())
    assert "orders-logs" not in section
    assert "and 1 more; --format json lists all" in text_of(replace(whole, links=()), rows=2)


def test_an_unknown_finding_shows_what_would_settle_it(scan: Scan) -> None:
    text = text_of(scan, width=200)
    assert re.search(r"\* grant s3:GetBucketVersioning in 222222222222 .*: would settle 1 finding", text)


def test_a_place_that_nobody_named_is_not_called_by_its_stand_in(scan: Scan) -> None:
    place = Location("dr.yaml", 3)
    resource = Resource("AWS::S3::Bucket", "", UNNAMED_ACCOUNT, UNNAMED_REGION, "{Orders}", location=place)
    finding = replace(scan.findings[3], resource=resource)
    unseen = (Unseen(UNNAMED_ACCOUNT, UNNAMED_REGION, "AWS::IAM::Role", "it may be elsewhere"),)
    coverage = Coverage((Account(UNNAMED_ACCOUNT, "", (UNNAMED_REGION,)),), unseen)
    named_by_place = replace(resource, name=f"{UNNAMED_ACCOUNT}/{UNNAMED_REGION}")
    findings = (finding, replace(finding, resource=named_by_place))
    template = replace(scan, findings=findings, coverage=coverage)
    for name in ("table", "html", "markdown", "junit"):
        stream = io.StringIO()
        FORMATS[name].write(template, stream, Options(width=200))
        shown = stream.getvalue()
        for identity in (resource.identity, named_by_place.identity):
            shown = shown.replace(identity, "").replace(escape(identity), "")
        assert "{Orders}" in shown
        assert "account not named/region not named" in shown
        assert UNNAMED_ACCOUNT not in shown
        assert UNNAMED_REGION not in shown


def test_what_passes_is_counted_and_only_listed_when_asked_for(scan: Scan) -> None:
    assert "orders-logs" not in text_of(scan)
    listed = text_of(scan, only=[Verdict.PASS])
    assert re.search(r"PASS +orders-logs", listed)
    assert "FAIL " not in listed
    assert "2 passed" in listed


def test_the_last_lines_say_what_was_seen_and_what_the_exit_code_means(scan: Scan) -> None:
    lines = text_of(scan, width=200, exit_code=ExitCode.FAILING).splitlines()
    assert lines[-1].split(maxsplit=2) == ["Exit", "1", "something fails at high or worse"]
    assert lines[-2].startswith("Result")
    assert "3 failing (1 critical, 2 high), 1 unknown, 1 waived, 2 passed, 4 not applicable" in lines[-2]
    seen = next(line for line in lines if line.startswith("Seen"))
    assert seen.endswith("2 accounts, 3 regions, 7 resources, 31 calls, 2 things not seen")
    assert any(line.startswith("Incomplete") for line in lines)
    assert any(line.startswith("Note") and "the waiver of a-rule expired" in line for line in lines)


def test_unknowns_that_are_allowed_end_with_0(scan: Scan) -> None:
    last = text_of(scan, width=200, exit_code=ExitCode.INCOMPLETE, allow_unknown=True).splitlines()[-1]
    assert last.split(maxsplit=1)[0:1] == ["Exit"]
    assert "but not everything could be seen, which was allowed" in last
    assert last.split()[1] == "0"


def test_a_whole_view_says_so(scan: Scan) -> None:
    assert "nothing left unseen" in text_of(replace(scan, coverage=Coverage()))


def test_known_failures_are_marked(scan: Scan) -> None:
    known = Baseline(failing=frozenset({scan.findings[0].fingerprint}))
    assert text_of(scan, baseline=known).count("FAIL (known)") == 1


def test_many_findings_of_one_rule_are_cut_short_and_counted(scan: Scan) -> None:
    many = replace(scan, findings=(scan.findings[0],) * 30)
    text = text_of(many, rows=10)
    assert text.count("FAIL ") == 10
    assert "and 20 more" in text


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_lines_keep_to_the_width_and_names_are_not_broken_at_hyphens(scan: Scan, width: int) -> None:
    lines = text_of(scan, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("us-east-1" in line for line in lines)


def test_nothing_hostile_reaches_the_terminal(scan: Scan) -> None:
    text = text_of(scan)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert not re.search(r"^FAIL  forged", text, re.M)


def test_colour_only_when_asked_for_and_only_ours(scan: Scan) -> None:
    assert "\x1b" not in text_of(scan)
    colored = text_of(scan, color=True)
    assert set(re.findall(r"\x1b\[([0-9;]*)m", colored)) <= {
        "0",
        "1",
        "2",
        "31",
        "33",
        "35",
        "36",
        "1;31",
        "1;35",
        "1;2",
    }
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == text_of(scan)


def test_a_stream_that_cannot_write_a_character_gets_it_escaped(scan: Scan) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    FORMATS["table"].write(scan, stream, Options())
    stream.flush()
    assert b"\\u2026" in raw.getvalue()


def test_a_long_path_is_broken_at_its_joints(scan: Scan) -> None:
    assert re.search(r"VersioningConfiguration\.\n.* Status: ", text_of(scan, width=50))

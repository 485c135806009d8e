"""Markdown for a pull request: the verdict first, never too long, and nothing in it that its author did not mean."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reports import FORMATS, Options, markdown
from reports.markup import code, prose
from scanner.estate.changes import Changes
from scanner.estate.resource import Resource
from scanner.estate.verdict import Evidence, Verdict
from scanner.findings.baseline import Baseline
from scanner.findings.exit_codes import ExitCode
from scanner.findings.scan import Coverage, Scan

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
OUR_HTML = re.compile(r"<summary>[A-Za-z0-9 ,:]*</summary>|</?(details|code)>|<!-- drscan -->|\s")

HOSTILE = (
    "@octocat look",
    "fixes #1 and GH-2",
    "![x](https://evil.example/beacon.png)",
    "[click](https://evil.example)",
    "https://evil.example/owner/repo/issues/1",
    "www.evil.example",
    "<img src=x onerror=alert(1)>",
    "</details><script>alert(1)</script>",
    "a | b || c",
    "a\\|b",
    "`x` ``y`` ```z",
    "trailing\\",
    "| --- |\n|---|",
    "# heading",
    "- item",
    "1. item",
    "\n\n---\n\n# forged",
    "***bold*** __it__ ~~gone~~",
    "&#64;octocat &amp;",
    "<!-- drscan -->",
    "$x$ :tada:",
    "    indented",
)


def text_of(scan: Scan, **options: Any) -> str:
    stream = io.StringIO()
    FORMATS["markdown"].write(scan, stream, Options(**options))
    return stream.getvalue()


def tokens_of(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def shown(text: str) -> str:
    """What a reader sees of one paragraph."""
    rendered = "".join(
        token.content for token in tokens_of(text) if token.type in ("text", "code_inline", "text_special")
    )
    return rendered.replace("\u200b", "")


def with_everywhere(scan: Scan, text: str) -> Scan:
    """The scan with one finding that has a text in every place where text can come from."""
    resource = Resource(text, text, text, text, text)
    finding = replace(scan.findings[4], resource=resource, evidence=(Evidence(text, text, text, text),), when=text)
    findings = tuple(replace(finding, verdict=verdict) for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED))
    rules = {key: replace(rule, title=text, why=text, fix=text) for key, rule in scan.rules.items()}
    access = (
        tuple(
            replace(each, policy=text, statement=text, principal=text, context={text: text})
            for each in scan.changes.access
        )
        if scan.changes
        else ()
    )
    links = tuple(replace(each, id=text, because=(text,)) for each in scan.changes.links) if scan.changes else ()
    changes = Changes(links, access, (text,))
    return replace(scan, findings=findings, rules=rules, messages=(text,), changes=changes)


def test_the_verdict_comes_first(scan: Scan) -> None:
    assert text_of(scan).startswith("### drscan report: 3 failures (1 critical, 2 high), 1 undecided\n")
    failed = text_of(scan, exit_code=ExitCode.FAILING)
    assert failed.startswith("### drscan failed: 3 failures")
    assert "Exit code 1: something fails at high or worse." in failed
    clean = replace(scan, findings=scan.findings[-2:], coverage=Coverage(), messages=())
    assert text_of(clean, exit_code=ExitCode.CLEAN).startswith("### drscan passed: no failures\n")
    allowed = text_of(scan, exit_code=ExitCode.INCOMPLETE, allow_unknown=True)
    assert allowed.startswith("### drscan passed, but did not see everything")


def test_failures_stand_in_a_table_with_file_and_line(scan: Scan) -> None:
    row = next(line for line in text_of(scan).splitlines() if "`orders-data`" in line)
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "high",
        "`orders-data`",
        "`stacks/dr.yaml:42`",
        '`VersioningConfiguration.Status: "Suspended", expected: equals "Enabled"` when Stage is prod',
        "`bucket-versioning-enabled`",
    ]


def test_with_a_baseline_only_new_failures_are_in_the_open(scan: Scan) -> None:
    text = text_of(scan, baseline=Baseline(frozenset({scan.findings[0].fingerprint})))
    assert text.startswith("### drscan report: 2 new failures (2 high)")
    new, _, known = text.partition("<summary>1 known to the baseline</summary>")
    assert "`orders-dr`" in known
    assert "`orders-dr`" not in new


def test_what_would_change_links_and_gaps_are_told(whole: Scan) -> None:
    text = text_of(whole)
    for words in (
        "Laid over what is live, this breaks 1 link",
        "| works → broken | no kms:Encrypt; ",
        "| mends | `orders-tags/dr/orders-tags-dr` |",
        "| `arn:aws:iam::333333333333:root` | `s3:DeleteObject` |",
        "policy of key \\{ReplicaKey\\}: the live one could not be read",
        "<summary>Replication links: 1 broken, 1 unknown, 2 working</summary>",
        "<summary>2 things not seen</summary>",
        "grant s3:GetBucketVersioning",
        "until 2027-01-31, data team: Nothing is kept here.",
    ):
        assert words in text, words
    assert "orders-logs/dr" not in text


def test_what_folds_away_unfolds_again(whole: Scan) -> None:
    text = text_of(whole)
    assert text.count("<details>") == text.count("</details>") == 6
    assert text.endswith("\n<!-- drscan -->\n")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_inert_wherever_it_comes_from(whole: Scan, hostile: str) -> None:
    text = text_of(with_everywhere(whole, hostile))
    tokens = list(tokens_of(text))
    assert not {token.type for token in tokens} & {
        "image",
        "link_open",
        "s_open",
        "em_open",
        "hr",
        "fence",
        "code_block",
    }
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            assert not OUR_HTML.sub("", token.content), token.content
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert [heading.split(":")[0] for heading in headings] == ["drscan report", "What this would change", "Failures"]
    for active in ("@o", "#1", "GH-2", "://", "www."):
        assert active not in without_code(tokens)


def without_code(tokens: list[Token]) -> str:
    """All text but for what stands between <code> and </code>."""
    kept, depth = [], 0
    for token in tokens:
        if token.type == "html_inline":
            depth += {"<code>": 1, "</code>": -1}.get(token.content, 0)
        elif token.type == "text" and not depth:
            kept.append(token.content)
    return "".join(kept)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_row_of_a_table_has_the_columns_of_its_head(whole: Scan, hostile: str) -> None:
    tokens = list(tokens_of(text_of(with_everywhere(whole, hostile))))
    rows, head = 0, 0
    for token in tokens:
        if token.type in ("thead_open", "tr_open"):
            head = 0 if token.type == "thead_open" else head
            cells = 0
        elif token.type in ("th_open", "td_open"):
            cells += 1
        elif token.type == "tr_close":
            head = head or cells
            rows += 1
            assert cells == head
    assert rows >= 10


@given(text=st.text(alphabet=st.sampled_from("`|\\<>&[]()!*_~#@:/.wWGH-1 \nax{}$^\"'")))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    assert shown(f"x {prose(text)}") == f"x {' '.join(text.split())}".rstrip()


@given(text=st.text(alphabet=st.sampled_from("`|\\<>&[]()!*_~#@:/. \nax{}$")))
def test_code_reads_as_it_was_in_a_table_too(text: str) -> None:
    visible = text.replace("\n", "\\n")
    if visible.strip():
        assert shown(f"x {code(text)}").removeprefix("x ") == visible
        (cell,) = [token for token in PARSER.parse(f"| a |\n|---|\n| {code(text)} |") if token.type == "inline"][1:]
        contents = (each.content for each in cell.children or () if each.type != "html_inline")
        assert "".join(contents) == visible
    else:
        assert code(text) == ""


def test_a_comment_is_never_longer_than_github_takes_and_says_what_it_lacks(whole: Scan) -> None:
    many = tuple(
        replace(whole.findings[1], resource=Resource("T", str(n), "1", "r", f"<{n}>" * 40)) for n in range(900)
    )
    undecided = tuple(replace(each, verdict=Verdict.UNKNOWN) for each in many)
    text = text_of(replace(whole, findings=many + undecided, links=whole.links * 60))
    assert 30_000 < len(text) <= markdown.MAX_CHARACTERS
    assert text.startswith("### drscan report: 900 failures")
    assert re.search(r"and 8\d\d more", text)
    assert "There was no room left for: what was not seen. The other reports have everything." in text
    assert text.count("<details>") == text.count("</details>")


def test_long_lists_are_counted_where_they_are_cut(scan: Scan) -> None:
    text = text_of(replace(scan, findings=(scan.findings[2],) * 70, messages=("again",) * 70))
    assert text.count("| `orders-data` |") == markdown.MAX_ROWS
    assert text.count("- again") == markdown.MAX_ROWS
    assert "\n- and 20 more\n" in text
    assert "\n\nand 20 more\n" in text

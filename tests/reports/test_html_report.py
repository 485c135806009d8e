"""The page stands alone, runs nothing that it did not bring, and shows every name as text."""

import io
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from reports import FORMATS, Options, html_view
from scanner.estate.verdict import Verdict
from scanner.findings.exit_codes import ExitCode
from scanner.findings.scan import Coverage, Scan


class Parsed(HTMLParser):
    """A page as a browser would take it apart: elements with their attributes, and the text of each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(scan: Scan, **options: Any) -> str:
    stream = io.StringIO()
    FORMATS["html"].write(scan, stream, Options(**options))
    return stream.getvalue()


def test_the_page_loads_nothing_from_anywhere(scan: Scan) -> None:
    page = Parsed(page_of(scan))
    assert not {"img", "link", "iframe", "object", "embed", "base", "form", "video"} & {tag for tag, _ in page.elements}
    assert not [tag for tag, attributes in page.elements if "src" in attributes or "style" in attributes]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "url(" not in page.texts["style"][0]
    assert "@import" not in page.texts["style"][0]


def test_only_the_page_s_own_style_and_script_are_allowed_to_work(scan: Scan) -> None:
    page = Parsed(page_of(scan))
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == "'none'"
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (content,) = page.texts[kind]
        assert allowed[f"{kind}-src"] == f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def test_hostile_names_are_text_and_inert(scan: Scan) -> None:
    page = page_of(scan)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[2J\\u202etxt.exe\\nFAIL  forged" in page
    assert page.count("<script") == 1
    text = page.replace("\n", "")
    assert all(char.isprintable() for char in text)


def test_a_reference_is_a_link_only_when_it_is_https(scan: Scan) -> None:
    links = [link["href"] for link in Parsed(page_of(scan)).all("a")]
    assert "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html" in links
    assert all(link and link.startswith(("https://", "#")) for link in links)


def test_every_finding_that_does_not_pass_has_a_row_under_its_rule(scan: Scan) -> None:
    rows = [row for row in Parsed(page_of(scan)).all("details") if "row" in (row.get("class") or "")]
    expected = [(f"row {f.verdict}", f"f-{f.fingerprint}") for f in scan.findings if f.verdict is not Verdict.PASS]
    assert sorted((row["class"], row["id"]) for row in rows) == sorted(expected)  # type: ignore[type-var]


def test_a_rule_is_explained_once_with_why_next_step_attack_and_controls(scan: Scan) -> None:
    page = page_of(scan)
    for words in (
        "whoever takes over the recovery account deletes the copies",
        "Turn on Object Lock with a default retention",
        "T1485 Data Destruction (prevents)",
        "NIST SP 800-53 Rev. 5",
        "CP-9(8)",
    ):
        assert page.count(words) == 1, words


def test_the_head_tells_verdicts_coverage_messages_and_incompleteness(scan: Scan) -> None:
    page = Parsed(page_of(scan, exit_code=ExitCode.FAILING))
    assert page.texts["h1"] == ["3 failures, 1 of them critical; 1 unknown"]
    assert page.texts["title"] == ["drscan: 3 failures, 1 of them critical; 1 unknown"]
    assert [text.strip() for text in page.texts["b"][:5]] == ["3", "1", "1", "2", "4"]
    text = page_of(scan, exit_code=ExitCode.FAILING)
    for words in (
        "2 accounts, 3 regions, 7 resources, 31 calls, 2 things not seen",
        "Incomplete.",
        "the waiver of a-rule expired on 2026-01-01",
        "grant s3:GetBucketVersioning in 222222222222",
        "333333333333 account: sts:AssumeRole refused: AccessDenied",
        "Waived by data team until 2027-01-31: Nothing is kept here.",
        "Exit code 1: something fails at high or worse.",
    ):
        assert words in text, words


def test_a_failure_says_under_which_conditions_of_the_template_it_fails(scan: Scan) -> None:
    assert page_of(scan).count("<em>when Stage is prod</em>") == 1


def test_what_templates_would_change_is_told_link_by_link_and_grant_by_grant(scan: Scan, whole: Scan) -> None:
    assert "What this would change" not in page_of(scan)
    page = page_of(whole)
    section = page[page.index('id="changes"') : page.index('id="links"')]
    assert "Laid over what is live, this breaks 1 link" in section
    assert re.findall(r'class="row [A-Z]+"><summary><b>(\w+)</b>', section) == ["breaks", "unclear", "mends"]
    assert "<td>s3:DeleteObject<td>arn:aws:s3:::orders-dr/*<td>" in section
    assert "Could not be compared: policy of key {ReplicaKey}" in section
    assert "orders-logs/dr" not in section


def test_a_clean_scan_says_so_and_has_nothing_to_filter(scan: Scan) -> None:
    clean = replace(scan, findings=scan.findings[-2:], coverage=Coverage(), messages=())
    page = Parsed(page_of(clean))
    assert page.texts["h1"] == ["Nothing fails"]
    assert not page.all("nav")
    assert not [row for row in page.all("details") if "row" in (row.get("class") or "")]


def test_names_that_pass_are_listed_unless_only_others_are_asked_for(scan: Scan) -> None:
    assert "<li>orders-logs" in page_of(scan)
    assert "orders-logs" not in page_of(scan, only=[Verdict.FAIL])


def test_it_has_landmarks_one_main_heading_and_labels_that_exist(scan: Scan) -> None:
    page = Parsed(page_of(scan))
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert page.all("html") == [{"lang": "en"}]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes}
    targets = {href[1:] for link in page.all("a") if (href := link["href"] or "").startswith("#")}
    assert labels | targets <= set(ids)


def test_large_scans_are_bounded_and_every_bound_is_told(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("FIRST_ROWS", "MAX_ROWS", "MAX_PASSED", "MAX_UNSEEN", "MAX_LIFTS"):
        monkeypatch.setattr(html_view, bound, 1)
    monkeypatch.setattr(html_view, "MAX_ROWS", 2)
    failing, passing = scan.findings[2], scan.findings[5]
    page = page_of(replace(scan, findings=(failing, failing, failing, failing, passing, passing, passing)))
    rows = [row for row in Parsed(page).all("details") if "row" in (row.get("class") or "")]
    assert len(rows) == 2
    assert "<summary>1 more</summary>" in page
    assert "2 more findings of this rule are in the JSON report" in page
    assert "and 2 more\n" in page
    assert "and 1 more, in the JSON report" in page


def test_a_finding_takes_less_than_a_kilobyte(scan: Scan) -> None:
    usual = (scan.findings[2],) * 500
    assert len(page_of(replace(scan, findings=usual))) - len(page_of(replace(scan, findings=usual[:1]))) < 499 * 1024
    assert re.search(r"490 more", page_of(replace(scan, findings=usual)))

"""A waiver accepts one kind of failure, on the resources it names, until its day; and says when it is of no use."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.estate.intent import Waiver
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding
from scanner.findings.waivers import apply_waivers, arn_matches, waiver_messages

TODAY = date(2027, 1, 31)


def finding(verdict: Verdict = Verdict.FAIL, rule: str = "a-rule", arn: str = "arn:aws:s3:::orders") -> Finding:
    return Finding(rule, verdict, Severity.HIGH, Resource("AWS::S3::Bucket", arn, "1", "r", "orders"))


def waiver(rule: str = "a-rule", resource: str = "arn:aws:s3:::ord*", expires: date = TODAY) -> Waiver:
    return Waiver(rule, resource, "reason", "data team", expires, line=7)


COVERAGE = {
    "its rule on its resource": (finding(), waiver(), Verdict.WAIVED),
    "not another rule": (finding(rule="b-rule"), waiver(), Verdict.FAIL),
    "not another resource": (finding(arn="arn:aws:s3:::other"), waiver(), Verdict.FAIL),
    "not the day after": (finding(), waiver(expires=date(2027, 1, 30)), Verdict.FAIL),
    "not what is unknown": (finding(Verdict.UNKNOWN), waiver(), Verdict.UNKNOWN),
    "not what passes": (finding(Verdict.PASS), waiver(), Verdict.PASS),
    "a resource without ARN by its name": (finding(arn=""), waiver(resource="orders"), Verdict.WAIVED),
}


@pytest.mark.parametrize(("found", "accepted", "verdict"), COVERAGE.values(), ids=COVERAGE)
def test_a_waiver_covers(found: Finding, accepted: Waiver, verdict: Verdict) -> None:
    (result,) = apply_waivers([found], [accepted], TODAY)
    assert result.verdict is verdict
    assert result.waiver == (accepted if verdict is Verdict.WAIVED else None)
    assert result.fingerprint == found.fingerprint


def told(found: Finding, accepted: Waiver, ran: tuple[str, ...] = ("a-rule", "b-rule")) -> list[str]:
    findings = list(apply_waivers([found], [accepted], TODAY))
    known = {"a-rule", "b-rule", "not-chosen"}
    return list(waiver_messages(findings, [accepted], TODAY, file=Path("estate.yaml"), ran=ran, known=known))


def test_a_waiver_at_work_needs_no_message() -> None:
    assert told(finding(), waiver()) == []


def test_an_expired_waiver_is_reported_with_its_owner() -> None:
    (message,) = told(finding(), waiver(expires=date(2026, 12, 31)))
    assert message.startswith("estate.yaml:7: the waiver of a-rule for arn:aws:s3:::ord* expired on 2026-12-31")
    assert "data team" in message


IDLE = {
    "it matches nothing": (finding(), waiver(resource="arn:aws:s3:::zzz"), "matches nothing that fails"),
    "what it covers passes now": (finding(Verdict.PASS), waiver(), "matches nothing that fails"),
    "its rule does not exist": (finding(), waiver(rule="misspelt"), "names a rule that does not exist"),
}


@pytest.mark.parametrize(("found", "accepted", "message"), IDLE.values(), ids=IDLE)
def test_a_waiver_is_reported_when(found: Finding, accepted: Waiver, message: str) -> None:
    (said,) = told(found, accepted)
    assert message in said


def test_a_waiver_is_left_in_peace_when_it_could_not_be_of_use_this_time() -> None:
    assert told(finding(Verdict.UNKNOWN), waiver()) == []
    assert told(finding(), waiver(rule="not-chosen")) == []


HERE = Location("stack.yaml", 10, 20)


def inline(rule: str = "a-rule", expires: date = TODAY, place: Location = HERE) -> Waiver:
    return Waiver(rule, "SourceBucket", "reason", "data team", expires, 14, place)


def declared(
    verdict: Verdict = Verdict.FAIL,
    rule: str = "a-rule",
    type_: str = "AWS::S3::Bucket",
    place: Location | None = HERE,
) -> Finding:
    return Finding(rule, verdict, Severity.HIGH, Resource(type_, "arn:aws:s3:::{X}", "1", "r", "{X}", {}, place))


ELSEWHERE = Location("other.yaml", 10, 20)
INLINE_COVERAGE = {
    "its rule at its resource": (declared(), inline(), Verdict.WAIVED),
    "the links of its bucket": (declared(type_="DR::Replication::Link"), inline(), Verdict.WAIVED),
    "its resource, however long it is": (declared(place=Location("stack.yaml", 10)), inline(), Verdict.WAIVED),
    "not another rule": (declared(rule="b-rule"), inline(), Verdict.FAIL),
    "not another resource": (declared(place=Location("stack.yaml", 11, 20)), inline(), Verdict.FAIL),
    "not another file": (declared(place=ELSEWHERE), inline(), Verdict.FAIL),
    "not what is live": (declared(place=None), inline(), Verdict.FAIL),
    "not the resource of that name elsewhere": (finding(arn="SourceBucket"), inline(), Verdict.FAIL),
    "not the day after": (declared(), inline(expires=date(2027, 1, 30)), Verdict.FAIL),
    "not what is unknown": (declared(Verdict.UNKNOWN), inline(), Verdict.UNKNOWN),
}


@pytest.mark.parametrize(("found", "accepted", "verdict"), INLINE_COVERAGE.values(), ids=INLINE_COVERAGE)
def test_a_waiver_of_a_template_covers(found: Finding, accepted: Waiver, verdict: Verdict) -> None:
    (result,) = apply_waivers([found], [waiver(resource="arn:aws:s3:::zzz"), accepted], TODAY)
    assert result.verdict is verdict
    assert result.waiver == (accepted if verdict is Verdict.WAIVED else None)


def test_one_of_the_estate_file_covers_what_a_template_declares() -> None:
    (result,) = apply_waivers([declared()], [waiver(resource="arn:aws:s3:::*")], TODAY)
    assert result.verdict is Verdict.WAIVED


def test_one_of_a_template_is_reported_where_it_stands() -> None:
    (message,) = told(declared(Verdict.PASS), inline())
    assert message == "stack.yaml:14: the waiver of a-rule for SourceBucket matches nothing that fails: remove it"
    (message,) = told(declared(), inline(expires=date(2026, 12, 31)))
    assert message.startswith("stack.yaml:14: the waiver of a-rule for SourceBucket expired on 2026-12-31")
    assert told(declared(), inline()) == []
    assert told(declared(Verdict.UNKNOWN), inline()) == []


MATCHES = [
    ("*", "", True),
    ("*", "anything", True),
    ("", "", True),
    ("", "a", False),
    ("?", "", False),
    ("?", "a", True),
    ("a*b*c", "a-b-b-c", True),
    ("a*b*c", "a-c-b", False),
    ("a*?", "a", False),
    ("arn:aws:s3:::x[1]", "arn:aws:s3:::x[1]", True),
    ("arn:aws:s3:::x[12]", "arn:aws:s3:::x1", False),
    ("a.c", "abc", False),
    ("A", "a", False),
    ("*a", "a\na", True),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), MATCHES)
def test_patterns(pattern: str, text: str, matches: bool) -> None:
    assert arn_matches(pattern, text) is matches


def naive(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@given(pattern=st.text("ab*?", max_size=8), text=st.text("ab", max_size=8))
def test_patterns_agree_with_their_definition(pattern: str, text: str) -> None:
    assert arn_matches(pattern, text) == naive(pattern, text)


def test_a_pattern_made_to_hurt_does_not() -> None:
    began = time.process_time()
    assert not arn_matches("*a" * 1000 + "b", "a" * 2000)
    assert time.process_time() - began < 5

"""Reasons read as sentences, quote the statement as written, and combine as truths do."""

import json

import pytest

from scanner.policy.decision import Decision, Part, Reason, Verdict, Vote, all_of, any_of, describe, quote
from scanner.policy.document import Statement, parse_policy
from scanner.policy.truth import Truth, Unseen, all_true, any_true, negate

WRITTEN = {"Sid": "Stop", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}
DOUBT = Unseen("AccessDenied")


def statement(**changes: object) -> Statement:
    (parsed,) = parse_policy({"Statement": [{**WRITTEN, **changes}]}).statements
    assert isinstance(parsed, Statement)
    return parsed


SENTENCES: list[tuple[Reason, str]] = [
    (
        Reason(Part.SILENT, "service control policy", ("p-1", "p-2"), None, "ou-abc"),
        "service control policy p-1 and p-2 on ou-abc has no statement that allows kms:Encrypt",
    ),
    (Reason(Part.SILENT, "identity policy"), "no identity policy allows kms:Encrypt"),
    (Reason(Part.SILENT, "SCP", (), None, "ou-1"), "no SCP on ou-1 allows kms:Encrypt"),
    (Reason(Part.DENIES, "key policy", ("k",), statement()), "key policy k denies kms:Encrypt by statement Stop"),
    (Reason(Part.ALLOWS, "key policy", ("k",), statement(Sid="")), "key policy k allows kms:Encrypt by statement 1"),
    (Reason(Part.ALLOWS, "KMS grant", ("g-1",)), "KMS grant g-1 allows kms:Encrypt"),
    (Reason(Part.UNSEEN, "identity policy", note="AccessDenied"), "identity policy was not seen: AccessDenied"),
]


@pytest.mark.parametrize(("reason", "sentence"), SENTENCES)
def test_describe(reason: Reason, sentence: str) -> None:
    assert describe(reason, "kms:Encrypt") == sentence


def test_quote_gives_the_statement_as_it_was_written() -> None:
    quoted = quote(Reason(Part.DENIES, "key policy", ("k",), statement()))
    assert quoted is not None
    assert json.loads(quoted) == WRITTEN
    assert quote(Reason(Part.SILENT, "key policy", ("k",))) is None


def test_unseen_lists_each_reason_once() -> None:
    seen = Reason(Part.ALLOWS, "identity policy", ("p",))
    doubts = [Reason(Part.UNSEEN, kind, note=note) for kind, note in (("a", "x"), ("b", "y"), ("c", "x"))]
    assert Decision(Verdict.UNKNOWN, (seen, *doubts), "s3:GetObject").unseen == ("x", "y")


YES = Vote(True, (Reason(Part.ALLOWS, "yes"),))
NO = Vote(False, (Reason(Part.SILENT, "no"),))
MAYBE = Vote(DOUBT, (Reason(Part.UNSEEN, "maybe"),))
NO_TOO = Vote(False, (Reason(Part.SILENT, "no too"),))

VOTES: list[tuple[list[Vote], Truth, list[str], Truth, list[str]]] = [
    ([YES, YES], True, ["yes", "yes"], True, ["yes"]),
    ([YES, NO], False, ["no"], True, ["yes"]),
    ([NO, NO_TOO], False, ["no", "no too"], False, ["no", "no too"]),
    ([YES, MAYBE], DOUBT, ["maybe"], True, ["yes"]),
    ([NO, MAYBE], False, ["no"], DOUBT, ["maybe"]),
    ([MAYBE, MAYBE], DOUBT, ["maybe", "maybe"], DOUBT, ["maybe", "maybe"]),
    ([], True, [], False, []),
]


@pytest.mark.parametrize(("votes", "every", "every_because", "some", "some_because"), VOTES)
def test_votes_keep_the_reasons_that_count(
    votes: list[Vote], every: Truth, every_because: list[str], some: Truth, some_because: list[str]
) -> None:
    together, either = all_of(votes), any_of(votes)
    assert (together.truth, [reason.kind for reason in together.because]) == (every, every_because)
    assert (either.truth, [reason.kind for reason in either.because]) == (some, some_because)
    assert together.truth == all_true(vote.truth for vote in votes)
    assert either.truth == any_true(vote.truth for vote in votes)


@pytest.mark.parametrize(("part", "opposite"), [(True, False), (False, True), (DOUBT, DOUBT)])
def test_negation_keeps_what_is_unseen(part: Truth, opposite: Truth) -> None:
    assert negate(part) is opposite

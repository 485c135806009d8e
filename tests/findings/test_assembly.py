"""A scan holds every judgement that says something, in an order that depends on the estate alone."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations
from pathlib import Path

from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.intent import Intent, Waiver
from scanner.estate.resource import Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.assembly import coverage_of, from_judgements
from scanner.findings.rule_info import RuleInfo
from scanner.findings.scan import Coverage, Run, Scan, Tool


@dataclass(frozen=True)
class Judgement:
    rule: RuleInfo
    resource: Resource
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    more: int = 0


def bucket(name: str, account: str = "111111111111") -> Resource:
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", account, "us-east-1", name)


LOW, HIGH = RuleInfo("a-low", "A", Severity.LOW), RuleInfo("b-high", "B", Severity.HIGH)
SEEN = Evidence("A", "equals 1", 2, "s3:X")
JUDGEMENTS = (
    Judgement(LOW, bucket("a"), Verdict.PASS),
    Judgement(LOW, bucket("b"), Verdict.FAIL, (SEEN,), more=3),
    Judgement(HIGH, bucket("a"), Verdict.UNKNOWN),
    Judgement(HIGH, bucket("b"), Verdict.FAIL),
    Judgement(HIGH, bucket("z", "000000000000"), Verdict.FAIL),
    Judgement(HIGH, bucket("c"), Verdict.NOT_APPLICABLE),
)


def scanned(*judgements: Judgement, intent: Intent | None = None, known: tuple[str, ...] = ()) -> Scan:
    return from_judgements(
        judgements,
        (LOW, HIGH),
        tool=Tool("drscan", "0.1.0"),
        run=Run("id", "", ""),
        coverage=Coverage(),
        intent=intent or Intent(),
        today=date(2027, 1, 1),
        known_rules=known,
    )


def test_findings_come_failures_first_the_worst_first_then_by_rule_and_place() -> None:
    found = [(f.verdict, f.rule, f.resource.name) for f in scanned(*JUDGEMENTS).findings]
    assert found == [
        (Verdict.FAIL, "b-high", "z"),
        (Verdict.FAIL, "b-high", "b"),
        (Verdict.FAIL, "a-low", "b"),
        (Verdict.UNKNOWN, "b-high", "a"),
        (Verdict.PASS, "a-low", "a"),
    ]


def test_the_order_of_judging_does_not_matter() -> None:
    expected = scanned(*JUDGEMENTS).findings
    assert all(scanned(*order).findings == expected for order in permutations(JUDGEMENTS))


def test_a_finding_carries_what_was_judged_and_the_severity_of_its_rule() -> None:
    finding = next(f for f in scanned(*JUDGEMENTS).findings if f.rule == "a-low" and f.verdict is Verdict.FAIL)
    assert (finding.severity, finding.evidence, finding.more) == (Severity.LOW, (SEEN,), 3)


def test_everything_is_counted_and_what_says_nothing_is_only_counted() -> None:
    scan = scanned(*JUDGEMENTS)
    assert dict(scan.counts) == {
        Verdict.FAIL: 3,
        Verdict.UNKNOWN: 1,
        Verdict.PASS: 1,
        Verdict.WAIVED: 0,
        Verdict.NOT_APPLICABLE: 1,
    }
    assert dict(scan.failing) == {
        Severity.CRITICAL: 0,
        Severity.HIGH: 2,
        Severity.MEDIUM: 0,
        Severity.LOW: 1,
        Severity.INFO: 0,
    }
    assert list(scan.rules) == ["a-low", "b-high"]


def test_verdicts_can_be_picked_without_changing_the_counts() -> None:
    scan = scanned(*JUDGEMENTS)
    assert [f.verdict for f in scan.listed({Verdict.PASS})] == [Verdict.PASS]
    assert len(list(scan.listed())) == 5


def test_waivers_of_the_intent_are_applied_and_their_troubles_told() -> None:
    waivers = (
        Waiver("b-high", "arn:aws:s3:::b", "r", "o", date(2027, 1, 1), 1),
        Waiver("b-high", "arn:aws:s3:::z", "r", "o", date(2026, 1, 1), 2),
        Waiver("not-chosen", "*", "r", "o", date(2028, 1, 1), 3),
        Waiver("misspelt", "*", "r", "o", date(2028, 1, 1), 4),
    )
    scan = scanned(*JUDGEMENTS, intent=Intent(waivers=waivers, file=Path("e.yaml")), known=("not-chosen",))
    assert scan.counts[Verdict.WAIVED] == 1
    assert [message.split(" ")[0] for message in scan.messages] == ["e.yaml:2:", "e.yaml:4:"]


def test_coverage_counts_what_is_really_there_and_what_was_refused() -> None:
    refused = Unseen("1", "", "AWS::KMS::Key", "refused", "kms:ListKeys")
    closed = Unseen("1", "ap-east-1", "region", "not enabled")
    accounts = (Account("1", "one", ("us-east-1", "eu-west-1")), Account("2", "two", ("us-east-1",)))
    derived = Resource("DR::Replication::Link", "", "1", "", "l")
    coverage = coverage_of(Estate((bucket("a"), derived), accounts, (closed, refused)), calls=12)
    assert coverage == Coverage(accounts, (refused, closed), resources=1, calls=12, refused=1)
    assert coverage.regions == 2

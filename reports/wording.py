"""How things are put into words, the same in every report that people read.

Text that comes back from here is inert: it may be put into a table or (escaped) into a page as it is.
"""

import json
from collections.abc import Mapping

from scanner.estate.estate import Unseen
from scanner.estate.intent import Waiver
from scanner.estate.unknown import Unknown, Value, to_json
from scanner.estate.verdict import Evidence, Verdict
from scanner.findings.finding import Finding
from scanner.findings.lifts import Lift
from scanner.findings.scan import Scan
from scanner.inert import inert, one_line, shortened
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

VALUE_LIMIT = 120
"""How many characters of a value are shown; the JSON report has more of it."""


def observed(value: Value) -> str:
    """A value as it was found: JSON, `absent`, or `unknown` with the reason."""
    if isinstance(value, Unknown):
        return f"unknown ({shortened(inert(value.reason), 2 * VALUE_LIMIT)})"
    if value is None:
        return "absent"
    return shortened(inert(json.dumps(to_json(value), ensure_ascii=False, sort_keys=True)), VALUE_LIMIT)


def expected(evidence: Evidence) -> str:
    """What the rule asked for."""
    return shortened(inert(evidence.expected), VALUE_LIMIT)


def evidence_line(finding: Finding) -> str:
    """The evidence of a finding in one line: the first leaf, and how many more there are."""
    if not finding.evidence:
        return ""
    first = finding.evidence[0]
    line = f"{inert(first.path)}: {observed(first.observed)}"
    if not isinstance(first.observed, Unknown) and finding.verdict is not Verdict.PASS:
        line += f", expected: {expected(first)}"
    more = len(finding.evidence) - 1 + finding.more
    return f"{line} (and {more:,} more)" if more else line


def resource_name(finding: Finding) -> str:
    """What a person calls the resource; its ARN or type where it has no name."""
    resource = finding.resource
    name = resource.name or resource.arn or resource.type
    # Some things are named after the place that they are in.
    name = name.replace(UNNAMED_ACCOUNT, "account not named").replace(UNNAMED_REGION, "region not named")
    return shortened(inert(name), VALUE_LIMIT)


def account_names(scan: Scan) -> Mapping[str, str]:
    """How to write each account in scope: `222222222222 (recovery)`."""
    return {account.id: _account(account.id, account.name) for account in scan.coverage.accounts}


def account_name(id_: str, accounts: Mapping[str, str]) -> str:
    """How to write an account; empty for the one of which nobody said which it is."""
    return "" if id_ == UNNAMED_ACCOUNT else accounts.get(id_) or inert(id_)


def region_name(region: str) -> str:
    """How to write a region; empty for the one of which nobody said which it is."""
    return "" if region == UNNAMED_REGION else inert(region)


def _account(id_: str, name: str) -> str:
    return f"{inert(id_)} ({shortened(inert(name), 40)})" if name and name != id_ else inert(id_)


def place(finding: Finding, accounts: Mapping[str, str]) -> str:
    """Where the resource is: account and region, and file and line when a template declares it."""
    resource = finding.resource
    parts = (account_name(resource.account, accounts), region_name(resource.region))
    where = " ".join(part for part in parts if part)
    if finding.location is None:
        return where
    return " ".join(part for part in (f"{inert(finding.location.file)}:{finding.location.line}", where) if part)


def condition(finding: Finding) -> str:
    """Under which conditions of a template the verdict holds: `when Stage is prod`; empty where under all of them."""
    return f"when {shortened(inert(finding.when), 2 * VALUE_LIMIT)}" if finding.when else ""


def waiver_line(waiver: Waiver) -> str:
    """Until when a failure is accepted, by whom and why."""
    return f"until {waiver.expires.isoformat()}, {one_line(waiver.owner)}: {one_line(waiver.reason)}"


def lift_line(lift: Lift, accounts: Mapping[str, str]) -> str:
    """One thing that would settle unknown findings, and what it would settle."""
    where = ", ".join(filter(None, (account_name(account, accounts) for account in lift.accounts)))
    if lift.iam_action:
        effects = ("would settle {}", "is one of the things needed for {}", "would show {} not seen")
        what = f"grant {inert(lift.iam_action)}" + (f" in {where}" if where else "")
    else:
        effects = ("leaves {} undecided", "is one of the reasons for {}", "leaves {} unseen")
        what = shortened(inert(lift.reason), 2 * VALUE_LIMIT) + (f" ({where})" if where else "")
    counted = (plural(lift.settles, "finding"), plural(lift.helps, "finding"), plural(lift.unseen, "thing"))
    numbers = (lift.settles, lift.helps, lift.unseen)
    told = [effect.format(text) for effect, text, number in zip(effects, counted, numbers, strict=True) if number]
    return f"{what}: {', '.join(told)}"


def unseen_line(unseen: Unseen, accounts: Mapping[str, str]) -> str:
    """One gap in coverage: where, what, why, and what would close it."""
    parts = (account_name(unseen.account, accounts), region_name(unseen.region), inert(unseen.what))
    what = " ".join(part for part in parts if part)
    return f"{what}: {shortened(inert(unseen.reason), 2 * VALUE_LIMIT)}"


def coverage_line(scan: Scan) -> str:
    """How much was seen, in one line."""
    coverage = scan.coverage
    parts = [plural(len(coverage.accounts), "account")]
    if coverage.regions:
        parts.append(plural(coverage.regions, "region"))
    parts.append(plural(coverage.resources, "resource"))
    if coverage.calls is not None:
        parts.append(plural(coverage.calls, "call"))
    parts.append(f"{plural(len(coverage.unseen), 'thing')} not seen" if coverage.unseen else "nothing left unseen")
    return ", ".join(parts)


def summary_line(scan: Scan) -> str:
    """How many findings of each verdict, failures broken down by severity."""
    counts = scan.counts
    severities = ", ".join(f"{number:,} {severity}" for severity, number in scan.failing.items() if number)
    failing = f"{counts[Verdict.FAIL]:,} failing" + (f" ({severities})" if severities else "")
    others = (
        (Verdict.UNKNOWN, "unknown"),
        (Verdict.WAIVED, "waived"),
        (Verdict.PASS, "passed"),
        (Verdict.NOT_APPLICABLE, "not applicable"),
    )
    return ", ".join([failing, *(f"{counts[verdict]:,} {word}" for verdict, word in others)])


def plural(number: int, word: str) -> str:
    """`1 finding`, `2,000 findings`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"

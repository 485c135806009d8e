"""What a plan would make worse, and which of its fixes may be to blame: nothing is to fail that passes today."""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding
from scanner.findings.scan import Scan
from scanner.remedies.step import Target

FindingName: TypeAlias = tuple[str, str]
"""A finding by its rule and by what tells its resource from all others, which hold before and after a plan."""


def name_of(finding: Finding) -> FindingName:
    """What tells a finding from all others, whatever the verdict."""
    return finding.rule, finding.resource.identity


def worsened(first: Scan, last: Scan) -> list[Finding]:
    """The findings that pass in the first scan and fail in the last one."""
    passed = {name_of(one) for one in first.findings if one.verdict is Verdict.PASS}
    return [one for one in last.findings if one.verdict is Verdict.FAIL and name_of(one) in passed]


def suspects(worse: Finding, touched: Mapping[FindingName, Collection[Target]]) -> list[FindingName]:
    """The findings whose fixes may have made another one fail, by what each fix changes.

    They are those that change something which the failing finding is about; where none does, all of them.
    """
    about = set(_texts(worse.resource))
    guilty = [name for name, targets in touched.items() if any({one.arn, one.name} & about for one in targets)]
    return guilty or list(touched)


def _texts(resource: Resource) -> Iterator[str]:
    """Everything that is named in a resource, its own ARN and name among it."""
    yield from (resource.arn, resource.name)
    left: list[Value] = [dict(resource.properties)]
    while left:
        match left.pop():
            case str() as text:
                yield text
            case dict() as members:
                left.extend(members.values())
            case list() | tuple() as items:
                left.extend(items)
            case Unknown():
                pass

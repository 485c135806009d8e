"""One audit, end to end: what the rules need, then (wherever the estate came from) derived, judged, made into a scan.

Commands differ only in where the estate comes from; everything around that is here, once.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scanner import __version__, analysis
from scanner.analysis.replication import links_of
from scanner.cycles import unsearched
from scanner.errors import InvalidInputError
from scanner.estate.estate import Estate, Unseen
from scanner.estate.intent import Intent
from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.verdict import Severity
from scanner.evaluation.judging import judge_estate
from scanner.evaluation.pack import RulePack, builtin_directory, check_params, load_pack
from scanner.evaluation.rule import Rule
from scanner.evaluation.vocabulary import load_vocabulary
from scanner.findings.assembly import coverage_of, from_judgements
from scanner.findings.rule_info import AttackTechnique, RuleInfo
from scanner.findings.scan import Coverage, Run, Scan, Tool
from scanner.sources.aws.tables import operation_for


@dataclass(frozen=True)
class Question:
    """What an audit is to answer: the rules that are run, out of a pack, for what the user means to have.

    `besides` is what somebody looks at who means to change what the rules judge.
    """

    pack: RulePack
    rules: tuple[Rule, ...]
    intent: Intent
    besides: frozenset[Need] = frozenset()

    @property
    def wanted(self) -> frozenset[Need]:
        """All that the rules look at, derived facts among it, and what is wanted besides."""
        return self.besides.union(*(rule.needs for rule in self.rules))

    @property
    def needs(self) -> frozenset[Need]:
        """What has to be read so that everything wanted is there."""
        return analysis.close(self.wanted)


def question(
    intent: Intent,
    folders: Sequence[Path] = (),
    ids: Collection[str] = (),
    severity: Severity | None = None,
) -> Question:
    """The question that the user's choices make: the built-in rules and those of `folders`, narrowed.

    Raises `InvalidInputError` for rules that do not load, an id or parameter that no rule has, and a choice that
    leaves no rule to run.
    """
    pack = load_pack(builtin_directory(), *folders, examples=False)
    check_params(pack.rules, intent.params)
    severities = tuple(s for s in Severity if severity is None or s.rank <= severity.rank)
    rules = pack.select(ids, severities)
    if not rules:
        raise InvalidInputError("no rule is left to run", hint="drscan rules list shows all of them")
    return Question(pack, rules, intent if intent.today else replace(intent, today=_now().date()))


class Clock:
    """When a run began, its id, and the `Run` that it makes when it is over."""

    def __init__(self) -> None:
        self.began = _now()
        self._id = str(uuid.uuid4())

    def run(self, source: str, estate: Estate, *, interrupted: bool = False) -> Run:
        """The finished run over an estate that came from `source` (in words)."""
        complete = estate.complete and not interrupted
        return Run(self._id, _iso(self.began), _iso(_now()), (source,), complete, interrupted)


def judge(asked: Question, estate: Estate, run: Callable[[], Run], *, calls: int | None = None) -> Scan:
    """Everything after reading: derive what the rules look at, judge, apply waivers, and assemble the scan."""
    with unsearched():
        estate = derived(asked, estate)
        return judge_derived(asked, estate, run, coverage_of(estate, calls))


def derived(asked: Question, estate: Estate) -> Estate:
    """The estate with everything that the rules look at."""
    return analysis.derive(_with_unread(estate, asked.needs), asked.intent, asked.wanted)


def judge_derived(asked: Question, estate: Estate, run: Callable[[], Run], coverage: Coverage) -> Scan:
    """The scan of an estate that has everything already: judge, apply waivers, assemble."""
    vocabulary = load_vocabulary()
    scan = from_judgements(
        judge_estate(asked.rules, estate, asked.intent.params, source_of),
        tuple(rule_info(rule) for rule in asked.rules),
        tool=Tool("drscan", __version__),
        run=run(),
        coverage=coverage,
        intent=asked.intent,
        today=asked.intent.today or _now().date(),
        known_rules={rule.id for rule in asked.pack.rules},
        frameworks={key: framework.title for key, framework in vocabulary.frameworks.items()},
    )
    return replace(scan, links=links_of(estate))


def rule_info(rule: Rule) -> RuleInfo:
    """What reports say about a rule."""
    return RuleInfo(
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        confidence=rule.confidence,
        attack=tuple(AttackTechnique(each.technique, each.how, each.name) for each in rule.attack),
        controls=rule.controls,
        why=rule.why,
        fix=rule.fix,
        remedy=rule.remedy,
        references=rule.references,
    )


def source_of(resource: Resource, path: str) -> str:
    """Where the value at a path came from: a template's file and line, an analysis, or an API operation."""
    if resource.location is not None:
        return f"{resource.location.file}:{resource.location.line}"
    if path.partition(".")[0] == "Derived" or resource.type.startswith("DR::"):
        return "derived"
    return operation_for(resource.type, path)


def _with_unread(estate: Estate, needs: frozenset[Need]) -> Estate:
    """The estate with a blind spot for each type that the rules need and that a partial snapshot did not read."""
    unread = tuple(_unread(estate, needs))
    return replace(estate, unseen=(*estate.unseen, *unread)) if unread else estate


def _unread(estate: Estate, needs: frozenset[Need]) -> Iterator[Unseen]:
    if estate.types is None:
        return
    for type_ in sorted({need.type for need in needs} - estate.types):
        if type_.startswith("DR::"):  # what only templates have, no snapshot lacks
            continue
        yield Unseen("", "", type_, f"{type_} was not read when the snapshot was taken")


def _now() -> datetime:
    return datetime.now(UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")

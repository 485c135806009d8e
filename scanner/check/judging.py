"""One check, end to end: declare every template in every case and place, judge, and merge.

With a live estate (or a snapshot of one) the templates are laid over it, and what they would change is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scanner import analysis, audit
from scanner.analysis.replication import GIVES as LINK_FACTS
from scanner.audit import Question
from scanner.check.cases import MAX_CASES, Case, cases_of
from scanner.check.deployments import Planned
from scanner.check.merging import Judged, merged
from scanner.check.settings import UNNAMED, settings_of
from scanner.check.worlds import World, world
from scanner.cycles import unsearched
from scanner.errors import InvalidInputError
from scanner.estate.changes import Changes
from scanner.estate.estate import Estate
from scanner.findings.assembly import coverage_of
from scanner.findings.scan import Run, Scan
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION

MAX_JUDGED = 100_000
"""How many resources are judged in all cases together: some minutes, however a template is made."""


@dataclass(frozen=True, slots=True)
class Check:
    """What is checked: the question, the templates, and the live estate they are laid over, if any."""

    asked: Question
    planned: tuple[Planned, ...]
    live: Estate | None = None


def judge(check: Check, run: Callable[[Estate], Run]) -> Scan:
    """The scan of what the templates would make, all cases and places considered.

    Raises `InvalidInputError` for a template that can never be deployed, and for one to be laid over a live estate
    without a word on where it goes.
    """
    with unsearched():
        check = _placed(check)
        variables = [each.template.variables(each.deployment) for each in check.planned]
        cases = cases_of(variables, 1)
        if cases.left_out:
            cases = cases_of(variables, _affordable(check, cases.cases[0]))
        judged = [one for case in cases.cases for one in _judged(check, case, run)]
        scan = merged(judged, untried=cases.left_out)
        return scan if check.live is None else replace(scan, changes=_changes(check, check.live, cases.cases[0]))


def _affordable(check: Check, case: Case) -> int:
    """How many cases can be judged: large templates have the time for few, and the scan then says so."""
    resources = len(world(check.planned, case, UNNAMED).resources)
    return max(1, min(MAX_CASES, MAX_JUDGED // max(1, resources)))


def _judged(check: Check, case: Case, run: Callable[[Estate], Run]) -> Iterator[Judged]:
    """The judgements of one case: in a place that no template names, and in those that they name."""
    first = world(check.planned, case, UNNAMED)
    settings = settings_of(
        first.resources,
        account=any(one.account == UNNAMED_ACCOUNT for one in first.resources),
        region=any(one.region == UNNAMED_REGION for one in first.resources),
    )
    for setting in settings:
        made = first if setting == UNNAMED else world(check.planned, case, setting)
        yield Judged(case, setting, _scan(check, made, run))


def _scan(check: Check, made: World, run: Callable[[Estate], Run]) -> Scan:
    asked = _asked(check, made)
    estate = made.surrounded() if check.live is None else made.over(check.live)
    # Nobody asked to see what lies around the templates, so it is no gap in coverage.
    covered = made.alone() if check.live is None else estate
    scan = audit.judge_derived(asked, audit.derived(asked, estate), lambda: run(covered), coverage_of(covered))
    return replace(scan, messages=(*made.messages, *scan.messages))


def _asked(check: Check, made: World) -> Question:
    """The question with the waivers of the templates added."""
    intent = check.asked.intent
    return replace(check.asked, intent=replace(intent, waivers=(*intent.waivers, *made.waivers)))


def _changes(check: Check, live: Estate, case: Case) -> Changes:
    """What the templates would change of the live estate, in their likeliest case."""
    from scanner.analysis.changes import changes_between

    after = world(check.planned, case, UNNAMED).over(live)
    wanted = check.asked.wanted | LINK_FACTS
    return changes_between(*(analysis.derive(estate, check.asked.intent, wanted) for estate in (live, after)))


def _placed(check: Check) -> Check:
    """With a live estate of one account and one region, what nobody placed goes there."""
    if check.live is None or all(map(_is_placed, check.planned)):
        return check
    places = [(account.id, region) for account in check.live.accounts for region in account.regions]
    if len(places) != 1:
        hint = "name both with --account and --region, or list the template under stacks in an estate file"
        raise InvalidInputError(
            "which account and region of the live estate the template goes to is not said", hint=hint
        )
    return replace(check, planned=tuple(_at(each, *places[0]) for each in check.planned))


def _at(planned: Planned, account: str, region: str) -> Planned:
    if _is_placed(planned):
        return planned
    to = planned.deployment
    account = account if to.account == UNNAMED_ACCOUNT else to.account
    region = region if to.region == UNNAMED_REGION else to.region
    return replace(planned, deployment=to.at(account, region, to.partition))


def _is_placed(planned: Planned) -> bool:
    return planned.deployment.account != UNNAMED_ACCOUNT and planned.deployment.region != UNNAMED_REGION

"""The least that applying and undoing takes, from the same tables by which both write and read.

It is a policy apart from the auditor's, for a role apart: whoever only looks must not be able to change anything. What
it reads is what proves the plan before and after, which takes whole accounts; what it writes is scoped to the plan.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from scanner.estate.needs import Need
from scanner.policy.actions import find_action
from scanner.remedies.step import CREATION, WHOLE, Plan, Safety, Step
from scanner.remedies.write_actions import (
    ACTIONS,
    BATCH_SERVICE,
    FINDING_AGAIN,
    PASS_ROLE,
    REPLICATION_SERVICE,
    arns_of,
    requests_both_ways,
    taken_by,
)
from scanner.remedies.writes.table import write_of
from scanner.sources.aws.permissions import SERVICE_NAMES, permissions_for
from scanner.sources.aws.rereading import calls_of


def fix_permissions(
    needs: Iterable[Need],
    partition: str = "aws",
    *,
    assume: Sequence[str] = (),
    discover: bool = False,
    every_region: bool = False,
) -> dict[str, Any]:
    """The identity policy for applying whatever drscan may plan, and for undoing it.

    `needs` are what the rules look at that are judged again; everything else is as `permissions_for` has it.
    """
    reads = {action for place in ACTIONS for action in _reading(*place, _names(*place))}
    writes = {action for actions in ACTIONS.values() for action in actions}
    grants = [_Grant(action, "*") for action in writes - {PASS_ROLE}]
    grants += [_Grant(PASS_ROLE, "*", service) for service in (REPLICATION_SERVICE, BATCH_SERVICE)]
    policy = permissions_for(
        needs, partition, assume=assume, discover=discover, every_region=every_region, besides=reads
    )
    return {**policy, "Statement": [*policy["Statement"], *_statements(grants)]}


def plan_permissions(
    plan: Plan, needs: Iterable[Need], partition: str = "aws", *, every_region: bool = False
) -> dict[str, dict[str, Any]]:
    """By account, the identity policy for applying just this plan, and for undoing it. Manual steps take nothing.

    `needs` are what the rules that it serves look at. `partition` is for accounts of which no ARN tells it.
    """
    needs = tuple(needs)
    done = [step for step in plan.steps if step.safety is not Safety.MANUAL]
    policies = {}
    for account in sorted({step.target.account for step in done}):
        own = [step for step in done if step.target.account == account]
        there = next((step.target.arn.split(":")[1] for step in own if ":" in step.target.arn), partition)
        reads = {action for step in own for action in _reading(step.target.type, step.property, _names_in(step))}
        policy = permissions_for(needs, there, every_region=every_region, besides=reads)
        policies[account] = {**policy, "Statement": [*policy["Statement"], *_statements(_granted(own))]}
    return policies


@dataclass(frozen=True, slots=True, order=True)
class _Grant:
    action: str
    resource: str
    passed_to: str = ""


def _reading(type_: str, property_: str, names: Iterable[str]) -> Iterator[str]:
    """The actions of the calls that look at a property, and of those that find again what was made."""
    yield from (call.iam for call in calls_of(type_, tuple(names)))
    if property_ == CREATION:
        yield from FINDING_AGAIN.get(type_, ())


def _names(type_: str, property_: str) -> tuple[str, ...]:
    write = write_of(type_, property_)
    return write.takes if write and property_ in (CREATION, WHOLE) else (property_,)


def _names_in(step: Step) -> tuple[str, ...]:
    return tuple(step.after or ()) if step.property == WHOLE else _names(step.target.type, step.property)


def _granted(steps: Iterable[Step]) -> Iterator[_Grant]:
    for step in steps:
        for request in requests_both_ways(step):
            for taken in taken_by(request):
                arns = (taken.role,) if taken.role else arns_of(step.target, step)
                for resource in _resources(taken.action, arns):
                    yield _Grant(taken.action, resource, taken.to)


def _resources(action: str, arns: Iterable[str]) -> Iterator[str]:
    """Those ARNs that the action can be limited to; `*` where it can be limited to none of them.

    Of what is not made yet, nobody knows the id.
    """
    known = find_action(action)
    kinds = [_pattern(kind.arn) for kind in known.resource_types] if known else []
    fitting = [arn for arn in arns if any(kind.fullmatch(arn) for kind in kinds)]
    yield from (_STAND_IN.sub("*", arn) for arn in fitting) if fitting else ("*",)


_STAND_IN = re.compile(r"\{[A-Za-z0-9._-]+\}")


def _pattern(arn: str) -> re.Pattern[str]:
    parts = re.split(r"\$\{\w+\}", arn)
    return re.compile(".+".join(map(re.escape, parts)))


def _statements(grants: Iterable[_Grant]) -> Iterator[dict[str, Any]]:
    """One statement for each service and set of resources, roles that are passed by themselves."""
    resources: dict[tuple[str, str], set[str]] = {}
    for grant in grants:
        resources.setdefault((grant.action, grant.passed_to), set()).add(grant.resource)
    keyed = sorted((_service(action), to, sorted(on), action) for (action, to), on in resources.items())
    numbers: dict[str, int] = {}
    for (service, to, on), group in groupby(keyed, key=lambda one: one[:3]):
        name = f"Pass{'ReplicationRole' if to == REPLICATION_SERVICE else 'BatchRole'}" if to else f"Write{service}"
        numbers[name] = numbers.get(name, 0) + 1
        statement: dict[str, Any] = {
            "Sid": name if numbers[name] == 1 else f"{name}{numbers[name]}",
            "Effect": "Allow",
            "Action": [action for *_, action in group],
            "Resource": on[0] if len(on) == 1 else on,
        }
        condition = {"Condition": {"StringEquals": {"iam:PassedToService": to}}} if to else {}
        yield {**statement, **condition}


def _service(action: str) -> str:
    return SERVICE_NAMES[action.partition(":")[0]]

"""What the policies of a template name that can never take effect: AWS stores it without a word, and nothing works.

An action that does not exist, an action on a resource of a kind that it never acts on, a condition key that no request
carries. Within S3 and KMS the tables of actions are exact enough to tell kinds of ARNs apart. Elsewhere only the
service of an ARN is compared: CloudWatch Logs, for one, wants log groups where the tables say log streams.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from scanner.analysis.access.policies import bounded, statement_name
from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import TEMPLATE_RESOURCE
from scanner.analysis.reading import at, elements, text
from scanner.analysis.replication.documents import parsed
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.actions import Shape, action_mask, expand, resource_shapes, services_of
from scanner.policy.automata import FIELD, TooLarge
from scanner.policy.document import Statement
from scanner.policy.pattern_sets import Effort, find
from scanner.policy.truth import Unseen

MOST_FAULTS = 20
"""How many faults of one resource are named; more add nothing for a reader."""

MAX_STEPS = 1_000_000
"""Work allowed for the policies of one resource, in steps of about a microsecond."""

_VARIABLE = re.compile(r"\$\{[^{}]*\}")

_TELLS_KINDS_APART = frozenset({"s3", "kms"})

_UNLISTED = frozenset({"sns:receive"})
"""Actions that AWS's own default policies name and its tables lack (SNS guide, read 2026-11-21)."""

_NEVER_SENT = {
    f"kms:encryptioncontext:arn:{partition}:arn": "kms:EncryptionContext:aws:s3:arn"
    for partition in ("aws", "aws-cn", "aws-us-gov")
}
"""Condition keys that are seen in published policies and that no request carries, with what is meant: S3's encryption
context has the one key aws:s3:arn (S3 guide, "Replicating encrypted objects", read 2026-11-21)."""


def derive_policy_faults(estate: Estate, _: Intent) -> Estate:
    """Adds `PolicyFaults` to resources of templates: what their policies name in vain.

    Each has `Policy`, `Statement` and `What` in words, with `Action`, `Resource` or `Key` where it is about one. An
    `Unknown` stands for what could not be judged.
    """
    return annotate(estate, TEMPLATE_RESOURCE, lambda resource: {"PolicyFaults": _faults(resource)})


def _faults(resource: Resource) -> list[Value]:
    found: list[Value] = []
    effort = Effort(MAX_STEPS)
    for policy in elements(resource.properties.get("Policies")):
        for fault in _of_policy(policy, effort):
            if fault not in found:
                found.append(fault)
            if len(found) >= MOST_FAULTS:
                return found
    return found


def _of_policy(policy: Value, effort: Effort) -> Iterator[Value]:
    if isinstance(policy, Unknown):
        yield policy
        return
    name = text(policy, "Name") or "policy"
    name = "policy" if isinstance(name, Unknown) else name
    read = bounded(parsed(at(policy, "Document"), name))
    if isinstance(read, Unseen):
        yield Unknown(read.reason)
        return
    for statement in read.statements:
        if isinstance(statement, Unseen):
            yield Unknown(statement.reason)
        else:
            yield from (_placed(found, name, statement) for found in _of_statement(statement, effort))


def _placed(fault: dict[str, Value] | Unknown, policy: str, statement: Statement) -> Value:
    """A fault with the policy and the statement that it is in."""
    if isinstance(fault, Unknown):
        return fault
    name = statement_name(statement)
    return {"Policy": policy, "Statement": name, **fault, "What": f"{name} of {policy}: {fault['What']}"}


def _of_statement(statement: Statement, effort: Effort) -> Iterator[dict[str, Value] | Unknown]:
    for action in statement.actions:
        fault = _existence(action)
        if fault is not None:
            yield fault
        elif not statement.negates_actions:
            yield from _application(action, statement, effort)
    for key in _condition_keys(statement):
        if isinstance(key, Unknown):
            yield key
        elif meant := _NEVER_SENT.get(key.lower()):
            yield {"Key": key, "What": f"no request carries the condition key {key}; {meant} is meant"}


def _condition_keys(statement: Statement) -> Iterator[str | Unknown]:
    """The keys as they are written, for what they are compared with does not matter."""
    conditions = statement.source.get("Condition")
    operators = [conditions] if isinstance(conditions, Unseen) else _members(conditions)
    for keys in operators:
        if isinstance(keys, Unseen):
            yield Unknown(keys.reason)
        elif isinstance(keys, Mapping):
            yield from keys


def _members(value: object) -> Collection[object]:
    return value.values() if isinstance(value, Mapping) else ()


def _existence(action: str) -> dict[str, Value] | Unknown | None:
    """What is wrong with an action as such; None when it exists, or when it may be any."""
    service = action.partition(":")[0]
    if action.lower() in _UNLISTED or "*" in service or "?" in service:
        return None
    services = services_of(action)
    if not services:
        return Unknown(f"no service {service} is known, so whether {action} exists cannot be told")
    if any(action_mask(one, (action,)) for one in services):
        return None
    return {"Action": action, "What": f"there is no action {action}"}


def _application(action: str, statement: Statement, effort: Effort) -> Iterator[dict[str, Value] | Unknown]:
    """Whether the action acts on none of the statement's resources. Trust policies and NotResource name none."""
    if statement.resources is None or statement.negates_resources or "*" in action.partition(":")[0]:
        return
    resources, doubt = _resources(statement)
    applies = _applies(action, tuple(_VARIABLE.sub("*", one) for one in resources), effort)
    if applies is None:
        yield Unknown(f"whether {action} acts on the resources of {statement_name(statement)} takes too long to tell")
    elif not applies and doubt is not None:
        yield doubt
    elif not applies:
        where = _shown(resources)
        yield {"Action": action, "Resource": where, "What": f"{action} never acts on {where}"}


def _resources(statement: Statement) -> tuple[tuple[str, ...], Unknown | None]:
    """The resources that are known, and why some are not."""
    if isinstance(statement.resources, tuple):
        return statement.resources, None
    written = statement.source.get("Resource")
    known = (one for one in written if isinstance(one, str)) if isinstance(written, list | tuple) else ()
    doubt = statement.resources.reason if statement.resources else "the resources are not known"
    return tuple(known), Unknown(doubt)


def _applies(action: str, resources: tuple[str, ...], effort: Effort) -> bool | None:
    """Whether any action that is meant acts on any of the resources; None when that takes too long."""
    shapes = _kinds(action)
    if not shapes or "*" in resources:
        return True
    undecided = False
    for shape in shapes:
        match find(((shape.pattern,), resources), shape.but_not, effort):
            case str():
                return True
            case TooLarge():
                undecided = True
    return None if undecided else False


@lru_cache(maxsize=1 << 12)
def _kinds(action: str) -> Sequence[Shape]:
    """The kinds of resources that the actions act on that are meant; none where all act on no resource at all.

    S3 lets s3:ListAllMyBuckets be called with arn:aws:s3:::* too, so an action without a kind of its own is no fault.
    """
    return tuple(dict.fromkeys(shape for one in sorted(expand(action)) for shape in _shapes(one)))


def _shapes(action: str) -> tuple[Shape, ...]:
    shapes = resource_shapes(action, FIELD)
    if action.partition(":")[0] in _TELLS_KINDS_APART:
        return shapes
    services = dict.fromkeys(shape.pattern.split(":")[2] for shape in shapes if shape.pattern.count(":") >= 2)
    return tuple(Shape(f"arn:{FIELD}:{service}:*") for service in services)


def _shown(resources: tuple[str, ...]) -> str:
    more = f" and {len(resources) - 3} more" if len(resources) > 3 else ""
    return ", ".join(resources[:3]) + more

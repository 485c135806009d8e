"""Whether the steps of a plan are steps that drscan would plan, whoever wrote the file.

All that follows from what a step changes (its calls, what it may interrupt, how safe it is) is worked out again and has
to be the same: a plan is reviewed by what it says of itself. What is not known is never changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from scanner.estate.shapes import load_shape
from scanner.estate.unknown import UNKNOWN_KEY, Value
from scanner.remedies.step import CREATION, WHOLE, Step, Target
from scanner.remedies.steps import redrawn
from scanner.remedies.writes.s3 import BATCH_JOB
from scanner.remedies.writes.table import write_of
from scanner.remedies.writing import CannotWriteError

_SERVICES = {"S3": "s3", "KMS": "kms", "IAM": "iam", "SNS": "sns", "CloudWatch": "cloudwatch", "Events": "events"}
_OWN_NAMES = ("BucketName", "Bucket", "RoleName", "AliasName", "AlarmName", "TopicName")
"""Properties in which a resource names itself, or what it belongs to and is named after."""


def problems_of(steps: Sequence[Step]) -> Iterator[str]:
    """What is wrong with the steps, one sentence each."""
    earlier: set[str] = set()
    for number, step in enumerate(steps, 1):
        problem = "is out of order" if step.id != f"{number:02d}" else _problem(step, earlier)
        if problem:
            yield f"step {step.id} {problem}"
            return
        earlier.add(step.id)
    yield from _out_of_rank(steps)
    yield from _twice(steps)


def says_unknown(value: Value) -> bool:
    """Whether something in a value of a file is marked as not known."""
    match value:
        case dict():
            return UNKNOWN_KEY in value or any(map(says_unknown, value.values()))
        case list():
            return any(map(says_unknown, value))
    return False


def _problem(step: Step, earlier: set[str]) -> str:
    """What is wrong with a step; empty where nothing is."""
    if write_of(step.target.type, step.property) is None:
        return "changes what drscan does not write"
    if says_unknown(step.before) or says_unknown(step.after):
        return "changes what is not known, and what is not known is never changed"
    if not set(step.needs) <= earlier:
        return "needs a step that does not come before it"
    return _misnamed(step) or _misshapen(step) or _misdrawn(step)


def _misnamed(step: Step) -> str:
    """Whether the target's parts tell of one and the same thing, and the values of no other."""
    if not _is_one(step.target):
        return "is about a resource whose ARN is not of its name and place"
    for value in (step.before, step.after) if step.property in (CREATION, WHOLE) else ():
        if isinstance(value, Mapping) and any(
            value.get(name, step.target.name) != step.target.name for name in _OWN_NAMES
        ):
            return "names another resource than its own"
    return ""


def _is_one(target: Target) -> bool:
    if not target.arn or target.type == BATCH_JOB:
        return True
    parts = target.arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != _SERVICES.get(target.type.split("::")[1]):
        return False
    is_here = parts[3] in ("", target.region) and parts[4] in ("", target.account)
    return is_here and f":{parts[5]}".endswith((f":{target.name}", f"/{target.name}"))


def _misshapen(step: Step) -> str:
    """Whether the values are such as the type has."""
    if step.before == step.after:
        return "changes nothing"
    if step.property == CREATION:
        write = write_of(step.target.type, CREATION)
        takes = write.takes if write else ()
        if step.before is not None or not isinstance(step.after, dict) or not step.after.keys() <= set(takes):
            return "makes something in a way that drscan does not"
    elif step.property == WHOLE and not (isinstance(step.before, dict) and isinstance(step.after, dict)):
        return "is not about a whole resource"
    shape = load_shape(step.target.type)
    for value in (step.before, step.after) if shape else ():
        whole = value if step.property in (CREATION, WHOLE) else {step.property: value}
        problem = next(shape.problems(whole), None) if shape and value is not None else None
        if problem is not None:
            return f"has a value that {step.target.type} does not have: {problem.message}"
    return ""


def _misdrawn(step: Step) -> str:
    """Whether it says of itself what drscan says of such a step."""
    try:
        drawn = redrawn(step)
    except CannotWriteError as error:
        return f"cannot be done: {error}"
    except (LookupError, TypeError, ValueError, AttributeError):
        return "cannot be done: its values are not what they should be"
    if drawn is None:
        return "changes what drscan does not write"
    if drawn.safety is not step.safety:
        return f"is {drawn.safety}, and says that it is {step.safety}"
    if (drawn.operations, drawn.actions) != (step.operations, step.actions):
        return f"takes {', '.join(drawn.operations)}, and says something else"
    return "" if drawn == step else "does not say what it may interrupt, cost or leave"


def _out_of_rank(steps: Sequence[Step]) -> Iterator[str]:
    writes = [write_of(step.target.type, step.property) for step in steps]
    for (step, write), (_, next_write) in pairwise(zip(steps, writes, strict=True)):
        if write and next_write and write.rank > next_write.rank:
            yield f"step {step.id} comes before what has to be done first"


def _twice(steps: Sequence[Step]) -> Iterator[str]:
    changed: set[tuple[Target, str]] = set()
    for step in steps:
        if (step.target, step.property) in changed:
            yield f"step {step.id} changes what an earlier one changes"
        changed.add((step.target, step.property))

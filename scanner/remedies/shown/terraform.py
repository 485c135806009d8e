"""A plan as Terraform: the resources of the AWS provider that bring about what the steps do.

What is there already is imported, so that `terraform plan` shows what would change; what only the configuration that
declares a resource can say stands in comments. Nothing of an account gets out of the quotes that it stands in.
"""

from collections.abc import Iterable, Iterator, Mapping

from scanner.remedies.shown import terraform_others, terraform_s3
from scanner.remedies.shown.hcl import Raw, block, comment, quoted
from scanner.remedies.shown.order import nearest_needs
from scanner.remedies.shown.places import region_for
from scanner.remedies.shown.terraform_scope import Advice, Block, Made, Scope, Shape
from scanner.remedies.shown.text import notes_of, title, wrapped
from scanner.remedies.step import Plan, Safety, Step, Target

SHAPES: Mapping[tuple[str, str], Shape] = {**terraform_s3.SHAPES, **terraform_others.SHAPES}
"""What a step becomes, by the type and property that it changes."""

_WIDTH = 118
_OPENING = """\
# {steps} as Terraform for the AWS provider, as drscan planned it at {created}.
#
# Move the blocks to where you declare the resources that they belong to. A block that belongs to one which your
# configuration has already (the same bucket, say) is what that one should become. Imports are for what exists and is in
# no state yet: take them out otherwise. What cannot be taken back, and what is for you to decide, is commented out."""

_BY_CALLS = frozenset({"by", "after"})
"""What is said of a step's calls, and matters only to whoever makes them."""

_LEFT_OUT = {
    Safety.IRREVERSIBLE: "Commented out: it cannot be taken back.",
    Safety.MANUAL: "Commented out: it is for you to decide.",
}


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as HCL. `color` means nothing here."""
    if not plan.steps:
        return "# Nothing to do.\n"
    scope = Scope.of(nearest_needs(plan.steps))
    made = {step.id: _made(scope, step) for step in scope.steps}
    opening = _OPENING.format(steps=_count(len(scope.steps), "step"), created=plan.created)
    parts = ["\n".join(map(_line, opening.split("\n"))), *_settings(scope)]
    for step in scope.steps:
        parts.append("\n".join(_step(scope, step, made)))
    return "\n\n".join(parts) + "\n"


def _line(text: str) -> str:
    return comment(text.removeprefix("#").strip())


def _made(scope: Scope, step: Step) -> tuple[Made, ...]:
    shape = SHAPES.get((step.target.type, step.property))
    if shape is None:
        return (Advice("drscan does not show this as Terraform; the calls are shown by: drscan fix plan --format cli"),)
    return tuple(shape(scope, step))


def _settings(scope: Scope) -> Iterator[str]:
    """What Terraform needs to know before any resource: its version, and the way into each account and region."""
    provider = Raw('{ source = "hashicorp/aws", version = ">= 5.70" }')
    required = "\n".join(f"  {line}" for line in block("required_providers", {"aws": provider}))
    yield f'terraform {{\n  required_version = ">= 1.5"\n\n{required}\n}}'
    places = sorted({(step.target.account, region_for(step.target, scope.steps)) for step in scope.steps})
    for account in dict.fromkeys(account for account, _ in places):
        body = {"type": Raw("string"), "default": Raw("null"), "description": f"AWS profile for account {account}"}
        yield "\n".join(block(f'variable "profile_{account}"', body))
    for account, region in places:
        body = {
            "alias": _alias(account, region),
            "region": region,
            "profile": Raw(f"var.profile_{account}"),
            "allowed_account_ids": [account],
        }
        yield "\n".join(block('provider "aws"', body))


def _step(scope: Scope, step: Step, made: Mapping[str, tuple[Made, ...]]) -> Iterator[str]:
    place = f"{step.target.account} {step.target.region}".rstrip()
    yield comment(f"{step.id}  {title(step)} in {place}  [{step.safety}]")
    for name, note in notes_of(step):
        for number, line in enumerate(wrapped(note, _WIDTH - 14) if name not in _BY_CALLS else ()):
            yield comment(f"{name if number == 0 else '':<10}  {line}")
    if not made[step.id]:
        yield comment("Said by the resource itself, above.")
    for one in made[step.id]:
        lines = _advice(scope, step.target, one) if isinstance(one, Advice) else _block(scope, step, one, made)
        if step.safety in _LEFT_OUT and isinstance(one, Block):
            yield comment(_LEFT_OUT[step.safety])
            lines = map(comment, lines)
        yield from lines


def _advice(scope: Scope, target: Target, advice: Advice) -> Iterator[str]:
    if not advice.body:
        yield comment(f"By hand: {advice.text}")
        return
    yield comment(f"Add to the resource that declares {target.name} ({advice.text}):")
    lines = list(block("", scope.resolved(advice.body)))
    yield from map(comment, lines[1:-1])


def _block(scope: Scope, step: Step, one: Block, made: Mapping[str, tuple[Made, ...]]) -> Iterator[str]:
    if one.import_id:
        yield from block("import", {"to": Raw(one.address), "id": one.import_id})
    alias = _alias(step.target.account, region_for(step.target, scope.steps))
    body = {"provider": Raw(f"aws.{alias}"), **scope.resolved(one.body)}
    text = "\n".join(block("", body))
    waits = [address for address in _waits(scope, step, made) if f"{address}." not in text and address != one.address]
    if waits:
        body["depends_on"] = [Raw(address) for address in waits]
    yield from block(f"resource {quoted(one.type)} {quoted(one.label)}", body)


def _waits(scope: Scope, step: Step, made: Mapping[str, tuple[Made, ...]]) -> Iterable[str]:
    """The addresses of what a step has to wait for, as far as Terraform does it."""
    by_id = {one.id: one for one in scope.steps}
    for need in step.needs:
        if by_id[need].safety in _LEFT_OUT:
            yield from _waits(scope, by_id[need], made)
        else:
            yield from (one.address for one in made[need] if isinstance(one, Block))


def _alias(account: str, region: str) -> str:
    return f"a{account}_{region.replace('-', '_')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"

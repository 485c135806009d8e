"""A plan as a shell script of AWS CLI calls, for teams that apply by their own means.

The calls are those that drscan itself would make, one block a step. Names and policies in them come from accounts that
an attacker may own: whatever is data stands in single quotes, whatever is said about it is inert.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from botocore import xform_name

from scanner.inert import inert
from scanner.remedies.applying import requests_of
from scanner.remedies.shown.order import nearest_needs
from scanner.remedies.shown.places import region_for
from scanner.remedies.shown.text import notes_of, title, wrapped
from scanner.remedies.step import CREATION, Plan, Safety, Step
from scanner.remedies.writes.iam import ROLE
from scanner.remedies.writing import Request

_COMMANDS = {"s3": "s3api"}
"""What the AWS CLI calls a service, where that is not boto3's name for it."""

_WIDTH = 116

_OPENING = """\
#!/bin/sh
# {what}, as drscan planned it at {created}.
#
# Name a profile of the AWS CLI for each account, and run it once:
#
#   {profiles} sh plan.sh
#
# It stops at the first call that fails; it does not look whether things are still as the plan found them, keeps no
# journal and cannot go on or back. `drscan fix apply` does all of that. What cannot be taken back, and what is for you
# to decide, is commented out, together with the steps that need it.
set -eu
AWS_PAGER=''
export AWS_PAGER

profile_is_in() {{
    found=$(aws sts get-caller-identity --profile "$2" --region "$3" --query Account --output text)
    [ "$found" = "$1" ] || {{ echo "profile $2 is in account $found, not in $1" >&2; exit 1; }}
}}"""

_PAUSE = """\
# IAM tells other services of a new role within seconds, not at once.
sleep 15"""


@dataclass(frozen=True, slots=True)
class _Script:
    """What the blocks share: the plan's steps, the shell variables for what is made, and which steps are left out."""

    steps: Sequence[Step]
    variables: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as a POSIX shell script. `color` means nothing here."""
    if not plan.steps:
        return "#!/bin/sh\n# Nothing to do.\n"
    script = _Script(nearest_needs(plan.steps))
    blocks = [_opening(plan), *_blocks(script)]
    return "\n\n".join(blocks) + "\n"


def _opening(plan: Plan) -> str:
    accounts = {step.target.account: region_for(step.target, plan.steps) for step in plan.steps}
    what = (
        f"{len(plan.steps)} step{'s' * (len(plan.steps) != 1)} on {len(accounts)} account{'s' * (len(accounts) != 1)}"
    )
    profiles = " ".join(f"{_profile(account)}=..." for account in sorted(accounts))
    checks = [
        f'profile_is_in {shlex.quote(account)} "${{{_profile(account)}:?name a profile}}" {shlex.quote(region)}'
        for account, region in sorted(accounts.items())
    ]
    return "\n".join([_OPENING.format(what=what, created=inert(plan.created), profiles=profiles), *checks])


def _blocks(script: _Script) -> Iterator[str]:
    made_role = False
    for step in script.steps:
        makes_role = step.property == CREATION and step.target.type == ROLE
        if made_role and not makes_role:
            yield _PAUSE
        why = _why_left_out(step, script.left_out)
        commands = "\n".join(_command(script, step, request) for request in requests_of(step))
        if why:
            script.left_out[step.id] = why
            commands = "\n".join(f"# {line}" for line in (f"Left out: {why}", *commands.split("\n")))
        made_role = makes_role and not why
        yield "\n".join([*_comments(step), commands])


def _why_left_out(step: Step, left_out: Mapping[str, str]) -> str:
    """Why a step is not done by the script; empty where it is."""
    needed = next((one for one in step.needs if one in left_out), "")
    match step.safety:
        case Safety.IRREVERSIBLE:
            return "it cannot be taken back."
        case Safety.MANUAL:
            return "it is for you to decide."
    return f"it needs step {needed}." if needed else ""


def _comments(step: Step) -> Iterator[str]:
    place = f"{step.target.account} {step.target.region}".rstrip()
    yield inert(f"# {step.id}  {title(step)} in {place}  [{step.safety}]")
    for name, note in notes_of(step):
        for number, line in enumerate(wrapped(inert(note), _WIDTH - 14) if note else ()):
            yield f"# {name if number == 0 else '':<10}  {line}"


def _command(script: _Script, step: Step, request: Request) -> str:
    words = [
        "aws",
        _COMMANDS.get(request.service, request.service),
        xform_name(request.operation, "-"),
        "--profile",
        f'"${_profile(step.target.account)}"',
        "--region",
        shlex.quote(request.region or region_for(step.target, script.steps)),
    ]
    parameters = _quoted(json.dumps(request.parameters, indent=2), script.variables)
    if not request.gives:
        return " ".join([*words, "--cli-input-json", parameters])
    query = f"[{', '.join(request.gives.values())}]"
    words += ["--query", shlex.quote(query), "--output", "text", "--cli-input-json", parameters]
    names = [_variable(script.variables, stand_in, path) for stand_in, path in request.gives.items()]
    return f"made=$({' '.join(words)})\nread -r {' '.join(names)} <<EOF\n$made\nEOF"


def _quoted(text: str, variables: Mapping[str, str]) -> str:
    """The text as one word of the shell, with a variable in place of everything that is only known by then."""
    if not variables:
        return shlex.quote(text)
    longest = sorted(variables, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest))})", text)
    return "".join(f'"${variables[part]}"' if part in variables else shlex.quote(part) for part in parts if part)


def _variable(variables: dict[str, str], stand_in: str, path: str) -> str:
    """A new shell variable for a stand-in, named after it and the member of the answer that it is."""
    words = f"{stand_in.rpartition('{')[2]}_{path.rpartition('.')[2]}"
    name = re.sub(r"\W+", "_", f"made_{words}", flags=re.ASCII).lower()
    while name in variables.values():
        name += "_"
    variables[stand_in] = name
    return name


def _profile(account: str) -> str:
    return "PROFILE_" + re.sub(r"\W", "_", account, flags=re.ASCII)

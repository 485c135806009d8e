"""The options by which a user decides about a plan, gathered into one value and checked before anything is read."""

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from scanner.errors import InvalidInputError

if TYPE_CHECKING:
    from scanner.remedies.proposals import Choices

Command = TypeVar("Command", bound=Callable[..., Any])

_LONGEST_LOCK = 36_500
"""Days of default retention that S3 takes: 100 years. S3 API reference, 2026-11."""

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")

_OPTIONS = (
    click.option("--existing-objects", is_flag=True, help="Copy what is there already, by S3 Batch Replication."),
    click.option("--key", "keys", multiple=True, metavar="ARN", help="Use this KMS key in its place (repeatable)."),
    click.option(
        "--log-bucket", default="", metavar="NAME", help="Takes access logs; may hold {account} and {region}."
    ),
    click.option("--topic", "topics", multiple=True, metavar="ARN", help="Takes alarms of its region (repeatable)."),
    click.option("--email", default="", metavar="ADDRESS", help="Who is subscribed to a topic that nobody hears."),
    click.option("--failure-events", is_flag=True, help="Let S3 tell the topic of failed replication, not an alarm."),
    click.option("--break-glass", multiple=True, metavar="ARN", help="Whom denials are to spare (repeatable)."),
    click.option(
        "--lock-mode", type=click.Choice(["GOVERNANCE", "COMPLIANCE"]), default="GOVERNANCE", show_default=True
    ),
    click.option("--lock-days", type=click.IntRange(1, _LONGEST_LOCK), default=35, show_default=True),
)
_NAMES = (
    *("existing_objects", "keys", "log_bucket", "topics", "email"),
    *("failure_events", "break_glass", "lock_mode", "lock_days"),
)


def choice_options(command: Command) -> Command:
    """Everything that the user decides about a plan, gathered into one argument, `choices`.

    The command raises `InvalidInputError` for an ARN that is none of what it should be.
    """

    @wraps(command)
    def with_choices(*args: Any, **kwargs: Any) -> Any:
        chosen = {name: kwargs.pop(name) for name in _NAMES}
        return command(*args, choices=_choices(**chosen), **kwargs)

    decorated: Any = with_choices
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return cast(Command, decorated)


def _choices(
    *, keys: tuple[str, ...], topics: tuple[str, ...], break_glass: tuple[str, ...], email: str, **others: Any
) -> "Choices":
    from scanner.remedies.proposals import Choices

    for arn in topics:
        _check(arn, "sns", r"[A-Za-z0-9_-]+(\.fifo)?", "a topic", "arn:aws:sns:REGION:ACCOUNT:NAME")
    for arn in break_glass:
        _check(arn, "iam", r"(role|user)/[^*?$]+", "a principal", "arn:aws:iam::ACCOUNT:role/NAME")
    if email and not _ADDRESS.fullmatch(email):
        raise InvalidInputError(f"{email!r} is no address", hint="expected NAME@DOMAIN")
    return Choices(keys=dict(map(_key, keys)), topics=topics, break_glass=break_glass, email=email, **others)


def _key(arn: str) -> tuple[tuple[str, str], str]:
    parts = _check(arn, "kms", r"key/.+", "a key", "arn:aws:kms:REGION:ACCOUNT:key/ID")
    return (parts[4], parts[3]), arn


def _check(arn: str, service: str, resource: str, what: str, expected: str) -> list[str]:
    """The parts of an ARN of that service. Raises `InvalidInputError` where it is none."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != service or not re.fullmatch(resource, parts[5]):
        raise InvalidInputError(f"{arn!r} is not the ARN of {what}", hint=f"expected {expected}")
    return parts

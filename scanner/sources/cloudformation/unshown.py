"""What a template makes and does not show: what macros, SAM, modules and nested stacks out of reach add to it.

Where such a thing may add resources, that is said, so that nobody takes them for absent.
"""

from collections.abc import Iterator

from scanner.estate.estate import Unseen
from scanner.estate.unknown import Unknown
from scanner.sources.cloudformation.checking import Entry
from scanner.sources.cloudformation.children import STACK, child
from scanner.sources.cloudformation.resolution import Resolution

SERVERLESS = "AWS::Serverless-2016-10-31"
_SERVERLESS_TYPE = "AWS::Serverless::"
_GLOBAL_SERVICES = ("AWS::IAM::", "AWS::Organizations::")
_MADE_BY_SERVERLESS = (
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
)
"""Types that rules look at and that a SAM resource may make without naming them: execution roles, connectors' policies,
subscriptions of events (SAM developer guide, "Generated CloudFormation resources", 2026-11)."""


def unseen_of(stack: Resolution) -> Iterator[Unseen]:
    """What of a stack cannot be shown."""
    for name in dict.fromkeys(stack.sections.macros):
        if name != SERVERLESS:
            yield _whole(stack, f"stack {stack.sections.source.file}", f"the macro {name[:100]} may add to it")
    for unknown in stack.unknown_loops:
        yield _whole(stack, f"stack {stack.sections.source.file}", f"a loop in it cannot be followed: {unknown.reason}")
    for entry in stack.resources.values():
        if stack.exists(entry) is not False:
            yield from _of_resource(stack, entry)


def is_shown(stack: Resolution, entry: Entry) -> bool:
    """Whether a resource surely exists and its properties can be told."""
    return stack.exists(entry) is True and not isinstance(stack.properties(entry), Unknown)


def _of_resource(stack: Resolution, entry: Entry) -> Iterator[Unseen]:
    exists, properties = stack.exists(entry), stack.properties(entry)
    if isinstance(exists, Unknown):
        yield _typed(stack, entry.type, f"whether {entry.name} exists is not known: {exists.reason}")
        return
    if isinstance(properties, Unknown):
        yield _typed(stack, entry.type, properties.reason)
    if entry.type.startswith(_SERVERLESS_TYPE):
        yield from _of_serverless(stack, entry)
    elif entry.type == STACK:
        nested = child(stack, entry)
        if isinstance(nested, str):
            yield _whole(stack, f"nested stack {entry.name}", nested)
    elif entry.type == "AWS::CloudFormation::StackSet":
        yield Unseen("", "", f"stack set {entry.name}", "what it makes, and in which accounts, is not followed")
    elif entry.type.endswith("::MODULE"):
        yield _whole(stack, f"module {entry.name}", f"what {entry.type} makes is only known to CloudFormation")


def _of_serverless(stack: Resolution, entry: Entry) -> Iterator[Unseen]:
    if entry.type == "AWS::Serverless::Application":
        yield _whole(stack, f"serverless application {entry.name}", "what it makes is not followed")
        return
    for type_ in _MADE_BY_SERVERLESS:
        yield _typed(stack, type_, f"{entry.name} ({entry.type}) may make some of its own")


def _whole(stack: Resolution, what: str, reason: str) -> Unseen:
    return Unseen(stack.deployment.account, stack.deployment.region, what, reason)


def _typed(stack: Resolution, type_: str, reason: str) -> Unseen:
    region = "" if type_.startswith(_GLOBAL_SERVICES) else stack.deployment.region
    return Unseen(stack.deployment.account, region, type_ or "resource", reason)

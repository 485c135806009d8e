"""Policies and memberships that a template declares apart from the roles, users and groups that they are for.

IAM itself knows inline policies only as part of whoever has them, and that is how a live account shows them.
"""

from collections.abc import Callable, Iterator, Mapping

from scanner.estate.unknown import Value
from scanner.sources.attaching import Attachment
from scanner.sources.aws.values import policy_document
from scanner.sources.cloudformation.attributes import identity
from scanner.sources.cloudformation.drafts import Surroundings
from scanner.sources.cloudformation.stack import ResolvedResource

ROLE, USER, GROUP = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"

_LISTS = {"Roles": ROLE, "Users": USER, "Groups": GROUP}


def attachments(declared: ResolvedResource, around: Surroundings) -> Iterator[Attachment]:
    """What a declared resource attaches to others; nothing for types that attach nothing."""
    if declared.type in _ATTACHING:
        yield from _ATTACHING[declared.type](declared, around)


def _policy(declared: ResolvedResource, around: Surroundings) -> Iterator[Attachment]:
    """AWS::IAM::Policy: one inline policy for any number of roles, users and groups."""
    yield from _to_lists(declared, around, "Policies", _inline(declared, around))


def _managed_policy(declared: ResolvedResource, around: Surroundings) -> Iterator[Attachment]:
    """AWS::IAM::ManagedPolicy, which may name those whom it is attached to."""
    known = identity(declared.type, declared.logical_id, declared.properties, around.deployment)
    yield from _to_lists(declared, around, "ManagedPolicyArns", known.arn)


def _policy_of(property_: str, type_: str) -> "Attaching":
    """AWS::IAM::RolePolicy and its like: one inline policy of one owner."""

    def attach(declared: ResolvedResource, around: Surroundings) -> Iterator[Attachment]:
        owner = around.name_at(declared, type_, declared.properties.get(property_), property_)
        inline = _inline(declared, around)
        yield Attachment(type_, owner, around.deployment.account, "Policies", inline, declared.logical_id)

    return attach


def _membership(declared: ResolvedResource, around: Surroundings) -> Iterator[Attachment]:
    """AWS::IAM::UserToGroupAddition."""
    group = around.name_at(declared, GROUP, declared.properties.get("GroupName"), "GroupName")
    yield from _to_list(declared, around, "Users", "Groups", group)


def _to_lists(declared: ResolvedResource, around: Surroundings, to: str, value: Value) -> Iterator[Attachment]:
    for property_ in _LISTS:
        yield from _to_list(declared, around, property_, to, value)


def _to_list(
    declared: ResolvedResource, around: Surroundings, property_: str, to: str, value: Value
) -> Iterator[Attachment]:
    type_, names = _LISTS[property_], declared.properties.get(property_)
    for place, name in _named(property_, names):
        owner = around.name_at(declared, type_, name, *place)
        yield Attachment(type_, owner, around.deployment.account, to, value, declared.logical_id)


def _named(property_: str, names: Value) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    if isinstance(names, list):
        yield from (((property_, number), name) for number, name in enumerate(names))
    elif names is not None:
        yield (property_,), names


def _inline(declared: ResolvedResource, around: Surroundings) -> Mapping[str, Value]:
    name = declared.properties.get("PolicyName")
    shown = around.deployment.stand_in(declared.logical_id) if name is None else name
    return {"PolicyName": shown, "PolicyDocument": _document(declared.properties.get("PolicyDocument"))}


def _document(written: Value) -> Value:
    return policy_document(written) if isinstance(written, str) else written


Attaching = Callable[[ResolvedResource, Surroundings], Iterator[Attachment]]

_ATTACHING: Mapping[str, Attaching] = {
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::RolePolicy": _policy_of("RoleName", ROLE),
    "AWS::IAM::UserPolicy": _policy_of("UserName", USER),
    "AWS::IAM::GroupPolicy": _policy_of("GroupName", GROUP),
    "AWS::IAM::UserToGroupAddition": _membership,
}

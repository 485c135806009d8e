"""What one declaration adds to another: policies and groups to the roles, users and groups that have them.

The two may stand in one template or in two, so that joining them is a step of its own. Whatever is left over was added
to somebody whom nobody declares, and leaves a gap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that belongs to the role, user or group of that type and name in an account.

    `value` goes into the list of the property `to`, in the one shape. `by` is what declares it, for people.
    """

    type: str
    name: Value
    account: str
    to: str
    value: Value
    by: str


def fold(
    resources: Sequence[Resource], attached: Iterable[Attachment]
) -> tuple[tuple[Resource, ...], tuple[Attachment, ...]]:
    """The resources with everything attached where it belongs, and the attachments that are left over."""
    added: dict[tuple[str, str, str], dict[str, list[Value]]] = {}
    left: list[Attachment] = []
    known = {_key(one) for one in resources}
    for one in attached:
        if isinstance(one.name, str) and (one.type, one.account, one.name) in known:
            added.setdefault((one.type, one.account, one.name), {}).setdefault(one.to, []).append(one.value)
        else:
            left.append(one)
    return tuple(_with(one, added[_key(one)]) if _key(one) in added else one for one in resources), tuple(left)


def doubted(resources: Sequence[Resource], left: Iterable[Attachment]) -> tuple[Resource, ...]:
    """The resources with whatever may be attached to them: of some attachments it is not known to whom they go."""
    unplaced = [one for one in left if not isinstance(one.name, str)]
    if not unplaced:
        return tuple(resources)
    return tuple(_doubted(one, [each for each in unplaced if _may_be(each, one)]) for one in resources)


def _may_be(attachment: Attachment, owner: Resource) -> bool:
    return (attachment.type, attachment.account) == (owner.type, owner.account)


def _doubted(owner: Resource, unplaced: Sequence[Attachment]) -> Resource:
    added: dict[str, list[Value]] = {}
    for one in unplaced:
        added.setdefault(one.to, []).append(_perhaps(one))
    return _with(owner, added) if added else owner


def _perhaps(one: Attachment) -> Value:
    """What may or may not be attached: a policy each of whose statements may not hold, or something unknown."""
    doubt = Unknown(f"whom {one.by} adds to is not known")
    if not isinstance(one.value, Mapping):
        return doubt
    document = one.value.get("PolicyDocument")
    if not isinstance(document, Mapping):
        return {**one.value, "PolicyDocument": doubt}
    statements = document.get("Statement")
    found = [statements] if isinstance(statements, Mapping) else statements
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        return {**one.value, "PolicyDocument": doubt}
    return {**one.value, "PolicyDocument": {**document, "Statement": [{**each, "Condition": doubt} for each in found]}}


def gaps(left: Iterable[Attachment]) -> tuple[Unseen, ...]:
    """What is not seen of those whom something is added to, and whom nobody declares."""
    return tuple(_gap(one) for one in left)


def _key(one: Resource) -> tuple[str, str, str]:
    return one.type, one.account, one.name


def _with(owner: Resource, added: Mapping[str, Sequence[Value]]) -> Resource:
    lists = {to: owner.properties.get(to) or [] for to in added}
    # A list that is not known may hold this already, and more.
    whole = {to: _distinct([*present, *added[to]]) for to, present in lists.items() if isinstance(present, list)}
    return replace(owner.with_properties(**whole), stated=(owner.stated or frozenset()) | set(added))


def _distinct(values: Iterable[Value]) -> list[Value]:
    """Each once. Of two inline policies of one name the later one stands, as after two deployments."""
    return list({_name(value): value for value in values}.values())


def _name(value: Value) -> tuple[str, str]:
    name = value.get("PolicyName") if isinstance(value, Mapping) else None
    return ("policy", name) if isinstance(name, str) else ("value", repr(value))


def _gap(one: Attachment) -> Unseen:
    if isinstance(one.name, str):
        reason = f"{one.by} adds to it, and no template at hand declares it"
        return Unseen(one.account, "", f"{one.type} {one.name}", reason)
    doubt = one.name.reason if isinstance(one.name, Unknown) else "its name is not text"
    return Unseen(one.account, "", one.type, f"whom {one.by} adds to is not known: {doubt}")

"""Which resource of a plan a piece reaches: the one of that name in the account and region where its provider works.

A piece whose provider works elsewhere does not reach it: S3 redirects or refuses the call, the bucket stays without.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.estate.estate import Unseen
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, is_stand_in
from scanner.sources.terraform.pieces import Own, Piece, Target, account_of
from scanner.sources.terraform.unnamed import is_unnamed_account, is_unnamed_region

_NAMED_BY_ACCOUNT = frozenset({"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"})
"""Types of which every account may have one of the same name, so that a name alone does not say which is meant."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a piece reaches: the `number` of a resource, None where it reaches none of the plan.

    With a number, `doubt` says why it may not reach that one after all. Without, `misplaced` says why it cannot reach
    the one it is for, or `doubt` why nobody knows which one that is; without either it is for something that the plan
    does not make.
    """

    number: int | None = None
    misplaced: str = ""
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Owners:
    """The resources of a plan that others may have parts for, by what they are called."""

    resources: tuple[Resource, ...]
    _here: Mapping[tuple[str, str, str, str], int]
    _anywhere: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> "Owners":
        """These resources; of several with the same name in one place the first is the one that is meant."""
        found = tuple(resources)
        here: dict[tuple[str, str, str, str], int] = {}
        anywhere: dict[tuple[str, str], int] = {}
        for number, one in enumerate(found):
            for name in _names(one):
                here.setdefault((one.type, name, one.account, one.region), number)
                anywhere.setdefault((one.type, name), number)
        return cls(found, here, anywhere)

    def reach(self, piece: Piece, target: Target) -> Reach:
        """What a piece reaches of what its target names."""
        if isinstance(target.name, Unknown):
            return Reach(doubt=target.name)
        name = _plain(target)
        account, region = account_of(piece.planned), piece.planned.region
        for place in ((account, region), (account, "")):
            number = self._here.get((target.type, name, *place))
            if number is not None:
                return self._owned(number, target)
        elsewhere = self._anywhere.get((target.type, name))
        if elsewhere is None or (target.type in _NAMED_BY_ACCOUNT and not is_stand_in(name)):
            return Reach()
        other = self.resources[elsewhere]
        if target.crosses and other.region == region:
            return Reach(elsewhere)
        where = f"works in {_place(account, region)}, but what it is for is in {_place(other.account, other.region)}"
        if _may_be_same(account, other.account) and _may_be_same(region, other.region):
            return Reach(elsewhere, doubt=Unknown(f"{where}, for all that the plan names"))
        return Reach(misplaced=where)

    def _owned(self, number: int, target: Target) -> Reach:
        account = self.resources[number].account
        if isinstance(target.owner, str) and target.owner != account:
            return Reach(misplaced=f"expects account {target.owner} to own the bucket, which account {account} does")
        return Reach(number)


def gap(piece: Piece, target: Target, reach: Reach) -> Unseen:
    """What is unseen of a piece that reaches nothing in the plan."""
    planned = piece.planned
    region = "" if target.type in _NAMED_BY_ACCOUNT or "Organizations" in target.type else planned.region
    if reach.doubt is not None:
        what = piece.resource.type if isinstance(piece, Own) else target.type
        reason = f"what {planned.address} is for is not known: {reach.doubt.reason}"
        return Unseen(account_of(planned), region, what, reason)
    reason = f"{planned.address} is for it, and this plan does not make it"
    return Unseen(account_of(planned), region, f"{target.type} {_plain(target)}", reason)


def _names(resource: Resource) -> set[str]:
    names: tuple[Value, ...] = (resource.name, resource.arn, resource.properties.get("Id"))
    return {name for name in names if isinstance(name, str) and name}


def _plain(target: Target) -> str:
    """The name in the target; where that is an ARN of a bucket, its last part."""
    name = target.name if isinstance(target.name, str) else ""
    return name.rpartition(":::")[2] if target.type == "AWS::S3::Bucket" else name


def _may_be_same(place: str, other: str) -> bool:
    """Whether two accounts or two regions may be one: those that are not named may be any."""
    return place == other or not other or _is_unnamed(place) or _is_unnamed(other)


def _is_unnamed(place: str) -> bool:
    return place in (UNNAMED_ACCOUNT, UNNAMED_REGION) or is_unnamed_account(place) or is_unnamed_region(place)


def _place(account: str, region: str) -> str:
    return f"{region} of account {account}" if region else f"account {account}"

"""Organizations' types: the tree of accounts, and the policies that bound them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scanner.estate.unknown import Unknown, Value
from scanner.sources.terraform.identities import known_as
from scanner.sources.terraform.pieces import Own, Piece, Types, added, of_another, resource_of, whole
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import built, plain

ORGANIZATION, ROOT = "AWS::Organizations::Organization", "AWS::Organizations::Root"
UNIT, ACCOUNT, POLICY = (
    "AWS::Organizations::OrganizationalUnit",
    "AWS::Organizations::Account",
    "AWS::Organizations::Policy",
)

_ROOT_UNTOLD = Unknown("parent_id is not set: the account goes to the root of the organization")


def _organization(planned: Planned) -> Iterable[Piece]:
    """The organization, and its root with the types of policies that are in force."""
    fields = {"FeatureSet": plain("feature_set")}
    yield Own(planned, resource_of(planned, ORGANIZATION, built(planned.values, fields), id_="Id"))
    roots = known_as(planned.type, planned.values, planned.place).attributes["roots"]
    root = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], Mapping) else {}
    arn, id_ = root.get("arn"), root.get("id")
    if isinstance(arn, str) and isinstance(id_, str):
        properties = {"Id": id_, "Name": "Root", "PolicyTypes": _policy_types(planned)}
        yield Own(planned, of_another(planned, ROOT, arn, "Root", properties, region=""))


def _policy_types(planned: Planned) -> Value:
    enabled = plain("enabled_policy_types")(planned.values)
    if isinstance(enabled, Unknown):
        return enabled
    return [{"Type": one, "Status": "ENABLED"} for one in (enabled if isinstance(enabled, list | tuple) else ())]


def _account(planned: Planned) -> Iterable[Piece]:
    """Called by its id, as a live one is."""
    fields = {"AccountName": plain("name")}
    found = resource_of(planned, ACCOUNT, built(planned.values, fields), id_="AccountId")
    parent = plain("parent_id", _ROOT_UNTOLD)(planned.values)
    named = replace(found, name=found.properties["AccountId"])
    yield Own(planned, named.with_properties(ParentIds=[parent]))


def _attached(planned: Planned) -> Mapping[str, Value]:
    return {"TargetIds": [planned.values.get("target_id")]}


TYPES: Types = {
    "aws_organizations_organization": _organization,
    "aws_organizations_organizational_unit": whole(UNIT, "Name", "Id", Name=plain("name"), ParentId=plain("parent_id")),
    "aws_organizations_account": _account,
    "aws_organizations_policy": whole(
        POLICY,
        "Name",
        "Id",
        Name=plain("name"),
        Type=plain("type", "SERVICE_CONTROL_POLICY"),
        Content=plain("content"),
    ),
    "aws_organizations_policy_attachment": added(POLICY, "policy_id", _attached),
}

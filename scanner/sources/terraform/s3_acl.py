"""Access control lists of buckets: canned ones by CloudFormation's name, all others grant by grant."""

from collections.abc import Iterator, Mapping

from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.s3_answers import acl
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.readers import Values, block, built, each, inside, plain

_CANNED = {
    "private": "Private",
    "public-read": "PublicRead",
    "public-read-write": "PublicReadWrite",
    "authenticated-read": "AuthenticatedRead",
    "aws-exec-read": "AwsExecRead",
    "bucket-owner-read": "BucketOwnerRead",
    "bucket-owner-full-control": "BucketOwnerFullControl",
    "log-delivery-write": "LogDeliveryWrite",
}

_NO_CANNED = Unknown("the ACL is given grant by grant, and who owns the bucket is not known")


def of_resource(values: Values) -> dict[str, Value]:
    """What `aws_s3_bucket_acl` sets."""
    canned = _canned(values)
    if canned is not None:
        return {"AccessControl": canned}
    policy = inside("access_control_policy", lambda inner: inner)(values)
    if policy is None or isinstance(policy, Unknown):
        return {} if policy is None else {"AccessControl": policy}
    grants = each("grant", _grant)(policy)
    return _granted(inside("owner", plain("id"))(policy), [grants] if isinstance(grants, Unknown) else grants or [])


def of_bucket(planned: Planned) -> dict[str, Value]:
    """What the `acl` and `grant` of a bucket itself set."""
    canned = _canned(planned.values)
    if canned is not None:
        return {"AccessControl": canned}
    grants = each("grant", lambda inner: list(_inline_grants(inner)))(planned.values)
    if grants is None or isinstance(grants, Unknown):
        return {} if grants is None else {"AccessControl": grants}
    flat = [grant for some in grants for grant in (some if isinstance(some, list) else [some])]
    # The grants of a bucket that is there already were read from it, and its owner is among them.
    return _granted(None if "create" in planned.actions else _owner(flat), flat)


def _canned(values: Values) -> Value:
    name = plain("acl")(values)
    return _CANNED.get(name, name) if isinstance(name, str) else name


def _grant(values: Values) -> Value:
    grantee = block(
        "grantee", Type=plain("type"), ID=plain("id"), URI=plain("uri"), EmailAddress=plain("email_address")
    )
    return built(values, {"Grantee": grantee, "Permission": plain("permission")})


def _inline_grants(values: Values) -> Iterator[dict[str, Value]]:
    grantee = built(values, {"Type": plain("type"), "ID": plain("id"), "URI": plain("uri")})
    permissions = plain("permissions")(values)
    for permission in permissions if isinstance(permissions, list | tuple) else [permissions]:
        yield {"Grantee": grantee, "Permission": permission}


def _owner(grants: list[Value]) -> Value:
    owners = (_grantee(grant).get("ID") for grant in grants if _permission(grant) == "FULL_CONTROL")
    return next((owner for owner in owners if owner), None)


def _granted(owner: Value, grants: list[Value]) -> dict[str, Value]:
    """The grants, and the canned ACL that they come to where that can be told."""
    if isinstance(owner, str) and all(map(_is_plain, grants)):
        found = acl({"Owner": {"ID": owner}, "Grants": grants})
        return {"AccessControl": found["AccessControl"], "Observed": {"AclGrants": found["Observed.AclGrants"]}}
    return {"AccessControl": _NO_CANNED, "Observed": {"AclGrants": [_shown(grant) for grant in grants]}}


def _shown(grant: Value) -> Value:
    if isinstance(grant, Unknown):
        return grant
    grantee = _grantee(grant)
    who = next((grantee[key] for key in ("URI", "ID", "EmailAddress") if key in grantee), None)
    found = {"Grantee": who, "GranteeType": grantee.get("Type"), "Permission": _permission(grant)}
    return {name: value for name, value in found.items() if value is not None}


def _is_plain(grant: Value) -> bool:
    return isinstance(_permission(grant), str) and all(isinstance(value, str) for value in _grantee(grant).values())


def _grantee(grant: Value) -> Mapping[str, Value]:
    grantee = grant.get("Grantee") if isinstance(grant, Mapping) else None
    return grantee if isinstance(grantee, Mapping) else {}


def _permission(grant: Value) -> Value:
    return grant.get("Permission") if isinstance(grant, Mapping) else grant

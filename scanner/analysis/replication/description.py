"""A link as a derived resource: what rules judge, reports print, and people read."""

from collections.abc import Iterable, Mapping

from scanner.analysis.reading import at, present
from scanner.analysis.replication.examining import Examination, Shortfall
from scanner.analysis.replication.faults import Doubt, Fault, Trouble
from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.places import End, KeyEnd
from scanner.analysis.replication.sides import is_denied, sides_of
from scanner.analysis.replication.vocabulary import Effect, LinkVerdict
from scanner.analysis.truth import Truth, equals, negate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


def link_resource(name: str, source: Resource, properties: Mapping[str, Value]) -> Resource:
    """A link stands where its source bucket does. It has no ARN: its name tells it from others."""
    return Resource(LINK, "", source.account, source.region, name, properties, source.location)


def link_properties(found: Examination, *, is_declared: Truth, named_accounts: frozenset[str]) -> dict[str, Value]:
    """Everything about an examined link but the role's excess."""
    link, ends = found.link, found.link.ends
    return present(
        Id=link.id,
        RuleId=link.features.id,
        Rule=link.features.rule,
        Role=link.role,
        Source=_end(ends.source),
        Destination=_end(ends.destination) | {"IsNamedAccount": _among(ends.destination.account, named_accounts)},
        SourceKey=_key(ends.source_key),
        ReplicaKey=_key(ends.replica_key),
        CrossesRegion=_differs(ends.source.region, ends.destination.region),
        CrossesAccount=_differs(ends.source.account, ends.destination.account),
        IsDeclared=is_declared,
        **_verdict(found.verdict, found.failure_reasons, found.missing, found.doubts, found.faults),
    )


def missing_link_properties(name: str, source: End, destination: End, trouble: Trouble) -> dict[str, Value]:
    """A copy that the estate file asks for and that no rule of its source makes, or none that was seen."""
    faults = (trouble,) if isinstance(trouble, Fault) else ()
    doubts = (trouble,) if isinstance(trouble, Doubt) else ()
    verdict = LinkVerdict.BROKEN if faults else LinkVerdict.UNKNOWN
    reasons = [reason for fault in faults for reason in fault.reasons]
    unseen = {"Rule": Unknown(trouble.reason), "Role": Unknown(trouble.reason)} if isinstance(trouble, Doubt) else {}
    return unseen | {
        "Id": name,
        "RuleId": "",
        "Source": _end(source),
        "Destination": _end(destination) | {"IsNamedAccount": True},
        "CrossesRegion": _differs(source.region, destination.region),
        "CrossesAccount": _differs(source.account, destination.account),
        "IsDeclared": True,
        "Excess": [],
        **_verdict(verdict, reasons, (), doubts, faults),
    }


def _verdict(
    verdict: LinkVerdict,
    reasons: list[str],
    missing: Iterable[Shortfall],
    doubts: Iterable[Doubt],
    faults: Iterable[Fault],
) -> dict[str, Value]:
    return {
        "Verdict": str(verdict),
        "FailureReasons": reasons,
        "Missing": [_missing(short) for short in missing],
        "Unknown": [_doubt(doubt) for doubt in doubts],
        "Faults": [_fault(fault) for fault in faults],
    }


def _missing(short: Shortfall) -> dict[str, Value]:
    demand = short.demand
    context = None if short.outcome is None or not demand.key else short.outcome.on
    return present(
        Hop=str(demand.hop),
        Action=demand.action,
        Resource=short.resource,
        EncryptionContext=context,
        Effect=str(demand.effect),
        Reasons=list(demand.reasons),
        DecidedBy=short.decided_by,
        Sides=[str(side) for side in sides_of(short.outcome)],
        IsDenied=is_denied(short.outcome),
    )


def _doubt(doubt: Doubt) -> dict[str, Value]:
    return {
        "Hop": str(doubt.hop),
        "Reason": doubt.reason,
        "About": doubt.about,
        "Effect": str(Effect.FAILS if doubt.decisive else Effect.DEGRADES),
        "Sides": [str(side) for side in doubt.sides],
    }


def _fault(fault: Fault) -> dict[str, Value]:
    return {
        "Name": fault.name,
        "Hop": str(fault.hop),
        "Effect": str(fault.effect),
        "Reasons": list(fault.reasons),
        "What": fault.what,
    }


def _end(end: End) -> dict[str, Value]:
    retention = at(end.look_up("ObjectLockConfiguration"), "Rule.DefaultRetention")
    return present(
        Bucket=end.name,
        Arn=end.arn,
        Account=end.account,
        Region=end.region,
        Exists=end.doubt or not end.is_absent,
        VersioningStatus=end.look_up("VersioningConfiguration.Status"),
        ObjectLockEnabled=end.has_object_lock,
        DefaultRetention=retention,
        SSEAlgorithm=end.algorithm,
        BucketKeyEnabled=end.uses_bucket_key,
        IsOwnerEnforced=end.is_owner_enforced,
    )


def _key(key: KeyEnd | None) -> dict[str, Value] | None:
    if key is None:
        return None
    manager = None if key.key is None else at(key.key.properties, "Observed.KeyManager")
    if manager is None and key.is_managed_by_aws is True:
        manager = "AWS"
    return present(
        Arn=key.arn,
        Account=key.account,
        Region=key.region,
        Exists=key.doubt or not key.is_absent,
        KeyManager=key.doubt if manager is None else manager,
        KeyState=None if key.is_absent else key.state,
    )


def _differs(one: str | Unknown, other: str | Unknown) -> Truth:
    return one if isinstance(one, Unknown) else negate(equals(other, one))


def _among(account: str | Unknown, named: frozenset[str]) -> Truth:
    return account if isinstance(account, Unknown) else account in named

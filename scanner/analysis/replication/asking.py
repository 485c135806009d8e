"""The requests that one link makes, and for each the policies that have a say on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from scanner.analysis.arns import partition_of
from scanner.analysis.replication.contexts import (
    SERVICE,
    Keys,
    kms_context,
    resource_keys,
    s3_context,
    service_context,
    via_services,
)
from scanner.analysis.replication.demands import Demand, Ends, Grade
from scanner.analysis.replication.documents import unseen
from scanner.analysis.replication.places import End, KeyEnd
from scanner.analysis.replication.policy_book import KeySide, One, PolicyBook, RoleSide
from scanner.analysis.replication.vocabulary import Hop
from scanner.estate.unknown import Unknown
from scanner.policy.evaluate import Level, Levels, Policies, PolicySet
from scanner.policy.request import Context, Request
from scanner.policy.statements import CompiledPolicy, PolicyKind, compile_policy
from scanner.policy.truth import Unseen

_AT_SOURCE = frozenset({Hop.ASSUME, Hop.SOURCE_BUCKET, Hop.SOURCE_OBJECT, Hop.SOURCE_KEY})
_ALLOW_ALL = compile_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
    kind=PolicyKind.IDENTITY,
    name="everything",
)
_NO_GRANTS = KeySide(None, ())


@dataclass(frozen=True)
class LinkRequests:
    """One link as the evaluator needs it: its role, its ends, and the book of all policies."""

    book: PolicyBook
    role: RoleSide
    ends: Ends

    def requests(self, demand: Demand, action: str, text: str) -> Iterator[Request]:
        """The forms that a request for one text of the demand's span may have; any that is allowed will do."""
        role, end = self.role, self._end(demand.hop)
        if demand.hop is Hop.ASSUME:
            yield Request(SERVICE, action, text, role.role.account, self._service_context)
        elif not demand.key:
            context = s3_context(role.caller, self._keys_of(end), action)
            yield Request(role.caller.principal, action, text, _seen(end.account), context)
        else:
            key = self._key_end(demand.key)
            region = end.region if isinstance(end.region, str) else key.region
            keys = resource_keys(_seen(key.account), _seen(region), self.book.organizations)
            for via in via_services(str(region), partition_of(end.arn)):
                context = kms_context(role.caller, keys, key.key, via, text)
                yield Request(role.caller.principal, action, demand.key, _seen(key.account), context)

    def policies(self, demand: Demand, action: str) -> PolicySet:
        """Every policy that has a say on the action at the demand's hop, cut down to statements that name it."""
        if demand.hop is Hop.ASSUME:
            return self._for_service()
        if not demand.key:
            end = self._end(demand.hop)
            bucket = self._narrowed(f"bucket {end.arn}", self.book.bucket(end), action)
            return self._for_role(action, bucket, _NO_GRANTS, end.account)
        key = self._key_end(demand.key)
        side = self.book.key(key)
        policy = self._narrowed(f"key {demand.key}", side.policy, action)
        if demand.grade is Grade.KEY_POLICY:
            return PolicySet(identity=(_ALLOW_ALL,), resource=policy, grants=side.grants)
        return self._for_role(action, policy, side, key.account)

    @staticmethod
    def granted(policies: PolicySet) -> PolicySet:
        """The same policies with everything allowed on all sides: what they deny, or may deny, is all that is left."""
        resource, boundary = policies.resource, policies.boundary
        return replace(
            policies,
            identity=_with_all(policies.identity),
            resource=_ALLOW_ALL if resource is None else _opened(resource),
            boundary=None if boundary is None else _opened(boundary),
            scps=_levels_with_all(policies.scps),
            rcps=_levels_with_all(policies.rcps),
        )

    def _for_service(self) -> PolicySet:
        rcps = self.book.rcps(self.role.role.account)
        return PolicySet(resource=self.role.trust, rcps=rcps, management_account=self.role.management_account)

    def _for_role(self, action: str, resource: One, side: KeySide, owner: str | Unknown) -> PolicySet:
        role, book, name = self.role, self.book, self.role.role.arn
        return PolicySet(
            identity=book.narrowed(f"role {name}", role.identity, action),
            resource=resource,
            boundary=self._narrowed(f"boundary {name}", role.boundary, action),
            scps=book.narrowed_levels(f"scps {role.role.account}", role.scps, action),
            rcps=book.narrowed_levels(f"rcps {owner}", book.rcps(owner), action),
            grants=side.grants,
            management_account=role.management_account,
        )

    def _narrowed(self, owner: str, policy: One, action: str) -> One:
        if policy is None or isinstance(policy, Unseen):
            return policy
        found = self.book.narrowed(owner, (policy,), action)
        return found if isinstance(found, Unseen) else found[0]

    def _end(self, hop: Hop) -> End:
        return self.ends.source if hop in _AT_SOURCE else self.ends.destination

    def _key_end(self, arn: str) -> KeyEnd:
        keys = (self.ends.source_key, self.ends.replica_key, self.ends.default_key)
        return next(key for key in keys if key is not None and key.arn == arn)

    def _keys_of(self, end: End) -> Keys:
        return self._source_keys if end is self.ends.source else self._destination_keys

    @cached_property
    def _source_keys(self) -> Keys:
        return self._resource_keys(self.ends.source)

    @cached_property
    def _destination_keys(self) -> Keys:
        return self._resource_keys(self.ends.destination)

    def _resource_keys(self, end: End) -> Keys:
        return resource_keys(_seen(end.account), _seen(end.region), self.book.organizations)

    @cached_property
    def _service_context(self) -> Context:
        taken = self.book.places.estate.taken
        return service_context(self.role.role, self.ends.source, self.book.organizations, taken)


def _opened(policy: CompiledPolicy | Unseen) -> CompiledPolicy | Unseen:
    if isinstance(policy, Unseen):
        return policy
    return replace(policy, statements=(*policy.statements, *_ALLOW_ALL.statements))


def _with_all(policies: Policies) -> Policies:
    return (*((policies,) if isinstance(policies, Unseen) else policies), _ALLOW_ALL)


def _levels_with_all(levels: Levels) -> Levels:
    if isinstance(levels, Unseen):
        return levels
    return tuple(one if isinstance(one, Unseen) else Level(one.name, _with_all(one.policies)) for one in levels)


def _seen(value: str | Unknown) -> str | Unseen:
    return unseen(value) if isinstance(value, Unknown) else value

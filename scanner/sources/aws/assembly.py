"""From what a run has noted to an estate: each resource once, and everything that was not read marked as such.

Several accounts may have seen the same resource (an organization's trail, its policies): what any of them could read is
known. A property is absent only if a call that gives it was answered and did not have it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.estate.estate import Estate, Unseen
from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws import organizations
from scanner.sources.aws.calls import Call, Found, Scope
from scanner.sources.aws.cloudtrail import SEEN_FROM
from scanner.sources.aws.faults import Failure, Kind
from scanner.sources.aws.ledger import Ledger, Record
from scanner.sources.aws.stopping import RUN
from scanner.sources.aws.tables import CALLS, Plan
from scanner.sources.aws.targets import Target

NOT_READ = Unknown("not read by this scan")
"""What stands in place of a property that nothing in this run needed."""


@dataclass(frozen=True)
class _Seen:
    """All that is known.

    `cut` is why the run ended early, None when it did not; `closed` are the accounts and regions that were not enabled;
    `members` are, by account, the accounts in scope that share its organization.
    """

    ledger: Ledger
    plan: Plan
    cut: Failure | None
    closed: frozenset[tuple[str, str]]
    members: Mapping[str, frozenset[str]]

    def fate(self, records: Sequence[Record], call: Call) -> Failure | None:
        """Why a call that the plan has gave nothing for a resource; None when it was answered."""
        if any(call in record.answers for record in records):
            return None
        failures = (record.failures[call] for record in records if call in record.failures)
        return next(failures, self.cut or _never_asked(call))


def estate_of(ledger: Ledger, plan: Plan, stopped: str, targets: Iterable[Target], taken: str) -> Estate:
    """The estate that a run has seen. `stopped` says why it ended early, empty when it did not."""
    cut = Failure(Kind.FAILED, f"not read: {stopped}") if stopped else None
    if cut is not None:
        _add_never_asked(ledger, plan, cut)
    closed = frozenset((gap.account, gap.region) for gap in ledger.places if gap.what == "region")
    seen = _Seen(ledger, plan, cut, closed, _members(ledger))
    groups = _groups(ledger)
    resources = [*(_resource(seen, records) for records in groups), *ledger.elsewhere.values()]
    gaps = {*ledger.places, *_cut_short(seen, stopped, targets), *_listing_gaps(seen)}
    gaps.update(gap for records in groups for gap in _gaps(seen, records))
    return Estate(
        resources=tuple(sorted(resources, key=lambda r: (r.type, r.account, r.region, r.arn, r.name))),
        accounts=tuple(sorted(ledger.accounts, key=lambda account: account.id)),
        unseen=tuple(sorted(gaps)),
        types=plan.types,
        taken=taken,
        complete=not stopped,
    )


def _add_never_asked(ledger: Ledger, plan: Plan, cut: Failure) -> None:
    # Whether a bucket has a policy is unknown as long as it was not asked, so there has to be one, of unknown content.
    for record in list(ledger.records):
        for call in plan.of(record.found.type):
            if call.sole and call not in record.answers and call not in record.failures:
                sole = ledger.add(call.sole(record.place, record.found), record.place, call, record)
                if sole is not None:
                    sole.failures[call] = cut


def _groups(ledger: Ledger) -> list[list[Record]]:
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in ledger.records:
        found = record.found
        place = (found.arn,) if found.arn else (found.region or "", found.name)
        groups[found.type, record.owner, *place].append(record)
    # The owner knows best; after that the order must not depend on which thread was faster.
    return [sorted(group, key=lambda r: (r.place.account != r.owner, r.place.account)) for group in groups.values()]


def _resource(seen: _Seen, records: Sequence[Record]) -> Resource:
    found = records[0].found
    values: dict[str, Value] = dict(found.properties)
    if SEEN_FROM in values:
        values[SEEN_FROM] = sorted({account for record in records for account in record.found.properties[SEEN_FROM]})
    for call in _details(found.type, records):
        fate = seen.fate(records, call) if call in seen.plan.calls else None
        if call not in seen.plan.calls:
            values = {**dict.fromkeys(call.gives[found.type], NOT_READ), **values}
        elif fate is not None:
            values = {**dict.fromkeys(call.gives[found.type], Unknown(fate.reason)), **values}
        else:
            values.update(next(record.answers[call] for record in records if call in record.answers))
    return Resource(found.type, found.arn, records[0].owner, found.region or "", found.name, _nested(values))


def _details(type_: str, records: Sequence[Record]) -> Iterator[Call]:
    # The listing that found a resource has told all it tells, unless it failed and left only what was known before.
    failed = {call for record in records for call in record.failures}
    return (call for call in CALLS if type_ in call.gives and (type_ not in call.lists or call in failed))


def _nested(values: Mapping[str, Value]) -> dict[str, Value]:
    nested: dict[str, Any] = {}
    for path in sorted(values):
        above, _, name = path.rpartition(".")
        (nested.setdefault(above, {}) if above else nested)[name] = values[path]
    return nested


def _gaps(seen: _Seen, records: Sequence[Record]) -> Iterator[Unseen]:
    found = records[0].found
    region = found.region or ""
    for call in seen.plan.calls:
        if found.type not in (*call.of, *call.lists) or call.locates:
            continue
        fate = seen.fate(records, call) if call in _asked(found.type, seen.plan, records) else None
        if fate is None or (fate.kind is Kind.REGION and (records[0].place.account, region) in seen.closed):
            continue
        for what in _unread(seen.plan, found, call):
            yield Unseen(records[0].owner, region, what, fate.reason, fate.iam_action)
        if found.type in call.of and not call.sole:
            for account in _viewers(seen, records):
                for type_ in seen.plan.hidden_by(call):
                    yield Unseen(account, region, type_, fate.reason, fate.iam_action)


def _unread(plan: Plan, found: Found, call: Call) -> Iterator[str]:
    paths = [path for path in call.gives.get(found.type, ()) if path not in found.properties]
    asked = [f"{found.type} {found.name} {path}" for path in paths if plan.asks_for(found.type, path)]
    # Of a policy that could not be read it is not even known whether it is there.
    existence = found.type in call.lists and Need(found.type) in plan.needs
    return iter(asked or ([found.type] if existence else []))


def _asked(type_: str, plan: Plan, records: Sequence[Record]) -> set[Call]:
    return {*plan.of(type_), *(call for record in records for call in record.failures)}


def _listing_gaps(seen: _Seen) -> Iterator[Unseen]:
    ledger = seen.ledger
    for call, account, region in ledger.expected:
        failure = ledger.listings.get((call, account, region), seen.cut)
        if failure is None or (call.sole and (call, account, region) in ledger.listings):
            continue
        if call.scope is Scope.REGION and failure.kind is Kind.REGION:
            continue
        if call.lists == (organizations.ORGANIZATION,) and account in seen.members:
            continue
        for type_ in seen.plan.hidden_by(call):
            yield Unseen(account, region, type_, failure.reason, failure.iam_action)


def _cut_short(seen: _Seen, stopped: str, targets: Iterable[Target]) -> Iterator[Unseen]:
    if seen.cut is None:
        return
    yield Unseen("", "", RUN, stopped)
    known = {account.id for account in seen.ledger.accounts}
    for target in targets:
        if target.account_id not in known:
            yield Unseen(target.account_id, "", "account", seen.cut.reason)


def _members(ledger: Ledger) -> dict[str, frozenset[str]]:
    by_organization: dict[str, set[str]] = defaultdict(set)
    for record in ledger.records:
        if record.found.type == organizations.ORGANIZATION:
            by_organization[record.owner].add(record.place.account)
        elif record.found.type == organizations.ACCOUNT:
            by_organization[record.owner].add(record.found.name)
    scope = {account.id for account in ledger.accounts}
    groups = [frozenset(accounts & scope) for accounts in by_organization.values()]
    return {account: group for group in groups for account in group}


def _viewers(seen: _Seen, records: Sequence[Record]) -> Iterable[str]:
    account = records[0].place.account
    shared = seen.members.get(account) if records[0].found.type in organizations.TYPES else None
    return sorted(shared or {record.place.account for record in records})


def _never_asked(call: Call) -> Failure:
    return Failure(Kind.FAILED, f"{call.name} was not asked")

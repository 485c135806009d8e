"""What the estate file asks of each link: where the copy has to be, of which prefixes, and how soon it must serve.

A link for which the file names no copy has nothing asked of it; rules then fall back on what anybody would want.
"""

from collections.abc import Iterable, Mapping

from scanner.analysis.annotation import BucketId, annotate
from scanner.analysis.arns import partition_of
from scanner.analysis.declarations import NOTHING, declared, named_accounts
from scanner.analysis.kinds import BUCKET
from scanner.analysis.reading import at, number, present
from scanner.analysis.replication.features import Features, read_rule
from scanner.analysis.replication.names import LINK
from scanner.analysis.retention import DAYS_A_YEAR
from scanner.analysis.truth import Truth, all_true, any_true, equals, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Copy, Intent, Protected
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

_Route = tuple[BucketId, Value]
"""Source bucket, and the destination's name."""


def derive_link_intent(estate: Estate, intent: Intent) -> Estate:
    """Adds to links what the estate file asks for.

    `Asked` lists where the file puts this copy (`Account`, `Region`); `RpoMinutes`, `RtoMinutes` and
    `RequiredRetentionDays` are the strictest of the entries that name it; `UncoveredPrefixes` are those key prefixes of
    theirs that the enabled rules from source to destination leave out, as patterns (`Keys`).
    """
    entries, rules = declared(intent), _rules_by_route(estate)

    def facts(link: Resource) -> Mapping[str, Value]:
        route = _route(link)
        asked = [
            (entry, copy)
            for entry in entries.get(route[0], NOTHING).originals
            for copy in entry.copies
            if copy.bucket == route[1]
        ]
        return _asked_for(asked) | {"UncoveredPrefixes": _uncovered(asked, rules.get(route, ()))}

    return annotate(estate, LINK, facts)


def derive_link_accounts(estate: Estate, intent: Intent) -> Estate:
    """Adds `AccountsAreNamed` and `DestinationIsNamed`: whether the estate file names accounts, and this one.

    A bucket that is in none of the named accounts, all of which were seen, belongs to somebody else, if to anybody.
    """
    named = named_accounts(estate, intent)
    doubt = first_doubt(*(estate.blind(BUCKET, account, "") for account in sorted(named)))

    def facts(link: Resource) -> Mapping[str, Value]:
        is_named = at(link.properties, "Destination.IsNamedAccount")
        if isinstance(is_named, Unknown) and at(link.properties, "Destination.Bucket"):
            is_named = doubt or False
        return {
            "AccountsAreNamed": bool(intent.accounts or intent.organization),
            "DestinationIsNamed": is_named,
        }

    return annotate(estate, LINK, facts)


def derive_link_retention(estate: Estate, _: Intent) -> Estate:
    """Adds `SourceRetentionDays` and `DestinationRetentionDays`: how long each end locks new versions by default."""

    def facts(link: Resource) -> Mapping[str, Value]:
        return present(
            SourceRetentionDays=_days(at(link.properties, "Source.DefaultRetention")),
            DestinationRetentionDays=_days(at(link.properties, "Destination.DefaultRetention")),
        )

    return annotate(estate, LINK, facts)


def _route(link: Resource) -> _Route:
    properties = link.properties
    source = partition_of(at(properties, "Source.Arn")), at(properties, "Source.Bucket")
    return source, at(properties, "Destination.Bucket")


def _rules_by_route(estate: Estate) -> Mapping[_Route, list[Features]]:
    found: dict[_Route, list[Features]] = {}
    for link in estate.of_type(LINK):
        rule = link.properties.get("Rule")
        if rule is not None:
            found.setdefault(_route(link), []).append(read_rule(rule, 1))
    return found


def _asked_for(asked: list[tuple[Protected, Copy]]) -> dict[str, Value]:
    entries = [entry for entry, _ in asked]
    return present(
        Asked=[present(Account=copy.account or None, Region=copy.region or None) for _, copy in asked],
        RpoMinutes=_least(entry.rpo_minutes for entry in entries),
        RtoMinutes=_least(entry.rto_minutes for entry in entries),
        RequiredRetentionDays=max((entry.object_lock.days for entry in entries if entry.object_lock), default=None),
    )


def _least(minutes: Iterable[int | None]) -> int | None:
    return min((one for one in minutes if one is not None), default=None)


def _uncovered(asked: list[tuple[Protected, Copy]], rules: Iterable[Features]) -> list[Value]:
    wanted = dict.fromkeys(prefix for entry, _ in asked for prefix in entry.prefixes or ("",))
    rules, found = list(rules), list[Value]()
    for prefix in wanted:
        covered = any_true(_covers(rule, prefix) for rule in rules)
        if covered is not True:
            found.append({"Keys": covered or f"{prefix}*"})
    return found


def _covers(rule: Features, prefix: str) -> Truth:
    """Whether one rule takes every key under a prefix: several that take a part each never make up a whole."""
    starts: Truth = rule.prefix if isinstance(rule.prefix, Unknown) else prefix.startswith(rule.prefix)
    untagged: Truth = rule.tags if isinstance(rule.tags, Unknown) else not rule.tags
    return all_true((starts, untagged, equals(rule.status, "Enabled")))


def _days(retention: Value) -> Value:
    days, years = number(retention, "Days"), number(retention, "Years")
    if days is not None or years is None or isinstance(years, Unknown):
        return years if days is None else days
    return years * DAYS_A_YEAR

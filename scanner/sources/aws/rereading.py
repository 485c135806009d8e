"""Reading one resource again, by the same tables that read whole accounts.

Whoever changes something has to know what it is now, and has to see afterwards that it became what was meant.
"""

from collections.abc import Collection, Iterator

from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.sources.aws.calls import Call, Found, Place, Scope
from scanner.sources.aws.faults import Kind
from scanner.sources.aws.fetch import Outcome, fetch
from scanner.sources.aws.kms import KEY
from scanner.sources.aws.s3 import BUCKET
from scanner.sources.aws.sessions import Entered
from scanner.sources.aws.sns import TOPIC
from scanner.sources.aws.tables import CALLS

_CALLED_BY_NAME = (BUCKET, KEY, TOPIC)
"""Types of which one can be asked about without a listing: what their name or ARN says is all that calls take."""

_NAMES = {BUCKET: "BucketName", TOPIC: "TopicName"}
"""The property of a type that only its listing gives, and that the name says as well."""


def reread(entered: Entered, resource: Resource, names: Collection[str]) -> Resource | Unknown | None:
    """The resource as it is now, with these top-level properties (and whatever comes along with them).

    Of `resource` only the identity counts, and what a subscription is to. None where there is no such thing (any more),
    `Unknown` where it could not be told. A single property that could not be read is `Unknown` at its place.
    """
    place = Place(resource.account, resource.region or entered.home.region, entered.home.partition)
    found = _found(entered, place, resource)
    if found is None or isinstance(found, Unknown):
        return found
    values: dict[str, Value] = dict(found.properties)
    for call in _details(resource.type, names):
        outcome = fetch(call, entered.clients, _at(call, place), found)
        if outcome.failure is not None and outcome.failure.kind is Kind.GONE:
            return None
        values |= _values(call, resource.type, outcome)
    return Resource(resource.type, found.arn, resource.account, resource.region, found.name, _nested(values))


def calls_of(type_: str, names: Collection[str]) -> tuple[Call, ...]:
    """The calls that `reread` makes for a resource of a type and these properties."""
    listings = () if type_ in _CALLED_BY_NAME else tuple(call for call in CALLS if type_ in call.lists)
    return (*listings, *_details(type_, names))


def _found(entered: Entered, place: Place, resource: Resource) -> Found | Unknown | None:
    if resource.type in _CALLED_BY_NAME:
        named = _NAMES.get(resource.type)
        properties = {named: resource.name} if named else {}
        return Found(resource.type, resource.arn, resource.name, resource.region, properties=properties)
    doubt: Unknown | None = None
    for call in (call for call in CALLS if resource.type in call.lists):
        parent = _parent(call, resource) if call.scope is Scope.RESOURCE else None
        outcome = fetch(call, entered.clients, _at(call, place), parent)
        if outcome.failure is not None and outcome.failure.kind not in (Kind.ABSENT, Kind.GONE):
            doubt = Unknown(outcome.failure.reason)
        for found in outcome.found:
            if found.type == resource.type and _is_it(found, resource):
                return found
    return doubt


def _parent(call: Call, resource: Resource) -> Found:
    """What the listing hangs on: a policy's bucket or topic bears the same name and ARN."""
    topics = resource.properties.get("TopicArn")
    arn = topics if isinstance(topics, str) else resource.arn
    return Found(call.of[0], arn, resource.name, resource.region)


def _is_it(found: Found, resource: Resource) -> bool:
    if found.arn and resource.arn:
        return found.arn == resource.arn
    return found.name == resource.name


def _details(type_: str, names: Collection[str]) -> Iterator[Call]:
    """The calls that give these properties; where nothing needs any, the first one, which tells whether it exists."""
    calls = [call for call in CALLS if type_ in call.of and type_ in call.gives and not call.locates]
    wanted = [call for call in calls if any(path.split(".")[0] in names for path in call.gives[type_])]
    return iter(wanted or (calls[:1] if type_ in _CALLED_BY_NAME else ()))


def _at(call: Call, place: Place) -> Place:
    return Place(place.account, call.region or place.region, place.partition)


def _values(call: Call, type_: str, outcome: Outcome) -> dict[str, Value]:
    if outcome.failure is not None and outcome.failure.kind is not Kind.ABSENT:
        return dict.fromkeys(call.gives[type_], Unknown(outcome.failure.reason))
    return dict(outcome.properties)


def _nested(values: dict[str, Value]) -> dict[str, Value]:
    nested: dict[str, Value] = {}
    for path in sorted(values):
        above, _, name = path.rpartition(".")
        (nested.setdefault(above, {}) if above else nested)[name] = values[path]
    return nested

"""Making one call of the tables: parameters, pages, checks, and what the answer comes to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name

from scanner.sources.aws.calls import Answer, Call, Found, Place, Properties
from scanner.sources.aws.clients import Clients
from scanner.sources.aws.faults import (
    CALL_ERRORS,
    Failure,
    Kind,
    UnexpectedAnswerError,
    failure_of,
    is_unresolvable,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to.

    `failure` is None when it was answered, be it with "there is none". A listing that fails on a later page keeps in
    `found` what earlier pages gave.
    """

    properties: Properties = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    failure: Failure | None = None


def fetch(call: Call, clients: Clients, place: Place, subject: Found | None = None) -> Outcome:
    """Make the call in this place, for this resource where it is made for one. Never raises on what AWS may answer."""
    if place.partition in call.not_offered_in:
        return Outcome()
    found: list[Found] = []
    merged: dict[str, Any] = {}
    try:
        for page in _pages(call, clients, place, subject):
            found += call.finds(page, place, subject)
            _merge(merged, page)
        return Outcome(call.properties(merged), tuple(found))
    except CALL_ERRORS as error:
        if not call.everywhere and is_unresolvable(error) and not clients.knows_endpoint(call.service, place.region):
            return Outcome()
        failure = failure_of(error, call)
    if failure.kind is Kind.ABSENT:
        return Outcome(call.properties({}), tuple(call.finds({}, place, subject)))
    return Outcome(found=tuple(found), failure=failure)


def is_askable(call: Call, subject: Found) -> bool:
    """Whether the resource has all that the call names it by (a pending subscription has no ARN)."""
    return all(source == "account" or _named(source, subject) for source in call.takes.values())


def _pages(call: Call, clients: Clients, place: Place, subject: Found | None) -> Iterator[Answer]:
    ask = getattr(clients.client(call.service, place.region), xform_name(call.operation))
    parameters = {**call.fixed, **_parameters(call, place, subject)}
    seen: set[str] = set()
    while True:
        answer = ask(**parameters)
        _check(call, answer)
        yield answer
        token = answer.get(call.pages.gives) if call.pages else None
        if not call.pages or not token:
            return
        if token in seen:
            raise UnexpectedAnswerError("the same page twice")
        seen.add(token)
        parameters[call.pages.takes] = token


def _parameters(call: Call, place: Place, subject: Found | None) -> dict[str, str]:
    return {
        parameter: place.account if source == "account" else _named(source, subject)
        for parameter, source in call.takes.items()
    }


def _named(source: str, subject: Found | None) -> str:
    assert subject is not None
    match source:
        case "name":
            return subject.name
        case "arn":
            return subject.arn
        case "handle":
            return subject.handle or subject.name
    raise AssertionError(source)


def _check(call: Call, answer: Answer) -> None:
    value: Any = answer
    for key in call.holds.split(".") if call.holds else ():
        if not isinstance(value, Mapping) or key not in value:
            raise UnexpectedAnswerError(f"the answer has no {call.holds}")
        value = value[key]


def _merge(merged: dict[str, Any], page: Answer) -> None:
    for key, value in page.items():
        if isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] = merged[key] + value
        else:
            merged[key] = value

"""Links in the shape of the JSON report."""

from collections.abc import Iterable, Mapping

from scanner.analysis.reading import elements
from scanner.analysis.replication.names import LINK
from scanner.estate.estate import Estate
from scanner.estate.unknown import Unknown, Value


def links_of(estate: Estate) -> tuple[dict[str, Value], ...]:
    """The links of an estate in the shape of the JSON report."""
    return tuple(_reported(link.properties) for link in estate.of_type(LINK))


def _reported(link: Mapping[str, Value]) -> dict[str, Value]:
    excess = elements(link.get("Excess"))
    return {
        "id": link["Id"],
        "source": _reported_end(link["Source"]),
        "destination": _reported_end(link["Destination"]),
        "rule": link["RuleId"],
        "role": _text(link.get("Role")),
        "verdict": link["Verdict"],
        "failure_reasons": link["FailureReasons"],
        "missing": [
            _picked(one, hop="Hop", action="Action", resource="Resource", effect="Effect", decided_by="DecidedBy")
            for one in link["Missing"]
        ],
        "excess": [
            _picked(one, hop="Hop", action="Action", resource="Resource", statement="Statement")
            for one in excess
            if not isinstance(one, Unknown)
        ],
        "faults": [_picked(one, name="Name", hop="Hop", effect="Effect", what="What") for one in link["Faults"]],
        "unknown": _distinct(_picked(one, hop="Hop", reason="Reason") for one in link["Unknown"]),
    }


def _reported_end(end: Mapping[str, Value]) -> dict[str, str]:
    return {"bucket": end["Bucket"], "account": _text(end.get("Account")), "region": _text(end.get("Region"))}


def _text(value: Value) -> str:
    """What was not seen is empty in the report, whose `unknown` says why."""
    return value if isinstance(value, str) else ""


def _distinct(entries: Iterable[dict[str, Value]]) -> list[dict[str, Value]]:
    """One unseen thing may leave several questions open; people are told of it once."""
    return list({tuple(entry.values()): entry for entry in entries}.values())


def _picked(entry: Mapping[str, Value], **names: str) -> dict[str, Value]:
    return {name: entry[key] for name, key in names.items()}

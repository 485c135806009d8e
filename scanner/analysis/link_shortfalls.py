"""What keeps a link from working and what may, in one list each for permissions and for everything else.

A link tells what is missing apart from what was not seen. A rule about one side of it (the role's own policies, say)
has to be sure of that side alone: here a doubt stands beside the certain ones, at the hop and the sides it concerns.
"""

from collections.abc import Iterator, Mapping

from scanner.analysis.annotation import annotate
from scanner.analysis.reading import present
from scanner.analysis.replication.names import LINK
from scanner.analysis.replication.vocabulary import Hop, Side
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.unknown import Unknown, Value

_SHORTFALL = ("Hop", "Action", "Effect", "Sides", "IsDenied", "DecidedBy")
_FAULT = ("Name", "Hop", "Effect", "What")


def derive_link_shortfalls(estate: Estate, _: Intent) -> Estate:
    """Adds `Shortfalls` (permissions), `Faults` (all else) and `RoleExists` to links.

    An entry whose text (`DecidedBy`, `What`) is an `Unknown` may be one: nobody saw enough to tell, nor whether it
    `IsDenied`.
    """

    def facts(link: Mapping[str, Value]) -> Mapping[str, Value]:
        return {
            "Shortfalls": list(_shortfalls(link)),
            "Faults": list(_faults(link)),
            "RoleExists": _role_exists(link),
        }

    return annotate(estate, LINK, lambda link: facts(link.properties))


def _shortfalls(link: Mapping[str, Value]) -> Iterator[Value]:
    for missing in link["Missing"]:
        yield {name: missing[name] for name in _SHORTFALL}
    for doubt in link["Unknown"]:
        if not doubt["About"]:
            yield from (_may_be_missing(doubt, str(hop), [str(side) for side in Side]) for hop in Hop)
        elif _is_action(doubt["About"]):
            yield _may_be_missing(doubt, doubt["Hop"], doubt["Sides"])


def _may_be_missing(doubt: Mapping[str, Value], hop: str, sides: list[str]) -> Value:
    why = Unknown(doubt["Reason"])
    return present(Hop=hop, Action=doubt["About"] or None, Effect=doubt["Effect"], Sides=sides, DecidedBy=why)


def _faults(link: Mapping[str, Value]) -> Iterator[Value]:
    for fault in link["Faults"]:
        yield {name: fault[name] for name in _FAULT}
    for doubt in link["Unknown"]:
        if doubt["About"] and not _is_action(doubt["About"]):
            named = {"Name": doubt["About"], "Hop": doubt["Hop"], "Effect": doubt["Effect"]}
            yield {**named, "What": Unknown(doubt["Reason"])}


def _role_exists(link: Mapping[str, Value]) -> Truth:
    rule = link.get("Rule")
    if rule is None or isinstance(rule, Unknown):
        return rule or False
    for doubt in link["Unknown"]:
        if not doubt["About"]:
            return Unknown(doubt["Reason"])
    assumed = (missing for missing in link["Missing"] if missing["Hop"] == Hop.ASSUME)
    return not any(Side.ROLE in missing["Sides"] for missing in assumed)


def _is_action(about: str) -> bool:
    return ":" in about

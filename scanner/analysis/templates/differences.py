"""Where what is live differs from what a template declares, for sure."""

from collections.abc import Iterator, Mapping

from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import TEMPLATE_RESOURCE
from scanner.analysis.reading import at, elements
from scanner.analysis.truth import first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value


def derive_differences(estate: Estate, _: Intent) -> Estate:
    """Adds `Differences` to resources of templates that were laid over a live estate: the differences that are sure.

    One of which either side is not known is an `Unknown`; nothing is added where nothing live was read.
    """
    return annotate(estate, TEMPLATE_RESOURCE, _facts)


def _facts(resource: Resource) -> Mapping[str, Value]:
    found = resource.properties.get("LiveDifferences")
    if found is None or isinstance(found, Unknown):
        return {} if found is None else {"Differences": found}
    return {"Differences": list(_settled(elements(found)))}


def _settled(differences: list[Value]) -> Iterator[Value]:
    for difference in differences:
        yield first_doubt(difference, at(difference, "Declared"), at(difference, "Live")) or difference

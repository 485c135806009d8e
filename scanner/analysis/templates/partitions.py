"""ARNs in a template that are written out for another partition than the one that it would be deployed to."""

from collections.abc import Iterator

from scanner.analysis.annotation import annotate
from scanner.analysis.kinds import TEMPLATE
from scanner.analysis.reading import at, elements, text
from scanner.analysis.truth import equals, first_doubt
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value


def derive_foreign_partitions(estate: Estate, _: Intent) -> Estate:
    """Adds `ForeignPartitions` to templates: the literal `arn:<partition>:` that name another partition than its own.

    One that cannot be compared is an `Unknown`.
    """
    return annotate(estate, TEMPLATE, lambda template: {"ForeignPartitions": list(_foreign(template))})


def _foreign(template: Resource) -> Iterator[Value]:
    own = text(template.properties, "Partition")
    for literal in elements(template.properties.get("LiteralPartitions")):
        same = equals(at(literal, "Partition"), own)
        doubt = first_doubt(own, same)
        if doubt is not None:
            yield doubt
        elif not same:
            yield literal

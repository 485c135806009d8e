"""Demands as needs of the policy synthesiser: what a role, a bucket policy or a key policy would have to grant."""

from collections.abc import Iterable, Iterator

from scanner.analysis.arns import partition_of
from scanner.analysis.replication.contexts import via_services
from scanner.analysis.replication.demands import Demand, Ends, Grade, Span
from scanner.analysis.replication.vocabulary import Hop
from scanner.policy.synthesise import Conditions, Need, as_text


def needs_of(demands: Iterable[Demand], ends: Ends, grades: Iterable[Grade]) -> Iterator[Need]:
    """The needs of a role behind those demands that have one of these grades; to be assumed is no permission of its."""
    wanted = frozenset(grades)
    for demand in demands:
        if demand.grade in wanted and demand.hop is not Hop.ASSUME:
            yield need_of(demand, ends)


def need_of(demand: Demand, ends: Ends) -> Need:
    """One demand as a need. A key's use is narrowed to S3 in the key's region, and to the demand's span."""
    if not demand.key:
        return Need(demand.action, text_of(demand.span), hop=str(demand.hop))
    return Need(demand.action, demand.key, _key_conditions(demand, ends), str(demand.hop))


def text_of(span: Span) -> str:
    """A span as a policy writes it."""
    return span.arn if span.prefix is None else f"{span.arn}/{as_text(span.prefix)}*"


def _key_conditions(demand: Demand, ends: Ends) -> Conditions:
    end = ends.source if demand.hop is Hop.SOURCE_KEY else ends.destination
    region = end.region if isinstance(end.region, str) else demand.key.split(":")[3]
    return {
        "StringLike": {
            "kms:ViaService": via_services(region, partition_of(end.arn)),
            "kms:EncryptionContext:aws:s3:arn": (text_of(demand.span),),
        }
    }

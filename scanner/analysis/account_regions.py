"""The places where an estate keeps data, as things that can be judged: an account's part of a region.

Some protections exist once for each account and region (Macie, an alarm on denied requests). Their absence has no
resource of its own to fail, so the place itself becomes one.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from scanner.analysis.arns import partition_of
from scanner.analysis.kinds import ACCOUNT_REGION, BUCKET, MACIE_SESSION
from scanner.analysis.reading import present
from scanner.analysis.truth import any_true
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value


def derive_account_regions(estate: Estate, _: Intent) -> Estate:
    """Adds a `DR::AccountRegion` for each account and region with a bucket that holds data, or may.

    `Partition`, and `HoldsData`: an `Unknown` where only buckets of unknown role are there.
    """
    places: dict[tuple[str, str], list[Resource]] = {}
    for bucket in estate.of_type(BUCKET):
        if bucket.properties["Derived"]["HoldsData"] is not False:
            places.setdefault((bucket.account, bucket.region), []).append(bucket)
    return estate.adding(_place(*place, buckets) for place, buckets in sorted(places.items()))


def derive_macie(estate: Estate, _: Intent) -> Estate:
    """Adds `MacieStatus` to places: the status of the Macie session there, absent where there is none."""
    sessions = {(session.account, session.region): session for session in estate.of_type(MACIE_SESSION)}

    def facts(place: Resource) -> Mapping[str, Value]:
        session = sessions.get((place.account, place.region))
        if session is None:
            return present(MacieStatus=estate.blind(MACIE_SESSION, place.account, place.region))
        return present(MacieStatus=session.properties.get("Status"))

    return with_facts(estate, facts)


def with_facts(estate: Estate, facts: Callable[[Resource], Mapping[str, Value]]) -> Estate:
    """The estate with `facts(place)` added to every place as properties of its own."""
    places = (one.with_properties(**facts(one)) if one.type == ACCOUNT_REGION else one for one in estate.resources)
    return replace(estate, resources=tuple(places))


def _place(account: str, region: str, buckets: list[Resource]) -> Resource:
    return Resource(
        type=ACCOUNT_REGION,
        arn="",
        account=account,
        region=region,
        name=f"{account}/{region}",
        properties={
            "Partition": partition_of(buckets[0].arn),
            "HoldsData": any_true(bucket.properties["Derived"]["HoldsData"] for bucket in buckets),
        },
    )

"""Waivers as things that can be judged: one that has run out is a fault of its own, until somebody decides again."""

from collections import Counter
from collections.abc import Iterator

from scanner.analysis.kinds import WAIVER
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent, Waiver
from scanner.estate.resource import Location, Resource
from scanner.estate.unknown import Unknown, Value


def derive_waivers(estate: Estate, intent: Intent) -> Estate:
    """Adds a `DR::Waiver` for each waiver of the estate file and of the templates, where it stands.

    `DaysLeft` counts from the day of the run; it is 0 on the last day, and not known where that day is not.
    """
    return estate.adding(_resources(intent)) if intent.waivers else estate


def _resources(intent: Intent) -> Iterator[Resource]:
    seen: Counter[str] = Counter()
    for waiver in intent.waivers:
        name = f"{waiver.rule} for {waiver.resource}"
        if waiver.location is not None:
            name += f" in {waiver.location.file}"
        seen[name] += 1
        # Two of one name must not be taken for one.
        number = f" ({seen[name]})" if seen[name] > 1 else ""
        yield Resource(WAIVER, "", "", "", name + number, _properties(intent, waiver), _location(intent, waiver))


def _properties(intent: Intent, waiver: Waiver) -> dict[str, Value]:
    left: Value = Unknown("the day of the run is not known")
    if intent.today is not None:
        left = (waiver.expires - intent.today).days
    return {
        "Rule": waiver.rule,
        "Resource": waiver.resource,
        "Reason": waiver.reason,
        "Owner": waiver.owner,
        "Expires": waiver.expires.isoformat(),
        "DaysLeft": left,
    }


def _location(intent: Intent, waiver: Waiver) -> Location | None:
    if waiver.location is not None:
        return Location(waiver.location.file, waiver.line or waiver.location.line)
    return Location(str(intent.file), waiver.line) if intent.file is not None and waiver.line else None

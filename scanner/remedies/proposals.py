"""What a remedy is: from a finding to the resources as they should be.

A remedy says nothing of API calls. It looks at the estate and gives back resources, changed or new, in the one shape;
what has to be written follows from the difference. It keeps whatever it does not know: other statements, other rules,
their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from scanner.estate.estate import Estate
from scanner.estate.intent import Intent
from scanner.estate.needs import Need
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decided about the plan.

    `keys` maps places (account, region) to the ARN of a customer managed key to use there; elsewhere a new one
    is made. `log_bucket` takes server access logs, empty where nothing was said; `{account}` and `{region}` in its name
    are those of the bucket that logs. `topics` (ARNs) take the alarms of their regions; `email` is who is subscribed to
    a topic that nobody hears.
    `existing_objects` asks for a Batch Replication job. `lock_mode` and `lock_days` are for Object Lock without intent.
    `break_glass` are the ARNs of the principals whom denials are to spare. With `failure_events` S3 itself tells the
    topic of objects that fail to replicate, instead of an alarm.
    """

    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    log_bucket: str = ""
    topics: tuple[str, ...] = ()
    email: str = ""
    existing_objects: bool = False
    lock_mode: str = "GOVERNANCE"
    lock_days: int = 35
    break_glass: tuple[str, ...] = ()
    failure_events: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What a remedy may look at.

    `derived` is the estate as it was when this round of planning began, with everything that analyses add; `working`
    has what remedies of this round changed since, without anything derived. Build upon `working`: `current` gives the
    resource as it stands in the plan by now. `params` are the parameters of every rule, by its id, as the estate file
    has them or by default.
    """

    derived: Estate
    working: Estate
    intent: Intent
    choices: Choices
    params: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def current(self, resource: Resource) -> Resource:
        """The resource as the plan has it by now, without what analyses derived."""
        found = self.working.get(resource.type, resource.arn) if resource.arn else None
        return found or without_derived(resource)

    def having(self, proposal: "Proposal") -> "Situation":
        """The situation after a proposal was taken up."""
        return replace(self, working=self.working.adding(proposal.resources))


@dataclass(frozen=True, slots=True)
class Proposal:
    """The resources as they should be, each whole; or why it cannot be done, with the next step."""

    resources: tuple[Resource, ...] = ()
    cannot: str = ""


Propose: TypeAlias = Callable[[Situation, Finding], Proposal]
"""A remedy's function. It proposes nothing at all where everything is as it should be by now."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy by its name, which rule files give under `remedy`, and what it does in a few words.

    `reads` is what it looks at or changes beyond what its rules look at: what was not read is not known, and what is
    not known is not changed. `leaves` is what somebody has to do afterwards before anything passes that it is for.
    """

    name: str
    does: str
    propose: Propose
    reads: frozenset[Need] = frozenset()
    leaves: str = ""


def without_derived(resource: Resource) -> Resource:
    """The resource without what analyses put on it."""
    kept = {name: value for name, value in resource.properties.items() if name != "Derived"}
    return resource if len(kept) == len(resource.properties) else replace(resource, properties=kept)

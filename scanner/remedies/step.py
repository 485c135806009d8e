"""One change of one property of one resource, and the plan that such changes make.

Values are in the one shape, so that what is planned, what is read back and what a rule judges are the same document.
None stands for absent: no property of the one shape is null.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from scanner.estate.resource import Resource
from scanner.estate.unknown import Value


class Safety(StrEnum):
    """How much thought a step deserves.

    `safe` adds and can be taken back; `review` may break traffic or cost money; `irreversible` cannot be taken back by
    anybody; `manual` is only ever shown: drscan does not do it.
    """

    SAFE = "safe"
    REVIEW = "review"
    IRREVERSIBLE = "irreversible"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Target:
    """The resource that a step changes: the identity of a `Resource`. The ARN of one to be made may be a stand-in."""

    type: str
    arn: str
    account: str
    region: str
    name: str

    @classmethod
    def of(cls, resource: Resource) -> "Target":
        """The target that a resource is."""
        return cls(resource.type, resource.arn, resource.account, resource.region, resource.name)


CREATION = ""
"""The `property` of a step that makes the resource, or of its undoing, which takes it away."""

WHOLE = "*"
"""The `property` of a step that writes a whole resource at once, because its API knows no parts (an alarm)."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one property from `before` to `after`.

    For the creation of a resource `property` is `CREATION`, `before` is None and `after` holds the properties that the
    creating call takes; for `WHOLE` both are all properties. `operations` and `actions` are the API operations
    (`s3:PutBucketVersioning`) and IAM actions that it takes to write. `serves` are the ids of the rules, with the
    fingerprints of the findings, that it is for. `interrupts`, `costs` and `undoing` are for people, empty where there
    is nothing to say. `needs` are ids of steps that must have been done before.
    """

    id: str
    target: Target
    property: str
    before: Value
    after: Value
    safety: Safety
    operations: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    serves: tuple[tuple[str, str], ...] = ()
    interrupts: str = ""
    costs: str = ""
    undoing: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfixed:
    """A chosen finding that the plan does not make pass, and why: no remedy, something unknown, a decision to make."""

    rule: str
    fingerprint: str
    resource: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order in which they are done. `digest` stands for the state that it was made from."""

    created: str
    source: str
    digest: str
    steps: tuple[Step, ...] = ()
    unfixed: tuple[Unfixed, ...] = ()
    fixes: tuple[tuple[str, str], ...] = field(default=())

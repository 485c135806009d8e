"""One resource in the one shape: CloudFormation's type and property names, wherever it was read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scanner.estate.unknown import Value

BUCKET_ELSEWHERE = "DR::Bucket::Elsewhere"
"""A bucket of a scanned account in a region that was not asked for: it exists, and nothing more was read of it.
Only analyses that look for a bucket by its name use it; it has no shape, so no rule can judge it."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a template declares a resource: file as the user named it, and 1-based lines, the last one included.

    `end_line` is 0 where only the beginning is known.
    """

    file: str
    line: int
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that exists or would exist.

    `type` is CloudFormation's (`AWS::S3::Bucket`) or follows its convention; `account` is the twelve digits of the
    owner; `region` is empty for global things (IAM, Organizations); `name` is what a person calls it. `properties`
    are never changed in place: use `with_properties`. `stated` are the top-level properties that a template itself
    sets, the others being AWS's defaults; None where that cannot be told apart, as for all that was read live.
    """

    type: str
    arn: str
    account: str
    region: str
    name: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    location: Location | None = None
    stated: frozenset[str] | None = field(default=None, compare=False)

    @property
    def identity(self) -> str:
        """What tells this resource from every other: its type and ARN, or its place and name where it has no ARN."""
        return f"{self.type} {self.arn or '/'.join((self.account, self.region, self.name))}"

    def with_properties(self, **changed: Value) -> "Resource":
        """A copy with these top-level properties set."""
        return replace(self, properties={**self.properties, **changed})

    def with_derived(self, **derived: Value) -> "Resource":
        """A copy with these entries added under `Derived`, where analyses put what follows from several resources."""
        return self.with_properties(Derived={**self.properties.get("Derived", {}), **derived})

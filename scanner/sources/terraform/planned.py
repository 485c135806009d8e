"""One resource instance of a plan, as far as it is resolved: the border between reading a plan and knowing types.

Reading (plan, references, providers) knows nothing about buckets and keys; the tables of types know nothing about plan
JSON. Each gets from the other only what stands here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scanner.estate.resource import Location
from scanner.estate.unknown import Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is, and what to call it: all that names and ARNs are made of.

    `account`, `region` and `partition` are never empty, not even for global types (`UNNAMED_ACCOUNT` and
    `UNNAMED_REGION` where nobody said). `stand_in` stands for the name or id that the resource does not have yet.
    """

    account: str
    region: str
    partition: str
    stand_in: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One instance of a resource or data source as it will be after the plan is applied.

    `address` is whole (`module.copy["eu"].aws_s3_bucket.copy[0]`), `module` its part that names the module instance,
    empty for the root; `name` and `index` (None without count and for_each) are the rest. `values` are by Terraform's
    attribute names. In them, what is known later is `Unknown` at its place, or what `Identity` gives of the resource
    that it comes from; sensitive values and placeholders are Unknown, too. What is unknown and not configured is
    absent. A policy is the text that the plan knows, or an object where parts of it are Unknown.

    `provider` tells provider configurations apart (`module.copy:aws.recovery`); it is for people, the place follows
    from it already. `actions` are what the plan does: `no-op`, `create`, `read`, `update`, `delete`; both `delete` and
    `create` for a replacement.
    """

    address: str
    type: str
    name: str
    values: Mapping[str, Value]
    place: Place
    location: Location
    index: str | int | None = None
    module: str = ""
    provider: str = "aws"
    mode: Literal["managed", "data"] = "managed"
    actions: tuple[str, ...] = field(default=("no-op",))

    @property
    def account(self) -> str:
        """The account that it is made in: twelve digits."""
        return self.place.account

    @property
    def region(self) -> str:
        """The region that it is made in, of its provider also where the type is global."""
        return self.place.region

    @property
    def partition(self) -> str:
        """The partition of its region."""
        return self.place.partition


Identity: TypeAlias = Callable[[str, Mapping[str, Value], Place], Mapping[str, Value]]
"""What other resources may refer to of a resource with that Terraform type, values and place: attribute to value.

Attributes that name the resource are always texts: the known ones, else made of the stand-in (`arn`, `id`, `bucket`,
`key_id`). Attributes that it does not list are taken from the values. It is called for every type of the provider aws;
for one without a table it gives the known `id` and `arn`, or the stand-in for them."""

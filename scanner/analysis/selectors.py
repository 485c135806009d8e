"""Which S3 data events a trail's event selectors record.

Both kinds of selector come down to the same thing: some events (reads, writes), of objects whose ARN starts with some
prefixes and not with others. Whatever narrows a selector in any other way (an event name, a user) makes it record
less than everything, which is all that is asked here. API reference of DataResource and AdvancedFieldSelector, and
"Filtering data events by using advanced event selectors", read 2026-11-21.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.analysis.reading import at, elements
from scanner.analysis.truth import Truth, all_true, any_true, negate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value

S3_OBJECT = "AWS::S3::Object"
HARMLESS_FIELDS = frozenset({"eventCategory", "resources.type", "readOnly", "resources.ARN"})


@dataclass(frozen=True, slots=True)
class Prefixes:
    """ARN prefixes, by the bucket they name; `wide` holds those that end before a bucket's name does.

    `unclear` are values of which CloudTrail does not document how they match.
    """

    by_bucket: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wide: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    doubt: Unknown | None = None

    def all_of(self, arn: str, bucket: str) -> Truth:
        """Whether every ARN that starts with `arn`, an object ARN or part of one in that bucket, has such a prefix."""
        if any(arn.startswith(prefix) for prefix in self._candidates(bucket)):
            return True
        for prefix in self.unclear:
            if arn.startswith(prefix):
                return Unknown(f"a trail selects {prefix}, and CloudTrail documents bucket ARNs only with a slash")
        return self.doubt or False

    def any_of(self, arn: str, bucket: str) -> Truth:
        """Whether some ARN that starts with `arn` may have such a prefix."""
        near = (arn.startswith(prefix) or prefix.startswith(arn) for prefix in self._candidates(bucket))
        return any(near) or self.doubt or False

    def _candidates(self, bucket: str) -> Iterable[str]:
        return (*self.wide, *self.by_bucket.get(bucket, ()))


EVERYTHING = Prefixes(wide=("",))
NOTHING = Prefixes()


@dataclass(frozen=True, slots=True)
class Selection:
    """What one selector records of S3 objects: whether reads, whether writes, and of which objects."""

    reads: Truth
    writes: Truth
    included: Prefixes = EVERYTHING
    excluded: Prefixes = NOTHING

    def records(self, arn: str, bucket: str, *, write: bool) -> Truth:
        """Whether every read (or write) of objects whose ARN starts with `arn` is recorded."""
        kind = self.writes if write else self.reads
        return all_true((kind, self.included.all_of(arn, bucket), negate(self.excluded.any_of(arn, bucket))))


def selections(trail: Resource) -> tuple[Selection, ...]:
    """What each selector of a trail records of S3 objects; selectors of anything else are left out."""
    classic = elements(trail.properties.get("EventSelectors"))
    advanced = elements(trail.properties.get("AdvancedEventSelectors"))
    return (*(s for one in classic for s in _classic(one)), *(s for one in advanced for s in _advanced(one)))


def _classic(selector: Value) -> Iterable[Selection]:
    kind = at(selector, "ReadWriteType")
    for resource in elements(at(selector, "DataResources")):
        type_ = at(resource, "Type")
        if type_ != S3_OBJECT and not isinstance(type_, Unknown):
            continue
        doubt = type_ if isinstance(type_, Unknown) else True
        reads, writes = (all_true((doubt, _is_kind(kind, wanted))) for wanted in ("ReadOnly", "WriteOnly"))
        yield Selection(reads, writes, _prefixes(at(resource, "Values"), partial_names=False))


def _is_kind(kind: Value, wanted: str) -> Truth:
    return kind if isinstance(kind, Unknown) else kind in (None, "All", wanted)


def _advanced(selector: Value) -> Iterable[Selection]:
    if isinstance(selector, Unknown):
        yield Selection(selector, selector)
        return
    fields = elements(at(selector, "FieldSelectors"))
    chosen = all_true((_has(fields, "eventCategory", "Data"), _has(fields, "resources.type", S3_OBJECT)))
    if chosen is not False:
        narrowed = all_true((chosen, *(_harmless(one) for one in fields)))
        reads, writes = (all_true((narrowed, _read_only(fields, wanted))) for wanted in ("true", "false"))
        yield Selection(reads, writes, *_arns(fields))


def _named(fields: list[Value], name: str) -> list[Value]:
    return [one for one in fields if isinstance(one, Unknown) or at(one, "Field") == name]


def _has(fields: list[Value], name: str, value: str) -> Truth:
    return any_true(
        one if isinstance(one, Unknown) else one == value
        for selector in _named(fields, name)
        for one in elements(at(selector, "Equals"))
    )


def _read_only(fields: list[Value], wanted: str) -> Truth:
    return not _named(fields, "readOnly") or _has(fields, "readOnly", wanted)


def _harmless(selector: Value) -> Truth:
    name = at(selector, "Field")
    if isinstance(name, Unknown):
        return name
    if name == "eventSource":
        return _has([selector], name, "s3.amazonaws.com")
    # A choice by the end of the name, or of single objects, never covers a whole prefix.
    chosen_ends = any(at(selector, operator) is not None for operator in ("EndsWith", "NotEndsWith", "Equals"))
    return name in HARMLESS_FIELDS and not (name == "resources.ARN" and chosen_ends)


def _arns(fields: list[Value]) -> tuple[Prefixes, Prefixes]:
    included = excluded = None
    for selector in _named(fields, "resources.ARN"):
        included = at(selector, "StartsWith") if included is None else included
        not_these = [*elements(at(selector, "NotStartsWith")), *elements(at(selector, "NotEquals"))]
        excluded = [*(excluded or ()), *not_these]
    return EVERYTHING if included is None else _prefixes(included), _prefixes(excluded)


def _prefixes(values: Value, *, partial_names: bool = True) -> Prefixes:
    by_bucket: dict[str, list[str]] = {}
    wide: list[str] = []
    unclear: list[str] = []
    doubt: Unknown | None = None
    for value in elements(values):
        if not isinstance(value, str):
            doubt = doubt or (value if isinstance(value, Unknown) else Unknown("an event selector names no ARN"))
            continue
        bucket, slash, _ = value.partition(":::")[2].partition("/")
        if slash:
            by_bucket.setdefault(bucket, []).append(value)
        else:
            (wide if partial_names or not bucket else unclear).append(value)
    return Prefixes({name: tuple(found) for name, found in by_bucket.items()}, tuple(wide), tuple(unclear), doubt)

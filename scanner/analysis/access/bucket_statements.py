"""What bucket policies say, prepared once for all buckets whose policies differ in nothing but the bucket's own name.

A hundred thousand buckets mostly carry the same few statements, each with its own ARN in it. Where the ARN stands for
itself alone, the policy is judged with a name that stands for all of them.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from scanner.analysis.access.policies import NO_POLICIES, Policies
from scanner.analysis.annotation import bucket_id
from scanner.analysis.kinds import BUCKET_POLICY
from scanner.analysis.reading import text
from scanner.analysis.replication.documents import parsed
from scanner.analysis.replication.places import Places
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.policy.statements import PolicyKind

_STAND_IN = "any-bucket"
_NO_ARN = Unknown("the bucket's ARN is not known, and its policy says what it reaches by that")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of a bucket's policy, and the ARN by which they know the bucket.

    `key` is the same for all buckets of which they say the same. `document` is None where there is no policy.
    """

    arn: str
    document: Value
    key: str

    @property
    def resources(self) -> tuple[str, str]:
        """Patterns for the bucket and its objects: all that its policy can reach."""
        return self.arn, f"{self.arn}/*"

    @property
    def partition(self) -> str:
        """The bucket's partition."""
        return self.arn.split(":", 2)[1]

    @property
    def policies(self) -> Policies:
        """The statements as policies to ask."""
        if self.document is None:
            return NO_POLICIES
        return Policies.of([parsed(self.document, "of the bucket")], PolicyKind.RESOURCE)


@dataclass(frozen=True)
class BucketStatements:
    """The policies of an estate's buckets. Make one for each estate; it remembers what it was asked."""

    places: Places
    _answers: dict[Hashable, object] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, estate: Estate) -> "BucketStatements":
        """Those of an estate."""
        return cls(Places(estate))

    def document(self, bucket: Resource) -> Value:
        """The document of the bucket's policy, None where it has none."""
        found = self.places.bucket_policy(self.places.source(bucket))
        return self._unplaced if found is None else found

    def all(self, bucket: Resource) -> Statements:
        """All statements of a bucket's policy."""
        return self._statements(bucket, lambda statement: True)

    def denials(self, bucket: Resource) -> Statements:
        """What denies, and what cannot be read; far fewer buckets differ in that."""
        return self._statements(bucket, _may_deny)

    def once(self, about: Statements, question: Hashable, answer: Callable[[], _T]) -> _T:
        """The answer to a question that hangs on nothing but these statements and what `question` says."""
        place = (question, about.arn, about.key)
        if place not in self._answers:
            self._answers[place] = answer()
        return self._answers[place]  # type: ignore[return-value]

    @cached_property
    def _unplaced(self) -> Unknown | None:
        """Why some policy may be that of any bucket without one."""
        named = (text(policy.properties, "Bucket") for policy in self.places.estate.of_type(BUCKET_POLICY))
        return next((name for name in named if isinstance(name, Unknown)), None)

    def _statements(self, bucket: Resource, keep: Callable[[Value], bool]) -> Statements:
        partition, name = bucket_id(bucket)
        arn = f"arn:{partition}:s3:::{name}"
        document = self.document(bucket) if partition else _NO_ARN
        if document is None or isinstance(document, Unknown):
            return Statements(_stand_in(partition), document, repr(document))
        document = _kept(document, keep)
        general = _general(document, arn, _stand_in(partition))
        if general is None:
            return Statements(arn, document, _key(document))
        return Statements(_stand_in(partition), general, _key(general))


def _stand_in(partition: str) -> str:
    return f"arn:{partition}:s3:::{_STAND_IN}"


def _key(document: Value) -> str:
    return json.dumps(document, sort_keys=True, default=repr)


def _may_deny(statement: Value) -> bool:
    return not isinstance(statement, Mapping) or statement.get("Effect") != "Allow"


def _kept(document: Value, keep: Callable[[Value], bool]) -> Value:
    """The document with just the statements that count, in a list; as it is where it has no statements to tell."""
    if not isinstance(document, Mapping) or not isinstance(document.get("Statement"), list | tuple | Mapping):
        return document
    written = document["Statement"]
    statements = [written] if isinstance(written, Mapping) else list(written)
    return {**document, "Statement": [one for one in statements if keep(one)]}


def _general(document: Value, arn: str, stand_in: str) -> Value:
    """The document with the bucket's ARN replaced; None where a pattern might know the bucket by another name."""
    if not isinstance(document, Mapping) or not isinstance(document.get("Statement"), list):
        return None
    statements = [_general_statement(one, arn, stand_in) for one in document["Statement"]]
    return None if None in statements else {**document, "Statement": statements}


def _general_statement(statement: Value, arn: str, stand_in: str) -> Value:
    if not isinstance(statement, Mapping):
        return None
    changed = dict(statement)
    for element in ("Resource", "NotResource"):
        if element not in statement:
            continue
        written = statement[element]
        patterns = [_renamed(one, arn, stand_in) for one in (written if isinstance(written, list) else [written])]
        if None in patterns:
            return None
        changed[element] = patterns
    return changed


def _renamed(pattern: Value, arn: str, stand_in: str) -> str | None:
    if not isinstance(pattern, str):
        return None
    if pattern == arn or pattern.startswith(f"{arn}/"):
        return stand_in + pattern[len(arn) :]
    return pattern if pattern == "*" else None

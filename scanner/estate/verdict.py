"""The verdicts that a rule can reach, and the evidence that it reaches them by."""

from dataclasses import dataclass
from enum import StrEnum

from scanner.estate.unknown import Value


class Verdict(StrEnum):
    """What a rule says of one resource; WAIVED stands for a FAIL that its owner accepted, until a date."""

    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    PASS = "PASS"
    WAIVED = "WAIVED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Severity(StrEnum):
    """How bad a FAIL is, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical up to 4 for info, so that sorting puts the worst first."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure a FAIL is, whatever its severity."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One leaf of a rule as it met one resource.

    `path` is where the value stands (`ReplicationConfiguration.Rules[0].Status`), `expected` what the rule asked for in
    words (`equals "Enabled"`), `observed` the value found (an `Unknown`, or None where absent), `source` the operation
    or file that it came from (`s3:GetBucketReplication`, `derived`).
    """

    path: str
    expected: str
    observed: Value
    source: str = ""

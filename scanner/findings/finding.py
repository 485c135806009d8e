"""One verdict of one rule on one resource, as every report shows it."""

from dataclasses import dataclass

from scanner.estate.intent import Waiver
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Evidence, Severity, Verdict
from scanner.findings.fingerprints import fingerprint


@dataclass(frozen=True, slots=True)
class Finding:
    """What `rule` (an id) says of `resource`, and what it saw there.

    `evidence` may be capped; `more` counts the leaves left out. `waiver` is set when the verdict is WAIVED. `when` says
    under which conditions of a template the verdict holds (`Stage is prod`), empty where under all of them. A scan of a
    large estate holds millions of these, so everything is shared with the estate and nothing is copied.
    """

    rule: str
    verdict: Verdict
    severity: Severity
    resource: Resource
    evidence: tuple[Evidence, ...] = ()
    more: int = 0
    waiver: Waiver | None = None
    when: str = ""

    @property
    def location(self) -> Location | None:
        """Where a template declares the resource; None for what was read from an account."""
        return self.resource.location

    @property
    def fingerprint(self) -> str:
        """What identifies this finding across scans (see `fingerprints`). Computed each time: findings stay small."""
        return fingerprint(self.rule, self.resource.identity, (e.path for e in self.evidence), self.more)

"""What has to be read: the common currency of rules, analyses and sources.

A rule needs the properties that its paths name; an analysis gives some (`Derived...`, `DR::...`) for others that it
reads; a source turns what is left into calls. So a run makes exactly the calls that its rules ask for.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A property of a type, as far down as sources tell properties apart.

    `path` is a top-level property (`VersioningConfiguration`), or one below `Observed` or `Derived`
    (`Observed.KeyState`), or empty when only the existence of the resources matters.
    """

    type: str
    path: str = ""

    @classmethod
    def of(cls, type_: str, path: str) -> "Need":
        """The need behind a rule path: `ReplicationConfiguration.Rules.Status` needs `ReplicationConfiguration`."""
        parts = path.split(".")
        depth = 2 if parts[0] in ("Observed", "Derived") else 1
        return cls(type_, ".".join(parts[:depth]))

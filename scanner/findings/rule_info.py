"""What a report has to say about a rule, once: plain data, so that reports know nothing of the rule language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.verdict import Confidence, Severity


@dataclass(frozen=True, slots=True)
class AttackTechnique:
    """A MITRE ATT&CK technique (`T1486`), its name, and `how` the rule helps: prevents, detects or recovers."""

    technique: str
    how: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as people and other programs read it.

    `why` tells what is lost when it does not hold, `fix` the next step, `remedy` the name of a registered remedy (empty
    where there is none). `controls` maps a framework's key (`nist_800_53_r5`) to the ids of its controls.
    """

    id: str
    title: str
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    attack: tuple[AttackTechnique, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: str = ""
    fix: str = ""
    remedy: str = ""
    references: tuple[str, ...] = ()

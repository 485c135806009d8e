"""Rule files and the table of remedies held against each other."""

import pytest
from planned import pack

from scanner import analysis
from scanner.remedies.proposals import Remedy
from scanner.remedies.table import REMEDIES
from scanner.sources.aws.tables import CALLS


def test_every_remedy_that_a_rule_names_exists_and_every_remedy_is_named() -> None:
    named = {rule.remedy for rule in pack().rules if rule.remedy}
    assert named == set(REMEDIES)


@pytest.mark.parametrize("remedy", REMEDIES.values(), ids=lambda remedy: remedy.name)
def test_what_a_remedy_reads_is_read_or_derived(remedy: Remedy) -> None:
    """A property that no call gives would never be there, whatever the reading costs."""
    given = {(type_, path) for call in CALLS for type_, paths in call.gives.items() for path in paths}
    left = {(need.type, need.path) for need in analysis.close(remedy.reads) if need.path}
    assert left <= given

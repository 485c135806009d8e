"""Buckets made less than safe, one way at a time: the plan mends it, keeps what it does not know, and is then done."""

import pytest
from planned import planned

from tests.remedies.buckets.estates import BREAKS, chosen, drawn


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
@pytest.mark.parametrize("name", BREAKS)
def test_the_plan_mends_it_and_is_done(name: str, partition: str) -> None:
    blueprint, rules = drawn(name, partition), BREAKS[name][1]
    found = planned(blueprint.estate, blueprint.intent, rules, chosen(name, partition))
    assert rules <= {one.rule for one in found.before.findings if str(one.verdict) == "FAIL"}
    assert "FAIL" not in {str(one.verdict) for one in found.after.findings}, found.why()
    assert found.again.steps == ()

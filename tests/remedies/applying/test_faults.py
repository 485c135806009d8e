"""Faults at every call of a plan of twelve steps: nothing half-written stays unexplained, going on ends it, and undo
ends where it began."""

from itertools import count

import pytest
from fault_proxy import Fault
from twelve_steps import WRITES, Stage, World

from scanner.errors import DrscanError
from scanner.remedies.applying import Done
from scanner.remedies.journal import Event

CALLS = 42
"""All that it takes: what is there is read before anything is done, again before its step, and after it."""

FAULTS = {
    "throttled": Fault("throttle"),
    "failing": Fault("error"),
    "unavailable": Fault("error", status=503, code="ServiceUnavailable"),
    "denied": Fault("refuse"),
    "reset": Fault("reset"),
    "lost": Fault("lose"),
}
KINDS = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


def hitting(operation: str, fault: Fault) -> Fault:
    """The fault, at this operation only."""
    return Fault(fault.kind, operation, code=fault.code, status=fault.status)


def after(calls: int, fault: Fault) -> tuple[Fault, ...]:
    """The fault, at every call but the first ones."""
    return (Fault("pass", times=calls), fault)


@pytest.fixture
def world(stage: Stage) -> World:
    return stage.world()


def stands(stage: Stage, world: World) -> list[Event | None]:
    """Where the journal says that each step stands."""
    with stage.opened(world) as journal:
        return [journal.stands(step.id) for step in journal.plan.steps]


def is_read(operation: str) -> bool:
    return operation.partition(":")[2].startswith(("Get", "List", "Describe"))


def test_the_plan_makes_its_calls_and_no_other(stage: Stage, world: World) -> None:
    with stage.faulty() as proxy:
        done = stage.apply(world)
    operations = [one.operation for one in proxy.asked]
    assert tuple(one for one in operations if not is_read(one)) == WRITES
    assert (len(operations), [type(one) for one in done]) == (CALLS, [Done] * 12)


def test_a_plan_is_done_once_and_undone_exactly(stage: Stage, world: World) -> None:
    before = stage.state(world)
    stage.apply(world)
    after = stage.state(world)
    assert all(before[name] != after[name] for name in before if name != f"AWS::S3::BucketPolicy {world.copy.name}")
    with stage.faulty() as proxy:
        assert all(isinstance(one, Done) and one.earlier for one in stage.apply(world))
    assert all(map(is_read, proxy.calls))
    assert stage.state(world) == after
    assert {one.stays for one in stage.undo(world)} == {""}
    assert (stage.state(world), stage.keys(world)) == (before, ["PendingDeletion"])
    assert stage.undo(world) == []


@KINDS
def test_each_write_may_fail_and_applying_again_goes_on(stage: Stage, world: World, fault: Fault) -> None:
    before = stage.state(world)
    for number, operation in enumerate(WRITES, 1):
        if fault.kind == "lose":
            continue
        with stage.faulty(hitting(operation, fault)), pytest.raises(DrscanError, match=f"step {number:02d} failed"):
            stage.apply(world)
        assert stands(stage, world) == [Event.DONE] * (number - 1) + [Event.BEGUN] + [None] * (12 - number)
    with stage.faulty(*(hitting(operation, fault) for operation in WRITES if fault.kind == "lose")) as proxy:
        assert len(stage.apply(world)) == 12
    # That the server has acted is found out by looking: nothing is made twice.
    assert all(proxy.calls[operation] <= 1 for operation in WRITES)
    assert stage.keys(world) == ["Enabled"]
    assert {one.stays for one in stage.undo(world)} == {""}
    assert stage.state(world) == before


@pytest.mark.parametrize("calls", range(CALLS))
def test_where_all_answers_are_lost_from_some_call_on(stage: Stage, world: World, calls: int) -> None:
    before = stage.state(world)
    with stage.faulty(*after(calls, Fault("lose"))), pytest.raises(DrscanError):
        stage.apply(world)
    if calls % 2:
        assert len(stage.apply(world)) == 12
        assert stage.keys(world) == ["Enabled"]
    if stage.journal(world).exists():
        assert {one.stays for one in stage.undo(world)} <= {""}
    assert stage.state(world) == before
    assert set(stage.keys(world)) <= {"PendingDeletion"}


@KINDS
def test_undoing_may_fail_at_any_call_and_goes_on_again(stage: Stage, world: World, fault: Fault) -> None:
    before = stage.state(world)
    stage.apply(world)
    for calls in count():
        try:
            with stage.faulty(*after(calls, fault)):
                stage.undo(world)
            break
        except DrscanError:
            assert calls < 100
    assert stage.state(world) == before
    assert set(stands(stage, world)) == {Event.UNDONE}

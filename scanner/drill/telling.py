"""What a drill says to the person who runs it: its plan, how it ended, what it found, and what it left behind."""

import shlex
import textwrap
from collections.abc import Iterable, Iterator

from scanner.analysis.replication.vocabulary import LinkVerdict
from scanner.drill.actions import Side, Stage, When, drill_actions
from scanner.drill.comparing import Comparison
from scanner.drill.planning import DrillPlan, Spot
from scanner.drill.running import Cleaned
from scanner.drill.watching import Fate, Sighting
from scanner.estate.unknown import Unknown
from scanner.estate.verdict import Verdict
from scanner.inert import inert, shortened

_SHOWN_REASONS = 8
_WIDTH = 110
_SHOWN_VALUE = 100  # characters of a value with which nothing is wrong


def plan_lines(plan: DrillPlan, deadline: float, *, keep: bool, blind: Iterable[str] = ()) -> Iterator[str]:
    """The plan: what is written where, by which actions, what is looked at, and what is deleted.

    `blind` says why ends cannot be looked at.
    """
    link, canary = plan.link, plan.canary
    yield f"Drill of {link.id}"
    yield f"  the link analysis says that it {_expectation(plan)}"
    yield ""
    yield f"  1. write    {plan.source}"
    yield f"              in {_place(plan.source)}: {len(canary.body)} bytes"
    yield from _continued(f"metadata {_pairs(canary.metadata)}; tags {_pairs(canary.tags)}")
    yield from _actions(plan, Stage.WRITE)
    where = f"{plan.destination.bucket}, {_place(plan.destination)}"
    yield f"  2. wait     until it is in {where}, at most {duration(deadline)}"
    yield from _actions(plan, Stage.WAIT)
    yield "  3. compare  version id, status, size, checksum, metadata, tags, encryption, storage class, lock, owner"
    yield from _actions(plan, Stage.COMPARE)
    if keep:
        yield "  4. keep     the canary at both ends, as you said"
    else:
        yield "  4. delete   exactly this version, by its version id, at both ends, and nothing else"
        yield from _actions(plan, Stage.DELETE)
    if plan.others:
        too = "" if keep else ", and it is deleted there"
        names = ", ".join(spot.bucket for spot in plan.others)
        yield f"  !  other rules of {link.source.name} copy it as well{too}: {names}"
    for warning in (*plan.warnings, *blind):
        yield f"  !  {warning}"


def ending_lines(plan: DrillPlan, sighting: Sighting, deadline: float) -> Iterator[str]:
    """How it ended, with the delay or with what is to be looked at next."""
    match sighting.fate:
        case Fate.ARRIVED:
            yield f"ARRIVED in {plan.destination.bucket} after {_measured(sighting)}"
        case Fate.FAILED:
            yield f"FAILED after {_measured(sighting)}: S3 did not replicate it"
            yield from _why(plan)
        case Fate.UNTAKEN:
            yield f"NOT TAKEN: {duration(sighting.seconds)} after the writing S3 gives the object no replication status"
            yield "  No rule took it: the rule is new or was changed, or does not select objects that are encrypted so."
            yield from _why(plan)
        case Fate.LATE:
            yield f"LATE: it was not in {plan.destination.bucket} after {duration(sighting.seconds)}"
            yield from _next_steps(plan, sighting, deadline)
        case Fate.UNSEEN:
            yield f"NOT SEEN: {plan.destination} could not be looked at: {_reason(sighting.last.copy)}"
            yield f"  S3 says {_status(sighting)} of the source, {duration(sighting.seconds)} after the writing."


def comparison_lines(compared: tuple[Comparison, ...] | Unknown) -> Iterator[str]:
    """PASS, FAIL or UNKNOWN for each property."""
    if isinstance(compared, Unknown):
        yield f"  UNKNOWN  the replica could not be read: {compared.reason}"
        return
    for one in compared:
        told = (
            shortened(one.found, _SHOWN_VALUE)
            if one.verdict is Verdict.PASS
            else f"expected {one.expected}, found {one.found}"
        )
        told = f"could not be read: {one.found}" if one.verdict is Verdict.UNKNOWN else told
        yield f"  {one.verdict!s:<7}  {one.what:<14}  {told}"


def cleaned_line(one: Cleaned) -> str:
    """What became of the canary at one spot."""
    if one.why:
        return inert(f"left     {one.spot}  version {one.version or 'not known'}: {one.why}")
    return inert(f"deleted  {one.spot}  version {one.version}" if one.version else f"nothing  {one.spot}")


def left_lines(spots: Iterable[Spot], version: str) -> Iterator[str]:
    """Where the canary may still be, and the commands that look for it and delete it."""
    for spot in spots:
        what = f"--bucket {shlex.quote(spot.bucket)} --key {shlex.quote(spot.key)}"
        yield f"may still be there: {spot} in {_place(spot)}"
        if version:
            yield f"  aws s3api delete-object {what} --version-id {shlex.quote(version)}"
        else:
            prefix = f"--bucket {shlex.quote(spot.bucket)} --prefix {shlex.quote(spot.key)}"
            yield f"  aws s3api list-object-versions {prefix}"


def duration(seconds: float) -> str:
    """`3.2 s`, `15 min`, `2 h 30 min`."""
    if seconds < 120:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _expectation(plan: DrillPlan) -> str:
    found = plan.found
    match found.verdict:
        case LinkVerdict.WORKS:
            return "works"
        case LinkVerdict.BROKEN:
            return f"is broken: {', '.join(found.failure_reasons) or 'objects are not taken'}"
        case LinkVerdict.UNKNOWN:
            reason = next((doubt.reason for doubt in found.doubts if doubt.decisive), "")
            return f"may work or not: {reason}"


def _actions(plan: DrillPlan, stage: Stage) -> Iterator[str]:
    """The actions of a stage that this link takes, a line for each end."""
    for side in Side:
        wanted = [one for one in drill_actions(side) if one.stage is stage and not one.optional]
        names = dict.fromkeys(one.action for one in wanted if _happens(plan, side, one.when))
        if names:
            yield from _continued(f"{side}: {', '.join(names)}")


def _continued(sentence: str) -> list[str]:
    pad = " " * 14
    return textwrap.wrap(
        inert(sentence), _WIDTH, initial_indent=pad, subsequent_indent=f"{pad}  ", break_long_words=False
    )


def _happens(plan: DrillPlan, side: Side, when: When) -> bool:
    ends = plan.link.ends
    end = ends.source if side is Side.SOURCE else ends.destination
    match when:
        case When.ALWAYS:
            return True
        case When.LOCK:
            return end.has_object_lock is not False
        case When.KMS:
            return ends.source.uses_kms is not False or end.uses_kms is not False


def _measured(sighting: Sighting) -> str:
    """The delay as it was measured: somewhere between two looks."""
    looks = f"{sighting.looks} look{'s' * (sighting.looks != 1)}"
    return (
        f"at most {duration(sighting.seconds)} (not yet after {duration(sighting.before)}; {looks}), "
        "counted from S3's answer to the writing"
    )


def _why(plan: DrillPlan) -> Iterator[str]:
    """What the link analysis says, for HeadObject gives a status and no reason."""
    found = plan.found
    if found.verdict is LinkVerdict.WORKS:
        yield "  The link analysis finds nothing wrong, so the cause is outside what it sees."
        yield "  S3 names its reason in the event s3:Replication:OperationFailedReplication (failureReason)."
        return
    if found.failure_reasons:
        yield f"  By the link analysis the reason is {found.failure_reasons[0]}."
    told = [fault.what for fault in found.faults if fault.reasons]
    told += [f"{short.demand.action} on {short.resource}: {short.decided_by}" for short in found.missing]
    told += [doubt.reason for doubt in found.doubts if doubt.decisive]
    for what in told[:_SHOWN_REASONS]:
        yield f"  - {what}"
    yield f"  Hop by hop, with what to add: drscan explain {shlex.quote(plan.link.id)}"


def _next_steps(plan: DrillPlan, sighting: Sighting, deadline: float) -> Iterator[str]:
    if sighting.last.status == "COMPLETED":
        yield "  S3 says COMPLETED of the source, and there is no such object: is something deleting it there?"
        return
    yield f"  S3 says {_status(sighting)} of the source; it may only be slow. Next: look at the metrics"
    yield "  OperationsPendingReplication and ReplicationLatency of the rule (if it has metrics), and"
    yield f"  drill again with a deadline of more than {duration(deadline)}. What is deleted in the source is copied no"
    yield "  more; should the version be in the destination later all the same, delete it there."
    if plan.found.verdict is not LinkVerdict.WORKS:
        yield from _why(plan)


def _status(sighting: Sighting) -> str:
    status = sighting.last.status
    return f"nothing ({status.reason})" if isinstance(status, Unknown) else status or "nothing"


def _reason(copy: object) -> str:
    return copy.reason if isinstance(copy, Unknown) else "nothing is there"


def _place(spot: Spot) -> str:
    return f"account {spot.account or 'not seen'}{f', {spot.region}' if spot.region else ''}"


def _pairs(pairs: object) -> str:
    assert hasattr(pairs, "items")
    return ", ".join(f"{name}={value}" for name, value in pairs.items()) or "none"


def text(lines: Iterable[str]) -> str:
    """The lines as they can be shown: whatever came from AWS is inert."""
    return "\n".join(inert(line) for line in lines)

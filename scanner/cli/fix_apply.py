"""`drscan fix apply` and `drscan fix undo`: what is said and asked, and the exit code."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.options import FILE, FOLDER, estate_option
from scanner.errors import DrscanError
from scanner.estate.intent import Intent
from scanner.estate.unknown import to_json
from scanner.inert import inert, inert_lines

if TYPE_CHECKING:
    from scanner.remedies.accounts import Accounts
    from scanner.remedies.applying import Done, Skipped
    from scanner.remedies.journal import Journal
    from scanner.remedies.rejudging import Proof, Rejudging
    from scanner.remedies.step import Step
    from scanner.remedies.undoing import Taken, Undone

EXIT_LEFT = 1
"""Something was left out, stays or failed, and the journal says what."""

EXIT_INTERRUPTED = 130

_LONGEST_VALUE = 120
"""Characters of a value that are said on the line of its step."""


@click.command()
@click.argument("file", metavar="PLAN", type=FILE)
@estate_option
@click.option("--rules", "folders", type=FOLDER, multiple=True, metavar="DIR", help="The folder of rules of the plan.")
@click.option("--journal", "journal_file", type=FILE, metavar="FILE", help="The journal.  [default: PLAN.journal]")
@click.option("--yes", is_flag=True, help="Do steps that deserve review without asking.")
@click.option("--irreversible", multiple=True, metavar="NAME", help="Allow what cannot be undone on this resource.")
@click.option("--workers", type=click.IntRange(1, 128), default=16, show_default=True, help="Calls made at a time.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, only what is done.")
@click.pass_context
def apply(
    ctx: click.Context,
    file: Path,
    intent: Intent,
    folders: tuple[Path, ...],
    journal_file: Path | None,
    yes: bool,
    irreversible: tuple[str, ...],
    workers: int,
    quiet: bool,
) -> None:
    """Make the changes of a plan, if everything is still as it found it.

    Steps that may interrupt something are asked about first of all; what was done, and what it was before, is kept in
    the journal. After each step it is read back, and the rules that it serves are judged again. After an interruption
    the same command goes on where it was.

    \b
    Exit codes: 0 all done, 1 something left out or failed, 2 refused before anything was changed, 130 interrupted.

    \b
    Examples:
      drscan fix apply plan.json
      drscan fix apply plan.json --yes --irreversible orders-dr
    """
    from scanner.remedies.applying import prepared
    from scanner.remedies.decisions import Decisions
    from scanner.remedies.journal_file import held, opened
    from scanner.remedies.plan_file import read_plan

    path = journal_file or file.with_name(f"{file.name}.journal")
    with held(file):
        plan = read_plan(file)
        if not plan.steps:
            click.echo("Nothing to do: the plan has no steps.")
            return
        with opened(path, plan) as journal:
            _require_answers(journal, yes=yes)
            accounts = _accounts(intent)
            out = prepared(journal, accounts, Decisions(lambda step: yes or _agreed(step), frozenset(irreversible)))
            rejudging = _rejudging(journal, accounts, intent, folders, workers, quiet=quiet)
            ctx.exit(_apply(journal, accounts, out, rejudging))


@click.command()
@click.argument("file", metavar="JOURNAL", type=FILE)
@estate_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def undo(ctx: click.Context, file: Path, intent: Intent, yes: bool) -> None:
    """Take back what a journal says was done, the last step first.

    Nothing is undone where somebody else has changed the same thing since.

    \b
    Exit codes: 0 all is as it was, 1 something stays or failed, 2 refused before anything was changed, 130 interrupted.

    \b
    Example:
      drscan fix undo plan.json.journal
    """
    from scanner.remedies.journal_file import opened
    from scanner.remedies.undoing import to_undo

    with opened(file) as journal:
        if not yes and not sys.stdin.isatty():
            raise DrscanError("undoing is asked about, and there is nobody to ask", hint="allow it with --yes")
        accounts = _accounts(intent)
        taken = to_undo(journal, accounts)
        if not taken:
            click.echo("Nothing to undo: all of it was undone before.")
            return
        if not yes and not _may_undo(taken):
            click.echo("Nothing was undone.")
            ctx.exit(EXIT_LEFT)
        ctx.exit(_undo(journal, accounts, taken))


def _accounts(intent: Intent) -> "Accounts":
    from scanner.remedies.accounts import Accounts
    from scanner.sources.aws.targets import targets_from

    return Accounts(targets_from(intent).targets)


def _require_answers(journal: "Journal", *, yes: bool) -> None:
    """Nobody to ask is no reason to stop in the middle."""
    from scanner.remedies.journal import Event
    from scanner.remedies.step import Safety

    reviews = [step.id for step in journal.plan.steps if step.safety is Safety.REVIEW]
    asked = [id_ for id_ in reviews if journal.stands(id_) is not Event.DONE]
    if asked and not yes and not sys.stdin.isatty():
        deserve = "step {} deserves" if len(asked) == 1 else "steps {} deserve"
        raise DrscanError(
            f"{deserve.format(', '.join(asked))} review, and there is nobody to ask; nothing was changed",
            hint="read the plan, then allow them with --yes",
        )


def _agreed(step: "Step") -> bool:
    from scanner.remedies.shown.text import notes_of
    from scanner.remedies.shown.value_diff import difference

    lines = [f"{step.id}  {_what(step)}  [{step.safety}]"]
    lines += [f"    {name:<10}  {note}" for name, note in notes_of(step) if name in ("interrupts", "costs", "undoing")]
    lines += [f"      {line}" for line in difference(step.before, step.after, step.property)]
    click.echo("\n".join(map(inert, lines)), err=True)
    return click.confirm("    Do it?", err=True)


def _rejudging(
    journal: "Journal", accounts: "Accounts", intent: Intent, folders: tuple[Path, ...], workers: int, *, quiet: bool
) -> "Rejudging | None":
    """What judges the steps as they are done; None where there is nothing to do or no rule to judge by."""
    from scanner import audit
    from scanner.cli.reading import live_estate
    from scanner.remedies.journal import Event
    from scanner.remedies.rejudging import Rejudging, served_question

    left = [step for step in journal.plan.steps if journal.stands(step.id) is not Event.DONE]
    if not any(step.serves for step in left):
        return None
    asked = served_question(audit.question(intent, folders), journal.plan)
    if not asked.rules:
        return None
    reading = live_estate(asked, workers, quiet=quiet)
    if reading.interrupted:
        raise KeyboardInterrupt
    return Rejudging(asked, reading.estate, journal, accounts)


def _apply(journal: "Journal", accounts: "Accounts", out: Mapping[str, str], rejudging: "Rejudging | None") -> int:
    """Do it, and say what is done as it is done. Whatever stops it, the way on is said."""
    from scanner.remedies.applying import carried_out

    try:
        for outcome in carried_out(journal, accounts, out):
            for line in _told(outcome, rejudging):
                click.echo(inert(line))
    except KeyboardInterrupt:
        click.echo(f"\n{_how_to_go_on('interrupted', journal)}", err=True)
        return EXIT_INTERRUPTED
    except (DrscanError, BrokenPipeError) as error:
        if not journal.has_grown:
            raise
        said = error.diagnostic() if isinstance(error, DrscanError) else "nobody reads what is said"
        click.echo(f"drscan: {inert_lines(said)}\n{_how_to_go_on('stopped', journal)}", err=True)
        return EXIT_LEFT
    for line in _summary(journal, out, rejudging):
        click.echo(inert(line))
    click.echo(f"drscan: to go back: drscan fix undo {inert(str(journal.file))}", err=True)
    return EXIT_LEFT if out else 0


def _told(outcome: "Done | Skipped", rejudging: "Rejudging | None") -> Iterator[str]:
    from scanner.remedies.applying import Skipped

    step = outcome.step
    if isinstance(outcome, Skipped):
        if rejudging is not None:
            rejudging.leave_out(step)
        yield f"left out  {step.id}  {_what(step)}: {outcome.why}"
        return
    yield f"{'was done' if outcome.earlier else 'done':<8}  {step.id}  {_what(step)}"
    if rejudging is not None and not outcome.earlier:
        yield from (f"              {_verdict(proof)}" for proof in rejudging.after(outcome))


def _verdict(proof: "Proof") -> str:
    from scanner.estate.verdict import Verdict

    about = f"{proof.rule}  {proof.resource}"
    needs = f" (needs step {', '.join(proof.needs)})" if proof.needs else ""
    match proof.verdict:
        case None:
            return f"nothing left to judge  {about}"
        case Verdict.FAIL:
            return f"still FAIL  {about}{needs}"
        case verdict:
            return f"{verdict}  {about}"


def _summary(journal: "Journal", out: Mapping[str, str], rejudging: "Rejudging | None") -> Iterator[str]:
    from scanner.estate.verdict import Verdict

    count = len(journal.plan.steps)
    left = f", {len(out)} left out" if out else ""
    is_old = not journal.has_grown and not out
    yield f"{count - len(out)} of {_steps(count)} done{left}{', all of them before this run' if is_old else ''}."
    proofs = rejudging.summary() if rejudging is not None else ()
    failing = [proof for proof in proofs if proof.verdict is Verdict.FAIL]
    unknown = [proof for proof in proofs if proof.verdict is Verdict.UNKNOWN]
    if proofs:
        passing = len(proofs) - len(failing) - len(unknown)
        yield f"Judged again: {passing} pass, {len(failing)} fail, {len(unknown)} unknown."
        yield from (f"  {_verdict(proof)}" for proof in (*failing, *unknown))


def _how_to_go_on(why: str, journal: "Journal") -> str:
    from scanner.remedies.journal import Event

    done = sum(journal.stands(step.id) is Event.DONE for step in journal.plan.steps)
    halfway = [step.id for step in journal.plan.steps if journal.stands(step.id) in (Event.BEGUN, Event.MADE)]
    begun = f"; step {', '.join(halfway)} was begun, and is looked at first when you go on" if halfway else ""
    return inert_lines(
        f"drscan: {why} with {done} of {_steps(len(journal.plan.steps))} done{begun}\n"
        "  to go on: the same command again\n"
        f"  to go back: drscan fix undo {inert(str(journal.file))}"
    )


def _steps(count: int) -> str:
    return f"{count} step{'s' * (count != 1)}"


def _may_undo(taken: "tuple[Taken, ...]") -> bool:
    from scanner.remedies.shown.value_diff import difference

    for one in taken:
        lines = [f"{one.step.id}  {_back(one)}"]
        lines += [f"      {line}" for line in difference(one.now, one.prior, one.step.property)]
        click.echo("\n".join(map(inert, lines)), err=True)
    return click.confirm(f"Undo {'this step' if len(taken) == 1 else f'these {len(taken)} steps'}?", err=True)


def _undo(journal: "Journal", accounts: "Accounts", taken: "tuple[Taken, ...]") -> int:
    from scanner.remedies.undoing import gone_back

    stays = 0
    try:
        for one, undone in zip(taken, gone_back(journal, accounts, taken), strict=True):
            stays += bool(undone.stays)
            click.echo(inert(_told_back(one, undone)))
    except KeyboardInterrupt:
        click.echo(f"\ndrscan: interrupted; to go on: drscan fix undo {inert(str(journal.file))}", err=True)
        return EXIT_INTERRUPTED
    except (DrscanError, BrokenPipeError) as error:
        if not journal.has_grown:
            raise
        said = error.diagnostic() if isinstance(error, DrscanError) else "nobody reads what is said"
        click.echo(f"drscan: {inert_lines(said)}", err=True)
        return EXIT_LEFT
    click.echo(f"Undone, but for what is said of {_steps(stays)}." if stays else "Undone: all of it is as it was.")
    return EXIT_LEFT if stays else 0


def _told_back(one: "Taken", undone: "Undone") -> str:
    if not undone.stays:
        return f"undone    {one.step.id}  {_back(one)}{f': {undone.later}' if undone.later else ''}"
    now = json.dumps(to_json(undone.now))
    is_now = f"; it is now {now}" if undone.now is not None and len(now) <= _LONGEST_VALUE else ""
    return f"stays     {one.step.id}  {_back(one)}: {undone.stays}{is_now}"


def _back(taken: "Taken") -> str:
    from scanner.remedies.step import CREATION

    step = taken.step
    if step.property != CREATION:
        return _what(replace(step, before=taken.now, after=taken.prior))
    return f"Take away{_what(step).removeprefix('Make')}"


def _what(step: "Step") -> str:
    from scanner.remedies.shown.text import title

    return f"{title(step).removesuffix(step.target.name)}{_place(step)}"


def _place(step: "Step") -> str:
    target = step.target
    return f"{target.name} ({f'{target.account} {target.region}'.rstrip()})"

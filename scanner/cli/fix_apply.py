"""`drscan fix apply`: what is said and asked, and the exit code."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli.fix_wording import EXIT_INTERRUPTED, EXIT_LEFT, accounts_of, counted, what
from scanner.cli.options import FILE, FOLDER, estate_option
from scanner.errors import DrscanError
from scanner.estate.intent import Intent
from scanner.inert import inert, inert_lines

if TYPE_CHECKING:
    from scanner.remedies.accounts import Accounts
    from scanner.remedies.applying import Done, Skipped
    from scanner.remedies.journal import Journal
    from scanner.remedies.rejudging import Proof, Rejudging
    from scanner.remedies.step import Step


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
            accounts = accounts_of(intent)
            out = prepared(journal, accounts, Decisions(lambda step: yes or _agreed(step), frozenset(irreversible)))
            rejudging = _rejudging(journal, accounts, intent, folders, workers, quiet=quiet)
            ctx.exit(_apply(journal, accounts, out, rejudging))


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

    lines = [f"{step.id}  {what(step)}  [{step.safety}]"]
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
    known = {rule.id for rule in asked.rules}
    unknown = sorted({rule for step in left for rule, _ in step.serves} - known)
    if unknown:
        said = f"drscan: not judged again, for these rules are not among those known here: {', '.join(unknown)}"
        click.echo(inert(said), err=True)
    if not known:
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
        yield f"left out  {step.id}  {what(step)}: {outcome.why}"
        return
    yield f"{'was done' if outcome.earlier else 'done':<8}  {step.id}  {what(step)}"
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
    yield f"{count - len(out)} of {counted(count)} done{left}{', all of them before this run' if is_old else ''}."
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
        f"drscan: {why} with {done} of {counted(len(journal.plan.steps))} done{begun}\n"
        "  to go on: the same command again\n"
        f"  to go back: drscan fix undo {inert(str(journal.file))}"
    )

"""What `drscan fix apply` and `undo` share: the words for steps, exit codes, and the way into the accounts."""

from typing import TYPE_CHECKING

from scanner.estate.intent import Intent

if TYPE_CHECKING:
    from scanner.remedies.accounts import Accounts
    from scanner.remedies.step import Step

EXIT_LEFT = 1
"""Something was left out, stays or failed, and the journal says what."""

EXIT_INTERRUPTED = 130


def accounts_of(intent: Intent) -> "Accounts":
    """The way into the accounts that the intent names, or into that of the credentials."""
    from scanner.remedies.accounts import Accounts
    from scanner.sources.aws.targets import targets_from

    return Accounts(targets_from(intent).targets)


def counted(count: int) -> str:
    """`1 step`, `2 steps`."""
    return f"{count} step{'s' * (count != 1)}"


def what(step: "Step") -> str:
    """What a step does, and where."""
    from scanner.remedies.shown.text import title

    return f"{title(step).removesuffix(step.target.name)}{where(step)}"


def where(step: "Step") -> str:
    """What a step is about, and where that is."""
    target = step.target
    return f"{target.name} ({f'{target.account} {target.region}'.rstrip()})"

"""Where each template would go: from the files that were named and the stacks of the estate file.

A stack of the estate file is final: its account, its region and its parameters are what will be deployed. A file that
no stack names may go anywhere, unless the command line says where.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.estate.intent import Intent, StackIntent
from scanner.estate.regions import partition_of
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, Deployment, Template
from scanner.sources.templates import open_template


@dataclass(frozen=True, slots=True)
class Place:
    """Where files go that no stack names: `account` (an id) and `region`, empty where nobody said."""

    account: str = ""
    region: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A template with its deployment."""

    template: Template
    deployment: Deployment


def planned(files: Sequence[Path], intent: Intent, place: Place) -> tuple[Planned, ...]:
    """Every template of this check, opened: the files that were named, and all stacks of the estate file.

    Raises `InvalidInputError` for files that are no templates, and when there is nothing to check.
    """
    stacks = {stack.template.resolve() for stack in intent.stacks}
    loose = tuple(dict.fromkeys(file for file in files if file.resolve() not in stacks))
    if not loose and not intent.stacks:
        raise InvalidInputError("nothing to check: name a template, or stacks in an estate file")
    drafts = [
        *(_loose(file, intent, place) for file in loose),
        *(_stack(stack, intent, place) for stack in intent.stacks),
    ]
    names = _names([draft.file for draft in drafts])
    opened: dict[Path, Template] = {}
    for draft in drafts:
        if draft.file not in opened:
            opened[draft.file] = open_template(draft.file)
    return tuple(
        Planned(opened[draft.file], replace(draft, stack=name)) for draft, name in zip(drafts, names, strict=True)
    )


def _loose(file: Path, intent: Intent, place: Place) -> Deployment:
    region = place.region or UNNAMED_REGION
    return Deployment(
        file=_shown(file),
        root=_root(file),
        account=place.account or UNNAMED_ACCOUNT,
        region=region,
        partition=partition_of(region, intent.partition),
        parameters=place.parameters,
        accounts=_named_accounts(intent),
    )


def _stack(stack: StackIntent, intent: Intent, place: Place) -> Deployment:
    assert intent.file is not None
    return Deployment(
        file=_shown(stack.template),
        root=intent.file.resolve().parent,
        account=stack.account,
        region=stack.region,
        partition=partition_of(stack.region, intent.partition),
        parameters={name: str(value) for name, value in stack.parameters.items()},
        is_final=True,
        accounts=_named_accounts(intent),
    )


def _named_accounts(intent: Intent) -> frozenset[str]:
    """Every account id in the estate file, in whichever part."""
    listed = {account.id for account in intent.accounts} | {stack.account for stack in intent.stacks}
    protected = {id_ for entry in intent.protect for id_ in (entry.account, *entry.shared_with)}
    copies = {copy.account for entry in intent.protect for copy in entry.copies}
    return frozenset((listed | protected | copies) - {""})


def _shown(file: Path) -> Path:
    """The file as reports name it: relative to the working folder where it lies below it."""
    here, there = Path.cwd(), file.resolve()
    return there.relative_to(here) if there.is_relative_to(here) else file


def _root(file: Path) -> Path:
    """The folder that nested templates may come from: the working folder, or the file's own where it lies elsewhere."""
    here, there = Path.cwd(), file.resolve()
    return here if there.is_relative_to(here) else there.parent


def _names(files: Sequence[Path]) -> list[str]:
    """A short name for each stack; none is needed where there is only one."""
    if len(files) == 1:
        return [""]
    seen: Counter[str] = Counter()
    names = []
    for file in files:
        seen[file.stem] += 1
        names.append(file.stem if seen[file.stem] == 1 else f"{file.stem}-{seen[file.stem]}")
    return names

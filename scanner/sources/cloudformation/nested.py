"""Nested stacks whose templates are at hand: which file that is, and what they are given.

A template names the templates of its nested stacks by URL, or, before `aws cloudformation package` uploads them, by a
path that is relative to its own folder (AWS CLI reference, "package", 2026-11). Only such a path is followed, and never
out of the folder that the check is about.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from scanner.estate.schemas import nearest
from scanner.estate.text_files import read_text
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.functions import NO_VALUE
from scanner.sources.cloudformation.parameters import Parameter
from scanner.sources.cloudformation.reading import MAX_BYTES, Source, parse_source
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.declared import Deployment

MAX_NESTING = 10
"""How many stacks may be nested in each other; people use two or three levels."""


@dataclass(frozen=True, slots=True)
class Child:
    """The template of a nested stack: what it says, and the file, links in its path followed."""

    source: Source
    file: Path


def child_of(url: Value, deployment: Deployment, ancestors: Sequence[Path], scope: Scope) -> Child | str:
    """The template that a nested stack's URL names, or the reason why it is not at hand.

    Raises `InvalidInputError` for a path that leaves the root of the deployment or leads to a template that this stack
    is nested in, and for what is no template.
    """
    if isinstance(url, Unknown):
        return f"where its template is cannot be told: {url.reason}"
    if not isinstance(url, str) or not url:
        raise scope.error("a nested stack has no TemplateURL")
    if "://" in url:
        return f"its template is at {url[:200]}"
    shown = Path(os.path.normpath(deployment.file.parent / url))
    file = _within_root(url, deployment, scope)
    if file in ancestors:
        circle = " -> ".join(path.name for path in (*ancestors[ancestors.index(file) :], file))
        raise scope.error(f"a stack is nested in itself: {circle}")
    if len(ancestors) > MAX_NESTING:
        raise scope.error(f"stacks are nested more than {MAX_NESTING} deep")
    try:
        status = file.stat()
    except OSError:
        return f"there is no file {url[:200]}"
    return Child(_read(file, str(shown), status.st_mtime_ns, status.st_size), file)


def deployment_of(
    parent: Deployment, logical_id: str, source: Source, given: Mapping[str, str | Unknown]
) -> Deployment:
    """Where and how a nested stack would be deployed; what its parent passes on is final, and so are its defaults.

    Its `parameters` are those that hold a value which the user gave for the parent.
    """
    prefix, said = f"{logical_id}.", set(parent.parameters.values())
    return replace(
        parent,
        file=Path(source.file),
        stack=f"{parent.stack}.{logical_id}" if parent.stack else logical_id,
        parameters={name: text for name, text in given.items() if isinstance(text, str) and text in said},
        is_final=True,
        assumed={
            name.removeprefix(prefix): option for name, option in parent.assumed.items() if name.startswith(prefix)
        },
    )


def parameter_text(value: Value, scope: Scope) -> str | Unknown | None:
    """What a stack passes on for a parameter; a list is passed as one text. None for `AWS::NoValue`."""
    if value is NO_VALUE or isinstance(value, Unknown):
        return value if isinstance(value, Unknown) else None
    if isinstance(value, list):
        unknown = next((item for item in value if isinstance(item, Unknown)), None)
        texts = [as_text(item) for item in value]
        return unknown or ",".join(text for text in texts if text is not None)
    text = as_text(value)
    if text is None:
        raise scope.error("a parameter is given a mapping; it takes a text")
    return text


def check_passed(parameters: Mapping[str, Parameter], given: Collection[str], scope: Scope) -> None:
    """Check the names of what a stack passes on, on the lines of the stack that passes it.

    Raises `InvalidInputError` for a parameter that the nested template does not have, and for one that it misses.
    """
    for name in given:
        if name not in parameters:
            hint = nearest(name, parameters)
            raise scope.at(name).error(f"the nested template has no parameter {name[:255]}", hint=hint)
    for name, parameter in parameters.items():
        if parameter.default is None and name not in given:
            raise scope.error(f"the nested template needs a value for its parameter {name}", hint=nearest(name, given))


def _within_root(url: str, deployment: Deployment, scope: Scope) -> Path:
    try:
        file = (deployment.file.parent / url).resolve()
        root = deployment.root.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise scope.error(f"{url[:200]!r} is no path that can be followed") from error
    if not file.is_relative_to(root):
        hint = f"only templates below {root} are read"
        raise scope.error(f"the nested template {url[:200]} lies outside of what is checked", hint=hint)
    return file


@lru_cache(maxsize=32)
def _read(file: Path, shown: str, modified: int, size: int) -> Source:
    """Every case and place of a template asks for its nested ones again, so each is read once."""
    return parse_source(read_text(file, max_bytes=MAX_BYTES), shown)

"""For tests of whole templates: a template's text, resolved in one place and one case."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from scanner.errors import InvalidInputError
from scanner.sources.cloudformation.reading import parse_source
from scanner.sources.cloudformation.stack import Stack, resolve, variables
from scanner.sources.declared import Deployment, Exports, Option

ACCOUNT, REGION = "111111111111", "eu-west-1"


def deployment_of(parameters: Mapping[str, str] | None = None, **changed: object) -> Deployment:
    here = {"file": Path("stack.yaml"), "root": Path(), "account": ACCOUNT, "region": REGION}
    return Deployment(**{**here, "parameters": parameters or {}, **changed})  # type: ignore[arg-type]


@pytest.fixture
def stack_of() -> Callable[..., Stack]:
    """Resolves a template's text; what else is given is given to its deployment."""

    def resolved(text: str, exports: Exports | None = None, **deployment: object) -> Stack:
        return resolve(parse_source(dedent(text), "stack.yaml"), deployment_of(**deployment), exports or {})  # type: ignore[arg-type]

    return resolved


@pytest.fixture
def variables_in() -> Callable[..., dict[str, tuple[Option, ...]]]:
    """The variables of a template's text, by name."""

    def found(text: str, **deployment: object) -> dict[str, tuple[Option, ...]]:
        source = parse_source(dedent(text), "stack.yaml")
        return {each.name: each.options for each in variables(source, deployment_of(**deployment))}  # type: ignore[arg-type]

    return found


@pytest.fixture
def refusal_of(stack_of: Callable[..., Stack]) -> Callable[..., str]:
    """What is said of a template that is refused."""

    def said(text: str, **deployment: object) -> str:
        with pytest.raises(InvalidInputError) as refused:
            stack_of(text, **deployment)
        return refused.value.diagnostic()

    return said

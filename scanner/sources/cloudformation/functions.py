"""What CloudFormation's functions ask of the stack that they stand in, and how they take their arguments."""

from typing import Final, Protocol

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.cloudformation.work import Work


class NoValue:
    """What `AWS::NoValue` stands for: the property or item that would have it is not there."""


NO_VALUE: Final = NoValue()


class Context(Protocol):
    """A stack in one case and place, as far as functions have to know it."""

    @property
    def work(self) -> Work:
        """What is left to spend."""
        ...

    @property
    def is_extended(self) -> bool:
        """Whether the template goes through `AWS::LanguageExtensions`."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether something that cannot be followed may add to the template."""
        ...

    def resolve(self, value: Value, scope: Scope) -> Value:
        """The value with every function in it replaced by what it gives; NO_VALUE if that is nothing."""
        ...

    def ref(self, name: str, scope: Scope) -> Value:
        """The value of a parameter or a pseudo parameter, or what `Ref` gives of a resource."""
        ...

    def attribute(self, logical_id: str, name: str, scope: Scope) -> Value:
        """An attribute of a resource."""
        ...

    def truth(self, condition: str, scope: Scope) -> bool | Unknown:
        """Whether the condition of that name holds."""
        ...

    def mapped(self, name: str, first: str, second: str) -> Value:
        """An entry of a mapping; None where there is none."""
        ...

    def imported(self, name: str) -> Value:
        """What another stack exports under a name."""
        ...

    def doubt(self, scope: Scope, message: str) -> Unknown:
        """An Unknown for what CloudFormation would refuse, but only in this case; the message is kept for people."""
        ...


def text_of(context: Context, value: Value, scope: Scope) -> str | Unknown:
    """The value resolved, as a text. Raises `InvalidInputError` when it is a list, a mapping or nothing."""
    found = context.resolve(value, scope)
    if isinstance(found, Unknown):
        return found
    text = as_text(found)
    if text is None:
        raise scope.error("is no text, and a text belongs here")
    return text


def texts_of(context: Context, values: list[Value], scope: Scope) -> list[str] | Unknown:
    """Several values as texts; the first Unknown if there is one."""
    texts = [text_of(context, value, scope.at(number)) for number, value in enumerate(values)]
    unknown = next((text for text in texts if isinstance(text, Unknown)), None)
    return unknown if unknown is not None else [text for text in texts if isinstance(text, str)]


def arguments(value: Value, scope: Scope, least: int, most: int, hint: str) -> list[Value]:
    """The arguments of a function. Raises `InvalidInputError`, with the hint, unless they are a list of that length."""
    if isinstance(value, list) and least <= len(value) <= most:
        return value
    raise refused(scope, hint)


def refused(scope: Scope, hint: str) -> Exception:
    """The error for a function that is not given what it takes; its scope ends with its name."""
    return scope.error(f"{scope.step} is not given what it takes", hint=hint)


def function_of(value: Value) -> str:
    """The name of the function that a mapping calls, such as `Fn::Sub` or `Ref`; empty if it calls none."""
    if isinstance(value, dict) and len(value) == 1:
        (key,) = value
        if key == "Ref" or (key.startswith("Fn::") and not key.startswith("Fn::ForEach::")):
            return str(key)
    return ""

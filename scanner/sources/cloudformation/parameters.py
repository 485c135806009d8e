"""A template's parameters: what may be given for them, and what their values are for the rest of the template.

Facts on types and constraints: CloudFormation user guide, "Parameters" (2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.schemas import nearest
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.texts import as_text, settled

_NUMBER = re.compile(r"[-+]?[0-9]{1,40}(\.[0-9]{1,40})?")
_LONGEST_NAME = 255
_MAX_PATTERN = 2_000


@dataclass(frozen=True, slots=True)
class AnyOther(Unknown):
    """The value of a parameter of which is known only that the template does not mention it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the template declares it; `default` is None where it has none.

    `constraints` are its members as written. `scope` is its place.
    """

    name: str
    type: str
    default: str | None
    allowed: tuple[str, ...]
    constraints: Mapping[str, Value] = field(repr=False)
    scope: Scope = field(repr=False)

    @property
    def is_secret(self) -> bool:
        """Whether its value may appear nowhere."""
        return as_text(self.constraints.get("NoEcho")) in ("true", "True", "yes")

    @property
    def is_stored(self) -> bool:
        """Whether what is given is only the name of an entry in Systems Manager that holds the value."""
        return self.type.startswith("AWS::SSM::Parameter::Value<")

    @property
    def is_list(self) -> bool:
        """Whether it is a list of texts, written with commas between them."""
        return "CommaDelimitedList" in self.type or "List<" in self.type

    def value(self, text: str | Unknown) -> Value:
        """What `Ref` gives when that text is its value: numbers stay texts, lists are cut at commas and trimmed."""
        if self.is_secret:
            return Unknown(f"parameter {self.name} is secret (NoEcho)")
        if isinstance(text, Unknown):
            return Unknown(text.reason)
        if not self.is_list:
            return settled(text)
        return [settled(item.strip()) for item in text.split(",")]

    def problem_with(self, text: str) -> str:
        """What is wrong with giving it that value, as a sentence without the value of a secret; empty if nothing is."""
        problem = _problem(self, text)
        shown = "the value of" if self.is_secret else f"{text[:80]!r} is given for"
        return f"{shown} parameter {self.name}, {problem}" if problem else ""

    def missing(self, entry: str | None = None) -> Unknown:
        """Why its value is not known when none is given, or only the name of the entry that holds it."""
        if self.is_stored:
            entry = entry or self.default
            where = f" ({entry[:100]})" if entry and not self.is_secret else ""
            return Unknown(f"parameter {self.name} is read from Systems Manager{where} when the stack is deployed")
        return Unknown(f"parameter {self.name} has no value")


def read_parameters(section: Mapping[str, Value], scope: Scope) -> dict[str, Parameter]:
    """The parameters that the section declares. Raises `InvalidInputError` for one without a type."""
    return {name: _parameter(name, value, scope.at(name)) for name, value in section.items()}


def check_given(parameters: Mapping[str, Parameter], given: Mapping[str, str], section: Scope) -> None:
    """Check what the user gives for parameters; `section` is where they are declared.

    Raises `InvalidInputError` for a name that is not declared, and for a value that CloudFormation would not take.
    """
    for name, value in given.items():
        parameter = parameters.get(name)
        if parameter is None:
            raise section.error(f"has no parameter {name[:255]}", hint=nearest(name, parameters))
        problem = parameter.problem_with(value)
        if problem:
            raise parameter.scope.error(problem)


def _parameter(name: str, value: Value, scope: Scope) -> Parameter:
    if len(name) > _LONGEST_NAME:
        raise scope.error(f"the name of a parameter has at most {_LONGEST_NAME} characters")
    if not isinstance(value, dict) or not isinstance(value.get("Type"), str):
        raise scope.error(f"parameter {name} has no Type")
    allowed = value.get("AllowedValues")
    texts = tuple(map(as_text, allowed)) if isinstance(allowed, list) else ()
    if None in texts:
        raise scope.at("AllowedValues").error(f"AllowedValues of parameter {name} are not all texts or numbers")
    return Parameter(name, value["Type"], _default(value, scope), tuple(map(str, texts)), value, scope)


def _default(value: Mapping[str, Value], scope: Scope) -> str | None:
    default = value.get("Default")
    if default is None:
        return None
    text = as_text(default)
    if text is None:
        raise scope.at("Default").error("the Default of a parameter is a text or a number")
    return text


def _problem(parameter: Parameter, text: str) -> str | None:
    """What is wrong with a value that is given, to be read after it; the value itself is not in it."""
    items = [item.strip() for item in text.split(",")] if parameter.is_list else [text]
    if parameter.allowed and not set(items) <= set(parameter.allowed):
        return f"which takes only {', '.join(parameter.allowed)[:200]}"
    if "Number" in parameter.type:
        return _number_problem(parameter, items)
    return _length_problem(parameter, text) or _pattern_problem(parameter, items)


def _number_problem(parameter: Parameter, items: list[str]) -> str | None:
    if not all(_NUMBER.fullmatch(item) for item in items):
        return "which takes only numbers"
    numbers = [float(item) for item in items]
    low, high = _limit(parameter, "MinValue"), _limit(parameter, "MaxValue")
    if low is not None and min(numbers) < low:
        return f"which is at least {low:g}"
    return f"which is at most {high:g}" if high is not None and max(numbers) > high else None


def _length_problem(parameter: Parameter, text: str) -> str | None:
    low, high = _limit(parameter, "MinLength"), _limit(parameter, "MaxLength")
    if low is not None and len(text) < low:
        return f"which has at least {low:g} characters"
    return f"which has at most {high:g} characters" if high is not None and len(text) > high else None


def _limit(parameter: Parameter, name: str) -> float | None:
    text = as_text(parameter.constraints.get(name))
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None


def _pattern_problem(parameter: Parameter, items: list[str]) -> str | None:
    """A pattern has to match the whole value. One that only Java can read (lookaround) is not checked."""
    pattern = parameter.constraints.get("AllowedPattern")
    if not isinstance(pattern, str) or len(pattern) > _MAX_PATTERN:
        return None
    # Patterns come from strangers: RE2 takes time in proportion to the text. It is slow to import.
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        matcher = re2.compile(pattern, options)
    except re2.error:
        return None
    return None if all(matcher.fullmatch(item) for item in items) else f"which has to match {pattern[:120]}"

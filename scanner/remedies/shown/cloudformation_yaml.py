"""CloudFormation's YAML: plain data with the short forms of its functions, and nothing else that YAML can do.

Whatever is not plain ASCII is written as an escape, so that names and policies of others are inert.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from scanner.remedies.shown.references import Reference, References


@dataclass(frozen=True, slots=True)
class Function:
    """A function in its short form: `!Ref X`, `!GetAtt X.Arn`, `!Sub "..."`."""

    name: str
    argument: str


def resolved(value: Any, references: References, function: Callable[[Reference], Function]) -> Any:
    """The value with functions in the places of stand-ins."""
    match value:
        case str():
            return _text(references, value, function)
        case Mapping():
            return {key: resolved(member, references, function) for key, member in value.items()}
        case list() | tuple():
            return [resolved(item, references, function) for item in value]
    return value


def _text(references: References, text: str, function: Callable[[Reference], Function]) -> Any:
    pieces = [function(piece) if isinstance(piece, Reference) else piece for piece in references.pieces(text)]
    if len(pieces) == 1 and isinstance(pieces[0], Function):
        return pieces[0]
    if not any(isinstance(piece, Function) for piece in pieces):
        return text
    inner = (
        f"${{{piece.argument}}}" if isinstance(piece, Function) else piece.replace("${", "${!") for piece in pieces
    )
    return Function("Sub", "".join(inner))


def dumped(value: Any) -> str:
    """The value as YAML, a line each for what has members."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=float("inf"), default_flow_style=False)
    return text.removesuffix("\n").removesuffix("\n...")


class _Dumper(yaml.SafeDumper):
    """YAML without anchors: CloudFormation's readers do not all follow them."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands in two places twice."""
        return True

    def choose_scalar_style(self) -> Any:
        """Write the argument of a function without quotes, where it is a name."""
        is_name = getattr(self.event, "tag", None) in ("!Ref", "!GetAtt")
        return "" if is_name else super().choose_scalar_style()


def _function(dumper: yaml.SafeDumper, function: Function) -> yaml.Node:
    style = '"' if function.name == "Sub" else None
    return dumper.represent_scalar(f"!{function.name}", function.argument, style=style)


_Dumper.add_representer(Function, _function)

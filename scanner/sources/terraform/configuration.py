"""The configuration that a plan was made of: modules, blocks and their expressions, as plan JSON holds them.

Plan JSON gives a constant expression's value, and of any other the references that it makes but not how it uses them.
Locals and dynamic blocks are not in it at all. Members of a wrong kind are refused; members that are not known are for
later versions of the format, and are passed over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.errors import InvalidInputError
from scanner.estate.paths import kind_of
from scanner.estate.unknown import Value

MAX_MODULES_DEEP = 50
"""How many modules may be called within each other."""

MAX_TREE_DEEP = 60
"""How deep values and expressions are looked into. Those of the provider aws are not a quarter as deep."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: its constant value, or the references that it makes (see `addresses.traversals`)."""

    constant: Value = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A resource or data block of a module.

    `address` is within the module (`data.aws_iam_policy_document.copy`). `expressions` are as plan JSON has them: by
    attribute, nested as blocks are. `for_each` is None without it; `has_instances` says that count or for_each is set.
    """

    address: str
    type: str
    provider: str = ""
    expressions: Mapping[str, Value] = field(default_factory=dict)
    for_each: Expression | None = None
    has_instances: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a module: the arguments that it gets, and the module."""

    source: str
    arguments: Mapping[str, Expression]
    for_each: Expression | None
    module: "Module"


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its blocks by address, its calls by name, its outputs, and the defaults of its variables."""

    blocks: Mapping[str, Block] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)
    outputs: Mapping[str, Expression] = field(default_factory=dict)
    defaults: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which file is read, for the errors."""

    file: str

    def mapping(self, value: Value, where: str) -> Mapping[str, Value]:
        """An object, empty where there is none. Raises `InvalidInputError` for anything else."""
        if value is None or isinstance(value, Mapping):
            return value or {}
        raise self.refused(where, "an object", value)

    def items(self, value: Value, where: str) -> Sequence[Value]:
        """A list, empty where there is none. Raises `InvalidInputError` for anything else."""
        if value is None or isinstance(value, list):
            return value or []
        raise self.refused(where, "a list", value)

    def objects(self, value: Value, where: str) -> Sequence[Mapping[str, Value]]:
        """A list of objects, empty where there is none. Raises `InvalidInputError` for anything else."""
        return [self.mapping(item, f"an entry of {where}") for item in self.items(value, where)]

    def text(self, value: Value, where: str) -> str:
        """A text, empty where there is none. Raises `InvalidInputError` for anything else."""
        if value is None or isinstance(value, str):
            return value or ""
        raise self.refused(where, "text", value)

    def refused(self, where: str, wanted: str, value: Value) -> InvalidInputError:
        """The error for a value of the wrong kind."""
        return InvalidInputError(
            f"{where} is {kind_of(value)} and not {wanted}: no plan looks like this", file=self.file
        )


def read_module(value: Value, reading: Reading, depth: int = 0) -> Module:
    """A module of `configuration.root_module` and all that it calls.

    Raises `InvalidInputError` for what has the wrong kind, and for more than `MAX_MODULES_DEEP` calls in each other.
    """
    if depth > MAX_MODULES_DEEP:
        message = f"calls modules in more than {MAX_MODULES_DEEP} others"
        raise InvalidInputError(message, file=reading.file)
    module = reading.mapping(value, "a module of the configuration")
    blocks = [
        _block(one, reading) for one in reading.objects(module.get("resources"), "resources of the configuration")
    ]
    return Module(
        blocks={block.address: block for block in blocks},
        calls=_each(module.get("module_calls"), "module_calls", reading, lambda one: _call(one, reading, depth)),
        outputs=_each(module.get("outputs"), "outputs", reading, lambda one: expression(one.get("expression"))),
        defaults=_each(module.get("variables"), "variables", reading, lambda one: one.get("default")),
    )


def expression(value: Value) -> Expression:
    """An expression of plan JSON; one without value and references for what is none."""
    if not isinstance(value, Mapping):
        return Expression()
    references = value.get("references")
    texts = references if isinstance(references, list) else []
    return Expression(value.get("constant_value"), tuple(text for text in texts if isinstance(text, str)))


def is_expression(value: Value) -> bool:
    """Whether something among expressions is one, as opposed to a nested block (a mapping of more of them)."""
    return isinstance(value, Mapping) and (not value or "references" in value or "constant_value" in value)


def _block(value: Mapping[str, Value], reading: Reading) -> Block:
    mode, type_, name = (reading.text(value.get(key), f"the {key} of a resource") for key in ("mode", "type", "name"))
    for_each = value.get("for_each_expression")
    return Block(
        address=f"data.{type_}.{name}" if mode == "data" else f"{type_}.{name}",
        type=type_,
        provider=reading.text(value.get("provider_config_key"), "the provider_config_key of a resource"),
        expressions=reading.mapping(value.get("expressions"), "the expressions of a resource"),
        for_each=None if for_each is None else expression(for_each),
        has_instances=for_each is not None or value.get("count_expression") is not None,
    )


def _call(value: Mapping[str, Value], reading: Reading, depth: int) -> Call:
    arguments = reading.mapping(value.get("expressions"), "the expressions of a module call")
    for_each = value.get("for_each_expression")
    return Call(
        source=reading.text(value.get("source"), "the source of a module call"),
        arguments={name: expression(one) for name, one in arguments.items()},
        for_each=None if for_each is None else expression(for_each),
        module=read_module(value.get("module"), reading, depth + 1),
    )


def _each(value: Value, where: str, reading: Reading, read: Callable[[Mapping[str, Value]], Value]) -> dict[str, Value]:
    members = reading.mapping(value, f"{where} of a module")
    return {name: read(reading.mapping(one, f"a member of {where}")) for name, one in members.items()}

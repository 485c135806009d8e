"""The sections of a template, as far as they make resources; nothing in them is resolved yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.unknown import Value
from scanner.sources.cloudformation.parameters import Parameter, read_parameters
from scanner.sources.cloudformation.reading import Source
from scanner.sources.cloudformation.scope import Scope

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
INCLUDE = "Fn::Transform"


@dataclass(frozen=True, slots=True)
class Sections:
    """The parts of a template that make resources. `transforms` are the macros that the whole of it goes through."""

    source: Source
    parameters: Mapping[str, Parameter]
    mappings: Mapping[str, Value] = field(repr=False)
    conditions: Mapping[str, Value] = field(repr=False)
    resources: Mapping[str, Value] = field(repr=False)
    outputs: Mapping[str, Value] = field(repr=False)
    transforms: tuple[str, ...] = ()

    def scope(self, section: str) -> Scope:
        """The place of a section."""
        return Scope(self.source).at(section)

    @property
    def is_extended(self) -> bool:
        """Whether the functions of `AWS::LanguageExtensions` may be used."""
        return LANGUAGE_EXTENSIONS in self.transforms

    @property
    def macros(self) -> tuple[str, ...]:
        """The transforms that may rewrite the template or add to it in a way that cannot be followed."""
        included = [INCLUDE for part in (self.resources, self.mappings, self.conditions) if INCLUDE in part]
        return (*(name for name in self.transforms if name != LANGUAGE_EXTENSIONS), *included[:1])


def read_sections(source: Source) -> Sections:
    """The sections of a template. Raises `InvalidInputError` for parameters and transforms that are not well formed."""
    top = Scope(source)
    parts = {name: source.value.get(name, {}) for name in ("Mappings", "Conditions", "Resources", "Outputs")}
    return Sections(
        source,
        parameters=read_parameters(source.value.get("Parameters", {}), top.at("Parameters")),
        mappings=parts["Mappings"],
        conditions=parts["Conditions"],
        resources=parts["Resources"],
        outputs=parts["Outputs"],
        transforms=_transforms(source.value.get("Transform"), top.at("Transform")),
    )


def _transforms(value: Value, scope: Scope) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case str():
            return (value,)
        case {"Name": str(name)}:
            return (name,)
        case list():
            return tuple(name for number, item in enumerate(value) for name in _transforms(item, scope.at(number)))
    raise scope.error("Transform is the name of a macro, or a list of such")

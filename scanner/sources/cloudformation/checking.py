"""Whether all that a template refers to is there: CloudFormation refuses it otherwise, whichever case it is.

Also in branches that no case takes, so this goes by the text of the template alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from scanner.estate.schemas import nearest
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.references import Choice, Reference, mentions
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.sections import INCLUDE
from scanner.sources.cloudformation.values import PSEUDO_PARAMETERS

_LONGEST_TYPE = 255


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, an output or a condition as the template has it: a member of a section, in or out of a loop."""

    name: str
    value: Value = field(repr=False)
    scope: Scope = field(repr=False)

    @property
    def type(self) -> str:
        """The type of a resource."""
        type_ = self.value.get("Type")
        return self.scope.filled(type_) if isinstance(type_, str) else ""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may be referred to. `is_open` says that something else may declare more of them."""

    parameters: Collection[str]
    resources: Collection[str]
    conditions: Collection[str]
    is_open: bool


def check_conditions(conditions: Mapping[str, Entry], names: Names) -> dict[str, list[str]]:
    """Which conditions each condition asks. Raises `InvalidInputError` for one that refers to nothing."""
    asks: dict[str, list[str]] = {}
    for name, entry in conditions.items():
        asks[name] = []
        for mention in mentions(entry.value, entry.scope, in_condition=True):
            if isinstance(mention, Choice):
                _check_mention(mention, names)
                asks[name].append(mention.condition)
            elif mention.attribute or mention.name in names.resources:
                hint = "what a resource is called is not known when conditions are decided"
                raise mention.scope.error(f"a condition cannot refer to the resource {mention.name[:255]}", hint=hint)
            else:
                check_reference(mention, names)
    return asks


def check_resources(
    resources: Mapping[str, Entry], names: Names, truths: Mapping[str, bool | Unknown]
) -> dict[str, dict[str, Scope]]:
    """Which resources each resource needs first when conditions are so, and where it says so.

    Raises `InvalidInputError` for one that refers to nothing, whatever the conditions are.
    """
    needs: dict[str, dict[str, Scope]] = {}
    for name, entry in resources.items():
        _check_form(entry)
        _check_members(entry, names)
        needed = dict.fromkeys(depends_on(entry), entry.scope.at("DependsOn"))
        for mention in mentions(entry.value.get("Properties"), entry.scope.at("Properties"), truths=truths):
            _check_mention(mention, names)
            if isinstance(mention, Reference) and mention.is_taken and mention.name in resources:
                needed.setdefault(mention.name, mention.scope)
        needs[name] = needed
    return needs


def check_outputs(outputs: Mapping[str, Entry], names: Names) -> None:
    """Raises `InvalidInputError` for an output that refers to nothing, or has no value."""
    for name, entry in outputs.items():
        if not isinstance(entry.value, dict) or "Value" not in entry.value:
            raise entry.scope.error(f"the output {name} has no Value")
        _check_members(entry, names)
        for mention in mentions(entry.value, entry.scope):
            _check_mention(mention, names)


def depends_on(entry: Entry) -> Sequence[str]:
    """The resources that a resource is made after. Raises `InvalidInputError` unless they are names."""
    names = entry.value.get("DependsOn", [])
    scope = entry.scope.at("DependsOn")
    names = names if isinstance(names, list) else [names]
    if not all(isinstance(name, str) for name in names):
        raise scope.error("DependsOn is the name of a resource, or a list of such")
    return [entry.scope.filled(name) for name in names]


def check_choice(condition: str, scope: Scope, names: Names) -> None:
    """Raises `InvalidInputError` for a condition that is not declared."""
    if condition not in names.conditions and not names.is_open:
        raise scope.error(f"there is no condition {condition[:255]}", hint=nearest(condition, names.conditions))


def check_reference(reference: Reference, names: Names) -> None:
    """Raises `InvalidInputError` for a reference to a name that is not declared, with the nearest one that is."""
    name = reference.name
    if name in names.resources or names.is_open:
        return
    if reference.attribute and name in names.parameters:
        raise reference.scope.error(f"{name} is a parameter, and only resources have attributes", hint="use Ref")
    if not reference.attribute and (name in names.parameters or name in PSEUDO_PARAMETERS):
        return
    known = [*names.resources, *(() if reference.attribute else (*names.parameters, *PSEUDO_PARAMETERS))]
    what = "no resource" if reference.attribute else "neither a resource nor a parameter"
    raise reference.scope.error(f"refers to {name[:255]}, which is {what}", hint=nearest(name, known))


def _check_form(entry: Entry) -> None:
    """The form of a resource; one that a macro is called in may lack what the macro gives."""
    if not isinstance(entry.value, dict):
        raise entry.scope.error(f"the resource {entry.name} is no mapping")
    if not 0 < len(entry.type) <= _LONGEST_TYPE and INCLUDE not in entry.value:
        raise entry.scope.error(f"the resource {entry.name} has no Type")
    if not isinstance(entry.value.get("Properties", {}), dict):
        raise entry.scope.at("Properties").error(f"Properties of {entry.name} are no mapping")


def _check_members(entry: Entry, names: Names) -> None:
    """The parts of a resource or output beside its properties and value."""
    condition = entry.value.get("Condition")
    if isinstance(condition, str):
        check_choice(entry.scope.filled(condition), entry.scope.at("Condition"), names)
    for name in depends_on(entry):
        if name not in names.resources and not names.is_open:
            hint = nearest(name, names.resources)
            raise entry.scope.at("DependsOn").error(
                f"{entry.name} depends on {name[:255]}, which is no resource", hint=hint
            )
    for mention in chain.from_iterable(_in_attributes(entry)):
        _check_mention(mention, names)


def _in_attributes(entry: Entry) -> Iterator[Iterator[Reference | Choice]]:
    for key, value in entry.value.items():
        if key not in ("Type", "Properties", "Value", "Export") and isinstance(value, dict | list):
            yield mentions(value, entry.scope.at(key))


def _check_mention(mention: Reference | Choice, names: Names) -> None:
    if isinstance(mention, Choice):
        # The name may be one that a loop makes.
        if "{" not in mention.condition:
            check_choice(mention.condition, mention.scope, names)
    else:
        check_reference(mention, names)

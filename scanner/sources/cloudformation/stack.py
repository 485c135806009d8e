"""One CloudFormation stack in one concrete case and place, resolved: nobody downstream ever sees an intrinsic function.

What cannot be resolved is Unknown at its place, with a reason for people. What CloudFormation itself would refuse
whatever the parameters are (a reference to nothing, a circle, a function with the wrong arguments) is an error with
file and line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scanner.cycles import unsearched
from scanner.estate.estate import Unseen
from scanner.estate.resource import Location
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.cases import variables_of
from scanner.sources.cloudformation.checking import Entry
from scanner.sources.cloudformation.children import STACK, child
from scanner.sources.cloudformation.functions import NO_VALUE
from scanner.sources.cloudformation.parameters import check_given
from scanner.sources.cloudformation.reading import Source
from scanner.sources.cloudformation.resolution import Resolution, Surroundings
from scanner.sources.cloudformation.sections import read_sections
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.cloudformation.unshown import is_shown, unseen_of
from scanner.sources.cloudformation.values import Values
from scanner.sources.cloudformation.work import Work
from scanner.sources.declared import Deployment, Exports, Variable


@dataclass(frozen=True, slots=True)
class ResolvedResource:
    """A resource that would exist, every value of it resolved.

    `properties` is a dict, never None. `attributes` is what stands beside them (Metadata, DeletionPolicy,
    UpdateReplacePolicy, DependsOn, ...), resolved, too; Type, Properties and Condition are not among them. `path` is
    the resource's place in its source: for one that `Fn::ForEach` made, the place of the loop's body.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Value]
    attributes: Mapping[str, Value]
    location: Location
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """What a template would make in one case and place.

    `resources` are those of this template alone, those of conditions that are false left out; `nested` are the stacks
    whose templates were at hand, each with a source and a deployment of its own. `outputs` are by name. `exports` are
    by export name, those of nested stacks among them. `unseen` and `messages` are of this template alone.
    """

    source: Source
    deployment: Deployment
    resources: tuple[ResolvedResource, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    exports: Mapping[str, Value] = field(default_factory=dict)
    nested: tuple["Stack", ...] = ()
    unseen: tuple[Unseen, ...] = ()
    messages: tuple[str, ...] = ()


def resolve(source: Source, deployment: Deployment, exports: Exports) -> Stack:
    """The stack that the template makes there.

    Raises `InvalidInputError` for what can never be deployed, for parameters that the template does not take, and for
    a template that takes too much work.
    """
    with unsearched():
        return _stack(_opened(source, deployment, exports))


def variables(source: Source, deployment: Deployment) -> tuple[Variable, ...]:
    """What its conditions hang on and nothing decides, most important first; see `cases.variables_of`.

    Those of nested stacks are named `Nested.Parameter` and `Nested.Condition`. Raises as `resolve` does.
    """
    with unsearched():
        return variables_of(_opened(source, deployment, {}))


def _opened(source: Source, deployment: Deployment, exports: Exports) -> Resolution:
    sections = read_sections(source)
    check_given(sections.parameters, deployment.parameters, sections.scope("Parameters"))
    values = Values(sections.parameters, deployment, deployment.parameters)
    return Resolution(sections, values, Surroundings(exports, Work(), (deployment.file.resolve(),)))


def _stack(resolution: Resolution) -> Stack:
    resolution.complete()
    entries = [entry for entry in resolution.resources.values() if is_shown(resolution, entry)]
    resources = tuple(_resource(resolution, entry) for entry in entries)
    nested = tuple(_stack(each) for entry in entries if (each := _nested(resolution, entry)) is not None)
    outputs = dict(_outputs(resolution))
    exports = {name: value for each in nested for name, value in each.exports.items()}
    return Stack(
        source=resolution.sections.source,
        deployment=resolution.deployment,
        resources=resources,
        outputs=outputs,
        exports=exports | dict(_exports(resolution, outputs)),
        nested=nested,
        unseen=tuple(unseen_of(resolution)),
        messages=tuple(dict.fromkeys((*resolution.sections.source.messages, *resolution.messages))),
    )


def _resource(resolution: Resolution, entry: Entry) -> ResolvedResource:
    properties = resolution.properties(entry)
    assert not isinstance(properties, Unknown)
    beside = {
        name: resolution.resolve(value, entry.scope.at(name))
        for name, value in entry.value.items()
        if name not in ("Type", "Properties", "Condition")
    }
    source, path = entry.scope.source, entry.scope.path
    return ResolvedResource(
        entry.name,
        entry.type,
        dict(properties),
        {name: value for name, value in beside.items() if value is not NO_VALUE},
        Location(source.file, source.line_of(path), source.end_line_of(path)),
        path,
    )


def _nested(resolution: Resolution, entry: Entry) -> Resolution | None:
    found = child(resolution, entry) if entry.type == STACK else None
    return found if isinstance(found, Resolution) else None


def _outputs(resolution: Resolution) -> Iterator[tuple[str, Value]]:
    for name, entry in resolution.outputs.items():
        exists = resolution.exists(entry)
        if exists is not False:
            value = exists if isinstance(exists, Unknown) else resolution.output(entry)
            if value is not NO_VALUE:
                yield name, value


def _exports(resolution: Resolution, outputs: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for name, value in outputs.items():
        entry = resolution.outputs[name]
        export = entry.value.get("Export")
        if isinstance(export, dict) and "Name" in export:
            exported = as_text(resolution.resolve(export["Name"], entry.scope.at("Export").at("Name")))
            if exported is not None:
                yield exported, value

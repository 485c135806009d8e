"""One CloudFormation stack in one concrete case and place, resolved: nobody downstream ever sees an intrinsic function.

What cannot be resolved is Unknown at its place, with a reason for people. What CloudFormation itself would refuse
whatever the parameters are (a reference to nothing, a circle, a function with the wrong arguments) is an error with
file and line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.estate.estate import Unseen
from scanner.estate.resource import Location
from scanner.estate.unknown import Value
from scanner.sources.declared import Deployment, Exports, Variable

if TYPE_CHECKING:
    from scanner.sources.cloudformation.reading import Source


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

    source: "Source"
    deployment: Deployment
    resources: tuple[ResolvedResource, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    exports: Mapping[str, Value] = field(default_factory=dict)
    nested: tuple["Stack", ...] = ()
    unseen: tuple[Unseen, ...] = ()
    messages: tuple[str, ...] = ()


def resolve(source: "Source", deployment: Deployment, exports: Exports) -> Stack:
    """The stack that the template makes there. Raises `InvalidInputError` for what can never be deployed."""
    raise NotImplementedError


def variables(source: "Source", deployment: Deployment) -> tuple[Variable, ...]:
    """What its conditions hang on and nothing decides; those of nested stacks are named `Nested.Parameter`."""
    raise NotImplementedError

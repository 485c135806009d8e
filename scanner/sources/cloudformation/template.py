"""A CloudFormation template as a source of resources: opened once, declared in as many places and cases as needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.sources.cloudformation.literals import Literals
from scanner.sources.cloudformation.reading import Source, read_source
from scanner.sources.cloudformation.resources import declared
from scanner.sources.cloudformation.stack import resolve, variables
from scanner.sources.cloudformation.waivers import check_waivers
from scanner.sources.declared import Declared, Deployment, Exports, Variable


@dataclass(frozen=True)
class CloudFormationTemplate:
    """A template that was read and is well formed; see `scanner.sources.declared.Template`."""

    source: Source
    _literals: dict[str, Literals] = field(default_factory=dict, repr=False, compare=False)

    def variables(self, deployment: Deployment) -> Sequence[Variable]:
        """What decides and is not decided, most important first."""
        return variables(self.source, deployment)

    def declare(self, deployment: Deployment, exports: Exports) -> Declared:
        """What it would make there. Raises `InvalidInputError` for what can never be deployed."""
        return declared(resolve(self.source, deployment, exports), self._literals)


def open_template(file: Path) -> CloudFormationTemplate:
    """The template in a file. Raises `InvalidInputError`, with file and line, for what is no template, and for waivers
    in it that are not as they should be."""
    source = read_source(file)
    check_waivers(source)
    return CloudFormationTemplate(source)

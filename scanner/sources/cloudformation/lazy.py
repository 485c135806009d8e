"""Properties of a resource, each resolved when it is asked for and not before.

A reference to a bucket needs the bucket's name and nothing else of it; resolving the rest might lead back to where the
reference stands.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.estate.unknown import Value
from scanner.sources.cloudformation.functions import NO_VALUE
from scanner.sources.cloudformation.scope import Scope

Members = Mapping[str, tuple[Value, Scope]]


@dataclass(slots=True)
class LazyProperties(Mapping[str, Value]):
    """A mapping of resolved values; those that are `AWS::NoValue` are not in it."""

    members: Members
    resolve: Callable[[str, Value, Scope], Value] = field(repr=False)
    _found: dict[str, Value] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        if name not in self._found:
            value, scope = self.members[name]
            self._found[name] = self.resolve(name, value, scope)
        if self._found[name] is NO_VALUE:
            raise KeyError(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.members if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

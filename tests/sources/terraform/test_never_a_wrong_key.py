"""Whatever an expression does, the key that it is taken for is the one that it evaluates to, or unknown.

Expressions are made up here with what they evaluate to, and turned into what plan JSON shows of them: references.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from terraform_plan import Json, Made, plan, refer

from scanner.estate.unknown import Unknown
from scanner.sources.declared import Deployment
from scanner.sources.terraform.template import open_plan

HERE = Deployment(Path("plan.json"), Path("/nowhere"), "111111111111", "us-east-1")
KEYS = ("a", "b")


@dataclass
class Configuration:
    """What is written down besides the expression itself: arguments and outputs of modules, by number."""

    arguments: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """An expression in a module: the references that it makes there, and the key that it evaluates to."""

    references: list[str]
    key: str


Writer: TypeAlias = Callable[[Configuration], Written]
"""Writes an expression of the root module down."""


def direct(key: str) -> Writer:
    return lambda _: Written([f"aws_kms_key.{key}.arn"], key)


def through_local(inner: Writer) -> Writer:
    return lambda made: Written(["local.key"], inner(made).key)


def chosen(condition: str, first: bool, one: Writer, other: Writer) -> Writer:
    def write(made: Configuration) -> Written:
        yes, no = one(made), other(made)
        return Written([condition, *yes.references, *no.references], (yes if first else no).key)

    return write


def tried(inner: Writer) -> Writer:
    """With an instance first that there is none of."""

    def write(made: Configuration) -> Written:
        written = inner(made)
        return Written(["aws_kms_external_key.none[0].arn", *written.references], written.key)

    return write


def coalesced(one: Writer, other: Writer) -> Writer:
    def write(made: Configuration) -> Written:
        first, rest = one(made), other(made)
        return Written([*first.references, *rest.references], first.key)

    return write


def returned(inner: Writer, member: str, beside: str) -> Writer:
    """Passed into a module, perhaps as a member of an object with something else, and given back by its output."""

    def write(made: Configuration) -> Written:
        written = inner(made)
        name = f"v{len(made.arguments)}"
        made.arguments[name] = [*written.references, *([beside] if member and beside else [])]
        made.outputs[name] = [f"var.{name}{member}"]
        return Written([f"module.pass.{name}"], written.key)

    return write


def unfolded(inner: st.SearchStrategy[Writer]) -> st.SearchStrategy[Writer]:
    conditions = st.sampled_from(["var.flag", "local.flag", "aws_s3_bucket.b.id"])
    besides = st.sampled_from(["", "aws_s3_bucket.b.arn", "aws_kms_key.b.arn", "local.x", "aws_ssm_parameter.p.value"])
    return st.one_of(
        st.builds(through_local, inner),
        st.builds(chosen, conditions, st.booleans(), inner, inner),
        st.builds(tried, inner),
        st.builds(coalesced, inner, inner),
        st.builds(returned, inner, st.sampled_from(["", ".key"]), besides),
    )


EXPRESSIONS = st.recursive(st.sampled_from([direct(key) for key in KEYS]), unfolded, max_leaves=4)


def taken(references: list[str], made: Configuration) -> object:
    later: Json = {"arn": True, "id": True}
    keys = [Made(f"aws_kms_key.{key}", {}, {**later, "key_id": True}) for key in KEYS]
    others = [
        Made("aws_s3_bucket.b", {}, later),
        Made("aws_ssm_parameter.p", {}, {"value": True}),
        Made("aws_kms_external_key.none", key=0, actions=("delete",)),
    ]
    taker = Made("aws_s3_bucket_object.o", {}, {"kms_key_id": True}, {"kms_key_id": refer(*references)})
    arguments = {name: refer(*given) for name, given in made.arguments.items()}
    outputs = {name: refer(*given) for name, given in made.outputs.items()}
    calls = {"module.pass": {"source": "./pass", "expressions": arguments, "outputs": outputs}}
    value = plan(*keys, *others, taker, calls=calls, variables={"flag": True})
    planned = {one.address: one for one in open_plan(HERE.file, value).planned(HERE)}
    return planned[taker.address].values["kms_key_id"]


@settings(max_examples=300)
@given(writer=EXPRESSIONS)
def test_a_key_is_the_right_one_or_unknown(writer: Writer) -> None:
    made = Configuration()
    written = writer(made)
    found = taken(written.references, made)
    assert (
        isinstance(found, Unknown) or found == f"arn:aws:kms:us-east-1:111111111111:key/{{aws_kms_key.{written.key}}}"
    )


def test_and_it_is_told_where_there_is_no_doubt() -> None:
    for writer in (direct("a"), tried(direct("a")), returned(direct("a"), ".key", "aws_s3_bucket.b.arn")):
        made = Configuration()
        assert isinstance(taken(writer(made).references, made), str)

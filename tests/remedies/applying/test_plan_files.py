"""Plans as files: for their owner alone, checked to the last letter, and only such as drscan would make."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from twelve_steps import World, twelve_steps

from scanner.errors import InvalidInputError
from scanner.remedies.plan_file import read_plan, write_plan
from scanner.remedies.step import Plan

WORLD = World("111111111111", "222222222222", "orders")
Document = dict[str, Any]
Edit = Callable[[Document], object]


@pytest.fixture
def plan() -> Plan:
    return twelve_steps(WORLD)


@pytest.fixture
def file(plan: Plan, tmp_path: Path) -> Path:
    made = tmp_path / "plan.json"
    write_plan(plan, made)
    return made


def sealed(document: Document) -> Document:
    """The document with the digest and checksum that its contents have: what a clever hand would do."""
    state = [[one["target"]["type"], one["target"]["arn"], one["property"], one["before"]] for one in document["steps"]]
    rest = {name: part for name, part in document.items() if name != "checksum"}
    rest["digest"] = sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
    return {**rest, "checksum": sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()}


def refusal(file: Path) -> str:
    with pytest.raises(InvalidInputError) as raised:
        read_plan(file)
    assert raised.value.file == str(file)
    return raised.value.message


def test_what_is_written_is_what_is_read(plan: Plan, file: Path) -> None:
    assert read_plan(file) == plan
    assert file.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_through_a_link(plan: Plan, tmp_path: Path) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / "link"
    elsewhere.write_text("theirs")
    link.symlink_to(elsewhere)
    with pytest.raises(InvalidInputError, match="symbolic link"):
        write_plan(plan, link)
    assert elsewhere.read_text() == "theirs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "link"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no plan that drscan made"),
        (b"null", "no plan that drscan made"),
        (b'{"drscan_plan": 2}', "no plan that drscan made"),
        (b'{"steps": [], "steps": []}', "not JSON"),
        (b'{"drscan_plan": NaN}', "not JSON"),
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "nested"),
        (b"1" * 10_000, "not JSON"),
    ],
    ids=str,
)
def test_what_is_no_plan(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    assert says in refusal(file)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "missing")
    assert "no plain file" in refusal(Path("/dev/zero"))
    os.mkfifo(tmp_path / "pipe")
    assert "no plain file" in refusal(tmp_path / "pipe")


def test_a_plan_has_a_largest_size(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    assert refusal(file) == "is larger than 32 MiB"


EDITS: dict[str, Edit] = {
    "another policy": lambda document: document["steps"][8]["after"].update(Id="x"),
    "a finding less": lambda document: document.update(fixes=[{"rule": "a", "fingerprint": "b"}]),
    "a need less": lambda document: document["steps"][4].update(needs=[]),
    "another day": lambda document: document.update(created="2027-01-01T00:00:00Z"),
    "another digest": lambda document: document.update(digest="0" * 64),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_plan_that_was_edited(file: Path, edit: Edit) -> None:
    document = json.loads(file.read_text())
    edit(document)
    file.write_text(json.dumps(document))
    assert "was changed after it was made" in refusal(file)


def swap(document: Document, one: int, other: int) -> None:
    steps = document["steps"]
    steps[one], steps[other] = steps[other], steps[one]
    for number, each in enumerate(steps, 1):
        each.update(id=f"{number:02d}", needs=[])


CLEVER: dict[str, tuple[Edit, str]] = {
    "less safe than it says": (
        lambda d: d["steps"][4].update(safety="safe"),
        "step 05 is review, and says that it is safe",
    ),
    "a lock for ever": (
        lambda d: d["steps"][4]["after"]["Rule"]["DefaultRetention"].update(Mode="COMPLIANCE"),
        "step 05 is irreversible, and says that it is review",
    ),
    "another operation": (lambda d: d["steps"][3].update(operations=["s3:GetObject"]), "says something else"),
    "another action": (lambda d: d["steps"][3].update(actions=["s3:GetObject"]), "says something else"),
    "a quieter note": (lambda d: d["steps"][0].update(undoing=""), "does not say what it may interrupt"),
    "another account": (lambda d: d["steps"][5]["target"].update(account="333333333333"), "not of its name and place"),
    "another region": (lambda d: d["steps"][0]["target"].update(region="us-east-1"), "not of its name and place"),
    "another service": (
        lambda d: d["steps"][0]["target"].update(arn=d["steps"][0]["target"]["arn"].replace(":kms:", ":iam:")),
        "not of its name and place",
    ),
    "another bucket than it is called": (
        lambda d: d["steps"][3]["target"].update(name="somebody-elses"),
        "not of its name and place",
    ),
    "the end of another's name": (
        lambda d: d["steps"][3]["target"].update(name="data", arn="arn:aws:s3:::orders-data"),
        "not of its name and place",
    ),
    "made under another name": (
        lambda d: d["steps"][5]["after"].update(RoleName="admin"),
        "another resource than its own",
    ),
    "unknown property": (lambda d: d["steps"][3].update(property="AccessControl"), "does not write"),
    "unknown type": (lambda d: d["steps"][3]["target"].update(type="AWS::EC2::Instance"), "does not write"),
    "something removed": (lambda d: d["steps"][2].update(before={}, after=None), "in a way that drscan does not"),
    "something made with more": (
        lambda d: d["steps"][0]["after"].update(KeySpec="RSA_2048"),
        "in a way that drscan does not",
    ),
    "nothing changed": (lambda d: d["steps"][3].update(after={"Status": "Suspended"}), "changes nothing"),
    "what is not known": (lambda d: d["steps"][3].update(before={"$unknown": "AccessDenied"}), "never changed"),
    "what is not known inside": (
        lambda d: d["steps"][10]["after"]["Rules"].append({"$unknown": "AccessDenied"}),
        "never changed",
    ),
    "of the wrong shape": (lambda d: d["steps"][3].update(after={"Status": ["Enabled"]}), "does not have"),
    "of the wrong kind": (lambda d: d["steps"][8].update(after="{}"), "does not have"),
    "a member too many": (lambda d: d["steps"][3]["after"].update(MFADelete="Enabled"), "does not have"),
    "an unknown need": (lambda d: d["steps"][3].update(needs=["12"]), "does not come before it"),
    "itself": (lambda d: d["steps"][3].update(needs=["04"]), "does not come before it"),
    "out of order": (lambda d: d["steps"].reverse(), "is out of order"),
    "replication before versioning": (lambda d: swap(d, 3, 10), "comes before what has to be done first"),
    "twice": (
        lambda d: d["steps"].insert(4, {**d["steps"][3], "id": "05"}) or renumbered(d),
        "changes what an earlier",
    ),
    "another schema": (lambda d: d.update(drscan_plan=2), "no plan that drscan made"),
    "a key too many": (lambda d: d["steps"][3].update(shell="rm -rf /"), "no plan that drscan made"),
    "a path": (lambda d: d["steps"][3].update(id="../../x"), "no plan that drscan made"),
    "steps beyond number": (lambda d: d.update(steps=d["steps"] * 1000), "too many entries"),
}


def renumbered(document: Document) -> None:
    for number, each in enumerate(document["steps"], 1):
        each.update(id=f"{number:02d}", needs=[])


@pytest.mark.parametrize(("edit", "says"), CLEVER.values(), ids=CLEVER)
def test_a_plan_that_drscan_would_not_make(file: Path, edit: Edit, says: str) -> None:
    document = json.loads(file.read_text())
    edit(document)
    file.write_text(json.dumps(sealed(document)))
    assert says in refusal(file)


def test_a_plan_sealed_anew_without_a_change_is_the_plan(plan: Plan, file: Path) -> None:
    file.write_text(json.dumps(sealed(json.loads(file.read_text()))))
    assert read_plan(file) == plan

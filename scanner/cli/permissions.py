"""`drscan permissions`: the least-privilege policies that a scan, a plan, or a drill needs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from scanner.cli.options import FILE, estate_option, rule_options
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity


@click.command()
@estate_option
@rule_options
@click.option("--fix", is_flag=True, help="The policy of another role: the one that applies plans and undoes them.")
@click.option("--plan", "file", type=FILE, metavar="FILE", help="With --fix: just what this plan needs, by account.")
@click.option(
    "--drill", "buckets", nargs=2, metavar="SOURCE COPY", help="The policies for a drill from bucket to bucket."
)
@click.option("--trust", metavar="ACCOUNT", help="Also the trust policy of the role, for a scanner in this account.")
@click.option("--external-id", metavar="ID", help="The ExternalId that the trust policy asks for.")
@click.option("--partition", type=click.Choice(["aws", "aws-cn", "aws-us-gov"]), help="Default: that of the estate.")
def permissions(
    intent: Intent,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    fix: bool,
    file: Path | None,
    buckets: tuple[str, str] | None,
    trust: str | None,
    external_id: str | None,
    partition: str | None,
) -> None:
    """Print the least-privilege policy that a scan with the same rules needs.

    It follows from the tables that make the calls, so it is exact. With --trust, an object of two policies is printed:
    one for the role's permissions and one for who may assume it. The auditor's role never writes: applying plans takes
    a role of its own, whose policy --fix prints.

    \b
    Examples:
      drscan permissions > drscan-policy.json
      drscan permissions --rule bucket-versioning-enabled
      drscan permissions --trust 111122223333 --external-id a-secret-of-ours
      drscan permissions --fix --plan plan.json
      drscan permissions --drill orders-data orders-dr
    """
    if file is not None and not fix:
        raise click.UsageError("--plan FILE goes with --fix")
    if fix and buckets:
        raise click.UsageError("--fix and --drill are for roles of their own: ask for one at a time")
    where = partition or intent.partition
    if buckets:
        policies = _of_drill(*buckets, intent, where)
    elif file is not None:
        policies = _of_plan(file, intent, folders, where)
    else:
        policies = {"": _policy(intent, folders, ids, severity, where, fix=fix)}
    printed = {name: _trusted(policy, trust, external_id, where) for name, policy in policies.items()}
    _tell_of_length(policies)
    click.echo(json.dumps(printed.get("", printed), indent=2))


def _policy(
    intent: Intent,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    where: str,
    *,
    fix: bool,
) -> dict[str, Any]:
    """The auditor's policy, or that of whoever applies: it reads what the rules with a remedy look at."""
    from scanner import audit
    from scanner.remedies.permissions import fix_permissions
    from scanner.sources.aws.permissions import permissions_for

    asked = audit.question(intent, folders, ids, severity)
    if fix:
        asked = replace(asked, rules=tuple(rule for rule in asked.rules if rule.remedy))
    return (fix_permissions if fix else permissions_for)(
        asked.needs,
        where,
        assume=tuple(account.role for account in intent.accounts if account.role),
        discover=bool(intent.organization and intent.organization.discover),
        every_region=any(not account.regions for account in intent.accounts),
    )


def _of_plan(file: Path, intent: Intent, folders: tuple[Path, ...], where: str) -> dict[str, dict[str, Any]]:
    from scanner import audit
    from scanner.remedies.permissions import plan_permissions
    from scanner.remedies.plan_file import read_plan
    from scanner.remedies.rejudging import served_question

    plan = read_plan(file)
    asked = served_question(audit.question(intent, folders), plan)
    every_region = any(not account.regions for account in intent.accounts)
    return plan_permissions(plan, asked.needs, where, every_region=every_region)


def _of_drill(source: str, copy: str, intent: Intent, where: str) -> dict[str, dict[str, Any]]:
    from scanner import audit
    from scanner.cli.drill import RULE
    from scanner.drill.permissions import drill_permissions

    return drill_permissions(source, copy, audit.question(intent, ids=(RULE,)).needs, where)


def _trusted(policy: dict[str, Any], trust: str | None, external_id: str | None, where: str) -> dict[str, Any]:
    from scanner.sources.aws.permissions import trust_policy

    if trust is None:
        _no_stray_external_id(external_id)
        return policy
    if not (trust.isdigit() and len(trust) == 12):
        raise click.BadParameter("expected the twelve digits of an account", param_hint="--trust")
    return {"PermissionsPolicy": policy, "TrustPolicy": trust_policy(trust, external_id, where)}


def _tell_of_length(policies: dict[str, dict[str, Any]]) -> None:
    from scanner.sources.aws.permissions import LONGEST, size

    for name, policy in policies.items():
        if size(policy) > LONGEST:
            which = f"the policy for {name}" if name else "the policy"
            click.echo(f"drscan: {which} has {size(policy)} characters, a managed one {LONGEST}: split it", err=True)


def _no_stray_external_id(external_id: str | None) -> None:
    if external_id is not None:
        raise click.UsageError("--external-id goes with --trust ACCOUNT")

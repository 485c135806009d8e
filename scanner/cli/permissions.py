"""`drscan permissions`: the least-privilege policy that a scan needs."""

import json
from pathlib import Path

import click

from scanner.cli.options import estate_option, rule_options
from scanner.estate.intent import Intent
from scanner.estate.verdict import Severity


@click.command()
@estate_option
@rule_options
@click.option("--trust", metavar="ACCOUNT", help="Also the trust policy of the role, for a scanner in this account.")
@click.option("--external-id", metavar="ID", help="The ExternalId that the trust policy asks for.")
@click.option("--partition", type=click.Choice(["aws", "aws-cn", "aws-us-gov"]), help="Default: that of the estate.")
def permissions(
    intent: Intent,
    folders: tuple[Path, ...],
    ids: tuple[str, ...],
    severity: Severity | None,
    trust: str | None,
    external_id: str | None,
    partition: str | None,
) -> None:
    """Print the least-privilege policy that a scan with the same rules needs.

    It follows from the tables that make the calls, so it is exact. With --trust, an object of two policies is printed:
    one for the role's permissions and one for who may assume it.

    \b
    Examples:
      drscan permissions > drscan-policy.json
      drscan permissions --rule bucket-versioning-enabled
      drscan permissions --trust 111122223333 --external-id a-secret-of-ours
    """
    from scanner import audit
    from scanner.sources.aws.permissions import permissions_for, trust_policy

    asked = audit.question(intent, folders, ids, severity)
    where = partition or intent.partition
    policy = permissions_for(
        asked.needs,
        where,
        assume=tuple(account.role for account in intent.accounts if account.role),
        discover=bool(intent.organization and intent.organization.discover),
        every_region=any(not account.regions for account in intent.accounts),
    )
    if trust is None:
        _no_stray_external_id(external_id)
        click.echo(json.dumps(policy, indent=2))
        return
    if not (trust.isdigit() and len(trust) == 12):
        raise click.BadParameter("expected the twelve digits of an account", param_hint="--trust")
    both = {"PermissionsPolicy": policy, "TrustPolicy": trust_policy(trust, external_id, where)}
    click.echo(json.dumps(both, indent=2))


def _no_stray_external_id(external_id: str | None) -> None:
    if external_id is not None:
        raise click.UsageError("--external-id goes with --trust ACCOUNT")

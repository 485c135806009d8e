"""What organizations set above accounts: SCPs over their principals, RCPs over their resources, level by level."""

from dataclasses import dataclass
from typing import TypeAlias

from scanner.policy.statements import PolicyKind, Question
from scanner.policy.survey import Policies, Survey, survey, weakened
from scanner.policy.truth import Truth, Unseen

# RCPs reach the resources of these services only, and have no effect on others. The list grows: look it up again.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html (2026-09)
_RCP_SERVICES = frozenset(
    (
        *("aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory"),
        *("cloudfront", "cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline"),
        *("cognito-identity", "cognito-idp", "comprehend", "comprehendmedical", "compute-optimizer"),
        *("cost-optimization-hub", "dax", "dsql", "dynamodb", "ecr", "ecr-public", "events", "firehose", "fis"),
        *("fms", "gamelift", "health", "inspector-scan", "kendra", "kinesisvideo", "kms", "logs", "memorydb"),
        *("networkmonitor", "notifications", "opensearch", "pca-connector-ad", "personalize", "polly", "pricing"),
        *("resource-groups", "rolesanywhere", "s3", "secretsmanager", "servicediscovery", "signin", "sqs", "sts"),
        *("support", "swf", "textract", "timestream-influxdb", "transcribe", "transfer", "translate", "wafv2"),
        *("workspaces", "xray"),
    )
)
# Same page, and https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html (2026-11)
_RCP_FREE = frozenset({"kms:retiregrant"})


@dataclass(frozen=True, slots=True)
class Level:
    """What is attached to one root, organizational unit or account; `name` is shown to people (`ou-abc`)."""

    name: str
    policies: Policies


Levels: TypeAlias = tuple[Level | Unseen, ...] | Unseen
"""Levels from the organization's root down to the account; () where no such policies apply."""


def survey_scps(levels: Levels, question: Question, management_account: str | None) -> tuple[Survey, ...]:
    """What SCPs say, a survey for each level. They bind the principals of member accounts, root users included, but
    no service-linked role.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html (2026-11)
    """
    exempt = question.caller.is_service_linked_role
    if exempt is True or question.caller.account == management_account:
        return ()
    return _survey_levels(levels, PolicyKind.SCP, question, exempt)


def survey_rcps(
    levels: Levels, question: Question, management_account: str | None, resource_account: str | Unseen
) -> tuple[Survey, ...]:
    """What RCPs say. They bind whoever reaches for a resource of a member account: principals of other accounts,
    root users, AWS services; no service-linked role. On services that AWS does not list they have no effect.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html (2026-09); that AWS
    services are bound shows in that guide's example against confused deputies, which denies them.
    """
    exempt = question.caller.is_service_linked_role
    is_reached = question.action.partition(":")[0] in _RCP_SERVICES and question.action not in _RCP_FREE
    if exempt is True or not is_reached:
        return ()
    if management_account is not None:
        if resource_account == management_account:
            return ()
        exempt = resource_account if isinstance(resource_account, Unseen) else exempt
    return _survey_levels(levels, PolicyKind.RCP, question, exempt)


def _survey_levels(levels: Levels, kind: PolicyKind, question: Question, exempt: Truth) -> tuple[Survey, ...]:
    found = []
    for level in (levels,) if isinstance(levels, Unseen) else levels:
        policies, place = (level, "") if isinstance(level, Unseen) else (level.policies, level.name)
        asked = survey(policies, kind, question, place)
        found.append(weakened(asked, exempt) if isinstance(exempt, Unseen) else asked)
    return tuple(found)

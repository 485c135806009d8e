"""Plans as people and other programs read them: text, JSON, an AWS CLI script, CloudFormation, Terraform."""

from collections.abc import Callable
from importlib import import_module

from scanner.remedies.step import Plan

_FORMS = {
    "text": "scanner.remedies.shown.text",
    "json": "scanner.remedies.shown.as_json",
    "cli": "scanner.remedies.shown.aws_cli",
    "cloudformation": "scanner.remedies.shown.cloudformation",
    "terraform": "scanner.remedies.shown.terraform",
}


def shown(plan: Plan, form: str, *, color: bool = False) -> str:
    """The plan in one of the forms `text`, `json`, `cli`, `cloudformation` and `terraform`, inert for a terminal.

    `color` is for text alone.
    """
    show: Callable[..., str] = import_module(_FORMS[form]).show
    return show(plan, color=color)

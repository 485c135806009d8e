"""A plan as its file has it."""

import json

from scanner.remedies.plan_file import plan_document
from scanner.remedies.step import Plan


def show(plan: Plan, *, color: bool = False) -> str:
    """The plan as JSON. `color` means nothing here."""
    return json.dumps(plan_document(plan), indent=1) + "\n"

"""Which kind of template a file holds: told by what is in it, whatever it is called.

The readers of each kind, and the libraries behind them, are imported only when a file is of that kind.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from scanner.errors import InvalidInputError
from scanner.sources.declared import Template

MAX_FILES = 2_000
"""How many files a folder may hold that are looked into."""

MAKE_A_PLAN = "make a plan of it: terraform plan -out plan.out && terraform show -json plan.out > plan.json"
"""What to do with Terraform's own language, which only Terraform can evaluate."""

_SNIFFED = 8 * 1024 * 1024
_SUFFIXES = frozenset({".json", ".yaml", ".yml", ".template", ".tmpl", ".cform", ".cfn"})
_PLAN = re.compile(rb'"(?:planned_values|terraform_version|resource_changes)"\s*:')
_CLOUDFORMATION = re.compile(
    rb"^[ \t]*\"?AWSTemplateFormatVersion\"?[ \t]*:|\"AWSTemplateFormatVersion\"[ \t]*:"
    rb"|[\s'\"]Type['\"]?[ \t]*:[ \t]*['\"]?(?:AWS|Alexa|Custom)::",
    re.MULTILINE,
)


def open_template(file: Path) -> Template:
    """The template in a file. Raises `InvalidInputError`, with the line where there is one, for what is none."""
    if file.is_dir() or file.suffix == ".tf" or file.name.endswith(".tf.json"):
        raise InvalidInputError(
            "is Terraform's configuration, which drscan does not evaluate", file=file, hint=MAKE_A_PLAN
        )
    if _is_plan(_beginning(file)):
        from scanner.sources.terraform.template import open_plan

        return open_plan(file)
    from scanner.sources.cloudformation.template import open_template as open_cloudformation

    return open_cloudformation(file)


def is_template(file: Path) -> bool:
    """Whether the file holds a template or a plan, by its looks: a broken template is one, a list of words is not."""
    start = _beginning(file)
    return _is_plan(start) or _CLOUDFORMATION.search(start) is not None


def templates_in(folder: Path) -> list[Path]:
    """The templates and plans in a folder and below it, in the order of their names. Links are not followed.

    Raises `InvalidInputError` for a folder without any (of Terraform's configuration, it says what to do), and for one
    with more than `MAX_FILES` files to look into.
    """
    found = [file for file in _candidates(folder) if is_template(file)]
    if found:
        return found
    if any(folder.glob("*.tf")) or any(folder.glob("*.tf.json")):
        return [_refuse(folder)]
    raise InvalidInputError("holds no CloudFormation template and no Terraform plan", file=folder)


def _refuse(folder: Path) -> Path:
    raise InvalidInputError(
        "holds Terraform's configuration, which drscan does not evaluate", file=folder, hint=MAKE_A_PLAN
    )


def _candidates(folder: Path) -> Iterator[Path]:
    count = 0
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if hidden or file.is_symlink() or file.suffix.lower() not in _SUFFIXES or not file.is_file():
            continue
        count += 1
        if count > MAX_FILES:
            raise InvalidInputError(f"holds more than {MAX_FILES} files", file=folder, hint="name the templates")
        yield file


def _is_plan(start: bytes) -> bool:
    # A plan that was not turned into JSON is a zip file: its reader says what to do with it.
    return start.startswith(b"PK\x03\x04") or (start.lstrip()[:1] == b"{" and _PLAN.search(start) is not None)


def _beginning(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise InvalidInputError("is not a file", file=file)
        with file.open("rb") as stream:
            return stream.read(_SNIFFED)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error

"""The file of a plan as plain JSON, or a clear word on what it is instead.

Terraform writes half a dozen files that look alike, and only one of them says what a plan would make. Whoever hands in
another should learn how to get the right one; and as strangers may have written the file, reading it is bounded.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from scanner.errors import InvalidInputError
from scanner.estate.paths import kind_of
from scanner.estate.unknown import Value

MAX_BYTES = 100 << 20
"""How much of a plan is read. Plan JSON repeats every attribute up to four times: 10,000 resources make 30 to 80 MB."""

MAX_MEMBERS = 8_000_000
"""How many values a plan may hold. One of `MAX_BYTES` holds two to six million; nothing but lists would be 50 million,
and take gigabytes of memory."""

HOW_TO = "make plan JSON: terraform plan -out plan.out && terraform show -json plan.out > plan.json (or tofu)"
"""What to do with everything that is no plan JSON."""

FORMATS = re.compile(r"(?:0\.[12]|1\.[0-9]{1,4})\Z")
"""The format versions that are read: 1.x is what Terraform since 1.1 and OpenTofu promise to keep compatible, 0.1 and
0.2 are what Terraform 0.12 to 1.0 wrote (https://developer.hashicorp.com/terraform/internals/json-format, 2026-11)."""


def read_plan(file: Path) -> tuple[dict[str, Value], str]:
    """The plan in a file, and its text.

    Raises `InvalidInputError` for a folder or file of HCL, a binary plan, a state, a log, a file that is too large,
    too deep or no JSON (with line and column), and for a format version that is not read.
    """
    if file.is_dir() or file.suffix == ".tf" or file.name.endswith(".tf.json"):
        raise InvalidInputError("is Terraform's configuration, which drscan does not evaluate", file=file, hint=HOW_TO)
    text = _text(_bytes(file), file)
    value = _parsed(text, file)
    require_plan(value, file)
    return value, text


def require_plan(value: Value, file: Path) -> None:
    """Raises `InvalidInputError` for JSON that is no plan, or one of a format version that is not read."""
    if not isinstance(value, dict):
        raise InvalidInputError(f"holds {kind_of(value)} where a plan belongs", file=file, line=1, hint=HOW_TO)
    instead = next((what for what, keys in _INSTEAD.items() if keys <= value.keys()), None)
    is_plan = any(key in value for key in ("planned_values", "resource_changes", "configuration"))
    if not is_plan:
        raise InvalidInputError(f"is {instead or 'no Terraform plan'}", file=file, line=1, hint=HOW_TO)
    version = value.get("format_version")
    if not isinstance(version, str) or not FORMATS.match(version):
        shown = repr(version[:20]) if isinstance(version, str) else kind_of(version)
        hint = "versions 0.1, 0.2 and 1.x are read: make the plan JSON with Terraform 0.12 or later, or OpenTofu"
        raise InvalidInputError(f"has the format version {shown}, which is not read", file=file, line=1, hint=hint)


_INSTEAD: Mapping[str, frozenset[str]] = {
    "a state file, which says what is there and not what a plan would make": frozenset({"version", "serial"}),
    "the JSON of a state, which says what is there and not what a plan would make": frozenset(
        {"format_version", "values"}
    ),
    "an encrypted plan, which only OpenTofu can read": frozenset({"encrypted_data"}),
    "a log of Terraform, not a plan": frozenset({"@level", "@message"}),
    "a list of provider schemas, not a plan": frozenset({"format_version", "provider_schemas"}),
    "the JSON of an empty state, not a plan": frozenset({"format_version"}),
}
"""What else Terraform and OpenTofu write, by the keys that tell it; the first that fits counts."""


def _bytes(file: Path) -> bytes:
    too_large = InvalidInputError(f"is larger than the {MAX_BYTES:,} bytes that are read of a plan", file=file)
    try:
        if not file.is_file():
            raise InvalidInputError("is not a file", file=file)
        if file.stat().st_size > MAX_BYTES:
            raise too_large
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error
    if len(data) > MAX_BYTES:
        raise too_large
    if data.startswith(b"PK\x03\x04"):
        raise InvalidInputError("is a plan that only Terraform itself can read", file=file, hint=HOW_TO)
    return data


def _text(data: bytes, file: Path) -> str:
    # Windows PowerShell redirects in UTF-16, with a byte order mark that tells it.
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInputError("is not text", file=file, line=line, hint=HOW_TO) from error


def _parsed(text: str, file: Path) -> Any:
    if sum(map(text.count, ",[{")) > MAX_MEMBERS:
        raise InvalidInputError(f"holds more than the {MAX_MEMBERS:,} values that are read of a plan", file=file)
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        if text.lstrip().startswith('{"@level"'):
            message = "is a log of Terraform, not a plan"
        else:
            message = f"is not JSON: {error.msg} (column {error.colno})"
        raise InvalidInputError(message, file=file, line=error.lineno, hint=HOW_TO) from error
    except RecursionError as error:
        raise InvalidInputError("is nested too deeply to be a plan", file=file, hint=HOW_TO) from error
    except ValueError as error:
        raise InvalidInputError("holds a number that no plan holds", file=file, hint=HOW_TO) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

"""Baselines: the JSON report of an earlier scan, whose failures are known and no longer break a build.

Only what failed then is known now. A PASS or WAIVED finding has the same fingerprint as the failure of the same place
would have, so the verdict is always part of the question.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.errors import InvalidInputError
from scanner.estate.verdict import Verdict
from scanner.findings.finding import Finding

MAX_BYTES = 512 * 1024 * 1024
"""The largest report that is read as a baseline: a million findings."""

_HINT = "expected a report written by `drscan scan --format json`"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The fingerprints of what failed, and of what was unknown, in an earlier scan."""

    failing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def __contains__(self, finding: object) -> bool:
        """Whether the earlier scan had the same finding with the same verdict, FAIL or UNKNOWN."""
        if not isinstance(finding, Finding):
            return False
        if finding.verdict is Verdict.FAIL:
            return bool(self.failing) and finding.fingerprint in self.failing
        return finding.verdict is Verdict.UNKNOWN and finding.fingerprint in self.unknown


def read_baseline(path: Path) -> Baseline:
    """The baseline in a JSON report. Raises `InvalidInputError` when the file is not one of ours, or too large."""
    report = _report(path)
    found: dict[str, set[str]] = {Verdict.FAIL: set(), Verdict.UNKNOWN: set()}
    for number, finding in enumerate(report["findings"]):
        match finding:
            case {"fingerprint": str(mark), "verdict": str(verdict)}:
                found.setdefault(verdict, set()).add(mark)
            case _:
                raise InvalidInputError(f"finding {number} has no fingerprint and verdict", file=path, hint=_HINT)
    return Baseline(frozenset(found[Verdict.FAIL]), frozenset(found[Verdict.UNKNOWN]))


def _report(path: Path) -> Mapping[str, Any]:
    report = _parsed(path)
    if not isinstance(report, dict) or not isinstance(report.get("findings"), list):
        raise InvalidInputError("not a drscan report", file=path, hint=_HINT)
    version = report.get("schema_version")
    if not isinstance(version, str) or version.split(".")[0] != "1":
        hint = "this drscan reads schema_version 1.x: make the baseline anew"
        raise InvalidInputError(f"schema_version is {version!r}", file=path, hint=hint)
    return report


def _parsed(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInputError(f"larger than {MAX_BYTES >> 20} MiB", file=path, hint=_HINT)
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=path) from error
    except RecursionError as error:
        raise InvalidInputError("nested too deeply", file=path, hint=_HINT) from error
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"not JSON: {error.msg}", file=path, line=error.lineno, hint=_HINT) from error
    except ValueError as error:
        raise InvalidInputError(f"not JSON: {error}", file=path, hint=_HINT) from error

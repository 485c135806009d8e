"""Where a finding stands, as the programs of a pipeline want it: a path from the top of the repository, with lines.

Users name files as they see them, pipelines as the repository does. What was read from an account stands in no file;
as those programs show nothing without one, it gets a path that names the resource instead.
"""

import os.path
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from scanner.findings.finding import Finding
from scanner.inert import inert, shortened

NAME_LIMIT = 200
"""How many characters of a resource's name stand in a path made of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place for a finding. `path` has forward slashes; `line` and `end_line` count from 1.

    `is_file` is False for a path that only names the resource. `is_inside` says that the path starts at the top of the
    repository. `end_line` is 0 where it is not known.
    """

    path: str
    line: int = 1
    end_line: int = 0
    is_file: bool = True
    is_inside: bool = True

    @property
    def uri(self) -> str:
        """The path as a URI reference, every character escaped that is not plainly part of one."""
        escaped = quote(self.path, errors="backslashreplace")
        return f"file://{escaped}" if self.path.startswith("/") else escaped


def place_of(finding: Finding, root: Path | None) -> Place:
    """Where the finding stands, counted from `root`, the top of the repository; without one, as users call it."""
    location = finding.location
    if location is None:
        return Place(_named_path(finding), is_file=False, is_inside=False)
    path, is_inside = _repository_path(location.file, root)
    end_line = max(location.line, location.end_line) if location.end_line else 0
    return Place(path, max(1, location.line), end_line, is_inside=is_inside)


def repository_root(start: Path) -> Path:
    """The nearest folder upwards that git keeps a repository in, or `start` itself where there is none."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def _repository_path(file: str, root: Path | None) -> tuple[str, bool]:
    if root is None:
        path = os.path.normpath(file).replace(os.sep, "/")
        return path, not path.startswith(("/", "../"))
    path = os.path.relpath(Path.cwd() / file, root).replace(os.sep, "/")
    if path.startswith("../"):
        return Path(file).absolute().as_posix(), False
    return path, True


def _named_path(finding: Finding) -> str:
    resource = finding.resource
    name = resource.name or resource.arn or "unnamed"
    parts = ("estate", resource.account or "global", resource.region or "global", resource.type, name)
    return "/".join(shortened(inert(part), NAME_LIMIT).replace("/", ":") for part in parts)

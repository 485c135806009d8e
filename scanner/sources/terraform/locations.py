"""Where a resource is written down: its block in the HCL beside the plan, or else its entry in the plan.

A comment on a pull request should stand at the block that somebody changed. HCL is only searched for the lines of its
blocks; links, and modules outside the folder that may be read, are left alone.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.estate.resource import Location
from scanner.sources.terraform.addresses import Step
from scanner.sources.terraform.arguments import module_at
from scanner.sources.terraform.hcl import blocks_in
from scanner.sources.terraform.plan import Instance, Plan

MAX_FILES = 500
"""How many files of HCL are searched in one folder."""

MAX_FILE_BYTES = 1 << 20
"""How long a file of HCL may be to be searched."""

MAX_BYTES = 8 << 20
"""How much HCL is searched for one plan, all its modules together."""

Entries = Mapping[str, tuple[int, int]]
"""The first and last line of each entry in a plan, by address."""


class Locations:
    """Where the instances of a plan are written down. `file` is named as the user named it; `root` bounds what is
    read."""

    def __init__(self, plan: Plan, file: Path, root: Path, entries: Entries) -> None:
        self._plan = plan
        self._file = file
        self._root = root.resolve()
        self._entries = entries
        self._left = MAX_BYTES
        self._blocks: dict[Path, Mapping[str, Location | None]] = {}
        self._folders: dict[tuple[str, ...], Path | None] = {(): file.parent}

    def of(self, instance: Instance) -> Location:
        """The location of an instance's block, or of its entry in the plan."""
        folder = self._folder(instance.steps)
        found = self._in(folder).get(instance.block) if folder is not None else None
        return found or Location(str(self._file), *self._entries.get(instance.address, (1, 0)))

    def _folder(self, steps: tuple[Step, ...]) -> Path | None:
        """The folder of a module; None unless it is called by a path."""
        names = tuple(name for name, _ in steps)
        if names not in self._folders:
            outer = module_at(self._plan.root, steps[:-1])
            call = outer.calls.get(names[-1]) if outer else None
            above = self._folder(steps[:-1])
            is_local = call is not None and call.source.startswith(("./", "../")) and "\0" not in call.source
            self._folders[names] = Path(os.path.normpath(above / call.source)) if call and above and is_local else None
        return self._folders[names]

    def _in(self, folder: Path) -> Mapping[str, Location | None]:
        """The blocks in a folder by address; None for one that is there twice."""
        if folder not in self._blocks:
            found: dict[str, Location | None] = {}
            for file, text in self._files(folder):
                for block in blocks_in(text):
                    is_new = block.address not in found
                    found[block.address] = Location(str(file), block.first, block.last) if is_new else None
            self._blocks[folder] = found
        return self._blocks[folder]

    def _files(self, folder: Path) -> Iterator[tuple[Path, str]]:
        """The files of HCL in a folder: nothing of one that cannot be read or lies outside, for they are a service."""
        try:
            if not folder.resolve().is_relative_to(self._root):
                return
            for file in sorted(folder.glob("*.tf"))[:MAX_FILES]:
                if file.is_symlink() or not file.is_file() or file.stat().st_size > min(MAX_FILE_BYTES, self._left):
                    continue
                data = file.read_bytes()[:MAX_FILE_BYTES]
                self._left -= len(data)
                yield file, data.decode("utf-8", errors="replace")
        except OSError:
            return


def entries_in(text: str) -> dict[str, tuple[int, int]]:
    """The lines of the first entry for each address in the text of a plan; none if it is not printed line by line."""
    found: dict[str, tuple[int, int]] = {}
    open_: list[tuple[int, str, int]] = []
    line, counted = 1, 0
    for match in _EDGE.finditer(text):
        line += text.count("\n", counted, match.start(1))
        counted = match.start(1)
        while open_ and len(match[1]) < open_[-1][0]:
            _, address, first = open_.pop()
            found.setdefault(address, (first, line))
        if match[2] is not None:
            # The address is the first member of its entry, the brace stands in the line before.
            open_.append((len(match[1]), _unescaped(match[2]), max(line - 1, 1)))
    return found


_EDGE = re.compile(r'^([ \t]{1,200})(?:"address": "((?:[^"\\\n]|\\.){1,2000})",?[ \t\r]*$|\})', re.MULTILINE)


def _unescaped(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")

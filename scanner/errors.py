"""The one family of errors that drscan shows to people.

Everything that a user can cause or has to act upon derives from `DrscanError`; the command line prints its
`diagnostic()` and nothing else. Anything that does not derive from it is a bug in drscan. Messages may quote files and
accounts as they are: a diagnostic is what makes them harmless to print.
"""

from pathlib import Path

from scanner.inert import inert


class DrscanError(Exception):
    """Base of all errors a user may see. The message says what happened; `hint` says what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def diagnostic(self) -> str:
        """The text for a person: one line on what happened and, where known, one on the next step, both inert."""
        message = inert(self.message)
        return f"{message}\n  {inert(self.hint)}" if self.hint else message


class InvalidInputError(DrscanError):
    """A file or argument that cannot be used (exit code 2). Nothing was judged.

    `file` and `line` (1-based) say where; `hint` says what was expected instead.
    """

    def __init__(
        self, message: str, *, file: Path | str | None = None, line: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.file = str(file) if file is not None else None
        self.line = line

    def diagnostic(self) -> str:
        """The message led by `file:line:`, as compilers print it and editors follow it."""
        if self.file is None:
            return super().diagnostic()
        where = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{inert(where)}: {super().diagnostic()}"

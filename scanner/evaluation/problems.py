"""Everything that is wrong with a rule pack, told at once: an author fixes ten mistakes in one go, not in ten runs."""

from collections.abc import Sequence

from scanner.errors import InvalidInputError


class RulePackError(InvalidInputError):
    """Rule files, or parameters given to rules, that cannot be used. `errors` has each mistake with file and line."""

    def __init__(self, errors: Sequence[InvalidInputError]) -> None:
        ordered = sorted(errors, key=lambda error: (error.file or "", error.line or 0, error.message))
        first = ordered[0]
        super().__init__(first.message, file=first.file, line=first.line, hint=first.hint)
        self.errors = tuple(ordered)

    def diagnostic(self) -> str:
        """All mistakes, one after the other, each led by `file:line:`."""
        return "\n".join(error.diagnostic() for error in self.errors)

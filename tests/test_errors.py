"""What an error says is for a person: where, what, and what next, and never anything for the terminal to obey."""

import pytest

from scanner.errors import DrscanError, InvalidInputError

LOUD = "\x1b[2J\u202e\n"
QUIET = r"\x1b[2J\u202e\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DrscanError("it broke"), "it broke"),
        (DrscanError("it broke", hint="mend it"), "it broke\n  mend it"),
        (InvalidInputError("is odd", file="a.yaml"), "a.yaml: is odd"),
        (InvalidInputError("is odd", file="a.yaml", line=3, hint="even it"), "a.yaml:3: is odd\n  even it"),
        (DrscanError(f"no {LOUD}", hint=f"or {LOUD}"), f"no {QUIET}\n  or {QUIET}"),
        (InvalidInputError(f"no {LOUD}", file=f"{LOUD}.yaml", line=1), f"{QUIET}.yaml:1: no {QUIET}"),
        (InvalidInputError("no", file="\udcff.yaml"), r"\udcff.yaml: no"),
    ],
)
def test_a_diagnostic_is_one_line_and_one_for_the_next_step(error: DrscanError, said: str) -> None:
    assert error.diagnostic() == said

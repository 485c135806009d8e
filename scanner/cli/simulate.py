"""`drscan simulate`: decide IAM requests from a file."""

import json
import sys
from pathlib import Path

import click

from scanner.errors import InvalidInputError

MAX_BYTES = 256 * 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
def simulate(file: Path) -> None:
    """Decide the IAM requests in FILE (a JSON array of cases; - for standard input).

    Prints an array of {id, verdict, because}, the verdict Allowed, ImplicitlyDenied or ExplicitlyDenied, or Unknown
    when something that would change the answer was not given.

    \b
    Example:
      drscan simulate cases.json
    """
    from scanner.policy.simulate import simulate_cases

    answers = simulate_cases(_cases(file))
    json.dump(answers, sys.stdout, indent=2)
    click.echo()


def _cases(file: Path) -> object:
    try:
        if str(file) == "-":
            return json.loads(sys.stdin.read(MAX_BYTES))
        if file.stat().st_size > MAX_BYTES:
            raise InvalidInputError(f"larger than {MAX_BYTES >> 20} MiB", file=file)
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInputError(f"cannot be read: {error.strerror}", file=file) from error
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"not JSON: {error.msg}", file=file, line=error.lineno) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise InvalidInputError("not JSON that can be read: nested too deeply, or not UTF-8", file=file) from error

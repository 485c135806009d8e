"""The program's edge: `drscan` and `python -m scanner`.

The one place that turns errors into exit codes (see `scanner.findings.exit_codes` for those of a finished scan) and the
only one that catches what nobody expected, so that a person never meets a stack trace unasked.
"""

import os
import sys
from io import StringIO
from typing import NoReturn

import click

from scanner.cli.app import drscan
from scanner.errors import DrscanError
from scanner.inert import inert, inert_lines

EXIT_INVALID = 2
EXIT_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line and leave with an exit code of the contract."""
    try:
        status = drscan.main(prog_name="drscan", standalone_mode=False)
    except click.exceptions.Abort:
        status = _say("interrupted", EXIT_INTERRUPTED)
    except click.ClickException as error:
        status = _show(error)
    except DrscanError as error:
        status = _say(error.diagnostic(), EXIT_INVALID)
    except KeyboardInterrupt:
        status = _say("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader went away (`drscan ... | head`): nothing is left to say, and Python must not try at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = EXIT_INVALID
    except Exception as error:  # the edge: a bug in drscan, said without a stack trace
        if os.environ.get("DRSCAN_DEBUG"):
            raise
        status = _say(_unexpected(error), EXIT_INVALID)
    sys.exit(status if isinstance(status, int) else 0)


def _say(message: str, status: int) -> int:
    click.echo(f"drscan: {inert_lines(message)}", err=True)
    return status


def _show(error: click.ClickException) -> int:
    """What click says of wrong arguments, which it quotes as they are."""
    said = StringIO()
    error.show(said)
    click.echo(inert_lines(said.getvalue()), nl=False, err=True)
    return EXIT_INVALID


def _unexpected(error: Exception) -> str:
    return (
        f"a bug in drscan: {type(error).__name__}: {inert(str(error))}\n"
        "  Please report it with the output of the same command run with DRSCAN_DEBUG=1."
    )


if __name__ == "__main__":
    main()

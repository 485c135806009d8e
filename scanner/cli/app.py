"""The command `drscan` itself: a table of its subcommands, each imported only when it is called.

Start-up stays short that way: `drscan --version` imports click and nothing of ours.
"""

from importlib import import_module

import click

from scanner import __version__

COMMANDS = {
    "check": "Judge templates and plans before they are deployed.",
    "demo": "Audit published architectures on an emulated AWS.",
    "drill": "Send one small object through a link, and delete it again.",
    "explain": "Explain one link or finding, hop by hop.",
    "fix": "Plan, apply and undo the changes that make findings pass.",
    "permissions": "Print the least-privilege policy that a scan needs.",
    "rules": "List, show, test and write rules.",
    "scan": "Audit live accounts, or a snapshot of them.",
    "simulate": "Decide IAM requests from a file.",
}

EPILOG = """\b
Examples:
  drscan demo                                 see it work, on an emulated AWS
  drscan scan                                 audit the account of your credentials
  drscan scan --estate estate.yaml --out DIR  audit many accounts, write reports
  drscan check template.yaml                  judge a template before it is deployed
  drscan permissions                          the policy that the scan needs

\b
Exit codes: 0 nothing failing, 1 something failing, 2 invalid input,
3 nothing failing but not everything was seen, 130 interrupted."""


class LazyCommands(click.Group):
    """A group that knows its commands by name and imports `scanner.cli.<name>` when one is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, as the help lists them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"scanner.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table: help imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyCommands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="drscan")
def drscan() -> None:
    """Audits disaster-recovery estates on AWS: would the copy really be there, and could the one who takes the
    original also take the copy?"""

"""What comes out of a scan: reports on stdout or in a folder, messages on stderr, and the exit code."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import click

from reports import FORMATS, Options
from reports.places import repository_root
from scanner.cli.options import Reporting
from scanner.errors import InvalidInputError
from scanner.estate.replacing import replacing
from scanner.findings.baseline import read_baseline
from scanner.findings.exit_codes import exit_code
from scanner.findings.scan import Scan
from scanner.inert import inert


def report(scan: Scan, chosen: Reporting, *, allow_unknown: bool = False) -> int:
    """Write the reports that were chosen; the exit code of the scan, 0 for 3 where unknowns are allowed."""
    formats = _formats(chosen)
    options = _options(scan, chosen, allow_unknown)
    if not chosen.quiet:
        for message in scan.messages:
            click.echo(f"drscan: {inert(message)}", err=True)
    for name in formats:
        form = FORMATS[name]
        if chosen.out is None or not form.file_name:
            form.write(scan, sys.stdout, options)
            continue
        path = chosen.out / form.file_name
        with _replaced(path) as stream:
            form.write(scan, stream, replace(options, color=False))
        if not chosen.quiet:
            click.echo(f"drscan: {path} written", err=True)
    assert options.ending is not None
    return options.ending[0]


def check(chosen: Reporting) -> None:
    """Find out what is wrong with the choices before anything is read, not after a scan of an hour.

    Raises `InvalidInputError` for formats that cannot share stdout, a folder that cannot be written, a baseline that
    cannot be read.
    """
    _formats(chosen)
    if chosen.out is not None:
        try:
            chosen.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInputError(f"cannot be made: {error.strerror}", file=chosen.out) from error
    if chosen.baseline is not None:
        read_baseline(chosen.baseline)


def _formats(chosen: Reporting) -> tuple[str, ...]:
    if chosen.out is not None:
        return chosen.formats or tuple(name for name, form in FORMATS.items() if form.is_usual)
    formats = chosen.formats or ("table",)
    if len(formats) > 1:
        raise InvalidInputError("several formats cannot share stdout", hint="name a folder with --out DIR")
    return formats


def _options(scan: Scan, chosen: Reporting, allow_unknown: bool) -> Options:
    baseline = read_baseline(chosen.baseline) if chosen.baseline is not None else None
    colored = sys.stdout.isatty() and not chosen.no_color and not os.environ.get("NO_COLOR")
    return Options(
        only=chosen.only,
        color=colored,
        width=shutil.get_terminal_size((120, 40)).columns,
        exit_code=exit_code(scan, chosen.fail_on, strict=chosen.strict, baseline=baseline),
        fail_on=chosen.fail_on,
        allow_unknown=allow_unknown,
        baseline=baseline,
        root=repository_root(Path.cwd()),
    )


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    """A text stream whose content takes the file's place when all is written, and not before."""
    try:
        with replacing(path) as raw:
            stream = TextIOWrapper(cast(BinaryIO, raw), encoding="utf-8", newline="\n")
            yield stream
            stream.flush()
            stream.detach()
    except OSError as error:
        raise InvalidInputError(f"cannot be written: {error.strerror}", file=path) from error

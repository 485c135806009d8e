"""The HTML report: one file that opens from a disk years later, with no network and next to no script.

Names in it come from accounts that an attacker may own. Three walls stand between them and the reader: every value is
made inert, then escaped by the template engine, and a Content-Security-Policy allows the page's own style and script,
by their hashes, and nothing else: no other script and no request at all.
"""

from base64 import b64encode
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, TextIO

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.html_view import page_of
from reports.options import Options
from scanner.findings.scan import Scan
from scanner.inert import inert


def write(scan: Scan, stream: TextIO, options: Options) -> None:
    """Write the page, piece by piece."""
    page = page_of(scan, options)
    css, js = _asset("report.css"), _asset("report.js")
    shown: dict[str, Any] = {each.name: getattr(page, each.name) for each in fields(page)}
    for piece in _environment().get_template("report.html").generate(shown, css=css, js=js, csp=_policy(css, js)):
        stream.write(piece)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalized,
    )


def _finalized(value: Any) -> Any:
    """What becomes of every value before it is escaped; markup of our own is left as it is."""
    return value if isinstance(value, Markup) else inert(str(value))


def _asset(name: str) -> Markup:
    """A style sheet or script of ours, to stand in the page as it is."""
    return Markup(files("reports").joinpath("templates", name).read_text("utf-8"))  # noqa: S704 - our own file


def _policy(css: str, js: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(js)}'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()

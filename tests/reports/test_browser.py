"""The page in a real browser: hostile names stay text, nothing is fetched, the filter works.

Needs Chromium on the path (Debian: `apt-get install chromium`); without it these tests are skipped.
"""

import io
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from reports import FORMATS, Options
from scanner.estate.resource import Resource
from scanner.findings.scan import Scan

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to open the page in")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=3000",
)


@pytest.fixture
def requests() -> Iterator[tuple[int, list[str]]]:
    """A server on loopback: its port, and the paths that were asked for."""
    paths: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, paths
    server.shutdown()
    server.server_close()


def dom_of(page: str, folder: Path, fragment: str = "") -> str:
    """The document as it stands after scripts had their chance to run."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--user-data-dir={folder / 'profile'}",
        "--dump-dom",
        f"{path.as_uri()}{fragment}",
    ]
    return subprocess.run(command, capture_output=True, check=True, timeout=120, encoding="utf-8").stdout


def page_of(scan: Scan) -> str:
    stream = io.StringIO()
    FORMATS["html"].write(scan, stream, Options())
    return stream.getvalue()


def attack(port: int) -> str:
    return (
        f'"><img src="http://127.0.0.1:{port}/img" onerror="document.title=\'taken\'">'
        f"<script>document.title='taken';fetch('http://127.0.0.1:{port}/fetch')</script>"
        f"<style>body{{background:url(http://127.0.0.1:{port}/css)}}</style>"
        f"<link rel=stylesheet href=http://127.0.0.1:{port}/link><iframe src=http://127.0.0.1:{port}/frame></iframe>"
    )


def test_hostile_names_are_shown_and_do_nothing(scan: Scan, requests: tuple[int, list[str]], tmp_path: Path) -> None:
    port, paths = requests
    name = attack(port)
    hostile = replace(scan.findings[1], resource=Resource(name, name, name, name, name))
    dom = dom_of(page_of(replace(scan, findings=(hostile, *scan.findings), messages=(name,))), tmp_path)
    assert "<title>drscan: " in dom
    assert "&lt;script&gt;document.title='taken'" in dom
    assert "<img" not in dom
    assert paths == []


def test_even_markup_that_got_past_the_escaping_could_not_run_or_call_home(
    scan: Scan, requests: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, paths = requests
    page = page_of(scan).replace("Nothing is kept here.", attack(port), 1)
    dom = dom_of(page, tmp_path)
    assert "<img" in dom
    assert "<title>drscan: " in dom
    assert paths == []


def test_the_page_s_own_script_works_and_opens_the_finding_that_a_link_names(scan: Scan, tmp_path: Path) -> None:
    wanted = scan.findings[2].fingerprint
    dom = dom_of(page_of(scan), tmp_path, f"#f-{wanted}")
    assert re.search(rf'<details class="row FAIL" id="f-{wanted}" open="">', dom)
    assert dom.count('open=""') == 1
    assert re.search(r'<output id="shown"[^>]*>5 of 5<', dom)


FILTERS = {
    "a text, in any row": ("q.value = 'SUSPENDED'", 1),
    "words in rule and row": ("q.value = 'replication scratch'", 1),
    "a verdict": ("document.querySelector('[value=FAIL]').click()", 2),
    "a severity": ("document.querySelector('[value=high]').click()", 1),
    "nothing": ("q.value = 'no such thing'", 0),
}


@pytest.mark.parametrize(("action", "shown"), FILTERS.values(), ids=FILTERS)
def test_the_filter_by(action: str, shown: int, scan: Scan, tmp_path: Path) -> None:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_of(scan))
    driver = f"<script>{action}; document.querySelector('.filters').dispatchEvent(new Event('input'))</script></body>"
    dom = dom_of(page.replace("</body>", driver), tmp_path)
    rows = re.findall(r'<details class="row [A-Z]+" id="f-[0-9a-f]+"( hidden="")?', dom)
    assert (len(rows), rows.count("")) == (5, shown)
    assert f">{shown} of 5<" in dom
    assert ('id="nothing" hidden' in dom) == (shown > 0)

"""An HTTP proxy in front of an emulated AWS that gives wrong answers on purpose, and counts what it is asked.

    with FaultProxy(upstream, Fault("refuse", "s3:GetBucketPolicy")) as proxy:
        ...  # AWS_ENDPOINT_URL=proxy.url
        assert proxy.calls["s3:GetBucketPolicy"] == 1

It knows the operation of a request in all of AWS's protocols (by botocore's models), and errs in the same protocol.
Standard library and botocore only; it ends with its `with` block, or with the process.
"""

import functools
import http.client
import json
import re
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

import botocore.session

Kind = Literal[
    "refuse", "throttle", "error", "malformed", "truncate", "empty", "reset", "lose", "hold", "delay", "answer", "pass"
]

_SERVICES = {"monitoring": "cloudwatch"}  # by signing name, where boto3 calls it something else
_REST = ("s3", "s3control", "macie2", "account", "backup")
_CODES = {"throttle": (503, "SlowDown"), "error": (500, "InternalError")}


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when.

    Kinds: `refuse` 403 AccessDenied, `throttle` 503 SlowDown, `error` 500 InternalError (`code`, `status` and
    `message` change these), `malformed` a 200 that is cut off in the middle of its document, `truncate` a body
    shorter than its Content-Length, `empty` a 200 without a body, `reset` the connection, `lose` the answer (the
    server has acted, then the connection is reset), `hold` the request until the client is gone (with `acts` the
    server acts before), `delay` by `seconds`, `answer` a 200 with `body`, `pass` nothing (so that a later fault
    begins later). `operation`, `path`, `region` and `access_key` are patterns with `*`; `times` limits how often it
    happens.
    """

    kind: Kind
    operation: str = "*"
    path: str = "*"
    region: str = "*"
    access_key: str = "*"
    times: int | None = None
    code: str = ""
    status: int = 0
    message: str = "injected"
    body: str = ""
    seconds: float = 0.0
    acts: bool = False

    def hits(self, asked: "Asked") -> bool:
        mine = (self.operation, self.path, self.region, self.access_key)
        theirs = (asked.operation, asked.path, asked.region, asked.access_key)
        return all(fnmatchcase(value, pattern) for value, pattern in zip(theirs, mine, strict=True))


@dataclass(frozen=True)
class Asked:
    """A request as AWS would understand it: `s3:GetBucketPolicy`, its path, region, access key and protocol."""

    operation: str
    path: str
    region: str
    access_key: str
    protocol: str


class FaultProxy:
    """Serves on a loopback address until its block ends. `calls` counts requests by operation, retries included; `held`
    are the requests that a fault holds."""

    def __init__(self, upstream: str, *faults: Fault) -> None:
        self.faults = list(faults)
        self.calls: Counter[str] = Counter()
        self.asked: list[Asked] = []
        self.held: list[Asked] = []
        self._upstream = urlsplit(upstream).netloc
        self._happened: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reset(self, *faults: Fault) -> None:
        """Other faults from now on, and no call counted yet."""
        with self._lock:
            self.faults, self.asked, self.held = list(faults), [], []
            self.calls.clear()
            self._happened.clear()

    def next_fault(self, asked: Asked) -> Fault | None:
        with self._lock:
            self.calls[asked.operation] += 1
            self.asked.append(asked)
            for number, fault in enumerate(self.faults):
                if fault.hits(asked) and (fault.times is None or self._happened[number] < fault.times):
                    self._happened[number] += 1
                    return fault
        return None

    def forward(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self._upstream, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                self.serve(proxy)

            do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def serve(self, proxy: FaultProxy) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = asked_in(self.command, self.path, self.headers, body)
        fault = proxy.next_fault(asked)
        kind = fault.kind if fault else "none"
        if fault and kind == "delay":
            time.sleep(fault.seconds)
        if fault and kind in ("refuse", "throttle", "error"):
            self._send(*error_answer(fault, asked.protocol))
        elif kind in ("reset", "lose", "hold"):
            if kind == "lose" or (fault and fault.acts):
                proxy.forward(self.command, self.path, self.headers, body)
            if kind == "hold":
                proxy.held.append(asked)
                self.rfile.read(1)
            self._reset()
        elif fault and kind in ("empty", "malformed", "answer"):
            self._send(200, content_type(asked.protocol), _BODIES[kind](fault, asked.protocol))
        else:
            status, headers, answer = proxy.forward(self.command, self.path, self.headers, body)
            self._send(status, dict(headers).get("Content-Type", ""), answer, cut=kind == "truncate")

    def _send(self, status: int, kind: str, body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def finish(self) -> None:
        if self.connection.fileno() >= 0:
            super().finish()


def asked_in(method: str, target: str, headers: Any, body: bytes) -> Asked:
    """What a signed request asks for."""
    scope = re.search(r"Credential=([^/]*)/\d+/([^/]*)/([^/]*)/", headers.get("Authorization", ""))
    access_key, region, signing = scope.groups() if scope else ("", "", "")
    url = urlsplit(target)
    service = "s3control" if url.path.startswith("/v20180820/") else _SERVICES.get(signing, signing)
    name, protocol = _operation(service, method, url.path, url.query, headers, body)
    return Asked(f"{service}:{name}", url.path, region, access_key, protocol)


def error_answer(fault: Fault, protocol: str) -> tuple[int, str, bytes]:
    """Status, content type and body of an error in a service's own protocol."""
    status, code = _CODES.get(
        fault.kind, (403, "AccessDenied" if protocol in ("rest-xml", "query") else "AccessDeniedException")
    )
    status, code, message = fault.status or status, fault.code or code, fault.message
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    match protocol:
        case "rest-xml":
            body = error.encode()
        case "query":
            body = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>".encode()
        case "cbor":
            body = _cbor({"__type": code, "message": message})
        case _:
            body = json.dumps({"__type": code, "message": message}).encode()
    return status, content_type(protocol), body


def content_type(protocol: str) -> str:
    """The content type of an answer in this protocol."""
    kinds = {"json": "application/x-amz-json-1.1", "rest-json": "application/json", "cbor": "application/cbor"}
    return kinds.get(protocol, "text/xml")


_MALFORMED = {"json": b'{"Keys": [', "rest-json": b'{"status": ', "cbor": b"\xa1\x61"}
_BODIES = {
    "empty": lambda fault, protocol: b"",
    "malformed": lambda fault, protocol: _MALFORMED.get(protocol, b'<?xml version="1.0"?><Cut><Off'),
    "answer": lambda fault, protocol: fault.body.encode(),
}


def _operation(service: str, method: str, path: str, query: str, headers: Any, body: bytes) -> tuple[str, str]:
    if "/operation/" in path:
        return path.rpartition("/")[2], "cbor"
    if headers.get("X-Amz-Target"):
        return headers["X-Amz-Target"].rpartition(".")[2], "json"
    if service in _REST:
        return _rest_operation(service, method, path, query), "rest-xml" if service.startswith("s3") else "rest-json"
    return parse_qs(body.decode(errors="replace")).get("Action", ["?"])[0], "query"


def _rest_operation(service: str, method: str, path: str, query: str) -> str:
    asked = parse_qs(query, keep_blank_values=True)
    for verb, pattern, flags, needs, name in _rest_operations(service):
        fits = verb == method and pattern.fullmatch(path) and needs <= set(asked)
        if fits and all(asked.get(flag) == [""] for flag in flags):
            return name
    return "?"


@functools.cache
def _rest_operations(service: str) -> list[tuple[str, re.Pattern[str], tuple[str, ...], set[str], str]]:
    model = botocore.session.Session().get_service_model(service)
    found = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.deprecated:
            continue
        http_trait = operation.http
        path, _, query = http_trait["requestUri"].partition("?")
        flags = tuple(flag for flag, value in parse_qs(query, keep_blank_values=True).items() if value == [""])
        pattern = "".join(
            part if not part.startswith("{") else (".+" if part.endswith("+}") else "[^/]+")
            for part in re.split(r"(\{[^}]*\})", path)
        )
        found.append((http_trait["method"], re.compile(pattern + "/?"), flags, _needed(operation), name))
    # What has most flags and needs, and of these the most literal path, is meant rather than what fits as well.
    return sorted(found, key=lambda each: (-len(each[2]), -len(each[3]), -_literal(each[1]), each[4] != "ListBuckets"))


def _literal(pattern: re.Pattern[str]) -> int:
    return len(re.sub(r"\[\^/\]\+|\.\+", "", pattern.pattern))


def _needed(operation: Any) -> set[str]:
    shape = operation.input_shape
    members = [shape.members[name] for name in shape.required_members] if shape else []
    return {each.serialization["name"] for each in members if each.serialization.get("location") == "querystring"}


def _cbor(text: dict[str, str]) -> bytes:
    def string(value: str) -> bytes:
        raw = value.encode()
        return (bytes([0x60 + len(raw)]) if len(raw) < 24 else bytes([0x78, len(raw)])) + raw

    return bytes([0xA0 + len(text)]) + b"".join(string(part) for pair in text.items() for part in pair)

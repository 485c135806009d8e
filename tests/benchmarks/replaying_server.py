"""A server that answers like another one, each answer after a fixed delay.

What it has not been asked before it asks the server behind it and remembers; from then on it answers from memory. So
two clients that are compared meet the same answers after the same delay, and the emulator behind is not the limit.
It listens on the loopback address only and ends with its standard input.

    python -m tests.benchmarks.replaying_server UPSTREAM DELAY_SECONDS
"""

import asyncio
import hashlib
import http.client
import sys
from collections import Counter
from urllib.parse import urlsplit

_SKIPPED = {"connection", "transfer-encoding", "content-length", "date", "server"}


class Replay:
    """The answers seen so far, by what was asked: method, path, target header, caller, credential scope and body."""

    def __init__(self, upstream: str, delay: float) -> None:
        self._upstream = urlsplit(upstream)
        self._delay = delay
        self._answers: dict[bytes, bytes] = {}
        self.asked: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, headers = _parse(head)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = line.split(" ", 2)
                if path.startswith("/__asked"):
                    writer.write(_own_answer(str(self.asked.total()).encode()))
                    self.asked.clear()
                    continue
                self.asked[f"{method} {path}"] += 1
                answer, _ = await asyncio.gather(self._answer(method, path, headers, body), asyncio.sleep(self._delay))
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        key = _key(method, path, headers, body)
        if key not in self._answers:
            self._answers[key] = await asyncio.to_thread(self._ask, method, path, headers, body)
        return self._answers[key]

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        assert self._upstream.hostname is not None
        connection = http.client.HTTPConnection(self._upstream.hostname, self._upstream.port, timeout=60)
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        lines = [f"HTTP/1.1 {response.status} {response.reason}", f"Content-Length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in _SKIPPED]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def _parse(head: bytes) -> tuple[str, dict[str, str]]:
    line, *rest = head.decode("latin-1").split("\r\n")
    pairs = (entry.split(":", 1) for entry in rest if ":" in entry)
    return line, {name.strip().lower(): value.strip() for name, value in pairs}


def _key(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    credential = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    asked = (
        method,
        path,
        headers.get("x-amz-target", ""),
        headers.get("x-amz-account-id", ""),
        *credential[:1],
        *credential[2:4],
    )
    return hashlib.sha256("\n".join(asked).encode() + b"\n" + body).digest()


def _own_answer(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)


async def _main(upstream: str, delay: float) -> None:
    replay = Replay(upstream, delay)
    server = await asyncio.start_server(replay.serve, "127.0.0.1", 0, limit=1 << 22)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], float(sys.argv[2])))

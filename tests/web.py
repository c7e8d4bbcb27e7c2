"""A web server on this machine that serves a few files, as well or as badly as a test wants."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Web:
    """files: path -> content. asked: (method, path, Range or "") of each request.

    ranges: whether parts can be asked for; breaks_after: bytes after which answers break off, None never; status: what
    every request is answered with, None for what fits; headers: path -> more of them; redirects: path -> address.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    breaks_after: int | None = None
    status: int | None = None
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving() -> Iterator[Web]:
    """A server for as long as the block lasts."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            _answer(self, web)

        do_HEAD = do_GET

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, web: Web) -> None:
    path, wanted = handler.path.split("?")[0], handler.headers.get("Range", "")
    web.asked.append((handler.command, handler.path, wanted))
    content = web.files.get(path)
    status = web.status or (404 if content is None else 200)
    if status != 200:
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        for name, value in web.headers.get(path, {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        return
    first, whole = 0, len(content)
    if wanted and web.ranges:
        first = int(re.match(r"bytes=(\d+)-", wanted)[1])
        if first >= whole:
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{whole}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
    else:
        handler.send_response(200)
    handler.send_header("Content-Length", str(whole - first))
    for name, value in web.headers.get(path, {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command == "GET":
        part = content[first:]
        with suppress(ConnectionError):  # a download that was stopped
            handler.wfile.write(part if web.breaks_after is None else part[: web.breaks_after])

"""One file from the web: resumed after a break, checked, and under its name only once it is whole.

Standard library only; proxies are those of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from fewshot_gui.errors import UserError

_PIECE = 1 << 18  # bytes read at a time
_TIMEOUT = 30.0  # seconds without a byte
_AGENT = "fewshot-gui"


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far a download is. done, total: bytes, total None if nobody says; per_second: bytes, of this run."""

    file: str
    done: int
    total: int | None
    per_second: float

    @property
    def share(self) -> float | None:
        """0-1; None if the size is not known."""
        return min(1.0, self.done / self.total) if self.total else None


def download(url: str, target: Path, checksum: str = "", shown: str = "") -> Generator[Fetched, None, str]:
    """Fetches a file unless it is there already, and returns its sha256. checksum: hex digits that it begins with.

    shown: what the file is called in messages; "": as at the end of the address.

    What a break leaves is in target's name with .part, and is gone on from where a checksum will prove the whole.
    UserError in one sentence: no network, no such file, broken off, not the file expected, a full disk.
    """
    if target.is_file():
        found = sha256(target)
        if found.startswith(checksum):
            return found
        target.unlink()
    part = target.with_name(f"{target.name}.part")
    shown = shown or url.rpartition("/")[2]
    with _told(url, part, shown):
        part.parent.mkdir(parents=True, exist_ok=True)
        if not checksum:
            part.unlink(missing_ok=True)
        yield from _fetched(url, part, shown)
        found = sha256(part)
        if not found.startswith(checksum):
            part.unlink()
            raise UserError(
                f"{shown} of {urlsplit(url).hostname} is not the file expected: its checksum begins with {found[:8]}, "
                f"not with {checksum[:8]}. It was deleted; try again, and if that does not help, something on the way "
                "changes files."
            )
        part.replace(target)
    return found


def sha256(path: Path) -> str:
    """64 hex digits of the file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetched(url: str, part: Path, shown: str) -> Iterator[Fetched]:
    """Fills the part file to its end."""
    have = part.stat().st_size if part.is_file() else 0
    try:
        answer = _asked(url, have)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        if _whole_size(error.headers) == have:
            return  # it had been whole before the break
        answer, have = _asked(url, 0), 0
    with answer:
        if answer.status != http.client.PARTIAL_CONTENT or _first(answer) != have:
            have = 0  # a server without ranges sends all of it again
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        with part.open("r+b" if have else "wb") as file:
            file.seek(have)
            file.truncate()
            yield from _copied(answer, file, shown, have, total)
        done = part.stat().st_size
        if total is not None and done < total:
            raise _BrokenOff


def _copied(answer: BinaryIO, file: BinaryIO, name: str, have: int, total: int | None) -> Iterator[Fetched]:
    began, done = time.monotonic(), have
    yield Fetched(name, done, total, 0.0)
    while piece := _read(answer):
        file.write(piece)
        done += len(piece)
        yield Fetched(name, done, total, (done - have) / max(time.monotonic() - began, 1e-6))


def _asked(url: str, have: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": _AGENT} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        request = urllib.request.Request(url, headers=headers)
        return urllib.request.build_opener().open(request, timeout=_TIMEOUT)  # proxies as the environment has them now
    except _BREAKS as error:
        raise _BrokenOff(error) from error


def _read(answer: BinaryIO) -> bytes:
    try:
        return answer.read(_PIECE)
    except (OSError, *_BREAKS) as error:
        raise _BrokenOff(error) from error


def _first(answer: http.client.HTTPResponse) -> int:
    """The place of the answer's first byte in the file."""
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else 0


def _whole_size(headers: http.client.HTTPMessage) -> int | None:
    found = re.fullmatch(r"bytes \*/(\d+)", headers.get("Content-Range", ""))
    return int(found[1]) if found else None


class _BrokenOff(Exception):
    """The connection ended before the file did; with the error that it ended by, if there was one."""


_BREAKS = (ConnectionError, TimeoutError, http.client.HTTPException)


@contextmanager
def _told(url: str, part: Path, name: str) -> Iterator[None]:
    """Whatever goes wrong becomes a sentence."""
    host = urlsplit(url).hostname or url
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.NOT_FOUND:
            raise UserError(
                f"{host} has no {name} (404): it may have moved; update the program, or choose another."
            ) from None
        raise UserError(f"{host} answered {error.code} ({error.reason}) for {name}: try again later.") from None
    except _BrokenOff as error:
        raise _broken_off(host, name, part, str(error)) from None
    except urllib.error.URLError as error:
        raise UserError(_unreachable(host, error.reason)) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(f"The disk of {part.parent} is full: free some space, then do the same again.") from None
        raise UserError(
            f"{part.parent} could not be written to ({error.strerror or error}): choose another folder."
        ) from None


def _broken_off(host: str, name: str, part: Path, error: str) -> UserError:
    have = part.stat().st_size / 1e6 if part.is_file() else 0.0
    why = f" ({error})" if error else ""
    return UserError(
        f"The download of {name} from {host} broke off after {have:,.1f} MB{why}: "
        "do the same again to go on from there."
    )


def _unreachable(host: str, reason: object) -> str:
    cure = "check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then try again."
    if isinstance(reason, socket.gaierror):
        return f"{host} was not found: {cure}"
    if isinstance(reason, ConnectionRefusedError):
        return f"{host} refused the connection: {cure}"
    if isinstance(reason, TimeoutError):
        return f"{host} did not answer in {_TIMEOUT:.0f} seconds: {cure}"
    if isinstance(reason, ssl.SSLError):
        return (
            f"{host} could not be trusted ({reason}): check the clock, the certificates, and the proxy if there is one."
        )
    return f"{host} could not be reached ({reason}): {cure}"

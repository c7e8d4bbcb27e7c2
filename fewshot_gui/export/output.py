"""Where results go: a file that appears whole or not at all, or a stream that may be closed by its reader."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from fewshot_gui.errors import UsageError, UserError
from fewshot_gui.export import FORMATS, Writer


class ReaderGone(Exception):
    """Whoever read the output has closed it (as `head` does): stop without a message."""


def format_of(path: Path) -> str:
    """The registered format of a file's ending; UsageError with the known ones if there is none."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UsageError(f"The output {path} must end with one of {known}.")
    return ending


@contextmanager
def to_file(path: Path) -> Iterator[Writer]:
    """A writer whose file takes the place of `path` at the end, as `to_bytes`."""
    writer = FORMATS[format_of(path)]
    with to_bytes(path) as file:
        text = _text(file)
        yield writer(text)
        text.flush()
        text.detach()


@contextmanager
def to_bytes(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` at the end; if anything fails, an old file stays as it was.

    It is opened at once, so that an output that cannot be written is known before the work starts: UserError then, and
    when the disk is full later.
    """
    name = f"The output {path}"
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        with _opened(target, "wb", name) as device:  # a pipe or device is written to, never replaced
            file = _buffered(device, name)
            yield file
            file.flush()
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    _check_replaceable(target)
    try:
        with _opened(temporary, "xb", name) as new:
            file = _buffered(new, name)
            yield file
            file.flush()
            with _saying(name):
                os.fsync(new.fileno())
        with _saying(name):
            os.replace(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def to_stream(stream: BinaryIO, ending: str = "csv") -> Iterator[Writer]:
    """A writer to a stream such as sys.stdout.buffer, which stays open; every line is passed on at once.

    ReaderGone once the stream's reader has closed it; UserError if what it leads to is full.
    """
    text = _text(_buffered(stream, "The standard output"), line_buffering=True)
    try:
        yield FORMATS[ending](text)
        text.flush()
    except (ReaderGone, UserError):
        _silence(stream)
        raise
    finally:
        with suppress(ReaderGone, UserError):
            text.detach().detach()


def put(stream: BinaryIO, text: str) -> None:
    """Writes a text to a stream such as sys.stdout.buffer at once; raises as `to_stream` does."""
    try:
        with _saying("The standard output"):
            stream.write(text.encode("utf-8", "backslashreplace"))
            stream.flush()
    except (ReaderGone, UserError):
        _silence(stream)
        raise


class _Checked(io.RawIOBase):
    """Passes bytes on, and says in a sentence what the disk says with a number."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        with _saying(self._name):
            written = self._stream.write(data)
            self._stream.flush()
            return written


def _buffered(stream: BinaryIO, name: str) -> BinaryIO:
    return io.BufferedWriter(_Checked(stream, name), 1 << 16)


def _text(file: BinaryIO, line_buffering: bool = False) -> TextIO:
    # A path that is no valid Unicode is written with \\udcXX escapes, which JSON reads back as the same path.
    return io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="", line_buffering=line_buffering)


def _opened(path: Path, mode: str, name: str) -> BinaryIO:
    with _saying(name):
        return path.open(mode, buffering=0)  # type: ignore[return-value]


@contextmanager
def _saying(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise UserError(
            f"{name} could not be written ({error.strerror or error}): free some space or choose another place."
        ) from None


def _check_replaceable(target: Path) -> None:
    if target.is_dir():
        raise UserError(f"The output {target} is a folder: give the name of a file.")
    if target.exists() and not os.access(target, os.W_OK):
        raise UserError(f"The output {target} is write-protected: choose another place.")


def _silence(stream: BinaryIO) -> None:
    """Lets the interpreter flush what is left to nowhere when it exits, instead of failing a second time."""
    with suppress(OSError, ValueError):
        descriptor = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)

"""One window per project: a lock that the operating system lets go of when a process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from fewshot_gui.errors import UserError

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = {errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
_TRIES = 20


class ProjectLock:
    """Held from its making to `release`; the file beside the project is nothing without the lock on it.

    Not on the project file itself: closing any handle of a file drops SQLite's own locks on it.
    """

    def __init__(self, project: Path, *, new: bool = False) -> None:
        """UserError if another window holds it, or nothing can be written beside the project; new: yet to be made."""
        self._path = Path(f"{os.path.realpath(project)}-lock")
        try:
            self._file = self._taken(project)
        except PermissionError:
            if new:
                raise UserError(
                    f"The folder {project.parent} may not be written to: choose another place for the project."
                ) from None
            raise UserError(
                f"The project {project} lies in a folder that may not be written to: "
                "copy it to a folder of your own and open the copy."
            ) from None
        except OSError as error:
            raise UserError(
                f"The project {project} cannot be used ({error.strerror}): is its drive connected?"
            ) from None

    def release(self) -> None:
        """Lets another window have the project; does nothing the second time."""
        file, self._file = self._file, None
        if file is None:
            return
        if os.name == "nt":  # an open file cannot be deleted there
            os.close(file)
        with suppress(OSError):
            self._path.unlink()
        if os.name != "nt":
            os.close(file)

    def _taken(self, project: Path) -> int | None:
        for _ in range(_TRIES):
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _take(file)
            except OSError as error:
                os.close(file)
                if error.errno in _HELD:
                    raise UserError(
                        f"The project {project} is open in another window: go on there, or close it first."
                    ) from None
                return None  # a drive that knows no locks: better open than not at all
            if self._is_ours(file):
                return file
            os.close(file)  # whoever had it deleted it between our opening and our locking
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def _is_ours(self, file: int) -> bool:
        try:
            there = os.stat(self._path)
        except FileNotFoundError:
            return False
        ours = os.fstat(file)
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

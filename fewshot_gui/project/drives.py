"""Whether a file lies on a network drive, where SQLite's write-ahead log must not be used."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_LOCAL_FUSE = {"fuse.ext4", "fuse.ntfs", "fuse.ntfs-3g", "fuse.exfat", "fuseblk"}
_NETWORK = {
    "nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "afs", "9p", "ncpfs", "webdav", "davfs", "ceph",
    "glusterfs", "lustre", "gpfs", "beegfs", "vboxsf", "vmhgfs", "prl_fs", "drvfs", "virtiofs",
}  # fmt: skip
_ESCAPE = re.compile(r"\\([0-7]{3})")


def on_network(path: Path) -> bool:
    """True if the file at path, which need not be there yet, lies on a network drive, as far as the system tells."""
    real = os.path.realpath(path)
    if sys.platform == "win32":
        return _on_windows_network(real)
    if sys.platform == "darwin":
        return real.startswith(("/Volumes/", "/Network/", "/net/")) and is_network(file_system(real, _mac_mounts()))
    try:
        mounts = linux_mounts(Path("/proc/self/mounts").read_text("utf-8", "surrogateescape"))
    except OSError:
        return False
    return is_network(file_system(real, mounts))


def is_network(kind: str) -> bool:
    """Whether a file system of this kind is on another machine, or reached in a way that maps no shared memory."""
    return kind in _NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)


def file_system(path: str, mounts: dict[str, str]) -> str:
    """The kind of file system that an absolute path lies on; "" if unknown. mounts: mount point -> kind."""
    while path not in mounts and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return mounts.get(path, "")


def linux_mounts(text: str) -> dict[str, str]:
    """Mount point -> kind, from /proc/self/mounts; of several mounts at one point the last is the one that shows."""
    lines = [line.split(" ") for line in text.splitlines()]
    return {_ESCAPE.sub(lambda m: chr(int(m[1], 8)), line[1]): line[2] for line in lines if len(line) > 2}


def mac_mounts(text: str) -> dict[str, str]:
    """Mount point -> kind, from what `mount` prints on macOS."""
    found = re.findall(r"^.+? on (.+) \((\w+)[,)]", text, re.MULTILINE)
    return dict(found)


def _mac_mounts() -> dict[str, str]:
    try:
        done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    return mac_mounts(done.stdout)


def _on_windows_network(path: str) -> bool:
    import ctypes

    root = os.path.splitdrive(path)[0]
    remote = 4  # DRIVE_REMOTE
    return root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{root}\\") == remote  # type: ignore

"""What the machine lets others read: file modes, and file systems that are not its own."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
        "fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "fuse.rclone", "ncpfs", "davfs", "gfs2",
    }
)  # fmt: skip


def others_may(path: Path) -> bool:
    """Anybody but its owner: read, write or enter."""
    return bool(path.stat().st_mode & 0o077)


def is_open_to_all(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IRWXO)


def open_files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        try:
            if path.is_file() and not path.is_symlink() and others_may(path):
                yield path
        except FileNotFoundError:  # a journal comes and goes
            continue


def file_system_of(path: Path, mounts: str | None = None) -> str:
    """The kind that the longest mount point above it has; "" where the system does not say."""
    if mounts is None:
        mounts = MOUNTS.read_text() if MOUNTS.exists() else ""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        point = Path(_unescaped(fields[4]))
        is_above = path == point or point in path.parents
        if is_above and len(point.parts) >= best:
            best, kind = len(point.parts), fields[fields.index("-") + 1]
    return kind


def _unescaped(word: str) -> str:
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), word)


def make_private(path: Path) -> None:
    """There before anybody else makes it, and for its owner alone, whatever the umask."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

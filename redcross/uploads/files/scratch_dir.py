"""Private folders for unsealed files, which exist only as long as the files are read."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "redcross-open-"
_MIN_AGE_SECONDS = 60
"""A folder that is younger may not have been locked by its process yet."""


@contextlib.contextmanager
def create_scratch_dir() -> Iterator[Path]:
    """Create a private folder, locked as long as its process lives."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(lock)


def delete_abandoned_dirs() -> int:
    """Delete the folders of processes that were killed; return how many there were."""
    deleted = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # deleted by another, in use, or another user's
            if folder.lstat().st_mtime > time.time() - _MIN_AGE_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
                deleted += 1
            finally:
                os.close(lock)
    return deleted

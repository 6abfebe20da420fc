"""What is being made of people's sound and data lies in one folder until it is stored: no crash leaves it for long."""

import fcntl
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO


def begin(folder: Path) -> IO[bytes]:
    """Empties the folder of what a crash has left, unless another process works in it. Blocking: for a thread.

    Whoever begins works in it until the answer is closed, or the process ends, however it does.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock").open("wb")
    if _is_alone(lock):
        for left in folder.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _is_alone(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Somebody works in it, or nobody can tell: there are file systems without locks.
        return False
    return True

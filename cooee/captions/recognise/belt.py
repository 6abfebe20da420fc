"""Memory that two processes share, in which voices go from one to the other: a ring of bytes.

One writes, one reads. The words around it (a pipe's lines) say where what was put lies, and when it was taken; so the
ring itself needs no lock. It lies in memory alone: nobody's voice comes near a disk.
"""

import mmap
import os
import sys

SIZE = 2 * 1024 * 1024
"""Of a worker's belt, in bytes: a minute of one voice."""


def is_possible() -> bool:
    """Whether this system has such memory."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


class Belt:
    """The writing end. `place` is where the next byte goes, counted from the beginning, never going back."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self.fd = os.memfd_create("cooee-voices", os.MFD_CLOEXEC)
        os.ftruncate(self.fd, size)
        self._memory = mmap.mmap(self.fd, size)
        self._place = 0
        self._taken = 0

    @property
    def waiting(self) -> int:
        """Bytes that were put and not yet taken."""
        return self._place - self._taken

    def put(self, sound: bytes) -> int | None:
        """Lays it down; its place, or None if there is no room."""
        if self.waiting + len(sound) > self._size:
            return None
        place = self._place
        start = place % self._size
        first = sound[: self._size - start]
        self._memory[start : start + len(first)] = first
        self._memory[: len(sound) - len(first)] = sound[len(first) :]
        self._place += len(sound)
        return place

    def taken(self, place: int) -> None:
        """What lies before `place` was taken."""
        self._taken = max(self._taken, min(place, self._place))

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()
        os.close(self.fd)


class Taker:
    """The reading end."""

    def __init__(self, fd: int, size: int = SIZE) -> None:
        self._size = size
        self._memory = mmap.mmap(fd, size, prot=mmap.PROT_READ)

    def take(self, place: int, length: int) -> bytes:
        """What lies there."""
        start = place % self._size
        first = self._memory[start : min(start + length, self._size)]
        return first + self._memory[: length - len(first)]

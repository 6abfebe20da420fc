"""Passwords, hashed with argon2id away from the event loop and outside of every transaction."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_AT_ONCE = 2
"""Each hash takes 64 MiB: more at once would let a crowd of sign-ins take the machine's memory."""


class Passwords:
    """Hashes and verifies. The cost is argon2-cffi's default (RFC 9106, low memory) unless another hasher is given."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(_AT_ONCE, "argon2")

    async def hash(self, password: str) -> str:
        """The hash to be stored, with its salt and cost inside."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash_now, password)

    def hash_now(self, password: str) -> str:
        """`hash` in the calling thread, for the command line."""
        return self._hasher.hash(password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password. Without a stored hash it takes just as long, and the answer is no."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._matches, stored, password)

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()

    def _matches(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._nobodys, password)
        except (Argon2Error, InvalidHashError):
            return False
        return stored is not None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's")

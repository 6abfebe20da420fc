"""Whoever speaks with a provider, by its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cooee.people.sign_in.providers import Flow, Identity, Kind, Provider


class Speaks(Protocol):
    """Speaks with the providers of one kind."""

    async def way_there(self, provider: Provider, flow: Flow, state: str) -> str:
        """Where somebody is sent.

        Raises:
            ProviderFailed: the provider does not say where.
        """

    async def identity(self, provider: Provider, code: str, flow: Flow) -> Identity:
        """Who came back with this code.

        Raises:
            ProviderFailed: the provider does not say, or what it says does not hold.
        """


@dataclass(frozen=True)
class Talk:
    """Talks with all of them."""

    kinds: Mapping[Kind, Speaks]

    async def way_there(self, provider: Provider, flow: Flow, state: str) -> str:
        """As `Speaks`."""
        return await self.kinds[provider.kind].way_there(provider, flow, state)

    async def identity(self, provider: Provider, code: str, flow: Flow) -> Identity:
        """As `Speaks`."""
        return await self.kinds[provider.kind].identity(provider, code, flow)

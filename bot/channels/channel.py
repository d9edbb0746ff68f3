"""What the gateway runs for a provider's channels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.routing import Route

from bot.messaging.media_runner import MediaSource
from bot.messaging.sender import Sender


@dataclass(frozen=True)
class ProviderChannels:
    """The webhooks of a provider, its senders, where it keeps what people send, and work that goes
    on while the gateway runs."""

    routes: tuple[Route, ...] = ()
    senders: tuple[Sender, ...] = ()
    media: tuple[MediaSource, ...] = ()
    work: tuple[Callable[[], Awaitable[None]], ...] = ()

"""The providers that are set up. Of one that is not there are no routes, and its code, with the
libraries that only it needs, is not loaded: a gateway is back sooner when it was killed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.channel import ProviderChannels
from bot.messaging.underway import Underway
from bot.settings import Settings
from bot.storage.database import Database


def set_up(
    settings: Settings, database: Database, underway: Underway
) -> Iterator[ProviderChannels]:
    """What the gateway runs for each. Twilio's account is that of messages and of calls; the phone
    line's exchange is asked for a secret, so without one it may send nothing."""
    if settings.twilio is not None:
        from bot.channels.twilio.channel import twilio_channels

        yield twilio_channels(settings.twilio, settings, database, underway)
    if settings.telegram is not None:
        from bot.channels.telegram.channel import telegram_channel

        yield telegram_channel(settings.telegram, settings, database)
    if settings.handoff.secret:
        from bot.channels.handoff.channel import handoff_channel

        yield handoff_channel(settings, database)
    if settings.twilio is not None and settings.voice.on:
        from bot.channels.voice.channel import voice_channel

        yield voice_channel(settings.twilio, settings, database)

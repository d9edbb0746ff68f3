"""Telegram as the gateway runs it."""

from __future__ import annotations

from bot.channels.channel import ProviderChannels
from bot.channels.telegram.api import BotApi
from bot.channels.telegram.media import TelegramMedia
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.receive import Receiver
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.webhook import Webhook
from bot.people.files import Files
from bot.settings import Settings
from bot.settings.telegram import TelegramSettings
from bot.storage.database import Database


def telegram_channel(
    bot: TelegramSettings, settings: Settings, database: Database
) -> ProviderChannels:
    """Telegram is not called before there is something to send or to ask, so the gateway starts
    whether it can be reached or not."""
    receiver = Receiver(database, settings.media.hold_seconds)
    media = (TelegramMedia(bot, settings.media),)
    sender = TelegramSender(BotApi(bot), Files(database))
    if bot.polls:
        # A connection of its own: a question is held by Telegram for half a minute.
        polling = Polling(BotApi(bot), receiver)
        return ProviderChannels(senders=(sender,), media=media, work=(polling.run,))
    routes = Webhook(bot.webhook_secret, receiver).routes()
    return ProviderChannels(routes=tuple(routes), senders=(sender,), media=media)

"""SMS and WhatsApp as the gateway runs them."""

from __future__ import annotations

from bot.channels.channel import ProviderChannels
from bot.channels.twilio.media import TwilioMedia
from bot.channels.twilio.receive import Receiver
from bot.channels.twilio.sender import twilio_senders
from bot.channels.twilio.signature import Signature
from bot.channels.twilio.webhooks import TwilioWebhooks
from bot.messaging.statuses import Statuses
from bot.messaging.underway import Underway
from bot.settings import Settings
from bot.settings.twilio import TwilioSettings
from bot.storage.database import Database


def twilio_channels(
    account: TwilioSettings, settings: Settings, database: Database, underway: Underway
) -> ProviderChannels:
    """Both channels of an account."""
    senders = twilio_senders(settings, account)
    webhooks = TwilioWebhooks(
        Signature(account.auth_token, settings.public_url),
        Receiver(database, settings.media.hold_seconds),
        Statuses(database),
        underway,
        [sender.channel for sender in senders],
    )
    return ProviderChannels(
        routes=tuple(webhooks.routes()),
        senders=(*senders,),
        media=(TwilioMedia(account, settings.media),),
    )

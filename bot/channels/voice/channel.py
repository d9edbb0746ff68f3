"""Calls that Twilio answers, as the gateway runs them."""

from __future__ import annotations

from bot.channels.channel import ProviderChannels
from bot.channels.twilio.signature import Signature
from bot.channels.voice.dialogue import Dialogue
from bot.channels.voice.rest import RestByMessage
from bot.channels.voice.script import Script
from bot.channels.voice.webhooks import VoiceWebhooks
from bot.messaging.calls import Calls
from bot.messaging.handoffs import Handoffs
from bot.programme.figures import load_figures
from bot.settings import Settings
from bot.settings.twilio import TwilioSettings
from bot.storage.database import Database

CALL_CENTER = "call_center_phone"
# How one dials abroad from the United States.
ABROAD = "011"


def voice_channel(
    account: TwilioSettings, settings: Settings, database: Database
) -> ProviderChannels:
    """The webhooks of calls."""
    calls = Calls(database)
    number = settings.voice.transfer_number or call_center_number()
    dialogue = Dialogue(
        calls,
        Script(settings.public_url, number),
        RestByMessage.from_settings(settings, Handoffs(database)),
        settings.voice.wait_seconds,
    )
    signature = Signature(account.auth_token, settings.public_url)
    return ProviderChannels(routes=tuple(VoiceWebhooks(signature, calls, dialogue).routes()))


def call_center_number() -> str:
    """The call center's number as Twilio dials it."""
    digits = load_figures()[CALL_CENTER].value.replace(" ", "")
    return f"+{digits.removeprefix(ABROAD)}" if digits.startswith(ABROAD) else digits

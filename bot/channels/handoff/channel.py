"""Handoffs of the phone line as the gateway runs them."""

from __future__ import annotations

from bot.channels.channel import ProviderChannels
from bot.channels.handoff.invitation import Invitations
from bot.channels.handoff.webhook import HandoffWebhook
from bot.messaging.handoffs import Handoffs
from bot.settings import Settings
from bot.storage.database import Database


def handoff_channel(settings: Settings, database: Database) -> ProviderChannels:
    """The webhook by which handoffs come, signed with the settings' secret."""
    handoff = settings.handoff
    webhook = HandoffWebhook(
        handoff.secret, handoff.hours, Handoffs(database), Invitations.from_settings(settings)
    )
    return ProviderChannels(routes=tuple(webhook.routes()))

"""The rest by message: key 1 sends the caller a code with which the call goes on in writing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.handoff.invitation import ANY, Invitations
from bot.channels.voice.sentences import sentence
from bot.channels.voice.spoken import spelled
from bot.messaging.calls import Call
from bot.messaging.handoffs import Addressee, Handoffs
from bot.messaging.handoffs import Call as HandedOver
from bot.settings import Settings

NO_TOPIC = "ask_menu"
SECONDS_AN_HOUR = 3600.0


@dataclass(frozen=True)
class RestByMessage:
    """The pressed key is the consent. The message holds nothing of the call but its topic's code:
    the number that is shown may be another's."""

    handoffs: Handoffs
    invitations: Invitations
    hours: float

    @classmethod
    def from_settings(cls, settings: Settings, handoffs: Handoffs) -> RestByMessage:
        """With the links and senders of the settings."""
        return cls(handoffs, Invitations.from_settings(settings), settings.handoff.hours)

    def send(self, call: Call, step: int) -> str:
        """Sends it, once a step; gives what the caller is told."""
        spoken = call.state.language
        to = self._addressee(call)
        if to is None and not self.invitations.links("", spoken):
            return sentence("cannot_send", spoken)
        topic = call.state.topic or NO_TOPIC
        handed = HandedOver(f"{call.id}-{step}", topic, spoken, self.hours * SECONDS_AN_HOUR)
        compose = self.invitations.composer(to, ANY, spoken)
        opened = self.handoffs.open(handed, to, compose)
        if opened.sent_by:
            return sentence("sent", spoken)
        return sentence("code", spoken, code=spelled(opened.code))

    def _addressee(self, call: Call) -> Addressee | None:
        if not call.state.number:
            return None
        to = self.invitations.addressee(call.state.number, ANY, call.state.language)
        return to if to is not None and self.handoffs.wants_messages(to) else None

"""Sends replies as text messages and over WhatsApp."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from bot.channels.signed_links import SignedLinks, stored_file
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.parse import SMS, WHATSAPP
from bot.channels.twilio.render_sms import sms_texts
from bot.channels.twilio.render_whatsapp import whatsapp_parts
from bot.messaging.contents import Reply
from bot.messaging.sender import RefusedError, Sent
from bot.settings import Settings, TwilioSettings

STATUS_PATH = "/webhooks/twilio/status"
# The field of a status callback's address that brings our name for a message back.
STATUS_FIELD = "message"
WINDOW_SECONDS = 24 * 3600.0
_SERVICE = "MG"


class _TwilioSender:
    """What both channels have in common."""

    channel: str
    window_seconds: float | None = None

    def __init__(
        self, sender: str, client: TwilioClient, public_url: str, links: SignedLinks
    ) -> None:
        self._sender = sender
        self._client = client
        self._public_url = public_url
        self._links = links

    def _links_of(self, reply: Reply) -> list[str]:
        """Links to what belongs to a reply, good for a while from now and always of one length."""
        return [self._link(reference) for reference in (reply.image, reply.file) if reference]

    def _link(self, reference: str) -> str:
        stored = stored_file(reference)
        return self._links.link(*stored, time.time()) if stored else reference

    async def _create(self, address: str, uuid: str, content: dict[str, str]) -> Sent:
        field = "MessagingServiceSid" if self._sender.startswith(_SERVICE) else "From"
        sender = self._sender if field != "From" else self._to(self._sender)
        callback = f"{self._public_url}{STATUS_PATH}?{urlencode({STATUS_FIELD: uuid})}"
        fields = {"To": self._to(address), field: sender, "StatusCallback": callback, **content}
        return Sent(await self._client.create(fields))

    def _to(self, address: str) -> str:
        return address

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.close()


class SmsSender(_TwilioSender):
    """Text messages: pictures and files are links."""

    channel = SMS

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """Texts of at most two segments."""
        return [Reply(text) for text in sms_texts(reply, self._links_of(reply))]

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one text."""
        return await self._create(address, uuid, {"Body": reply.text})

    async def invite(self, address: str, uuid: str) -> Sent | None:
        """There is no window to open."""
        return None


class WhatsappSender(_TwilioSender):
    """WhatsApp: Twilio fetches pictures and files by their links."""

    channel = WHATSAPP
    window_seconds: float | None = WINDOW_SECONDS

    def __init__(
        self,
        sender: str,
        client: TwilioClient,
        public_url: str,
        links: SignedLinks,
        invitation: str = "",
        templates: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sender, client, public_url, links)
        self._invitation = invitation
        self._templates = templates or {}

    def parts(self, reply: Reply) -> Sequence[Reply]:
        """A template as it is; files and texts within WhatsApp's limits."""
        if reply.template:
            return [reply]
        return whatsapp_parts(reply, self._links_of(reply))

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one template, one text, or one file with what stands under it."""
        if reply.template:
            if reply.template not in self._templates:
                raise RefusedError("unknown_template")
            return await self._create(
                address, uuid, {"ContentSid": self._templates[reply.template]}
            )
        content = {"Body": reply.text} if reply.text else {}
        if reply.file:
            content["MediaUrl"] = reply.file
        return await self._create(address, uuid, content)

    async def invite(self, address: str, uuid: str) -> Sent | None:
        """Sends the approved template, where one is set."""
        if not self._invitation:
            return None
        return await self._create(address, uuid, {"ContentSid": self._invitation})

    def _to(self, address: str) -> str:
        return f"{WHATSAPP}:{address}"


def twilio_senders(settings: Settings, account: TwilioSettings) -> list[SmsSender | WhatsappSender]:
    """The senders of the channels that are set up."""
    links = SignedLinks.from_settings(settings)

    def client() -> TwilioClient:
        return TwilioClient(account, settings.delivery.send_seconds)

    senders: list[SmsSender | WhatsappSender] = []
    if account.sms_from:
        senders.append(SmsSender(account.sms_from, client(), settings.public_url, links))
    if account.whatsapp_from:
        senders.append(
            WhatsappSender(
                account.whatsapp_from,
                client(),
                settings.public_url,
                links,
                account.whatsapp_invitation,
                account.whatsapp_templates,
            )
        )
    return senders

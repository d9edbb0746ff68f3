"""Sends replies as text messages and over WhatsApp."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from bot.channels.signed_links import SignedLinks, stored_file
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.contents import Contents
from bot.channels.twilio.parse import SMS, WHATSAPP
from bot.channels.twilio.render_sms import sms_texts
from bot.channels.twilio.render_whatsapp import numbered, whatsapp_parts
from bot.channels.twilio.tappable import Tappable, tappable
from bot.messaging.contents import Reply
from bot.messaging.sender import NotShownError, RefusedError, Sent
from bot.settings import Settings, TwilioSettings

STATUS_PATH = "/webhooks/twilio/status"
# The field of a status callback's address that brings our name for a message back.
STATUS_FIELD = "message"
WINDOW_SECONDS = 24 * 3600.0
_SERVICE = "MG"
_CONTENT = "HX"


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

    def parts(self, reply: Reply, plain: bool = False) -> Sequence[Reply]:
        """Texts of at most two segments."""
        return [Reply(text) for text in sms_texts(reply, self._links_of(reply))]

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one text."""
        return await self._create(address, uuid, {"Body": reply.text})

    async def invite(self, address: str, language: str, uuid: str) -> Sent | None:
        """There is no window to open."""
        return None


class WhatsappSender(_TwilioSender):
    """WhatsApp: Twilio fetches pictures and files by their links; options can be tapped where there
    are `contents` to send them from. `invitations` are approved templates by language."""

    channel = WHATSAPP
    window_seconds: float | None = WINDOW_SECONDS

    def __init__(
        self,
        sender: str,
        client: TwilioClient,
        public_url: str,
        links: SignedLinks,
        contents: Contents | None = None,
        invitations: Mapping[str, str] | None = None,
        templates: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sender, client, public_url, links)
        self._contents = contents
        self._invitations = invitations or {}
        self._templates = templates or {}

    def parts(self, reply: Reply, plain: bool = False) -> Sequence[Reply]:
        """Files and texts within WhatsApp's limits; a template as it is."""
        if reply.template:
            return (reply,)
        return whatsapp_parts(reply, self._links_of(reply), self._contents is not None, plain)

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Sends one text, with what can be tapped; or one file with what stands under it; or one
        template."""
        if reply.template:
            template = self._templates.get(reply.template, reply.template)
            if not template.startswith(_CONTENT):
                raise RefusedError("unknown_template")
            return await self._create(address, uuid, _filled(template, reply.values))
        offered = tappable(reply) if reply.options else None
        if self._contents and offered and (sid := await self._contents.sid(offered.shape)):
            return await self._offer(address, uuid, reply, self._contents, offered, sid)
        text = numbered(reply)
        content = {"Body": text} if text else {}
        if reply.file:
            content["MediaUrl"] = reply.file
        return await self._create(address, uuid, content)

    async def _offer(
        self,
        address: str,
        uuid: str,
        reply: Reply,
        contents: Contents,
        offered: Tappable,
        sid: str,
    ) -> Sent:
        """Sends what can be tapped; where Twilio refuses just that, as numbered text."""
        variables = json.dumps(offered.variables, ensure_ascii=False)
        content = {"ContentSid": sid, "ContentVariables": variables}
        try:
            return await self._create(address, uuid, content)
        except (RefusedError, NotShownError):
            sent = await self._create(address, uuid, {"Body": numbered(reply)})
            contents.refuse(offered.shape)
            return sent

    async def invite(self, address: str, language: str, uuid: str) -> Sent | None:
        """Sends the approved template of the language, or of the other where there is but one."""
        template = self._invitations.get(language) or next(iter(self._invitations.values()), "")
        if not template:
            return None
        return await self._create(address, uuid, {"ContentSid": template})

    async def close(self) -> None:
        """Ends the connections."""
        await super().close()
        if self._contents:
            await self._contents.close()

    def _to(self, address: str) -> str:
        return f"{WHATSAPP}:{address}"


def twilio_senders(settings: Settings, account: TwilioSettings) -> list[SmsSender | WhatsappSender]:
    """The senders of the channels that are set up."""
    links, seconds = SignedLinks.from_settings(settings), settings.delivery.send_seconds

    def client() -> TwilioClient:
        return TwilioClient(account, seconds)

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
                Contents(account, seconds) if account.whatsapp_buttons else None,
                account.invitations,
                account.whatsapp_templates,
            )
        )
    return senders


def _filled(template: str, values: Sequence[str]) -> dict[str, str]:
    """An approved template with what fills its places."""
    given = {str(place): value for place, value in enumerate(values, start=1)}
    variables = {"ContentVariables": json.dumps(given)} if given else {}
    return {"ContentSid": template, **variables}

"""What Twilio sends us of a person's message, as the message that it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.channels.twilio.signature import Fields
from bot.channels.typed_text import readable
from bot.messaging.contents import Incoming
from bot.messaging.received_media import Attachment

SMS, WHATSAPP = "sms", "whatsapp"
LONGEST_TEXT = 4096
_SID = re.compile(r"[A-Za-z0-9]{2,64}")
_PHONE_OR_CODE = re.compile(r"\+?[0-9]{3,16}")
# Names that WhatsApp gives to people: a country and a number.
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,120}")
_OPT_OUT_TYPES = ("STOP", "START", "HELP")
# What a file may be, by the beginning of its type; the first that fits counts.
_MEDIA = (
    ("image/webp", "sticker"),
    ("image/", "photo"),
    ("audio/", "voice"),
    ("video/", "video"),
    ("text/vcard", "contact"),
    ("text/x-vcard", "contact"),
    ("text/directory", "contact"),
)


class NotOursError(Exception):
    """The message is of a kind that nobody here answers."""


@dataclass(frozen=True)
class Said:
    """A message. `names` are the sender's addresses, first the one to answer to; `button` is the
    id of what they tapped; `opt_out` what Twilio already did and answered by itself."""

    channel: str
    names: Sequence[str] = field(repr=False)
    provider_id: str
    content: Incoming = field(repr=False)
    button: str | None = None
    opt_out: str | None = None
    files: Sequence[Attachment] = field(default=(), repr=False)


def kind_of(content_type: str) -> str:
    """What a file may be, by the type that is claimed for it."""
    claimed = content_type.strip().lower()
    return next((name for start, name in _MEDIA if claimed.startswith(start)), "document")


def parse(fields: Fields) -> Said:
    """The message of a webhook's fields. Raises NotOursError."""
    provider_id = fields.first("MessageSid") or fields.first("SmsMessageSid")
    if not _SID.fullmatch(provider_id):
        raise NotOursError("no MessageSid")
    channel, names = _sender(fields)
    opt_out = fields.first("OptOutType").upper()
    return Said(
        channel=channel,
        names=names,
        provider_id=provider_id,
        content=Incoming(_text(fields), media=_media(fields)),
        button=fields.first("ButtonPayload") or fields.first("ListId") or None,
        opt_out=opt_out if opt_out in _OPT_OUT_TYPES else None,
    )


def _sender(fields: Fields) -> tuple[str, Sequence[str]]:
    """The channel and the sender's addresses. A phone number may be missing on WhatsApp, or the
    name; where both are there, they are one person's."""
    prefix, _, sender = fields.first("From").strip().rpartition(":")
    user_id = fields.first("ExternalUserId").strip()
    receiver = fields.first("To").partition(":")[0]
    if prefix == WHATSAPP or (not prefix and receiver == WHATSAPP):
        given = (sender, user_id.removeprefix(f"{WHATSAPP}:"))
        names = [name for name in given if _PHONE_OR_CODE.fullmatch(name) or _is_user_id(name)]
        channel = WHATSAPP
    else:
        names = [sender] if not prefix and _PHONE_OR_CODE.fullmatch(sender) else []
        channel = SMS
    if not names:
        raise NotOursError("no sender that can be answered")
    return channel, tuple(dict.fromkeys(names))


def _is_user_id(name: str) -> bool:
    return bool(_USER_ID.fullmatch(name))


def _text(fields: Fields) -> str:
    """What they wrote, or what stands on the button that they tapped. It is text, whatever it looks
    like."""
    for name in ("ButtonText", "ListTitle", "Body"):
        if text := readable(fields.first(name)):
            return text[:LONGEST_TEXT]
    return ""


def _media(fields: Fields) -> str | None:
    """What came with the text, or in its place."""
    if fields.first("Latitude") and fields.first("Longitude"):
        return "location"
    number = fields.first("NumMedia").strip()
    if number.isascii() and number.isdecimal() and int(number[:6]) > 0:
        return kind_of(fields.first("MediaContentType0"))
    return None if _text(fields) else "other"

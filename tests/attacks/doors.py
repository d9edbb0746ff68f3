"""Every door by which a text comes in, as its provider knocks at it: the gateway with all its
channels, without a network between."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import httpx
from sqlalchemy import select

from bot.messaging.contents import Incoming
from bot.storage.tables import inbox
from tests.phone.conftest import Gateway
from tests.phone.known import new_number
from tests.phone.twiml import PATH as VOICE
from tests.telegram.known import HEADER, WEBHOOK_SECRET
from tests.telegram.updates import said
from tests.twilio.conftest import MESSAGES
from tests.twilio.known import SMS_FROM, WHATSAPP_FROM
from tests.twilio.test_webhook_signature import message

_chats = itertools.count(7_100_000_001)
_calls = itertools.count(1)
JSON = {"Content-Type": "application/json"}
Door = Callable[[Gateway, str], httpx.Response]


def by_sms(gateway: Gateway, text: str) -> httpx.Response:
    """A text message."""
    return gateway.voice(MESSAGES, message(From=new_number(), To=SMS_FROM, Body=text))


def by_whatsapp(gateway: Gateway, text: str) -> httpx.Response:
    """A message on WhatsApp, from somebody who calls themselves the same."""
    sender, receiver = f"whatsapp:{new_number()}", f"whatsapp:{WHATSAPP_FROM}"
    fields = message(From=sender, To=receiver, Body=text, ProfileName=text)
    return gateway.voice(MESSAGES, fields)


def by_telegram(gateway: Gateway, text: str) -> httpx.Response:
    """A message on Telegram."""
    body = json.dumps(said(text, chat=next(_chats))).encode()
    return gateway.send("/webhooks/telegram", body, {HEADER: WEBHOOK_SECRET, **JSON})


def by_chat_page(gateway: Gateway, text: str) -> httpx.Response:
    """A message from the chat page."""
    body = json.dumps({"session": new_session(gateway), "text": text}).encode()
    return gateway.send("/chat/api/messages", body, JSON)


def by_phone(gateway: Gateway, text: str) -> httpx.Response:
    """What the recogniser made of something said on the phone."""
    call = {"CallSid": f"CA{next(_calls):032x}", "From": new_number()}
    gateway.voice(VOICE, call)
    return gateway.voice(f"{VOICE}/said?step=1", {**call, "SpeechResult": text})


DOORS: dict[str, Door] = {
    "sms": by_sms,
    "whatsapp": by_whatsapp,
    "telegram": by_telegram,
    "chat page": by_chat_page,
    "phone": by_phone,
}


def new_session(gateway: Gateway) -> str:
    """A conversation of the chat page."""
    session: str = gateway.send("/chat/api/sessions", b"", JSON).json()["session"]
    return session


def newest(gateway: Gateway) -> Incoming:
    """What came in last."""
    with gateway.database.reading() as connection:
        statement = select(inbox.c.content_sealed).order_by(inbox.c.id.desc()).limit(1)
        sealed = connection.execute(statement).scalar_one()
    return Incoming(**gateway.database.cipher.open(sealed))

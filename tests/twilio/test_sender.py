"""Replies as they arrive at Twilio, and what its answers mean."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import secrets
import socket
import time
from collections.abc import AsyncIterator

import pytest

from bot.channels.signed_links import SignedLinks
from bot.channels.twilio.client import TwilioClient
from bot.channels.twilio.sender import SmsSender, WhatsappSender, twilio_senders
from bot.messaging.contents import Option, Reply
from bot.messaging.sender import (
    DeliveryError,
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    StoppedError,
    TryLaterError,
    has_to_leave_by,
)
from bot.settings import Settings
from tests.messaging.stand_in import process_logging
from tests.twilio.conftest import twilio_settings
from tests.twilio.known import (
    INVITATION,
    INVITATION_IN_ENGLISH,
    PUBLIC_URL,
    SMS_FROM,
    TOKEN,
    WHATSAPP_FROM,
)
from tests.twilio.rest_api import Failure, TwilioStandIn

UUID = "0" * 32 + ".1.1"
TO = "+15550100001"


@pytest.fixture
def settings(twilio: TwilioStandIn) -> Settings:
    urls = dict.fromkeys(("PTI_TWILIO_API_URL", "PTI_TWILIO_CONTENT_URL"), twilio.url)
    more = {**urls, "PTI_DELIVERY_SEND_SECONDS": "1"}
    return twilio_settings("sqlite://", **more)


@pytest.fixture
async def senders(settings: Settings) -> AsyncIterator[tuple[SmsSender, WhatsappSender]]:
    assert settings.twilio
    sms, whatsapp = twilio_senders(settings, settings.twilio)
    assert isinstance(sms, SmsSender)
    assert isinstance(whatsapp, WhatsappSender)
    yield sms, whatsapp
    await sms.close()
    await whatsapp.close()


Senders = tuple[SmsSender, WhatsappSender]


async def test_a_text_message(twilio: TwilioStandIn, senders: Senders) -> None:
    sent = await senders[0].send(TO, Reply("¿Como está?"), UUID)
    (taken,) = twilio.taken
    assert sent.provider_id == taken.pop("sid")
    callback = f"{PUBLIC_URL}/webhooks/twilio/status?message={UUID}"
    assert taken == {"To": TO, "From": SMS_FROM, "Body": "¿Como está?", "StatusCallback": callback}


async def test_a_whatsapp_message(twilio: TwilioStandIn, senders: Senders) -> None:
    await senders[1].send(TO, Reply("¿Cómo está? 😀"), UUID)
    await senders[1].send("US.1349120", Reply("a"), UUID)
    first, second = twilio.taken
    assert (first["To"], first["From"]) == (f"whatsapp:{TO}", f"whatsapp:{WHATSAPP_FROM}")
    assert first["Body"] == "¿Cómo está? 😀"
    assert second["To"] == "whatsapp:US.1349120"


async def test_a_picture_goes_as_a_file_or_as_a_link(
    twilio: TwilioStandIn, senders: Senders
) -> None:
    file_id = secrets.token_urlsafe(32)
    reply = Reply("Ficha", (Option("1.0.1", "Sí", "x", {}),), image=f"file:{file_id}/ficha.png")
    for sender in senders:
        for part in sender.parts(reply):
            await sender.send(TO, part, UUID)
    *texts, picture, question = twilio.taken
    text = "\n".join(taken["Body"] for taken in texts)
    start = f"{PUBLIC_URL}/files/{file_id}/ficha.png?until="
    assert start in text
    assert text.endswith("1. Si")
    assert picture["MediaUrl"].startswith(start)
    assert twilio.text(question) == "Ficha\n\n[Sí]"


@pytest.mark.parametrize(
    ("spanish", "english", "language", "template"),
    [
        (INVITATION, INVITATION_IN_ENGLISH, "es", INVITATION),
        (INVITATION, INVITATION_IN_ENGLISH, "en", INVITATION_IN_ENGLISH),
        (INVITATION, INVITATION_IN_ENGLISH, "", INVITATION),
        (INVITATION, "", "en", INVITATION),
        ("", INVITATION_IN_ENGLISH, "es", INVITATION_IN_ENGLISH),
        ("", "", "es", None),
    ],
)
async def test_an_invitation_in_the_persons_language(
    twilio: TwilioStandIn,
    settings: Settings,
    spanish: str,
    english: str,
    language: str,
    template: str | None,
) -> None:
    assert settings.twilio
    given = {"whatsapp_invitation": spanish, "whatsapp_invitation_en": english}
    account = dataclasses.replace(settings.twilio, **given)
    sms, whatsapp = twilio_senders(settings, account)
    assert await sms.invite(TO, language, UUID) is None
    sent = await whatsapp.invite(TO, language, UUID)
    assert [taken["ContentSid"] for taken in twilio.taken] == ([template] if template else [])
    assert (sent is None) == (template is None)
    assert not any("Body" in taken for taken in twilio.taken)
    for sender in (sms, whatsapp):
        await sender.close()


async def test_a_messaging_service(settings: Settings) -> None:
    """It has its own field, for WhatsApp too without a prefix."""
    fields: list[dict[str, str]] = []

    class Client(TwilioClient):
        async def create(self, given):  # type: ignore[no-untyped-def]
            fields.append(given)
            return "SM1"

    assert settings.twilio
    service, client = "MG" + "0a" * 16, Client(settings.twilio, 1)
    links = SignedLinks.from_settings(settings)
    for kind in (SmsSender, WhatsappSender):
        await kind(service, client, PUBLIC_URL, links).send(TO, Reply("a"), UUID)
    await client.close()
    assert [given["MessagingServiceSid"] for given in fields] == [service, service]
    assert not [given for given in fields if "From" in given]


ANSWERS = {
    "in trouble": (Failure(503), TryLaterError, "http-503", None, False),
    "an error of theirs": (Failure(500, 20500), TryLaterError, "http-500", None, False),
    "a wait": (
        Failure(503, headers={"Retry-After": "7"}), TryLaterError, "http-503", 7.0, False,
    ),
    "too many": (Failure(429, 20429), TryLaterError, "429", None, True),
    "too many, with a wait": (
        Failure(429, 20429, {"Retry-After": "3"}), TryLaterError, "429", 3.0, True,
    ),
    "a wait that is a date": (
        Failure(429, 20429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        TryLaterError, "429", None, True,
    ),
    "a wait for ever": (
        Failure(429, 20429, {"Retry-After": "99999999"}), TryLaterError, "429", 3600.0, True,
    ),
    "slow down": (Failure(400, 63018), TryLaterError, "63018", None, True),
    "opted out": (Failure(400, 21610), StoppedError, None, None, None),
    "outside the window": (Failure(400, 63016), OutsideWindowError, None, None, None),
    "no such number": (Failure(400, 21211), RefusedError, "21211", None, None),
    "a wrong token": (Failure(401, 20003), OperatorError, "20003", None, None),
    "unauthorised, without a code": (Failure(401, 0), OperatorError, "401", None, None),
    "forbidden": (Failure(403, 20403), OperatorError, "20403", None, None),
    "forbidden, without a code": (Failure(403, 0), OperatorError, "403", None, None),
    "a closed account": (Failure(400, 20005), OperatorError, "20005", None, None),
    "forbidden for one number": (Failure(403, 21408), RefusedError, "21408", None, None),
    "opted out, forbidden": (Failure(403, 21610), StoppedError, None, None, None),
    "not shown": (Failure(400, 63013), NotShownError, "63013", None, None),
    "not found, without a code": (Failure(404, 0), RefusedError, "404", None, None),
    "cut": (Failure(cut=True), TryLaterError, "cut", 2.0, False),
    "cut after it was taken": (Failure(cut=True, taken=True), TryLaterError, "cut", 2.0, False),
    "too slow": (Failure(0, seconds=2.0), TryLaterError, "cut", 2.0, False),
    "moved": (Failure(302, 0), TryLaterError, "http-302", None, False),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
async def test_what_an_answer_means(
    twilio: TwilioStandIn,
    senders: Senders,
    case: tuple[Failure, type[DeliveryError], str | None, float | None, bool | None],
) -> None:
    failure, kind, code, seconds, whole_channel = case
    twilio.failures.append(failure)
    with pytest.raises(kind) as caught:
        await senders[0].send(TO, Reply("hola"), UUID)
    error = caught.value
    if code is not None:
        assert getattr(error, "code", None) == code
    if isinstance(error, TryLaterError):
        assert (error.seconds, error.whole_channel) == (seconds, whole_channel)


async def test_twilio_that_is_not_there(settings: Settings, senders: Senders) -> None:
    assert settings.twilio
    account = dataclasses.replace(settings.twilio, api_url="http://127.0.0.1:9")
    sender = twilio_senders(settings, account)[0]
    with pytest.raises(TryLaterError) as caught:
        await sender.send(TO, Reply("hola"), UUID)
    assert caught.value.code == "unreachable"
    await sender.close()


async def test_twilio_that_takes_no_connection(settings: Settings) -> None:
    assert settings.twilio
    with contextlib.ExitStack() as opened:
        deaf = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):  # more than wait to be taken
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        account = dataclasses.replace(
            settings.twilio, api_url=f"http://127.0.0.1:{deaf.getsockname()[1]}"
        )
        sender = twilio_senders(settings, account)[0]
        with pytest.raises(TryLaterError) as caught:
            await sender.send(TO, Reply("hola"), UUID)
        assert caught.value.code == "unreachable"
        await sender.close()


async def test_what_is_too_late_does_not_arrive(twilio: TwilioStandIn, senders: Senders) -> None:
    """The process stood still when the headers of the call had been written."""
    has_to_leave_by(time.monotonic() - 1)
    with pytest.raises(TryLaterError) as caught:
        await senders[0].send(TO, Reply("hola"), UUID)
    assert caught.value.code == "cut"
    assert not twilio.taken
    has_to_leave_by(math.inf)
    await senders[0].send(TO, Reply("hola"), UUID)
    assert len(twilio.taken) == 1


async def test_calls_do_not_wait_for_each_other(twilio: TwilioStandIn, senders: Senders) -> None:
    twilio.failures.extend(Failure(0, seconds=0.5) for _ in range(10))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(senders[0].send(TO, Reply("a"), UUID) for _ in range(10)))
    assert loop.time() - began < 2
    assert len(twilio.taken) == 10


async def test_nothing_of_a_message_and_no_token_is_logged(
    twilio: TwilioStandIn, senders: Senders
) -> None:
    twilio.failures.append(Failure(400, 21211))
    with process_logging() as printed:
        with pytest.raises(RefusedError):
            await senders[0].send(TO, Reply("secreto"), UUID)
        await senders[0].send(TO, Reply("secreto"), UUID)
    for word in ("secreto", "15550100001", TOKEN):
        assert word not in printed.getvalue()

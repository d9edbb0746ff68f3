"""Messages with options to tap, as they arrive at Twilio: from contents that are made once; and as
numbered text where that does not work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.twilio import contents as module
from bot.channels.twilio.sender import WhatsappSender, twilio_senders
from bot.messaging.contents import Option, Reply
from bot.messaging.sender import RefusedError, StoppedError, TryLaterError
from bot.settings import Settings
from tests.messaging.stand_in import process_logging
from tests.twilio.conftest import twilio_settings
from tests.twilio.rest_api import Failure, TwilioStandIn

UUID = "0" * 32 + ".1.1"
TO = "+15550100001"
ADDRESS = f"whatsapp:{TO}"


def offering(text: str, *titles: str) -> Reply:
    options = (Option(f"7.0.{n}", title, "x", {}) for n, title in enumerate(titles, start=1))
    return Reply(text, tuple(options), language="es")


QUESTION = offering("¿Sigue?\nFuente: IMSS", "Sí", "No")
NUMBERED = "¿Sigue?\nFuente: IMSS\n\n1. Sí\n2. No"
TAPPED = "¿Sigue?\nFuente: IMSS\n\n[Sí]\n[No]"


def settings_of(twilio: TwilioStandIn, **more: str) -> Settings:
    urls = dict.fromkeys(("PTI_TWILIO_API_URL", "PTI_TWILIO_CONTENT_URL"), twilio.url)
    return twilio_settings(
        "sqlite://", **{**urls, "PTI_DELIVERY_SEND_SECONDS": "3", "PTI_TWILIO_SMS_FROM": "", **more}
    )


def sender_of(settings: Settings) -> WhatsappSender:
    assert settings.twilio
    (sender,) = twilio_senders(settings, settings.twilio)
    assert isinstance(sender, WhatsappSender)
    return sender


@pytest.fixture
async def sender(twilio: TwilioStandIn) -> AsyncIterator[WhatsappSender]:
    opened = sender_of(settings_of(twilio))
    yield opened
    await opened.close()


async def send(sender: WhatsappSender, reply: Reply) -> None:
    for part in sender.parts(reply):
        await sender.send(TO, part, UUID)


def texts(twilio: TwilioStandIn) -> list[str]:
    return [twilio.text(fields) for fields in twilio.to(ADDRESS)]


async def test_one_content_serves_all_messages_of_a_shape(
    twilio: TwilioStandIn, sender: WhatsappSender
) -> None:
    await send(sender, QUESTION)
    await send(sender, offering("¿Paga?\nSon $10", "Ya pagué", "Todavía no"))
    await send(sender, offering("Which?\nA or B", "A", "B"))
    assert texts(twilio) == [
        TAPPED, "¿Paga?\nSon $10\n\n[Ya pagué]\n[Todavía no]", "Which?\nA or B\n\n[A]\n[B]",
    ]  # fmt: skip
    assert twilio.content_calls == ["GET", "POST"]
    await send(sender, offering("¿Cuál?", "A", "B", "C", "D"))
    assert twilio.content_calls == ["GET", "POST", "POST"]


async def test_nothing_that_was_said_stays_in_a_content(
    twilio: TwilioStandIn, sender: WhatsappSender
) -> None:
    await send(sender, offering("Su CURP es XEXX850615MNEXXX00", "Sí, es mía", "No"))
    assert "XEXX" not in str(twilio.contents.contents)
    assert "mía" not in str(twilio.contents.contents)


@pytest.mark.parametrize("page_size", [1, 2, 50])
async def test_a_restart_finds_what_was_made(twilio: TwilioStandIn, page_size: int) -> None:
    """Also on a later page of the list, between contents of others; and it asks Twilio alone for
    the next page."""
    twilio.contents.page_size = page_size
    for number in range(3):
        sender = sender_of(settings_of(twilio))
        await send(sender, QUESTION)
        await send(sender, offering("¿Cuál?", *"ABCD"))
        await sender.close()
        made = [call for call in twilio.content_calls if call == "POST"]
        assert len(made) == 2, number
        twilio.contents.contents[f"HX{number:032x}"] = {"friendly_name": "of others", "sid": "HX"}
    assert len(texts(twilio)) == 6


async def test_messages_at_once_make_one_content(
    twilio: TwilioStandIn, sender: WhatsappSender
) -> None:
    await asyncio.gather(*(send(sender, QUESTION) for _ in range(10)))
    assert texts(twilio) == [TAPPED] * 10
    assert twilio.content_calls == ["GET", "POST"]


AWAY = {
    "in trouble": Failure(503),
    "no right to contents": Failure(401, 20003),
    "not found": Failure(404, 20404),
    "too many calls": Failure(429, 20429),
    "cut": Failure(cut=True),
    "too slow": Failure(0, seconds=1.6),
}


@pytest.mark.parametrize("when", ["listing", "making"])
@pytest.mark.parametrize("failure", AWAY.values(), ids=AWAY)
async def test_where_contents_cannot_be_had_options_are_numbered(
    twilio: TwilioStandIn,
    sender: WhatsappSender,
    monkeypatch: pytest.MonkeyPatch,
    failure: Failure,
    when: str,
) -> None:
    """Nobody waits for it again and again; after a while it is tried once more."""
    if when == "making":
        twilio.content_failures.append(Failure(0))
    twilio.content_failures.append(failure)
    with process_logging() as printed:
        await send(sender, QUESTION)
        await send(sender, QUESTION)
    assert texts(twilio) == [NUMBERED] * 2
    calls = len(twilio.content_calls)
    assert printed.getvalue().count("options are numbered") == 1
    assert "Sigue" not in printed.getvalue()
    assert calls <= 2
    monkeypatch.setattr(sender._contents, "_away_until", 0.0)
    await send(sender, QUESTION)
    assert texts(twilio)[-1] == TAPPED
    assert len(twilio.contents.contents) == 1


async def test_contents_that_nobody_serves(twilio: TwilioStandIn) -> None:
    sender = sender_of(settings_of(twilio, PTI_TWILIO_CONTENT_URL="http://127.0.0.1:9"))
    await send(sender, QUESTION)
    await sender.close()
    assert texts(twilio) == [NUMBERED]


@pytest.mark.parametrize("code", [21655, 21656, 63005, 63013, 63028])
async def test_a_content_that_twilio_does_not_send(
    twilio: TwilioStandIn, sender: WhatsappSender, code: int
) -> None:
    """The person gets it numbered, at once; it is not tried again with every message."""
    twilio.failures.append(Failure(400, code))
    with process_logging() as printed:
        await send(sender, QUESTION)
        await send(sender, QUESTION)
    await send(sender, offering("¿Cuál?", *"ABCD"))
    assert texts(twilio) == [NUMBERED, NUMBERED, "¿Cuál?\n\n[A]\n[B]\n[C]\n[D]"]
    assert printed.getvalue().count("does not take the content") == 1


async def test_a_number_that_is_refused_says_nothing_of_the_content(
    twilio: TwilioStandIn, sender: WhatsappSender
) -> None:
    twilio.failures.extend([Failure(400, 21211), Failure(400, 21211)])
    with pytest.raises(RefusedError):
        await send(sender, QUESTION)
    await send(sender, QUESTION)
    assert texts(twilio) == [TAPPED]


@pytest.mark.parametrize(
    ("failure", "error"),
    [(Failure(503), TryLaterError), (Failure(400, 21610), StoppedError)],
)
async def test_what_is_no_fault_of_the_content_is_not_sent_as_text(
    twilio: TwilioStandIn, sender: WhatsappSender, failure: Failure, error: type[Exception]
) -> None:
    twilio.failures.append(failure)
    with pytest.raises(error):
        await send(sender, QUESTION)
    assert texts(twilio) == []


async def test_so_many_contents_and_no_more(
    twilio: TwilioStandIn, sender: WhatsappSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_CONTENTS", 1)
    await send(sender, QUESTION)
    await send(sender, offering("¿Otra?", "Sí"))
    await send(sender, QUESTION)
    assert texts(twilio) == [TAPPED, "¿Otra?\n\n1. Sí", TAPPED]


async def test_switched_off(twilio: TwilioStandIn) -> None:
    sender = sender_of(settings_of(twilio, PTI_TWILIO_WHATSAPP_BUTTONS="off"))
    await send(sender, QUESTION)
    await sender.close()
    assert texts(twilio) == [NUMBERED]
    assert twilio.content_calls == []


async def test_plain_parts_are_sent_as_text(twilio: TwilioStandIn, sender: WhatsappSender) -> None:
    for part in sender.parts(QUESTION, plain=True):
        await sender.send(TO, part, UUID)
    assert texts(twilio) == [NUMBERED]

"""What people send to the bot: fetched from Telegram and read, in whole conversations with the real
gateway, brain and stand-ins."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.telegram.media import TelegramMedia
from bot.channels.telegram.pace import Pace
from bot.messaging.assistant import Assistant
from bot.messaging.media_runner import NotNowError, NotUsableError
from bot.settings import ImssSettings, MediaSettings, TelegramSettings
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.migrate import migrate
from bot.storage.tables import files, inbox
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import TOKEN as IMSS_TOKEN
from tests.imss.sandbox_process import Sandbox
from tests.media.files import certificate, certificate_text, jpeg, pdf, photographed, voice_note
from tests.media.transcription_service import Answer, TranscriptionService, heard
from tests.messaging.stand_in import process_logging
from tests.registration.conftest import day, institute, sandbox
from tests.registration.house import House
from tests.support.network import free_port
from tests.telegram.bot_api import BotApiStandIn, Failure, refusal
from tests.telegram.conftest import Gateway, telegram_settings
from tests.telegram.known import TOKEN, WEBHOOK_SECRET
from tests.telegram.people import Person
from tests.telegram.test_registration import running_gateway
from tests.telegram.updates import sent

__all__ = ["day", "institute", "sandbox"]
FETCH_SECONDS = 60


@pytest.fixture
def spoken() -> Iterator[TranscriptionService]:
    running = TranscriptionService()
    yield running
    running.close()
    assert running.broken == []


class Talk(Person):
    """Somebody who sends files."""

    def photo(self, content: bytes, **more: Any) -> list[str]:
        small = self.telegram.files.add(b"a small one")
        large = self.telegram.files.add(content)
        sizes = [{**one, "width": 1, "height": 1} for one in (small, large)]
        return [one.text for one in self.sends(photo=sizes, **more)]

    def document(self, content: bytes, name: str = "curp.pdf") -> list[str]:
        file = {**self.telegram.files.add(content), "file_name": name}
        return [one.text for one in self.sends(document=file)]

    def voice(self, content: bytes | None = None) -> list[str]:
        file = self.telegram.files.add(voice_note() if content is None else content)
        return [one.text for one in self.sends(voice={**file, "duration": 4})]


@pytest.fixture(params=["sqlite", "postgresql"])
def talk(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sandbox: Sandbox,
    assistant: Assistant,
    loop: asyncio.AbstractEventLoop,
    monkeypatch: pytest.MonkeyPatch,
    telegram: BotApiStandIn,
    spoken: TranscriptionService,
) -> Iterator[Talk]:
    """Somebody who has not written before; the gateway fetches, the brain works after that."""
    url = f"sqlite:///{tmp_path / 'pti.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    migrate(url)
    given = {
        "PTI_TELEGRAM_API_URL": telegram.url,
        "PTI_GATEWAY_PORT": str(free_port()),
        "PTI_MEDIA_WAIT_SECONDS": "4",
        "PTI_MEDIA_MAX_BYTES": "2000000",
        **spoken.settings(),
    }
    settings = dataclasses.replace(
        telegram_settings(url, **given),
        imss=ImssSettings(url=sandbox.url, token=IMSS_TOKEN, breaker_failures=1000),
    )
    monkeypatch.setattr(Pace.__init__, "__defaults__", (0.0,))
    telegram.pace = 0.0
    database = Database.from_settings(settings)
    house = House(settings, database, assistant, loop)

    def work() -> None:
        until = time.monotonic() + FETCH_SECONDS
        while _is_fetching(database):
            assert time.monotonic() < until
            time.sleep(0.02)
        house.settle()

    with running_gateway(settings) as address:
        telegram.state.webhook = {
            "url": f"{address}/webhooks/telegram",
            "secret_token": WEBHOOK_SECRET,
        }
        yield Talk(telegram, database, work)
    database.dispose()


def _is_fetching(database: Database) -> bool:
    with database.reading() as connection:
        waiting = select(media.c.id).where(media.c.state == "waiting")
        return connection.execute(waiting).first() is not None


def test_a_photo_of_the_certificate_fills_the_step(talk: Talk, day: Callable[..., None]) -> None:
    who = new_person()
    talk.says("/start")
    talk.says("me quiero inscribir")
    (asked, *_) = reversed(talk.taps("Acepto todo"))
    assert "CURP" in asked.text
    said = talk.photo(jpeg(photographed(certificate(certificate_text(who.curp)))))
    assert "Nacimiento" in said[-1], talk.written()
    asked_next = talk.says("si soy yo")
    assert "seguro social" in asked_next[-1].text.lower(), talk.written()
    assert all(who.curp not in one.text for one in talk.shown())


def test_a_pdf_of_the_certificate_is_offered(talk: Talk) -> None:
    who = new_person()
    (offered,) = talk.document(pdf(certificate(certificate_text(who.curp))))
    assert who.curp[-2:] in offered
    (checked, *_) = talk.taps("Sí, es mía")
    assert "está bien escrita" in checked.text
    (_,) = talk.document(pdf(certificate(certificate_text(who.curp))))
    (no,) = talk.says("no, no es mia")
    assert "no la uso" in no.text


def test_a_voice_note_answers_a_question(talk: Talk, spoken: TranscriptionService) -> None:
    talk.says("quiero calcular mi cuota")
    spoken.answers = deque([Answer(heard("mil quinientos dólares"))])
    talk.voice()
    spoken.answers = deque([Answer(heard("al mes", -1.2))])
    (read_back,) = talk.voice()
    assert "al mes" in read_back
    assert "$" in "\n".join(one.text for one in talk.says("así es")), talk.written()
    assert spoken.heard == [voice_note()] * 2


def test_a_voice_note_that_was_not_understood(talk: Talk, spoken: TranscriptionService) -> None:
    spoken.answers = deque([Answer(heard("quiero una pizza", -1.5))])
    (read_back,) = talk.voice()
    assert "quiero una pizza" in read_back
    (again,) = talk.taps("No")
    assert "otra nota de voz" in again.text
    spoken.answers = deque([Answer(b"{}", 500)])
    (call,) = talk.voice()
    assert "4166 5415" in call


def test_what_is_not_what_it_says(talk: Talk) -> None:
    assert "Ese tipo de archivo" in talk.photo(b"<html><script>alert(1)</script>")[0]
    assert "Ese tipo de archivo" in talk.document(b"MZ\x90\x00" + bytes(300), "foto.jpg")[0]
    assert "demasiado grande" in talk.document(b"%PDF-" + bytes(2_100_000))[0]
    assert "demasiado grande" in talk.document(b"%PDF-" + bytes(20_100_000))[0]
    assert "no lo encontré" in talk.photo(jpeg(certificate("https://example.org")))[0]
    assert talk.says("hola")


def test_what_telegram_does_not_give(talk: Talk) -> None:
    talk.telegram.failing = lambda method: method == "getFile"
    talk.telegram.state.failures.extend([Failure()] * 50)
    (said,) = talk.photo(jpeg(certificate("x")))
    assert "no me llegó completo" in said


def test_a_failure_that_ends_is_not_noticed(talk: Talk, spoken: TranscriptionService) -> None:
    talk.telegram.failing = lambda method: method == "getFile"
    talk.telegram.state.failures.append(Failure.wait(1))
    spoken.answers = deque([Answer(heard("hola"))])
    assert "IMSS" in talk.voice()[0]


def test_what_is_written_meanwhile_is_answered_after(
    talk: Talk, spoken: TranscriptionService
) -> None:
    spoken.answers = deque([Answer(heard("qué cubre el seguro"), seconds=1.5)])
    file = talk.telegram.files.add(voice_note())
    talk.telegram.deliver(sent(talk.chat, voice={**file, "duration": 4}))
    shown = talk.says("hola")
    assert "médico" in shown[0].text.lower(), talk.written()
    assert len(shown) >= 2


def test_a_caption_and_kind_words(talk: Talk) -> None:
    said = talk.photo(jpeg(certificate("x")), caption="que cubre el seguro")
    assert len(said) == 2
    assert "código postal" in talk.sends(location={"latitude": 1.0, "longitude": 2.0})[0].text
    contact = {"phone_number": "5215511111111", "first_name": "A"}
    assert "contactos no los guardo" in talk.sends(contact=contact)[0].text
    assert talk.telegram.files.fetched[-1].startswith("photos/")


def test_nothing_of_it_is_in_a_log_or_in_clear(talk: Talk, spoken: TranscriptionService) -> None:
    spoken.answers = deque([Answer(heard("me llamo Xochitlquetzal", -2))])
    who = new_person()
    with process_logging("INFO") as printed:
        talk.voice()
        talk.photo(jpeg(certificate(certificate_text(who.curp))))
    for word in ("Xochitl", who.curp, TOKEN, "AgAC"):
        assert word not in printed.getvalue()
    with talk._database.reading() as connection:
        kept = connection.execute(select(files.c.content_sealed)).scalars().all()
        messages = connection.execute(select(inbox.c.content_sealed)).scalars().all()
    assert len(kept) == 2
    # With the zero that follows: the letters alone come about by chance in what is sealed.
    assert all(b"OggS\0" not in one and b"JFIF\0" not in one for one in kept)
    assert all(who.curp.encode() not in one for one in messages)


def test_the_webhook_fetches_nothing(gateway: Gateway) -> None:
    """The update is stored with what is to be fetched; Telegram is not asked before it is told."""
    assert gateway.post(
        sent(voice={"file_id": "f", "file_unique_id": "u", "duration": 4})
    ).is_success
    with gateway.database.reading() as connection:
        (row,) = connection.execute(select(media)).all()
        held = connection.execute(select(inbox).where(inbox.c.id == row.inbox_id)).one()
    assert gateway.database.cipher.open(row.source_sealed) == {"file_id": "f"}
    assert held.claimed_until > held.received_at + 60


PATHS = [
    "../../botTOKEN/getMe", "/etc/passwd", "photos/../../x", "https://evil.example/x",
    "//evil.example/x", "photos/file.jpg?x=1", "photos/file.jpg#x", "photos\\file", "", ".", "a//b",
    "@evil.example/x",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_paths_that_lead_elsewhere(telegram: BotApiStandIn, path: str) -> None:
    told = telegram.files.add(b"content")
    telegram.files.paths[told["file_id"]] = path
    source = TelegramMedia(TelegramSettings(TOKEN, api_url=telegram.url), MediaSettings())
    with pytest.raises(NotUsableError):
        await source.fetch({"file_id": told["file_id"]})
    await source.close()
    assert telegram.files.fetched == []


async def test_what_telegram_says_no_to(telegram: BotApiStandIn) -> None:
    source = TelegramMedia(TelegramSettings(TOKEN, api_url=telegram.url), MediaSettings())
    with pytest.raises(NotUsableError):
        await source.fetch({"file_id": "unknown"})
    telegram.failing = lambda _method: True
    telegram.state.failures.append(Failure(502, refusal(502, "Bad Gateway")))
    with pytest.raises(NotNowError):
        await source.fetch({"file_id": "unknown"})
    await source.close()

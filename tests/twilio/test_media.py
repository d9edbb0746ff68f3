"""What people send by WhatsApp and MMS: fetched from Twilio, read, deleted there; whole
conversations with the real processes, and `kill -9` of the gateway at each step."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.twilio.media import TwilioMedia, attachments_in
from bot.channels.twilio.signature import Fields
from bot.messaging.inbox import Inbox
from bot.messaging.media_runner import NotNowError, NotUsableError
from bot.messaging.received_media import Attachment
from bot.settings import MediaSettings
from bot.storage.media_tables import media
from bot.storage.tables import files, inbox
from tests.faults.die_at import MEDIA_POINTS
from tests.imss.made_up import new_person
from tests.media.files import certificate, certificate_text, jpeg, photographed, voice_note
from tests.media.transcription_service import Answer, TranscriptionService, heard
from tests.support.service import Service
from tests.twilio.conftest import MESSAGES, Gateway, twilio_settings
from tests.twilio.house import House, wait_for
from tests.twilio.known import ACCOUNT, PUBLIC_URL, SMS_FROM, WHATSAPP_FROM
from tests.twilio.media_store import MEDIA, Trouble
from tests.twilio.rest_api import TwilioStandIn
from tests.twilio.test_webhook_messages import whatsapp
from tests.twilio.test_webhook_signature import message

_numbers = itertools.count(1)
QUIET_SECONDS = 1.5


@pytest.fixture(scope="module")
def spoken() -> Iterator[TranscriptionService]:
    running = TranscriptionService()
    yield running
    running.close()
    assert running.broken == []


def opened(url: str, model: Path, folder: Path, spoken: TranscriptionService, **more: str) -> House:
    given = {"PTI_MEDIA_WAIT_SECONDS": "8", **spoken.settings(), **more}
    return House(url, model, folder, **given)


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgresql":
        return str(request.getfixturevalue("postgres").new_database())
    return f"sqlite:///{folder / 'pti.db'}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest,
    model: Path,
    tmp_path_factory: pytest.TempPathFactory,
    spoken: TranscriptionService,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("media")
    url = url_of(request.param, request, folder)
    running = opened(
        url, model, folder, spoken, PTI_IMSS_URL="http://127.0.0.1:1", PTI_IMSS_TOKEN="t"
    )
    running.service.start("brain")
    running.service.wait_until_ready()
    yield running
    running.close()
    assert running.twilio.broken == []


class Person:
    """Somebody with a telephone, who sends files too."""

    def __init__(self, house: House, channel: str = "whatsapp") -> None:
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.address = f"{prefix}+1555666{next(_numbers):04d}"
        self._house = house

    def sends(self, *sent: tuple[str, bytes], text: str = "") -> list[str]:
        """Sends files with a text; gives what is answered."""
        before = len(self._house.bodies(self.address))
        self.writes(*sent, text=text)
        wait_for(lambda: len(self._house.bodies(self.address)) > before)
        told: list[str] = []
        while told != (now := self._house.bodies(self.address)):
            told = now
            time.sleep(QUIET_SECONDS)
        return told[before:]

    def writes(self, *sent: tuple[str, bytes], text: str = "") -> list[str]:
        """The same without waiting; gives where Twilio has the files."""
        twilio = self._house.twilio
        paths = [twilio.media.add(content_type, content) for content_type, content in sent]
        fields = {"NumMedia": str(len(sent))}
        for place, (path, (content_type, _)) in enumerate(zip(paths, sent, strict=True)):
            fields[f"MediaUrl{place}"] = twilio.url + path
            fields[f"MediaContentType{place}"] = content_type
        to = f"whatsapp:{WHATSAPP_FROM}" if self.address.startswith("whatsapp:") else SMS_FROM
        form = message(From=self.address, To=to, Body=text, **fields)
        assert twilio.post(PUBLIC_URL + MESSAGES, form).status_code == 200
        return paths


def certificate_photo(curp: str) -> tuple[str, bytes]:
    return "image/jpeg", jpeg(photographed(certificate(certificate_text(curp))))


def note() -> tuple[str, bytes]:
    return "audio/ogg", voice_note()


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_a_photo_of_the_certificate_fills_the_step(house: House, channel: str) -> None:
    who, person = new_person(), Person(house, channel)
    person.sends(text="me quiero inscribir")
    person.sends(text="1")
    said = "\n".join(person.sends(certificate_photo(who.curp)))
    assert "Nacimiento" in said
    assert "seguro social" in "\n".join(person.sends(text="si soy yo")).lower()
    assert all(who.curp not in body for body in house.bodies(person.address))
    wait_for(lambda: house.twilio.media.files == {})


def test_a_voice_note_answers_a_question(house: House, spoken: TranscriptionService) -> None:
    person = Person(house)
    person.sends(text="quiero calcular mi cuota")
    spoken.answers = deque([Answer(heard("mil quinientos dólares"))])
    person.sends(note())
    spoken.answers = deque([Answer(heard("al mes", -1.2))])
    assert "al mes" in person.sends(note())[0]
    assert "$" in "\n".join(person.sends(text="sí"))
    wait_for(lambda: house.twilio.media.files == {})


def test_a_provider_that_fails_at_first(house: House, spoken: TranscriptionService) -> None:
    spoken.answers = deque([Answer(heard("qué cubre el seguro"))])
    house.twilio.media.troubles.extend([Trouble(503), Trouble(cut=True)])
    assert "médico" in "\n".join(Person(house).sends(note())).lower()


@pytest.mark.parametrize(
    ("content_type", "content", "said"),
    [
        ("image/jpeg", b"<html><script>alert(1)</script>", "Ese tipo de archivo"),
        ("application/pdf", b"MZ\x90\x00" + bytes(300), "Ese tipo de archivo"),
        ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(10_100_000), "demasiado grande"),
        ("image/webp", b"RIFF....WEBP", "En qué le ayudo"),
        ("text/vcard", b"BEGIN:VCARD", "contactos no los guardo"),
        ("video/mp4", b"....ftyp", "no lo puedo ver"),
    ],
)
def test_other_files(house: House, content_type: str, content: bytes, said: str) -> None:
    assert said in "\n".join(Person(house).sends((content_type, content)))
    wait_for(lambda: house.twilio.media.files == {})


def test_nothing_leads_elsewhere(house: House) -> None:
    fetched = len(house.twilio.media.fetched)
    away = "http://169.254.169.254/latest/meta-data"
    house.twilio.media.troubles.append(Trouble(redirect=away))
    assert "no me llegó completo" in "\n".join(Person(house).sends(certificate_photo("x")))
    assert len(house.twilio.media.fetched) == fetched


def test_nothing_of_it_is_in_a_log(house: House, spoken: TranscriptionService) -> None:
    spoken.answers = deque([Answer(heard("me llamo Xochitlquetzal", -2))])
    who = new_person()
    Person(house).sends(note())
    Person(house).sends(certificate_photo(who.curp))
    logs = house.service.logs()
    for word in ("Xochitlquetzal", who.curp, "/Media/ME", "Traceback", "1555666"):
        assert word not in logs


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("point", MEDIA_POINTS)
def test_the_gateway_is_killed(
    kind: str,
    point: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    spoken: TranscriptionService,
) -> None:
    """Before it is kept a file is fetched again; after that it is not, and in the end one file and
    one answer are there, and nothing at Twilio."""
    spoken.answers = deque([Answer(heard("hola"))])
    url = url_of(kind, request, tmp_path)
    # Starting a gateway again may take long on a busy machine.
    patient = {"PTI_CLAIM_SECONDS": "1", "PTI_MEDIA_WAIT_SECONDS": "300"}
    house = opened(url, tmp_path / "no-model", tmp_path, spoken, **patient)
    try:
        Service.kill(house.gateway)
        armed, go = tmp_path / "armed", tmp_path / "go"
        armed.write_text(point)
        go.touch()
        program = ("-m", "tests.faults.die_at", str(armed), str(go))
        doomed = house.service.start("gateway", program=program)
        house.service.wait_until_ready(brains=False)
        (path,) = Person(house).writes(note())
        assert doomed.wait(60) < 0
        house.start_gateway()
        wait_for(lambda: house.twilio.media.deleted == [path])
        with house.database.reading() as connection:
            assert len(connection.execute(select(files.c.id)).all()) == 1
        wait_for(lambda: _states(house) == ["done"])
        found = Inbox(house.database).claim("test", 60)
        assert found is not None
        assert found.content is not None
        assert found.content.text == "hola"
        assert Inbox(house.database).claim("test", 60) is None
        again = point == "media fetched, not kept"
        assert house.twilio.media.fetched == [path] * (2 if again else 1)
    finally:
        house.close()


def _states(house: House) -> list[str]:
    with house.database.reading() as connection:
        return list(connection.execute(select(media.c.state)).scalars())


def test_the_webhook_fetches_nothing(gateway: Gateway) -> None:
    one = "https://api.twilio.com" + MEDIA % (1, 2)
    gateway.post(whatsapp(Body="", NumMedia="1", MediaUrl0=one, MediaContentType0="audio/ogg"))
    with gateway.database.reading() as connection:
        row = connection.execute(select(media).order_by(media.c.id.desc())).first()
        held = connection.execute(select(inbox).where(inbox.c.id == row.inbox_id)).one()
    assert gateway.database.cipher.open(row.source_sealed) == {"url": one}
    assert held.claimed_until > held.received_at + 60


TOLD: list[tuple[dict[str, str], list[tuple[str, bool]]]] = [
    ({"NumMedia": "0"}, []),
    ({"NumMedia": "many", "MediaUrl0": "x"}, []),
    ({"NumMedia": "-1", "MediaUrl0": "x"}, []),
    ({"NumMedia": "1"}, []),
    ({"NumMedia": "1", "MediaUrl0": "x"}, [("document", True)]),
    ({"NumMedia": "1", "MediaUrl0": "x", "MediaContentType0": "image/webp"}, [("sticker", False)]),
    (
        {"NumMedia": "99999", **{f"MediaUrl{n}": "x" for n in range(20)}},
        [("document", True)] * 3 + [("document", False)] * 7,
    ),
]


@pytest.mark.parametrize(("given", "found"), TOLD)
def test_what_a_webhook_tells_of(given: dict[str, str], found: list[tuple[str, bool]]) -> None:
    fields = Fields({name: [value] for name, value in given.items()})
    assert attachments_in(fields) == tuple(Attachment(k, {"url": "x"}, w) for k, w in found)


NOT_OURS = [
    "http://127.0.0.1:1/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
    "{url}/2010-04-01/Accounts/ACother/Messages/MM1/Media/ME1",
    "{url}/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1/../../../../../x",
    "{url}/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1?x=1",
    "{url}/2010-04-01/Accounts/{account}/Messages.json",
    "{url}@evil.example/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
    "{url}.evil.example/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
    "file:///etc/passwd",
    "",
]


@pytest.mark.parametrize("form", NOT_OURS)
async def test_addresses_that_are_not_of_the_account(twilio: TwilioStandIn, form: str) -> None:
    account = twilio_settings("sqlite://", PTI_TWILIO_API_URL=twilio.url).twilio
    assert account is not None
    source = TwilioMedia(account, MediaSettings())
    url = form.format(url=twilio.url, account=ACCOUNT)
    with pytest.raises(NotUsableError):
        await source.fetch({"url": url})
    await source.delete({"url": url})
    await source.close()
    assert twilio.media.fetched == []


async def test_deleting_twice_is_deleting(twilio: TwilioStandIn) -> None:
    account = twilio_settings("sqlite://", PTI_TWILIO_API_URL=twilio.url).twilio
    assert account is not None
    source = TwilioMedia(account, MediaSettings())
    url = twilio.url + twilio.media.add("audio/ogg", voice_note())
    assert await source.fetch({"url": url}) == voice_note()
    await source.delete({"url": url})
    await source.delete({"url": url})
    await source.close()


async def test_a_twilio_that_is_away_is_asked_again() -> None:
    account = twilio_settings("sqlite://", PTI_TWILIO_API_URL="http://127.0.0.1:1").twilio
    assert account is not None
    source = TwilioMedia(account, MediaSettings())
    url = "http://127.0.0.1:1" + MEDIA % (1, 1)
    with pytest.raises(NotNowError):
        await source.fetch({"url": url})
    with pytest.raises(NotNowError):
        await source.delete({"url": url})
    await source.close()

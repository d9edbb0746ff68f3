"""What is said about what people send besides text. A task stays where it was, unless what was
found is its answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messaging.assistant import Assistant, Turn
from bot.messaging.contents import Incoming, Option
from bot.messaging.found import Found, curp, nothing, transcript
from bot.messaging.media_answers import confirmed_in
from bot.people.record import Consent, PersonRecord
from bot.programme.registration import RegistrationDraft
from tests.imss.made_up import new_person

CURP, OTHER = new_person().curp, new_person().curp
CONSENT = Consent("2026-06-10T12:00:00+00:00", "telegram", "2026-11", True)
CONSENTED = PersonRecord(consent=CONSENT).as_json()


async def turn(
    assistant: Assistant,
    content: Incoming,
    before: Turn | None = None,
    option: Option | None = None,
    person: dict[str, Any] | None = None,
) -> Turn:
    """One message after another, without a database."""
    snapshot, known = (before.snapshot, before.person) if before else (None, person)
    return await assistant.turn("1", "telegram", 7, content, option, snapshot, known)


def names(found: Turn) -> list[str | None]:
    return [reply.answer for reply in found.replies]


def option(found: Turn, title: str) -> Option:
    return next(o for reply in found.replies for o in reply.options if o.title.startswith(title))


def sent(kind: str, found: Found | None = None, text: str = "") -> Incoming:
    return Incoming(text, media=kind, found=found)


SAID: dict[str, tuple[Incoming, str]] = {
    "a location": (sent("location"), "utter_location_received"),
    "a contact": (sent("contact"), "utter_contact_received"),
    "a sticker": (sent("sticker"), "utter_sticker_received"),
    "a video": (sent("video"), "utter_media_not_read"),
    "a poll": (sent("poll"), "utter_media_not_read"),
    "a voice nobody came to": (sent("voice"), "utter_voice_not_read"),
    "a photo nobody came to": (sent("photo"), "utter_media_not_fetched"),
    "a voice without a service": (sent("voice", nothing("no_service")), "utter_voice_not_read"),
    "silence": (sent("voice", nothing("not_heard")), "utter_voice_again"),
    "words not certain": (sent("voice", transcript("hola", False)), "utter_voice_heard"),
    "no code": (sent("photo", nothing("no_curp")), "utter_picture_without_curp"),
    "too many": (sent("photo", nothing("several_curps")), "utter_picture_with_several_curps"),
    "too large": (sent("document", nothing("too_large")), "utter_media_too_large"),
    "another type": (sent("document", nothing("type")), "utter_media_of_another_type"),
    "not fetched": (sent("photo", nothing("not_fetched")), "utter_media_not_fetched"),
    "a CURP": (sent("photo", curp(CURP)), "utter_curp_read"),
}


@pytest.mark.parametrize("name", SAID)
def test_it_is_kept_with_the_message(name: str) -> None:
    content, _ = SAID[name]
    assert Incoming(**content.as_json()) == content


@pytest.mark.parametrize("name", SAID)
async def test_each_has_its_answer_and_changes_nothing(assistant: Assistant, name: str) -> None:
    content, said = SAID[name]
    asked = await turn(assistant, Incoming("gano 500, cuanto pagaria"))
    interrupted = await turn(assistant, content, asked)
    assert names(interrupted) == [said]
    assert (interrupted.snapshot, interrupted.person) == (asked.snapshot, asked.person)
    answered = await turn(assistant, Incoming("dolares a la semana"), interrupted)
    assert names(answered) == names(await turn(assistant, Incoming("dolares a la semana"), asked))


@pytest.mark.parametrize("name", SAID)
async def test_in_the_language_of_the_conversation(assistant: Assistant, name: str) -> None:
    before = await turn(assistant, Incoming("what does the insurance cover"))
    english = await turn(assistant, SAID[name][0], before)
    spanish = await turn(assistant, SAID[name][0])
    assert english.replies[0].text != spanish.replies[0].text
    assert english.replies[0].answer == spanish.replies[0].answer


async def test_a_photo_is_answered_first_of_all(assistant: Assistant) -> None:
    found = await turn(assistant, sent("photo", nothing("no_curp")))
    assert [one.id for one in found.replies[0].options] == ["7.0.1"]
    assert names(await turn(assistant, Incoming("hola"), found)) == ["utter_greet"]


async def test_what_is_written_under_a_photo_is_answered_too(assistant: Assistant) -> None:
    found = await turn(assistant, sent("photo", nothing("no_curp"), "que cubre el seguro"))
    assert names(found) == ["utter_picture_without_curp", "utter_ask_benefits"]
    ids = [one.id for reply in found.replies for one in reply.options]
    assert len(ids) == len(set(ids))


async def test_certain_words_are_answered_as_if_typed(assistant: Assistant) -> None:
    certain = {"what": "transcript", "sure": True}
    found = await turn(assistant, sent("voice", certain, "que cubre el seguro"))
    assert names(found) == ["utter_ask_benefits"]


async def test_a_spoken_command_is_only_words(assistant: Assistant) -> None:
    found = await turn(assistant, sent("voice", transcript("/restart", False)))
    yes = await turn(assistant, Incoming("Sí"), found, option(found, "Sí"))
    assert names(yes) == ["utter_start_over"]


async def test_words_that_were_right(assistant: Assistant) -> None:
    found = await turn(assistant, sent("voice", transcript("que cubre el seguro", False)))
    assert "que cubre el seguro" in found.replies[0].text
    yes = await turn(assistant, Incoming("Sí"), found, option(found, "Sí"))
    assert names(yes) == ["utter_ask_benefits"]


async def test_words_that_were_wrong(assistant: Assistant) -> None:
    found = await turn(assistant, sent("voice", transcript("que cubre el seguro", False)))
    no = await turn(assistant, Incoming("No"), found, option(found, "No"))
    assert names(no) == ["utter_voice_again"]
    assert no.snapshot == found.snapshot


async def test_words_that_named_an_option(assistant: Assistant) -> None:
    """What was chosen by voice is the option, not its words."""
    menu = await turn(assistant, Incoming("menu"))
    first = menu.replies[0].options[0]
    found = await turn(assistant, sent("voice", transcript("la primera", False)), menu, first)
    yes = option(found, "Sí")
    assert (yes.intent, yes.entities) == (first.intent, first.entities)


REPLIES: list[tuple[str, str | None]] = [
    ("sí", "Sí"), ("así es", "Sí"), ("correcto", "Sí"), ("sip", "Sí"), ("no", "No"),
    ("no es así", "No"), ("nel", "No"), ("¿cuánto cuesta?", None), ("gano mil pesos", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), REPLIES)
async def test_a_yes_in_words(assistant: Assistant, text: str, title: str | None) -> None:
    found = await turn(assistant, sent("voice", transcript("hola", False)))
    chosen = confirmed_in(text, found.replies)
    assert (chosen and chosen.title) == title
    greeting = await turn(assistant, Incoming("hola"))
    assert confirmed_in(text, greeting.replies) is None


async def test_the_curp_that_is_asked_for_is_taken_at_once(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registration asks by itself whether it is right."""
    monkeypatch.setenv("PTI_IMSS_URL", "http://127.0.0.1:1")
    asked = await turn(assistant, Incoming("quiero inscribirme"), person=CONSENTED)
    assert names(asked)[-1] == "utter_step_curp"
    found = await turn(assistant, sent("photo", curp(CURP)), asked)
    assert names(found)[-1] == "utter_step_curp_confirmed"
    assert found.person is not None
    assert PersonRecord.from_json(found.person).draft.curp == CURP
    assert all(CURP not in reply.text for reply in found.replies)


async def test_a_curp_is_offered_before_there_is_consent(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTI_IMSS_URL", "http://127.0.0.1:1")
    asked = await turn(assistant, Incoming("quiero inscribirme"))
    found = await turn(assistant, sent("photo", curp(CURP)), asked)
    assert names(found) == ["utter_curp_read"]
    assert found.person == asked.person


async def test_a_curp_is_checked_where_nothing_asks_for_it(assistant: Assistant) -> None:
    found = await turn(assistant, sent("document", curp(CURP)))
    assert CURP not in found.replies[0].text
    assert CURP[-2:] in found.replies[0].text
    yes = await turn(assistant, Incoming("Sí, es mía"), found, option(found, "Sí"))
    assert yes.replies[0].answer in ("utter_curp_valid", "utter_curp_warning")


async def test_a_curp_that_is_not_theirs(assistant: Assistant) -> None:
    found = await turn(assistant, sent("photo", curp(CURP)))
    no = await turn(assistant, Incoming("No es mía"), found, option(found, "No"))
    assert names(no) == ["utter_curp_not_yours"]
    assert no.snapshot == found.snapshot


@pytest.mark.parametrize(
    ("key", "said"), [(CURP, "utter_curp_known_already"), (OTHER, "utter_curp_of_another")]
)
async def test_a_curp_beside_the_one_that_was_given(
    assistant: Assistant, key: str, said: str
) -> None:
    draft = RegistrationDraft(curp=CURP)
    known = PersonRecord(consent=CONSENT, draft=draft).as_json()
    found = await turn(assistant, sent("photo", curp(key)), person=known)
    assert names(found) == [said]
    assert found.person == known

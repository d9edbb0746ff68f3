"""What cannot be read: a photo or a voice note is answered kindly and changes nothing."""

from __future__ import annotations

import pytest

from bot.messaging.assistant import Assistant, Turn
from bot.messaging.contents import Incoming


async def turn(assistant: Assistant, content: Incoming, before: Turn | None = None) -> Turn:
    """One message after another, without a database."""
    snapshot, person = (before.snapshot, before.person) if before else (None, None)
    return await assistant.turn("1", "telegram", 7, content, None, snapshot, person)


def names(found: Turn) -> list[str | None]:
    return [reply.answer for reply in found.replies]


@pytest.mark.parametrize("kind", ["voice", "photo", "document", "location", "contact", "sticker"])
def test_the_kind_is_kept_with_the_message(kind: str) -> None:
    content = Incoming(media=kind)
    assert Incoming(**content.as_json()) == content


async def test_a_photo_is_answered_first_of_all(assistant: Assistant) -> None:
    found = await turn(assistant, Incoming(media="photo"))
    assert names(found) == ["utter_media_not_read"]
    assert [option.id for option in found.replies[0].options] == ["7.0.1"]
    after = await turn(assistant, Incoming("hola"), found)
    assert names(after) == ["utter_greet"]


async def test_a_photo_leaves_a_task_where_it_was(assistant: Assistant) -> None:
    asked = await turn(assistant, Incoming("gano 500, cuanto pagaria"))
    interrupted = await turn(assistant, Incoming(media="voice"), asked)
    assert names(interrupted) == ["utter_media_not_read"]
    assert (interrupted.snapshot, interrupted.person) == (asked.snapshot, asked.person)
    answered = await turn(assistant, Incoming("dolares a la semana"), interrupted)
    assert names(answered) == names(await turn(assistant, Incoming("dolares a la semana"), asked))


async def test_what_is_written_under_a_photo_is_answered_too(assistant: Assistant) -> None:
    found = await turn(assistant, Incoming("que cubre el seguro", media="photo"))
    assert names(found) == ["utter_media_not_read", "utter_ask_benefits"]
    ids = [option.id for reply in found.replies for option in reply.options]
    assert len(ids) == len(set(ids))


async def test_in_the_language_of_the_conversation(assistant: Assistant) -> None:
    before = await turn(assistant, Incoming("what does the insurance cover"))
    found = await turn(assistant, Incoming(media="document"), before)
    assert "I cannot see photos" in found.replies[0].text

"""An agent takes a conversation over while the brain that works on it is killed: what was not said
by then is never said, and after the hand-back everything goes on."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messaging.inbox import Inbox
from bot.settings import read_settings
from bot.storage.database import Database
from tests.faults.crew import Crew, Somebody
from tests.messaging.agents import Desk
from tests.support.service import SECRETS

POINTS = ("claimed", "in the middle of the actions", "all written, not committed", "committed")


def _after_the_notice(person: Somebody, author: str) -> list[str]:
    """Whatever was said by an author since the last notice."""
    lines: list[dict[str, Any]] = person.chat.messages()
    notice = max(line["id"] for line in lines if line["from"] == "system")
    return [line["text"] for line in lines if line["from"] == author and line["id"] > notice]


@pytest.mark.parametrize("point", POINTS)
def test_the_brain_is_killed_around_a_take_over(crew: Crew, point: str) -> None:
    settings = read_settings({**SECRETS, "PTI_DATABASE_URL": crew.service.database_url})
    database = Database.from_settings(settings)
    ana, person = Desk(database), Somebody(crew.service.url)
    person.write("hola")
    said_before = person.told(1)
    crew.die_at(point)
    person.write("quiero calcular mi cuota")
    crew.wait_until_brain_died()

    address = Inbox(database).find_address("web", person.chat.session)
    assert address is not None
    ana.take_over(address.conversation_id)
    ana.write(address.conversation_id, "Soy Ana")
    person.write("¿quién es?")
    crew.brain = crew.start_brain()
    Somebody(crew.service.url).told_in_peace(["hola"])  # the brain is at work

    bot = [line["text"] for line in person.chat.messages() if line["from"] == "bot"]
    assert (len(bot) > len(said_before)) == (point == "committed")
    assert _after_the_notice(person, "bot") == []
    assert _after_the_notice(person, "agent") == ["Soy Ana"]

    ana.hand_back(address.conversation_id)
    # Where the question for the income was asked before the take-over, it is asked again.
    asked = person.told(1, at_least=len(bot) + (point == "committed"))
    assert len(_after_the_notice(person, "bot")) == len(asked) - len(bot)
    before = len(asked)
    person.write("hola")
    assert len(person.told(1, at_least=before + 1)) > before
    database.dispose()

"""Which answer a typed message is, and the one row that is kept of both answers."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messaging.contents import Option, Reply
from bot.messaging.effects import Effects
from bot.messaging.inbox import Claimed
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.messaging.satisfaction import rated_in
from bot.people.effects import Effect, satisfaction_score, spared_a_call
from bot.storage.console_tables import satisfaction
from bot.storage.database import Database
from tests.messaging.stand_in import Person, claim
from tests.people.known import known_of

SCORES = Reply(
    "¿Qué le pareció?",
    tuple(Option(f"7.1.{n}", f"t{n}", "give_score", {"value": str(n)}) for n in range(1, 6)),
)
SPARED = Reply(
    "¿Le ahorró una llamada?",
    (
        Option("7.1.1", "Sí", "say_spared", {"value": "yes"}),
        Option("7.1.2", "No", "say_spared", {"value": "no"}),
        Option("7.1.3", "Hablar con persona", "talk_to_agent", {}),
    ),
)
OTHER = Reply("¿Qué más?", (Option("7.0.1", "Cómo pagar", "ask_how_to_pay", {}),))
PLAIN = Reply("Listo.")


@pytest.mark.parametrize(
    ("text", "replies", "value"),
    [
        ("5 estrellas", [OTHER, SCORES], "5"),
        ("bien", [SCORES], "4"),
        ("bien", [SCORES, PLAIN], "4"),
        ("si claro", [SPARED], "yes"),
        ("la verdad no", [SPARED], "no"),
    ],
)
def test_other_words_for_an_answer(text: str, replies: list[Reply], value: str) -> None:
    found = rated_in(text, replies)
    assert found is not None
    assert found.entities == {"value": value}


@pytest.mark.parametrize(
    ("text", "replies"),
    [
        ("bien", []),
        ("bien", [PLAIN]),
        ("bien", [OTHER]),
        ("bien", [SCORES, OTHER]),  # something else is before their eyes
        ("bien", [SPARED]),
        ("si", [SCORES]),
        ("gracias", [SCORES]),
        ("cuanto cuesta", [SCORES]),
        ("ok", [SPARED]),
    ],
)
def test_what_is_no_answer(text: str, replies: list[Reply]) -> None:
    assert rated_in(text, replies) is None


def _finish(database: Database, person: Person, *effects: Effect) -> Claimed:
    person.write("4")
    claimed = claim(database)
    _commit(database, claimed, *effects)
    return claimed


def _commit(database: Database, claimed: Claimed, *effects: Effect) -> None:
    known = known_of(database, claimed.conversation_id)
    outside = Effects(database).of_turn(claimed, known, known.record, effects)
    replies = [Reply("Gracias")]
    Outbox(database).finish(claimed, "brain", replies, {"events": []}, outside=outside)


def _rows(database: Database) -> list[Any]:
    with database.reading() as connection:
        rows = connection.execute(satisfaction.select().order_by(satisfaction.c.inbox_id)).all()
    return [(row.inbox_id, row.task, row.score, row.spared_a_call) for row in rows]


def test_both_answers_are_one_row(database: Database) -> None:
    person = Person(database)
    first = _finish(database, person, satisfaction_score("line", 4, None)).inbox_id
    assert _rows(database) == [(first, "line", 4, None)]
    _finish(database, person, spared_a_call(first, True))
    assert _rows(database) == [(first, "line", 4, 1)]
    _finish(database, person, satisfaction_score("line", 2, first))
    _finish(database, person, spared_a_call(first, False))
    assert _rows(database) == [(first, "line", 2, 0)]


def test_a_message_that_is_tried_again_is_counted_once(database: Database) -> None:
    person = Person(database)
    score = satisfaction_score("line", 4, None)
    claimed = _finish(database, person, score)
    with pytest.raises(ClaimLostError):
        _commit(database, claimed, score)
    assert _rows(database) == [(claimed.inbox_id, "line", 4, None)]


def test_nobody_changes_the_row_of_another_conversation(database: Database) -> None:
    one, other = Person(database), Person(database)
    first = _finish(database, one, satisfaction_score("line", 5, None)).inbox_id
    _finish(database, other, spared_a_call(first, False), satisfaction_score("line", 1, first))
    assert _rows(database) == [(first, "line", 5, None)]

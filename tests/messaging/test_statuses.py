"""A message moves forward only, in whatever order a provider's statuses come."""

from __future__ import annotations

import itertools

import pytest

from bot.messaging.outgoing import OutgoingMessages
from bot.messaging.sender import (
    DeliveryError,
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    StoppedError,
    TryLaterError,
)
from bot.messaging.statuses import MOST_ATTEMPTS, Statuses, name_of_part
from bot.storage.database import Database
from tests.messaging.provider import CHANNEL, Recipient

PROGRESS = ("sent", "delivered", "read")


@pytest.fixture
def person(database: Database) -> Recipient:
    """Somebody with a reply that is being sent."""
    recipient = Recipient(database, "a")
    recipient.answered("uno", "dos")
    OutgoingMessages(database).claim("gateway", [CHANNEL], 60)
    return recipient


def only_part(person: Recipient) -> str:
    return name_of_part(person.rows()[0]["uuid"], 1, 1)


@pytest.mark.parametrize("order", list(itertools.permutations(PROGRESS)))
@pytest.mark.parametrize("answered_after", range(4))
def test_every_order_of_statuses_and_answer(
    database: Database, person: Recipient, order: tuple[str, ...], answered_after: int
) -> None:
    """The answer to the call comes before, between or after them."""
    messages, statuses, seen = OutgoingMessages(database), Statuses(database), []
    row = person.rows()[0]
    claimed = _claimed(row, person)
    for number, state in enumerate([*order, ""]):
        if number == answered_after:
            messages.part_sent(claimed, 1, True, "SM1", 60)
            seen.append(person.states()[0])
        if state:
            assert statuses.progressed(only_part(person), state, "SM1")  # type: ignore[arg-type]
            seen.append(person.states()[0])
    assert seen[-1] == "read"
    ranks = [PROGRESS.index(state) for state in seen]
    assert ranks == sorted(ranks)
    assert person.rows()[0]["provider_id"] == "SM1"
    assert person.states()[1] == "waiting"


def _claimed(row: dict[str, object], person: Recipient):  # type: ignore[no-untyped-def]
    from bot.messaging.outgoing import Outgoing

    return Outgoing(
        id=row["id"],  # type: ignore[arg-type]
        conversation_id=person.address.conversation_id,
        channel=CHANNEL,
        address="a",
        reply=None,
        uuid=row["uuid"],  # type: ignore[arg-type]
        parts_sent=0,
        attempts=1,
        uncertain=False,
        last_heard_at=None,
        claimed_at=0.0,
        claimed_by="gateway",
        claimed_from=0.0,
    )


@pytest.mark.parametrize("state", PROGRESS)
def test_a_failure_after_it_arrived_is_no_failure(
    database: Database, person: Recipient, state: str
) -> None:
    statuses = Statuses(database)
    statuses.progressed(only_part(person), state, "SM1")  # type: ignore[arg-type]
    assert statuses.failed(only_part(person), RefusedError("30003"))
    assert person.states()[0] == ("failed" if state == "sent" else state)


@pytest.mark.parametrize("state", PROGRESS)
def test_what_failed_stays_failed(database: Database, person: Recipient, state: str) -> None:
    statuses = Statuses(database)
    assert statuses.failed(only_part(person), RefusedError("30003"))
    assert statuses.progressed(only_part(person), state, "SM1")  # type: ignore[arg-type]
    assert person.states()[0] == "failed"
    assert person.rows()[0]["error"] == "30003"


def test_a_message_of_several_parts(database: Database, person: Recipient) -> None:
    """It is where its last part is; a part that was taken is not sent again."""
    statuses, uuid = Statuses(database), person.rows()[0]["uuid"]
    statuses.progressed(name_of_part(uuid, 2, 3), "delivered", "SM2")
    assert (person.states()[0], person.rows()[0]["parts_sent"]) == ("sending", 2)
    statuses.progressed(name_of_part(uuid, 1, 3), "read", "SM1")
    assert (person.states()[0], person.rows()[0]["parts_sent"]) == ("sending", 2)
    statuses.progressed(name_of_part(uuid, 3, 3), "sent", "SM3")
    assert (person.states()[0], person.rows()[0]["provider_id"]) == ("sent", "SM3")


@pytest.mark.parametrize(
    ("problem", "state", "error"),
    [
        (RefusedError("30006"), "failed", "30006"),
        (StoppedError(), "failed", "stopped"),
        (TryLaterError("63018"), "waiting", "63018"),
        (OperatorError("63007"), "waiting", "63007"),
        (NotShownError("63013"), "waiting", "63013"),
        (OutsideWindowError(), "waiting", "outside_window"),
    ],
)
def test_what_was_taken_and_did_not_arrive(
    database: Database, person: Recipient, problem: DeliveryError, state: str, error: str
) -> None:
    statuses, name = Statuses(database), only_part(person)
    statuses.progressed(name, "sent", "SM1")
    assert statuses.failed(name, problem)
    row = person.rows()[0]
    assert (row["state"], row["error"]) == (state, error)
    if state == "waiting":  # a new try: no old status reaches it
        assert (row["uuid"], row["parts_sent"]) == (None, 0)
        assert not statuses.progressed(name, "read", "SM1")
        assert person.states()[0] == "waiting"
    else:
        assert row["uuid"] == name.split(".")[0]


def test_a_blocked_number_stops_all_that_waits(database: Database, person: Recipient) -> None:
    Statuses(database).failed(only_part(person), StoppedError())
    assert person.states() == ["failed", "failed"]
    assert OutgoingMessages(database).claim("gateway", [CHANNEL], 60) is None


def test_a_closed_window_is_believed(database: Database, person: Recipient) -> None:
    Statuses(database).failed(only_part(person), OutsideWindowError())
    again = OutgoingMessages(database).claim("gateway", [CHANNEL], 60)
    assert again
    assert not again.heard_within(24 * 3600)


def test_what_is_not_shown_is_tried_plainly_once(database: Database, person: Recipient) -> None:
    statuses, messages = Statuses(database), OutgoingMessages(database)
    statuses.failed(only_part(person), NotShownError("63013"))
    again = messages.claim("gateway", [CHANNEL], 60)
    assert again
    assert again.plain
    statuses.failed(name_of_part(again.uuid, 1, 1), NotShownError("63013"))
    assert (person.states()[0], person.rows()[0]["error"]) == ("failed", "63013")


def test_too_many_messages_wait(database: Database, person: Recipient) -> None:
    Statuses(database).failed(only_part(person), TryLaterError("63018"))
    assert OutgoingMessages(database).claim("gateway", [CHANNEL], 60) is None
    assert person.rows()[0]["due_at"] > person.rows()[0]["created_at"] + 50


def test_it_is_not_tried_for_ever(database: Database, person: Recipient) -> None:
    from sqlalchemy import update

    from bot.storage.tables import outbox

    with database.writing() as connection:
        connection.execute(update(outbox).values(attempts=MOST_ATTEMPTS))
    Statuses(database).failed(only_part(person), TryLaterError("63018"))
    assert person.states()[0] == "failed"


@pytest.mark.parametrize(
    "name", ["", "x", "0" * 32, "0" * 32 + ".1.1", "0" * 32 + ".1.1'--", "é.1"]
)
def test_a_name_that_is_not_ours(database: Database, person: Recipient, name: str) -> None:
    statuses = Statuses(database)
    assert not statuses.progressed(name, "read", "SM1")
    assert not statuses.failed(name, RefusedError("30003"))
    assert person.states() == ["sending", "waiting"]


def test_statuses_of_an_invitation_change_nothing(database: Database, person: Recipient) -> None:
    statuses, name = Statuses(database), name_of_part(person.rows()[0]["uuid"], 0, 0)
    assert statuses.progressed(name, "read", "SM1")
    assert statuses.failed(name, RefusedError("63049"))
    assert person.states() == ["sending", "waiting"]

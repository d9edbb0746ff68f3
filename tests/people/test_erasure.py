"""What a person asked to have erased is gone, and what is kept holds no datum."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.messaging.contents import Incoming, Reply
from bot.messaging.effects import Effects
from bot.messaging.errands import Errands
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.places import take_positions
from bot.messaging.turn_notes import TurnNote
from bot.people.effects import (
    case,
    consent,
    errand,
    link_code,
    new_code,
    new_folio,
    satisfaction_score,
)
from bot.people.erasure import Erasure
from bot.people.record import Consent, PersonRecord
from bot.people.store import StaleRecordError
from bot.programme.registration import RegistrationDraft
from bot.storage.console_tables import (
    accounts,
    desk,
    message_words,
    notes,
    satisfaction,
    tags,
    turns,
)
from bot.storage.database import Database
from bot.storage.tables import (
    cases,
    consents,
    conversations,
    errands,
    files,
    inbox,
    link_codes,
    outbox,
    people,
    trackers,
)
from tests.messaging.stand_in import Person, claim
from tests.people.known import known_of
from tests.support.plans import waits_for_lock
from tests.twilio.house import wait_for

RECORD = PersonRecord(
    consent=Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", True),
    draft=RegistrationDraft(email="ana@example.com"),
).as_json()


def _live(database: Database) -> tuple[Person, Claimed]:
    """Somebody of whom there is something in every table."""
    person = Person(database)
    person.write("mi correo es ana@example.com")
    claimed = claim(database)
    known = known_of(database, person.conversation)
    effects = [
        errand("register", {"registration": {"email": "ana@example.com"}}),
        case("complaint", new_folio("complaint"), {"text": "me gritó el doctor"}),
        consent("2026-11", "all"),
        link_code(new_code()),
        satisfaction_score("line", 4, None),
    ]
    outside = Effects(database).of_turn(claimed, known, RECORD, effects)
    snapshot = {"events": [{"event": "user", "text": "ana@example.com"}]}
    understood = {"topics": [], "entities": [["email", "ana@example.com"]]}
    note = TurnNote("answer", "es", "inform", 0.9, understood=understood)
    replies = [Reply("Anoté su correo")]
    Outbox(database).finish(claimed, "brain", replies, snapshot, outside=outside, note=note)
    with database.writing() as connection:
        connection.execute(
            files.insert().values(
                id=secrets.token_urlsafe(32),
                person_id=known.person_id,
                name="linea-de-captura.png",
                content_type="image/png",
                content_sealed=b"sealed",
                created_at=0,
            )
        )
    return person, claimed


def _erase(database: Database, person: Person) -> dict[str, Any]:
    person_id = known_of(database, person.conversation).person_id
    with database.writing() as connection:
        return Erasure(database).of(person_id, "web")(connection, database.now(connection))


def _rows(database: Database, table: Any) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(table)).all())


def test_nothing_of_the_person_is_left(database: Database) -> None:
    person, _ = _live(database)
    folio = _erase(database, person)["folio"]
    for table in (inbox, outbox):
        for row in _rows(database, table):
            assert database.cipher.open(row.content_sealed) == {}
    for table in (trackers, files, link_codes):
        assert _rows(database, table) == []
    assert [row.record_sealed for row in _rows(database, people)] == [None]
    (left,) = _rows(database, errands)
    assert left.state == "cancelled"
    assert database.cipher.open(left.request_sealed) == {}
    by_kind = {row.kind: row for row in _rows(database, cases)}
    assert by_kind["complaint"].content_sealed is None
    assert by_kind["erasure"].folio == folio
    assert by_kind["erasure"].person_id is None
    assert by_kind["erasure"].content_sealed is None


def test_what_agents_saw_and_wrote_of_the_person_goes_too(database: Database) -> None:
    person, _ = _live(database)
    other, _ = _live(database)
    with database.writing() as connection:
        agent = connection.execute(
            accounts.insert().values(
                login="marta", name="Marta", role="agent", password_hash="-", created_at=0
            )
        ).inserted_primary_key[0]
        about = {"conversation_id": person.conversation, "account_id": agent, "at": 0}
        connection.execute(notes.insert().values(text_sealed=b"sealed", **about))
        connection.execute(tags.insert().values(tag="embarazo", **about))
    person.write("¿ya?")
    _erase(database, person)
    assert _rows(database, notes) == _rows(database, tags) == []
    scores = _rows(database, satisfaction)
    assert [row.conversation_id for row in scores] == [other.conversation]
    found = {row.conversation_id: row for row in _rows(database, desk)}
    assert found[person.conversation].preview_sealed is None
    assert found[other.conversation].preview_sealed is not None
    noted = {row.conversation_id: row for row in _rows(database, turns)}
    assert database.cipher.open(noted[person.conversation].understood_sealed) == {}
    assert database.cipher.open(noted[person.conversation].done_sealed) == {}
    assert noted[person.conversation].topic == "inform"
    assert "entities" in database.cipher.open(noted[other.conversation].understood_sealed)
    words = {(row.conversation_id, row.word) for row in _rows(database, message_words)}
    digest = database.cipher.word_digest
    assert {word for whose, word in words if whose == person.conversation} == {digest("ya")}
    assert (other.conversation, digest("ana")) in words


def test_the_proof_of_consent_and_of_its_end_is_kept(database: Database) -> None:
    person, _ = _live(database)
    _erase(database, person)
    assert [row.extent for row in _rows(database, consents)] == ["all", "none"]


def test_a_message_that_came_before_is_not_taken_again(database: Database) -> None:
    person, _ = _live(database)
    provider_id = _rows(database, inbox)[0].provider_id
    _erase(database, person)
    again = Inbox(database).receive("web", person.address, provider_id, Incoming("otra vez"))
    assert again.again
    assert person.seen() == []


def test_what_was_written_after_the_request_is_still_answered(database: Database) -> None:
    person, _ = _live(database)
    person.write("¿ya?")
    _erase(database, person)
    content = claim(database).content
    assert content is not None
    assert content.text == "¿ya?"


def test_somebody_else_loses_nothing(database: Database) -> None:
    person, _ = _live(database)
    other, _ = _live(database)
    _erase(database, person)
    assert [text for _, text in other.seen()] == ["mi correo es ana@example.com", "Anoté su correo"]
    assert known_of(database, other.conversation).record == RECORD


def test_what_a_turn_is_writing_elsewhere_at_that_moment_goes_too(
    postgres_database: Database,
) -> None:
    """Of two conversations of a person: the erasure waits for the turn, and then sees all of it."""
    database = postgres_database
    person, _ = _live(database)
    elsewhere = Person(database)
    whose = known_of(database, person.conversation).person_id
    with database.writing() as connection:
        theirs = conversations.c.id == elsewhere.conversation
        connection.execute(update(conversations).where(theirs).values(person_id=whose))
    asked = Errands(database).claim("brain", 60)
    assert asked is not None

    def erase() -> None:
        Errands(database).finish(asked, "brain", Erasure(database).of(whose, "web"))

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as turn:
            place = take_positions(turn, elsewhere.conversation, 1)
            erasing = pool.submit(erase)
            wait_for(lambda: waits_for_lock(database))
            turn.execute(
                outbox.insert().values(
                    conversation_id=elsewhere.conversation,
                    address_id=elsewhere.address.id,
                    position=place.first,
                    author="bot",
                    content_sealed=database.cipher.seal({"text": "ana@example.com"}),
                    created_at=0,
                    due_at=0,
                )
            )
        erasing.result(timeout=30)
    assert all(database.cipher.open(row.content_sealed) == {} for row in _rows(database, outbox))


def test_a_turn_that_was_under_way_brings_nothing_back(database: Database) -> None:
    person, _ = _live(database)
    person.write("y mi CURP es …")
    claimed = claim(database)
    before = known_of(database, person.conversation)
    _erase(database, person)
    with pytest.raises(StaleRecordError):
        Outbox(database).finish(claimed, "brain", [], {"events": []}, unchanged=before)
    assert _rows(database, trackers) == []

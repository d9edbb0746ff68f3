"""What is too old goes, what is not stays, and nothing that still works is broken by it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.messaging.contents import Incoming, Reply
from bot.messaging.effects import Effects
from bot.messaging.outbox import Outbox
from bot.people.effects import case, errand, new_folio, satisfaction_score
from bot.people.files import Files
from bot.people.record import PersonRecord
from bot.programme.registration import RegistrationDraft
from bot.retention.erase_old import EraseOld
from bot.retention.kinds import KINDS
from bot.settings.retention import RetentionSettings
from bot.storage.call_tables import handoffs, voice_calls, voice_steps
from bot.storage.console_tables import (
    accounts,
    console_sessions,
    desk,
    login_failures,
    message_words,
    notes,
    review_items,
    review_queues,
    reviews,
    satisfaction,
    turns,
)
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.tables import cases, errands, files, inbox, outbox, people, trackers
from tests.messaging.stand_in import Person, claim
from tests.people.known import known_of

DAY = 86_400.0
CALLS = ("calls", "calls that go on in writing")
DRAFT = PersonRecord(draft=RegistrationDraft(email="ana@example.com"))
SENT = PersonRecord(draft=RegistrationDraft(email="ana@example.com"), state="registered")


def _live(database: Database, record: PersonRecord = DRAFT) -> Person:
    """Somebody who wrote, was answered, has a draft, a complaint, an errand and a file."""
    person = Person(database)
    person.write("mi correo es ana@example.com")
    claimed = claim(database)
    known = known_of(database, person.conversation)
    effects = [
        errand("register", {"email": "ana@example.com"}),
        case("complaint", new_folio("complaint"), {"text": "me gritó el doctor"}),
        satisfaction_score("line", 4, None),
    ]
    outside = Effects(database).of_turn(claimed, known, record.as_json(), effects)
    Outbox(database).finish(claimed, "brain", [Reply("Anotado")], {"events": []}, outside=outside)
    with database.writing() as connection:
        Files(database).keep(connection, known.person_id, "slip.png", "image/png", b"picture")
        _of_the_console(database, connection, person, claimed.inbox_id)
    return person


def _of_the_console(database: Database, connection: Any, person: Person, inbox_id: int) -> None:
    now = database.now(connection)
    sealed = database.cipher.seal({"text": "ana@example.com"})
    if connection.execute(select(func.count()).select_from(accounts)).scalar_one() == 0:
        connection.execute(
            accounts.insert().values(
                id=1, login="eva", name="Eva", role="agent", password_hash="-", created_at=now
            )
        )
    connection.execute(desk.delete().where(desk.c.conversation_id == person.conversation))
    connection.execute(
        desk.insert().values(
            conversation_id=person.conversation,
            first_at=now,
            last_at=now,
            heard_at=now,
            channel="web",
            preview_sealed=sealed,
        )
    )
    connection.execute(turns.delete().where(turns.c.inbox_id == inbox_id))
    connection.execute(
        turns.insert().values(
            inbox_id=inbox_id,
            conversation_id=person.conversation,
            at=now,
            channel="web",
            language="es",
            topic="check_email",
            confidence=0.9,
            decision="answer",
            milliseconds=5,
            model="m",
            understood_sealed=sealed,
            done_sealed=sealed,
        )
    )
    connection.execute(
        message_words.delete().where(message_words.c.conversation_id == person.conversation)
    )
    connection.execute(
        message_words.insert(),
        [
            {"word": word, "conversation_id": person.conversation, "position": position}
            for word, position in (("aaaa", 1), ("bbbb", 2))
        ],
    )
    connection.execute(
        notes.insert().values(
            conversation_id=person.conversation, account_id=1, text_sealed=sealed, at=now
        )
    )
    connection.execute(login_failures.insert().values(subject="x", at=now))
    name = f"q{person.conversation}"
    queue = connection.execute(
        review_queues.insert().values(name=name, rule="fallback", created_at=now)
    ).inserted_primary_key[0]
    item = connection.execute(
        review_items.insert().values(
            queue_id=queue,
            inbox_id=inbox_id,
            conversation_id=person.conversation,
            created_at=now,
        )
    ).inserted_primary_key[0]
    connection.execute(
        reviews.insert().values(
            item_id=item, account_id=1, verdict="wrong", comment_sealed=sealed, at=now
        )
    )
    connection.execute(
        console_sessions.insert().values(
            token_index=f"t{person.conversation}",
            account_id=1,
            created_at=now,
            seen_at=now,
            proved_at=now,
        )
    )


# Where each table keeps the moments by which its rows are old.
MOMENTS = (
    (inbox, ("received_at", "handled_at")),
    (outbox, ("created_at",)),
    (trackers, ("updated_at",)),
    (errands, ("created_at", "done_at")),
    (cases, ("created_at",)),
    (files, ("created_at",)),
    (desk, ("first_at", "last_at", "heard_at")),
    (turns, ("at",)),
    (notes, ("at",)),
    (reviews, ("at",)),
    (satisfaction, ("at",)),
    (login_failures, ("at",)),
    (console_sessions, ("created_at", "seen_at", "proved_at")),
)


def _finish_all(database: Database) -> None:
    """The complaint was seen to, the errand done: what is open is never too old."""
    with database.writing() as connection:
        now = database.now(connection)
        connection.execute(update(cases).values(state="done"))
        connection.execute(update(errands).values(state="done", done_at=now))


def _age(database: Database, days: float) -> None:
    """As if all this had been so many days ago."""
    with database.writing() as connection:
        for table, names in MOMENTS:
            connection.execute(
                update(table).values({name: table.c[name] - days * DAY for name in names})
            )


def _count(database: Database, table: Any, *where: Any) -> int:
    with database.reading() as connection:
        statement = select(func.count()).select_from(table).where(*where)
        return int(connection.execute(statement).scalar_one())


def _run(database: Database, *, dry_run: bool = False, **days: int) -> dict[str, int]:
    return EraseOld(database, RetentionSettings(**days)).run_once(dry_run=dry_run)


def _contents(database: Database, table: Any) -> list[Any]:
    with database.reading() as connection:
        rows = connection.execute(select(table.c.content_sealed)).scalars().all()
    return [database.cipher.open(sealed) for sealed in rows]


def test_nothing_goes_before_its_time(database: Database) -> None:
    person = _live(database)
    _finish_all(database)
    _age(database, 29)
    assert set(_run(database).values()) == {0}
    assert [text for _, text in person.seen()] == ["mi correo es ana@example.com", "Anotado"]
    assert known_of(database, person.conversation).record == DRAFT.as_json()


def test_of_what_is_old_nothing_can_be_read_any_more(database: Database) -> None:
    person = _live(database)
    _finish_all(database)
    _age(database, 366)
    counts = _run(database)
    of_others = ("link codes", "registrations", "findings in files", *CALLS)
    assert counts == {**dict.fromkeys(counts, 1), **dict.fromkeys(of_others, 0)}
    assert _contents(database, inbox) == [{}]
    assert _contents(database, outbox) == [{}]
    gone = (trackers, files, errands, message_words, notes, login_failures, console_sessions)
    for table in (*gone, satisfaction):
        assert _count(database, table) == 0, table
    assert _count(database, people, people.c.record_sealed.is_not(None)) == 0
    assert _count(database, cases, cases.c.content_sealed.is_not(None)) == 0
    assert _count(database, reviews, reviews.c.comment_sealed.is_not(None)) == 0
    assert _count(database, desk, desk.c.preview_sealed.is_not(None)) == 0
    with database.reading() as connection:
        turn = connection.execute(select(turns)).one()
    assert database.cipher.open(turn.understood_sealed) == {}
    assert database.cipher.open(turn.done_sealed) == {}
    assert (turn.topic, turn.confidence) == ("check_email", 0.9)
    assert person.seen() == []


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_what_was_found_in_a_file_goes_with_it(database: Database, days: int, left: int) -> None:
    person = Person(database)
    person.write("mi curp")
    with database.writing() as connection:
        now = database.now(connection)
        connection.execute(
            media.insert().values(
                inbox_id=connection.execute(select(inbox.c.id)).scalar_one(),
                channel="whatsapp",
                kind="photo",
                source_sealed=database.cipher.seal({}),
                state="done",
                found_sealed=database.cipher.seal({"curp": "…"}),
                due_at=now,
                created_at=now - days * DAY,
            )
        )
    assert _run(database)["findings in files"] == 1 - left
    assert _count(database, media, media.c.found_sealed.is_not(None)) == left


def test_calls_go_as_messages_do(database: Database) -> None:
    person = Person(database)
    with database.writing() as connection:
        now = database.now(connection)
        for index, days in (("old", 366), ("new", 364)):
            connection.execute(
                voice_calls.insert().values(
                    call_index=index,
                    conversation_id=person.conversation,
                    state_sealed=b"sealed",
                    created_at=now - days * DAY,
                )
            )
            connection.execute(
                voice_steps.insert().values(call_index=index, step="1", answer_sealed=b"sealed")
            )
            connection.execute(
                handoffs.insert().values(
                    call_index=index,
                    body_index=index,
                    code_index=index,
                    content_sealed=b"sealed",
                    valid_until=now - (31 if index == "old" else 29) * DAY,
                    created_at=now,
                )
            )
    counts = _run(database)
    assert [counts[name] for name in CALLS] == [1, 1]
    for table in (voice_calls, voice_steps, handoffs):
        assert _count(database, table) == 1


def test_running_again_finds_nothing(database: Database) -> None:
    _live(database)
    _finish_all(database)
    _age(database, 366)
    _run(database)
    assert set(_run(database).values()) == {0}


def test_a_dry_run_counts_the_same_and_erases_nothing(database: Database) -> None:
    person = _live(database)
    _finish_all(database)
    _age(database, 366)
    counted = _run(database, dry_run=True)
    assert len(person.seen()) == 2
    assert counted == _run(database)


def test_zero_days_keep_for_ever(database: Database) -> None:
    person = _live(database)
    _finish_all(database)
    _age(database, 9999)
    never = {kind.days: 0 for kind in KINDS} | {"drafts": 0, "registrations": 0}
    assert set(_run(database, **never).values()) == {0}
    assert len(person.seen()) == 2


@pytest.mark.parametrize(("days", "kept"), [(100, True), (540, True), (560, False)])
def test_a_registration_that_was_sent_outlives_a_draft(
    database: Database, days: int, kept: bool
) -> None:
    sent, draft = _live(database, SENT), _live(database)
    _age(database, days)
    _run(database)
    assert (known_of(database, sent.conversation).record is not None) is kept
    assert known_of(database, draft.conversation).record is None


def test_who_wrote_again_keeps_the_draft(database: Database) -> None:
    person = _live(database)
    _age(database, 366)
    with database.writing() as connection:
        now = database.now(connection)
        connection.execute(update(desk).values(heard_at=now, last_at=now))
    _run(database)
    assert known_of(database, person.conversation).record == DRAFT.as_json()


def test_what_is_open_stays_however_old(database: Database) -> None:
    person = _live(database)
    person.write("¿hola?")  # nobody has answered
    _age(database, 9999)
    _run(database)
    assert _count(database, errands, errands.c.state == "waiting") == 1
    assert _count(database, cases, cases.c.content_sealed.is_not(None)) == 1
    content = claim(database).content
    assert content is not None
    assert content.text == "¿hola?"


def test_an_old_message_that_comes_again_is_not_answered_twice(database: Database) -> None:
    from bot.messaging.inbox import Inbox

    person = _live(database)
    with database.reading() as connection:
        provider_id = connection.execute(select(inbox.c.provider_id)).scalar_one()
    _age(database, 366)
    _run(database)
    again = Inbox(database).receive("web", person.address, provider_id, Incoming("otra vez"))
    assert again.again


def test_much_more_than_one_transaction_holds(sqlite_database: Database) -> None:
    with sqlite_database.writing() as connection:
        connection.execute(
            login_failures.insert(), [{"subject": "x", "at": 0.0} for _ in range(1203)]
        )
    assert _run(sqlite_database)["failed logins"] == 1203


def test_two_run_side_by_side(postgres_database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with postgres_database.writing() as connection:
        connection.execute(
            login_failures.insert(), [{"subject": "x", "at": 0.0} for _ in range(3000)]
        )
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: _run(postgres_database), range(2)))
    assert _count(postgres_database, login_failures) == 0

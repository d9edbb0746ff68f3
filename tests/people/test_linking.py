"""Going on in another channel with a code: once, for 15 minutes, five tries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.messaging.effects import Effects
from bot.messaging.inbox import Claimed
from bot.messaging.outbox import Outbox
from bot.people.effects import CHARACTERS, CODE_LENGTH, CODE_TRIES, link_code, new_code
from bot.people.linking import Linking
from bot.people.record import Consent, PersonRecord, Registered, goes_further
from bot.people.store import People, StaleRecordError
from bot.programme.registration import RegistrationDraft
from bot.storage.database import Database
from bot.storage.tables import conversations, link_codes, people
from tests.messaging.stand_in import Person, claim
from tests.people.known import known_of

CONSENT = Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", True)
BEGUN = PersonRecord(consent=CONSENT, draft=RegistrationDraft(email="ana@example.com"))
REGISTERED = PersonRecord(
    consent=CONSENT, state="registered", registered=Registered("F-1", "2026-06-10", 1, True)
)


def _give_code(database: Database, person: Person) -> str:
    code = new_code()
    person.write("código")
    claimed = Claimed(1, person.conversation, person.address.id, "web", None, 0, 1)
    known = known_of(database, person.conversation)
    with database.writing() as connection:
        now = database.now(connection)
        Effects(database).of_turn(claimed, known, known.record, [link_code(code)])(connection, now)
    return code


def _enter(database: Database, person: Person, code: str) -> dict[str, Any]:
    known = known_of(database, person.conversation)
    with database.writing() as connection:
        return Linking(database).of(known.person_id, code)(connection, database.now(connection))


def _keep(database: Database, person: Person, record: PersonRecord) -> None:
    known = known_of(database, person.conversation)
    with database.writing() as connection:
        People(database).write(connection, known, record.as_json())


def _record(database: Database, person: Person) -> PersonRecord:
    return PersonRecord.from_json(known_of(database, person.conversation).record)


def test_who_enters_the_code_is_the_same_person(database: Database) -> None:
    phone, page = Person(database), Person(database)
    _keep(database, page, BEGUN)
    assert _enter(database, phone, _give_code(database, page)) == {"link": "linked"}
    assert _record(database, phone) == _record(database, page) == BEGUN
    with database.reading() as connection:
        owners = set(connection.execute(select(conversations.c.person_id)).scalars())
    assert len(owners) == 1


@pytest.mark.parametrize("there", [None, "2026-06-01T12:00:00+00:00", "2026-06-12T12:00:00+00:00"])
def test_who_was_asked_how_content_they_are_is_not_asked_again_elsewhere(
    database: Database, there: str | None
) -> None:
    phone, page = Person(database), Person(database)
    here = "2026-06-10T12:00:00+00:00"
    _keep(database, phone, PersonRecord(satisfaction_asked=here))
    _keep(database, page, replace(BEGUN, satisfaction_asked=there))
    assert _enter(database, phone, _give_code(database, page)) == {"link": "linked"}
    asked = max(here, there or "")
    assert _record(database, phone) == replace(BEGUN, satisfaction_asked=asked)


def test_a_code_works_once(database: Database) -> None:
    page, phone, thief = Person(database), Person(database), Person(database)
    code = _give_code(database, page)
    assert _enter(database, phone, code) == {"link": "linked"}
    assert _enter(database, thief, code) == {"link": "wrong", "tries_left": CODE_TRIES - 1}


def test_a_code_is_good_for_fifteen_minutes(database: Database) -> None:
    page, phone = Person(database), Person(database)
    code = _give_code(database, page)
    with database.writing() as connection:
        until = connection.execute(select(link_codes.c.valid_until)).scalar_one()
        now = database.now(connection)
        connection.execute(update(link_codes).values(valid_until=now - 1))
    assert 14 * 60 < until - now <= 15 * 60
    assert _enter(database, phone, code)["link"] == "wrong"


def test_after_five_wrong_codes_even_the_right_one_waits(database: Database) -> None:
    page, phone = Person(database), Person(database)
    code = _give_code(database, page)
    answers = [_enter(database, phone, new_code()) for _ in range(CODE_TRIES)]
    assert [a["tries_left"] for a in answers] == [4, 3, 2, 1, 0]
    assert _enter(database, phone, code) == {"link": "locked"}
    with database.writing() as connection:
        connection.execute(update(people).values(link_tries_since=0.0))
    assert _enter(database, phone, code) == {"link": "linked"}


def test_ones_own_code_links_nothing(database: Database) -> None:
    page = Person(database)
    assert _enter(database, page, _give_code(database, page)) == {"link": "own"}


def test_a_new_code_takes_the_place_of_the_earlier(database: Database) -> None:
    page, phone = Person(database), Person(database)
    earlier, newer = _give_code(database, page), _give_code(database, page)
    assert _enter(database, phone, earlier)["link"] == "wrong"
    assert _enter(database, phone, newer)["link"] == "linked"


def test_the_code_is_nowhere_in_clear(database: Database) -> None:
    page = Person(database)
    code = _give_code(database, page)
    with database.reading() as connection:
        assert code not in str(connection.execute(select(link_codes)).all())


def test_a_turn_worked_out_before_the_link_is_not_committed_after_it(database: Database) -> None:
    page, phone = Person(database), Person(database)
    _keep(database, page, BEGUN)
    before = known_of(database, phone.conversation)
    _enter(database, phone, _give_code(database, page))
    phone.write("y mi CURP es …")
    claimed = claim(database)
    with pytest.raises(StaleRecordError):
        Outbox(database).finish(claimed, "brain", [], {"events": []}, unchanged=before)


@pytest.mark.parametrize(
    ("record", "than", "does"),
    [
        (PersonRecord(), BEGUN, False),
        (BEGUN, PersonRecord(), True),
        (BEGUN, REGISTERED, False),
        (REGISTERED, BEGUN, True),
        (BEGUN, BEGUN, False),
    ],
)
def test_a_registration_is_more_than_what_was_begun(
    record: PersonRecord, than: PersonRecord, does: bool
) -> None:
    assert goes_further(record, than) is does


@pytest.mark.parametrize(("theirs", "ours"), [(BEGUN, PersonRecord()), (REGISTERED, BEGUN)])
def test_who_is_talked_into_typing_a_code_gives_nothing_away(
    database: Database, theirs: PersonRecord, ours: PersonRecord
) -> None:
    thief, victim = Person(database), Person(database)
    _keep(database, thief, ours)
    _keep(database, victim, theirs)
    code = _give_code(database, thief)
    assert _enter(database, victim, code) == {"link": "other_way"}
    assert (_record(database, victim), _record(database, thief)) == (theirs, ours)
    assert _enter(database, victim, code)["link"] == "wrong"


@given(st.lists(st.builds(new_code), min_size=1, max_size=20))
def test_codes_look_like_no_word(codes: list[str]) -> None:
    for code in codes:
        assert len(code) == CODE_LENGTH
        assert set(code) <= set(CHARACTERS)
        assert any(map(str.isdigit, code))
        assert any(map(str.isalpha, code))

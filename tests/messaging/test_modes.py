"""While an agent holds a conversation the assistant is silent; afterwards it goes on."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.messaging.agent_messages import AgentSilentError
from bot.messaging.arrivals import put
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.errands import Errands
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.modes import HeldError, NotHeldError, stop_waiting, wait_for_agent
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.messaging.seen import Looks
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.tables import conversations, errands, inbox
from tests.messaging.agents import Desk
from tests.messaging.stand_in import Echo, Person, claim
from tests.messaging.working_brain import until, working

AGENTS_AT_ONCE = 12


def _event(database: Database, person: Person, outcome: str = "done") -> None:
    """Something came of an errand of the person's."""
    with database.writing() as connection:
        content = Incoming(event={"errand": "status", "outcome": outcome, "answer": {}})
        put(database, connection, "web", person.address, f"event-{outcome}", content)


def _states(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        rows = connection.execute(select(inbox.c.kind, inbox.c.state).order_by(inbox.c.id)).all()
    return [tuple(row) for row in rows]


def _wait(database: Database, person: Person, reason: str = "asked") -> None:
    with database.writing() as connection:
        wait_for_agent(database, connection, person.conversation, reason)  # type: ignore[arg-type]


def _authors(person: Person) -> list[str]:
    return [author for author, _ in person.seen()]


def test_the_person_sees_who_comes_and_who_goes(database: Database) -> None:
    person, ana = Person(database), Desk(database, "Ana")
    person.write("hola")
    ana.take_over(person.conversation)
    ana.write(person.conversation, "Buenas tardes")
    ana.hand_back(person.conversation)
    (_, came), (author, said), (_, went) = person.seen()[1:]
    assert _authors(person) == ["user", "system", "agent", "system"]
    assert "Ana" in came
    assert (author, said) == ("agent", "Buenas tardes")
    assert "Ana" in went
    assert came != went


def test_they_are_told_in_their_language(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hello")
    english = {"events": [{"event": "slot", "name": "language", "value": "en"}]}
    Outbox(database).finish(claim(database), "brain", [], english)
    ana.take_over(person.conversation)
    assert person.seen()[-1][1].startswith("A person from the call center")


def test_a_message_that_waits_is_the_agents(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    ana.take_over(person.conversation)
    person.write("¿sigue ahí?")
    assert Inbox(database).claim("brain", 60) is None
    assert _states(database) == [("message", "with_agent")] * 2


def test_what_is_worked_out_at_the_moment_is_dropped(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    claimed = claim(database)
    ana.take_over(person.conversation)
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(claimed, "brain", [Reply("¡Hola!")], {"n": 1})
    assert person.replies() == []
    assert Outbox(database).snapshot(person.conversation) is None


def test_an_event_that_is_worked_out_at_the_moment_is_said_later(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    _event(database, person)
    claimed = claim(database)
    ana.take_over(person.conversation)
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(claimed, "brain", [Reply("Su folio")], {"n": 1})
    assert Inbox(database).claim("brain", 60) is None
    ana.hand_back(person.conversation)
    again = claim(database)
    assert again.inbox_id == claimed.inbox_id
    assert again.attempts == 1
    Outbox(database).finish(again, "brain", [Reply("Su folio")], {"n": 1})
    assert person.replies() == ["Su folio"]


def test_a_claim_that_slipped_through_is_worth_nothing(database: Database) -> None:
    """On PostgreSQL a claim may see the mode of before a take-over that was committed just then."""
    person, ana = Person(database), Desk(database)
    _event(database, person)
    ana.take_over(person.conversation)
    with database.writing() as connection:
        connection.execute(update(inbox).values(claimed_by="brain", attempts=1))
        row = connection.execute(select(inbox)).one()
    claimed = Claimed(row.id, row.conversation_id, row.address_id, "web", Incoming(), 0.0, 1)
    with pytest.raises(ClaimLostError):
        Outbox(database).finish(claimed, "brain", [Reply("Su folio")], {})
    assert person.replies() == []
    assert _states(database) == [("event", "waiting")]


def test_after_the_hand_back_old_messages_stay_unanswered(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    ana.take_over(person.conversation)
    person.write("otra cosa")
    _event(database, person)
    ana.hand_back(person.conversation)
    person.write("gracias")
    said = []
    while claimed := Inbox(database).claim("brain", 60):
        assert claimed.content is not None
        event = claimed.content.event
        said.append(event["errand"] if event else claimed.content.text)
        Outbox(database).finish(claimed, "brain", [], {})
    assert said == ["status", "hand_back", "gracias"]


def test_what_was_offered_before_is_not_meant_by_a_number_after_a_notice(
    database: Database,
) -> None:
    """But what the assistant offered last is, whatever was said by others since."""
    person = Person(database)
    person.write("hola")
    claimed = claim(database)
    option = Option(f"{claimed.inbox_id}.0.1", "Sí", "affirm", {})
    Outbox(database).finish(claimed, "brain", [Reply("¿Sí?", (option,))], {})
    ana = Desk(database)
    ana.take_over(person.conversation)
    ana.write(person.conversation, "Espere")
    assert Looks(database).at(person.conversation).offered[0].options == (option,)


def test_two_agents_cannot_both(database: Database) -> None:
    person, ana, luis = Person(database), Desk(database, "Ana"), Desk(database, "Luis")
    person.write("hola")
    ana.take_over(person.conversation)
    with pytest.raises(HeldError) as refused:
        luis.take_over(person.conversation)
    assert refused.value.holder == "Ana"
    ana.take_over(person.conversation)  # a second click is no harm
    assert _authors(person) == ["user", "system"]
    for deed in (luis.hand_back, luis.close, luis.forward):
        with pytest.raises(NotHeldError):
            deed(person.conversation)
    with pytest.raises(AgentSilentError):
        luis.write(person.conversation, "yo")
    with pytest.raises(HeldError):
        luis.assign(person.conversation, luis)
    assert luis.standing(person.conversation).holder_name == "Ana"
    assert _authors(person) == ["user", "system"]


def test_of_many_agents_at_once_one_has_it(database: Database) -> None:
    person = Person(database)
    person.write("hola")
    desks = [Desk(database, f"Agente {n}") for n in range(AGENTS_AT_ONCE)]
    start = threading.Barrier(AGENTS_AT_ONCE)

    def try_it(desk: Desk) -> str | None:
        start.wait()
        try:
            desk.take_over(person.conversation)
        except HeldError as held:
            return held.holder
        return None

    with ThreadPoolExecutor(AGENTS_AT_ONCE) as pool:
        told = list(pool.map(try_it, desks))
    winner = desks[told.index(None)].agent.name
    assert sorted(told, key=str) == sorted([None, *[winner] * (AGENTS_AT_ONCE - 1)], key=str)
    assert _authors(person).count("system") == 1


def test_a_race_of_agents_messages_and_turns_breaks_nothing(database: Database) -> None:
    """Whatever comes first: no reply of the assistant stands between coming and going, and each
    message is answered by it or was the agent's."""
    person, ana = Person(database), Desk(database)
    done = threading.Event()

    def write() -> None:
        for number in range(40):
            person.write(f"m{number}")

    def answer() -> None:
        while not done.is_set():
            claimed = Inbox(database).claim("brain", 60)
            if claimed is None:
                continue
            text = claimed.content.text if claimed.content else ""
            try:
                Outbox(database).finish(claimed, "brain", [Reply(f"re {text}")], {})
            except ClaimLostError:
                continue

    def hold() -> None:
        for _ in range(15):
            ana.take_over(person.conversation)
            ana.write(person.conversation, "…")
            ana.hand_back(person.conversation)

    with ThreadPoolExecutor(4) as pool:
        brains = [pool.submit(answer) for _ in range(2)]
        others = [pool.submit(write), pool.submit(hold)]
        for other in others:
            other.result(120)
        while "waiting" in {state for _, state in _states(database)}:
            assert not any(brain.done() for brain in brains)
        done.set()
        for brain in brains:
            brain.result(60)
    authors = [(a, t) for a, t in person.seen() if a != "user"]
    inside = False
    for author, text in authors:
        if author == "system":
            inside = not inside
        else:
            assert (author == "agent") == inside, text
    answered = [text for author, text in authors if author == "bot" and text != "re "]
    assert len(answered) == len(set(answered))
    with database.reading() as connection:
        messages = connection.execute(select(inbox.c.state).where(inbox.c.kind == "message"))
        states = list(messages.scalars())
    assert len(answered) == states.count("done")
    assert states.count("done") + states.count("with_agent") == 40


async def test_the_brain_is_silent_and_goes_on(settings: Settings, database: Database) -> None:
    """A take-over in the middle of a turn, with the loop at work."""
    person, ana = Person(database), Desk(database)
    in_turn, go_on = asyncio.Event(), asyncio.Event()

    async def hang(_inbox_id: int, text: str) -> None:
        if text == "hola":
            in_turn.set()
            await go_on.wait()

    async with working(settings, database, Echo(before=hang)):
        await asyncio.to_thread(person.write, "hola")
        await in_turn.wait()
        await asyncio.to_thread(ana.take_over, person.conversation)
        go_on.set()
        await asyncio.to_thread(person.write, "¿quién es?")
        await asyncio.to_thread(ana.hand_back, person.conversation)
        await until(lambda: person.replies())
        await asyncio.to_thread(person.write, "sigo")
        await until(lambda: len(person.replies()) == 2)
    assert person.replies() == ["event done after 0", "sigo after 1"]


def test_reminders_keep_quiet_and_are_seen_anew(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    with database.writing() as connection:
        whose = connection.execute(select(conversations.c.person_id)).scalar_one()
        for kind in ("remind", "status"):
            connection.execute(
                errands.insert().values(
                    person_id=whose,
                    conversation_id=person.conversation,
                    address_id=person.address.id,
                    channel="web",
                    kind=kind,
                    key=kind,
                    request_sealed=database.cipher.seal({}),
                    due_at=0.0,
                    created_at=0.0,
                )
            )
    ana.take_over(person.conversation)
    first = Errands(database).claim("runner", 60)
    assert first is not None
    assert first.kind == "status"
    assert Errands(database).claim("runner", 60) is None
    ana.hand_back(person.conversation)
    reminder = Errands(database).claim("runner", 60)
    assert reminder is not None
    assert reminder.kind == "remind"


def test_waiting_does_not_silence_the_assistant(database: Database) -> None:
    person = Person(database)
    _wait(database, person)
    person.write("mientras, ¿cuánto cuesta?")
    Outbox(database).finish(claim(database), "brain", [Reply("Tanto")], {})
    assert person.replies() == ["Tanto"]


def test_distress_goes_first_and_nothing_takes_that_back(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    _wait(database, person)
    before = ana.standing(person.conversation)
    assert (before.mode, before.reason) == ("waiting", "asked")
    _wait(database, person, "distress")
    _wait(database, person)
    after = ana.standing(person.conversation)
    assert (after.reason, after.since) == ("distress", before.since)
    assert after.urgency > before.urgency
    ana.take_over(person.conversation)
    _wait(database, person)  # a turn that was committed too late changes nothing
    assert ana.standing(person.conversation).mode == "agent"


def test_whoever_stops_waiting_does_not_wait(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    _wait(database, person, "distress")
    with database.writing() as connection:
        stop_waiting(database, connection, person.conversation)
    standing = ana.standing(person.conversation)
    assert (standing.mode, standing.reason, standing.urgency) == ("bot", None, 0)


def test_who_writes_after_the_end_is_answered(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    ana.take_over(person.conversation)
    ana.close(person.conversation, "solved")
    standing = ana.standing(person.conversation)
    assert (standing.mode, standing.close_reason) == ("closed", "solved")
    person.write("una cosa más")
    standing = ana.standing(person.conversation)
    assert (standing.mode, standing.close_reason) == ("bot", None)
    assert claim(database).content == Incoming("una cosa más")


def test_what_nobody_holds_is_closed_without_a_word(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    person.write("hola")
    ana.close(person.conversation, "no_answer")
    assert ana.standing(person.conversation).mode == "closed"
    assert _authors(person) == ["user"]
    with pytest.raises(ValueError, match="because"):
        ana.close(person.conversation, "because")


def test_forwarded_it_waits_for_the_colleague_and_the_assistant_answers(
    database: Database,
) -> None:
    person, ana, luis = Person(database), Desk(database, "Ana"), Desk(database, "Luis")
    _wait(database, person, "distress")
    ana.take_over(person.conversation)
    ana.forward(person.conversation, luis)
    standing = ana.standing(person.conversation)
    assert (standing.mode, standing.holder_name, standing.reason) == (
        "waiting", "Luis", "forwarded",
    )  # fmt: skip
    assert standing.urgency == 30  # it stays a matter of distress
    person.write("¿hola?")
    assert claim(database) is not None
    luis.take_over(person.conversation)
    assert luis.standing(person.conversation).holder_name == "Luis"


def test_an_agent_who_went_home_is_overruled(database: Database) -> None:
    person, ana = Person(database), Desk(database, "Ana")
    eva = Desk(database, "Eva", "supervisor", overrules=True)
    ana.take_over(person.conversation)
    eva.hand_back(person.conversation)
    assert ana.standing(person.conversation).mode == "bot"


def test_what_is_sent_twice_is_written_once(database: Database) -> None:
    person, ana = Person(database), Desk(database)
    ana.take_over(person.conversation)
    assert ana.write(person.conversation, "Sí", "a" * 32)
    assert not ana.write(person.conversation, "Sí", "a" * 32)
    assert _authors(person).count("agent") == 1


def test_another_conversation_of_the_same_person_stays_as_it_was(database: Database) -> None:
    one, other, ana = Person(database), Person(database), Desk(database)
    with database.writing() as connection:
        whose = connection.execute(
            select(conversations.c.person_id).where(conversations.c.id == one.conversation)
        ).scalar_one()
        connection.execute(update(conversations).values(person_id=whose))
    ana.take_over(one.conversation)
    other.write("hola")
    assert claim(database).conversation_id == other.conversation

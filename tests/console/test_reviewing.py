"""Queues are filled, messages reviewed and settled, over HTTP and in both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from bot.console.audit import Audit
from bot.console.reading.list_pages import topics
from bot.console.reviewing.filling import Filled, Filling
from bot.console.reviewing.item_pages import choosable
from bot.console.reviewing.items import Items, NotYoursError, Verdict
from bot.console.reviewing.queues import Queues
from bot.storage.console_tables import (
    accounts,
    review_items,
    review_queues,
    reviews,
    turns,
)
from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.console.running import Client, RunningConsole
from tests.console.seeded import Writer, note
from tests.nlu.test_data import blocks

PHONE = "4155550143"


def make_queue(database: Database, rule: str, percent: str = "", *, blind: bool = False) -> int:
    """A queue of a rule."""
    queues = Queues(database)
    name = f"{rule} {len(queues.all())}"
    with database.writing() as connection:
        return queues.make(connection, name, rule, percent, blind=blind)


def in_queue(database: Database, queue_id: int) -> list[int]:
    """The conversations whose messages are in a queue."""
    statement = select(review_items.c.conversation_id).where(review_items.c.queue_id == queue_id)
    with database.reading() as connection:
        return list(connection.execute(statement.order_by(review_items.c.id)).scalars())


def make_account(database: Database, login: str) -> int:
    """A reviewer."""
    values = {"login": login, "name": login, "role": "reviewer", "password_hash": "-"}
    with database.writing() as connection:
        made = connection.execute(accounts.insert().values(**values, created_at=0))
    return int(made.inserted_primary_key[0])


def ask(database: Database, *texts: str, **noted: object) -> Writer:
    """Somebody who asks something, about which we are not sure."""
    writer = Writer(database)
    for text in texts:
        writer.says(text, "Eso es.", noted=note(confidence=0.3, **noted))
    return writer


def test_a_queue_takes_each_message_once(database: Database) -> None:
    queue = make_queue(database, "low_confidence", "50")
    first = ask(database, "uno")
    Writer(database).says("seguro", "Sí", noted=note(confidence=0.9))
    assert Filling(database).fill(queue) == Filled(1, more=False)
    assert Filling(database).fill(queue) == Filled(0, more=False)
    second = ask(database, "dos")
    assert Filling(database).fill(queue) == Filled(1, more=False)
    assert in_queue(database, queue) == [first.conversation, second.conversation]


def test_a_long_way_is_gone_in_parts(database: Database) -> None:
    queue = make_queue(database, "low_confidence")
    written = [ask(database, f"mensaje {n}").conversation for n in range(5)]
    filling = Filling(database)
    assert [filling.fill(queue, most=2) for _ in range(3)] == [
        Filled(2, more=True), Filled(2, more=True), Filled(1, more=False),
    ]  # fmt: skip
    assert in_queue(database, queue) == written


def test_a_repeat_is_found_across_two_fillings(database: Database) -> None:
    queue = make_queue(database, "repeated")
    writer = ask(database, "que me dan")
    assert Filling(database).fill(queue).added == 0
    writer.says("que me dan??", "Eso es.", noted=note())
    assert Filling(database).fill(queue).added == 1


def test_a_turn_that_is_committed_late_is_not_left_out(database: Database) -> None:
    queue = make_queue(database, "fallback")
    late = ask(database, "asdf", decision="fallback")
    with database.writing() as connection:
        connection.execute(update(turns).values(at=turns.c.at + 60))
    other = ask(database, "qwer", decision="fallback")
    Filling(database).fill(queue)
    again = ask(database, "zxcv", decision="fallback")
    Filling(database).fill(queue)
    assert set(in_queue(database, queue)) == {
        late.conversation, other.conversation, again.conversation,
    }  # fmt: skip


def test_what_is_old_and_what_rests_is_left_alone(database: Database) -> None:
    queue = make_queue(database, "fallback")
    ask(database, "asdf", decision="fallback")
    with database.writing() as connection:
        connection.execute(update(turns).values(at=turns.c.at - 8 * 24 * 3600))
        Queues(database).set_active(connection, queue, active=False)
    ask(database, "qwer", decision="fallback")
    assert Filling(database).fill(queue) == Filled(0, more=False)
    with database.writing() as connection:
        Queues(database).set_active(connection, queue, active=True)
    assert list(Filling(database).fill_all()) == [("fallback 0", 1)]


def test_a_random_share_is_the_same_whenever_it_is_drawn(database: Database) -> None:
    queue = make_queue(database, "random", "50")
    for number in range(12):
        ask(database, f"mensaje {number}")
    Filling(database).fill(queue)
    drawn = in_queue(database, queue)
    with database.writing() as connection:
        connection.execute(review_items.delete())
        connection.execute(update(review_queues).values(filled_until=None))
    Filling(database).fill(queue)
    assert in_queue(database, queue) == drawn


def test_two_who_fill_at_once_do_not_take_it_twice(database: Database) -> None:
    queue = make_queue(database, "low_confidence")
    for number in range(10):
        ask(database, f"mensaje {number}")
    with ThreadPoolExecutor(4) as pool:
        filled = list(pool.map(lambda _: Filling(database).fill(queue).added, range(4)))
    assert sum(filled) == 10


def test_two_blind_reviewers_and_no_third(database: Database) -> None:
    queue = make_queue(database, "low_confidence", blind=True)
    ask(database, "uno")
    Filling(database).fill(queue)
    items = Items(database)
    people = [make_account(database, login) for login in ("ana", "beto", "carla")]
    (item,) = items.open_to(queue, people[0])
    assert items.review(item.id, people[0], Verdict("right", quality=4)) == "open"
    assert items.open_to(queue, people[0]) == []
    with pytest.raises(NotYoursError):
        items.review(item.id, people[0], Verdict("right"))
    assert items.review(item.id, people[1], Verdict("wrong", "ask_nss", 2)) == "disputed"
    with pytest.raises(NotYoursError):
        items.review(item.id, people[2], Verdict("right"))
    assert items.pairs(queue) == [("ask_benefits", "ask_nss")]
    assert items.quality(queue) == 3.0
    with database.writing() as connection:
        items.settle(connection, item.id, "ask_nss")
    settled = items.find(item.id)
    assert settled is not None
    assert (settled.state, settled.settled_topic) == ("settled", "ask_nss")
    with database.writing() as connection, pytest.raises(NotYoursError):
        items.settle(connection, item.id, "ask_curp")


def test_reviews_that_come_at_once_are_two(database: Database) -> None:
    queue = make_queue(database, "low_confidence", blind=True)
    ask(database, "uno")
    Filling(database).fill(queue)
    people = [make_account(database, f"r{n}") for n in range(4)]
    (item,) = Items(database).open_to(queue, people[0])

    def review(account_id: int) -> int:
        try:
            Items(database).review(item.id, account_id, Verdict("right"))
        except NotYoursError:
            return 0
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(review, people)) == 2


def test_every_topic_can_be_chosen_by_a_name_of_its_own() -> None:
    trained = {topic for _, topic, _, _ in blocks()}
    for language in ("es", "en"):
        assert trained <= set(choosable(language))
        labels = [label.casefold() for label in choosable(language).values()]
        assert len(labels) == len(set(labels))


@pytest.fixture
def blind(console: RunningConsole) -> Iterator[int]:
    """A blind queue with one message that has a phone number in it."""
    queue = make_queue(console.database, "low_confidence", "40", blind=True)
    writer = Writer(console.database).says("antes de esto", "Dígame.", noted=note())
    writer.says(f"qué me dan, mi numero es {PHONE}", "Eso es.", noted=note(confidence=0.3))
    writer.says("después de esto", "Bien.", noted=note())
    yield queue
    with console.database.writing() as connection:
        for table in (reviews, review_items, review_queues):
            connection.execute(table.delete())
        connection.execute(update(turns).values(at=0))  # the next queue does not look so far back


def first_item(client: Client, queue: int) -> str:
    """The address of the first message that is open to somebody."""
    found = re.search(r'href="(/reviews/items/\d+)"', client.get(f"/reviews/{queue}").text)
    assert found
    return found[1]


def test_the_message_is_masked_with_the_conversation_around_it(
    clients: dict[str, Client], blind: int
) -> None:
    client = clients["reviewer"]
    listed = client.get(f"/reviews/{blind}").text
    shown = client.get(first_item(client, blind)).text
    for text in (listed, shown):
        assert PHONE not in text
        assert "[teléfono]" in text
    assert re.findall(r'<div class="text" dir="auto">([^<]*)', shown)[::2] == [
        "antes de esto", "qué me dan, mi numero es [teléfono]", "después de esto",
    ]  # fmt: skip


def test_neither_sees_the_others_until_a_supervisor_settles(
    console: RunningConsole, clients: dict[str, Client], blind: int
) -> None:
    reviewer, supervisor = clients["reviewer"], clients["supervisor"]
    address = first_item(reviewer, blind)
    answer = reviewer.post(
        address, data={"verdict": "right", "quality": "5", "comment": "comentario mío"}
    )
    assert answer.headers["location"] == f"/reviews/{blind}?done=1"
    seen = supervisor.get(address).text
    assert "comentario mío" not in seen
    assert "Cuenta reviewer" not in seen
    # Wrong without a topic, or with one that there is not, is asked again.
    for topic in ("", "no existe"):
        asked = supervisor.post(address, data={"verdict": "wrong", "topic": topic})
        assert asked.status_code == 422
        assert "Elija de la lista" in asked.text
    topic = topics("es")["ask_nss" if "ask_nss" in topics("es") else "ask_get_nss"]
    supervisor.post(address, data={"verdict": "wrong", "topic": topic.upper()})
    assert "comentario mío" not in reviewer.get(address).text
    assert "difieren" in reviewer.get(address).text
    assert "comentario mío" in supervisor.get(address).text
    queue = supervisor.get(f"/reviews/{blind}").text
    assert "Para decidir" in queue
    assert reviewer.post(f"{address}/settle", data={"new_topic": "1"}).status_code == 403
    settled = supervisor.post(f"{address}/settle", data={"topic": topic})
    assert settled.headers["location"] == f"/reviews/{blind}"
    again = supervisor.post(f"{address}/settle", data={"topic": topic})
    assert again.status_code == 422
    assert "comentario mío" in reviewer.get(address).text
    assert Audit(console.database).newest(count=1)[0].deed == "review_settled"


def test_a_comment_is_kept_sealed(
    console: RunningConsole, clients: dict[str, Client], blind: int
) -> None:
    client = clients["reviewer"]
    client.post(first_item(client, blind), data={"verdict": "new_topic", "comment": "secreto"})
    with console.database.reading() as connection:
        sealed = connection.execute(select(reviews.c.comment_sealed)).scalar_one()
    assert b"secreto" not in sealed
    assert console.database.cipher.open(sealed) == "secreto"


def test_queues_are_made_by_supervisors(
    console: RunningConsole, clients: dict[str, Client], blind: int
) -> None:
    form = {"name": "Al azar", "rule": "random", "percent": "10", "blind": "1"}
    assert clients["reviewer"].post("/reviews", data=form).status_code == 403
    made = clients["supervisor"].post("/reviews", data=form)
    assert made.status_code == 303
    queue = Queues(console.database).find(int(made.headers["location"].rsplit("/", 1)[1]))
    assert queue is not None
    assert (queue.rule, queue.threshold, queue.is_blind) == ("random", 0.1, True)
    for wrong, said in (
        ({"name": "Al azar"}, "Ya hay una cola"),
        ({"name": " "}, "Escriba un nombre"),
        ({"rule": "other"}, "Elija una regla"),
        ({"percent": "0"}, "mayor que 0"),
        ({"percent": "nan"}, "mayor que 0"),
        ({"percent": "101"}, "mayor que 0"),
    ):
        answer = clients["supervisor"].post("/reviews", data={**form, "name": "Otra", **wrong})
        assert (answer.status_code, said in answer.text) == (422, True), wrong
    clients["supervisor"].post(f"/reviews/{queue.id}/state", data={"active": "0"})
    assert "en pausa" in clients["reviewer"].get("/reviews").text


def test_agents_do_not_review(clients: dict[str, Client], blind: int) -> None:
    for path in ("/reviews", f"/reviews/{blind}", "/reviews/items/1"):
        assert clients["agent"].get(path).status_code == 403
    assert 'href="/reviews"' not in clients["agent"].get("/conversations").text
    assert clients["reviewer"].get("/reviews/999999").status_code == 404


def test_an_erased_message_is_not_offered(
    console: RunningConsole, clients: dict[str, Client], blind: int
) -> None:
    address = first_item(clients["reviewer"], blind)
    with console.database.writing() as connection:
        connection.execute(update(inbox).values(state="erased"))
    assert address not in clients["reviewer"].get(f"/reviews/{blind}").text

"""The list's query: order, pages, every filter alone and together, search."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from bot.console.reading.conversations import ABANDONED_SECONDS, Conversations, known_tags
from bot.console.reading.filters import Filter
from bot.console.reading.views import MOST_VIEWS, Views
from bot.messaging.contents import Reply
from bot.storage.console_tables import accounts
from bot.storage.database import Database
from tests.console.seeded import Writer, ids, note

ZONE = "America/Mexico_City"


@pytest.fixture
def account(database: Database) -> int:
    """An agent's number."""
    with database.writing() as connection:
        return int(
            connection.execute(
                accounts.insert().values(
                    login="marta", name="Marta", role="agent", password_hash="-", created_at=0
                )
            ).inserted_primary_key[0]
        )


def shown(database: Database, account_id: int = 0, **narrowed: str) -> list[int]:
    """The conversations that a filter shows."""
    found = Conversations(database, ZONE).page(Filter(**narrowed), account_id)
    return ids(found.conversations)


def test_the_newest_stand_first_and_pages_leave_none_out(database: Database) -> None:
    writers = [Writer(database).says(f"mensaje {n}") for n in range(7)]
    writers[2].says("otra vez")
    order = [writers[n].conversation for n in (2, 6, 5, 4, 3, 1, 0)]
    listing, seen, cursor = Conversations(database, ZONE), [], ""
    while True:
        page = listing.page(Filter(), 0, cursor, rows=3)
        seen += ids(page.conversations)
        cursor = page.next
        if not cursor:
            break
    assert seen == order


def test_conversations_of_the_same_moment_are_all_shown(database: Database) -> None:
    writers = [Writer(database).says("hola").on_desk(last_at=1000.25) for _ in range(5)]
    listing, seen, cursor = Conversations(database, ZONE), [], ""
    for _ in range(3):
        page = listing.page(Filter(), 0, cursor, rows=2)
        seen += ids(page.conversations)
        cursor = page.next
    assert sorted(seen) == sorted(w.conversation for w in writers)
    assert cursor == ""


def test_each_filter(database: Database, account: int) -> None:
    one = Writer(database, "sms", "+14155550143").says(
        "hello", "hi", noted=note("greet", 0.2, language="en", decision="fallback",
                                  reached=frozenset({"quota"}), task="registration")
    )  # fmt: skip
    one.on_desk(mode="agent", holder_id=account, delivery_failures=1, unread=0)
    one.on_desk(last_at=1780000000.0, heard_at=1780000000.0).tagged(account, "urgente")
    other = Writer(database).says("hola", "buenas", noted=note("thank", 0.9))
    other.on_desk(registered_at=1.0, line_at=1.0, handed_over_at=1.0)
    for narrowed in (
        {"since": "2026-05-28", "until": "2026-05-28"}, {"channel": "sms"}, {"topic": "greet"},
        {"below": "50"}, {"fallback": "1"}, {"language": "en"}, {"mode": "agent"},
        {"holder": "me"}, {"holder": str(account)}, {"tag": "urgente"}, {"failure": "1"},
        {"outcome": "quota"}, {"q": "hello"},
    ):  # fmt: skip
        assert shown(database, account, **narrowed) == [one.conversation], narrowed
    for narrowed in (
        {"channel": "web"}, {"topic": "thank"}, {"language": "es"}, {"mode": "bot"},
        {"holder": "nobody"}, {"unread": "1"}, {"outcome": "registered"}, {"outcome": "line"},
        {"outcome": "handed_over"}, {"since": "2026-05-29"}, {"q": "buenas"},
    ):  # fmt: skip
        assert shown(database, account, **narrowed) == [other.conversation], narrowed
    assert shown(database, account, channel="sms", topic="thank") == []
    assert shown(database, account, until="2026-05-27") == []
    assert shown(database, account, holder="9999") == []
    assert known_tags(database) == ["urgente"]


def test_who_left_amid_a_task(database: Database) -> None:
    left = Writer(database).says("me inscribo", "claro", noted=note(task="registration"))
    Writer(database).says("me inscribo", "claro", noted=note(task="registration"))
    done = Writer(database).says("gracias", "de nada")
    with database.reading() as connection:
        long_ago = database.now(connection) - ABANDONED_SECONDS - 60
    left.on_desk(heard_at=long_ago)
    done.on_desk(heard_at=long_ago)
    assert shown(database, outcome="abandoned") == [left.conversation]


SEARCHES = {
    True: (
        "mamá", "MAMA", "mama guarderia", "guardería mamá", '"mi mamá"', '"mi mamá" guardería',
        "gomc960312hdfrrl04", "(415) 555-0143", "4155550143", "+1 415 555 0143", "8123",
        '"¿mi mamá?"', "“mi mamá”", "ana@example.com",
    ),
    False: (
        "mama abuelo", "mam", '"mamá mi"', '"mamá guardería"', "agente", "¿?", '""',
        "'; DROP TABLE inbox; --", "%",
    ),
}  # fmt: skip


def test_search(database: Database) -> None:
    writer = Writer(database)
    writer.says("Quiero asegurar a mi mamá", "claro")
    writer.says("¿hay guardería? mi curp GOMC960312HDFRRL04", Reply("Son $8,123.45"))
    writer.says("mi cel 415-555-0143 ana@example.com")
    Writer(database).says("nada que ver")
    for found, searches in SEARCHES.items():
        for typed in searches:
            assert shown(database, q=typed) == ([writer.conversation] if found else []), typed


def test_a_phrase_is_looked_for_page_after_page(database: Database) -> None:
    wanted = [Writer(database).says("rojo y azul").conversation for _ in range(3)]
    for _ in range(5):
        Writer(database).says("azul y rojo")
    listing = Conversations(database, ZONE)
    page = listing.page(Filter(q='"rojo y azul"'), 0, rows=2)
    assert ids(page.conversations) == [wanted[2], wanted[1]]
    rest = listing.page(Filter(q='"rojo y azul"'), 0, page.next, rows=2)
    assert ids(rest.conversations) == [wanted[0]]
    assert rest.next == ""


def test_what_is_newer_and_how_many(database: Database) -> None:
    old = Writer(database).says("hola")
    listing = Conversations(database, ZONE)
    than = listing.page(Filter(), 0).conversations[0].row.last_at
    assert listing.newer(Filter(), 0, than) == 0
    Writer(database, "sms", "+14155550100").says("hello")
    old.says("¿y?")
    assert listing.newer(Filter(), 0, than) == 2
    assert listing.newer(Filter(channel="sms"), 0, than) == 1
    assert listing.newer(Filter(q="hello"), 0, than) == 1
    assert listing.counts() == {"bot": 2, "unread": 2}


@pytest.mark.parametrize(
    "query",
    [
        {"since": "ayer"}, {"since": "1026-01-01"}, {"mode": "root"}, {"below": "200"},
        {"below": "-1"}, {"below": "²"}, {"holder": "1; --"}, {"topic": "A" * 99},
        {"outcome": "'"}, {"unread": "yes"}, {"q": "x" * 201}, {"tag": "x" * 33}, {"other": "1"},
    ],
)  # fmt: skip
def test_what_the_address_says_wrongly_is_left_out(query: dict[str, str]) -> None:
    assert Filter.from_address(query) == Filter()


def test_a_filter_is_its_address() -> None:
    wanted = Filter(q='"mi mamá" & más', since="2026-05-01", mode="bot", tag="a b", below="30")
    assert Filter.from_address(dict(parse_qsl(wanted.as_query()))) == wanted
    assert wanted.set_count() == 5


def test_a_cursor_that_is_none_begins_anew(database: Database) -> None:
    writer = Writer(database).says("hola")
    for cursor in ("", "x", "1_", "1e9_2", "' OR 1=1", "99999999999999999_1"):
        page = Conversations(database, ZONE).page(Filter(), 0, cursor)
        assert ids(page.conversations) == [writer.conversation], cursor


def test_saved_views(database: Database, account: int) -> None:
    views: Any = Views(database)
    assert views.save(account, "  Las  mías ", "holder=me")
    assert views.save(account, "Las mías", "holder=me&unread=1")
    (kept,) = views.of(account)
    assert (kept.name, kept.query) == ("Las mías", "holder=me&unread=1")
    assert views.of(account + 1) == []
    assert not views.save(account, " ", "q=x")
    assert not views.save(account, "tab\u202eata", "q=x")
    assert not views.delete(account + 1, kept.id)
    assert views.delete(account, kept.id)
    for number in range(MOST_VIEWS):
        assert views.save(account, str(number), "q=x")
    assert not views.save(account, "one more", "q=x")

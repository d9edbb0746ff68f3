"""Words by which encrypted messages are found."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.messaging.contents import Incoming, Reply
from bot.messaging.outbox import Outbox
from bot.messaging.search_index import MOST_WORDS, words_of, words_of_reply
from bot.nlg.catalogue import PLACEHOLDER, variant
from bot.storage.console_tables import message_words
from bot.storage.database import Database
from bot.storage.encryption import Cipher
from tests.messaging.stand_in import Person, claim
from tests.support.service import SECRETS

CURP = "GOMC960312HDFRRL04"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Cuánto CUESTA?", ["cuanto", "cuesta"]),
        ("año, AÑO y año", ["ano"]),
        ("un 5 o 12", ["un", "12"]),
        ("me\u200bjor pro\u00adximo", ["mejor", "proximo"]),
        ("ﬁrma Ⅻ １２３", ["firma", "xii", "123"]),
        (f"mi curp es {CURP.lower()}", [CURP.lower(), "mi", "curp", "es"]),
        ("GOMC 960312 HDFRRL 04", [CURP.lower()]),
        ("llame al (415) 555-1234", ["4155551234", "llame", "al"]),
        ("+1 415 555 1234", ["4155551234"]),
        ("nss 12 34 56 7890 3", ["2345678903", "nss"]),
        ("ana.lopez@example.com", ["ana", "lopez", "example", "com"]),
        ("son 1,234,567.89 pesos", ["1234567", "son", "89", "pesos"]),
        ("", []),
        ("🙂🙂 ... ¿?", []),
        ("привет 你好", ["привет", "你好"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_an_endless_message_has_so_many_words_at_most() -> None:
    assert len(words_of(" ".join(f"palabra{n}" for n in range(5000)))) <= MOST_WORDS


def test_of_our_answers_only_what_was_filled_in_is_indexed() -> None:
    name = "utter_line_issued_test"
    written = variant(name, "es")["text"]
    text = PLACEHOLDER.sub("", written.replace("{amount}", "$8,123.45").replace("{folio}", "F-77X"))
    assert words_of_reply(Reply(text, answer=name)) == ["8123", "45", "77x"]
    assert words_of_reply(Reply("Le escribe Marta", answer=None)) == ["le", "escribe", "marta"]


def test_the_digest_says_nothing_without_the_key() -> None:
    one = Cipher([SECRETS["PTI_ENCRYPTION_KEYS"]], "one key").word_digest("curp")
    other = Cipher([SECRETS["PTI_ENCRYPTION_KEYS"]], "another").word_digest("curp")
    assert one != other
    assert len(one) == 16


def test_both_sides_are_indexed_where_they_stand(database: Database) -> None:
    person = Person(database)
    person.write("mi mamá, mi mamá")
    Outbox(database).finish(claim(database), "brain", [Reply("con gusto"), Reply("12345")], None)
    person.send(Incoming(event={"errand": "register", "outcome": "done", "answer": {}}))
    with database.reading() as connection:
        rows = connection.execute(select(message_words)).all()
    digest = database.cipher.word_digest
    assert {(row.word, row.position) for row in rows} == {
        (digest("mi"), 1), (digest("mama"), 1),
        (digest("con"), 2), (digest("gusto"), 2),
        (digest("12345"), 3),
    }  # fmt: skip
    assert {row.conversation_id for row in rows} == {person.conversation}

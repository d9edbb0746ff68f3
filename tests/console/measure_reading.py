"""How long the console's list and searches take with a million messages on PostgreSQL.

`python -m tests.console.measure_reading` fills a server of its own (some minutes, 2 GB) and prints
the times. The data are the same every time.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import yaml

from bot.console.reading.conversations import Conversations
from bot.console.reading.filters import Filter
from bot.console.reading.timeline import Timeline
from bot.messaging.contents import Incoming, Reply
from bot.messaging.search_index import words_of
from bot.settings import PROJECT_ROOT, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.support.postgres import PostgresServer
from tests.support.service import SECRETS

MESSAGES = 1_000_000
TURNS_EACH = 10  # messages of the person and as many of ours
TEXTS = 5_000
NOW = 1_780_000_000
LIMIT_MS = 200.0
# Seconds to the answer: each tenth of a second as often.
WAITED = "(r.id % 997) / 1000.0"
TRIES = 7

FILL = """
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
ALTER TABLE message_words DROP CONSTRAINT pk_message_words;
DROP INDEX ix_message_words_conversation_id_position;
INSERT INTO people (id, version, created_at)
  SELECT c, 0, {now} - c * 60 FROM generate_series(1, {conversations}) c;
INSERT INTO conversations (id, person_id, created_at, last_position)
  SELECT c, c, {now} - c * 60, {turns} * 2 FROM generate_series(1, {conversations}) c;
INSERT INTO addresses (id, conversation_id, channel, address_index, address_sealed, created_at)
  SELECT c, c, (ARRAY['web', 'whatsapp', 'telegram', 'sms'])[1 + c % 4], md5(c::text), ''::bytea, 0
  FROM generate_series(1, {conversations}) c;
INSERT INTO inbox (id, conversation_id, address_id, position, channel, provider_id, content_sealed,
                   received_at, state)
  SELECT r.id, r.c, r.c, r.t * 2 - 1,
         (ARRAY['web', 'whatsapp', 'telegram', 'sms'])[1 + r.c % 4],
         r.id::text, p.said, {now} - r.c * 60 + r.t, 'done'
  FROM rows r JOIN pool p ON p.id = r.text;
INSERT INTO outbox (id, conversation_id, address_id, position, inbox_id, author, content_sealed,
                    created_at, state)
  SELECT r.id, r.c, r.c, r.t * 2, r.id, 'bot', p.answer, {now} - r.c * 60 + r.t + {waited},
         'delivered'
  FROM rows r JOIN pool p ON p.id = r.text;
INSERT INTO turns (inbox_id, conversation_id, at, channel, language, topic, confidence, decision,
                   milliseconds, waited, model, understood_sealed, done_sealed)
  SELECT r.id, r.c, {now} - r.c * 60 + r.t, 'web', 'es', p.topic, 0.5 + (r.id % 50) / 100.0,
         'answer', 9, {waited}, 'm', p.note, p.note
  FROM rows r JOIN pool p ON p.id = r.text;
INSERT INTO message_words (word, conversation_id, position)
  SELECT DISTINCT w.word, r.c, r.t * 2 - 1 FROM rows r JOIN pool_words w ON w.id = r.text
  UNION ALL
  SELECT left(md5('amount' || (r.id * 7 % 90000) || n), 16), r.c, r.t * 2
  FROM rows r, generate_series(1, 4) n
  UNION ALL
  SELECT left(md5('curp' || c), 16), c, 5 FROM generate_series(1, {conversations}) c;
INSERT INTO desk (conversation_id, first_at, last_at, heard_at, channel, language, preview_sealed,
                  topic, lowest_confidence, fallbacks, delivery_failures, unread, mode, task,
                  quota_at, registered_at, line_at, handed_over_at)
  SELECT c, {now} - c * 60, {now} - c * 60 + {turns} + (c * 7919 % 997) / 7.0, {now} - c * 60,
         (ARRAY['web', 'whatsapp', 'telegram', 'sms'])[1 + c % 4],
         CASE WHEN c % 7 = 0 THEN 'en' ELSE 'es' END,
         (SELECT preview FROM pool WHERE id = c % {texts} + 1),
         (SELECT topic FROM pool WHERE id = c % {texts} + 1),
         (c * 31 % 100) / 100.0, CASE WHEN c % 9 = 0 THEN 1 ELSE 0 END,
         CASE WHEN c % 101 = 0 THEN 1 ELSE 0 END, CASE WHEN c % 17 = 0 THEN 2 ELSE 0 END,
         CASE WHEN c % 211 = 0 THEN 'waiting' WHEN c % 223 = 0 THEN 'agent'
              WHEN c % 5 = 0 THEN 'closed' ELSE 'bot' END,
         CASE WHEN c % 6 = 0 THEN 'registration' END,
         CASE WHEN c % 3 = 0 THEN {now} END, CASE WHEN c % 12 = 0 THEN {now} END,
         CASE WHEN c % 13 = 0 THEN {now} END, CASE WHEN c % 23 = 0 THEN {now} END
  FROM generate_series(1, {conversations}) c;
ALTER TABLE message_words
  ADD CONSTRAINT pk_message_words PRIMARY KEY (word, conversation_id, position);
CREATE INDEX ix_message_words_conversation_id_position ON message_words (conversation_id, position);
ANALYZE;
"""


def texts() -> Iterator[tuple[str, str]]:
    """Topic and text of the training examples, Spanish and English."""
    for path in sorted((PROJECT_ROOT / "data" / "nlu").glob("*.yml")):
        for part in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            examples = part.get("examples") or ""
            for line in examples.splitlines() if isinstance(examples, str) else ():
                if line.startswith("- "):
                    yield part["intent"], line[2:]


def fill(database: Database, messages: int) -> None:
    """A database with so many messages."""
    turns = messages // 2
    conversations = turns // TURNS_EACH
    every = list(texts())
    pool = every[:: max(1, len(every) // TEXTS)][:TEXTS]
    seal, digest = database.cipher.seal, database.cipher.word_digest
    note = seal({"topics": [["ask_benefits", 0.9]], "entities": []})
    with closing(database.engine.raw_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE pool (id int PRIMARY KEY, topic text, said bytea, answer bytea,"
            " preview bytea, note bytea); CREATE TEMP TABLE pool_words (id int, word text)"
        )
        for number, (topic, text) in enumerate(pool, start=1):
            said = seal(Incoming(text).as_json())
            answer = seal(Reply("Son $1,234.00", answer="utter_ask_benefits").as_json())
            preview = seal({"text": text[:140], "media": None})
            row = (number, topic, said, answer, preview, note)
            cursor.execute("INSERT INTO pool VALUES (%s, %s, %s, %s, %s, %s)", row)
            for word in words_of(text):
                cursor.execute("INSERT INTO pool_words VALUES (%s, %s)", (number, digest(word)))
        cursor.execute(
            "CREATE TEMP TABLE rows AS"
            " SELECT n AS id, (n - 1) / %s + 1 AS c, (n - 1) %% %s + 1 AS t,"
            " (n::bigint * 2654435761 %% 4294967296 %% %s)::int + 1 AS text"
            " FROM generate_series(1, %s) n",
            (TURNS_EACH, TURNS_EACH, len(pool), turns),
        )
        cursor.execute("ANALYZE pool; ANALYZE rows; ANALYZE pool_words")
        values = {"now": NOW, "conversations": conversations, "turns": TURNS_EACH}
        cursor.execute(FILL.format(**values, texts=len(pool), waited=WAITED))
        connection.commit()
        connection.set_session(autocommit=True)
        cursor.execute("VACUUM ANALYZE")


def questions(database: Database) -> dict[str, Callable[[], object]]:
    """What agents do all day."""
    listing = Conversations(database, "America/Mexico_City")

    def page(before: str = "", **narrowed: str) -> Callable[[], object]:
        return lambda: listing.page(Filter(**narrowed), 1, before).conversations

    deep = f"{NOW - 1_500_000:.1f}_1"
    return {
        "newest": page(),
        "a page deep down": page(deep),
        "one channel": page(channel="sms"),
        "one topic": page(topic="ask_childcare"),
        "unsure, in English": page(below="20", language="en"),
        "waiting": page(mode="waiting"),
        "unread over WhatsApp with a quota": page(unread="1", channel="whatsapp", outcome="quota"),
        "abandoned": page(outcome="abandoned"),
        "delivery failed": page(failure="1"),
        "a day long ago": page(since="2026-05-01", until="2026-05-02"),
        "a common word": page(q="seguro"),
        "three common words": page(q="quiero saber seguro"),
        "two words that are rarely together": page(q="guardería curp embarazo"),
        "a word that nobody wrote": page(q="ornitorrinco"),
        "a common word and one that nobody wrote": page(q="seguro ornitorrinco"),
        "a phrase": page(q='"cuánto cuesta"'),
        "a phrase that nobody wrote": page(q='"cuesta cuánto el"'),
        "a word, one channel, a topic": page(
            q="mamá", channel="telegram", topic="ask_cover_parents"
        ),
        "how many newer": lambda: listing.newer(Filter(), 1, NOW - 3600),
        "how many newer, searched": lambda: listing.newer(Filter(q="seguro"), 1, NOW - 3600),
        "counts": listing.counts,
        "one conversation": lambda: Timeline(database).page(4711),
    }


def main(messages: int) -> int:
    """Fills, asks, prints; the number of questions that took too long."""
    server = PostgresServer()
    try:
        url = server.new_database()
        migrate(url)
        database = Database.from_settings(read_settings({**SECRETS, "PTI_DATABASE_URL": url}))
        begun = time.perf_counter()
        fill(database, messages)
        print(f"{messages:,} messages filled in {time.perf_counter() - begun:.0f} s")  # noqa: T201
        slow = 0
        for name, ask in questions(database).items():
            times = []
            for _ in range(TRIES):
                begun = time.perf_counter()
                answer = ask()
                times.append((time.perf_counter() - begun) * 1000)
            shown = len(answer) if isinstance(answer, tuple) else answer
            middle = statistics.median(times)
            slow += middle > LIMIT_MS
            print(f"| {name} | {middle:.0f} | {max(times):.0f} | {str(shown)[:60]} |")  # noqa: T201
        database.dispose()
        return slow
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES))

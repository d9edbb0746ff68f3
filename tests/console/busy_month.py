"""A month of the line for pictures: made-up people, a few hundred conversations, their reviews."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select, update

from bot.console.reviewing.filling import Filling
from bot.console.reviewing.items import Items, Verdict
from bot.console.reviewing.queues import Queues
from bot.messaging.turn_notes import STEPS
from bot.storage.console_tables import (
    registration_steps,
    review_items,
    review_queues,
    satisfaction,
    turns,
)
from bot.storage.database import Database
from bot.storage.tables import cases, inbox, outbox
from tests.console.measure_reading import texts
from tests.console.seeded import Writer, note

DAYS, CONVERSATIONS = 30, 260
A_DAY, AN_HOUR = 86_400.0, 3_600.0
CHANNELS = {"whatsapp": 55, "web": 20, "sms": 15, "telegram": 10}
TOPICS = {
    "ask_benefits": 30, "compute_quota": 26, "register": 24, "ask_minimum_maximum": 19,
    "ask_how_to_pay": 18, "ask_who_is_covered": 16, "ask_medical_care": 12,
    "ask_retirement_pension": 11, "check_payment_status": 8, "ask_get_curp": 7, "ask_childcare": 6,
    "talk_to_agent": 6, "ask_get_nss": 5, "ask_payment_deadline": 4, "ask_care_in_us": 4,
    "complain": 2,
}  # fmt: skip
LOST = (
    "venden carros usados", "carros usados baratos", "un carro usado para mi hijo",
    "el pasaporte de mi hija", "pasaporte mexicano en fresno", "cita para el pasaporte",
    "me llego una multa de transito", "quiero mandar dinero", "mandar dinero a mi mama",
    "cuanto cobran por mandar dinero", "una multa de transito vieja",
)  # fmt: skip
REASONS = {"asked": 6, "callback": 3, "complaint": 2, "unread_media": 2, "distress": 1}
QUEUES = {
    "Dudas de la cuota": ("low_confidence", "65", False),
    "No se entendió": ("fallback", "", True),
    "Preguntaron dos veces": ("repeated", "", False),
    "Quejas y enojos": ("complaint", "", False),
    "Muestra de la semana": ("random", "25", True),
}


class Month:
    """Writes it. The same people each time, on the days before now."""

    def __init__(self, database: Database, agent: int) -> None:
        self.database = database
        self._agent = agent
        self._random = random.Random(2026)  # noqa: S311
        self._said: dict[str, list[str]] = {}
        for topic, text in texts():
            self._said.setdefault(topic, []).append(text)
        with database.reading() as connection:
            self._now = database.now(connection)
        for number in range(CONVERSATIONS):
            self._conversation(number)

    def _conversation(self, number: int) -> None:
        draw = self._random
        phone = f"+1415555{number:04}"
        writer = Writer(self.database, self._one(CHANNELS), phone)
        language = "en" if draw.random() < 0.12 else "es"
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4))):
            if draw.random() < 0.09:
                lost = note(
                    "out_of_scope", draw.uniform(0.1, 0.34), decision="fallback", language=language
                )
                writer.says(draw.choice(LOST), "No le entendí.", noted=lost)
                continue
            topic = self._one(TOPICS)
            sure = 1 - abs(draw.gauss(0, 0.17))
            decision = "answer" if sure > 0.6 else "clarify"
            noted = note(topic, max(sure, 0.3), decision=decision, language=language)
            writer.says(draw.choice(self._said[topic][:40]), "Con gusto le explico.", noted=noted)
        at = self._moment()
        while at > self._now - AN_HOUR:
            at = self._moment()
        self._shift(writer, at)
        self._outcomes(writer, at, number)

    def _one(self, weights: Mapping[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _moment(self) -> float:
        """In the evening rather than at night, on Sundays rather than on Tuesdays."""
        day = self._random.choices(range(DAYS), [3 + (n % 7 in (0, 6)) * 3 for n in range(DAYS)])[0]
        hours = [1, 0, 0, 0, 0, 1, 3, 5, 7, 8, 8, 7, 8, 7, 6, 6, 7, 9, 11, 12, 11, 8, 5, 3]
        hour = self._random.choices(range(24), hours)[0]
        midnight = self._now - (self._now - 6 * AN_HOUR) % A_DAY  # of Mexico City
        return float(midnight - day * A_DAY + (hour + self._random.random()) * AN_HOUR)

    def _shift(self, writer: Writer, at: float) -> None:
        """The messages come from then on, two minutes one after the other."""
        of_it = {"conversation_id": writer.conversation}
        with self.database.writing() as connection:
            rows = connection.execute(
                select(inbox.c.id).filter_by(**of_it).order_by(inbox.c.id)
            ).scalars()
            for number, inbox_id in enumerate(list(rows)):
                came, waited = at + number * 120, min(self._random.expovariate(1.1) + 0.3, 9)
                for table, key, values in (
                    (inbox, inbox.c.id, {"received_at": came}),
                    (outbox, outbox.c.inbox_id, {"created_at": came + waited}),
                    (turns, turns.c.inbox_id, {"at": came + waited, "waited": waited}),
                ):
                    connection.execute(update(table).where(key == inbox_id).values(**values))
        last = at + number * 120 + 10
        writer.on_desk(first_at=at, heard_at=last, last_at=last, unread=0)

    def _outcomes(self, writer: Writer, at: float, number: int) -> None:
        luck = self._random.random()
        if 0.12 < luck < 0.36:
            writer.on_desk(quota_at=at + 60)
        if luck < 0.26 and self._registers(writer, at):
            self._says_how_it_was(writer, at)
        if luck > 0.84:
            self._meets_an_agent(writer, at, number)
        if 0.5 < luck < 0.53:
            writer.last_reply(state="failed", error="30003").on_desk(delivery_failures=1)

    def _registers(self, writer: Writer, at: float) -> bool:
        """Whether they came to the end."""
        far = len(STEPS)
        if self._random.random() < 0.4:
            far = self._random.choice((1, 2, 2, 3, 3, 4, 6, 7, 9, far - 2))
        for number, step in enumerate(STEPS[:far]):
            self._add(registration_steps, writer, step=step, at=at + number * 20)
        if far == len(STEPS):
            paid = at + 500 if self._random.random() < 0.8 else None
            writer.on_desk(registered_at=at + 400, line_at=paid)
        else:
            writer.on_desk(task="registration")
        return far == len(STEPS)

    def _meets_an_agent(self, writer: Writer, at: float, number: int) -> None:
        reason = self._one(REASONS)
        writer.on_desk(handed_over_at=at + 30, waiting_reason=reason)
        if reason in ("callback", "complaint"):
            folio = f"PTI-{number:04}"
            self._add(
                cases, writer, folio=folio, kind=reason, channel=writer.channel, state="done",
                created_at=at + 40,
            )  # fmt: skip
        replied = at + self._random.uniform(40, 900)
        writer.last_reply(author="agent", account_id=self._agent, created_at=replied)

    def _says_how_it_was(self, writer: Writer, at: float) -> None:
        of_it = inbox.c.conversation_id == writer.conversation
        with self.database.reading() as connection:
            inbox_id = connection.execute(select(inbox.c.id).where(of_it).limit(1)).scalar_one()
        score = self._random.choices((1, 2, 3, 4, 5), (1, 1, 3, 9, 14))[0]
        spared = int(self._random.random() < 0.7)
        given = {"task": "line", "score": score, "spared_a_call": spared, "at": at + 900}
        self._add(satisfaction, writer, inbox_id=inbox_id, **given)

    def _add(self, table: Table, writer: Writer, **values: Any) -> None:
        values["conversation_id"] = writer.conversation
        with self.database.writing() as connection:
            connection.execute(table.insert().values(**values))

    def review(self, reviewers: Sequence[int]) -> int:
        """Makes the queues, and the reviewers do part of them; the number of a blind one."""
        queues, filling, items = (make(self.database) for make in (Queues, Filling, Items))
        numbers = {}
        for name, (rule, percent, blind) in QUEUES.items():
            with self.database.writing() as connection:
                numbers[name] = queues.make(connection, name, rule, percent, blind=blind)
            filling.fill(numbers[name])
            self._work(items, numbers[name], reviewers if blind else reviewers[:1])
        with self.database.writing() as connection:
            resting = review_queues.c.id == numbers["Preguntaron dos veces"]
            connection.execute(update(review_queues).where(resting).values(active=0))
        return numbers["No se entendió"]

    def _work(self, items: Items, queue: int, reviewers: Sequence[int]) -> None:
        of_it = select(review_items.c.id).where(review_items.c.queue_id == queue)
        with self.database.reading() as connection:
            found = connection.execute(of_it.order_by(review_items.c.id)).scalars().all()
        for item in found[: len(found) * 2 // 3]:
            topic = self._random.choices((None, "ask_other_schemes"), (2, 1))[0]
            for reviewer in reviewers:
                agreed = topic if self._random.random() < 0.9 else "ask_contact"
                kind = "wrong" if agreed else "right"
                items.review(item, reviewer, Verdict(kind, agreed, self._random.randint(3, 5), ""))

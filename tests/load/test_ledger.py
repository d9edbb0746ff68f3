"""The ledger finds what is not as promised; a fault run could not fail otherwise."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.outgoing import OutgoingMessages
from bot.storage.database import Database
from tests.load.ledger import NOTING_SECONDS, Findings, Ledger, examine
from tests.load.messages import Script
from tests.load.provider import Call
from tests.load.site import Kill
from tests.load.writing import Writer, Written
from tests.messaging.stand_in import claim

SCRIPT = Script("es-0", ("uno", "dos", "tres"))
PEACE = {("es-0", "sms", place): [f"a{place}", f"b{place}"] for place in range(3)}


class Office:
    """A person who wrote three messages, each answered with two replies, all of them sent."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.calls: list[Call] = []
        self.written = [
            Written(f"SM{place}", Writer("+1555", SCRIPT, (0.0,) * 3), place, 0.0, 1.0)
            for place in range(3)
        ]
        self._times = itertools.count(10)
        inbox, outgoing = Inbox(database), OutgoingMessages(database)
        address = inbox.open_address("sms", "+1555")
        for place, text in enumerate(SCRIPT.texts):
            inbox.receive("sms", address, f"SM{place}", Incoming(text))
            replies = [Reply(f"{letter}{place}") for letter in "ab"]
            Outbox(database).finish(claim(database), "brain", replies, None)
        while message := outgoing.claim("gateway", ["sms"], 60):
            assert message.reply
            outgoing.part_sent(message, 1, True, "SM", 60)
            self.call(f"{message.uuid}.1.1", message.reply.text)

    def call(self, name: str, body: str) -> None:
        """The provider takes a message of the first gateway."""
        at = float(next(self._times))
        self.calls.append(Call("gateway-1.2", at, at + 0.5, name, "+1555", body, True, False))

    def found(self, *kills: Kill) -> Findings:
        """What the ledger finds."""
        return examine(Ledger(self.database, self.calls), self.written, kills, PEACE)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    """One where all is well."""
    return Office(sqlite_database)


def test_all_is_well(office: Office) -> None:
    found = office.found()
    assert found.misses == {}
    assert (found.acknowledged, found.answered) == (3, 3)


def test_an_acknowledged_message_that_is_not_there(office: Office) -> None:
    office.written.append(replace(office.written[0], sid="SM9"))
    assert office.found().misses == {"lost": ["SM9"]}


def test_what_was_never_acknowledged_was_not_promised(office: Office) -> None:
    office.written.append(replace(office.written[0], sid="SM9", acknowledged_at=None))
    assert office.found().misses == {}


def test_an_answer_of_which_a_part_was_never_taken(office: Office) -> None:
    del office.calls[3]
    assert set(office.found().misses) == {"unanswered", "not_as_in_peace"}


def test_a_message_that_still_waits(office: Office) -> None:
    address = Inbox(office.database).find_address("sms", "+1555")
    assert address
    Inbox(office.database).receive("sms", address, "SM9", Incoming("uno"))
    office.written.append(replace(office.written[0], sid="SM9"))
    assert "unanswered" in office.found().misses


def again(office: Office) -> None:
    """The second reply is taken again right after itself, the next ones later."""
    office.calls.insert(2, replace(office.calls[1], began=11.6, ended=11.9))


def test_an_answer_that_was_sent_twice(office: Office) -> None:
    again(office)
    assert set(office.found().misses) == {"twice"}


@pytest.mark.parametrize(
    ("kill", "excused"),
    [
        (Kill("gateway-1.2", 11.2), True),
        (Kill("gateway-1.2", 12.0), True),
        (Kill("gateway-1.2", 10.9), True),  # the provider read it from a dead process
        (Kill("gateway-1.2", 10.9, until=30.0), True),
        (Kill("gateway-1.2", 9.0, until=10.9), False),  # it had gone on
        (Kill("gateway-1.2", 11.5 + NOTING_SECONDS), True),
        (Kill("gateway-1.2", 11.6 + NOTING_SECONDS), False),  # time enough to note it
        (Kill("gateway-1.1", 10.9), False),
        (Kill("gateway-1.3", 11.2), False),
        (Kill("gateway-2.2", 11.2), False),
        (Kill("brain-1.2", 11.2), False),
    ],
)
def test_twice_is_unavoidable_only_where_the_sender_was_killed_in_the_middle(
    office: Office, kill: Kill, excused: bool
) -> None:
    again(office)
    found = office.found(kill)
    assert bool(found.twice_after_a_kill) == excused
    assert bool(found.twice) != excused


def test_twice_because_the_answer_was_lost(office: Office) -> None:
    again(office)
    office.calls[1] = replace(office.calls[1], lost=True)
    found = office.found()
    assert found.misses == {}
    assert len(found.twice_after_a_lost_answer) == 1


def test_replies_that_overtook_each_other(office: Office) -> None:
    first, second = office.calls[1], office.calls[2]
    office.calls[1] = replace(first, began=second.began, ended=second.ended)
    office.calls[2] = replace(second, began=first.began, ended=first.ended)
    assert set(office.found().misses) == {"out_of_order"}


def test_an_answer_that_nobody_got_in_peace(office: Office) -> None:
    office.calls[4] = replace(office.calls[4], body="otra cosa")
    assert set(office.found().misses) == {"not_as_in_peace"}

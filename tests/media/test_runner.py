"""From the message to what is found in its media: kept, read, deleted at the provider; the message
is answered once and in its place, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.messaging import for_ever
from bot.messaging.contents import Incoming
from bot.messaging.found import Found, curp, nothing, transcript
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.media_runner import MediaRunner, NotNowError, NotUsableError
from bot.messaging.outbox import Outbox
from bot.messaging.received_media import Attachment, Media, ReceivedMedia
from bot.messaging.subscriptions import Subscriptions
from bot.people.erasure import Erasure
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.tables import files, inbox
from tests.messaging.stand_in import Person, process_logging
from tests.people.known import known_of

AT_ONCE = 2
HELD = 60.0
CURP = "XEXX750615MNEBBB02"
VOICE = Attachment("voice", {"url": "one"})
PHOTO = Attachment("photo", {"url": "two"})
STICKER = Attachment("sticker", {"url": "three"}, wanted=False)


@dataclass(eq=False)
class Provider:
    """Where files are. `trouble` may raise for a call, by its name and number."""

    channels: tuple[str, ...] = ("web",)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    closed: bool = False
    trouble: Callable[[str, int], None] = lambda _call, _number: None

    async def fetch(self, source: Mapping[str, Any]) -> bytes:
        assert not self.closed
        self.fetched.append(source["url"])
        self.trouble("fetch", len(self.fetched))
        return f"content of {source['url']}".encode()

    async def delete(self, source: Mapping[str, Any]) -> None:
        self.trouble("delete", len(self.deleted) + 1)
        self.deleted.append(source["url"])

    async def close(self) -> None:
        self.closed = True


@dataclass
class Readings:
    """Finds what a test says."""

    found: dict[str, Found] = field(default_factory=dict)
    read_files: list[str] = field(default_factory=list)
    trouble: Callable[[], None] = lambda: None

    def recognised(self, content: bytes) -> tuple[str, str]:
        if b"bad" in content:
            raise NotUsableError("type")
        return "voice.ogg", "audio/ogg"

    async def read(self, _content_type: str, content: bytes) -> Found:
        self.read_files.append(content.decode())
        self.trouble()
        return self.found.get(content.decode().split()[-1], transcript("hola", True))


@dataclass
class Line:
    """A person, their provider and a runner."""

    database: Database
    wait_seconds: float = 60.0
    claim_seconds: float = 60.0
    provider: Provider = field(default_factory=Provider)
    readings: Readings = field(default_factory=Readings)

    def __post_init__(self) -> None:
        self.person = Person(self.database)
        self.inbox = Inbox(self.database)
        self._numbers = iter(range(1000))

    def runner(self) -> MediaRunner:
        return MediaRunner(
            self.database,
            [self.provider],
            self.readings,
            at_once=AT_ONCE,
            wait_seconds=self.wait_seconds,
            claim_seconds=self.claim_seconds,
        )

    def sends(self, *attached: Attachment, text: str = "", held: float = HELD) -> None:
        kind = attached[0].kind if attached else None
        self.inbox.receive(
            "web",
            self.person.address,
            f"media-{next(self._numbers)}",
            Incoming(text, media=kind),
            attached,
            held,
        )

    def work(self) -> int:
        return asyncio.run(self.runner().do_due())

    def next(self) -> Claimed | None:
        return self.inbox.claim("brain", 60)

    def answered(self) -> Incoming:
        """The next message that a brain gets; it is done then."""
        claimed = self.next()
        assert claimed is not None
        assert claimed.content is not None
        Outbox(self.database).finish(claimed, "brain", [], None)
        return claimed.content

    def rows(self, table: Any = media) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(table).order_by(table.c.created_at)).all())

    def make_due(self) -> None:
        with self.database.writing() as connection:
            connection.execute(update(media).values(due_at=0, claimed_until=None))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


@pytest.fixture
def line(database: Database) -> Line:
    return Line(database)


def test_words_that_are_certain_are_typed_words(line: Line) -> None:
    line.sends(VOICE)
    assert line.next() is None
    assert line.work() == 2
    content = line.answered()
    assert (content.text, content.media) == ("hola", "voice")
    assert content.found == {"what": "transcript", "sure": True}
    assert line.provider.deleted == ["one"]
    assert line.states() == ["done"]


def test_what_comes_after_waits_for_it(line: Line) -> None:
    line.person.write("antes")
    line.sends(VOICE)
    line.person.write("después")
    assert line.answered().text == "antes"
    assert line.next() is None
    line.work()
    assert [line.answered().text, line.answered().text] == ["hola", "después"]
    assert line.next() is None


def test_somebody_else_does_not_wait(line: Line) -> None:
    line.sends(VOICE)
    Person(line.database).write("otra persona")
    assert line.answered().text == "otra persona"


def test_all_of_a_message_belongs_to_its_answer(line: Line) -> None:
    line.readings.found = {"two": curp(CURP)}
    line.sends(PHOTO, Attachment("photo", {"url": "none"}), text="mi curp")
    line.readings.found["none"] = nothing("no_curp")
    runner = line.runner()
    one = asyncio.run(runner._claim())
    assert one is not None
    asyncio.run(runner._do(one))
    assert line.next() is None
    line.work()
    content = line.answered()
    assert (content.text, content.found) == ("mi curp", curp(CURP))
    assert sorted(line.provider.deleted) == ["none", "two"]


TOGETHER: dict[str, tuple[list[Found], Incoming]] = {
    "two voices": (
        [transcript("uno", True), transcript("dos", True)],
        Incoming("uno\ndos", media="voice", found={"what": "transcript", "sure": True}),
    ),
    "one of them unsure": (
        [transcript("uno", True), transcript("dos", False)],
        Incoming(media="voice", found=transcript("uno\ndos", False)),
    ),
    "the same CURP twice": (
        [curp(CURP), curp(CURP)], Incoming(media="voice", found=curp(CURP)),
    ),
    "two CURPs": (
        [curp(CURP), curp("another")], Incoming(media="voice", found=nothing("several_curps")),
    ),
    "words and a problem": (
        [nothing("type"), transcript("uno", True)],
        Incoming("uno", media="voice", found={"what": "transcript", "sure": True}),
    ),
    "two problems": (
        [nothing("type"), nothing("too_large")], Incoming(media="voice", found=nothing("type")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOGETHER)
def test_several_at_once(line: Line, name: str) -> None:
    found, content = TOGETHER[name]
    line.readings.found = {str(number): one for number, one in enumerate(found)}
    line.sends(*(Attachment("voice", {"url": str(number)}) for number in range(len(found))))
    line.work()
    assert line.answered() == content


def test_what_is_not_wanted_is_only_deleted(line: Line) -> None:
    line.sends(STICKER)
    content = line.answered()
    assert (content.media, content.found) == ("sticker", None)
    assert line.work() == 1
    assert (line.provider.fetched, line.provider.deleted) == ([], ["three"])


def test_it_is_kept_encrypted_and_nothing_is_left_in_clear(line: Line) -> None:
    line.sends(VOICE)
    line.work()
    (kept,) = line.rows(files)
    assert b"content" not in kept.content_sealed
    assert line.database.cipher.open_bytes(kept.content_sealed) == b"content of one"
    assert (kept.name, kept.content_type) == ("voice.ogg", "audio/ogg")
    (row,) = line.rows()
    assert row.file_id == kept.id
    assert line.database.cipher.open(row.source_sealed) == {}
    assert row.found_sealed is None


def refuse(error: Exception, call: str = "fetch") -> Callable[[str, int], None]:
    def trouble(name: str, _number: int) -> None:
        if name == call:
            raise error

    return trouble


def test_a_provider_that_is_away_for_a_while(line: Line) -> None:
    line.provider.trouble = refuse(NotNowError("away"))
    line.sends(VOICE)
    assert line.work() == 1
    assert line.next() is None
    assert line.provider.deleted == []
    line.provider.trouble = lambda _call, _number: None
    line.make_due()
    line.work()
    assert line.answered().text == "hola"


def test_what_never_comes_is_given_up(line: Line) -> None:
    line.wait_seconds = 0.5
    line.provider.trouble = refuse(NotNowError("away"))
    line.sends(VOICE)
    line.work()
    assert line.answered().found == nothing("not_fetched")
    assert line.provider.deleted == ["one"]


def test_a_provider_that_never_answers(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.wait_seconds = 0.3

    async def hang(_source: Mapping[str, Any]) -> bytes:
        await asyncio.sleep(60)
        return b""

    monkeypatch.setattr(line.provider, "fetch", hang)
    line.sends(VOICE)
    line.work()
    assert line.answered().found == nothing("not_fetched")


@pytest.mark.parametrize("why", ["too_large", "type", "not_fetched"])
def test_what_cannot_be_used(line: Line, why: Any) -> None:
    line.provider.trouble = refuse(NotUsableError(why))
    line.sends(VOICE)
    line.work()
    assert line.answered().found == nothing(why)
    assert line.rows(files) == []
    assert line.provider.deleted == ["one"]


def test_another_type_than_is_taken_is_not_kept(line: Line) -> None:
    line.sends(Attachment("photo", {"url": "bad"}))
    line.work()
    assert line.answered().found == nothing("type")
    assert line.rows(files) == []


def test_a_reader_that_breaks(line: Line) -> None:
    def broken() -> None:
        raise ValueError("content of one")

    line.readings.trouble = broken
    line.sends(VOICE)
    with process_logging() as printed:
        line.work()
    assert line.answered().found == nothing("not_fetched")
    assert "content of one" not in printed.getvalue()


def test_without_anybody_to_read_it_is_answered_without(line: Line) -> None:
    """No gateway works: the hold ends."""
    line.sends(VOICE, held=-1)
    content = line.answered()
    assert (content.media, content.found) == ("voice", None)
    # A gateway comes back; the message stays answered.
    line.work()
    assert line.next() is None
    assert line.states() == ["done"]


def test_a_brain_that_has_the_message_keeps_it(line: Line) -> None:
    line.sends(VOICE, held=-1)
    claimed = line.next()
    assert claimed is not None
    line.work()
    Outbox(line.database).finish(claimed, "brain", [], None)
    assert line.next() is None


def test_it_is_deleted_at_the_provider_in_the_end(line: Line) -> None:
    line.provider.trouble = refuse(NotNowError("away"), "delete")
    line.sends(VOICE)
    line.work()
    assert line.answered().text == "hola"
    assert line.states() == ["delete"]
    line.provider.trouble = lambda _call, _number: None
    line.make_due()
    line.work()
    assert line.provider.deleted == ["one"]
    assert line.states() == ["done"]


def test_somebody_sees_what_cannot_be_deleted(line: Line) -> None:
    line.provider.trouble = refuse(NotNowError("away"), "delete")
    line.sends(VOICE)
    with process_logging() as printed:
        for _ in range(14):
            line.work()
            line.make_due()
    assert printed.getvalue().count("stays at its provider") == 1
    assert line.states() == ["done"]


@pytest.mark.parametrize("kept", [False, True])
def test_whoever_takes_over_goes_on(line: Line, kept: bool) -> None:
    """A runner that died: before it kept the file, or after."""
    line.sends(VOICE)
    dead = line.runner()
    one = asyncio.run(dead._claim())
    assert one is not None
    if kept:
        dead._media.keep(one, dead.name, "voice.ogg", "audio/ogg", b"content of kept")
    assert line.work() == 0
    line.make_due()
    line.work()
    assert line.readings.read_files == ["content of kept" if kept else "content of one"]
    assert line.answered().text == "hola"
    assert len(line.rows(files)) == 1


def test_what_is_kept_is_read_however_long_it_took(line: Line) -> None:
    line.wait_seconds = 0.0
    line.sends(VOICE)
    dead = line.runner()
    one = asyncio.run(dead._claim())
    assert one is not None
    dead._media.keep(one, dead.name, "voice.ogg", "audio/ogg", b"content of kept")
    line.make_due()
    line.work()
    assert line.provider.fetched == []
    assert line.answered().text == "hola"


def test_a_runner_that_was_late_changes_nothing(line: Line) -> None:
    line.sends(VOICE)
    late = line.runner()
    one = asyncio.run(late._claim())
    assert one is not None
    line.make_due()
    line.work()
    line.readings.found = {"one": transcript("otra cosa", True)}
    asyncio.run(late._do(one))
    assert line.answered().text == "hola"
    assert len(line.rows(files)) == 1


def test_a_claim_is_renewed_while_it_is_read(line: Line) -> None:
    line.claim_seconds = 0.3

    async def slowly() -> None:
        runner, other = line.runner(), line.runner()
        line.sends(VOICE)
        one = await runner._claim()
        assert one is not None
        real = line.readings.read

        async def read(content_type: str, content: bytes) -> Found:
            await asyncio.sleep(1.0)
            assert await other._claim() is None
            return await real(content_type, content)

        line.readings.read = read  # type: ignore[method-assign]
        await runner._do(one)

    asyncio.run(slowly())
    assert line.answered().text == "hola"


def test_of_somebody_who_wants_no_messages_nothing_is_fetched(database: Database) -> None:
    line = Line(database, provider=Provider(channels=("sms",)))
    address = line.inbox.open_address("sms", "+15550001111")
    Subscriptions(database).stop(address, "stop-1", Incoming("alto"), None)
    line.inbox.receive("sms", address, "m-1", Incoming(media="voice"), [VOICE], HELD)
    line.work()
    assert (line.provider.fetched, line.provider.deleted) == ([], ["one"])
    assert line.next() is None


def test_a_message_that_comes_twice_is_fetched_once(line: Line) -> None:
    for _ in range(2):
        line.inbox.receive("web", line.person.address, "same", Incoming(media="voice"), [VOICE], 9)
    line.work()
    assert line.provider.fetched == ["one"]


def erase(line: Line) -> None:
    whose = known_of(line.database, line.person.conversation).person_id
    with line.database.writing() as connection:
        Erasure(line.database).of(whose, "web")(connection, line.database.now(connection))


def test_erased_with_the_person(line: Line) -> None:
    line.sends(VOICE)
    line.work()
    assert line.answered().text == "hola"
    erase(line)
    assert line.rows(files) == []
    (row,) = line.rows()
    assert (row.found_sealed, row.file_id) == (None, None)
    (message,) = [r for r in _inbox(line) if r.kind == "message"]
    assert line.database.cipher.open(message.content_sealed) == {}


def test_erased_while_it_is_read(line: Line) -> None:
    """What is found in a message that was erased meanwhile is not kept; at the provider it is
    deleted."""
    line.sends(VOICE, held=-1)
    line.answered()
    runner = line.runner()
    one = asyncio.run(runner._claim())
    assert one is not None
    erase(line)
    asyncio.run(runner._do(one))
    assert line.rows(files) == []
    assert line.states() == ["delete"]
    line.work()
    assert line.provider.deleted == ["one"]


def test_what_was_sent_after_the_request_to_erase_is_still_read(line: Line) -> None:
    line.sends(VOICE)
    erase(line)
    line.work()
    assert line.answered().text == "hola"


def test_what_nobody_can_open_is_given_up(line: Line) -> None:
    line.sends(VOICE)
    with line.database.writing() as connection:
        connection.execute(update(media).values(source_sealed=b"sealed by another key"))
    line.work()
    assert line.answered().found == nothing("not_fetched")


@asynccontextmanager
async def _at_work(line: Line) -> AsyncIterator[None]:
    """A gateway's runner, until it did all that was sent."""
    task = asyncio.create_task(for_ever.for_ever(line.runner().run))
    try:
        yield
        until = asyncio.get_running_loop().time() + 20
        while set(line.states()) != {"done"}:
            assert asyncio.get_running_loop().time() < until
            await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_works_by_itself_and_ends(line: Line) -> None:
    async with _at_work(line):
        for _ in range(3):
            line.sends(VOICE)
    assert line.provider.deleted == ["one"] * 3
    assert line.provider.closed


async def test_after_a_failure_it_works_on(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its providers' connections open and none of its places taken."""
    monkeypatch.setattr(for_ever, "AGAIN_SECONDS", 0.0)
    claim, failures = ReceivedMedia.claim, iter(range(AT_ONCE + 1))

    def fail_first(self: ReceivedMedia, *args: Any) -> Media | None:
        for _ in failures:
            raise ValueError(CURP)
        return claim(self, *args)

    monkeypatch.setattr(ReceivedMedia, "claim", fail_first)
    line.sends(VOICE)
    with process_logging() as printed:
        async with _at_work(line):
            """What was sent before is found."""
    assert line.answered().text == "hola"
    assert printed.getvalue().count("MediaRunner.run failed: ValueError") == AT_ONCE + 1
    assert CURP not in printed.getvalue()


def _inbox(line: Line) -> list[Any]:
    with line.database.reading() as connection:
        return list(connection.execute(select(inbox)).all())

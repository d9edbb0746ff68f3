"""Slow clients and floods: each is bounded, is told so, and the others are served meanwhile."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from bot import slow_bodies
from bot.messaging.brain import Brain
from bot.settings import Settings, read_settings
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.messaging.stand_in import Echo, Person, no_errands
from tests.phone.known import line_settings
from tests.support.gateway import running_gateway
from tests.support.network import free_port
from tests.support.service import SECRETS
from tests.telegram.known import HEADER, WEBHOOK_SECRET

SECONDS = 1.0
BURST = 5


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway that has little patience and lets few in."""
    folder: Path = tmp_path_factory.mktemp("slow")
    database_url = f"sqlite:///{folder / 'pti.db'}"
    migrate(database_url)
    settings = line_settings(
        database_url,
        PTI_GATEWAY_PORT=str(free_port()),
        PTI_CHAT_MESSAGES_BURST=str(BURST),
        PTI_CHAT_MESSAGES_PER_SECOND="0.01",
        PTI_CHAT_SESSIONS_BURST=str(BURST),
        PTI_CHAT_SESSIONS_PER_SECOND="0.01",
    )
    patch = pytest.MonkeyPatch()
    patch.setattr(slow_bodies.SlowBodies.__init__, "__defaults__", (SECONDS,))
    with running_gateway(settings) as address:
        yield address
    patch.undo()


def connected(url: str, head: str) -> socket.socket:
    """A connection with the beginning of a request."""
    host, port = url.removeprefix("http://").split(":")
    opened = socket.create_connection((host, int(port)), timeout=20)
    opened.sendall(head.replace("\n", "\r\n").encode())
    return opened


def answer_on(connection: socket.socket) -> str:
    """All that is sent until the other side closes."""
    received = bytearray()
    while part := connection.recv(65_536):
        received += part
    return received.decode("latin-1")


def open_session(url: str, came_from: str) -> requests.Response:
    """Asks for a session by way of our proxy, which says last who asks."""
    headers = {"X-Forwarded-For": came_from}
    return requests.post(f"{url}/chat/api/sessions", headers=headers, timeout=20)


DOORS = [
    "/chat/api/messages",
    "/webhooks/telegram",
    "/webhooks/twilio/messages",
    "/webhooks/twilio/status",
    "/webhooks/twilio/voice",
    "/webhooks/handoff",
]
BODIES = {
    "announced and not sent": "Content-Length: 500\n\n",
    "begun": 'Content-Length: 500\n\n{"a":',
    "chunked without end": "Transfer-Encoding: chunked\n\n5\nhola!\n",
    "a chunk that never comes": "Transfer-Encoding: chunked\n\nffff\n",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_does_not_come_is_not_waited_for(url: str, door: str, body: str) -> None:
    head = f"POST {door} HTTP/1.1\nHost: a\n{HEADER}: {WEBHOOK_SECRET}\n{body}"
    with closing(connected(url, head)) as connection:
        assert answer_on(connection).startswith("HTTP/1.1 408 ")


def test_a_body_that_trickles_is_ended_and_others_are_served(url: str) -> None:
    """Many at once, each a letter at a time."""
    head = "POST /chat/api/messages HTTP/1.1\nHost: a\nContent-Length: 900\n\n"
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(connected(url, head))) for _ in range(60)]
        until = time.monotonic() + 3 * SECONDS
        while time.monotonic() < until:
            for connection in slow:
                try:
                    connection.sendall(b" ")
                except OSError:  # ended by the gateway
                    continue
            assert requests.get(f"{url}/health", timeout=30).status_code == 200
            time.sleep(0.1)
        for connection in slow:
            connection.settimeout(30)
            with_end = _rest(connection)
            assert with_end in ("408", "reset")


def _rest(connection: socket.socket) -> str:
    try:
        return answer_on(connection)[9:12] or "reset"
    except ConnectionError:
        return "reset"


def test_a_chunked_body_without_end_is_refused_at_its_limit(url: str) -> None:
    head = "POST /chat/api/messages HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"
    with closing(connected(url, head)) as connection:
        for _ in range(20):
            connection.sendall(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        assert connection.recv(20).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\nHost: a\nX-Long: " + "a" * 200_000 + "\n\n",
        "GET /" + "a" * 200_000 + " HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\nHost: a\n" + "".join(f"H{n}: 1\n" for n in range(9000)) + "\n",
        "POST /chat/api/messages HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Length: 50\n\nhola!",
        "POST /chat/api/messages HTTP/1.1\nHost: a\nContent-Length: -5\n\n",
        "POST /chat/api/messages HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nzz\n",
        "\x00\x01\x02\x03\n\n",
        "GET / HTTP/9.9\nHost: a\n\n",
    ],
    ids=["header", "address", "headers", "two lengths", "a negative length", "chunk", "bytes",
         "version"],
)  # fmt: skip
def test_what_is_no_request_is_ended(url: str, head: str) -> None:
    """Refused, or served where it does no harm; the gateway goes on."""
    try:
        with closing(connected(url, head)) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert answer_on(connection)[9:12] in ("", "200", "400", "404", "408", "413", "431")
    except ConnectionError:
        pass
    assert requests.get(f"{url}/health", timeout=30).status_code == 200


def test_sessions_of_one_place_are_bounded_and_others_come_in(url: str) -> None:
    answers = [open_session(url, "198.51.100.7") for _ in range(BURST + 3)]
    assert [a.status_code for a in answers] == [201] * BURST + [429] * 3
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert open_session(url, "198.51.100.8").status_code == 201


def test_who_writes_another_place_before_their_own_is_not_believed(url: str) -> None:
    answers = [open_session(url, f"203.0.113.{n}, 198.51.100.9") for n in range(BURST + 2)]
    assert [a.status_code for a in answers] == [201] * BURST + [429] * 2


def test_messages_of_one_person_are_bounded_and_others_write(url: str) -> None:
    flood, other = (open_session(url, f"198.51.100.{n}").json()["session"] for n in (21, 22))

    def write(session: str) -> requests.Response:
        message = {"session": session, "text": "hola"}
        return requests.post(f"{url}/chat/api/messages", json=message, timeout=20)

    answers = [write(flood) for _ in range(BURST + 3)]
    assert [a.status_code for a in answers] == [202] * BURST + [429] * 3
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert write(other).status_code == 202


async def test_a_flood_of_one_person_lets_others_be_answered(tmp_path: Path) -> None:
    """Signed channels have no limit of ours: whoever floods waits for themselves alone."""
    url = f"sqlite:///{tmp_path / 'pti.db'}"
    migrate(url)
    settings: Settings = read_settings({**SECRETS, "PTI_DATABASE_URL": url})
    database = Database.from_settings(settings)
    order: list[str] = []
    answered = asyncio.Event()

    async def noted(_inbox_id: int, text: str) -> None:
        order.append(text)
        if text == "hola":
            answered.set()

    flooder, other = Person(database), Person(database)
    for number in range(120):
        flooder.write(f"flood {number}")
    other.write("hola")
    brain = Brain(settings, database, Echo(before=noted), no_errands)
    running = asyncio.create_task(brain.run())
    await asyncio.wait_for(answered.wait(), 30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert order.index("hola") < 10
    database.dispose()

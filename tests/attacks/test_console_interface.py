"""schemathesis fills in every form and address of the console, right and wrong, as each role, as
nobody, and with a token that is not theirs: it never fails, and the gate holds."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from requests import PreparedRequest, Request, Response
from schemathesis.checks import not_a_server_error
from sqlalchemy import select

from bot.console import passwords
from bot.console.reviewing.filling import Filling
from bot.console.reviewing.queues import Queues
from bot.settings import read_settings
from bot.storage.migrate import migrate
from bot.storage.tables import inbox
from tests.attacks.console_document import document
from tests.console.conftest import WHATSAPP
from tests.console.running import Client, RunningConsole
from tests.console.seeded import Writer, note
from tests.console.test_access_matrix import ROLES, ROUTES, WAY_IN
from tests.console.waiting import Caller
from tests.support.service import SECRETS

EXAMPLES = 4  # one for each role
# What cannot be read is told so before it is known whose it is.
REFUSED = {400, 403, 404, 405, 413}
# After these somebody is out, and comes in again.
OUT = {"POST /logout", "POST /account/sessions/end", "POST /account/password"}


def _schema() -> Any:
    schema = schemathesis.openapi.from_dict(document())
    schema.config.seed = 20260610
    schema.config.generation.update(max_examples=EXAMPLES)
    schema.config.generation.deterministic = True
    # Every value of every field by itself would be thousands of calls.
    schema.config.phases.coverage.enabled = False
    return schema


@pytest.fixture(scope="module")
def console(module_database_url: str) -> Iterator[RunningConsole]:
    """A console with something in every area, and an account that is there to be done to."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_hasher", PasswordHasher(1, 64, 2))
    migrate(module_database_url)
    given = {**SECRETS, **WHATSAPP, "PTI_DATABASE_URL": module_database_url}
    running = RunningConsole(read_settings(given))
    for number in range(3):
        running.make_account(f"done-to-{number}", "agent")
    _fill(running)
    yield running
    running.stop()
    patch.undo()


def _fill(console: RunningConsole) -> None:
    database = console.database
    waiting = Caller(database, "quiero hablar con una persona").waits()
    waiting.asked("callback", {"phone": "+14155550143"}, due_in=-60)
    waiting.asked("complaint", {"text": "Me colgaron."})
    for text in ("venden carros", "carros usados", "¿qué cubre?"):
        lost = note("out_of_scope", 0.1, decision="fallback")
        Writer(database, "whatsapp").says(text, "No entendí.", noted=lost)
    for name in ("una", "otra"):
        with database.writing() as connection:
            queue = Queues(database).make(connection, name, "fallback", "", blind=name == "otra")
        Filling(database).fill(queue)


class Visitors:
    """Who asks: nobody, and each role in turn, always logged in."""

    def __init__(self, console: RunningConsole) -> None:
        self._console = console
        self._clients = {role: console.client(role) for role in ROLES}
        self.nobody = console.client()
        self.nobody.get("/login")
        self.turn = itertools.cycle(ROLES)
        self._tokens = itertools.cycle(("0" * 64, "", self.nobody.csrf))

    def of(self, role: str) -> Client:
        """Somebody of the role; who was put out comes in again."""
        client = self._clients[role]
        if client.get("/account").status_code != 200:
            self._console.forget_failures()
            client = self._clients[role] = self._console.client(role)
        return client

    def wrong_token(self) -> str:
        """One that is not the administrator's."""
        return next(self._tokens)


@pytest.fixture(scope="module")
def visitors(console: RunningConsole) -> Visitors:
    """All of them."""
    return Visitors(console)


def _sent(client: Client, prepared: PreparedRequest, token: str | None = None) -> Response:
    """The same request as a browser of the client's would send it, with its token or another."""
    request = prepared.copy()
    token = client.csrf if token is None else token
    request.headers.update({"Origin": client.url, "X-CSRF-Token": token})
    request.headers.pop("Cookie", None)
    request.prepare_cookies(client.cookies)
    return client.send(request, allow_redirects=False, timeout=30)


def _prepared(case: schemathesis.Case, url: str) -> PreparedRequest:
    given = case.as_transport_kwargs(base_url=url)
    known = ("method", "url", "headers", "params", "data", "json", "files")
    return Request(**{name: given[name] for name in known if name in given}).prepare()


@_schema().parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_console_never_fails_and_its_gate_holds(
    case: schemathesis.Case, console: RunningConsole, visitors: Visitors
) -> None:
    route = _route(case)
    needed = ROUTES[route]
    prepared = _prepared(case, console.url)
    role = next(visitors.turn)
    answer = _sent(visitors.of(role), prepared)
    case.validate_response(answer, checks=[not_a_server_error])
    if needed != WAY_IN and needed not in ROLES[role]:
        assert answer.status_code in REFUSED, (role, answer.status_code)
    if not route.startswith("GET"):
        answer = _sent(visitors.of("administrator"), prepared, visitors.wrong_token())
        assert answer.status_code in REFUSED, answer.status_code
    answer = _sent(visitors.nobody, prepared)
    case.validate_response(answer, checks=[not_a_server_error])
    if needed != WAY_IN:
        assert answer.status_code in {303, *REFUSED}, answer.status_code
    console.forget_failures()


def _route(case: schemathesis.Case) -> str:
    for route in ROUTES:
        if route.replace(":int", "") == f"{case.operation.method.upper()} {case.operation.path}":
            return route
    raise AssertionError(case.operation.path)


@pytest.mark.parametrize("path", ["/login?next=%00", "/audit?deed=%00", "/conversations?q=a%00"])
def test_an_address_with_nothing_in_it(visitors: Visitors, path: str) -> None:
    for somebody in (visitors.of("administrator"), visitors.nobody):
        assert somebody.get(path).status_code == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"text=%00&name=%00&login=%00&q=%00&reason=%00"),
        ("application/x-www-form-urlencoded", b"text=%ff%fe&name=%ed%a0%80"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(600))),
        ("application/x-www-form-urlencoded", b"text=%F0%9F%98%80&csrf=" + b"0" * 64),
        ("multipart/form-data; boundary=x", b"--x\r\nno header\r\n"),
        ("multipart/form-data", b"--x--"),
        ("application/json", b"{"),
        ("text/plain; charset=nothing", b"text=1"),
    ],
    ids=["nul", "not UTF-8", "many", "emoji", "torn", "no boundary", "json", "charset"],
)
def test_a_body_that_is_no_form(
    console: RunningConsole, visitors: Visitors, kind: str, body: bytes
) -> None:
    client = visitors.of("administrator")
    for route in ROUTES:
        method, path = route.split(" ")
        if method == "POST" and route not in OUT:
            path = path.replace("{account_id:int}", "5")
            for name in ("id", "conversation_id", "case_id", "answer_id"):
                path = path.replace(f"{{{name}:int}}", "1")
            for somebody in (client, visitors.nobody):
                answer = somebody.post(path, data=body, headers={"Content-Type": kind})
                assert answer.status_code < 500, (route, answer.status_code)
    console.forget_failures()


def test_the_search_meets_what_is_there(console: RunningConsole) -> None:
    """Else it would only prove that nothing is not found."""
    with console.database.reading() as connection:
        assert connection.execute(select(inbox.c.id)).first()
    client = console.client("administrator")
    for path in ("/conversations/1", "/reviews/1", "/reviews/items/1", "/accounts/5"):
        with contextlib.closing(client.get(path)) as answer:
            assert answer.status_code == 200, path

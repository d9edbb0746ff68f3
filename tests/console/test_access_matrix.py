"""Every route, for every role and for who is signed out. The tables here are written by hand: a new
route or permission fails until somebody says here who may use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console import app
from bot.console.access import PERMISSIONS, Permission
from bot.console.app import area_routes, make_house
from bot.console.areas import Area
from bot.settings import read_settings
from tests.console.running import Client, RunningConsole
from tests.support.service import SECRETS

AGENT = {"own", "read", "unmask", "act"}
REVIEWER = AGENT | {"review", "figures", "export"}
SUPERVISOR = REVIEWER | {"settle", "export_unmasked"}
ROLES = {
    "agent": AGENT,
    "reviewer": REVIEWER,
    "supervisor": SUPERVISOR,
    "administrator": SUPERVISOR | {"manage"},
}
# Pages of the way in: who is in already is sent on, who is out is let through or sent to the login.
WAY_IN = "way in"
# Method and path -> the permission it takes.
ROUTES = {
    "GET /": "own",
    "GET /login": WAY_IN,
    "POST /login": WAY_IN,
    "GET /login/code": WAY_IN,
    "POST /login/code": WAY_IN,
    "GET /login/password": WAY_IN,
    "POST /login/password": WAY_IN,
    "GET /login/second-step": WAY_IN,
    "POST /login/second-step": WAY_IN,
    "POST /logout": "own",
    "GET /prove": "own",
    "POST /prove": "own",
    "GET /account": "own",
    "POST /account/password": "own",
    "POST /account/language": "own",
    "POST /account/sessions/end": "own",
    "GET /account/second-step": "own",
    "POST /account/second-step": "own",
    "POST /account/second-step/remove": "own",
    "GET /reviews": "review",
    "POST /reviews": "settle",
    "GET /reviews/{id:int}": "review",
    "POST /reviews/{id:int}/state": "settle",
    "GET /reviews/items/{id:int}": "review",
    "POST /reviews/items/{id:int}": "review",
    "POST /reviews/items/{id:int}/settle": "settle",
    "GET /figures": "figures",
    "GET /figures/unclear": "figures",
    "GET /accounts": "manage",
    "POST /accounts": "manage",
    "GET /accounts/new": "manage",
    "GET /accounts/{account_id:int}": "manage",
    "POST /accounts/{account_id:int}/role": "manage",
    "POST /accounts/{account_id:int}/block": "manage",
    "POST /accounts/{account_id:int}/free": "manage",
    "POST /accounts/{account_id:int}/password": "manage",
    "POST /accounts/{account_id:int}/second-step/remove": "manage",
    "POST /accounts/{account_id:int}/sessions/end": "manage",
    "GET /audit": "manage",
    "GET /conversations": "read",
    "GET /conversations/rows": "read",
    "GET /conversations/news": "read",
    "POST /conversations/views": "read",
    "POST /conversations/views/{id:int}/delete": "read",
    "POST /conversations/export": "export",
    "POST /conversations/export/unmasked": "export_unmasked",
    "GET /conversations/{id:int}": "read",
    "POST /conversations/{id:int}/unmasked": "unmask",
    "GET /conversations/{id:int}/news": "read",
    "GET /conversations/{id:int}/files/{file}": "unmask",
    "GET /queue": "act",
    "GET /queue/rows": "act",
    "GET /acting/{conversation_id:int}/panel": "act",
    "GET /acting/{conversation_id:int}/standing": "act",
    "POST /acting/{conversation_id:int}/take-over": "act",
    "POST /acting/{conversation_id:int}/hand-back": "act",
    "POST /acting/{conversation_id:int}/close": "act",
    "POST /acting/{conversation_id:int}/forward": "act",
    "POST /acting/{conversation_id:int}/assign": "act",
    "POST /acting/{conversation_id:int}/note": "act",
    "POST /acting/{conversation_id:int}/tag": "act",
    "POST /acting/{conversation_id:int}/write": "act",
    "POST /acting/{conversation_id:int}/measure": "act",
    "POST /acting/{conversation_id:int}/canned": "act",
    "POST /cases/{case_id:int}": "act",
    "POST /cases/{case_id:int}/number": "act",
    "GET /canned": "act",
    "POST /canned": "settle",
    "POST /canned/{answer_id:int}/away": "settle",
}


def routes_of_the_app() -> Iterator[tuple[str, str]]:
    """Method and path of every route that the areas have."""
    house = make_house(read_settings({**SECRETS, "PTI_DATABASE_URL": "sqlite://"}))
    for route in area_routes(house):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path
    house.database.dispose()


ALL = sorted(routes_of_the_app())
DEEDS = [(method, path) for method, path in ALL if method != "GET"]
SKIPPED_OUT = {("GET", "/login"), ("POST", "/login")}


def address(path: str) -> str:
    """A path with an object that does not exist: who may do the deed is told so with 404."""
    return re.sub(r"\{[a-z_]+\}", "none", re.sub(r"\{[a-z_]+:int\}", "999999", path))


def test_every_route_is_in_the_table() -> None:
    assert {f"{method} {path}" for method, path in ALL} == set(ROUTES)


def test_the_roles_permissions() -> None:
    found = {role: {p.value for p in permissions} for role, permissions in PERMISSIONS.items()}
    assert found == ROLES
    assert {p.value for p in Permission} == ROLES["administrator"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), ALL)
def test_who_may_do_what(
    console: RunningConsole, clients: dict[str, Client], role: str, method: str, path: str
) -> None:
    client = console.client(role) if path == "/logout" else clients[role]
    answer = client.request(method, address(path))
    needed = ROUTES[f"{method} {path}"]
    if needed == WAY_IN:
        # Nothing but an attempt to log in as somebody else does anything.
        expected = {422} if (method, path) == ("POST", "/login") else {303}
        assert answer.status_code in expected
    elif needed in ROLES[role]:
        # Past the gate; what lacks its fields is 400 or 422, no news are 204.
        assert answer.status_code in {200, 204, 303, 400, 404, 422}
        assert "/login" not in answer.headers.get("location", "") or path == "/logout"
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), [one for one in ALL if one not in SKIPPED_OUT])
def test_signed_out_there_is_only_the_login(
    console: RunningConsole, method: str, path: str
) -> None:
    client = console.client()
    client.get("/login")
    answer = client.request(method, address(path))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(("method", "path"), DEEDS)
@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "é" * 10},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_no_deed_without_token_and_origin(
    clients: dict[str, Client], headers: dict[str, str], method: str, path: str
) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = clients["administrator"].request(method, address(path), headers=sent)
    assert answer.status_code == 403
    assert 'action="/logout"' in answer.text, "the session lives on"


@pytest.mark.parametrize(("method", "path"), DEEDS)
def test_no_deed_with_somebody_elses_token(
    clients: dict[str, Client], method: str, path: str
) -> None:
    theirs = {"X-CSRF-Token": clients["agent"].csrf}
    answer = clients["administrator"].request(method, address(path), headers=theirs)
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POST"])
def test_other_methods_pass_the_same_gate(clients: dict[str, Client], method: str) -> None:
    """And with the token there is nothing for them."""
    client = clients["administrator"]
    forged = client.request(method, "/accounts/new", headers={"X-CSRF-Token": "no"})
    assert forged.status_code == 403
    assert client.request(method, "/accounts/new").status_code == 405


def test_the_token_may_come_as_a_field(console: RunningConsole) -> None:
    client = console.client("agent")
    answer = client.post("/account/language", data={"language": "es"}, headers={"X-CSRF-Token": ""})
    assert answer.status_code == 403
    fields = {"language": "es", "csrf": client.csrf}
    for send in ({"data": fields}, {"files": {name: (None, v) for name, v in fields.items()}}):
        answer = client.post("/account/language", headers={"X-CSRF-Token": ""}, **send)
        assert answer.headers.get("location") == "/account?done=language"


def test_an_endpoint_that_does_not_say_what_it_needs_stops_the_start(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_door(_request: Request) -> Response:
        return Response("secrets")

    careless = Area(lambda _house: [Route("/careless", open_door)])
    monkeypatch.setattr(app, "AREAS", (*app.AREAS, careless))
    with pytest.raises(ValueError, match="/careless"):
        app.create_app(console.settings)


def test_delicate_deeds_ask_who_it_is(console: RunningConsole) -> None:
    """After ten minutes, for pages and deeds alike; afterwards one is back where one was."""
    client = console.client("administrator")
    other = console.make_account("to-be-blocked", "agent")
    console.age_sessions("administrator", proved_at=11 * 60)
    answer = client.get(f"/accounts/{other}")
    assert answer.headers["location"] == f"/prove?next=/accounts/{other}"
    page = f"{console.url}/accounts/{other}"
    answer = client.post(f"/accounts/{other}/block", headers={"Referer": page})
    assert answer.headers["location"] == f"/prove?next=/accounts/{other}"
    assert console.member(other).is_active
    htmx = {"HX-Request": "true", "HX-Current-URL": page}
    answer = client.post(f"/accounts/{other}/block", headers=htmx)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        204, f"/prove?next=/accounts/{other}",
    )  # fmt: skip

    wrong = client.post("/prove", data={"password": "not this", "next": "/audit"})
    assert wrong.status_code == 422
    assert client.get(f"/accounts/{other}").status_code == 303
    right = client.post("/prove", data={"password": console.password, "next": "/audit"})
    assert right.headers["location"] == "/audit"
    assert client.post(f"/accounts/{other}/block").status_code == 303
    assert not console.member(other).is_active


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b", "evil", "http:evil", "/" + "a" * 2000,
    ],
)  # fmt: skip
def test_the_way_back_leads_nowhere_else(console: RunningConsole, wanted: str) -> None:
    client = console.client()
    client.get("/login")
    answer = client.post(
        "/login", data={"login": "agent", "password": console.password, "next": wanted}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_where_a_second_step_is_required_nothing_else_is_open(console: RunningConsole) -> None:
    """Who has none can only set it up."""
    strict = replace(
        console.settings, console=replace(console.settings.console, second_step="required")
    )
    other = RunningConsole(strict, accounts_there=True)
    try:
        client = other.client()
        assert client.login("agent").status_code == 303
        for path in ("/", "/account", "/account/second-step"):
            assert client.get(path).headers["location"].startswith("/login/second-step")
        assert client.get("/login/second-step").status_code == 200
    finally:
        other.stop()

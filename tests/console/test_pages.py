"""What holds for every page: headers, errors as pages, sizes, languages, strings."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from bot.console import wording
from bot.console.app import HEADERS
from bot.console.forms import LARGEST_FROM_STRANGERS
from bot.console.moments import moment
from bot.console.pages import STATIC
from bot.console.sessions import Sessions
from bot.console.wording import LANGUAGES, STRINGS, strings_of
from bot.settings import SettingsError, read_settings
from tests.console.running import Client, RunningConsole
from tests.support.service import SECRETS

PAGES = [
    "/", "/login", "/account", "/account/second-step", "/accounts", "/accounts/1",
    "/accounts/new", "/audit", "/prove", "/nothing", "/accounts/999999", "/login/code",
]  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/health", "/ready", "/static/console.css"])
@pytest.mark.parametrize("role", [None, "agent", "administrator"])
def test_the_headers_of_every_answer(
    console: RunningConsole, clients: dict[str, Client], role: str | None, path: str
) -> None:
    client = clients[role] if role else console.client()
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    if path in PAGES and answer.status_code != 303:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_policy_lets_nothing_inline_run() -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_inline_code_or_style(clients: dict[str, Client], path: str) -> None:
    text = clients["administrator"].get(path).text
    for mark in (" style=", "<style", " onclick", " onload", "javascript:", "hx-on"):
        assert mark not in text
    assert text.count("<script") == text.count('<script src="/static/')


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/nothing", {}, 404),
        ("GET", "/static/nothing", {}, 404),
        ("GET", "/static/../app.py", {}, 404),
        ("POST", "/accounts/new", {}, 405),
        ("GET", "/logout", {}, 405),
        ("GET", "/login", {"Host": "evil.example"}, 400),
        ("GET", "/login", {"Host": "127.0.0.1"}, 400),
        ("POST", "/login", {"X-CSRF-Token": "no"}, 403),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_errors_are_pages(
    console: RunningConsole,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    language: str,
) -> None:
    client = console.client()
    client.headers["Accept-Language"] = language
    client.get("/login")
    answer = client.request(method, path, headers=headers)
    assert answer.status_code == status
    assert f'<html lang="{language}">' in answer.text
    assert strings_of("layout")[language]["home"] in answer.text


def test_a_mistake_of_ours_is_a_page_that_says_nothing_of_it(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = console.client("administrator")

    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Sessions, "lasting", broken)
    answer = client.get("/account")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert strings_of("layout")["es"]["error_500"]["title"] in answer.text
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
    assert ours
    assert not [line for line in ours if "secret" in line]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"login=" + b"a" * LARGEST_FROM_STRANGERS, 413),
        (b"&".join(b"a%d=1" % number for number in range(600)), 400),
        (b"login=%ff%fe&password=secret&x=%00", 400),
        (b"login=%ff%fe&password=secret", 422),
        (b"", 422),
    ],
    ids=["long", "many fields", "a NUL", "no text", "empty"],
)
def test_bodies_of_strangers(console: RunningConsole, body: bytes, status: int) -> None:
    client = console.client()
    client.get("/login")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", data=body, headers=kind).status_code == status
    console.forget_failures()


def test_a_body_without_a_length_is_bounded_too(console: RunningConsole) -> None:
    client = console.client()
    client.get("/login")
    pieces = (b"a" * 4096 for _ in range(64))
    assert client.post("/login", data=pieces).status_code == 413


def test_a_multipart_body_that_is_none(console: RunningConsole) -> None:
    client = console.client("agent")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = client.post("/account/language", data=b"--y\r\n", headers={"Content-Type": kind})
        assert answer.status_code in (303, 400)


def test_a_file_where_text_belongs(console: RunningConsole) -> None:
    client = console.client("agent")
    files = {"language": ("x.txt", b"en", "text/plain")}
    assert client.post("/account/language", files=files).status_code == 303
    assert 'lang="es"' in client.get("/account").text


def test_health_needs_no_host_and_sets_no_cookie(console: RunningConsole) -> None:
    for path in ("/health", "/ready"):
        answer = requests.get(console.url + path, headers={"Host": "10.0.0.1"}, timeout=10)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)


def test_static_files_are_there(console: RunningConsole) -> None:
    for name in ("console.css", "console.js", "htmx.min.js", "icon.svg"):
        assert console.client().get(f"/static/{name}").status_code == 200
    assert (STATIC / "htmx.LICENSE").read_text("utf-8").startswith("Zero-Clause BSD")


def test_names_are_text(console: RunningConsole) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    administrator = console.client("administrator")
    data = {"login": "hostile", "name": hostile, "role": "agent", "language": "es"}
    assert administrator.post("/accounts", data=data).status_code == 200
    for path in ("/accounts", "/audit"):
        text = administrator.get(path).text
        assert "<img src=x" not in text
    assert "{{7*7}}" in administrator.get("/accounts").text


@pytest.mark.parametrize(
    ("accepted", "asked", "expected"),
    [("en-US,en;q=0.9", "", "en"), ("fr,es;q=0.5", "", "es"), ("fr", "", "es"), ("", "", "es"),
     ("en", "?lang=es", "es"), ("es", "?lang=en", "en"), ("en", "?lang=xx", "en")],
)  # fmt: skip
def test_a_visitors_language(
    console: RunningConsole, accepted: str, asked: str, expected: str
) -> None:
    answer = console.client().get(f"/login{asked}", headers={"Accept-Language": accepted})
    assert f'<html lang="{expected}">' in answer.text


def names_in(part: Any, place: str = "") -> set[str]:
    """The places of all texts."""
    if isinstance(part, dict):
        return set().union(*(names_in(value, f"{place}/{name}") for name, value in part.items()))
    return {place}


AREAS = sorted(path.stem for path in STRINGS.glob("*.yml"))


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same(area: str) -> None:
    found = yaml.safe_load((STRINGS / f"{area}.yml").read_text("utf-8"))
    assert tuple(found) == LANGUAGES
    assert names_in(found["es"]) == names_in(found["en"])


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_strings_can_be_used_in_templates(area: str, language: str) -> None:
    """`t.items` would be the dictionary's method."""

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            assert not set(part) & set(dir(dict)), area
            assert all(isinstance(name, str) for name in part)
            for value in part.values():
                walk(value)
        else:
            assert isinstance(part, str | list), (area, part)
            assert part

    walk(strings_of(area)[language])


def test_every_deed_that_is_recorded_has_a_text() -> None:
    """The third argument of `record`, and of what passes it on, is a name in deeds.yml."""
    known = set(strings_of("deeds")["es"])
    found = set()
    for path in Path(wording.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                "record", "_record", "_note_failure",
            }:  # fmt: skip
                found |= {
                    a.value
                    for a in node.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    assert {"account_made", "login_failed", "logout"} <= found
    assert found <= known


def test_a_moment() -> None:
    shown = str(moment(1764133200.0, "America/Mexico_City", "es"))
    assert 'datetime="2025-11-25T23:00:00-06:00"' in shown
    assert ">25 nov, 23:00<" in shown


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PTI_CONSOLE_URL", "consola.example.mx", "begin with https"),
        ("PTI_CONSOLE_URL", "https://consola.example.mx/inside", "without a path"),
        ("PTI_CONSOLE_URL", "https://a@consola.example.mx", "without a path"),
        ("PTI_CONSOLE_SECOND_STEP", "perhaps", "optional, required"),
        ("PTI_CONSOLE_TIME_ZONE", "Mexico/Nowhere", "America/Mexico_City"),
        ("PTI_CONSOLE_TIME_ZONE", "../../etc/passwd", "America/Mexico_City"),
        ("PTI_CONSOLE_IDLE_MINUTES", "0", "above zero"),
        ("PTI_CONSOLE_SESSION_HOURS", "-1", "above zero"),
    ],
)
def test_settings_that_cannot_be(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings({**SECRETS, name: value})


def test_in_production() -> None:
    """Only https, and a second step for everybody."""
    production = {**SECRETS, "PTI_ENVIRONMENT": "production", "PTI_PUBLIC_URL": "https://a.mx"}
    with pytest.raises(SettingsError, match=r"PTI_CONSOLE_URL.*https"):
        read_settings({**production, "PTI_CONSOLE_URL": "http://consola.example.mx"})
    found = read_settings({**production, "PTI_CONSOLE_URL": "https://consola.example.mx"}).console
    assert (found.second_step, found.is_secure) == ("required", True)
    assert found.hosts == {"consola.example.mx"}
    assert read_settings(SECRETS).console.second_step == "optional"

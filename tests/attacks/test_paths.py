"""Addresses that lead out of where they begin, at the gateway and at the console."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import unquote_to_bytes

import httpx
import pytest
from starlette.types import ASGIApp

from bot.console.app import create_app as create_console
from bot.gateway import create_app as create_gateway
from bot.settings import read_settings
from bot.storage.migrate import migrate
from tests.support.service import SECRETS

# From a folder of static files, and from the files that are given out by signed links.
STARTS = ["/static/", "/files/"]
WAYS = [
    "../gateway.py",
    "../../../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "..%252f..%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "....//....//etc/passwd",
    "..;/..;/etc/passwd",
    "%00/etc/passwd",
    "page.css%00.html",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//evil.example/%2f..",
    ".env",
    "..%2f.env",
    "~root/.bashrc",
    "C:%5cwindows%5cwin.ini",
    "file:%2f%2f%2fetc%2fpasswd",
    "a" * 5000,
    "%ff%fe",
    "con",
]  # fmt: skip


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ASGIApp]:
    """Both web processes."""
    folder: Path = tmp_path_factory.mktemp("paths")
    url = f"sqlite:///{folder / 'pti.db'}"
    migrate(url)
    settings = read_settings({**SECRETS, "PTI_DATABASE_URL": url})
    return {"gateway": create_gateway(settings), "console": create_console(settings)}


def ask(app: ASGIApp, path: str) -> tuple[int, str]:
    """Status and text of the answer to a path that no client made tidy."""
    sent: list[dict[str, object]] = []
    raw = path.encode("ascii")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "raw_path": raw,
        "path": unquote_to_bytes(raw).decode("utf-8", "replace"), "query_string": b"",
        "root_path": "", "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    body = b"".join(m.get("body", b"") for m in sent[1:])  # type: ignore[misc]
    return int(str(sent[0]["status"])), body.decode("utf-8", "replace")


@pytest.mark.parametrize("house", ["gateway", "console"])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[:24])
def test_nothing_is_found(houses: dict[str, ASGIApp], house: str, start: str, way: str) -> None:
    status, text = ask(houses[house], start + way)
    # The console asks strangers who they are, before it looks.
    assert status in (303, 400, 404, 405), text[:200]
    for found in ("root:", "PTI_", "import ", "[fonts]"):
        assert found not in text


@pytest.mark.parametrize("house", ["gateway", "console"])
def test_the_same_way_finds_what_is_there(houses: dict[str, ASGIApp], house: str) -> None:
    name = {"gateway": "chat.css", "console": "console.css"}[house]
    assert ask(houses[house], f"/static/{name}")[0] == 200


def test_a_host_that_is_not_ours_changes_no_address(houses: dict[str, ASGIApp]) -> None:
    """What the gateway sends never repeats the host that it was asked for."""

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app=houses["gateway"])
        async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as http:
            forwarded = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
            return await http.get("/", headers=forwarded)

    response = asyncio.run(answered())
    assert response.status_code == 200
    assert "evil.example" not in response.text + str(response.headers)

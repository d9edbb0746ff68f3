"""Files are fetched from their provider and from nowhere else (SSRF), and never more than is
taken."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from bot.media.download import Downloader, is_public
from bot.messaging.media_runner import NotNowError, NotUsableError
from bot.settings.twilio import MEDIA_HOSTS

MOST = 1000
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Origin:
    """An interface that a test behaves for; `asked` has each path with what was given for it."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = lambda request: reply(request, b"content")
        self.asked: list[tuple[str, str | None]] = []
        origin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                origin.asked.append((self.path, self.headers.get("Authorization")))
                origin.behaviour(self)

            def log_message(self, *_: object) -> None:
                """Nothing: the test's output is not the place."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def leads_to(self, address: str) -> None:
        """Whoever asks for /first is led on."""

        def behave(request: BaseHTTPRequestHandler) -> None:
            if request.path == "/first":
                request.send_response(307)
                request.send_header("Location", address)
                request.end_headers()
            else:
                reply(request, b"led here")

        self.behaviour = behave


def reply(
    request: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: str
) -> None:
    request.send_response(status)
    for name, value in {"Content_Length": str(len(content)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(content)


@pytest.fixture
def origin() -> Iterator[Origin]:
    server = Origin()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[Origin]:
    server = Origin()
    yield server
    server.close()


def never(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host}:{port} was looked up")


def downloader(origin: Origin, resolve: Callable[[str, int], Sequence[str]] = never) -> Downloader:
    return Downloader(origin.url, MOST, MEDIA_HOSTS, resolve)


async def test_a_file_is_fetched_with_credentials(origin: Origin) -> None:
    assert await downloader(origin).fetch(f"{origin.url}/first", ("sid", "token")) == b"content"
    ((path, given),) = origin.asked
    assert path == "/first"
    assert given is not None


async def test_it_is_led_on_without_credentials(origin: Origin) -> None:
    origin.leads_to("/cdn/file")
    assert await downloader(origin).fetch(f"{origin.url}/first", ("sid", "token")) == b"led here"
    assert origin.asked[1] == ("/cdn/file", None)


async def test_it_is_led_on_once(origin: Origin) -> None:
    origin.leads_to("/first")
    with pytest.raises(NotUsableError):
        await downloader(origin).fetch(f"{origin.url}/first")
    assert len(origin.asked) == 2


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://127.1:{port}/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "https://evil.example/",
    "https://mms.twiliocdn.com.evil.example/",
    "https://evil.example/mms.twiliocdn.com",
    "https://mms.twiliocdn.com@evil.example/",
    "https://user:secret@mms.twiliocdn.com/",
    "http://mms.twiliocdn.com/file",
    "https://mms.twiliocdn.com:8443/file",
    "https://mms.twiliocdn.com:x/file",
    "https://s3-external-1.amazonaws.com/another.bucket/file",
    "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../another.bucket/file",
    "https://s3-external-1.amazonaws.com/media.twiliocdn.com.evil/file",
    "https://another.s3-external-1.amazonaws.com/media.twiliocdn.com/file",
    "ftp://mms.twiliocdn.com/file",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "//evil.example/file",
]


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_nobody_is_followed_elsewhere(origin: Origin, other: Origin, address: str) -> None:
    origin.leads_to(address.format(port=other.url.rpartition(":")[2]))
    with pytest.raises((NotUsableError, NotNowError)):
        await downloader(origin).fetch(f"{origin.url}/first", ("sid", "token"))
    assert other.asked == []


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_nobody_is_asked_elsewhere_at_first(
    origin: Origin, other: Origin, address: str
) -> None:
    target = address.format(port=other.url.rpartition(":")[2])
    with pytest.raises(NotUsableError):
        await downloader(origin).fetch(target, ("sid", "token"))
    assert other.asked == []
    assert origin.asked == []


INSIDE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "no address", ""),
]


@pytest.mark.parametrize("address", INSIDE)
async def test_a_known_name_that_leads_inside_is_not_followed(
    origin: Origin, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where only one of its addresses does."""
    origin.leads_to("https://mms.twiliocdn.com/file")
    for found in ([address], ["54.1.2.3", address]):
        with pytest.raises(NotUsableError):
            await downloader(origin, lambda _h, _p, f=found: f).fetch(f"{origin.url}/first")  # type: ignore[misc]


@pytest.mark.parametrize("address", ["54.1.2.3", "8.8.8.8", "2600:1f18::1", "64:ff9b::808:808"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


async def test_the_connection_goes_to_the_address_that_was_looked_at(
    origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another look at the name might find another address (DNS rebinding)."""
    origin.leads_to("https://mms.twiliocdn.com/ME1?Signature=x")
    seen: list[httpx.Request] = []
    real = httpx.AsyncClient.send

    async def send(self: httpx.AsyncClient, request: httpx.Request, **more: object) -> object:
        if request.url.host == "127.0.0.1":
            return await real(self, request, **more)  # type: ignore[arg-type]
        seen.append(request)
        raise httpx.ConnectError("not in a test")

    monkeypatch.setattr(httpx.AsyncClient, "send", send)
    with pytest.raises(NotNowError):
        await downloader(origin, lambda _host, _port: ["54.1.2.3"]).fetch(
            f"{origin.url}/first", ("sid", "token")
        )
    (request,) = seen
    assert str(request.url) == "https://54.1.2.3/ME1?Signature=x"
    assert request.headers["Host"] == "mms.twiliocdn.com"
    assert request.extensions["sni_hostname"] == "mms.twiliocdn.com"
    assert "Authorization" not in request.headers


def _lying(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()  # no length, and no end
    try:
        for _ in range(1000):
            request.wfile.write(b"x" * 100)
    except OSError:
        pass


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "500")
    request.end_headers()
    request.wfile.write(b"half")


REFUSED: dict[str, tuple[Behaviour, str]] = {
    "one byte too many": (lambda r: reply(r, b"x" * (MOST + 1)), "too_large"),
    "a length that is told": (lambda r: reply(r, b"", Content_Length="99999999"), "too_large"),
    "no length and no end": (_lying, "too_large"),
    "what has to be unpacked": (
        lambda r: reply(r, gzip.compress(bytes(10_000_000)), Content_Encoding="gzip"),
        "not_fetched",
    ),
    "forbidden": (lambda r: reply(r, b"", 403), "not_fetched"),
    "gone": (lambda r: reply(r, b"", 410), "not_fetched"),
    "nothing new": (lambda r: reply(r, b"", 304), "not_fetched"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_taken(origin: Origin, name: str) -> None:
    origin.behaviour, why = REFUSED[name]
    with pytest.raises(NotUsableError) as refused:
        await downloader(origin).fetch(f"{origin.url}/first")
    assert refused.value.why == why


LATER: dict[str, Behaviour] = {
    "not there yet": lambda r: reply(r, b"", 404),
    "too many": lambda r: reply(r, b"", 429),
    "down": lambda r: reply(r, b"", 503),
    "cut in the middle": _cut,
    "a length like none": lambda r: reply(r, b"", Content_Length="9" * 40),
    "no answer": lambda r: r.connection.close(),
}


@pytest.mark.parametrize("name", LATER)
async def test_what_is_tried_again(origin: Origin, name: str) -> None:
    origin.behaviour = LATER[name]
    with pytest.raises(NotNowError) as later:
        await downloader(origin).fetch(f"{origin.url}/first", ("sid", "the token"))
    assert origin.url not in str(later.value)


async def test_exactly_as_much_as_is_taken(origin: Origin) -> None:
    origin.behaviour = lambda request: reply(request, b"x" * MOST)
    assert len(await downloader(origin).fetch(f"{origin.url}/first")) == MOST

"""Fetches a file from a provider, and from nowhere else.

The first address is one of the provider's interface, whose address an operator set. It may lead on,
once, to a host that is known to hold the provider's media: without our credentials, over https, and
only where that host's address is a public one; the connection goes to the very address that was
looked at.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from bot.messaging.media_runner import NotNowError, NotUsableError

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
HTTPS = 443
TOO_MANY_REQUESTS = 429
# They may be there a moment later: a provider tells us of a message at once.
NOT_THERE_YET = frozenset({404, 425})
REQUEST_TIMEOUT = 408

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def is_public(address: str) -> bool:
    """Whether an address is one of the internet: not of this machine, of a private network, or of
    any kind that has a purpose of its own."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of another kind is judged as what it is.
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
        if inner:
            return is_public(str(inner))
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed.is_global and not parsed.is_multicast


@dataclass(frozen=True)
class Downloader:
    """Fetches from one interface. `media_hosts` may be led on to; of a host with a path behind it,
    only what is under that path."""

    base_url: str
    most_bytes: int
    media_hosts: Collection[str] = ()
    resolve: Resolve = field(default=resolve, repr=False)

    async def fetch(self, url: str, credentials: tuple[str, str] | None = None) -> bytes:
        """The bytes behind an address of the interface. Raises NotNowError and NotUsableError."""
        if not _same_origin(url, self.base_url):
            raise NotUsableError("not_fetched")
        content, onwards = await self._get(url, credentials)
        if onwards is not None:
            content, again = await self._get_elsewhere(onwards)
            if again is not None:
                raise NotUsableError("not_fetched")
        return content

    async def _get_elsewhere(self, url: str) -> tuple[bytes, str | None]:
        if _same_origin(url, self.base_url):
            return await self._get(url)
        parts = urlsplit(url)
        if not self._is_media_host(parts):
            raise NotUsableError("not_fetched")
        host = str(parts.hostname)
        try:
            addresses = await asyncio.to_thread(self.resolve, host, HTTPS)
        except OSError:
            raise NotNowError("a host is not found") from None
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotUsableError("not_fetched")
        # To the address that was looked at: another look might find another one.
        there = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        target = parts._replace(netloc=there, fragment="").geturl()
        return await self._get(target, host=host)

    def _is_media_host(self, parts: SplitResult) -> bool:
        try:
            usual_port = parts.port in (None, HTTPS)
        except ValueError:
            return False
        if parts.scheme != "https" or not usual_port or parts.username or parts.password:
            return False
        for known in self.media_hosts:
            host, slash, path = known.partition("/")
            # A path with dots in it might lead out again.
            inside = not slash or (parts.path.startswith(f"/{path}") and ".." not in parts.path)
            if parts.hostname == host and inside:
                return True
        return False

    async def _get(
        self, url: str, credentials: tuple[str, str] | None = None, host: str | None = None
    ) -> tuple[bytes, str | None]:
        """The bytes, or where the answer leads. `host`: by this name at the address in the URL."""
        headers = {"Accept-Encoding": "identity", **({"Host": host} if host else {})}
        extensions = {"sni_hostname": host} if host else {}
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with (
                httpx.AsyncClient(trust_env=False, timeout=timeout) as http,
                http.stream(
                    "GET", url, headers=headers, auth=credentials, extensions=extensions
                ) as response,
            ):
                if response.is_redirect and response.has_redirect_location:
                    return b"", urljoin(url, response.headers["Location"])
                return await self._body(response), None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Its message may have the address, and that a token.
            raise NotNowError(type(error).__name__) from None

    async def _body(self, response: httpx.Response) -> bytes:
        status = response.status_code
        if status in NOT_THERE_YET or status in (TOO_MANY_REQUESTS, REQUEST_TIMEOUT):
            raise NotNowError(f"status {status}")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NotNowError(f"status {status}")
        if status != httpx.codes.OK:
            raise NotUsableError("not_fetched")
        # What would have to be unpacked might become any length.
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise NotUsableError("not_fetched")
        claimed = response.headers.get("Content-Length", "")
        if claimed.isascii() and claimed.isdecimal() and int(claimed[:20]) > self.most_bytes:
            raise NotUsableError("too_large")
        content = bytearray()
        async for piece in response.aiter_raw():
            content += piece
            if len(content) > self.most_bytes:
                raise NotUsableError("too_large")
        return bytes(content)


def _same_origin(url: str, base: str) -> bool:
    try:
        one, other = urlsplit(url), urlsplit(base)
        ours = (one.scheme, one.hostname, one.port) == (other.scheme, other.hostname, other.port)
        return ours and not one.username and not one.password
    except ValueError:
        return False

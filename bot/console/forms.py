"""What a request brings, read once and within bounds, in memory: nothing of it touches the disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

# Nobody who is not signed in has anything long to say.
LARGEST_FROM_STRANGERS = 16 * 1024
LARGEST_BODY = 12 * 1024 * 1024
MOST_FILES = 5
MOST_FIELDS = 500
LONGEST_FIELD = 256 * 1024
# PostgreSQL keeps no text with it, and nobody types it.
NUL = "\x00"


class BodyTooLargeError(Exception):
    """More was sent than is taken."""


class UnreadableFormError(Exception):
    """What was sent is no form, though it says so."""


async def read_body(request: Request, most: int) -> bytes:
    """The body. Raises BodyTooLargeError as soon as it is longer than `most` bytes."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > most:
        raise BodyTooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BodyTooLargeError
    return bytes(body)


async def read_form(request: Request, body: bytes) -> FormData:
    """The form in the body; empty where it is of another kind. Raises UnreadableFormError."""
    form = await _parsed(request, body)
    for name, value in form.multi_items():
        typed = value if isinstance(value, str) else value.filename or ""
        if NUL in name or NUL in typed:
            raise UnreadableFormError
    return form


async def _parsed(request: Request, body: bytes) -> FormData:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(request.headers, _chunks(body), max_fields=MOST_FIELDS).parse()
        if kind == "multipart/form-data":
            parser = MultiPartParser(
                request.headers,
                _chunks(body),
                max_files=MOST_FILES,
                max_fields=MOST_FIELDS,
                max_part_size=LONGEST_FIELD,
            )
            parser.spool_max_size = LARGEST_BODY
            return await parser.parse()
    except (MultiPartException, ValueError, KeyError) as error:
        raise UnreadableFormError from error
    return FormData()


async def _chunks(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""

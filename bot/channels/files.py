"""Stored files for those who have a link to them: `/files/<id>/<name>?until=…&signature=…`."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.signed_links import SignedLinks
from bot.channels.webchat.page import rendered
from bot.people.files import Files, StoredFile
from bot.storage.encryption import UnreadableError

log = logging.getLogger(__name__)

# A browser shows these; anything else it saves, so that nothing of it is run as a page of ours.
SHOWN = {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain"}


@dataclass(frozen=True)
class FileApi:
    """Gives a file for a link that was made here. Neither ids nor signatures are logged."""

    files: Files
    links: SignedLinks

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/files/{file_id}/{name}", self.show, methods=["GET"])]

    async def show(self, request: Request) -> Response:
        """The file. What is wrong with a link is not told, except to those who had a right one."""
        now = time.time()
        file_id, name = request.path_params["file_id"], request.path_params["name"]
        until = request.query_params.get("until", "")
        signature = request.query_params.get("signature", "")
        if not self.links.check(file_id, name, until, signature, now):
            ours = self.links.is_ours(file_id, name, until, signature)
            return _expired(request) if ours else _unknown()
        stored = await run_in_threadpool(self._open, file_id)
        if stored is None or stored.name != name:
            return _unknown()
        return _file(stored, max(0, int(int(until) - now)))

    def _open(self, file_id: str) -> StoredFile | None:
        try:
            return self.files.open(file_id)
        except UnreadableError:
            log.error("a stored file was sealed with a key that is not configured")
            return None


def _file(stored: StoredFile, seconds: int) -> Response:
    shown = "inline" if stored.content_type in SHOWN else "attachment"
    headers = {
        "Content-Disposition": f'{shown}; filename="{stored.name}"',
        "Cache-Control": f"private, max-age={seconds}",
    }
    return Response(stored.content, media_type=stored.content_type, headers=headers)


def _unknown() -> Response:
    return PlainTextResponse("Not Found", 404)


def _expired(request: Request) -> Response:
    """People meet this one: they open a link of this morning."""
    response = rendered(request, "expired.html", {})
    response.status_code = 410
    response.headers["Cache-Control"] = "no-store"
    return response

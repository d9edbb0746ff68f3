"""The routes of the queue and of the panel beside a conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Permission, go, needs
from bot.console.acting import canned_routes, case_routes
from bot.console.acting.canned import CannedAnswers
from bot.console.acting.channels import messages_of, way_to
from bot.console.acting.deeds import Deeds, RefusedDeedError
from bot.console.acting.form_values import text_of
from bot.console.acting.panel import check_there, show_panel, stamp
from bot.console.acting.queue import boards
from bot.console.acting.writing import Draft, UnsendableError, send
from bot.console.house import House
from bot.console.pages import page
from bot.messaging.modes import Modes

_KEY = re.compile(r"[0-9a-f]{32}")


@needs(Permission.ACT)
def show_queue(request: Request) -> Response:
    """The page of those who wait."""
    return page(request, "acting/queue.html", boards(request.state.house.database))


@needs(Permission.ACT)
def show_rows(request: Request) -> Response:
    """What of it changes, for HTMX."""
    return page(request, "acting/rows.html", boards(request.state.house.database))


@needs(Permission.ACT)
def panel(request: Request) -> Response:
    """The panel alone, for the page that it is put into."""
    return show_panel(request, _conversation(request))


@needs(Permission.ACT)
def standing(request: Request) -> Response:
    """Whether the panel that is shown (`stamp`) is still how it stands."""
    house: House = request.state.house
    conversation_id = _conversation(request)
    with house.database.reading() as connection:
        check_there(connection, conversation_id)
        now = Modes.standing(connection, conversation_id)
    shown = {
        "conversation_id": conversation_id,
        "changed": stamp(now) != request.query_params.get("stamp", ""),
        "standing": now,
        "stamp": stamp(now),
    }
    return page(request, "acting/changed.html", shown)


@needs(Permission.ACT)
def take_over(request: Request) -> Response:
    """Takes the conversation over."""
    return _deed(request, lambda deeds, number, _form: deeds.take_over(number))


@needs(Permission.ACT)
def hand_back(request: Request) -> Response:
    """Gives it back to the assistant."""
    return _deed(request, lambda deeds, number, _form: deeds.hand_back(number))


@needs(Permission.ACT)
def close(request: Request) -> Response:
    """Ends it."""

    def close(deeds: Deeds, number: int, form: FormData) -> None:
        try:
            deeds.close(number, text_of(form, "reason"))
        except ValueError as error:
            raise RefusedDeedError("reason_missing") from error

    return _deed(request, close)


@needs(Permission.ACT)
def forward(request: Request) -> Response:
    """Passes it on."""
    return _deed(
        request, lambda deeds, number, form: deeds.forward(number, _to(form), text_of(form, "note"))
    )


@needs(Permission.ACT)
def assign(request: Request) -> Response:
    """Says whose task it is."""
    return _deed(request, lambda deeds, number, form: deeds.assign(number, _to(form)))


@needs(Permission.ACT)
def note(request: Request) -> Response:
    """Keeps a note."""
    return _deed(request, lambda deeds, number, form: deeds.note(number, text_of(form, "note")))


@needs(Permission.ACT)
def tag(request: Request) -> Response:
    """Puts a tag on it, or takes one away."""

    def tag(deeds: Deeds, number: int, form: FormData) -> None:
        if text_of(form, "away"):
            deeds.untag(number, text_of(form, "away"))
        else:
            deeds.tag(number, text_of(form, "tag"))

    return _deed(request, tag)


@needs(Permission.ACT)
def write(request: Request) -> Response:
    """Sends what was written."""
    form, conversation_id = request.state.form, _conversation(request)
    key = text_of(form, "key")
    if not _KEY.fullmatch(key):
        raise HTTPException(400)
    upload = form.get("file")
    named = isinstance(upload, UploadFile) and upload.filename
    draft = Draft(
        key=key,
        text=text_of(form, "text"),
        template=text_of(form, "template"),
        file_name=str(upload.filename) if named else "",
        file=upload.file.read() if named else b"",
    )
    try:
        send(request.state.house, request.state.account, conversation_id, draft)
    except UnsendableError as error:
        return show_panel(request, conversation_id, problem=str(error), text=draft.text)
    return show_panel(request, conversation_id)


@needs(Permission.ACT)
def measure(request: Request) -> Response:
    """How long what is being written is, as the channel counts it."""
    house: House = request.state.house
    text = text_of(request.state.form, "text")
    with house.database.reading() as connection:
        check_there(connection, _conversation(request))
        way = way_to(connection, _conversation(request), house.database.now(connection))
    shown = {"letters": len(text), "messages": messages_of(way.channel, text), "way": way}
    return page(request, "acting/measure.html", shown)


@needs(Permission.ACT)
def fill_canned(request: Request) -> Response:
    """The composer with an answer put behind what was written."""
    house: House = request.state.house
    form, conversation_id = request.state.form, _conversation(request)
    chosen = text_of(form, "canned")
    with house.database.reading() as connection:
        check_there(connection, conversation_id)
        filled = None
        if chosen.isdecimal() and len(chosen) < 12:
            filled = CannedAnswers(house.database).fill(
                connection, int(chosen), conversation_id, request.state.account.name
            )
    text = "\n".join(part for part in (text_of(form, "text").rstrip(), filled or "") if part)
    return page(request, "acting/text.html", {"text": text, "conversation_id": conversation_id})


def _deed(request: Request, what: Callable[[Deeds, int, FormData], None]) -> Response:
    house: House = request.state.house
    conversation_id = _conversation(request)
    with house.database.reading() as connection:
        check_there(connection, conversation_id)
    try:
        what(Deeds(house, request.state.account), conversation_id, request.state.form)
    except RefusedDeedError as refused:
        return show_panel(request, conversation_id, problem=refused.reason, given=refused.given)
    if "hx-request" not in request.headers:
        return go(request, f"/conversations/{conversation_id}")
    return show_panel(request, conversation_id)


def _conversation(request: Request) -> int:
    return int(request.path_params["conversation_id"])


def _to(form: FormData) -> int | None:
    chosen = text_of(form, "to")
    return int(chosen) if chosen.isdecimal() and len(chosen) < 12 else None


def routes(house: House) -> list[Route]:
    """Their routes."""
    of_one = "/acting/{conversation_id:int}"
    get, post = ["GET"], ["POST"]
    return [
        Route("/queue", show_queue, methods=get),
        Route("/queue/rows", show_rows, methods=get),
        Route(f"{of_one}/panel", panel, methods=get),
        Route(f"{of_one}/standing", standing, methods=get),
        Route(f"{of_one}/take-over", take_over, methods=post),
        Route(f"{of_one}/hand-back", hand_back, methods=post),
        Route(f"{of_one}/close", close, methods=post),
        Route(f"{of_one}/forward", forward, methods=post),
        Route(f"{of_one}/assign", assign, methods=post),
        Route(f"{of_one}/note", note, methods=post),
        Route(f"{of_one}/tag", tag, methods=post),
        Route(f"{of_one}/write", write, methods=post),
        Route(f"{of_one}/measure", measure, methods=post),
        Route(f"{of_one}/canned", fill_canned, methods=post),
        *case_routes.routes(house),
        *canned_routes.routes(house),
    ]

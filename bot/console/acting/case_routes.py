"""What is done about callbacks and complaints, in the queue and beside a conversation."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Permission, needs
from bot.console.acting.deeds import Deeds, RefusedDeedError
from bot.console.acting.form_values import text_of
from bot.console.acting.panel import show_panel
from bot.console.acting.queue import QueueBoard, boards
from bot.console.house import House
from bot.console.pages import page


@needs(Permission.ACT)
def see_to_case(request: Request) -> Response:
    """A callback was made, was not answered, or is to be made later; a complaint was seen to."""
    form = request.state.form
    case_id = int(request.path_params["case_id"])
    try:
        Deeds(request.state.house, request.state.account).see_to(
            case_id, text_of(form, "result"), _later(request, text_of(form, "later"))
        )
    except RefusedDeedError as refused:
        return _cases_again(request, refused)
    return _cases_again(request, None)


@needs(Permission.ACT)
def show_number(request: Request) -> Response:
    """The number to call: the reason is the callback, and the audit log has it."""
    house: House = request.state.house
    case_id = int(request.path_params["case_id"])
    with house.database.writing() as connection:
        content = QueueBoard(house.database).case_content(connection, case_id)
        if content is None or "phone" not in content:
            raise HTTPException(404)
        house.audit.record(
            connection,
            request.state.account.id,
            "unmask",
            f"case/{case_id}",
            {"what": "phone", "reason": "callback"},
        )
    return page(request, "acting/number.html", {"number": content["phone"]})


def _cases_again(request: Request, refused: RefusedDeedError | None) -> Response:
    conversation = text_of(request.state.form, "conversation")
    reason, given = (refused.reason, refused.given) if refused else ("", {})
    if conversation.isdecimal() and len(conversation) < 18:
        return show_panel(request, int(conversation), problem=reason, given=given)
    shown = {**boards(request.state.house.database), "problem": reason}
    return page(request, "acting/rows.html", shown)


def _later(request: Request, written: str) -> float | None:
    """A moment of a form, in the console's zone."""
    zone = ZoneInfo(request.state.house.settings.console.time_zone)
    try:
        return datetime.fromisoformat(written).replace(tzinfo=zone).timestamp()
    except ValueError:
        return None


def routes(house: House) -> list[Route]:
    """Their routes."""
    return [
        Route("/cases/{case_id:int}", see_to_case, methods=["POST"]),
        Route("/cases/{case_id:int}/number", show_number, methods=["POST"]),
    ]

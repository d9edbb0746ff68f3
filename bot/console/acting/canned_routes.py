"""The page on which supervisors keep the answers that agents have at hand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.access import Permission, go, needs
from bot.console.acting.canned import PLACEHOLDERS, Canned, CannedAnswers, problem_of
from bot.console.house import House
from bot.console.pages import page


@needs(Permission.ACT)
def show(request: Request) -> Response:
    """All of them; supervisors can change them."""
    return _page(request)


@needs(Permission.SETTLE)
def keep(request: Request) -> Response:
    """Keeps one."""
    form = request.state.form
    short, es, en = (str(form.get(name) or "").strip() for name in ("short", "es", "en"))
    problem = problem_of(short, es, en)
    if problem:
        return _page(request, problem, Canned(0, short, es, en), 422)
    house: House = request.state.house
    with house.database.writing() as connection:
        CannedAnswers(house.database).keep(
            connection, Canned(0, short, es, en), request.state.account.id
        )
        house.audit.record(connection, request.state.account.id, "canned", f"canned/{short}")
    return go(request, "/canned")


@needs(Permission.SETTLE)
def drop(request: Request) -> Response:
    """Takes one away."""
    house: House = request.state.house
    answer_id = int(request.path_params["answer_id"])
    with house.database.writing() as connection:
        if CannedAnswers(house.database).drop(connection, answer_id):
            house.audit.record(
                connection, request.state.account.id, "canned_gone", f"canned/{answer_id}"
            )
    return go(request, "/canned")


def _page(
    request: Request, problem: str = "", typed: Canned | None = None, status: int = 200
) -> Response:
    house: House = request.state.house
    with house.database.reading() as connection:
        answers = CannedAnswers(house.database).all(connection)
    shown = {
        "answers": answers,
        "problem": problem,
        "typed": typed or Canned(0, "", "", ""),
        "may_change": request.state.account.may(Permission.SETTLE),
        "placeholders": PLACEHOLDERS,
    }
    return page(request, "acting/canned.html", shown, status)


def routes(house: House) -> list[Route]:
    """Their routes."""
    return [
        Route("/canned", show, methods=["GET"]),
        Route("/canned", keep, methods=["POST"]),
        Route("/canned/{answer_id:int}/away", drop, methods=["POST"]),
    ]

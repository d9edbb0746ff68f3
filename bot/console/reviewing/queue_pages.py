"""The pages of the queues: all of them, and one."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.entrance.login import typed
from bot.console.house import House
from bot.console.pages import page
from bot.console.reading.list_pages import topics
from bot.console.reading.masking import Masker
from bot.console.reading.shown import Presenter
from bot.console.reviewing.agreement import cohens_kappa, observed_agreement
from bot.console.reviewing.filling import Filling
from bot.console.reviewing.items import Items, texts_of
from bot.console.reviewing.queues import Queue, QueueError, Queues
from bot.console.reviewing.rules import RULES, THRESHOLDS
from bot.console.wording import strings_of

REVIEWS = "/reviews"


class QueuePages:
    """Endpoints of the queues."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._queues = Queues(house.database)
        self._filling = Filling(house.database)
        self._items = Items(house.database)

    @needs(Permission.REVIEW)
    def show_all(self, request: Request) -> Response:
        """All queues, filled a little further, and for supervisors the form for a new one."""
        for queue in self._queues.all():
            self._filling.fill(queue.id)
        return self._all(request)

    @needs(Permission.SETTLE)
    def make(self, request: Request) -> Response:
        """Makes a queue."""
        names = ("name", "rule", "percent", "blind")
        given = {name: typed(request, name) for name in names}
        try:
            with self._house.database.writing() as connection:
                made = self._queues.make(
                    connection,
                    given["name"],
                    given["rule"],
                    given["percent"],
                    blind=given["blind"] == "1",
                )
                self._house.audit.record(
                    connection,
                    request.state.account.id,
                    "queue_made",
                    f"queue/{made}",
                    {"rule": given["rule"], "blind": given["blind"] == "1"},
                )
        except QueueError as error:
            return self._all(request, error.kind, given)
        return go(request, f"{REVIEWS}/{made}")

    @needs(Permission.REVIEW)
    def show(self, request: Request) -> Response:
        """One queue, filled with what came since it was last looked at."""
        queue = self._found(request)
        filled = self._filling.fill(queue.id)
        queue = self._found(request)
        account = request.state.account
        disputed = self._items.disputed(queue.id) if account.may(Permission.SETTLE) else []
        pairs = self._items.pairs(queue.id) if queue.is_blind else []
        open_items = self._items.open_to(queue.id, account.id)
        context = {
            "queue": queue,
            "more": filled.more,
            "open_items": open_items,
            "disputed": disputed,
            "texts": self._previews(request, [*open_items, *disputed]),
            "topics": topics(request.state.language),
            "pairs": len(pairs),
            "agreement": observed_agreement(pairs),
            "kappa": cohens_kappa(pairs),
            "quality": self._items.quality(queue.id),
            "may_settle": account.may(Permission.SETTLE),
            "done": request.query_params.get("done") == "1",
        }
        return page(request, "reviewing/queue.html", context)

    @needs(Permission.SETTLE)
    def set_state(self, request: Request) -> Response:
        """Lets a queue rest, or take messages again."""
        queue_id, active = request.path_params["id"], typed(request, "active") == "1"
        with self._house.database.writing() as connection:
            if not self._queues.set_active(connection, queue_id, active=active):
                raise HTTPException(404)
            self._house.audit.record(
                connection,
                request.state.account.id,
                "queue_state",
                f"queue/{queue_id}",
                {"active": active},
            )
        return go(request, f"{REVIEWS}/{queue_id}")

    def _found(self, request: Request) -> Queue:
        queue = self._queues.find(request.path_params["id"])
        if queue is None:
            raise HTTPException(404)
        return queue

    def _all(
        self, request: Request, problem: str = "", given: dict[str, str] | None = None
    ) -> Response:
        context = {
            "queues": self._queues.all(),
            "rules": tuple(RULES),
            "thresholds": THRESHOLDS,
            "may_settle": request.state.account.may(Permission.SETTLE),
            "problem": problem,
            "given": given or {"name": "", "rule": "", "percent": "", "blind": ""},
        }
        return page(request, "reviewing/queues.html", context, 422 if problem else 200)

    def _previews(self, request: Request, items: list[Any]) -> dict[int, str]:
        marks = strings_of("reading")[request.state.language]["masked"]
        presenter = Presenter(Masker(), marks)
        written = texts_of(items, self._house.database)
        return {number: presenter.preview(text) for number, text in written.items()}

"""Routes of the review queues and of their messages."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.house import House
from bot.console.reviewing.item_pages import ItemPages
from bot.console.reviewing.queue_pages import REVIEWS, QueuePages


def routes(house: House) -> list[Route]:
    """Their routes."""
    queues, items = QueuePages(house), ItemPages(house)
    return [
        Route(REVIEWS, queues.show_all, methods=["GET"]),
        Route(REVIEWS, queues.make, methods=["POST"]),
        Route(f"{REVIEWS}/{{id:int}}", queues.show, methods=["GET"]),
        Route(f"{REVIEWS}/{{id:int}}/state", queues.set_state, methods=["POST"]),
        Route(f"{REVIEWS}/items/{{id:int}}", items.show, methods=["GET"]),
        Route(f"{REVIEWS}/items/{{id:int}}", items.review, methods=["POST"]),
        Route(f"{REVIEWS}/items/{{id:int}}/settle", items.settle, methods=["POST"]),
    ]

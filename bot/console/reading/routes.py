"""Routes of the list, of one conversation and of the export."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.house import House
from bot.console.reading.conversation_pages import ConversationPages
from bot.console.reading.export_pages import ExportPages
from bot.console.reading.list_pages import LIST, ListPages


def routes(house: House) -> list[Route]:
    """Their routes."""
    listing, one, export = ListPages(house), ConversationPages(house), ExportPages(house)
    return [
        Route(LIST, listing.show, methods=["GET"]),
        Route(f"{LIST}/rows", listing.rows, methods=["GET"]),
        Route(f"{LIST}/news", listing.news, methods=["GET"]),
        Route(f"{LIST}/views", listing.save_view, methods=["POST"]),
        Route(f"{LIST}/views/{{id:int}}/delete", listing.delete_view, methods=["POST"]),
        Route(f"{LIST}/export", export.export, methods=["POST"]),
        Route(f"{LIST}/export/unmasked", export.export_unmasked, methods=["POST"]),
        Route(f"{LIST}/{{id:int}}", one.show, methods=["GET"]),
        Route(f"{LIST}/{{id:int}}/unmasked", one.unmask, methods=["POST"]),
        Route(f"{LIST}/{{id:int}}/news", one.news, methods=["GET"]),
        Route(f"{LIST}/{{id:int}}/files/{{file}}", one.file, methods=["GET"]),
    ]

"""The page of the list, its parts for HTMX, saved views."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.house import House
from bot.console.pages import page
from bot.console.reading.conversations import Conversations, Page, holders, known_tags
from bot.console.reading.filters import MODES, OUTCOMES, Filter
from bot.console.reading.masking import Masker
from bot.console.reading.shown import Presenter
from bot.console.reading.views import Views
from bot.console.wording import strings_of
from bot.settings import PROJECT_ROOT

LIST = "/conversations"
CHANNELS = ("web", "whatsapp", "sms", "telegram", "voice", "terminal")
_NEWEST = 0.0


class ListPages:
    """Endpoints of the list."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._listing = Conversations(house.database, house.settings.console.time_zone)
        self._views = Views(house.database)

    @needs(Permission.READ)
    def show(self, request: Request) -> Response:
        """The whole page."""
        wanted = Filter.from_address(request.query_params)
        context = {
            **self._rows(request, wanted),
            **self._choices(request, wanted),
            "counts": self._listing.counts(),
            "views": self._views.of(request.state.account.id),
            "may_export": request.state.account.may(Permission.EXPORT),
            "may_export_unmasked": request.state.account.may(Permission.EXPORT_UNMASKED),
        }
        return page(request, "reading/list.html", context)

    @needs(Permission.READ)
    def rows(self, request: Request) -> Response:
        """The list alone: after a change of the filter, or to see what is new."""
        wanted = Filter.from_address(request.query_params)
        answer = page(request, "reading/rows.html", self._rows(request, wanted))
        query = wanted.as_query()
        answer.headers["HX-Replace-Url"] = f"{LIST}?{query}" if query else LIST
        return answer

    @needs(Permission.READ)
    def news(self, request: Request) -> Response:
        """How much is new since the list was made; the list itself stays as it is."""
        wanted = Filter.from_address(request.query_params)
        try:
            than = float(request.query_params.get("than", ""))
        except ValueError:
            raise HTTPException(400) from None
        count = self._listing.newer(wanted, request.state.account.id, than)
        query = wanted.as_query()
        return page(request, "reading/news.html", {"new": count, "query": query})

    @needs(Permission.READ)
    def save_view(self, request: Request) -> Response:
        """Keeps the filter under a name."""
        wanted = _sent(request.state.form)
        name = str(request.state.form.get("name") or "")
        self._views.save(request.state.account.id, name, wanted.as_query())
        return go(request, _address(wanted))

    @needs(Permission.READ)
    def delete_view(self, request: Request) -> Response:
        """Drops one of the account's views."""
        if not self._views.delete(request.state.account.id, request.path_params["id"]):
            raise HTTPException(404)
        return go(request, _address(_sent(request.state.form)))

    def _rows(self, request: Request, wanted: Filter) -> dict[str, Any]:
        account_id = request.state.account.id
        before = request.query_params.get("before", "")
        found = self._listing.page(wanted, account_id, before)
        presenter = Presenter(Masker(), strings_of("reading")[request.state.language]["masked"])
        return {
            "found": found,
            "previews": {
                c.conversation_id: presenter.preview(c.preview) for c in found.conversations
            },
            "wanted": wanted,
            "query": wanted.as_query(),
            "next_query": wanted.as_query(before=found.next) if found.next else "",
            "than": _newest(found) if not before else "",
            "names": holders(self._house.database),
            "topics": topics(request.state.language),
        }

    def _choices(self, request: Request, wanted: Filter) -> dict[str, Any]:
        return {
            "channels": CHANNELS,
            "modes": MODES,
            "outcomes": OUTCOMES,
            "all_tags": known_tags(self._house.database),
        }


def _newest(found: Page) -> str:
    newest = max((c.row.last_at for c in found.conversations), default=_NEWEST)
    return f"{newest:.9f}"


def _sent(form: FormData) -> Filter:
    """The filter in the fields of a form."""
    return Filter.from_address({name: str(value) for name, value in form.items()})


def _address(wanted: Filter) -> str:
    query = wanted.as_query()
    return f"{LIST}?{query}" if query else LIST


@lru_cache(maxsize=2)
def topics(language: str) -> Mapping[str, str]:
    """The topics' short names; those that have none stand under their own name."""
    labels = yaml.safe_load((PROJECT_ROOT / "data/labels/topics.yml").read_text("utf-8"))
    named = {name: label[language] for name, label in labels.items()}
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))

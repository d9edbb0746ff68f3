"""The page of one message to review, with the conversation around it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, go, needs
from bot.console.entrance.login import typed
from bot.console.house import House
from bot.console.pages import page
from bot.console.reading.list_pages import topics
from bot.console.reading.masking import Masker
from bot.console.reading.person import PersonPages
from bot.console.reading.shown import Presenter
from bot.console.reading.timeline import Message, Timeline
from bot.console.reviewing.agreement import NEW_TOPIC, OPEN
from bot.console.reviewing.items import QUALITIES, VERDICTS, Items, NotYoursError, Said, Verdict
from bot.console.reviewing.queue_pages import REVIEWS
from bot.console.wording import strings_of

BEFORE, AFTER = 6, 5
LONGEST_COMMENT = 1000
# An option that is offered beside topics, and none itself.
NOT_A_TOPIC = "something_else"


class ItemPages:
    """Endpoints of one message."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._items = Items(house.database)
        self._timeline = Timeline(house.database)
        self._people = PersonPages(house.database)

    @needs(Permission.REVIEW)
    def show(self, request: Request) -> Response:
        """The message and the form for the account's review."""
        return self._page(request, self._found(request))

    @needs(Permission.REVIEW)
    def review(self, request: Request) -> Response:
        """Keeps a review and goes on to the next message."""
        item = self._found(request)
        verdict, problem = _verdict(request)
        if verdict is None:
            return self._page(request, item, problem)
        account_id = request.state.account.id
        try:
            self._items.review(item.id, account_id, verdict)
        except NotYoursError:
            return self._page(request, item, "not_open")
        following = self._items.open_to(item.queue_id, account_id, 1)
        if following:
            return go(request, f"{REVIEWS}/items/{following[0].id}")
        return go(request, f"{REVIEWS}/{item.queue_id}?done=1")

    @needs(Permission.SETTLE)
    def settle(self, request: Request) -> Response:
        """Settles what two reviewers see differently."""
        item = self._found(request)
        topic = NEW_TOPIC if typed(request, "new_topic") == "1" else _topic(request)
        if topic is None:
            return self._page(request, item, "no_topic")
        try:
            with self._house.database.writing() as connection:
                self._items.settle(connection, item.id, topic)
                self._house.audit.record(
                    connection,
                    request.state.account.id,
                    "review_settled",
                    f"review/{item.id}",
                    {"topic": topic},
                )
        except NotYoursError:
            return self._page(request, item, "not_open")
        return go(request, f"{REVIEWS}/{item.queue_id}")

    def _found(self, request: Request) -> Row:
        item = self._items.find(request.path_params["id"])
        if item is None:
            raise HTTPException(404)
        return item

    def _page(self, request: Request, item: Row, problem: str = "") -> Response:
        item = self._items.find(item.id) or item
        account, language = request.state.account, request.state.language
        said = self._items.said_of(item)
        around, presenter = self._around(item), self._presenter(request, item)
        names = choosable(language)
        context = {
            "item": item,
            "messages": [(presenter.one(message), message.inbox_id) for message in around],
            "said": said if _may_see(item, account.may(Permission.SETTLE)) else [],
            "mine": _of(said, account.id),
            "can_review": item.state == OPEN and _of(said, account.id) is None,
            "can_settle": item.state == "disputed" and account.may(Permission.SETTLE),
            "topics": names,
            "name_of": {**topics(language), NEW_TOPIC: None},
            "verdicts": VERDICTS,
            "qualities": QUALITIES,
            "problem": problem,
            "given": {name: typed(request, name) for name in _FIELDS} if problem else _EMPTY,
            "shared": strings_of("reading")[language],
        }
        return page(request, "reviewing/item.html", context, 422 if problem else 200)

    def _around(self, item: Row) -> list[Message]:
        """Some messages before, the message, and some after it."""
        here = f"{item.received_at:.9f}_{item.conversation_id}_{item.position}"
        until = f"{item.received_at:.9f}_{item.conversation_id}_{item.position + 1}"
        before = self._timeline.page(item.conversation_id, until, BEFORE + 1).messages
        return [*before, *self._timeline.newer(item.conversation_id, here, AFTER).messages]

    def _presenter(self, request: Request, item: Row) -> Presenter:
        person = self._people.find(item.conversation_id)
        masker = Masker.of(person.record, person.amounts) if person else Masker()
        return Presenter(masker, strings_of("reading")[request.state.language]["masked"])


_FIELDS = ("verdict", "topic", "quality", "comment")
_EMPTY: dict[str, Any] = dict.fromkeys(_FIELDS, "")


def choosable(language: str) -> dict[str, str]:
    """The topics that a message can be about, by their short names."""
    named = topics(language)
    return {name: label for name, label in named.items() if name != NOT_A_TOPIC}


def _verdict(request: Request) -> tuple[Verdict | None, str]:
    """What the form says, or what is wrong with it."""
    kind, quality = typed(request, "verdict"), typed(request, "quality")
    if kind not in VERDICTS:
        return None, "no_verdict"
    topic = _topic(request) if kind == "wrong" else None
    if kind == "wrong" and topic is None:
        return None, "no_topic"
    if quality and quality not in map(str, QUALITIES):
        return None, "no_quality"
    comment = typed(request, "comment").strip()[:LONGEST_COMMENT]
    return Verdict(kind, topic, int(quality) if quality else None, comment), ""


def _topic(request: Request) -> str | None:
    """The topic whose short name was typed or picked, in the language of the page."""
    wanted = typed(request, "topic").strip().casefold()
    for name, label in choosable(request.state.language).items():
        if wanted in (label.casefold(), name):
            return name
    return None


def _may_see(item: Row, settles: bool) -> bool:
    """Whether reviews are shown: never while a second one may come, and what is disputed only to
    who settles it."""
    return item.state == "settled" or (item.state == "disputed" and settles)


def _of(said: list[Said], account_id: int) -> Said | None:
    return next((one for one in said if one.account_id == account_id), None)

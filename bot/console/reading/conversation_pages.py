"""The page of one conversation: the timeline, unmasking, news, files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import Permission, needs
from bot.console.house import House
from bot.console.pages import page
from bot.console.reading.conversations import holders
from bot.console.reading.list_pages import topics
from bot.console.reading.masking import Masker
from bot.console.reading.person import (
    Person,
    PersonPages,
    facts,
    masked_address,
    registration_of,
)
from bot.console.reading.shown import Presenter, without_tricks
from bot.console.reading.timeline import Timeline, TimelinePage
from bot.console.wording import strings_of
from bot.messaging.list_row import mark_read
from bot.programme.masking import mask_personal_data
from bot.settings import PROJECT_ROOT

REASONS = ("identify", "correct", "complaint", "institute", "other")
LONGEST_NOTE = 200
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class ConversationPages:
    """Endpoints of one conversation."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._timeline = Timeline(house.database)
        self._people = PersonPages(house.database)

    @needs(Permission.READ)
    def show(self, request: Request) -> Response:
        """The page, masked; who opens it has read it."""
        person = self._person(request)
        self._mark_read(person)
        return self._page(request, person, Masker.of(person.record, person.amounts))

    @needs(Permission.UNMASK)
    def unmask(self, request: Request) -> Response:
        """The page with everything legible, this once: the reason is kept in the audit log."""
        person = self._person(request)
        form = request.state.form
        reason, note = str(form.get("reason") or ""), str(form.get("note") or "").strip()
        if reason not in REASONS or (reason == "other" and not note):
            return self._page(
                request, person, Masker.of(person.record, person.amounts), problem="no_reason"
            )
        detail = {"reason": reason, "note": mask_personal_data(note)[:LONGEST_NOTE]}
        self._record(request, "unmask", f"conversation/{person.conversation_id}", detail)
        return self._page(request, person, None)

    @needs(Permission.READ)
    def news(self, request: Request) -> Response:
        """The messages that came since the page was made; 204 where none did."""
        person = self._person(request)
        after = request.query_params.get("after", "")
        newer = self._timeline.newer(person.conversation_id, after)
        if not newer.messages:
            return Response(status_code=204)
        self._mark_read(person)
        masker = Masker.of(person.record, person.amounts)
        return page(
            request, "reading/messages.html", self._messages(request, person, newer, masker)
        )

    @needs(Permission.UNMASK)
    def file(self, request: Request) -> Response:
        """A file of the person's: a picture to look at, anything else to keep. Logged."""
        conversation_id, file_id = request.path_params["id"], request.path_params["file"]
        stored = self._people.file(conversation_id, file_id)
        if stored is None:
            raise HTTPException(404)
        self._record(
            request, "open_file", f"conversation/{conversation_id}", {"kind": stored.content_type}
        )
        shown = stored.content_type in SAFE_IMAGES
        kind = stored.content_type if shown else "application/octet-stream"
        return Response(
            stored.content,
            media_type=kind,
            headers={
                "Content-Disposition": f"{'inline' if shown else 'attachment'}; "
                f'filename="{stored.name}"',
                "Cache-Control": "no-store",
            },
        )

    def _person(self, request: Request) -> Person:
        person = self._people.find(request.path_params["id"])
        if person is None:
            raise HTTPException(404)
        return person

    def _mark_read(self, person: Person) -> None:
        with self._house.database.writing() as connection:
            mark_read(connection, list(person.conversations))

    def _record(self, request: Request, deed: str, about: str, detail: dict[str, Any]) -> None:
        with self._house.database.writing() as connection:
            self._house.audit.record(connection, request.state.account.id, deed, about, detail)

    def _page(
        self, request: Request, person: Person, masker: Masker | None, problem: str = ""
    ) -> Response:
        before = request.query_params.get("before", "")
        found = self._timeline.page(person.conversation_id, before)
        language = request.state.language
        context = {
            **self._messages(request, person, found, masker),
            "person": person,
            "addresses": [
                (channel, _address(channel, address, masker), row)
                for channel, address, row in person.addresses
            ],
            "registration": registration_of(person.record, open_values=masker is None),
            "labels": registration_labels(language),
            "facts": facts(person.record),
            "names": holders(self._house.database),
            "reasons": REASONS,
            "problem": problem,
            "is_newest": not before,
            "act_keys": self._act_keys(request),
        }
        return page(request, "reading/conversation.html", context)

    def _messages(
        self, request: Request, person: Person, found: TimelinePage, masker: Masker | None
    ) -> dict[str, Any]:
        language = request.state.language
        presenter = Presenter(masker, strings_of("reading")[language]["masked"])
        return {
            "found": found,
            "messages": presenter.all(found.messages),
            "value": presenter.value,
            "conversation_id": person.conversation_id,
            "several": len(person.conversations) > 1,
            "masked": masker is not None,
            "zone": person.record.time_zone,
            "topics": topics(language),
            "authors": holders(self._house.database),
            "safe_images": SAFE_IMAGES,
            "may_open": request.state.account.may(Permission.UNMASK),
        }

    @staticmethod
    def _act_keys(request: Request) -> Mapping[str, str]:
        """The keys of the panel for acting; none for who may not act."""
        if not request.state.account.may(Permission.ACT):
            return {}
        keys: Mapping[str, str] = strings_of("acting")[request.state.language]["key_list"]
        return keys


def _address(channel: str, address: str, masker: Masker | None) -> str:
    return masked_address(channel, address) if masker else without_tricks(address)


@lru_cache(maxsize=2)
def registration_labels(language: str) -> Mapping[str, str]:
    """How the data of a registration are named."""
    labels = yaml.safe_load((PROJECT_ROOT / "data/labels/registration.yml").read_text("utf-8"))
    return {
        name.removeprefix("field_"): label[language]
        for name, label in labels.items()
        if name.startswith("field_")
    }

"""Twilio's interface for contents, as a part of the stand-in: what it takes, what it lists, and
what a person sees of a message that is sent from one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/v1/Content"
PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
NAME = re.compile(r"[A-Za-z0-9_]{1,16}")
MOST_VARIABLES, MOST_ACTIONS, MOST_ITEMS = 100, 10, 10
LONGEST = {"body": 1024, "button": 20, "title": 20, "item": 24, "description": 72, "id": 200}
MOST_BUTTONS_IN_SESSION = 3
# The parts of each type: those of the message, the list in it, and those of each in the list.
TYPES = {
    "twilio/quick-reply": ({"body"}, "actions", {"type", "title", "id"}, MOST_ACTIONS),
    "twilio/list-picker": ({"body", "button"}, "items", {"item", "id", "description"}, MOST_ITEMS),
}


class Rejected(Exception):
    """Twilio would refuse this; its code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Seen:
    """A message with options as a person sees it; `options` are titles and ids."""

    kind: str
    body: str
    options: tuple[tuple[str, str], ...]
    descriptions: tuple[str, ...] = ()
    button: str = ""


class ContentApi:
    """The contents of an account."""

    def __init__(self) -> None:
        self.contents: dict[str, dict[str, Any]] = {}
        self.page_size = 50

    def create(self, content_type: str | None, raw: bytes) -> dict[str, Any]:
        """Makes a content. Raises Rejected."""
        if content_type != "application/json":
            raise Rejected(20001, "not JSON")
        content = json.loads(raw)
        _check(content)
        sid = f"HX{len(self.contents) + 0xC0:032x}"
        self.contents[sid] = {"sid": sid, **content}
        return self.contents[sid]

    def page(self, path: str) -> dict[str, Any]:
        """A page of the list; the next one's address names Twilio, whoever asked."""
        query = parse_qs(urlsplit(path).query)
        asked = int(query.get("PageSize", ["50"])[0])
        if not 0 < asked <= 1000:
            raise Rejected(20001, "PageSize")
        size, page = min(asked, self.page_size), int(query.get("Page", ["0"])[0])
        rows = list(self.contents.values())
        more = f"https://content.twilio.com{PATH}?PageSize={asked}&Page={page + 1}"
        return {
            "contents": rows[page * size : (page + 1) * size],
            "meta": {"next_page_url": more if len(rows) > (page + 1) * size else None},
        }

    def seen(self, sid: str, variables: str) -> Seen:
        """What is shown of a message. Raises Rejected."""
        content = self.contents.get(sid)
        if content is None:
            raise Rejected(21655, "The ContentSid Parameter is invalid")
        values = {**content["variables"], **_values(variables)}
        ((kind, type_),) = content["types"].items()
        for name in PLACEHOLDER.findall(type_["body"]):
            if re.search(r"[\n\r\t]| {5}", values[name]):
                raise Rejected(21656, "a line break, a tab or many blanks in a value of the body")
        return _seen(kind, _filled(type_, values))


def _check(content: Any) -> None:
    if not isinstance(content, dict) or set(content) - {
        "friendly_name", "language", "variables", "types",
    }:  # fmt: skip
        raise Rejected(20001, "fields that there are not")
    if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", content.get("language", "")):
        raise Rejected(92001, "language")
    variables = content.get("variables", {})
    if len(variables) > MOST_VARIABLES:
        raise Rejected(92002, "too many variables")
    for name, sample in variables.items():
        if not NAME.fullmatch(name) or not sample or not isinstance(sample, str):
            raise Rejected(92003, f"variable {name!r}")
    types = content.get("types") or {}
    if len(types) != 1 or not set(types) <= set(TYPES):
        raise Rejected(92004, "types")
    ((kind, type_),) = types.items()
    used = PLACEHOLDER.findall(json.dumps(type_))
    if set(used) != set(variables):
        raise Rejected(92003, "variables that are not used, or used and not defined")
    fields, name, fields_of_each, most = TYPES[kind]
    if set(type_) != {*fields, name} or not 0 < len(type_[name]) <= most:
        raise Rejected(92005, f"{kind}: its fields, or how many {name}")
    for one in type_[name]:
        if set(one) != fields_of_each or one.get("type", "QUICK_REPLY") != "QUICK_REPLY":
            raise Rejected(92005, f"{kind}: a field of {name} is missing or unknown")
    _check_lengths(_filled(type_, variables))


def _values(variables: str) -> dict[str, str]:
    try:
        values = json.loads(variables)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Rejected(21656, "ContentVariables is no JSON object")
    if any(not isinstance(value, str) or not value for value in values.values()):
        raise Rejected(21656, "a value that is empty or no text")
    return values


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(one, values) for one in part]
    return PLACEHOLDER.sub(lambda found: values[found[1]], part)


def _check_lengths(part: Any, name: str = "") -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            _check_lengths(value, key)
    elif isinstance(part, list):
        for one in part:
            _check_lengths(one)
    elif len(part.encode("utf-16-le")) // 2 > LONGEST.get(name, 1024) or not part.strip():
        raise Rejected(63021, f"{name} is too long, or empty")


def _seen(kind: str, type_: dict[str, Any]) -> Seen:
    _check_lengths(type_)
    if kind == "twilio/quick-reply":
        actions = type_["actions"]
        if len(actions) > MOST_BUTTONS_IN_SESSION:
            raise Rejected(63021, "more than three buttons without approval")
        found = Seen("buttons", type_["body"], tuple((a["title"], a["id"]) for a in actions))
    else:
        items = type_["items"]
        found = Seen(
            "list",
            type_["body"],
            tuple((item["item"], item["id"]) for item in items),
            tuple(item["description"] for item in items),
            type_["button"],
        )
    for place in (0, 1):
        names = [option[place] for option in found.options]
        if len(set(names)) != len(names):
            raise Rejected(63021, "two options are the same")
    return found

"""What the list is narrowed to, as it stands in the address. What cannot be read there is left
out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

MODES = ("bot", "waiting", "agent", "closed")
OUTCOMES = ("quota", "registered", "line", "handed_over", "abandoned")
SPOKEN = ("es", "en")
LONGEST_SEARCH = 200
ME, NOBODY = "me", "nobody"

_WORD = re.compile(r"[a-z_]{1,48}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_LONGEST_TAG = 32


@dataclass(frozen=True)
class Filter:
    """One narrowing a field; empty: none. They combine.

    `since` and `until` are days (ISO) of the newest message, both inclusive. `below` is a
    confidence in percent. `holder` is an account's number, `me` or `nobody`.
    """

    q: str = ""
    since: str = ""
    until: str = ""
    channel: str = ""
    topic: str = ""
    below: str = ""
    fallback: str = ""
    language: str = ""
    mode: str = ""
    unread: str = ""
    holder: str = ""
    tag: str = ""
    failure: str = ""
    outcome: str = ""

    @classmethod
    def from_address(cls, query: Mapping[str, str]) -> Filter:
        """The filter in an address's query."""
        given = {f.name: query.get(f.name, "").strip() for f in fields(cls)}
        return cls(**{name: value for name, value in given.items() if _CHECKS[name](value)})

    def as_query(self, **more: str) -> str:
        """The query that says the same, with more beside it."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return urlencode({**kept, **{name: value for name, value in more.items() if value}})

    def set_count(self) -> int:
        """How many narrowings there are."""
        return sum(bool(value) for value in asdict(self).values())

    def moments(self, zone: str) -> tuple[float | None, float | None]:
        """The days as seconds since 1970 in the zone: from, and up to but without."""
        first = _begins(date.fromisoformat(self.since), zone) if self.since else None
        last = date.fromisoformat(self.until) + timedelta(days=1) if self.until else None
        return first, _begins(last, zone) if last else None


def _begins(day: date, zone: str) -> float:
    return datetime.combine(day, time(), ZoneInfo(zone)).timestamp()


def _is_day(value: str) -> bool:
    try:
        return 2000 <= date.fromisoformat(value).year <= 2999
    except ValueError:
        return False


def _is_name(value: str) -> bool:
    return _WORD.fullmatch(value) is not None


def _is_flag(value: str) -> bool:
    return value == "1"


_CHECKS: dict[str, Callable[[str], bool]] = {
    "q": lambda value: 0 < len(value) <= LONGEST_SEARCH,
    "since": _is_day,
    "until": _is_day,
    "channel": _is_name,
    "topic": _is_name,
    "below": lambda value: value.isdecimal() and 1 <= int(value) <= 100,
    "fallback": _is_flag,
    "language": lambda value: value in SPOKEN,
    "mode": lambda value: value in MODES,
    "unread": _is_flag,
    "holder": lambda value: value in (ME, NOBODY) or bool(_NUMBER.fullmatch(value)),
    "tag": lambda value: 0 < len(value) <= _LONGEST_TAG,
    "failure": _is_flag,
    "outcome": lambda value: value in OUTCOMES,
}

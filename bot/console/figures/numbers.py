"""The arithmetic of the figures: pure functions on what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

QUARTER_HOUR = 900
TENTHS = 10
HOURS = 24


def share(part: int, whole: int) -> float | None:
    """The part of the whole, 0 to 1; None of nothing."""
    return part / whole if whole else None


def mean(counts: Mapping[int, int]) -> float | None:
    """The mean of values that were counted; None of none."""
    total = sum(counts.values())
    return sum(value * count for value, count in counts.items()) / total if total else None


def percentile(tenths: Mapping[int, int], percent: int) -> float | None:
    """Within how many seconds so many percent were, from counts by tenths of a second that had
    passed whole (nearest rank); None of none."""
    total = sum(tenths.values())
    wanted, reached = ceil(total * percent / 100), 0
    for tenth in sorted(tenths):
        reached += tenths[tenth]
        if reached >= max(wanted, 1):
            return (tenth + 1) / TENTHS
    return None


def in_tenths(seconds: Iterable[float]) -> Counter[int]:
    """Counts by tenths of a second that passed whole."""
    return Counter(int(value * TENTHS) for value in seconds)


def by_hour(quarters: Mapping[int, int], zone: str) -> list[int]:
    """Counts by the hour of a zone's day, from counts by quarters of an hour since 1970."""
    hours = [0] * HOURS
    for quarter, count in quarters.items():
        hours[_there(quarter, zone).hour] += count
    return hours


def by_day(quarters: Mapping[int, int], days: Sequence[date], zone: str) -> list[int]:
    """Counts for each of the days, from the same."""
    counts: Counter[date] = Counter()
    for quarter, count in quarters.items():
        counts[_there(quarter, zone).date()] += count
    return [counts[day] for day in days]


def _there(quarter: int, zone: str) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER_HOUR, ZoneInfo(zone))


@dataclass(frozen=True)
class FunnelStep:
    """How many came to a step, which part of the first step's that is, and which part of the step
    before did not come on."""

    name: str
    count: int
    of_first: float | None
    lost: float | None


def funnel(counts: Mapping[str, int], steps: Sequence[str]) -> list[FunnelStep]:
    """The steps in their order. A step that more came to than to the one before lost nobody: some
    data are known from elsewhere and not asked."""
    found: list[FunnelStep] = []
    for name in steps:
        count = counts.get(name, 0)
        if not found:
            found.append(FunnelStep(name, count, share(count, count), None))
            continue
        before = found[-1].count
        lost = share(max(before - count, 0), before)
        found.append(FunnelStep(name, count, share(count, found[0].count), lost))
    return found


def reply_waits(events: Iterable[tuple[float, str]], since: float, until: float) -> list[float]:
    """How long people waited for each reply of an agent in the period, in seconds: from the first
    message that nobody had answered. `events`: moment and author (user, agent, or who else
    answers) of one conversation, in order."""
    waits: list[float] = []
    asked: float | None = None
    for at, author in events:
        if author == "user":
            asked = at if asked is None else asked
            continue
        if author == "agent" and asked is not None and since <= at < until:
            waits.append(at - asked)
        asked = None
    return waits


def most_frequent(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """The most frequent, by count and then by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]

"""A clinic's hours in words."""

from __future__ import annotations

from typing import Any

from actions.labels import registration_label


def hours_in_words(hours: list[dict[str, Any]], spoken: str) -> str:
    """Each row of hours: its days, from the first to the last, and the times."""
    return "; ".join(_row(row, spoken) for row in hours)


def _row(row: dict[str, Any], spoken: str) -> str:
    days = [registration_label(f"day_{day}", spoken) for day in row["days"]]
    label = registration_label("hours" if len(days) > 1 else "hours_one_day", spoken)
    return label.format(first=days[0], last=days[-1], opens=row["opens"], closes=row["closes"])

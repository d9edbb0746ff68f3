"""Times as people read them, in the agents' zone."""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from markupsafe import Markup

FORMS = {"short": "d MMM, HH:mm", "long": "d MMM y, HH:mm:ss zzz"}
SHORT_DAY, WHOLE_DAY = "d MMM", "d MMM y"


def moment(at: float, zone: str, language: str) -> Markup:
    """A `<time>` of seconds since 1970: short, with the whole moment on hover."""
    there = datetime.fromtimestamp(at, timezone.utc).astimezone(ZoneInfo(zone))
    shown, whole = (format_datetime(there, form, locale=language) for form in FORMS.values())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        there.isoformat(timespec="seconds"), whole, shown
    )


def day_shown(day: date, language: str, form: str = SHORT_DAY) -> str:
    """A day as people write it."""
    return str(format_date(day, form, locale=language))

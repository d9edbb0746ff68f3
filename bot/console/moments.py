"""Times as people read them, in the agents' zone."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markupsafe import Markup

FORMS = {"short": "d MMM, HH:mm", "long": "d MMM y, HH:mm:ss zzz"}


def moment(at: float, zone: str, language: str) -> Markup:
    """A `<time>` of seconds since 1970: short, with the whole moment on hover."""
    there = datetime.fromtimestamp(at, timezone.utc).astimezone(ZoneInfo(zone))
    shown, whole = (format_datetime(there, form, locale=language) for form in FORMS.values())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        there.isoformat(timespec="seconds"), whole, shown
    )

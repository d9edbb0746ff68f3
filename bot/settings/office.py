"""When people of the call center answer."""

from __future__ import annotations

from collections.abc import Mapping

from bot.programme.office_hours import OfficeHours
from bot.settings.reading import SettingsError, read_text


def read_office_hours(environ: Mapping[str, str]) -> OfficeHours | None:
    """PTI_OFFICE_HOURS (`mon-fri 08:00-20:00, sat 09:00-14:00 America/Mexico_City`) without
    PTI_OFFICE_HOLIDAYS (days like 2026-12-25, comma separated); None where they are not known.

    Raises SettingsError for what cannot be read.
    """
    hours = read_text(environ, "PTI_OFFICE_HOURS", "")
    holidays = read_text(environ, "PTI_OFFICE_HOLIDAYS", "")
    if not hours and holidays:
        raise SettingsError("PTI_OFFICE_HOLIDAYS goes with PTI_OFFICE_HOURS: set both or neither.")
    if not hours:
        return None
    try:
        return OfficeHours.parse(hours, holidays)
    except ValueError as error:
        raise SettingsError(
            "PTI_OFFICE_HOURS should be like: mon-fri 08:00-20:00, sat 09:00-14:00"
            f" America/Mexico_City; and PTI_OFFICE_HOLIDAYS like: 2026-12-25, 2027-01-01. {error}."
        ) from error

"""How long each kind of data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.settings.reading import SettingsError, read_number

SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True)
class RetentionSettings:
    """Days after which data are erased, whoever they are of; 0: only when the person asks."""

    messages: int = 365
    """PTI_KEEP_MESSAGES_DAYS: what people and we wrote, what was understood of it, notes on it."""
    drafts: int = 90
    """PTI_KEEP_DRAFTS_DAYS: data of a registration that was not sent, since the person last
    wrote."""
    registrations: int = 550
    """PTI_KEEP_REGISTRATIONS_DAYS: data of a registration that was sent, since the person last
    wrote. Cover is renewed once a year."""
    files: int = 90
    """PTI_KEEP_FILES_DAYS: payment slips, and pictures and documents that people sent."""
    cases: int = 365
    """PTI_KEEP_CASES_DAYS: what callbacks and complaints that are done were about."""
    errands: int = 30
    """PTI_KEEP_ERRANDS_DAYS: what was asked of the institute's service for a person."""
    sessions: int = 30
    """PTI_KEEP_SESSIONS_DAYS: the console's sessions and failed logins."""

    def before(self, kind: str, now: float) -> float | None:
        """The moment before which data of a kind are too old; None: however old, they are kept."""
        days: int = getattr(self, kind)
        return now - days * SECONDS_A_DAY if days else None


def read_retention(environ: Mapping[str, str]) -> RetentionSettings:
    """The days, from their variables. Raises SettingsError for a negative number."""
    return RetentionSettings(
        messages=_days(environ, "PTI_KEEP_MESSAGES_DAYS", RetentionSettings.messages),
        drafts=_days(environ, "PTI_KEEP_DRAFTS_DAYS", RetentionSettings.drafts),
        registrations=_days(
            environ, "PTI_KEEP_REGISTRATIONS_DAYS", RetentionSettings.registrations
        ),
        files=_days(environ, "PTI_KEEP_FILES_DAYS", RetentionSettings.files),
        cases=_days(environ, "PTI_KEEP_CASES_DAYS", RetentionSettings.cases),
        errands=_days(environ, "PTI_KEEP_ERRANDS_DAYS", RetentionSettings.errands),
        sessions=_days(environ, "PTI_KEEP_SESSIONS_DAYS", RetentionSettings.sessions),
    )


def _days(environ: Mapping[str, str], name: str, default: int) -> int:
    days: int = read_number(environ, name, default, int)
    if days < 0:
        raise SettingsError(f"{name} should be zero or above.")
    return days

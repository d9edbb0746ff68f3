"""Where a process tells how it is doing, and how it logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.settings.reading import SettingsError, read_number, read_text


@dataclass(frozen=True)
class StatusSettings:
    """The inner port of a process."""

    host: str = "127.0.0.1"
    """PTI_STATUS_HOST: address on which a process answers /health, /ready and /metrics."""
    port: int = 0
    """PTI_STATUS_PORT: that port; 0: none. Each process on a machine needs one of its own."""
    log_format: str = "text"
    """PTI_LOG_FORMAT: text or json; json is one object a line."""


def read_status(environ: Mapping[str, str]) -> StatusSettings:
    """The settings, from their variables."""
    log_format = read_text(environ, "PTI_LOG_FORMAT", StatusSettings.log_format)
    if log_format not in ("text", "json"):
        raise SettingsError("PTI_LOG_FORMAT should be text or json.")
    return StatusSettings(
        host=read_text(environ, "PTI_STATUS_HOST", StatusSettings.host),
        port=read_number(environ, "PTI_STATUS_PORT", StatusSettings.port, int),
        log_format=log_format,
    )

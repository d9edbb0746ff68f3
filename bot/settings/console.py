"""The agents' console: where it listens and how long a session lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.settings.reading import (
    LOOPBACK,
    SettingsError,
    above_zero,
    environment_name,
    read_number,
    read_text,
    web_address,
)

SECOND_STEP = ("optional", "required")


@dataclass(frozen=True)
class ConsoleSettings:
    """One console; several of them on one database know the same accounts and sessions."""

    host: str = "127.0.0.1"
    """PTI_CONSOLE_HOST: address on which the console listens; one that the internet does not
    reach."""
    port: int = 8082
    """PTI_CONSOLE_PORT: port of the console."""
    url: str = "http://127.0.0.1:8082"
    """PTI_CONSOLE_URL: address without a path under which agents open it; default: this machine's,
    with the console's port. In production https, or this machine."""
    proxies: str = ""
    """PTI_CONSOLE_PROXIES: addresses of proxies, comma separated, whose X-Forwarded-For is
    believed; empty: none."""
    idle_minutes: float = 30.0
    """PTI_CONSOLE_IDLE_MINUTES: a session that is not used for so long ends."""
    session_hours: float = 10.0
    """PTI_CONSOLE_SESSION_HOURS: a session ends after so long, used or not."""
    prove_minutes: float = 10.0
    """PTI_CONSOLE_PROVE_MINUTES: for a delicate deed the password or code is asked for again, where
    it was last given longer ago."""
    second_step: str = SECOND_STEP[0]
    """PTI_CONSOLE_SECOND_STEP: optional, or required (nothing is possible before it is set up);
    default: optional, and required in production."""
    time_zone: str = "America/Mexico_City"
    """PTI_CONSOLE_TIME_ZONE: zone in which agents see times."""

    @property
    def is_secure(self) -> bool:
        """Whether agents come over https."""
        return self.scheme == "https"

    @property
    def scheme(self) -> str:
        """http or https."""
        return urlsplit(self.url).scheme

    @property
    def hosts(self) -> frozenset[str]:
        """What may stand in the header Host: the address's, and all names of this machine where
        that is one of them."""
        parts = urlsplit(self.url)
        if parts.hostname not in LOOPBACK or self.is_secure:
            return frozenset({parts.netloc.lower()})
        port = f":{parts.port}" if parts.port else ""
        return frozenset(f"{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def read_console(environ: Mapping[str, str]) -> ConsoleSettings:
    """The console's settings, from their variables."""
    default = ConsoleSettings
    port = read_number(environ, "PTI_CONSOLE_PORT", default.port, int)
    return ConsoleSettings(
        host=read_text(environ, "PTI_CONSOLE_HOST", default.host),
        port=port,
        url=_url(environ, port),
        proxies=read_text(environ, "PTI_CONSOLE_PROXIES", default.proxies),
        idle_minutes=above_zero(environ, "PTI_CONSOLE_IDLE_MINUTES", default.idle_minutes),
        session_hours=above_zero(environ, "PTI_CONSOLE_SESSION_HOURS", default.session_hours),
        prove_minutes=above_zero(environ, "PTI_CONSOLE_PROVE_MINUTES", default.prove_minutes),
        second_step=_second_step(environ),
        time_zone=_time_zone(environ),
    )


def _url(environ: Mapping[str, str], port: int) -> str:
    url = read_text(environ, "PTI_CONSOLE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = web_address(environ, "PTI_CONSOLE_URL", url)
    if url != f"{parts.scheme}://{parts.netloc}" or parts.username is not None:
        raise SettingsError("PTI_CONSOLE_URL should be https:// and a host, without a path.")
    return url


def _second_step(environ: Mapping[str, str]) -> str:
    in_production = environment_name(environ) == "production"
    named = read_text(environ, "PTI_CONSOLE_SECOND_STEP", SECOND_STEP[in_production]).lower()
    if named not in SECOND_STEP:
        raise SettingsError(f"PTI_CONSOLE_SECOND_STEP should be one of {', '.join(SECOND_STEP)}.")
    return named


def _time_zone(environ: Mapping[str, str]) -> str:
    name = read_text(environ, "PTI_CONSOLE_TIME_ZONE", ConsoleSettings.time_zone)
    try:
        ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise SettingsError("PTI_CONSOLE_TIME_ZONE should be like America/Mexico_City.") from error
    return name

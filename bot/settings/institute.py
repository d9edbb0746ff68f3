"""How the institute's services are reached, and the sandbox that stands in for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings.reading import (
    PROJECT_ROOT,
    SettingsError,
    above_zero,
    read_number,
    read_text,
    web_address,
)


@dataclass(frozen=True)
class ImssSettings:
    """How the institute's services are called."""

    url: str = ""
    """PTI_IMSS_URL: address of the institute's services, without /v1; empty where there are none.
    In production https, or this machine."""
    token: str = field(default="", repr=False)
    """PTI_IMSS_TOKEN: bearer token of those services; the sandbox accepts the same."""
    connect_seconds: float = 3.0
    """PTI_IMSS_CONNECT_SECONDS: how long connecting may take."""
    read_seconds: float = 8.0
    """PTI_IMSS_READ_SECONDS: how long one try may wait for the answer."""
    total_seconds: float = 12.0
    """PTI_IMSS_TOTAL_SECONDS: how long a call may take with all its tries."""
    breaker_failures: int = 5
    """PTI_IMSS_BREAKER_FAILURES: after so many failures in a row no call is made for a while."""
    breaker_seconds: float = 30.0
    """PTI_IMSS_BREAKER_SECONDS: how long that while is; then one call tries again."""


@dataclass(frozen=True)
class SandboxSettings:
    """The sandbox that stands in for the institute's services. It never runs in production."""

    host: str = "127.0.0.1"
    """PTI_SANDBOX_HOST: address on which the sandbox listens."""
    port: int = 8090
    """PTI_SANDBOX_PORT: port of the sandbox."""
    database_path: Path = PROJECT_ROOT / "var" / "imss-sandbox.db"
    """PTI_SANDBOX_DATABASE_PATH: file of the sandbox's own SQLite database."""
    control_token: str = field(default="", repr=False)
    """PTI_SANDBOX_CONTROL_TOKEN: bearer token of the sandbox's control interface; empty: it is
    closed."""

    @property
    def url(self) -> str:
        """The address under which the sandbox answers on this machine."""
        return f"http://{self.host}:{self.port}"


def read_imss(environ: Mapping[str, str]) -> ImssSettings:
    """The institute's services, from their variables."""
    url, default = read_text(environ, "PTI_IMSS_URL", ""), ImssSettings
    token = environ.get("PTI_IMSS_TOKEN", "").strip()
    if url:
        web_address(environ, "PTI_IMSS_URL", url)
        if not token:
            raise SettingsError("PTI_IMSS_TOKEN is not set, and PTI_IMSS_URL is.")
    failures = read_number(environ, "PTI_IMSS_BREAKER_FAILURES", default.breaker_failures, int)
    if failures < 1:
        raise SettingsError("PTI_IMSS_BREAKER_FAILURES should be above zero.")
    return ImssSettings(
        url=url,
        token=token,
        connect_seconds=above_zero(environ, "PTI_IMSS_CONNECT_SECONDS", default.connect_seconds),
        read_seconds=above_zero(environ, "PTI_IMSS_READ_SECONDS", default.read_seconds),
        total_seconds=above_zero(environ, "PTI_IMSS_TOTAL_SECONDS", default.total_seconds),
        breaker_failures=failures,
        breaker_seconds=above_zero(environ, "PTI_IMSS_BREAKER_SECONDS", default.breaker_seconds),
    )


def read_sandbox(environ: Mapping[str, str]) -> SandboxSettings:
    """The sandbox, from its variables."""
    default = SandboxSettings
    return SandboxSettings(
        host=read_text(environ, "PTI_SANDBOX_HOST", default.host),
        port=read_number(environ, "PTI_SANDBOX_PORT", default.port, int),
        database_path=Path(
            read_text(environ, "PTI_SANDBOX_DATABASE_PATH", str(default.database_path))
        ),
        control_token=environ.get("PTI_SANDBOX_CONTROL_TOKEN", "").strip(),
    )

"""Every environment variable, once, typed and documented.

Nothing else in the project reads the environment. `.env.example` names the same variables; a test
holds the two together."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from honcho.environ import parse as parse_env_file

from bot.programme.exchange_rate import ConfiguredRate

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = PROJECT_ROOT / ".env"
ENVIRONMENTS = ("development", "production")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(Exception):
    """A variable is missing or cannot be read; the message names it and says what it should be."""


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


@dataclass(frozen=True)
class Settings:
    """The configuration of one process. Field comments are the variables' documentation."""

    encryption_keys: tuple[str, ...] = field(repr=False)
    """PTI_ENCRYPTION_KEYS: Fernet keys, comma separated; the first encrypts, all decrypt."""
    index_key: str = field(repr=False)
    """PTI_INDEX_KEY: secret of the keyed index by which addresses are found without being
    readable."""
    database_url: str = f"sqlite:///{PROJECT_ROOT / 'var' / 'pti.db'}"
    """PTI_DATABASE_URL: sqlite:///path or postgresql://user:password@host/name."""
    model_path: Path = PROJECT_ROOT / "models"
    """PTI_MODEL_PATH: a trained model, or the folder whose newest model is used."""
    gateway_host: str = "127.0.0.1"
    """PTI_GATEWAY_HOST: address on which the gateway listens."""
    gateway_port: int = 8080
    """PTI_GATEWAY_PORT: port of the gateway."""
    public_url: str = "http://127.0.0.1:8080"
    """PTI_PUBLIC_URL: address without a path by which people reach the gateway; default: this
    machine's, with the gateway's port. In production https, or this machine."""
    link_seconds: float = 3600.0
    """PTI_LINK_SECONDS: how long a link to a stored file is good at most."""
    brain_concurrency: int = 8
    """PTI_BRAIN_CONCURRENCY: conversations that one brain handles side by side."""
    claim_seconds: float = 10.0
    """PTI_CLAIM_SECONDS: how long a claim on a message lasts without being renewed."""
    max_attempts: int = 3
    """PTI_MAX_ATTEMPTS: after so many failures a message is set aside and the person is told."""
    chat_messages_burst: int = 30
    """PTI_CHAT_MESSAGES_BURST: messages a chat session may send at once."""
    chat_messages_per_second: float = 2.0
    """PTI_CHAT_MESSAGES_PER_SECOND: messages a second a chat session may send over time."""
    chat_sessions_burst: int = 200
    """PTI_CHAT_SESSIONS_BURST: chat sessions one network address may open at once."""
    chat_sessions_per_second: float = 2.0
    """PTI_CHAT_SESSIONS_PER_SECOND: chat sessions a second one network address may open over
    time."""
    exchange_rate: ConfiguredRate | None = None
    """PTI_EXCHANGE_RATE, PTI_EXCHANGE_RATE_DATE: pesos for one US dollar and the day (YYYY-MM-DD)
    of that rate; they replace the dated figure of the parameters."""
    environment: str = "development"
    """PTI_ENVIRONMENT: development or production. In production the sandbox does not start and
    answers of a test service are not believed."""
    imss: ImssSettings = field(default_factory=ImssSettings)
    sandbox: SandboxSettings = field(default_factory=SandboxSettings)
    log_level: str = "INFO"
    """PTI_LOG_LEVEL: DEBUG, INFO, WARNING or ERROR."""

    @property
    def is_production(self) -> bool:
        """Whether real people are served."""
        return self.environment == "production"


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. `pti init` makes it and keeps it in .env.")
    return value


def _number(environ: Mapping[str, str], name: str, default: Any, kind: type) -> Any:
    raw = environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return kind(raw)
    except (ValueError, InvalidOperation) as error:
        raise SettingsError(f"{name} should be a number, not {raw!r}.") from error


def _day(environ: Mapping[str, str], name: str) -> date | None:
    raw = environ.get(name, "").strip()
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise SettingsError(f"{name} should be a day like 2026-11-23, not {raw!r}.") from error


def configured_rate(environ: Mapping[str, str]) -> ConfiguredRate | None:
    """The exchange rate of PTI_EXCHANGE_RATE and PTI_EXCHANGE_RATE_DATE; None where neither is set.

    Raises SettingsError where only one of them is set, or the rate is not above zero.
    """
    pesos = _number(environ, "PTI_EXCHANGE_RATE", None, Decimal)
    day = _day(environ, "PTI_EXCHANGE_RATE_DATE")
    if pesos is None and day is None:
        return None
    if pesos is None or day is None:
        raise SettingsError(
            "PTI_EXCHANGE_RATE and PTI_EXCHANGE_RATE_DATE go together: set both or neither."
        )
    if not pesos.is_finite() or pesos <= 0:
        raise SettingsError("PTI_EXCHANGE_RATE should be above zero.")
    return ConfiguredRate(pesos, day)


def imss_is_configured(environ: Mapping[str, str]) -> bool:
    """Whether there is a service of the institute; without one people are told where to go."""
    return bool(environ.get("PTI_IMSS_URL", "").strip())


def model_path(environ: Mapping[str, str]) -> Path:
    """Where the trained model is, for what needs nothing else."""
    return Path(environ.get("PTI_MODEL_PATH", "").strip() or Settings.model_path)


def _text(environ: Mapping[str, str], name: str, default: str) -> str:
    return environ.get(name, "").strip() or default


def _environment(environ: Mapping[str, str]) -> str:
    named = _text(environ, "PTI_ENVIRONMENT", Settings.environment).lower()
    if named not in ENVIRONMENTS:
        raise SettingsError(f"PTI_ENVIRONMENT should be one of {', '.join(ENVIRONMENTS)}.")
    return named


def _imss(environ: Mapping[str, str]) -> ImssSettings:
    url, default = _text(environ, "PTI_IMSS_URL", ""), ImssSettings
    token = environ.get("PTI_IMSS_TOKEN", "").strip()
    if url:
        _web_address(environ, "PTI_IMSS_URL", url)
        if not token:
            raise SettingsError("PTI_IMSS_TOKEN is not set, and PTI_IMSS_URL is.")
    failures = _number(environ, "PTI_IMSS_BREAKER_FAILURES", default.breaker_failures, int)
    if failures < 1:
        raise SettingsError("PTI_IMSS_BREAKER_FAILURES should be above zero.")
    return ImssSettings(
        url=url,
        token=token,
        connect_seconds=_above_zero(environ, "PTI_IMSS_CONNECT_SECONDS", default.connect_seconds),
        read_seconds=_above_zero(environ, "PTI_IMSS_READ_SECONDS", default.read_seconds),
        total_seconds=_above_zero(environ, "PTI_IMSS_TOTAL_SECONDS", default.total_seconds),
        breaker_failures=failures,
        breaker_seconds=_above_zero(environ, "PTI_IMSS_BREAKER_SECONDS", default.breaker_seconds),
    )


def _web_address(environ: Mapping[str, str], name: str, url: str) -> SplitResult:
    """The parts of an address. Personal data must not travel in clear in production."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, half of a bracket
        usable = False
    if not usable:
        raise SettingsError(f"{name} should begin with https:// and name a host.")
    in_clear = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if in_clear and _environment(environ) == "production":
        raise SettingsError(f"{name} should begin with https:// in production.")
    return parts


def public_url(environ: Mapping[str, str]) -> str:
    """Where people reach the gateway, without a slash at the end, for what needs nothing else."""
    port = _number(environ, "PTI_GATEWAY_PORT", Settings.gateway_port, int)
    url = _text(environ, "PTI_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = _web_address(environ, "PTI_PUBLIC_URL", url)
    if url != f"{parts.scheme}://{parts.netloc}" or parts.username is not None:
        raise SettingsError("PTI_PUBLIC_URL should be https:// and a host, without a path.")
    return url


def _above_zero(environ: Mapping[str, str], name: str, default: float) -> float:
    number = float(_number(environ, name, default, float))
    if not (math.isfinite(number) and number > 0):
        raise SettingsError(f"{name} should be above zero.")
    return number


def _sandbox(environ: Mapping[str, str]) -> SandboxSettings:
    default = SandboxSettings
    return SandboxSettings(
        host=_text(environ, "PTI_SANDBOX_HOST", default.host),
        port=_number(environ, "PTI_SANDBOX_PORT", default.port, int),
        database_path=Path(_text(environ, "PTI_SANDBOX_DATABASE_PATH", str(default.database_path))),
        control_token=environ.get("PTI_SANDBOX_CONTROL_TOKEN", "").strip(),
    )


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from a mapping of variables.

    Raises SettingsError where a secret is missing or a value cannot be read.
    """

    def number(name: str, kind: type) -> Any:
        return _number(environ, name, getattr(Settings, name[len("PTI_") :].lower()), kind)

    keys = _secret(environ, "PTI_ENCRYPTION_KEYS")
    return Settings(
        encryption_keys=tuple(key.strip() for key in keys.split(",") if key.strip()),
        index_key=_secret(environ, "PTI_INDEX_KEY"),
        database_url=environ.get("PTI_DATABASE_URL", "").strip() or Settings.database_url,
        model_path=model_path(environ),
        gateway_host=environ.get("PTI_GATEWAY_HOST", "").strip() or Settings.gateway_host,
        gateway_port=number("PTI_GATEWAY_PORT", int),
        public_url=public_url(environ),
        link_seconds=_above_zero(environ, "PTI_LINK_SECONDS", Settings.link_seconds),
        brain_concurrency=number("PTI_BRAIN_CONCURRENCY", int),
        claim_seconds=number("PTI_CLAIM_SECONDS", float),
        max_attempts=number("PTI_MAX_ATTEMPTS", int),
        chat_messages_burst=number("PTI_CHAT_MESSAGES_BURST", int),
        chat_messages_per_second=number("PTI_CHAT_MESSAGES_PER_SECOND", float),
        chat_sessions_burst=number("PTI_CHAT_SESSIONS_BURST", int),
        chat_sessions_per_second=number("PTI_CHAT_SESSIONS_PER_SECOND", float),
        exchange_rate=configured_rate(environ),
        environment=_environment(environ),
        imss=_imss(environ),
        sandbox=_sandbox(environ),
        log_level=environ.get("PTI_LOG_LEVEL", "").strip().upper() or Settings.log_level,
    )


def environment(env_file: Path = ENV_FILE) -> dict[str, str]:
    """The process's variables over those of the `.env` file: what is exported wins, unless it is
    blank."""
    from_file = parse_env_file(env_file.read_text("utf-8")) if env_file.exists() else {}
    exported = {name: value for name, value in os.environ.items() if value.strip()}
    return {**os.environ, **from_file, **exported}


def load_settings() -> Settings:
    """Settings of this process, from its environment and `.env`."""
    return read_settings(environment())

"""Every environment variable, once, typed and documented.

Nothing else in the project reads the environment. `.env.example` names the same variables; a test
holds the two together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from honcho.environ import parse as parse_env_file

from bot.programme.exchange_rate import ConfiguredRate
from bot.programme.office_hours import OfficeHours
from bot.settings.console import ConsoleSettings, read_console
from bot.settings.delivery import DeliverySettings, read_delivery
from bot.settings.institute import ImssSettings, SandboxSettings, read_imss, read_sandbox
from bot.settings.media import MediaSettings, TranscriptionSettings, read_media
from bot.settings.office import read_office_hours as office_hours
from bot.settings.phone import HandoffSettings, VoiceSettings, read_handoff, read_voice
from bot.settings.reading import (
    ENV_FILE,
    LOOPBACK,
    PROJECT_ROOT,
    SettingsError,
    above_zero,
    environment_name,
    read_day,
    read_number,
    read_secret,
    read_text,
    web_address,
)
from bot.settings.retention import RetentionSettings, read_retention
from bot.settings.status import StatusSettings, read_status
from bot.settings.telegram import TelegramSettings, read_telegram
from bot.settings.twilio import TwilioSettings, read_twilio

__all__ = [
    "ENV_FILE",
    "LOOPBACK",
    "PROJECT_ROOT",
    "ConsoleSettings",
    "DeliverySettings",
    "HandoffSettings",
    "ImssSettings",
    "MediaSettings",
    "RetentionSettings",
    "SandboxSettings",
    "Settings",
    "SettingsError",
    "StatusSettings",
    "TelegramSettings",
    "TranscriptionSettings",
    "TwilioSettings",
    "VoiceSettings",
    "configured_rate",
    "environment",
    "imss_is_configured",
    "load_settings",
    "model_path",
    "office_hours",
    "public_url",
    "read_settings",
]


@dataclass(frozen=True)
class Settings:
    """The configuration of one process. Field comments are the variables' documentation."""

    encryption_keys: tuple[str, ...] = field(repr=False)
    """PTI_ENCRYPTION_KEYS: of `pti keys new`, comma separated; the first encrypts, all decrypt."""
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
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    status: StatusSettings = field(default_factory=StatusSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    office_hours: OfficeHours | None = None
    """PTI_OFFICE_HOURS, PTI_OFFICE_HOLIDAYS: when people of the call center answer and on which
    days they do not; where nothing is set, people are told that the hours are not known."""
    twilio: TwilioSettings | None = None
    telegram: TelegramSettings | None = None
    handoff: HandoffSettings = field(default_factory=HandoffSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    log_level: str = "INFO"
    """PTI_LOG_LEVEL: DEBUG, INFO, WARNING or ERROR."""

    @property
    def is_production(self) -> bool:
        """Whether real people are served."""
        return self.environment == "production"


def configured_rate(environ: Mapping[str, str]) -> ConfiguredRate | None:
    """The exchange rate of PTI_EXCHANGE_RATE and PTI_EXCHANGE_RATE_DATE; None where neither is set.

    Raises SettingsError where only one of them is set, or the rate is not above zero.
    """
    pesos = read_number(environ, "PTI_EXCHANGE_RATE", None, Decimal)
    day = read_day(environ, "PTI_EXCHANGE_RATE_DATE")
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


def public_url(environ: Mapping[str, str]) -> str:
    """Where people reach the gateway, without a slash at the end, for what needs nothing else."""
    port = read_number(environ, "PTI_GATEWAY_PORT", Settings.gateway_port, int)
    url = read_text(environ, "PTI_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/")
    parts = web_address(environ, "PTI_PUBLIC_URL", url)
    if url != f"{parts.scheme}://{parts.netloc}" or parts.username is not None:
        raise SettingsError("PTI_PUBLIC_URL should be https:// and a host, without a path.")
    return url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from a mapping of variables.

    Raises SettingsError where a secret is missing or a value cannot be read.
    """

    def number(name: str, kind: type) -> Any:
        return read_number(environ, name, getattr(Settings, name[len("PTI_") :].lower()), kind)

    keys = read_secret(environ, "PTI_ENCRYPTION_KEYS")
    twilio = read_twilio(environ)
    return Settings(
        encryption_keys=tuple(key.strip() for key in keys.split(",") if key.strip()),
        index_key=read_secret(environ, "PTI_INDEX_KEY"),
        database_url=environ.get("PTI_DATABASE_URL", "").strip() or Settings.database_url,
        model_path=model_path(environ),
        gateway_host=environ.get("PTI_GATEWAY_HOST", "").strip() or Settings.gateway_host,
        gateway_port=number("PTI_GATEWAY_PORT", int),
        public_url=public_url(environ),
        link_seconds=above_zero(environ, "PTI_LINK_SECONDS", Settings.link_seconds),
        brain_concurrency=number("PTI_BRAIN_CONCURRENCY", int),
        claim_seconds=number("PTI_CLAIM_SECONDS", float),
        max_attempts=number("PTI_MAX_ATTEMPTS", int),
        chat_messages_burst=number("PTI_CHAT_MESSAGES_BURST", int),
        chat_messages_per_second=number("PTI_CHAT_MESSAGES_PER_SECOND", float),
        chat_sessions_burst=number("PTI_CHAT_SESSIONS_BURST", int),
        chat_sessions_per_second=number("PTI_CHAT_SESSIONS_PER_SECOND", float),
        exchange_rate=configured_rate(environ),
        environment=environment_name(environ),
        imss=read_imss(environ),
        sandbox=read_sandbox(environ),
        console=read_console(environ),
        delivery=read_delivery(environ),
        retention=read_retention(environ),
        status=read_status(environ),
        media=read_media(environ),
        office_hours=office_hours(environ),
        twilio=twilio,
        telegram=read_telegram(environ),
        handoff=read_handoff(environ, twilio),
        voice=read_voice(environ, twilio),
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

"""What every part of the console is handed: settings, database, audit log, templates."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.templating import Jinja2Templates

from bot.console.audit import Audit
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.encryption import Cipher


@dataclass(frozen=True)
class House:
    """One console."""

    settings: Settings
    database: Database
    audit: Audit
    templates: Jinja2Templates

    @property
    def cipher(self) -> Cipher:
        """Opens the sealed columns."""
        return self.database.cipher

"""Every table of the database, whichever part it belongs to."""

from __future__ import annotations

from bot.storage.console_tables import desk

# The console's tables refer to the others: with them all are there.
metadata = desk.metadata

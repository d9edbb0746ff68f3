"""Every table of the database, whichever part it belongs to."""

from __future__ import annotations

from bot.storage.call_tables import voice_calls
from bot.storage.console_tables import desk
from bot.storage.media_tables import media

# Each part refers to the common tables: with one of each all are there.
PARTS = (voice_calls, desk, media)
(metadata,) = {part.metadata for part in PARTS}

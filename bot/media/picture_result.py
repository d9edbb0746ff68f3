"""How the process that reads pictures ends, for it and for those who started it."""

from __future__ import annotations

TOO_LARGE, UNREADABLE = 2, 3

"""The privacy notice that people agree to."""

from __future__ import annotations

NOTICE_VERSION = "2026-11"

"""The bot of the tests."""

from __future__ import annotations

TOKEN = "123456789:AAtestsOnlyTestsOnlyTestsOnly_12345"
WEBHOOK_SECRET = "a-secret-of-the-tests_0123456789"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

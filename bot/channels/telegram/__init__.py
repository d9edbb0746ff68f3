"""Telegram: people write to a bot, by its webhook or, in development, by asking for updates."""

"""Erasing what is older than it may be, kind by kind."""

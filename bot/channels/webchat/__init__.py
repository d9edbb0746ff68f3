"""The chat page and its interface."""

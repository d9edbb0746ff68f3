"""Reviewing: queues of messages, what reviewers say of them, and what becomes of that."""

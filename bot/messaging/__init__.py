"""Inbox, outbox, claims, the brain's loop, delivery."""

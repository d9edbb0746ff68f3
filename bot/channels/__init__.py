"""Doors: one folder a channel, each verifies, parses, renders, sends."""

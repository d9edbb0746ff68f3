"""Tests of the agents' console."""

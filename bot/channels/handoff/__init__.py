"""Calls of the phone line that go on in writing."""

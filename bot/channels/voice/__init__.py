"""Calls that Twilio answers: the same assistant, heard instead of read."""

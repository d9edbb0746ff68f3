"""Accounts and the audit log, for administrators."""

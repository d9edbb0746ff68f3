"""What speaks against a new password that somebody chose."""

from __future__ import annotations

from bot.console.accounts import Member
from bot.console.passwords import fits, problem_with


def problem_with_new(member: Member, password: str, again: str) -> str | None:
    """The name of the text that says what is wrong; None: nothing."""
    if password != again:
        return "not_the_same"
    problem = problem_with(password, member.login)
    if problem is None and fits(member.password_hash, password):
        return "same_as_before"
    return problem

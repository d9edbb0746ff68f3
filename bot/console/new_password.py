"""A new password that somebody chose: what speaks against it, and how it is kept."""

from __future__ import annotations

from bot.console.accounts import Accounts, Member
from bot.console.house import House
from bot.console.passwords import fits, hash_password, problem_with
from bot.console.renewal import renew


def problem_with_new(member: Member, password: str, again: str) -> str | None:
    """The name of the text that says what is wrong; None: nothing."""
    if password != again:
        return "not_the_same"
    problem = problem_with(password, member.login)
    if problem is None and fits(member.password_hash, password):
        return "same_as_before"
    return problem


def keep_new_password(house: House, account_id: int, password: str) -> str:
    """Keeps the password, ends the account's sessions and gives the token of a new one."""
    kept = hash_password(password)
    accounts = Accounts(house.database)
    return renew(
        house,
        account_id,
        "password_changed",
        lambda connection: accounts.set_password(connection, account_id, kept, for_now=False),
    )

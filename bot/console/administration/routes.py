"""The pages of administration."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.administration.accounts import AccountPages
from bot.console.administration.audit_log import AuditPages
from bot.console.administration.deeds import AccountDeeds
from bot.console.house import House


def routes(house: House) -> list[Route]:
    """Their routes."""
    pages, deeds, audit = AccountPages(house), AccountDeeds(house), AuditPages(house)
    one = "/accounts/{account_id:int}"
    return [
        Route("/accounts", pages.all, methods=["GET"]),
        Route("/accounts", deeds.make, methods=["POST"]),
        Route("/accounts/new", pages.new, methods=["GET"]),
        Route(one, pages.one, methods=["GET"]),
        Route(f"{one}/role", deeds.change_role, methods=["POST"]),
        Route(f"{one}/block", deeds.block, methods=["POST"]),
        Route(f"{one}/free", deeds.free, methods=["POST"]),
        Route(f"{one}/password", deeds.reset_password, methods=["POST"]),
        Route(f"{one}/second-step/remove", deeds.remove_second_step, methods=["POST"]),
        Route(f"{one}/sessions/end", deeds.end_sessions, methods=["POST"]),
        Route("/audit", audit.show, methods=["GET"]),
    ]

"""The pages of one's own account."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.house import House
from bot.console.own.account import OwnAccount
from bot.console.own.second_step import OwnSecondStep


def routes(house: House) -> list[Route]:
    """Their routes."""
    own, second_step = OwnAccount(house), OwnSecondStep(house)
    return [
        Route("/account", own.show, methods=["GET"]),
        Route("/account/password", own.change_password, methods=["POST"]),
        Route("/account/language", own.change_language, methods=["POST"]),
        Route("/account/sessions/end", own.end_other_sessions, methods=["POST"]),
        Route("/account/second-step", second_step.show, methods=["GET"]),
        Route("/account/second-step", second_step.set_up, methods=["POST"]),
        Route("/account/second-step/remove", second_step.remove, methods=["POST"]),
    ]

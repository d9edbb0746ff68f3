"""The pages of coming in and going out."""

from __future__ import annotations

from starlette.routing import Route

from bot.console.entrance.first_time import FirstTime
from bot.console.entrance.login import Login
from bot.console.entrance.proving import Proving
from bot.console.house import House


def routes(house: House) -> list[Route]:
    """Their routes."""
    login, first_time, proving = Login(house), FirstTime(house), Proving(house)
    return [
        Route("/", login.home, methods=["GET"]),
        Route("/login", login.show, methods=["GET"]),
        Route("/login", login.enter, methods=["POST"]),
        Route("/login/code", login.show_code, methods=["GET"]),
        Route("/login/code", login.enter_code, methods=["POST"]),
        Route("/login/password", first_time.show_password, methods=["GET"]),
        Route("/login/password", first_time.set_password, methods=["POST"]),
        Route("/login/second-step", first_time.show_second_step, methods=["GET"]),
        Route("/login/second-step", first_time.set_second_step, methods=["POST"]),
        Route("/logout", login.leave, methods=["POST"]),
        Route("/prove", proving.show, methods=["GET"]),
        Route("/prove", proving.prove, methods=["POST"]),
    ]

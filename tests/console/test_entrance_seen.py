"""Login, second step and first password in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from tests.console.browser import Desk, assert_accessible


def test_login(desks: Callable[..., Desk]) -> None:
    desk = desks()
    page = desk.go("/account")
    assert page.url == f"{desk.url}/login?next=/account"
    assert_accessible(page)
    page = desk.log_in("agent")
    assert page.locator(".who").inner_text().startswith("Cuenta agent")
    desk.go("/account")
    assert_accessible(page)

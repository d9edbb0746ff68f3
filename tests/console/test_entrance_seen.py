"""Coming in and going out in a real browser, and what is said where that fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from bot.console.throttle import MOST_BY_ACCOUNT
from tests.console.browser import TABLET, Desk, assert_accessible
from tests.console.running import PASSWORD, RunningConsole

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NEW = "una contraseña que nadie más sabe"


@pytest.fixture(autouse=True)
def nobody_failed(console: RunningConsole) -> Iterator[None]:
    """Each test counts from zero."""
    yield
    console.forget_failures()


def code(secret: str = SECRET, steps: int = 0) -> str:
    """The code of now, or of so many steps later."""
    return str(pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps))


def test_the_login_leads_where_one_wanted_to_go(desks: Callable[..., Desk]) -> None:
    desk = desks()
    page = desk.go("/account?done=language")
    expect(page).to_have_title(re.compile("Entrar"))
    assert_accessible(page)
    page.keyboard.type("agent")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account?done=language")
    expect(page.locator(".who")).to_contain_text("Cuenta agent")
    assert_accessible(page)


def test_a_wrong_password(desks: Callable[..., Desk]) -> None:
    desk = desks(viewport=TABLET)
    page = desk.go("/login")
    page.locator("#login").fill("agent")
    page.locator("#password").fill("no es esta")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("La cuenta o la contraseña no es correcta.")
    expect(page.locator("#login")).to_have_value("agent")
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#password")).to_have_value("")
    assert_accessible(page)
    desk.forgive("422")


def test_too_many_tries(console: RunningConsole, desks: Callable[..., Desk]) -> None:
    elsewhere = console.client()
    for _ in range(MOST_BY_ACCOUNT):
        elsewhere.login("reviewer", "no es esta")
    desk = desks()
    page = desk.go("/login")
    page.locator("#login").fill("reviewer")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Espere 15 minutos")
    assert_accessible(page)
    desk.forgive("429")


def test_the_first_login_asks_for_a_password_of_ones_own(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    console.make_account("newcomer", "agent", fresh=True)
    desk = desks("newcomer")
    page = desk.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Elija su contraseña")
    assert_accessible(page)
    page.goto(f"{desk.url}/account")
    expect(page).to_have_url(re.compile("/login/password"))
    for typed, again, problem in [
        ("corta", "corta", "muy corta"),
        (NEW, f"{NEW}.", "no son iguales"),
        ("contraseña-1234", "contraseña-1234", "más usadas"),
        (PASSWORD, PASSWORD, "ya tenía"),
    ]:
        page.locator("#new").fill(typed)
        page.locator("#again").fill(again)
        page.locator("#again").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(problem)
    assert_accessible(page)
    page.locator("#new").fill(NEW)
    page.locator("#again").fill(NEW)
    page.locator("#again").press("Enter")
    expect(page.locator(".who")).to_contain_text("Cuenta newcomer")
    desk.forgive("422")


def test_setting_up_the_second_step_and_coming_in_with_it(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    console.make_account("careful", "agent")
    desk = desks("careful")
    page = desk.go("/account")
    page.get_by_role("link", name="Activar").click()
    expect(page.get_by_role("img", name="Código QR")).to_be_visible()
    assert_accessible(page)
    secret = page.locator(".letters").inner_text().replace(" ", "")
    page.locator("#code").fill("1")
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no es correcto")
    assert page.locator(".letters").inner_text().replace(" ", "") == secret
    assert_accessible(page)
    used = code(secret)
    page.locator("#code").fill(used)
    page.locator("#code").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("quedó activado")

    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/login")
    desk.log_in("careful")
    expect(page.get_by_role("heading", level=1)).to_have_text("Segundo paso")
    assert_accessible(page)
    page.locator("#code").fill(used)
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ya se usó")
    page.locator("#code").fill(code(secret, 1))
    page.locator("#code").press("Enter")
    expect(page.locator(".who")).to_contain_text("Cuenta careful")
    desk.forgive("422")


def test_coming_in_with_another_account(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    account = console.make_account("shared-machine", "agent")
    console.give_second_step(account, SECRET)
    desk = desks("shared-machine", viewport=TABLET)
    desk.page.get_by_role("button", name="Entrar con otra cuenta").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Entrar")
    desk.log_in("agent")
    expect(desk.page.locator(".who")).to_contain_text("Cuenta agent")


def test_where_it_is_required_the_second_step_comes_first(
    console: RunningConsole, browser: Browser
) -> None:
    strict = replace(console.settings.console, second_step="required")
    other = RunningConsole(replace(console.settings, console=strict), accounts_there=True)
    console.make_account("must-have", "agent")
    desk = Desk(browser, other.url)
    try:
        page = desk.log_in("must-have")
        expect(page).to_have_url(re.compile("/login/second-step"))
        assert_accessible(page)
        page.locator("#code").fill(code(page.locator(".letters").inner_text().replace(" ", "")))
        page.locator("#code").press("Enter")
        expect(page.locator(".who")).to_contain_text("Cuenta must-have")
        page.goto(f"{other.url}/account")
        expect(page.get_by_role("button", name="Quitar")).to_have_count(0)
        assert desk.complaints.left == []
    finally:
        desk.close()
        other.stop()


def test_logging_out(desks: Callable[..., Desk]) -> None:
    desk = desks("agent")
    page = desk.go("/account")
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/login")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrar")
    assert desk.context.cookies()[0]["httpOnly"]


def test_the_page_before_is_not_kept(desks: Callable[..., Desk]) -> None:
    """Somebody else at the same machine goes back and sees nothing."""
    desk = desks("agent")
    page = desk.go("/account")
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url("**/login")
    for _ in range(2):
        page.go_back()
        assert "Cuenta agent" not in page.content()


def test_a_link_from_another_site_finds_one_in(desks: Callable[..., Desk]) -> None:
    """The cookie does not come with it (SameSite=Strict); the page asks for itself once more."""
    desk = desks("agent")
    page = desk.page
    link = f'<a href="{desk.url}/account?done=language">a conversation</a>'
    page.route(
        "http://other.example/", lambda route: route.fulfill(body=link, content_type="text/html")
    )
    page.goto("http://other.example/")
    page.get_by_role("link").click()
    expect(page.locator(".who")).to_contain_text("Cuenta agent")
    expect(page).to_have_url(f"{desk.url}/account?done=language")


def test_a_form_on_another_site_does_nothing(desks: Callable[..., Desk]) -> None:
    desk = desks("agent")
    page = desk.page
    form = f"""<form method="post" action="{desk.url}/account/language">
        <input name="language" value="en"><button>Win a prize</button></form>"""
    page.route(
        "http://other.example/", lambda route: route.fulfill(body=form, content_type="text/html")
    )
    page.goto("http://other.example/")
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La página ya no servía")
    assert_accessible(page)
    desk.go("/account")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    desk.forgive("403")


def test_another_sites_frame_stays_empty(desks: Callable[..., Desk]) -> None:
    desk = desks("agent")
    page = desk.page
    frame = f'<iframe src="{desk.url}/account"></iframe>'
    page.route(
        "http://other.example/", lambda route: route.fulfill(body=frame, content_type="text/html")
    )
    page.goto("http://other.example/")
    page.wait_for_timeout(300)
    assert "Cuenta agent" not in page.frames[-1].content()
    desk.forgive("frame|ancestor|ERR_BLOCKED")


@pytest.mark.parametrize("locale", ["es-MX", "en-US"])
def test_the_browsers_language_until_one_is_in(desks: Callable[..., Desk], locale: str) -> None:
    desk = desks(locale=locale)
    page = desk.go("/login")
    expect(page.locator("html")).to_have_attribute("lang", locale[:2])
    page.get_by_role("link", name="English" if locale == "es-MX" else "Español").click()
    other = "en" if locale == "es-MX" else "es"
    expect(page.locator("html")).to_have_attribute("lang", other)
    assert_accessible(page)


def test_a_session_that_ended_asks_for_the_login_and_comes_back(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    desk = desks("supervisor")
    console.age_sessions("supervisor", seen_at=3600)
    page = desk.go("/account?done=language")
    expect(page).to_have_url(re.compile(r"/login\?next=/account%3Fdone%3Dlanguage"))
    page.locator("#login").fill("supervisor")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/account?done=language")


@pytest.mark.parametrize(("path", "status", "title"), [
    ("/nothing", 404, "No está aquí"), ("/accounts", 403, "Sin permiso"),
])  # fmt: skip
def test_errors_are_kind(desks: Callable[..., Desk], path: str, status: int, title: str) -> None:
    desk = desks("agent")
    page = desk.go(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert_accessible(page)
    page.get_by_role("link", name="Ir al inicio").click()
    expect(page.locator(".who")).to_contain_text("Cuenta agent")
    desk.forgive(str(status))

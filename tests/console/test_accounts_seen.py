"""Administration and one's own account in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.browser import DESKTOP, TABLET, Desk, assert_accessible
from tests.console.running import PASSWORD, RunningConsole

SIZES = [{"viewport": DESKTOP}, {"viewport": TABLET, "color_scheme": "dark"}]


@pytest.fixture(autouse=True)
def nobody_failed(console: RunningConsole) -> Iterator[None]:
    """Each test counts from zero."""
    yield
    console.forget_failures()


@pytest.mark.parametrize("size", SIZES, ids=["desktop light", "tablet dark"])
def test_every_page_is_accessible_and_fits(desks: Callable[..., Desk], size: Any) -> None:
    desk = desks("administrator", **size)
    for path in ("/accounts", "/accounts/new", "/accounts/1", "/audit", "/account",
                 "/account/second-step"):  # fmt: skip
        page = desk.go(path)
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path


def test_a_new_account_from_its_making_to_its_first_login(desks: Callable[..., Desk]) -> None:
    desk = desks("administrator")
    page = desk.go("/accounts")
    page.get_by_role("link", name="Cuenta nueva").click()
    page.locator("#name").fill("María Gómez")
    page.locator("#login").fill("María")
    page.locator("#role").select_option("reviewer")
    page.locator("#language").select_option("en")
    page.get_by_role("button", name="Crear cuenta").click()
    expect(page.get_by_role("alert")).to_contain_text("letras sin acento")
    expect(page.locator("#name")).to_have_value("María Gómez")
    expect(page.locator("#role")).to_have_value("reviewer")
    page.locator("#login").fill("Maria.Gomez")
    page.get_by_role("button", name="Crear cuenta").click()
    password = page.locator(".secret").inner_text()
    assert re.fullmatch(r"[a-z0-9]{5}(-[a-z0-9]{5}){3}", password)
    assert_accessible(page)
    page.get_by_role("link", name="Ya la anoté").click()
    expect(page.get_by_role("row", name="María Gómez")).to_contain_text("Falta su primera entrada")
    assert password not in page.content()

    theirs = desks()
    theirs.log_in("maria.gomez", password)
    expect(theirs.page.locator("html")).to_have_attribute("lang", "en")
    theirs.page.locator("#new").fill("a phrase of my own here")
    theirs.page.locator("#again").fill("a phrase of my own here")
    theirs.page.locator("#again").press("Enter")
    expect(theirs.page.locator(".who")).to_contain_text("María Gómez")
    expect(theirs.page.get_by_role("link", name="Accounts")).to_have_count(0)
    desk.forgive("422")


def test_blocking_and_freeing(console: RunningConsole, desks: Callable[..., Desk]) -> None:
    account = console.make_account("leaving", "agent")
    theirs, desk = desks("leaving"), desks("administrator", viewport=TABLET)
    page = desk.go(f"/accounts/{account}")
    page.get_by_role("button", name="Bloquear la cuenta").click()
    expect(page.get_by_role("status").first).to_contain_text("quedó bloqueada")
    assert_accessible(page)
    theirs.go("/account")
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("Entrar")
    page.get_by_role("button", name="Desbloquear la cuenta").click()
    theirs.log_in("leaving")
    expect(theirs.page.locator(".who")).to_contain_text("Cuenta leaving")


def test_the_last_administrator_stays(console: RunningConsole, desks: Callable[..., Desk]) -> None:
    desk = desks("administrator")
    page = desk.go(f"/accounts/{console.logins['administrator']}")
    page.locator("#role").select_option("agent")
    page.get_by_role("button", name="Cambiar rol").click()
    expect(page.get_by_role("alert")).to_contain_text("última cuenta de administración")
    expect(page.locator("#role")).to_have_value("administrator")
    assert_accessible(page)
    desk.forgive("422")


def test_a_password_that_was_forgotten(console: RunningConsole, desks: Callable[..., Desk]) -> None:
    account = console.make_account("forgetful", "agent")
    page = desks("administrator").go(f"/accounts/{account}")
    page.get_by_role("button", name="Dar una contraseña nueva").click()
    password = page.locator(".secret").inner_text()
    theirs = desks()
    theirs.log_in("forgetful", password)
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("Elija su contraseña")


def test_delicate_pages_ask_who_it_is_again(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    desk = desks("administrator")
    console.age_sessions("administrator", proved_at=3600)
    page = desk.go("/accounts/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirme que es usted")
    assert_accessible(page)
    page.locator("#password").fill("no es esta")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no es correcta")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/accounts/new")
    desk.forgive("422")


def test_ones_own_password_and_other_sessions(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    console.make_account("own", "agent")
    here, there = desks("own"), desks("own")
    page = here.go("/account")
    page.locator("#present").fill("no es esta")
    page.locator("#new").fill("otra frase que sí recuerdo")
    page.locator("#again").fill("otra frase que sí recuerdo")
    page.get_by_role("button", name="Cambiar contraseña").click()
    expect(page.get_by_role("alert")).to_contain_text("de ahora no es correcta")
    page.locator("#present").fill(PASSWORD)
    page.locator("#new").fill("otra frase que sí recuerdo")
    page.locator("#again").fill("otra frase que sí recuerdo")
    page.get_by_role("button", name="Cambiar contraseña").click()
    expect(page.get_by_role("status").first).to_contain_text("quedó cambiada")
    there.go("/account")
    expect(there.page.get_by_role("heading", level=1)).to_have_text("Entrar")
    here.forgive("422")


def test_ones_own_language(console: RunningConsole, desks: Callable[..., Desk]) -> None:
    console.make_account("bilingual", "administrator")
    desk = desks("bilingual")
    page = desk.go("/account")
    page.locator("#language").select_option("en")
    page.get_by_role("button", name="Guardar idioma").click()
    expect(page.get_by_role("status").first).to_have_text("The language was kept.")
    for path in ("/accounts", "/accounts/new", "/accounts/1", "/audit", "/account/second-step"):
        desk.go(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page)


def test_the_keyboard_alone(desks: Callable[..., Desk]) -> None:
    desk = desks("administrator")
    page = desk.go("/accounts")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Atajos del teclado")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    links = page.locator("[data-row] a")
    for key, place in [("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)]:
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))


def test_keys_are_letters_where_one_types(desks: Callable[..., Desk]) -> None:
    page = desks("administrator").go("/accounts/new")
    page.locator("#name").press_sequentially("¿jk? /")
    expect(page.locator("#name")).to_have_value("¿jk? /")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_names_that_would_like_to_be_more(
    console: RunningConsole, desks: Callable[..., Desk]
) -> None:
    """Script, markup, text from right to left, one word without end."""
    names = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "M" * 64, "שלום מריה"]
    desk = desks("administrator", viewport=TABLET)
    said: list[str] = []
    desk.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for number, name in enumerate(names):
        page = desk.go("/accounts/new")
        page.locator("#name").fill(name)
        page.locator("#login").fill(f"hostile-{number}")
        page.get_by_role("button", name="Crear cuenta").click()
        page.get_by_role("link", name="Ya la anoté").click()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert said == []


def test_the_audit_log_says_who_did_what(desks: Callable[..., Desk]) -> None:
    page = desks("administrator").go("/audit")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("Cuenta administrator")
    expect(first).to_contain_text("Entró")
    expect(first.locator("time")).to_have_attribute("title", re.compile(r"\d{4}, \d\d:\d\d:\d\d"))

"""Reviewing and the figures in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.console.reading.list_pages import topics
from bot.console.reviewing.queues import Queues
from tests.console.browser import DESKTOP, TABLET, Desk, assert_accessible
from tests.console.hostile import HOSTILE
from tests.console.running import RunningConsole
from tests.console.seeded import Writer, note

Desks = Callable[..., Desk]
SIZES = [{"viewport": DESKTOP}, {"viewport": TABLET, "color_scheme": "dark"}]


@pytest.fixture(scope="module")
def queue(console: RunningConsole) -> int:
    """A blind queue of what was not understood, with three messages."""
    database = console.database
    with database.writing() as connection:
        made = Queues(database).make(connection, "Sin entender", "fallback", "", blind=True)
    lost = note("out_of_scope", 0.12, decision="fallback")
    for text in ("venden carros usados", "carros usados baratos", "mi perro"):
        writer = Writer(database, "whatsapp", f"+1415555{len(text):04}")
        writer.says("hola", "Hola, ¿en qué le ayudo?", noted=note("greet", 0.99))
        writer.says(text, "No entendí.", noted=lost).says("gracias", "De nada.", noted=note())
    Writer(database).says("hello", "Hello", noted=note("greet", language="en"))
    return made


@pytest.mark.parametrize("size", SIZES, ids=["desktop light", "tablet dark"])
def test_every_page_is_accessible_and_fits(desks: Desks, queue: int, size: Any) -> None:
    desk = desks("supervisor", **size)
    desk.go(f"/reviews/{queue}")
    first = desk.page.locator(".review-items a").first.get_attribute("href")
    assert first
    for path in ("/reviews", f"/reviews/{queue}", first, "/figures", "/figures/unclear"):
        page = desk.go(path)
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path


def test_from_a_new_queue_to_its_page(desks: Desks, queue: int) -> None:
    desk = desks("supervisor")
    page = desk.go("/reviews")
    page.locator("#name").fill("Muestra")
    page.locator("#rule").select_option("random")
    page.locator("#percent").fill("mucho")
    page.get_by_role("button", name="Crear cola").click()
    expect(page.get_by_role("alert")).to_contain_text("porcentaje")
    expect(page.locator("#name")).to_have_value("Muestra")
    desk.forgive("422")
    page.locator("#percent").fill("100")
    page.get_by_role("button", name="Crear cola").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Muestra")
    assert page.locator(".review-items li").count() > 0
    page.get_by_role("button", name="Poner en pausa").click()
    expect(page.get_by_role("button", name="Volver a llenar")).to_be_visible()


def test_two_reviewers_and_a_supervisor_who_settles(desks: Desks, queue: int) -> None:
    label = topics("es")["ask_other_schemes"]
    first, second = desks("reviewer"), desks("administrator")
    for desk, verdict in ((first, "right"), (second, "wrong")):
        page = desk.go(f"/reviews/{queue}")
        page.get_by_role("link", name="Empezar a revisar").click()
        expect(page.locator(".message.reviewed .text")).to_have_text("venden carros usados")
        expect(page.locator(".message .text").first).to_have_text("hola")
        expect(page.get_by_text("Cuenta reviewer:")).to_have_count(0)
        page.locator(f"#verdict-{verdict}").check()
        if verdict == "wrong":
            page.locator("#topic").fill(label)
            expect(page.locator(f'#topics option[value="{label}"]')).to_have_count(1)
        page.locator("#quality-2").check()
        page.locator("#comment").fill("El asistente no vende nada.")
        page.get_by_role("button", name="Guardar y seguir").click()
        expect(page.locator(".message.reviewed .text")).to_have_text("carros usados baratos")
    page = desks("supervisor").go(f"/reviews/{queue}")
    expect(page.locator("dl.numbers")).to_contain_text("0 %")
    page.get_by_role("link", name="venden carros usados").first.click()
    expect(page.get_by_text("El asistente no vende nada.").first).to_be_visible()
    page.get_by_label("Es un tema nuevo").check()
    page.get_by_role("button", name="Decidir").click()
    expect(page.get_by_role("heading", name="Para decidir")).to_have_count(0)


def test_a_list_is_walked_with_keys(desks: Desks, queue: int) -> None:
    page = desks("supervisor").go(f"/reviews/{queue}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == page.locator(".review-items a").first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page.locator(".message.reviewed")).to_have_count(1)


def test_the_figures_of_a_period_with_their_definitions(desks: Desks, queue: int) -> None:
    page = desks("reviewer").go("/figures")
    number = page.locator('[data-figure="fallback"]')
    definition = number.get_by_role("tooltip", include_hidden=True)
    expect(definition).to_be_hidden()
    number.get_by_role("button").focus()
    expect(definition).to_be_visible()
    expect(definition).to_contain_text("De los mensajes en que se buscó un tema")
    chart = page.locator('[data-chart="by_channel"]')
    expect(chart.get_by_role("img", name="Conversaciones por canal")).to_be_visible()
    chart.get_by_text("Ver como tabla").click()
    expect(chart.get_by_role("row", name="WhatsApp 3")).to_be_visible()
    page.locator("#since").fill("2020-01-01")
    page.locator("#until").fill("2020-01-02")
    page.get_by_role("button", name="Ver", exact=True).click()
    expect(page.locator('[data-figure="messages"] dd')).to_have_text("0")
    expect(page.locator('[data-figure="fallback"] dd')).to_have_text("—")
    assert "since=2020-01-01&until=2020-01-02" in page.url


def test_what_was_not_understood_is_put_together(desks: Desks, queue: int) -> None:
    page = desks("reviewer").go("/figures/unclear")
    first = page.locator(".review-items > li").first
    expect(first.get_by_role("heading")).to_contain_text("carros · usados")
    expect(first.get_by_text("venden carros usados")).to_be_visible()


@pytest.mark.parametrize("language", ["en"])
def test_in_english(desks: Desks, queue: int, language: str) -> None:
    desk = desks("reviewer")
    page = desk.go("/account")
    page.locator("#language").select_option(language)
    page.locator("#language").locator("xpath=ancestor::form").get_by_role("button").click()
    expect(desk.go("/reviews").get_by_role("heading", level=1)).to_have_text("Review queues")
    expect(desk.go("/figures").get_by_role("heading", level=1)).to_have_text("Figures")
    page = desk.go("/account")
    page.locator("#language").select_option("es")
    page.locator("#language").locator("xpath=ancestor::form").get_by_role("button").click()


def test_what_is_written_to_do_harm_is_text(
    desks: Desks, console: RunningConsole, queue: int
) -> None:
    """All of it, in the list, on the message's own page, and among what was not understood."""
    database = console.database
    with database.writing() as connection:
        made = Queues(database).make(connection, "<b>x</b>", "complaint", "", blind=False)
    for text in HOSTILE.values():
        insult = note("insult", 0.1, decision="fallback")
        Writer(database).says(text, "No entendí.", noted=insult).says(text, "No.", noted=insult)
    desk = desks("supervisor", viewport=TABLET)
    page = desk.go(f"/reviews/{made}")
    items = page.locator(".review-items a").evaluate_all("all => all.map(a => a.pathname)")
    assert len(items) == min(2 * len(HOSTILE), 50)
    for path in (f"/reviews/{made}", *items[: 2 * len(HOSTILE) : 2], "/figures/unclear"):
        page = desk.go(path)
        assert "owned" not in page.title()
        assert page.locator("main script, main svg, main img, main [onerror]").count() == 0
        assert page.locator("a[href*=evil], a[href^=javascript], form[action*=evil]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

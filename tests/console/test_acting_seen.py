"""Agents at work in a real browser: the queue, the panel, two at once, everything by keyboard."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from bot.storage.console_tables import accounts, canned_answers
from tests.console.browser import ANSWER_MS, DESKTOP, TABLET, Desk, assert_accessible
from tests.console.running import RunningConsole
from tests.console.test_acting import CALLBACK, PHONE
from tests.console.waiting import AN_HOUR, Caller

expect.set_options(timeout=ANSWER_MS)
SIZES = {"desktop": DESKTOP, "tablet": TABLET}
Desks = Callable[..., Desk]
NO_SLOW_TIMERS = """
for (const name of ["setTimeout", "setInterval"]) {
  const real = window[name];
  window[name] = (deed, wait, ...given) => (wait >= 3000 ? 0 : real(deed, wait, ...given));
}
"""

HAND_BACK_AS_SOON_AS_IT_IS_THERE = """() => {
  const look = () => {
    const button = document.querySelector("[data-key='b']");
    if (button && !button.dataset.pressed) { button.dataset.pressed = "1"; button.click(); }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


def caller(console: RunningConsole, *said: str, channel: str = "web") -> Caller:
    return Caller(console.database, *(said or ("hola",)), channel=channel)


def opened(desk: Desk, who: Caller) -> Page:
    return desk.go(f"/conversations/{who.conversation}")


def taken_over(desk: Desk, who: Caller) -> Page:
    page = opened(desk, who)
    page.get_by_role("button", name="Tomar la conversación").click()
    expect(page.locator("#composer")).to_be_visible()
    return page


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_the_queue_is_legible(console: RunningConsole, desks: Desks, size: str) -> None:
    caller(console).waits("distress")
    who = caller(console)
    who.asked("callback", CALLBACK, due_in=-60)
    who.asked("complaint", {"text": "no atendieron a mi esposa"})
    page = desks("agent", viewport=SIZES[size]).go("/queue")
    expect(page.locator(".waiter.urgent").first).to_contain_text("está en apuros")
    assert fits(page)
    assert_accessible(page)


@pytest.mark.parametrize("size", SIZES)
def test_the_panel_is_legible(console: RunningConsole, desks: Desks, size: str) -> None:
    who = caller(console)
    who.asked("callback", CALLBACK, due_in=60)
    page = taken_over(desks("agent", viewport=SIZES[size]), who)
    page.locator("summary", has_text="Pasar a otra persona").click()
    assert fits(page)
    assert_accessible(page)


def test_in_the_dark(console: RunningConsole, desks: Desks) -> None:
    page = taken_over(desks("agent", color_scheme="dark"), caller(console))
    assert_accessible(page)
    page.goto(page.url.replace(page.url[page.url.index("/conversations") :], "/queue"))
    assert_accessible(page)


def test_the_queue_is_live(console: RunningConsole, desks: Desks) -> None:
    page = desks("agent").go("/queue")
    who = caller(console).waits()
    row = page.locator(f'a[href="/conversations/{who.conversation}"]')
    expect(row).to_be_visible()


def test_from_the_queue_to_the_hand_back_by_keyboard(console: RunningConsole, desks: Desks) -> None:
    who = caller(console, "necesito ayuda").waits("distress", since=2 * AN_HOUR * 1000)
    page = desks("agent").go("/queue")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/conversations/{who.conversation}$"))
    # The panel comes after the page.
    expect(page.get_by_role("button", name="Tomar la conversación")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#composer")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("Buenas tardes, dígame")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.agent")).to_contain_text("Buenas tardes, dígame")
    expect(page.locator("#text")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Tomar la conversación")).to_be_visible()
    assert [author for author, _ in who.written()] == ["system", "agent", "system"]


def test_a_key_pressed_as_soon_as_its_button_is_there(
    console: RunningConsole, desks: Desks
) -> None:
    """The form is HTMX's by then: the browser's own sending would end on an error page."""
    who = caller(console)
    page = opened(desks("agent"), who)
    expect(page.get_by_role("button", name="Tomar la conversación")).to_be_visible()
    page.evaluate(HAND_BACK_AS_SOON_AS_IT_IS_THERE)
    page.keyboard.press("t")
    expect(page.locator(".message.system")).to_have_count(2)
    expect(page.get_by_role("button", name="Tomar la conversación")).to_be_visible()


def test_what_one_writes_is_there_at_once_with_its_author(
    console: RunningConsole, desks: Desks
) -> None:
    """Also where the page never looks by itself for what is new."""
    who = caller(console)
    desk = desks("agent")
    desk.page.add_init_script(NO_SLOW_TIMERS)
    page = opened(desk, who)
    page.get_by_role("button", name="Tomar la conversación").click()
    expect(page.locator(".message.system")).to_contain_text("Cuenta agent")
    page.locator("#text").fill("aquí estoy")
    page.get_by_role("button", name="Enviar").click()
    mine = page.locator(".message.agent")
    expect(mine.locator(".text")).to_have_text("aquí estoy")
    expect(mine.locator(".by b")).to_have_text("Cuenta agent")


def test_the_newest_message_stays_in_sight(console: RunningConsole, desks: Desks) -> None:
    who = caller(console, *(f"mensaje {n}" for n in range(30)))
    page = taken_over(desks("agent"), who)
    who.says("y el último")
    expect(page.locator(".message.user").last).to_have_text(re.compile("y el último"))
    expect(page.locator(".message.user").last).to_be_in_viewport()
    page.locator("#timeline").evaluate("place => place.scrollTop = 0")
    expect(page.locator(".message.user").first).to_be_in_viewport()
    who.says("otro más")
    expect(page.locator(".message.user").last).to_have_text(re.compile("otro más"))
    expect(page.locator(".message.user").first).to_be_in_viewport()


def test_help_names_the_keys(console: RunningConsole, desks: Desks) -> None:
    page = opened(desks("agent"), caller(console))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Devolver al asistente")


def test_two_agents_at_once(console: RunningConsole, desks: Desks) -> None:
    who = caller(console)
    first, second = opened(desks("agent"), who), opened(desks("reviewer"), who)
    first.get_by_role("button", name="Tomar la conversación").click()
    expect(first.locator("#composer")).to_be_visible()
    second.get_by_role("button", name="Tomar la conversación").click()
    expect(second.get_by_role("alert")).to_have_text("Cuenta agent ya tiene esta conversación.")
    expect(second.locator("#composer")).to_have_count(0)


def test_the_other_ones_page_says_that_it_changed(console: RunningConsole, desks: Desks) -> None:
    who = caller(console)
    second = opened(desks("reviewer"), who)
    taken_over(desks("agent"), who)
    expect(second.locator("#standing")).to_contain_text("Esto cambió mientras lo veía.")
    second.get_by_role("button", name="Ver cómo está").click()
    expect(second.locator(".standing")).to_contain_text("Atiende una persona")
    expect(second.get_by_role("button", name="Tomar la conversación")).to_have_count(0)


def test_what_was_typed_survives_what_the_person_writes(
    console: RunningConsole, desks: Desks
) -> None:
    who = caller(console)
    page = taken_over(desks("agent"), who)
    page.locator("#text").fill("a medio escr")
    who.says("¿sigue ahí?")
    expect(page.locator(".message.user").last).to_contain_text("¿sigue ahí?")
    expect(page.locator("#text")).to_have_value("a medio escr")


def test_what_was_typed_survives_a_refusal(console: RunningConsole, desks: Desks) -> None:
    who = caller(console, channel="sms")
    page = taken_over(desks("agent"), who)
    who.stopped()
    page.locator("#text").fill("no se pierde")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("pidió no recibir mensajes")
    assert who.written()[-1][0] == "system"


def test_the_length_is_told_while_writing(console: RunningConsole, desks: Desks) -> None:
    page = taken_over(desks("agent"), caller(console, channel="sms"))
    page.locator("#text").fill("á" * 310)
    expect(page.locator("#measure")).to_have_text("310 letras · 3 × SMS")


def test_the_window_of_whatsapp(console: RunningConsole, desks: Desks) -> None:
    who = caller(console, channel="whatsapp")
    desk = desks("agent")
    page = taken_over(desk, who)
    expect(page.locator("#composer")).to_contain_text("WhatsApp acepta mensajes libres hasta")
    who.heard_ago(25 * AN_HOUR)
    page = opened(desk, who)
    expect(page.locator("#text")).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("button", name="Enviar la plantilla").click()
    expect(page.locator(".message.agent")).to_contain_text("seguimiento")


def test_a_canned_answer_is_put_behind_what_was_typed(
    console: RunningConsole, desks: Desks
) -> None:
    with console.database.writing() as connection:
        connection.execute(
            canned_answers.insert().values(
                short="firma", text_es="Le atendió {agent}.", text_en="-", changed_at=0.0
            )
        )
    page = taken_over(desks("agent"), caller(console))
    page.locator("#text").fill("Listo.")
    page.locator("#canned").select_option(label="firma")
    expect(page.locator("#text")).to_have_value("Listo.\nLe atendió Cuenta agent.")


def test_a_supervisor_keeps_canned_answers(console: RunningConsole, desks: Desks) -> None:
    desk = desks("supervisor")
    page = desk.go("/canned")
    page.get_by_label("Nombre corto").fill("horario")
    page.get_by_label("En español").fill("Lo {loquesea}")
    page.get_by_label("En inglés").fill("It")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("alert")).to_contain_text("llave que no se conoce")
    expect(page.get_by_label("En español")).to_have_value("Lo {loquesea}")
    desk.forgive("422")  # what Chromium says of the form that was refused
    page.get_by_label("En español").fill("Lo vemos mañana.")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="horario")).to_be_visible()
    assert_accessible(page)


def test_an_agent_only_reads_them(desks: Desks) -> None:
    desk = desks("agent")
    page = desk.go("/canned")
    expect(page.get_by_role("heading", name="Respuestas listas")).to_be_visible()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)


def test_a_file_is_sent(console: RunningConsole, desks: Desks) -> None:
    who = caller(console)
    page = taken_over(desks("agent"), who)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    page.locator("#file").set_input_files(
        {"name": "guía.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".message.agent")).to_contain_text("guia.png")
    page.locator("#file").set_input_files(
        {"name": "virus.png", "mimeType": "image/png", "buffer": b"MZ no es una foto"}
    )
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("Solo se envían PDF, PNG y JPEG")


def test_forward_with_a_note_and_take_up(console: RunningConsole, desks: Desks) -> None:
    who = caller(console)
    page = taken_over(desks("agent"), who)
    page.locator("summary", has_text="Pasar a otra persona").click()
    page.locator("#forward-to").select_option(label="Cuenta reviewer")
    page.locator("#forward-note").fill("Va en el paso del correo")
    page.locator("details").get_by_role("button", name="Pasar a otra persona").click()
    expect(page.locator(".standing")).to_contain_text("Espera a una persona")
    colleague = desks("reviewer").go("/queue")
    row = colleague.locator(".waiter", has=colleague.locator(f'a[href$="/{who.conversation}"]'))
    expect(row).to_contain_text("la pasó un colega")
    expect(row).to_contain_text("Cuenta reviewer")
    row.get_by_role("link").click()
    expect(colleague.locator(".kept-note")).to_contain_text("Va en el paso del correo")
    colleague.keyboard.press("t")
    expect(colleague.locator("#composer")).to_be_visible()


def test_close_with_a_reason(console: RunningConsole, desks: Desks) -> None:
    page = taken_over(desks("agent"), caller(console))
    page.locator("summary", has_text="Cerrar").click()
    page.locator("#reason").select_option(label="Se atendió por teléfono")
    page.locator("details").get_by_role("button", name="Cerrar").click()
    expect(page.locator(".standing")).to_contain_text("Cerrada")


def test_a_callback_from_the_number_to_the_end(console: RunningConsole, desks: Desks) -> None:
    who = caller(console)
    who.asked("callback", CALLBACK, due_in=-60)
    page = opened(desks("agent"), who)
    case = page.locator(".case")
    expect(case).not_to_contain_text(PHONE)
    case.get_by_role("button", name="Ver número").click()
    expect(case.get_by_role("link", name=PHONE)).to_be_visible()
    case.get_by_role("button", name="No contestó").click()
    expect(page.locator(".case")).to_contain_text("no contestó: 1")
    page.locator(".case").get_by_role("button", name="Hecho").click()
    expect(page.locator(".case")).to_have_count(0)


def test_notes_and_tags(console: RunningConsole, desks: Desks) -> None:
    page = opened(desks("agent"), caller(console))
    expect(page.locator("#note")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("habla mejor en la tarde")
    page.get_by_role("button", name="Guardar nota").click()
    expect(page.locator(".kept-note")).to_contain_text("habla mejor en la tarde")
    page.locator("#tag").fill("Consulado")
    page.get_by_role("button", name="Agregar").click()
    expect(page.locator(".tags")).to_contain_text("consulado")
    page.get_by_role("button", name="Quitar la etiqueta consulado").click()
    expect(page.locator(".tags .pill")).to_have_count(0)


@pytest.mark.parametrize(
    "text",
    ["<script>document.title='x'</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}",
     "\u202eatrás\u202c", "a" * 3000],
    ids=["script", "image", "template", "right-to-left", "long"],
)  # fmt: skip
def test_what_people_write_is_text(console: RunningConsole, desks: Desks, text: str) -> None:
    who = caller(console, text)
    page = opened(desks("agent"), who)
    # What turns the direction of a text is not shown.
    shown = text.strip("\u202e\u202c")
    expect(page.locator(".message.user .text")).to_have_text(shown)
    assert "Conversación" in page.title()
    assert fits(page)


def test_in_english(console: RunningConsole, desks: Desks) -> None:
    console.make_account("anna", "agent")
    with console.database.writing() as connection:
        connection.execute(
            accounts.update().where(accounts.c.login == "anna").values(language="en")
        )
    page = desks("anna").go("/queue")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()

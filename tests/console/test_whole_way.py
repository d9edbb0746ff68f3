"""An agent takes over a registration that is under way, writes, hands back, and it goes on: on the
chat page and over WhatsApp, through the real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from bot.settings import read_settings
from bot.storage.tables import conversations
from tests.console.browser import ANSWER_MS, Desk
from tests.console.running import RunningConsole
from tests.imss.made_up import new_person
from tests.support.service import SECRETS
from tests.twilio.house import House, wait_for
from tests.twilio.known import TWILIO

TURN_MS = 60_000
expect.set_options(timeout=ANSWER_MS)
PHONE = "whatsapp:+15558880001"


@pytest.fixture(scope="module")
def house(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Gateway, brain and Twilio's stand-in. The institute's service is named, and not needed: a
    registration asks for it only at its end."""
    folder = tmp_path_factory.mktemp("whole-way")
    service = {"PTI_IMSS_URL": "http://127.0.0.1:9", "PTI_IMSS_TOKEN": "a token of the tests"}
    opened = House(f"sqlite:///{folder / 'pti.db'}", model, folder, **service)
    opened.service.start("brain")
    opened.service.wait_until_ready()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def console(house: House) -> Iterator[RunningConsole]:
    """The console on the same database."""
    url = house.service.database_url
    running = RunningConsole(read_settings({**SECRETS, **TWILIO, "PTI_DATABASE_URL": url}))
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """The chat page, in front of somebody."""
    context = browser.new_context(locale="es-MX")
    opened = context.new_page()
    opened.set_default_timeout(TURN_MS)
    opened.goto(house.service.url)
    yield opened
    context.close()


@pytest.fixture
def agent(browser: Browser, console: RunningConsole) -> Iterator[Desk]:
    """An agent in front of the console."""
    desk = Desk(browser, console.url)
    desk.log_in("agent")
    yield desk
    desk.close()
    assert desk.complaints.left == []


def newest_conversation(console: RunningConsole) -> int:
    with console.database.reading() as connection:
        return int(connection.execute(select(func.max(conversations.c.id))).scalar_one())


def take_over(agent: Desk, conversation: int) -> Page:
    page = agent.go(f"/conversations/{conversation}")
    expect(page.locator(".standing")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#composer")).to_be_visible()
    return page


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Escriba su mensaje").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".message.user .text").last).to_have_text(text)


def test_on_the_chat_page(page: Page, agent: Desk, console: RunningConsole) -> None:
    last = page.locator(".message.bot .text").last
    say(page, "me quiero inscribir")
    expect(last).to_contain_text("¿Me da permiso?", timeout=TURN_MS)
    page.get_by_role("button", name="Acepto todo").click()
    expect(last).to_contain_text("Mándeme su CURP", timeout=TURN_MS)
    said = page.locator(".message.bot").count()

    panel = take_over(agent, newest_conversation(console))
    expect(page.locator(".message.system").last).to_contain_text("Cuenta agent")
    expect(page.locator("#status")).to_have_text("Le atiende una persona")
    say(page, "no encuentro mi curp")
    expect(panel.locator(".message.user").last).to_contain_text("no encuentro mi curp")
    panel.keyboard.press("r")
    panel.keyboard.type("La puede sacar en gob.mx/curp")
    panel.keyboard.press("Control+Enter")
    written = page.locator(".message.agent")
    expect(written.locator(".text")).to_have_text("La puede sacar en gob.mx/curp")
    expect(written.locator(".author")).to_have_text("Cuenta agent: ")
    say(page, "gracias, ya la tengo")
    # It is the agent's only if it came before the hand-back.
    expect(panel.locator(".message.user").last).to_contain_text("gracias, ya la tengo")
    assert page.locator(".message.bot").count() == said

    panel.keyboard.press("Escape")
    panel.keyboard.press("b")
    expect(last).to_contain_text("Mándeme su CURP", timeout=TURN_MS)
    expect(page.locator(".message.bot")).to_have_count(said + 1)
    expect(page.locator("#status")).to_have_text("Asistente automático")
    say(page, new_person().curp)
    expect(last).to_contain_text("¿Es usted?", timeout=TURN_MS)


def test_over_whatsapp(house: House, agent: Desk, console: RunningConsole) -> None:
    def told(*texts: str) -> None:
        """The newest message has these words."""
        wait_for(lambda: all(text in (house.bodies(PHONE) or [""])[-1] for text in texts))

    house.write(PHONE, "me quiero inscribir")
    told("Acepto todo")
    house.write(PHONE, "acepto todo")
    told("Mándeme su CURP")

    panel = take_over(agent, newest_conversation(console))
    told("Cuenta agent")
    house.write(PHONE, "¿con quién hablo?")
    expect(panel.locator(".message.user").last).to_contain_text("¿con quién hablo?")
    panel.keyboard.press("r")
    panel.keyboard.type("Con Lupita, del centro")
    panel.keyboard.press("Control+Enter")
    told("Con Lupita, del centro")
    heard = len(house.bodies(PHONE))

    panel.keyboard.press("Escape")
    panel.keyboard.press("b")
    told("Mándeme su CURP")
    # What was said: the notice that the agent has gone, and the step. Nothing of the message that
    # was the agent's.
    assert len(house.bodies(PHONE)) == heard + 2
    house.write(PHONE, new_person().curp)
    told("¿Es usted?")


def test_waiting_in_the_chat(page: Page, agent: Desk) -> None:
    """An agent is there: the person may wait, goes on asking, is found in the queue."""
    queue = agent.go("/queue")
    say(page, "quiero hablar con una persona")
    last = page.locator(".message.bot").last
    expect(last).to_contain_text("Hay personas del centro de atención", timeout=TURN_MS)
    page.get_by_role("button", name="Esperar aquí").click()
    expect(last).to_contain_text("Está esperando a una persona", timeout=TURN_MS)
    expect(queue.locator(".waiter").first).to_contain_text("pidió una persona")
    say(page, "mientras, ¿cómo se paga?")
    expect(last).not_to_contain_text("Está esperando", timeout=TURN_MS)
    say(page, "salir")
    expect(last).to_contain_text("ya no está esperando", timeout=TURN_MS)
    expect(queue.locator("#rows")).to_contain_text("Nadie espera.")

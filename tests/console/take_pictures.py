"""Takes the console's pictures: `python -m tests.console.take_pictures`.

The people in them are made up; what the pages show of them is what they would show of anybody.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import update

from bot.messaging.contents import Option, Reply
from bot.messaging.modes import wait_for_agent
from bot.nlg.catalogue import filled
from bot.people.record import Consent, PersonRecord
from bot.programme.person_name import FullName
from bot.programme.registration import RegistrationDraft
from bot.settings import read_settings
from bot.storage.console_tables import accounts, canned_answers, desk
from bot.storage.migrate import migrate
from bot.storage.tables import outbox
from tests.console.browser import DESKTOP, TABLET, Desk
from tests.console.busy_month import Month
from tests.console.running import RunningConsole
from tests.console.seeded import Writer, note
from tests.console.waiting import AN_HOUR, Caller
from tests.imss.made_up import MadeUp, new_person
from tests.media.files import certificate, certificate_text, jpeg, photographed
from tests.support.service import SECRETS
from tests.webchat.browser import running_browser
from tests.webchat.take_pictures import PICTURES

COLOURS = 128
TALL: ViewportSize = {"width": DESKTOP["width"], "height": 1150}
PHONE = "+14155550143"
NAMES = {
    "agent": "Lupita Rangel",
    "reviewer": "Óscar Téllez",
    "supervisor": "Marta Ibarra",
    "administrator": "Inés Cano",
}
CALLBACK = {"phone": PHONE, "from": "2026-11-26T10:00:00-06:00", "time_zone": "America/Chicago"}
CANNED = {
    "curp-donde": ("Su CURP se consulta gratis en gob.mx/curp", "Look your CURP up at gob.mx/curp"),
    "saludo": ("Buenas tardes, soy {agent}.", "Good afternoon, this is {agent}."),
}


def main() -> None:
    """Takes all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_console(folder) as console:
        people = Made(console)
        with running_browser() as browser:
            take_of_agent(browser, console, people)
            take_on_tablet(browser, console, people)
    take_of_supervisor()


@contextmanager
def open_console(folder: str) -> Iterator[RunningConsole]:
    """A console on a database of its own, whose accounts have names."""
    url = f"sqlite:///{Path(folder) / 'pti.db'}"
    migrate(url)
    console = RunningConsole(read_settings({**SECRETS, "PTI_DATABASE_URL": url}))
    with console.database.writing() as connection:
        for role, name in NAMES.items():
            of_role = accounts.c.login == role
            connection.execute(update(accounts).where(of_role).values(name=name))
        for short, (spanish, english) in CANNED.items():
            row = {"short": short, "text_es": spanish, "text_en": english, "changed_at": 0.0}
            connection.execute(canned_answers.insert().values(**row))
    yield console
    console.stop()


def answered(name: str, *options: str, **given: str) -> Reply:
    """A response of the assistant's, with what is to be filled in."""
    choices = tuple(Option(f"1.{n}", title, "inform", {}) for n, title in enumerate(options))
    return Reply(filled(name, "es", **given), choices, answer=name)


class Made:
    """The people of the pictures."""

    def __init__(self, console: RunningConsole) -> None:
        self.database = console.database
        self._lupita = console.logins["agent"]
        self._others()
        self.ana = self._ana(new_person())
        self._waiting()
        with self.database.writing() as connection:
            sent = outbox.c.state == "waiting"
            connection.execute(update(outbox).where(sent).values(state="delivered"))

    def _others(self) -> None:
        asked = Writer(self.database).says(
            "¿mis papás también entran?", answered("utter_ask_who_is_covered_simple"),
            noted=note("ask_who_is_covered", 0.94),
        )  # fmt: skip
        asked.on_desk(unread=0)
        english = Writer(self.database, "telegram", "77").says(
            "how much would I pay per month", Reply("It depends on what you earn."),
            noted=note("compute_quota", 0.88, language="en"),
        )  # fmt: skip
        english.on_desk(language="en", quota_at=1.0)
        lost = Writer(self.database, "sms", "+14155550199").says(
            "asdf lo del papel ese", Reply("No le entendí. ¿Me lo dice con otras palabras?"),
            noted=note("out_of_scope", 0.21, decision="fallback"),
        )  # fmt: skip
        lost.on_desk(delivery_failures=1).tagged(self._lupita, "consulado")
        paid = Writer(self.database, "whatsapp", "+14155550155").says(
            "ya pagué, ¿ahora qué sigue?", noted=note("check_payment_status", 0.9)
        )
        paid.on_desk(unread=0, registered_at=1.0, line_at=1.0)

    def _waiting(self) -> None:
        urgent = Caller(self.database, "estoy en apuros, me sacaron de mi casa", channel="sms")
        urgent.waits("distress", since=AN_HOUR / 10)
        patient = Caller(self.database, "quiero hablar con una persona").waits(since=AN_HOUR / 2)
        patient.asked("callback", CALLBACK, due_in=-60)
        patient.asked("complaint", {"text": "Me colgaron dos veces y nadie me explicó la cuota."})

    def _ana(self, made: MadeUp) -> Writer:
        ana = Writer(self.database, "whatsapp", PHONE)
        ana.says(
            "hola, quiero inscribirme pero no encuentro mi CURP",
            answered("utter_step_curp", "No la tengo", curp_length="18", progress="Paso 1 de 10."),
            noted=note("register", 0.93, decision="answer"),
        )
        photo = jpeg(photographed(certificate(certificate_text(made.curp))))
        answer = answered("utter_picture_without_curp", "Hablar con persona")
        ana.sends_file("photo", "foto.jpg", "image/jpeg", photo, answer)
        ana.says(
            f"es {made.curp} y mi correo ana.prueba@example.com",
            Reply("Gracias, ya lo anoté."),
            noted=note(None, None, decision="task"),
        )
        ana.says("prefiero que me ayude una persona", noted=note("talk_to_agent", 0.97))
        name = FullName("Ana", "Prueba", "Inexistente")
        draft = RegistrationDraft(curp=made.curp, nss=made.nss, name=name)
        consent = Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", True)
        ana.is_known_as(PersonRecord(consent=consent, draft=draft, time_zone="America/Los_Angeles"))
        with self.database.writing() as connection:
            wait_for_agent(self.database, connection, ana.conversation, "asked")
            connection.execute(
                update(desk)
                .where(desk.c.conversation_id == ana.conversation)
                .values(mode_since=desk.c.mode_since - AN_HOUR / 4)
            )
        return ana


def take_of_agent(browser: Browser, console: RunningConsole, people: Made) -> None:
    """The list, the queue, a conversation that is being answered, what is unmasked."""
    at = Desk(browser, console.url, viewport=DESKTOP, reduced_motion="reduce")
    at.log_in("agent")
    keep(at.go("/conversations"), "console-list.png")
    keep(at.go("/queue"), "console-queue.png")
    page = at.go(f"/conversations/{people.ana.conversation}")
    expect(page.locator(".standing")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#composer")).to_be_visible()
    page.locator("#text").fill("Buenas tardes, Ana. Con gusto le ayudo: ¿me dice en qué paso va?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.agent")).to_be_visible()
    people.ana.says("me quedé en el correo")
    expect(page.locator(".message.user").last).to_contain_text("me quedé en el correo")
    page.locator("#text").fill("Va bien. Ahora escriba aquí")
    expect(page.locator("#measure")).to_contain_text("27 letras")
    keep(page, "console-conversation.png")
    page.locator(".unmask summary").click()
    page.locator("#unmask-reason").select_option("identify")
    page.locator(".unmask").scroll_into_view_if_needed()
    keep(page, "console-unmask.png")
    at.close()


def take_on_tablet(browser: Browser, console: RunningConsole, people: Made) -> None:
    """The same conversation on a tablet, in the dark, with its data open."""
    at = Desk(browser, console.url, viewport=TABLET, color_scheme="dark", reduced_motion="reduce")
    at.log_in("agent")
    page = at.go(f"/conversations/{people.ana.conversation}")
    expect(page.locator("#composer")).to_be_visible()
    page.get_by_role("link", name="Ver la imagen").click()
    expect(page.locator("img.picture")).to_be_visible()
    page.locator("img.picture").scroll_into_view_if_needed()
    keep(page, "console-tablet.png")
    at.close()


def take_of_supervisor() -> None:
    """The queues and the figures of a month."""
    with tempfile.TemporaryDirectory() as folder, open_console(folder) as console:
        month = Month(console.database, console.logins["agent"])
        month.review([console.logins["reviewer"], console.logins["administrator"]])
        with running_browser() as browser:
            at = Desk(browser, console.url, viewport=DESKTOP, reduced_motion="reduce")
            at.log_in("supervisor")
            keep(at.go("/reviews"), "console-reviews.png")
            page = at.go("/figures")
            page.get_by_role("link", name="30 días").click()
            expect(page.locator('[aria-current="true"]')).to_have_text("30 días")
            page.set_viewport_size(TALL)
            keep(page, "console-figures.png")
            at.close()


def keep(page: Page, name: str) -> None:
    """Keeps what the screen shows. With few colours a file is a third as large."""
    taken = Image.open(BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(PICTURES / name, optimize=True)


if __name__ == "__main__":
    main()

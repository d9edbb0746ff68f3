"""Reading in a real browser: the list, one conversation, what people write to do harm."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.messaging.contents import Incoming, Option, Reply
from bot.people.record import Consent, KeptLine, PersonRecord
from bot.programme.registration import RegistrationDraft
from bot.storage.console_tables import audit, desk
from bot.storage.tables import files
from tests.console.browser import DESKTOP, TABLET, Desk, assert_accessible
from tests.console.hostile import HOSTILE
from tests.console.running import RunningConsole
from tests.console.seeded import Writer, note

CURP, NSS, PHONE, EMAIL = "GOMC960312HDFRRL04", "12345678903", "+14155550143", "ana@example.com"
STREET = "Calle Benito Juárez 27"
RECORD = PersonRecord(
    consent=Consent("2026-06-10T12:00:00+00:00", "web", "2026-11", True),
    draft=RegistrationDraft(curp=CURP, nss=NSS, email=EMAIL, street=STREET),
    line=KeptLine("0123456789ABCDEF", "1987.65", "2026-12-05", "2026-12", "2026-12", True),
    time_zone="America/Los_Angeles",
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)

Desks = Callable[..., Desk]


@pytest.fixture(scope="module")
def ana(console: RunningConsole) -> Writer:
    """A person of whom all is known."""
    writer = Writer(console.database, "whatsapp", PHONE)
    writer.says("¿Qué beneficios tengo?", Reply("Atención médica.", answer="utter_ask_benefits"))
    keys = f"mi curp es {CURP}, nss {NSS}, cel 415 555 0143, correo {EMAIL}"
    choice = Option("1.1.1", "Seguir", "inform", {})
    writer.says(keys, Reply("Gracias", (choice,)), noted=note("inform", 0.42))
    writer.says(f"vivo en {STREET}", "Anotado", noted=note(None, None, decision="task"))
    writer.says(Incoming(media="voice"), "No puedo oír notas de voz.")
    writer.last_reply(state="failed", error="outside_window")
    writer.is_known_as(RECORD).on_desk(delivery_failures=1, registered_at=1.0)
    return writer


@pytest.fixture(scope="module", autouse=True)
def house(console: RunningConsole, ana: Writer) -> None:
    """Some more people."""
    database = console.database
    Writer(database).says("hello, how much is it", "It depends", noted=note(language="en"))
    lost = Writer(database, "sms", "+14155550199").says(
        "asdf qwer", "No entendí", noted=note("out_of_scope", 0.1, decision="fallback")
    )
    lost.on_desk(mode="waiting", unread=1).tagged(console.logins["agent"], "urgente")
    held = Writer(database, "telegram", "77").says("quiero una persona", "Claro")
    held.on_desk(mode="agent", holder_id=console.logins["agent"])


@pytest.fixture(params=[DESKTOP, TABLET], ids=["desktop", "tablet"])
def desk_of(request: pytest.FixtureRequest, desks: Desks) -> Callable[[str], Desk]:
    """Somebody in front of a screen of each size."""
    return lambda login: desks(login, viewport=request.param)


def previews(page: Page) -> list[str]:
    """How the conversations in the list begin."""
    return page.locator(".preview").all_inner_texts()


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_list(desk_of: Callable[[str], Desk]) -> None:
    page = desk_of("agent").go("/conversations")
    assert "quiero una persona" in previews(page)
    assert page.locator(".conversation", has_text="asdf").locator(".tag").inner_text() == "urgente"
    assert "Nota de voz" in previews(page)
    assert fits(page)
    assert_accessible(page)


def test_one_conversation(desk_of: Callable[[str], Desk], ana: Writer) -> None:
    page = desk_of("agent").go(f"/conversations/{ana.conversation}")
    first = page.locator(".message.user").first
    first.locator("summary").click()
    expect(first.locator(".ranking li")).to_have_count(5)
    assert "utter_ask_benefits" in first.inner_text()
    assert "12 ms" in first.inner_text()
    answer = page.locator(".message.bot").first
    assert re.search(r"Fuente: .+ revisada \d{4}-\d{2}", answer.inner_text())
    failed = page.locator(".message.bot").last
    assert "no entregado: pasaron más de 24 horas" in failed.inner_text()
    assert page.locator(".theirs").first.is_visible()
    assert fits(page)
    assert_accessible(page)


def test_nothing_personal_is_legible(desks: Desks, ana: Writer) -> None:
    desk = desks("agent")
    for path in ("/conversations", f"/conversations/{ana.conversation}"):
        html = desk.go(path).content()
        for secret in (CURP, NSS, "4155550143", "415 555 0143", EMAIL, STREET, "0123456789ABCDEF"):
            assert secret not in html, (path, secret)


def test_unmasking_asks_why_is_logged_and_lasts_for_the_view(
    desks: Desks, ana: Writer, console: RunningConsole
) -> None:
    page = desks("agent").go(f"/conversations/{ana.conversation}")
    page.locator(".unmask summary").click()
    assert_accessible(page)
    page.locator("#unmask-reason").select_option("identify")
    page.locator("#unmask-note").fill(f"llamó con {CURP}")
    page.get_by_role("button", name="Ver datos").click()
    expect(page.locator(".unmask .note")).to_be_visible()
    html = page.content()
    for secret in (CURP, NSS, EMAIL, STREET, PHONE):
        assert secret in html
    assert_accessible(page)
    with console.database.reading() as connection:
        entry = connection.execute(select(audit).where(audit.c.deed == "unmask")).all()[-1]
    assert entry.object == f"conversation/{ana.conversation}"
    assert "identify" in entry.detail
    assert CURP not in entry.detail
    page.get_by_role("link", name="Ocultar datos").click()
    expect(page.locator(".unmask summary")).to_be_visible()
    assert CURP not in page.content()


def test_another_reason_has_to_be_written(desks: Desks, ana: Writer) -> None:
    page = desks("agent").go(f"/conversations/{ana.conversation}")
    page.locator(".unmask summary").click()
    page.locator("#unmask-reason").select_option("other")
    page.get_by_role("button", name="Ver datos").click()
    expect(page.get_by_role("alert")).to_contain_text("Elija un motivo")
    assert CURP not in page.content()


def test_filters_stand_in_the_address(desk_of: Callable[[str], Desk]) -> None:
    page = desk_of("agent").go("/conversations")
    page.locator("#f-channel").select_option("sms")
    page.locator("[name=fallback]").check()
    page.get_by_role("button", name="Filtrar").click()
    assert previews(page) == ["asdf qwer"]
    assert "channel=sms" in page.url
    assert "fallback=1" in page.url
    page.reload()
    assert page.locator("#f-channel").input_value() == "sms"
    page.get_by_role("link", name="Quitar filtros").click()
    assert len(previews(page)) >= 4


def test_search_by_the_keyboard_alone(desks: Desks) -> None:
    page = desks("agent").go("/conversations")
    page.keyboard.press("/")
    page.keyboard.type("persona")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=persona"))
    assert previews(page) == ["quiero una persona"]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/conversations/\d+$"))
    expect(page.locator(".message .text").first).to_have_text("quiero una persona")


def test_a_curp_that_somebody_was_given_is_found(desks: Desks, ana: Writer) -> None:
    page = desks("agent").go(f"/conversations?q={CURP.lower()}")
    assert page.locator(f"#c{ana.conversation}").count() == 1
    assert page.locator(".conversation").count() == 1


def test_all_that_narrows_at_once(desks: Desks) -> None:
    page = desks("agent").go(
        "/conversations?mode=waiting&channel=sms&topic=out_of_scope&below=50&fallback=1"
        "&language=es&unread=1&tag=urgente&since=2020-01-01&until=2999-01-01"
    )
    assert previews(page) == ["asdf qwer"]
    assert page.locator("details[open]").first.is_visible()
    assert_accessible(page)


def test_nothing_found(desks: Desks) -> None:
    page = desks("agent").go("/conversations?q=ornitorrinco")
    assert "Ninguna conversación" in page.locator("#list").inner_text()
    assert_accessible(page)


def test_saved_views(desks: Desks) -> None:
    page = desks("supervisor").go("/conversations?mode=waiting")
    page.locator("#view-name").fill("<b>En espera</b>")
    page.get_by_role("button", name="Guardar vista").click()
    page.goto(page.url.split("?")[0])
    page.get_by_role("link", name="<b>En espera</b>").click()
    page.wait_for_url(re.compile("mode=waiting"))
    assert_accessible(page)
    page.get_by_role("button", name="Borrar la vista").click()
    expect(page.get_by_role("link", name="<b>En espera</b>")).to_have_count(0)


def test_what_is_new_is_announced_and_does_not_jump(desks: Desks, console: RunningConsole) -> None:
    page = desks("agent").go("/conversations")
    before = previews(page)
    Writer(console.database).says("soy nueva aquí")
    expect(page.locator("#news")).to_contain_text("mensajes nuevos", timeout=20_000)
    assert previews(page) == before
    # For some milliseconds what is new on the page does nothing yet.
    page.wait_for_function("!document.querySelector('.htmx-added, .htmx-settling')")
    page.keyboard.press("n")
    expect(page.locator(".preview").first).to_have_text("soy nueva aquí")


def test_new_messages_come_into_an_open_conversation(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database).says("uno", "dos")
    page = desks("agent").go(f"/conversations/{writer.conversation}")
    writer.says("tres")
    expect(page.locator(".message .text").last).to_have_text("tres", timeout=20_000)
    writer.says("cuatro")
    expect(page.locator(".message .text").last).to_have_text("cuatro", timeout=20_000)
    assert page.locator(".message .text").all_inner_texts() == ["uno", "dos", "tres", "cuatro"]


def test_who_opens_it_has_read_it(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database).says("sin leer")
    desks("agent").go(f"/conversations/{writer.conversation}")
    with console.database.reading() as connection:
        row = connection.execute(
            select(desk.c.unread).where(desk.c.conversation_id == writer.conversation)
        ).one()
    assert row.unread == 0


def test_a_picture_of_the_person_is_shown_and_a_page_kept(desks: Desks, ana: Writer) -> None:
    picture = ana.has_file("linea.png", "image/png", PIXEL)
    html = ana.has_file("pagina.html", "text/html", b"<script>document.title='owned'</script>")
    base = f"/conversations/{ana.conversation}/files"
    desk = desks("agent")
    page = desk.go(f"/conversations/{ana.conversation}")
    shown = page.request.get(f"{desk.url}{base}/{picture}")
    assert shown.headers["content-type"] == "image/png"
    kept = page.request.get(f"{desk.url}{base}/{html}")
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment")
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert kept.headers["cache-control"] == "no-store"


def opened_files(console: RunningConsole, writer: Writer) -> int:
    """How often a file of the person's was opened."""
    of_it = (audit.c.deed == "open_file") & (
        audit.c.object == f"conversation/{writer.conversation}"
    )
    with console.database.reading() as connection:
        return len(connection.execute(select(audit.c.id).where(of_it)).all())


def test_a_photo_is_fetched_when_somebody_asks_for_it(
    desk_of: Callable[[str], Desk], console: RunningConsole
) -> None:
    writer = Writer(console.database)
    writer.sends_file("photo", "foto.png", "image/png", PIXEL, Reply("Gracias"))
    page = desk_of("agent").go(f"/conversations/{writer.conversation}")
    message = page.locator(".message.user")
    expect(message).to_contain_text("Foto")
    assert message.locator("img").count() == 0
    assert_accessible(page)
    assert opened_files(console, writer) == 0
    message.get_by_role("link", name="Ver la imagen foto.png").click()
    picture = message.get_by_role("img", name="Imagen foto.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1
    assert opened_files(console, writer) == 1
    assert_accessible(page)


def test_where_data_are_open_a_photo_is_shown(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database)
    writer.sends_file("photo", "foto.png", "image/png", PIXEL)
    page = desks("agent").go(f"/conversations/{writer.conversation}")
    page.locator(".unmask summary").click()
    page.locator("#unmask-reason").select_option("correct")
    page.get_by_role("button", name="Ver datos").click()
    expect(page.get_by_role("img", name="Imagen foto.png")).to_be_visible()
    assert opened_files(console, writer) == 1


def test_another_file_is_kept_and_not_shown(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database)
    writer.sends_file("document", "nota.html", "text/html", b"<script>1</script>")
    page = desks("agent").go(f"/conversations/{writer.conversation}")
    with page.expect_download() as download:
        page.locator(".message").get_by_role("link", name="Guardar el archivo nota.html").click()
    assert download.value.suggested_filename == "nota.html"
    assert opened_files(console, writer) == 1


def test_a_file_that_was_erased_leaves_no_link(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database)
    gone = writer.sends_file("photo", "foto.png", "image/png", PIXEL)
    with console.database.writing() as connection:
        connection.execute(files.delete().where(files.c.id == gone))
    page = desks("agent").go(f"/conversations/{writer.conversation}")
    expect(page.locator(".message")).to_contain_text("Foto")
    assert page.locator(".message a").count() == 0


def test_a_file_of_somebody_else_is_not_there(desks: Desks, ana: Writer) -> None:
    picture = ana.has_file("linea.png", "image/png", PIXEL)
    other = Writer(ana.database).says("hola")
    desk = desks("agent")
    page = desk.go("/conversations")
    address = f"{desk.url}/conversations/{other.conversation}/files/{picture}"
    assert page.request.get(address).status == 404
    assert page.request.get(f"{desk.url}/conversations/999999").status == 404


def test_an_erased_message_says_so(desks: Desks, console: RunningConsole) -> None:
    writer = Writer(console.database).says("hola", "buenas")
    writer.last_reply(state="erased", content_sealed=console.database.cipher.seal({}))
    page = desks("agent").go(f"/conversations/{writer.conversation}")
    assert "Borrado a petición" in page.locator(".message.bot").inner_text()


def test_print_leaves_the_conversation(desks: Desks, ana: Writer) -> None:
    page = desks("agent").go(f"/conversations/{ana.conversation}")
    page.emulate_media(media="print")
    assert page.locator(".bar").is_hidden()
    assert page.locator(".unmask").is_hidden()
    assert page.locator(".message").first.is_visible()
    assert page.locator("#registration-title").is_visible()


def test_in_the_dark_it_is_accessible_too(desks: Desks, ana: Writer) -> None:
    desk = desks("agent", color_scheme="dark")
    for path in ("/conversations", f"/conversations/{ana.conversation}"):
        assert_accessible(desk.go(path))


def test_who_may_export(desks: Desks) -> None:
    expect(desks("agent").go("/conversations").get_by_text("Exportar")).to_have_count(0)
    page = desks("reviewer").go("/conversations")
    page.get_by_text("Exportar").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar con datos ocultos").click()
    assert download.value.suggested_filename.endswith(".csv")
    expect(page.get_by_role("button", name="Descargar con datos visibles")).to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_what_is_written_to_do_harm_is_text(
    desks: Desks, console: RunningConsole, size: dict[str, int]
) -> None:
    writers = {
        kind: Writer(console.database).says(text, Reply(text), noted=note("greet", 0.9))
        for kind, text in HOSTILE.items()
    }
    desk = desks("agent", viewport=size)
    for kind, writer in writers.items():
        harmless(desk.go(f"/conversations/{writer.conversation}"), kind)
    page = desk.go("/conversations")
    harmless(page, "the list")
    assert page.url == f"{desk.url}/conversations"
    for row in page.locator(".conversation").all():
        box = row.bounding_box()
        assert box is not None
        assert box["height"] < 120
    assert_accessible(page)


def harmless(page: Page, kind: str) -> None:
    """Nothing that was written became more than text, and the page looks as it should."""
    assert fits(page), kind
    assert "owned" not in page.title(), kind
    for part in ("main", "h1"):
        assert page.locator(part).count() == 1, kind
    for part in ("script", "svg", "img", "[onerror]", "[hx-get*=logout]"):
        assert page.locator(f"main {part}").count() == 0, kind
    evil = "a[href*=evil], a[href^=javascript], form[action*=evil]"
    assert page.locator(evil).count() == 0, kind
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", page.content()), kind


def test_each_harmful_text_is_shown_as_it_is_written(desks: Desks, console: RunningConsole) -> None:
    desk = desks("agent")
    for kind in ("script", "image", "template", "entity", "attribute", "htmx"):
        writer = Writer(console.database).says(HOSTILE[kind])
        page = desk.go(f"/conversations/{writer.conversation}")
        assert page.locator(".message .text").inner_text() == HOSTILE[kind]

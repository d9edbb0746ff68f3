"""The queue and the panel, as a program that sends their forms sees them."""

from __future__ import annotations

import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from sqlalchemy import select

from bot.people.files import Files
from bot.storage.console_tables import canned_answers, desk, notes, tags
from bot.storage.tables import cases
from tests.console.running import Client, RunningConsole
from tests.console.waiting import AN_HOUR, Caller, deeds

HTMX = {"HX-Request": "true"}
PHONE = "+13125550100"
CALLBACK = {"phone": PHONE, "from": "2026-11-26T10:00:00-06:00", "time_zone": "America/Chicago"}


@pytest.fixture
def agent(clients: dict[str, Client]) -> Client:
    return clients["agent"]


def caller(console: RunningConsole, *said: str, channel: str = "web") -> Caller:
    return Caller(console.database, *(said or ("hola",)), channel=channel)


def do(client: Client, who: Caller, deed: str, **form: str) -> str:
    answer = client.post(f"/acting/{who.conversation}/{deed}", data=form, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return answer.text


def write(client: Client, who: Caller, text: str = "", **form: str) -> str:
    return do(client, who, "write", text=text, key=uuid.uuid4().hex, **form)


def send_file(client: Client, who: Caller, name: str, content: bytes) -> str:
    answer = client.post(
        f"/acting/{who.conversation}/write",
        data={"key": uuid.uuid4().hex, "text": "Aquí está"},
        files={"file": (name, content)},
        headers=HTMX,
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def problem(page: str) -> str:
    found = re.search(r'<p class="problem" role="alert">([^<]+)</p>', page)
    return found[1] if found else ""


def png(width: int = 4) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, 4)).save(made, "PNG")
    return made.getvalue()


def test_distress_comes_first_then_who_waited_longest(
    console: RunningConsole, agent: Client
) -> None:
    short = caller(console).waits(since=60)
    long = caller(console).waits(since=7200)
    distress = caller(console).waits("distress")
    page = agent.get("/queue").text
    of_them = [f"/conversations/{one.conversation}" for one in (distress, long, short)]
    places = [page.index(f'href="{address}"') for address in of_them]
    assert places == sorted(places)
    assert "2 h 0 min" in page


def test_of_two_agents_the_loser_is_told_who_has_it(
    console: RunningConsole, clients: dict[str, Client]
) -> None:
    who = caller(console)
    assert 'id="composer"' in do(clients["agent"], who, "take-over")
    refused = do(clients["reviewer"], who, "take-over")
    assert problem(refused) == "Cuenta agent ya tiene esta conversación."
    assert 'id="composer"' not in refused
    assert deeds(console.database, f"conversation/{who.conversation}") == ["take_over"]


def test_of_many_at_once_one_takes_it(console: RunningConsole, clients: dict[str, Client]) -> None:
    who = caller(console)
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda c: do(c, who, "take-over"), clients.values()))
    assert sum('id="composer"' in page for page in pages) == 1
    assert deeds(console.database, f"conversation/{who.conversation}") == ["take_over"]
    assert [author for author, _ in who.written()] == ["system"]


def test_what_is_written_has_its_author(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    write(agent, who, "  Buenas tardes  ")
    assert [(a, r.text, r.by) for a, r in who.written()][1:] == [
        ("agent", "Buenas tardes", "Cuenta agent")
    ]
    assert deeds(console.database, f"conversation/{who.conversation}")[-1] == "write"


def test_a_form_that_is_sent_twice_writes_once(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    form = {"text": "una vez", "key": uuid.uuid4().hex}
    do(agent, who, "write", **form)
    do(agent, who, "write", **form)
    assert [reply.text for _, reply in who.written()].count("una vez") == 1
    assert deeds(console.database, f"conversation/{who.conversation}").count("write") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "No hay nada que enviar."), (" \n ", "No hay nada que enviar."),
     ("x" * 4001, "El mensaje es muy largo.")],
    ids=["empty", "blank", "too-long"],
)  # fmt: skip
def test_what_cannot_be_sent_is_not(
    console: RunningConsole, agent: Client, text: str, told: str
) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    page = write(agent, who, text)
    assert problem(page) == told
    assert [author for author, _ in who.written()] == ["system"]
    assert text.strip() in page  # nothing that was typed is lost


def test_after_the_hand_back_nothing_is_written(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    do(agent, who, "hand-back")
    page = write(agent, who, "demasiado tarde")
    assert problem(page).startswith("Usted ya no tiene esta conversación")
    assert "demasiado tarde" in page, "what was typed is not lost"
    assert "demasiado tarde" not in [reply.text for _, reply in who.written()]


@pytest.mark.parametrize("deed", ["hand-back", "close", "forward"])
def test_nobody_ends_what_another_holds_but_a_supervisor(
    console: RunningConsole, clients: dict[str, Client], deed: str
) -> None:
    who = caller(console)
    do(clients["agent"], who, "take-over")
    form = {"reason": "solved", "note": "sigue igual"}
    refused = do(clients["reviewer"], who, deed, **form)
    assert problem(refused).startswith("Usted ya no tiene")
    assert problem(do(clients["supervisor"], who, deed, **form)) == ""


def test_files_are_what_they_contain(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    send_file(agent, who, "../../Ficha de Pagó.pdf.exe", b"%PDF-1.4 hola")
    send_file(agent, who, "foto.txt", png())
    (_, pdf), (_, picture) = who.written()[1:]
    assert re.fullmatch(r"file:[\w-]{43}/Ficha-de-Pago-pdf\.pdf", pdf.file or "")
    assert (picture.image or "").endswith("/foto.png")
    stored = Files(console.database).open((pdf.file or "")[5:48])
    assert stored is not None
    assert (stored.content_type, stored.content) == ("application/pdf", b"%PDF-1.4 hola")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"<script>alert(1)</script>", "Solo se envían PDF"),
     (b"GIF89a" + b"0" * 50, "Solo se envían PDF"), (png()[:40], "Solo se envían PDF"),
     (b"%PDF-1.4" + b"0" * (5 * 1024 * 1024), "El archivo es muy grande")],
    ids=["script", "gif", "broken", "large"],
)  # fmt: skip
def test_other_files_are_refused(
    console: RunningConsole, agent: Client, content: bytes, told: str
) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    page = send_file(agent, who, "foto.png", content)
    assert problem(page).startswith(told)
    assert [author for author, _ in who.written()] == ["system"]


def test_outside_the_window_only_a_template(console: RunningConsole, agent: Client) -> None:
    who = caller(console, "hola", channel="whatsapp")
    do(agent, who, "take-over")
    who.heard_ago(25 * AN_HOUR)
    page = agent.get(f"/acting/{who.conversation}/panel").text
    assert "más de 24 horas" in page or "Pasaron 24 horas" in page
    assert 'id="text"' not in page
    assert problem(write(agent, who, "a escondidas")).startswith("La ventana de 24 horas")
    assert problem(write(agent, who, template="inventada")).startswith("Esa plantilla")
    write(agent, who, template="seguimiento")
    author, sent = who.written()[-1]
    assert (author, sent.template, sent.text) == ("agent", "seguimiento", "")
    who.heard_ago(AN_HOUR)
    assert 'id="text"' in agent.get(f"/acting/{who.conversation}/panel").text


def test_a_template_is_no_message_of_the_page(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    assert problem(write(agent, who, template="seguimiento")).startswith("Esa plantilla")


def test_who_wants_no_messages_gets_none(console: RunningConsole, agent: Client) -> None:
    who = caller(console, channel="sms")
    do(agent, who, "take-over")
    who.stopped()
    assert problem(write(agent, who, "hola")).startswith("La persona pidió no recibir")


@pytest.mark.parametrize(
    ("channel", "text", "told"),
    [("sms", "corto", "5 letras · 1 × SMS"), ("sms", "a" * 400, "400 letras · 3 × SMS"),
     ("whatsapp", "a" * 1700, "1700 letras · 2 × WhatsApp"), ("web", "hola", "4 letras")],
)  # fmt: skip
def test_a_text_is_measured_as_its_channel_counts(
    console: RunningConsole, agent: Client, channel: str, text: str, told: str
) -> None:
    assert do(agent, caller(console, channel=channel), "measure", text=text).strip() == told


def test_canned_answers_are_filled(
    console: RunningConsole, agent: Client, clients: dict[str, Client]
) -> None:
    form = {
        "short": "saludo",
        "es": "Hola, {name}, soy {agent}. Folio: {folio}",
        "en": "Hi, {name}, {agent}. Folio {folio}",
    }
    assert agent.post("/canned", data=form).status_code == 403
    assert clients["supervisor"].post("/canned", data=form).status_code == 303
    who = caller(console)
    do(agent, who, "take-over")
    with console.database.reading() as connection:
        answer = connection.execute(select(canned_answers.c.id)).scalars().first()
    filled = do(agent, who, "canned", canned=str(answer), text="Buenas")
    assert "Buenas\nHola, soy Cuenta agent. Folio: {folio}</textarea>" in filled
    who.asked("complaint", {"text": "no"})
    assert "Folio: C-" in do(agent, who, "canned", canned=str(answer), text="")
    assert ">saludo</option>" in agent.get(f"/acting/{who.conversation}/panel").text
    clients["supervisor"].post(f"/canned/{answer}/away")
    assert "saludo" not in agent.get("/canned").text


@pytest.mark.parametrize(
    "form",
    [{"short": "Con Espacio", "es": "a", "en": "b"}, {"short": "a", "es": "a", "en": " "},
     {"short": "a", "es": "{curp}", "en": "b"}, {"short": "a", "es": "a" * 1001, "en": "b"}],
)  # fmt: skip
def test_canned_answers_that_are_not_kept(clients: dict[str, Client], form: dict[str, str]) -> None:
    answer = clients["supervisor"].post("/canned", data=form)
    assert answer.status_code == 422
    assert 'class="problem"' in answer.text


def test_forwarding_needs_a_note_and_assigns(
    console: RunningConsole, clients: dict[str, Client]
) -> None:
    who = caller(console)
    do(clients["agent"], who, "take-over")
    assert problem(do(clients["agent"], who, "forward", to="", note=" ")) == "Escriba la nota."
    colleague = str(console.logins["reviewer"])
    do(clients["agent"], who, "forward", to=colleague, note="Pregunta por su línea")
    page = clients["reviewer"].get(f"/acting/{who.conversation}/panel").text
    assert "la pasó un colega" in page
    assert "Cuenta reviewer" in page
    assert "Pregunta por su línea" in page
    assert "Pregunta por su línea" not in str(who.written())


def test_notes_are_sealed_and_tags_are_words(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    assert "llamar el martes" in do(agent, who, "note", note="llamar el martes")
    do(agent, who, "tag", tag="  Línea  Vencida ")
    do(agent, who, "tag", tag="línea vencida")
    assert problem(do(agent, who, "tag", tag="<b>")).startswith("Una etiqueta")
    with console.database.reading() as connection:
        of_it = tags.c.conversation_id == who.conversation
        assert list(connection.execute(select(tags.c.tag).where(of_it)).scalars()) == [
            "línea vencida"
        ]
        sealed = connection.execute(select(notes.c.text_sealed)).scalars().all()
    assert not any(b"martes" in one for one in sealed)
    do(agent, who, "tag", away="línea vencida")
    assert "línea vencida" not in agent.get(f"/acting/{who.conversation}/panel").text


def test_closing_says_why(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    do(agent, who, "take-over")
    assert problem(do(agent, who, "close", reason="porque")) == "Elija por qué se cierra."
    do(agent, who, "close", reason="called")
    with console.database.reading() as connection:
        of_it = desk.c.conversation_id == who.conversation
        row = connection.execute(select(desk.c.mode, desk.c.close_reason).where(of_it)).one()
    assert tuple(row) == ("closed", "called")


def test_the_number_is_shown_on_asking_and_noted(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    number = who.asked("callback", CALLBACK, due_in=-60)
    page = agent.get("/queue").text
    assert PHONE not in page
    assert "ya es hora" in page
    assert PHONE in agent.post(f"/cases/{number}/number", headers=HTMX).text
    assert deeds(console.database, f"case/{number}") == ["unmask"]


def test_a_callback_is_not_reached_later_and_done(console: RunningConsole, agent: Client) -> None:
    number = caller(console).asked("callback", CALLBACK, due_in=-60)

    def see_to(**form: str) -> str:
        return agent.post(f"/cases/{number}", data=form, headers=HTMX).text

    def row() -> tuple[str, int, bool]:
        with console.database.reading() as connection:
            now = console.database.now(connection)
            found = connection.execute(select(cases).where(cases.c.id == number)).one()
        return found.state, found.tries, found.due_at > now

    see_to(result="not_reached")
    assert row() == ("open", 1, True)
    assert problem(see_to(result="later", later="2001-01-01T10:00")) == "Esa hora ya pasó."
    assert problem(see_to(result="later", later="mañana")).startswith("Diga cuándo")
    see_to(result="later", later="2099-01-01T10:00")
    assert row() == ("open", 1, True)
    see_to(result="done")
    assert row()[0] == "done"
    assert problem(see_to(result="done")) == "Alguien ya lo atendió."
    assert deeds(console.database, f"case/{number}") == ["case", "case", "case"]


def test_what_is_not_there_is_not_found(agent: Client) -> None:
    assert agent.get("/acting/999999/panel").status_code == 404
    assert agent.post("/acting/999999/take-over").status_code == 404
    assert agent.post("/cases/999999/number").status_code == 404


def test_no_deed_without_the_token(console: RunningConsole, agent: Client) -> None:
    who = caller(console)
    forged = agent.post(f"/acting/{who.conversation}/take-over", headers={"X-CSRF-Token": "0" * 64})
    assert forged.status_code == 403
    assert who.written() == []

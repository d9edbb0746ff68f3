"""Stored files behind their links, and the privacy notice: asked of the real gateway."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from PIL import Image
from starlette.testclient import TestClient

from bot.channels.signed_links import SignedLinks
from bot.channels.webchat import privacy
from bot.channels.webchat.privacy import privacy_notice
from bot.gateway import create_app
from bot.messaging.contents import Reply
from bot.messaging.inbox import Inbox
from bot.messaging.places import take_positions
from bot.people.files import Files
from bot.people.notice import NOTICE_VERSION
from bot.programme.figures import load_figures
from bot.safe_headers import SECURITY_HEADERS
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.tables import files, outbox, people

NAME, TYPE = "linea-de-captura.png", "image/png"
NOT_FOUND = (404, "Not Found")


def picture() -> bytes:
    """A small picture."""
    written = io.BytesIO()
    Image.new("RGB", (300, 200), "#0b5345").save(written, "PNG")
    return written.getvalue()


CONTENT = picture()


def keep(
    database: Database, name: str = NAME, content_type: str = TYPE, content: bytes = CONTENT
) -> str:
    """A stored file of somebody's."""
    with database.writing() as connection:
        made = connection.execute(people.insert().values(created_at=0))
        person_id = int(made.inserted_primary_key[0])
        return Files(database).keep(connection, person_id, name, content_type, content)


@pytest.fixture
def client(settings: Settings, database: Database) -> Iterator[TestClient]:
    """Somebody who asks the gateway; an error of the gateway is an answer, not an exception."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as asking:
        yield asking


@pytest.fixture
def links(settings: Settings) -> SignedLinks:
    """Links as the gateway makes them."""
    return SignedLinks.from_settings(settings)


def path(links: SignedLinks, file_id: str, name: str = NAME, seconds_ago: float = 0) -> str:
    return links.path(file_id, name, time.time() - seconds_ago)


# --- files ------------------------------------------------------------------------------------


def test_a_link_gives_the_file(client: TestClient, database: Database, links: SignedLinks) -> None:
    response = client.get(path(links, keep(database)))
    assert response.status_code == 200
    assert response.content == CONTENT
    assert response.headers["content-type"] == TYPE
    assert response.headers["content-disposition"] == f'inline; filename="{NAME}"'
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_a_browser_keeps_it_no_longer_than_the_link_is_good(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    link = path(links, keep(database), seconds_ago=1800)
    kept = re.fullmatch(r"private, max-age=(\d+)", client.get(link).headers["cache-control"])
    assert kept
    ends = int(re.findall(r"until=(\d+)", link)[0])
    assert ends - time.time() - 5 < int(kept[1]) <= ends - time.time() + 1


def test_nothing_is_written_through_a_link(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    link = path(links, keep(database))
    assert {client.request(method, link).status_code for method in ("POST", "PUT", "DELETE")} == {
        405
    }
    assert client.head(link).status_code == 200
    assert client.get(link).content == CONTENT


def test_what_a_browser_would_run_is_only_saved(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    file_id = keep(database, "a.html", "text/html", b"<script src='/static/chat.js'></script>")
    response = client.get(path(links, file_id, "a.html"))
    assert response.headers["content-disposition"] == 'attachment; filename="a.html"'
    assert response.headers["x-content-type-options"] == "nosniff"


TAMPERED = {
    "no query": (r"\?.*", ""),
    "no signature": (r"&signature=.*", ""),
    "empty signature": (r"signature=.*", "signature="),
    "another signature": (r"signature=.*", "signature=" + "A" * 43),
    "a longer signature": (r"$", "A"),
    "no until": (r"until=\d+&", ""),
    "a later until": (r"until=\d+", "until=9999999999"),
    "an earlier until": (r"until=\d+", "until=1"),
    "until is no number": (r"until=\d+", "until=x"),
    "until in other digits": (r"until=1", "until=%D9%A1"),
    "until twice": (r"$", "&until=9999999999"),
    "signature twice": (r"$", "&signature=x"),
    "another name": (r"captura\.png", "captura.pdf"),
    "a name in capitals": (r"linea", "LINEA"),
    "another id": (r"/files/.", "/files/_"),
    "a short id": (r"/files/.", "/files/"),
    "a folder above": (r"/files/[^/]+/", "/files/../"),
    "a folder above, escaped": (r"/files/[^/]+/", "/files/%2e%2e/"),
    "a slash, escaped": (r"/linea", "/%2Flinea"),
    "a part more": (r"/linea", "/x/linea"),
    "a NUL": (r"/linea", "/%00linea"),
    "SQL": (r"/files/[^/]+/", "/files/'%20OR%201=1%20--/"),
}


@pytest.mark.parametrize(("part", "instead"), TAMPERED.values(), ids=TAMPERED.keys())
def test_an_altered_link_finds_nothing(
    client: TestClient, database: Database, links: SignedLinks, part: str, instead: str
) -> None:
    link = path(links, keep(database).replace("_", "-"))
    altered = re.sub(part, lambda _: instead, link, count=1)
    assert altered != link
    response = client.get(altered)
    assert (response.status_code, response.text) == NOT_FOUND


def test_a_right_link_to_no_file_has_the_same_answer(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    file_id = keep(database)
    missing, misnamed = path(links, "A" * 43), path(links, file_id, "another.png")
    answers = [client.get(link) for link in (missing, misnamed, "/files/a/b", "/nothing")]
    assert {(answer.status_code, answer.text) for answer in answers} == {NOT_FOUND}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_an_erased_file_is_an_unknown_one(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    link = path(links, keep(database))
    with database.writing() as connection:
        connection.execute(files.delete())
    assert client.get(link).status_code == 404


def test_a_file_whose_key_is_gone_is_an_unknown_one(
    client: TestClient, database: Database, links: SignedLinks, caplog: pytest.LogCaptureFixture
) -> None:
    file_id = keep(database)
    with database.writing() as connection:
        connection.execute(files.update().values(content_sealed=b"sealed with something else"))
    assert client.get(path(links, file_id)).status_code == 404
    assert "key" in caplog.text
    assert file_id not in caplog.messages[-1]


@pytest.mark.parametrize(("language", "word"), [("es", "venció"), ("en", "expired")])
def test_an_expired_link_says_so(
    client: TestClient, database: Database, links: SignedLinks, language: str, word: str
) -> None:
    link = path(links, keep(database), seconds_ago=3601)
    response = client.get(link, headers={"Accept-Language": language})
    assert response.status_code == 410
    assert word in response.text
    assert response.headers["cache-control"] == "no-store"
    assert "<script" not in response.text


def test_an_expired_link_that_was_altered_finds_nothing(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    link = path(links, keep(database), seconds_ago=3601)
    assert client.get(link.replace("captura", "capture")).status_code == 404


def test_a_database_that_is_away_is_said_to_be(
    client: TestClient, database: Database, links: SignedLinks
) -> None:
    link = path(links, keep(database))
    files.drop(database.engine)
    assert client.get(link).status_code == 503


# --- in the conversation ----------------------------------------------------------------------


def say(database: Database, session: str, reply: Reply) -> None:
    """Puts a reply into the session's conversation."""
    address = Inbox(database).find_address("web", session)
    assert address is not None
    with database.writing() as connection:
        connection.execute(
            outbox.insert().values(
                conversation_id=address.conversation_id,
                address_id=address.id,
                position=take_positions(connection, address.conversation_id, 1).first,
                author="bot",
                content_sealed=database.cipher.seal(reply.as_json()),
                created_at=database.now(connection),
            )
        )


def read(client: TestClient, session: str) -> dict[str, Any]:
    """The newest message of the conversation."""
    answer = client.get("/chat/api/messages", params={"session": session})
    newest: dict[str, Any] = answer.json()["messages"][-1]
    return newest


def test_stored_files_become_links_when_the_conversation_is_read(
    client: TestClient, database: Database
) -> None:
    session = client.post("/chat/api/sessions").json()["session"]
    image = keep(database)
    page = keep(database, "linea-de-captura.pdf", "application/pdf", b"%PDF-1.4")
    reply = Reply("Tenga", image=f"file:{image}/{NAME}", file=f"file:{page}/linea-de-captura.pdf")
    say(database, session, reply)
    message = read(client, session)
    assert message["image"].startswith(f"/files/{image}/{NAME}?")
    assert client.get(message["image"]).content == CONTENT
    assert client.get(message["file"]).content == b"%PDF-1.4"


ANYTHING_ELSE = [
    None,
    "/a.png",
    "https://www.imss.gob.mx/a.png",
    "data:image/png;base64,AAAA",
    "file:///etc/passwd",
    "file:short/a.png",
    "file:" + "A" * 43 + "/../a.png",
]


@pytest.mark.parametrize("value", ANYTHING_ELSE)
def test_anything_else_stays_as_it_is(
    client: TestClient, database: Database, value: str | None
) -> None:
    session = client.post("/chat/api/sessions").json()["session"]
    say(database, session, Reply("Tenga", image=value, file=value))
    message = read(client, session)
    assert (message["image"], message["file"]) == (value, value)


# --- the notice -------------------------------------------------------------------------------

SOURCE: dict[str, dict[str, Any]] = yaml.safe_load(privacy.TEXT.read_text("utf-8"))
MUST_SAY = {
    "es": [
        "Instituto Mexicano del Seguro Social", "imss.gob.mx", "CURP", "NSS", "nombre", "Teléfono",
        "correo", "Domicilio en México", "Ocupación", "dato financiero", "forma expresa",
        "parentesco", "edad", "mensajes", "Nada de su salud", "situación migratoria",
        "Ley del Seguro Social", "LGPDPPSO", "cifrado", "tapados", "derechos ARCO", "gratis",
        "Unidad de Transparencia", "“borrar mis datos”", "servicio de registro del IMSS",
        "noviembre de 2026", "20 días hábiles", "10 más", "15 días hábiles",
    ],
    "en": [
        "Instituto Mexicano del Seguro Social", "imss.gob.mx", "CURP", "NSS", "name", "Phone",
        "e-mail", "address in Mexico", "Occupation", "financial datum", "express consent",
        "kinship", "age", "messages", "Nothing about your health", "immigration status",
        "Ley del Seguro Social", "LGPDPPSO", "encrypted", "covered", "ARCO rights", "free",
        "Unidad de Transparencia", "“delete my data”", "registration service of IMSS",
        "November 2026", "20 working days", "10 more", "15 working days",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_notice_says_all_that_the_law_asks_for(client: TestClient, language: str) -> None:
    response = client.get("/privacy", params={"lang": language})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-language"] == language
    assert f'<html lang="{language}">' in response.text
    assert [text for text in MUST_SAY[language] if text not in response.text] == []
    assert NOTICE_VERSION in response.text
    assert not re.search(r"[{}]|<script|\son\w+=|style=", response.text)


def test_the_notice_speaks_the_browsers_language(client: TestClient) -> None:
    english = client.get("/privacy", headers={"Accept-Language": "en-US,es;q=0.5"})
    assert english.headers["content-language"] == "en"
    assert "Accept-Language" in english.headers["vary"]
    assert client.get("/privacy").headers["content-language"] == "es"
    assert client.get("/privacy?lang=xx").headers["content-language"] == "es"


def test_the_notice_needs_no_database(client: TestClient, database: Database) -> None:
    files.drop(database.engine)
    assert client.get("/privacy").status_code == 200


def sentences(part: Any) -> list[str]:
    """The texts of a part of the notice, without the laws that it cites."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, list):
        return [text for item in part for text in sentences(item)]
    return [text for name, item in part.items() if name != "law" for text in sentences(item)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_figure_is_typed_into_the_notice(language: str) -> None:
    for text in sentences(SOURCE[language]):
        assert not re.search(r"\d", text), text
    given_ = {*load_figures(), "version", "month"}
    assert set(re.findall(r"\{(\w+)\}", " ".join(sentences(SOURCE[language])))) <= given_


def test_a_figure_that_changes_changes_the_notice() -> None:
    figures = load_figures()
    for name in ("arco_answer_days", "arco_extra_days", "arco_effective_days"):
        assert "{" + name + "}" in str(SOURCE["es"])
        assert figures[name].value in str(privacy_notice("es"))


def test_both_languages_have_the_same_parts() -> None:
    def shape(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: item if name == "id" else shape(item) for name, item in part.items()}
        if isinstance(part, list):
            return [shape(item) for item in part]
        return sorted(re.findall(r"\{(\w+)\}", part))

    assert shape(SOURCE["es"]) == shape(SOURCE["en"])


def test_the_parts_of_the_notice_have_names_of_their_own() -> None:
    names = [section["id"] for section in SOURCE["es"]["sections"]]
    assert len(set(names)) == len(names)

"""Personal data are taken out of what is proposed; each message goes to one place only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from sqlalchemy import select, update

from bot.cli import proposed_files as files
from bot.console.reviewing.anonymous import as_example, stand_ins
from bot.console.reviewing.proposals import Proposals, Reviewed
from bot.nlu.evaluation import read_held_out, read_training_lines
from bot.nlu.normaliser import KINDS_OF_NUMBER, fold
from bot.people.record import PersonRecord
from bot.programme.person_name import FullName
from bot.programme.registration import RegistrationDraft
from bot.storage.console_tables import review_items, review_queues
from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.cli.in_process import pti
from tests.console.hostile import HOSTILE
from tests.console.seeded import Writer, note

ANA = PersonRecord(
    draft=RegistrationDraft(
        name=FullName("Ana María", "Gómez", "de la Cruz"),
        street="Calle Benito Juárez 27",
        neighbourhood="Las Arboledas",
    )
)


@pytest.mark.parametrize(
    ("written", "example"),
    [
        ("mi curp es GOMC960312HDFRRL04 ¿está bien?", "mi curp es numcurp ¿está bien?"),
        ("GOMC960312 HDFRRL04", "numcurp"),
        ("mi nss 12345678903", "mi nss numnss"),
        ("llámeme al (415) 555-0143 porfa", "llámeme al numphone porfa"),
        ("41 55 55 01 43", "numphone"),
        ("４１５５５５０１４３", "numphone"),
        ("ana.gomez@example.com es mi correo", "numemail es mi correo"),
        ("mire https://evil.example/?t=abc", "mire numurl"),
        ("soy @ana_gomez", "soy numurl"),
        ("gano 480 a la semana", "gano 000 a la semana"),
        ("gano $1,950.50 al mes", "gano $0,000.00 al mes"),
        ("nací el 3/12/96", "nací el 0 00 00"),
        ("tengo 2 hijos de 11 y 14", "tengo 2 hijos de 11 y 14"),
        ("ANA GOMEZ aquí, vivo en calle benito juarez 27", "nombre aquí, vivo en calle"),
        ("soy de Arboledas", "soy de lugar"),
        ("[hola](topic) {x} /greet", "hola topic x greet"),
        ("- hola\n\tqué tal", "hola qué tal"),
        ("hola\u202e\u200b", "hola"),
    ],
)  # fmt: skip
def test_personal_data_are_taken_out(written: str, example: str) -> None:
    assert as_example(written, ANA) == example


@pytest.mark.parametrize(
    "written",
    ["me llamo Juan Pérez", "My name is Bob", "mi nombre es Eva", "", "[]", "a " * 200],
)
def test_some_messages_are_better_not_used(written: str) -> None:
    assert as_example(written, ANA) is None


@pytest.mark.parametrize(
    "written", ["mi curp GOMC960312HDFRRL04", "nss 12345678903", "tel 4155550143", "a@b.example"]
)
def test_the_models_read_the_same_as_before(written: str) -> None:
    assert fold(str(as_example(written, PersonRecord()))) == fold(written)


def test_stand_ins_are_the_models_own_words() -> None:
    kinds = {word for word in stand_ins().values() if word.startswith("num")}
    assert kinds <= KINDS_OF_NUMBER


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an example of each of two topics, and a held-out message."""
    for folder in ("data", "tests"):
        (tmp_path / folder / "nlu").mkdir(parents=True)
    nlu = [
        {"intent": topic, "metadata": {"language": "es"}, "examples": f"- {text}\n"}
        for topic, text in (("ask_benefits", "que me dan"), ("ask_get_nss", "mi numero de seguro"))
    ]
    (tmp_path / "data/nlu/x.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))
    held_out = f"{files.HEADER}ask_benefits\tes\tplain\t¿Qué incluye?\n"
    (tmp_path / "tests/nlu/voice_1.tsv").write_text(held_out, "utf-8")
    return tmp_path


Settle = Callable[..., int]


@pytest.fixture
def settle(database: Database) -> Settle:
    """Writes a message and settles it: `settle("text", "ask_benefits")`."""
    with database.writing() as connection:
        queues = [
            connection.execute(
                review_queues.insert().values(name=name, rule="random", created_at=0)
            ).inserted_primary_key[0]
            for name in ("one", "other")
        ]

    def settled(text: str, topic: str, *, queue: int = 0, inbox_id: int = 0) -> int:
        with database.reading() as connection:
            before = connection.execute(select(inbox.c.id)).scalars().all()
        if not inbox_id:
            Writer(database).says(text, "Sí.", noted=note(confidence=0.4))
        with database.writing() as connection:
            statement = select(inbox.c.id, inbox.c.conversation_id)
            which = inbox.c.id == inbox_id if inbox_id else inbox.c.id.not_in(before)
            row = connection.execute(statement.where(which)).one()
            at = database.now(connection)
            connection.execute(
                review_items.insert().values(
                    queue_id=queues[queue],
                    inbox_id=row.id,
                    conversation_id=row.conversation_id,
                    state="settled",
                    settled_topic=topic,
                    settled_at=at,
                    created_at=at,
                )
            )
        return int(row.id)

    return settled


def marks(database: Database) -> dict[int, str | None]:
    """Where each message was proposed for."""
    with database.reading() as connection:
        rows = connection.execute(select(review_items.c.inbox_id, review_items.c.proposed_for))
        return {row.inbox_id: row.proposed_for for row in rows}


def export(database: Database, project: Path, share: float) -> str:
    """`pti review export`."""
    finished = pti(
        "review", "export", "--held-out-share", str(share), "--folder", str(project),
        variables={"PTI_DATABASE_URL": database.url},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout
    return finished.stdout


def test_the_way_from_a_settled_message_to_the_files(
    database: Database, project: Path, settle: Settle
) -> None:
    long = settle("mi numero es 4155550143, ¿qué me toca?", "ask_benefits")
    known = settle("QUÉ ME DAN", "ask_benefits")
    held = settle("que incluye", "ask_benefits")
    other = settle("que me dan!", "ask_get_nss")
    new = settle("venden carros", "new_topic")
    name = settle("me llamo Ana y quiero mi nss", "ask_get_nss")
    said = export(database, project, 0)
    assert "data/nlu/proposed.yml: 1 new" in said
    assert "tests/nlu/reviewed.tsv: 0 new" in said
    for reason in ("wants a new topic: 1", "personal, long or empty: 1", "another topic: 1"):
        assert reason in said
    assert ("ask_benefits", "mi numero es numphone, ¿qué me toca?") in read_training_lines(
        project / "data/nlu"
    )
    assert marks(database) == {
        long: "nlu", known: "nlu", held: "held_out", other: None, new: None, name: None,
    }  # fmt: skip
    before = (project / "data/nlu/proposed.yml").read_text("utf-8")
    assert "proposed.yml: 0 new" in export(database, project, 0)
    settle("qué otra cosa me dan", "ask_benefits")
    export(database, project, 0)
    after = (project / "data/nlu/proposed.yml").read_text("utf-8")
    assert after == f"{before}    - qué otra cosa me dan\n"


def test_held_out_messages_are_of_the_others_form(
    database: Database, project: Path, settle: Settle
) -> None:
    settle("gano 480\ty ya", "ask_benefits")
    assert "reviewed.tsv: 1 new" in export(database, project, 1)
    newest = read_held_out(project / "tests/nlu")
    assert [(m.topic, m.language, m.style, m.text) for m in newest if m.style == "real"] == [
        ("ask_benefits", "es", "real", "gano 000 y ya")
    ]
    assert not (project / "data/nlu/proposed.yml").exists()


def test_a_message_of_two_queues_is_proposed_once_as_it_was_settled_last(
    database: Database, project: Path, settle: Settle
) -> None:
    first = settle("donde esta mi numero", "ask_benefits")
    settle("", "ask_get_nss", queue=1, inbox_id=first)
    assert [(one.inbox_id, one.topic) for one in Proposals(database).waiting()] == [
        (first, "ask_get_nss")
    ]
    export(database, project, 0)
    assert marks(database) == {first: "nlu"}
    assert Proposals(database).waiting() == []


def test_what_was_erased_is_proposed_to_nobody(database: Database, settle: Settle) -> None:
    settle("que me toca", "ask_benefits")
    with database.writing() as connection:
        connection.execute(update(inbox).values(state="erased"))
    assert Proposals(database).waiting() == []
    assert list(Proposals(database).last_messages(10)) == []


def test_the_last_messages_are_masked(database: Database, settle: Settle) -> None:
    settle("mi numero es 4155550143", "ask_benefits")
    settle("otra cosa", "ask_benefits")
    assert list(Proposals(database).last_messages(10)) == ["mi numero es [phone]", "otra cosa"]
    assert list(Proposals(database).last_messages(1)) == ["otra cosa"]


@pytest.mark.parametrize(
    "text",
    [*HOSTILE.values(), "- - x", "# nota", "% dato: si", "'hola': \"x\"", "a\u2028b\x85c", "[a][b]",
     "[a]{\"entity\": \"curp\"}", "👋🏽 ¿qué tal?"],
)  # fmt: skip
def test_rasa_reads_back_what_was_written(tmp_path: Path, text: str) -> None:
    example = as_example(text, PersonRecord())
    if example is None:
        return
    path = tmp_path / "proposed.yml"
    written = [Reviewed(1, "ask_benefits", "es", example), Reviewed(2, "greet", "en", "hello")]
    files.write_training(path, written)
    files.write_training(path, [Reviewed(3, "ask_benefits", "es", "otro")])
    read = RasaYAMLReader().reads(path.read_text("utf-8"))
    assert [(e.get("text"), e.get("intent")) for e in read.training_examples] == [
        (example, "ask_benefits"), ("otro", "ask_benefits"), ("hello", "greet"),
    ]  # fmt: skip
    assert not read.entity_examples


def test_the_same_words_go_to_the_same_place(project: Path) -> None:
    known = files.Known(project / "data/nlu", project / "tests/nlu")
    texts = [f"pregunta tema{word}" for word in "abcdefghijklmnopqrstuvwxyz"]
    reviewed = [Reviewed(n, "ask_benefits", "es", text) for n, text in enumerate(texts)]
    again = [Reviewed(n + 100, "ask_benefits", "es", text.upper()) for n, text in enumerate(texts)]
    places = files.choose_places([*reviewed, *again], known, 0.5)
    written = {place: {one.example for one in lines} for place, lines in places.lines.items()}
    assert written["nlu"]
    assert written["held_out"]
    assert not written["nlu"] & written["held_out"]
    for place, ids in places.marked.items():
        assert {texts[number % 100] for number in ids} == written[place]


def test_filling_from_the_command_line(database: Database) -> None:
    from bot.console.reviewing.queues import Queues

    with database.writing() as connection:
        Queues(database).make(connection, "dudas", "fallback", "", blind=False)
    Writer(database).says("asdf", "No entendí", noted=note(decision="fallback"))
    finished = pti("review", "fill", variables={"PTI_DATABASE_URL": database.url})
    assert finished.stdout == "dudas\t1\n"

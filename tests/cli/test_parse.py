"""`pti parse`: its JSON is what other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.pti import one_line, pti

KEYS = ["text", "topic", "decision", "confidence", "ranking", "language"]
LINES = [
    "kuanto cuesta el seguro",
    "",
    "How do I get my CURP?",
    "   ",
    "xkcd qwrt zzz",
    "1500",
    "/restart",
    '/greet{"language": "en"}',
    "[/] [bold red]hola[/]",
    "-- --help",
    "👋🏽 ¿qué tal?",
    "a" * 4096,
]
MESSAGES = [line for line in LINES if line.strip()]


@pytest.fixture(scope="module")
def results(model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is printed for a file of messages; Windows line ends, and no end after the last."""
    file = tmp_path_factory.mktemp("parse") / "messages.txt"
    file.write_bytes("\r\n".join(LINES).encode())
    finished = pti("parse", str(file), "--json", variables={"PTI_MODEL_PATH": str(model)})
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_one_line_of_json_a_message(results: list[dict[str, Any]]) -> None:
    assert [result["text"] for result in results] == MESSAGES


def test_the_shape_is_what_was_promised(results: list[dict[str, Any]]) -> None:
    for result in results:
        assert list(result) == KEYS
        assert result["decision"] in {"answer", "clarify", "fallback"}
        assert result["language"] in {"es", "en", None}
        ranking = result["ranking"]
        assert len(ranking) == 5
        assert all(list(ranked) == ["topic", "confidence"] for ranked in ranking)
        confidences = [ranked["confidence"] for ranked in ranking]
        assert confidences == sorted(confidences, reverse=True)
        assert all(isinstance(c, float) and 0 <= c <= 1 for c in confidences)
        assert result["topic"] == ranking[0]["topic"]
        assert result["confidence"] == confidences[0]
        assert len({ranked["topic"] for ranked in ranking}) == 5


def test_what_is_understood(results: list[dict[str, Any]]) -> None:
    by_text = {result["text"]: result for result in results}
    curp = by_text["How do I get my CURP?"]
    assert (curp["topic"], curp["decision"], curp["language"]) == ("ask_get_curp", "answer", "en")
    assert by_text["kuanto cuesta el seguro"]["language"] == "es"
    assert by_text["xkcd qwrt zzz"]["decision"] != "answer"
    assert by_text["1500"]["language"] is None


def test_a_slash_is_text(results: list[dict[str, Any]]) -> None:
    """Rasa would take it for a command, with one topic in its ranking."""
    for result in results:
        if result["text"].startswith("/"):
            assert len(result["ranking"]) == 5


def test_standard_input_bad_bytes_and_the_mark_of_windows(model: Path) -> None:
    """Bytes that are no UTF-8 are shown as such, the mark before the first line is left out, and
    no secrets are needed."""
    text = b"\xef\xbb\xbfhola\n\xff\xfe cuanto cuesta\n"
    variables = {"PTI_MODEL_PATH": str(model), "PTI_ENCRYPTION_KEYS": "", "PTI_INDEX_KEY": ""}
    finished = pti("parse", "-", "--json", text=text, variables=variables)
    assert finished.returncode == 0, finished.stderr
    texts = [json.loads(line)["text"] for line in finished.stdout.splitlines()]
    assert texts == ["hola", "\ufffd\ufffd cuanto cuesta"]


def test_an_empty_file_has_no_messages(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text("\n  \n")
    finished = pti("parse", str(file), "--json", variables={"PTI_MODEL_PATH": str(model)})
    assert (finished.returncode, finished.stdout) == (0, "")


def test_a_table_for_people(model: Path) -> None:
    """Brackets in a message are part of it, not of the table's make-up."""
    text = "hola [/bold] amigo\ncuánto cuesta\n"
    variables = {"PTI_MODEL_PATH": str(model), "COLUMNS": "120"}
    finished = pti("parse", "-", text=text, variables=variables)
    assert finished.returncode == 0, finished.stderr
    for shown in ("message", "decision", "hola [/bold] amigo", "greet", "es"):
        assert shown in finished.stdout


@pytest.mark.parametrize(
    "arguments", [["no-such-file.txt"], ["."], [], ["a", "b"], ["-", "--yaml"]]
)
def test_what_cannot_be_read_is_one_line(arguments: list[str]) -> None:
    finished = pti("parse", *arguments)
    assert finished.returncode == 2
    assert one_line(finished).startswith("Error: ")
    assert finished.stdout == ""


@pytest.mark.parametrize("command", [("parse", "-"), ("chat",)])
def test_without_a_model(command: tuple[str, ...], tmp_path: Path) -> None:
    finished = pti(*command, text="hola", variables={"PTI_MODEL_PATH": str(tmp_path)})
    assert finished.returncode == 1
    assert one_line(finished) == (f"Error: No trained model at {tmp_path}. `make train` makes one.")


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_a_model_that_is_none(content: bytes, tmp_path: Path) -> None:
    """A download that broke off, say: a line, not a page of Rasa's insides."""
    file = tmp_path / "model.tar.gz"
    file.write_bytes(content)
    finished = pti("parse", "-", text="hola", variables={"PTI_MODEL_PATH": str(file)})
    assert finished.returncode == 1
    assert "model.tar.gz" in one_line(finished)

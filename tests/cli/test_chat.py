"""`pti chat`: a conversation in the terminal."""

from __future__ import annotations

from pathlib import Path

from bot.settings import PROJECT_ROOT
from tests.cli.pti import pti


def test_an_exchange_through_a_pipe(model: Path, tmp_path: Path) -> None:
    """Two questions and the end of the input: two answers, options by number, no trace left."""
    before = set((PROJECT_ROOT / "var").glob("*")) if (PROJECT_ROOT / "var").exists() else set()
    database = tmp_path / "not-used.db"
    finished = pti(
        "chat",
        text="kuanto cuesta el seguro\nHow do I get my CURP?\n",
        variables={
            "PTI_MODEL_PATH": str(model),
            "PTI_DATABASE_URL": f"sqlite:///{database}",
            "PTI_ENCRYPTION_KEYS": "",
            "PTI_INDEX_KEY": "",
            "COLUMNS": "100",
        },
    )
    assert finished.returncode == 0, finished.stderr
    assert "Traceback" not in finished.stderr
    assert "CURP" in finished.stdout
    assert "1. " in finished.stdout
    assert finished.stdout.count("╭") >= 2
    assert "utter_" not in finished.stdout
    assert not database.exists()
    after = set((PROJECT_ROOT / "var").glob("*")) if (PROJECT_ROOT / "var").exists() else set()
    assert {path.name for path in after - before if "chat" in path.name} == set()


def test_an_empty_line_ends_it(model: Path) -> None:
    finished = pti("chat", text="\nhola\n", variables={"PTI_MODEL_PATH": str(model)})
    assert finished.returncode == 0, finished.stderr
    assert "╭" not in finished.stdout

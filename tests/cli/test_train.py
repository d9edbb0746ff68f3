"""`pti train`: a model is named by what it was trained on, so that it is trained once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main, training


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of a few files. Training it makes an empty model and counts."""
    for name in ("config.yml", "domain.yml", "requirements.lock"):
        (tmp_path / name).write_text(name)
    for name in ("data/nlu/a.yml", "bot/nlu/model.py", "bot/nlu/words.yml", "bot/other.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(training, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(training, "MODELS", tmp_path / "models")
    monkeypatch.setattr(
        training, "_run_rasa_train", lambda model: trained.append(model) or model.touch()
    )
    trained.clear()
    return tmp_path


trained: list[Path] = []


def test_once_for_the_same_data(project: Path) -> None:
    first = training.train_if_needed()
    assert first == training.train_if_needed()
    assert trained == [first]
    assert first.parent == project / "models"


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "requirements.lock", "data/nlu/a.yml", "bot/nlu/model.py",
     "bot/nlu/words.yml"],
)  # fmt: skip
def test_again_when_what_decides_it_changed(project: Path, name: str) -> None:
    first = training.train_if_needed()
    (project / name).write_text("changed")
    second = training.train_if_needed()
    assert trained == [first, second]
    assert first != second
    (project / name).write_text(name)
    assert training.train_if_needed() == first
    assert len(trained) == 2


def test_again_for_a_new_file_and_for_one_that_is_gone(project: Path) -> None:
    names = {training.fingerprint()}
    (project / "data/nlu/b.yml").write_text("")
    names.add(training.fingerprint())
    (project / "data/nlu/a.yml").unlink()
    names.add(training.fingerprint())
    (project / "data/nlu/b.yml").rename(project / "data/nlu/c.yml")
    names.add(training.fingerprint())
    assert len(names) == 4


def test_not_for_what_does_not_matter(project: Path) -> None:
    before = training.fingerprint()
    (project / "bot/other.py").write_text("changed")
    (project / "data/nlu/a.yml~").write_text("an editor's copy")
    os.utime(project / "data/nlu/a.yml", (1, 1))
    assert training.fingerprint() == before


def test_force(project: Path) -> None:
    training.train_if_needed()
    training.train_if_needed(force=True)
    assert len(trained) == 2


def test_the_newest_models_are_kept_and_others_left_alone(project: Path) -> None:
    models = project / "models"
    for age in range(8):
        old = models / f"pti-old{age}.tar.gz"
        old.touch()
        os.utime(old, (1000 - age, 1000 - age))
    mine = models / "my-own.tar.gz"
    mine.touch()
    os.utime(mine, (1, 1))
    new = training.train_if_needed()
    left = {path.name for path in models.iterdir()}
    assert left == {new.name, mine.name, *(f"pti-old{age}.tar.gz" for age in range(4))}


def test_the_command_prints_the_path_alone(project: Path) -> None:
    """Scripts read it: what is said about the training goes to standard error."""
    training.train_if_needed()
    said = CliRunner().invoke(main, ["train"])
    assert said.exit_code == 0
    assert Path(said.output.strip()).is_file()
    assert len(said.output.splitlines()) == 1


def test_training_that_fails_is_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(training, "MODELS", project / "models")
    monkeypatch.setattr(training, "fingerprint", lambda: "never")
    monkeypatch.setattr(training.sys, "executable", shutil.which("false"))
    said = CliRunner().invoke(main, ["train"])
    assert said.exit_code == 1
    assert "Training failed" in said.output
    assert "Traceback" not in said.output


def test_the_model_of_these_tests_fits_the_data(model: Path) -> None:
    """With the data as they are nothing is trained: a second `make run` starts at once."""
    if "PTI_TEST_MODEL" in os.environ:
        pytest.skip("PTI_TEST_MODEL names another model")
    assert training.train_if_needed() == model
    assert model.name == f"pti-{training.fingerprint()}.tar.gz"

"""`pti train`: a model that is named by what it was trained on, so that it is trained once."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from bot.settings import PROJECT_ROOT, environment

MODELS = PROJECT_ROOT / "models"
TRAINED_ON = ("config.yml", "domain.yml", "requirements.lock", "data", "bot/nlu")
KEPT_MODELS = 5
LINES_OF_A_FAILURE = 40
PARTS = {"RulePolicy": "rules", "LanguageDetector": "languages", "TopicClassifier": "topics"}
_STARTED = re.compile(r"Starting to train component '(\w+)'")


@click.command()
@click.option("--force", is_flag=True, help="Train again even where a model fits the data.")
def train(force: bool) -> None:
    """Train a model, unless there is one for exactly this data and code."""
    click.echo(train_if_needed(force=force))


def train_if_needed(*, force: bool = False) -> Path:
    """The path of the model that fits the data; it is trained first where there is none."""
    model = MODELS / f"pti-{fingerprint()}.tar.gz"
    if model.exists() and not force:
        return model
    click.secho("Training: about a minute, once for this data.", fg="cyan", err=True)
    started = time.monotonic()
    _run_rasa_train(model)
    click.secho(f"Trained in {time.monotonic() - started:.0f} s.", fg="cyan", err=True)
    _forget_old_models()
    return model


def fingerprint() -> str:
    """A digest of everything that decides what a model learns."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files() -> Iterator[Path]:
    for name in TRAINED_ON:
        path = PROJECT_ROOT / name
        if path.is_file():
            yield path
        else:
            yield from sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yml"})


def _run_rasa_train(model: Path) -> None:
    command = [
        sys.executable,
        *("-W", "ignore", "-m", "rasa", "train"),
        *("--fixed-model-name", model.name, "--out", str(MODELS)),
        "--skip-validation",  # `make test` validates; it costs a third of the time
    ]
    env = {
        **environment(),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=PROJECT_ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as training:
        said = _show_progress(training.stdout or ())
    if training.returncode != 0 or not model.exists():
        click.echo("\n".join(said[-LINES_OF_A_FAILURE:]), err=True)
        raise click.ClickException("Training failed; the lines above say why.")


def _show_progress(lines: Iterable[str]) -> list[str]:
    """Says what is being learned; gives all that Rasa said, for the case that it fails."""
    said = []
    for line in lines:
        said.append(line.rstrip())
        started = _STARTED.search(line)
        if started:
            part = started[1]
            click.secho(f"  learning {PARTS.get(part, part)} …", fg="cyan", err=True)
    return said


def _forget_old_models() -> None:
    models = sorted(
        MODELS.glob("pti-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for old in models[KEPT_MODELS:]:
        old.unlink()

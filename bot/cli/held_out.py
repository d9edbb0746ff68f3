"""The held-out messages, and what a trained model makes of them."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import Any

import joblib
import yaml

from bot.nlu.decision import Thresholds
from bot.nlu.evaluation import (
    HeldOut,
    Judged,
    judge,
    read_held_out,
    read_training_lines,
    unseen,
)
from bot.nlu.topic_model import TopicModel
from bot.settings import PROJECT_ROOT

HELD_OUT = PROJECT_ROOT / "tests" / "nlu"
TRAINING_DATA = PROJECT_ROOT / "data" / "nlu"


def judge_held_out(model_file: Path) -> list[Judged]:
    """What the model of a Rasa archive makes of the held-out messages."""
    return judge(
        topic_model_of(model_file), configured_thresholds(), held_out_messages(), also_accepted()
    )


def held_out_messages() -> list[HeldOut]:
    """The messages that voices without a part in the training data wrote, less those that are in
    it by chance."""
    training = read_training_lines(TRAINING_DATA)
    return unseen(read_held_out(HELD_OUT), (text for _, text in training))


def also_accepted() -> dict[str, list[str]]:
    """For some topics, others that count as right too."""
    also: dict[str, list[str]] = yaml.safe_load((HELD_OUT / "also.yml").read_text("utf-8"))
    return also


def topic_model_of(model_file: Path) -> TopicModel:
    """The topic model inside a Rasa archive, without starting Rasa."""
    model: TopicModel = open_part(model_file, "TopicClassifier")
    return model


def open_part(model_file: Path, component: str) -> Any:
    """What a component of the pipeline learned, from inside a Rasa archive.

    Raises LookupError where the archive has no such component.
    """
    with tarfile.open(model_file) as archive, tempfile.TemporaryDirectory() as folder:
        for member in archive.getmembers():
            if component in member.name and member.isfile():
                archive.extract(member, folder)
                return joblib.load(Path(folder) / member.name)
    raise LookupError(f"{model_file.name} holds no {component}")


def configured_thresholds() -> Thresholds:
    """The thresholds in `config.yml`."""
    config = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text("utf-8"))
    return Thresholds.from_config(
        next(part for part in config["pipeline"] if part["name"].endswith("CalibratedDecision"))
    )

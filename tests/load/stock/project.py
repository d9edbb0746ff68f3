"""The same assistant as stock Rasa's users run it: our topics, responses, rules and actions with
the `config.yml` of `rasa init`, Rasa's Twilio channel, an action server, a SQL tracker store.

DIET would need hours for all examples, so both are trained on the same part of them. Every rule
that answers a question is a story too: TED has something to learn, as in such assistants.
"""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import rasa
import yaml
from rasa.shared.utils.io import read_yaml_file, write_yaml
from sqlalchemy.engine import make_url

from bot.settings import PROJECT_ROOT, environment
from tests.twilio.known import ACCOUNT, TOKEN, WHATSAPP_FROM

EXAMPLES_OF_A_TOPIC = 12
ASSISTANT_ID = "pti-stock"
CACHE = PROJECT_ROOT / ".bench"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TQDM_DISABLE": "1",
}


def make_project(folder: Path, *, stock: bool) -> Path:
    """A project on a part of our data in an empty folder; `stock`: with what `rasa init` gives."""
    folder.mkdir(parents=True)
    data = folder / "data"
    shutil.copytree(PROJECT_ROOT / "data" / "rules", data / "rules")
    shutil.copytree(PROJECT_ROOT / "data" / "responses", data / "responses")
    (data / "nlu").mkdir()
    for path in sorted((PROJECT_ROOT / "data" / "nlu").glob("*.yml")):
        write_yaml(_part(read_yaml_file(path)), data / "nlu" / path.name)
    (folder / "actions").symlink_to(PROJECT_ROOT / "actions")
    (folder / "bot").symlink_to(PROJECT_ROOT / "bot")
    domain = (PROJECT_ROOT / "domain.yml").read_text("utf-8")
    (folder / "domain").mkdir()
    (folder / "domain" / "domain.yml").write_text(domain, "utf-8")
    for path in (data / "responses").glob("*.yml"):
        shutil.move(path, folder / "domain" / path.name)
    if stock:
        (folder / "config.yml").write_text(_stock_config(), "utf-8")
        write_yaml(_stories(data / "rules"), data / "stories.yml")
    else:
        shutil.copy(PROJECT_ROOT / "config.yml", folder / "config.yml")
    return folder


@dataclass(frozen=True)
class Trained:
    """A model, how many examples it learned from, and how long a processor was at work on it."""

    model: str
    examples: int
    processor_seconds: float


def trained(*, stock: bool) -> Trained:
    """The model of a project on that part of the data; trained once, and kept for the next time.

    Raises CalledProcessError where `rasa train` fails.
    """
    with tempfile.TemporaryDirectory(prefix="pti-stock-") as name:
        project = make_project(Path(name) / "project", stock=stock)
        model = CACHE / f"{'stock' if stock else 'ours'}-{_fingerprint(project)}.tar.gz"
        note = model.with_suffix(".json")
        if not note.exists():
            CACHE.mkdir(exist_ok=True)
            before = _used()
            _train(project, model)
            found = Trained(str(model), _count(project), round(_used() - before, 1))
            note.write_text(json.dumps(asdict(found)), "utf-8")
        return Trained(**json.loads(note.read_text("utf-8")))


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _count(project: Path) -> int:
    files = (read_yaml_file(path) for path in (project / "data" / "nlu").glob("*.yml"))
    return sum(topic["examples"].count("\n") for file in files for topic in file["nlu"])


def _fingerprint(project: Path) -> str:
    digest = hashlib.sha256(rasa.__version__.encode())
    code = sorted((PROJECT_ROOT / "bot" / "nlu").glob("*.py"))
    ours = () if (project / "data" / "stories.yml").exists() else code
    for path in (*sorted(p for p in project.rglob("*.yml") if p.is_file()), *ours):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _train(project: Path, model: Path) -> None:
    with (CACHE / f"{model.stem}.log").open("wb") as log:
        subprocess.run(
            [
                *(sys.executable, "-W", "ignore", "-m", "rasa", "train", "--domain", "domain"),
                *("--fixed-model-name", model.name, "--out", str(model.parent)),
                "--skip-validation",
            ],
            cwd=project,
            env={**environment(), **QUIET},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )


def connect(project: Path, database_url: str, actions_port: int) -> None:
    """Writes the addresses of the action server and of the database, and the account at Twilio."""
    write_yaml(_endpoints(database_url, actions_port), project / "endpoints.yml")
    sender = f"whatsapp:{WHATSAPP_FROM}"
    account = {"account_sid": ACCOUNT, "auth_token": TOKEN, "twilio_number": sender}
    write_yaml({"twilio": account}, project / "credentials.yml")


def _endpoints(database_url: str, actions_port: int) -> dict[str, Any]:
    url = make_url(database_url)
    store = {"type": "SQL", "dialect": url.get_backend_name(), "db": url.database}
    if url.host:
        store |= {"url": url.host, "port": url.port, "username": url.username, "password": ""}
    actions = {"url": f"http://127.0.0.1:{actions_port}/webhook"}
    return {"action_endpoint": actions, "tracker_store": store}


def _part(nlu: Mapping[str, Any]) -> dict[str, Any]:
    """So many examples of each topic, spread over all that there are."""
    kept = []
    for topic in nlu["nlu"]:
        lines = [line for line in str(topic.get("examples", "")).splitlines() if line.strip()]
        step = max(1, len(lines) // EXAMPLES_OF_A_TOPIC)
        kept.append({**topic, "examples": "\n".join(lines[::step][:EXAMPLES_OF_A_TOPIC]) + "\n"})
    return {"version": "3.1", "nlu": kept}


def _stock_config() -> str:
    given = Path(rasa.__file__).parent / "cli" / "initial_project" / "config.yml"
    config = yaml.safe_load(given.read_text("utf-8"))
    return yaml.safe_dump({**config, "assistant_id": ASSISTANT_ID, "language": "es"})


def _stories(rules: Path) -> dict[str, Any]:
    """The rules that answer a topic with one response, as stories."""
    found = [rule for path in sorted(rules.glob("*.yml")) for rule in read_yaml_file(path)["rules"]]
    plain = [
        {"story": rule["rule"], "steps": list(rule["steps"])}
        for rule in found
        if "condition" not in rule
        and [list(step) for step in rule["steps"]] == [["intent"], ["action"]]
        and str(rule["steps"][1]["action"]).startswith("utter_")
    ]
    return {"version": "3.1", "stories": plain}

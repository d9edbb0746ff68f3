"""The components as Rasa trains, keeps, loads and runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot import nlu
from bot.nlu.components import (
    CalibratedDecision,
    LanguageDetector,
    TopicClassifier,
    digest_of_sources,
)

CONTEXT = ExecutionContext(GraphSchema({}), "tests")
EXAMPLES = {
    ("ask_quota", "es"): ["cuánto cuesta", "cuanto se paga al mes", "a cómo sale"],
    ("ask_quota", "en"): ["how much is it", "what do I pay a month", "whats the price"],
    ("switch_language", "es"): ["en español por favor", "cambie el idioma", "hábleme en inglés"],
    ("switch_language", "en"): ["do you speak english", "in english please", "change language"],
    ("out_of_scope", "es"): ["receta de pozole", "quién ganó el partido", "vendo una troca"],
    ("out_of_scope", "en"): ["tell me a joke", "play a song", "who won the game"],
}
MESSAGES = ["kuanto kuesta", "how much is that", "", "😂", "1500"]


def training_data() -> TrainingData:
    """A handful of examples, with the language beside the intent as the project's files have it."""
    return TrainingData(
        [
            Message({"text": text, "intent": topic, "metadata": {"intent": {"language": language}}})
            for (topic, language), texts in EXAMPLES.items()
            for text in texts
        ]
        # an example without a text, as Rasa makes them of end-to-end stories
        + [Message({"intent": "ask_quota"})]
    )


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """Where components keep what they learn."""
    return LocalModelStorage.create(tmp_path)


def created(
    kind: type[Any], storage: LocalModelStorage, loaded: bool = False, **config: Any
) -> Any:
    """A component as Rasa makes it, with its defaults."""
    make = kind.load if loaded else kind.create
    settings = {**kind.get_default_config(), **config}
    return make(settings, storage, Resource(kind.__name__), CONTEXT)


def parsed(*components: Any) -> list[dict[str, Any]]:
    """What the components make of the messages, one after the other."""
    messages = [Message({"text": text}) for text in MESSAGES]
    for component in components:
        messages = component.process(messages)
    return [{"language": None, **message.as_dict()} for message in messages]


def test_what_was_kept_ranks_as_what_was_learned(storage: LocalModelStorage) -> None:
    learned = [created(kind, storage) for kind in (TopicClassifier, LanguageDetector)]
    for component in learned:
        assert component.train(training_data()).name == type(component).__name__
    loaded = [created(kind, storage, loaded=True) for kind in (TopicClassifier, LanguageDetector)]
    assert parsed(*learned) == parsed(*loaded)


def test_what_comes_out_of_the_pipeline(storage: LocalModelStorage) -> None:
    topic, language = created(TopicClassifier, storage), created(LanguageDetector, storage)
    topic.train(training_data())
    language.train(training_data())
    results = parsed(topic, language, created(CalibratedDecision, storage, answer=0.4, clarify=0.1))
    for result in results:
        ranking = result["intent_ranking"]
        assert [one["name"] for one in ranking] == [
            result["topic"],
            *(r["name"] for r in ranking[1:]),
        ]
        assert sum(one["confidence"] for one in ranking) == pytest.approx(1.0)
        assert result["decision"] in {"answer", "clarify", "fallback"}
        assert result["language"] in {"es", "en", None}
        fallen_back = result["decision"] != "answer" and result["topic"] != "out_of_scope"
        assert (result["intent"]["name"] == "nlu_fallback") is fallen_back
    by_ear, english, nothing, face, number = results
    assert by_ear["topic"] == "ask_quota"
    assert (by_ear["language"], english["language"]) == ("es", "en")
    assert english["entities"][0]["entity"] == "language"
    assert english["entities"][0]["extractor"] == "LanguageDetector"
    for silent in (nothing, face, number):
        assert silent["language"] is None
        assert not silent.get("entities")


@pytest.mark.parametrize(("topic", "language"), [("switch_language", "es"), ("ask_quota", "en")])
def test_a_request_for_a_language_is_read_by_what_it_names(
    storage: LocalModelStorage, topic: str, language: str
) -> None:
    """The language that is asked for, not the one that it is asked in."""
    detector = created(LanguageDetector, storage)
    detector.train(training_data())
    message = Message({"text": "do you speak spanish?", "intent": {"name": topic}})
    (result,) = detector.process([message])
    assert result.get("language") == language
    assert result.get("entities")[0]["value"] == language


def test_what_others_extracted_stays(storage: LocalModelStorage) -> None:
    detector = created(LanguageDetector, storage)
    detector.train(training_data())
    money = {"entity": "money", "value": 5, "start": 0, "end": 1}
    (message,) = detector.process([Message({"text": "how much is it", "entities": [money]})])
    assert message.get("entities")[0] == money
    assert len(message.get("entities")) == 2


@pytest.mark.parametrize(
    ("confidence", "topic", "intent", "decision"),
    [
        (0.9, "ask_quota", "ask_quota", "answer"),
        (0.3, "ask_quota", "nlu_fallback", "clarify"),
        (0.05, "ask_quota", "nlu_fallback", "fallback"),
        (0.9, "out_of_scope", "out_of_scope", "fallback"),
        (0.3, "out_of_scope", "out_of_scope", "clarify"),
    ],
)
def test_the_decision_and_the_intent(
    storage: LocalModelStorage, confidence: float, topic: str, intent: str, decision: str
) -> None:
    ranked = {"name": topic, "confidence": confidence}
    message = Message({"text": "t", "intent": ranked, "intent_ranking": [ranked]})
    (result,) = created(CalibratedDecision, storage).process([message])
    assert result.get("decision") == decision
    assert result.get("intent") == {"name": intent, "confidence": confidence}
    assert result.get("topic") == topic


def test_the_configuration_reaches_the_model(storage: LocalModelStorage) -> None:
    component = created(TopicClassifier, storage, regularisation=0.1, out_of_scope_weight=0.7)
    component.train(training_data())
    assert component._model.regularisation == 0.1
    assert component._model.out_of_scope_weight == 0.7


def test_a_change_of_the_models_code_is_learned_anew(tmp_path: Path) -> None:
    """Rasa's cache looks at the component's class alone: the rest of the folder is told to it."""
    (tmp_path / "normaliser.py").write_text("a = 1", "utf-8")
    (tmp_path / "notes.txt").write_text("", "utf-8")
    before = digest_of_sources(tmp_path)
    (tmp_path / "notes.txt").write_text("of no consequence", "utf-8")
    assert digest_of_sources(tmp_path) == before
    (tmp_path / "normaliser.py").write_text("a = 2", "utf-8")
    assert digest_of_sources(tmp_path) != before
    (tmp_path / "words.yml").write_text("a: b", "utf-8")
    assert len({digest_of_sources(tmp_path), before}) == 2
    for component in (TopicClassifier, LanguageDetector):
        assert component.fingerprint_addon({}) == digest_of_sources(Path(nlu.__file__).parent)

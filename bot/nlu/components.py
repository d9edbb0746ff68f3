"""Rasa's graph components around the models: topic, language, decision."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.decision import Decision, Thresholds, decide
from bot.nlu.fixed_phrases import fixed_topic
from bot.nlu.language_model import LanguageModel, language_asked_for
from bot.nlu.topic_model import Ranked, TopicModel

INTENT_RANKING = "intent_ranking"
FALLBACK_INTENT = "nlu_fallback"
LANGUAGE = "language"
DECISION = "decision"
TOPIC = "topic"
MODEL_FILE = "model.joblib"


def digest_of_sources(folder: Path) -> str:
    """A digest of the modules and word lists in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in {".py", ".yml"}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


class _Stored(GraphComponent):
    """What the trainable components share: a model that is kept as one file."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Any = None
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Stored:
        """A component that has learned nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Stored:
        """The component with the model that was kept."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / MODEL_FILE))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa keeps what a component learned until the component's own class changes; what is
        learned here is decided by the modules and word lists beside it too."""
        return digest_of_sources(Path(__file__).parent)

    def _keep(self) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE, compress=3)
        return self._resource


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(_Stored, IntentClassifier):
    """Ranks the topics of a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`regularisation`: C of the linear classifier; `out_of_scope_weight`: what an out-of-scope
        example counts against 1 for the others; `random_seed`: the same data give the same
        model."""
        return {"regularisation": 0.35, "out_of_scope_weight": 0.3, "random_seed": 11}

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the examples' topics."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = TopicModel(
            regularisation=self._config["regularisation"],
            seed=self._config["random_seed"],
            out_of_scope_weight=self._config["out_of_scope_weight"],
        )
        self._model.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])
        return self._keep()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intent and the ranking."""
        for message in messages:
            ranking = [
                {"name": ranked.topic, "confidence": ranked.confidence}
                for ranked in self._model.rank(message.get(TEXT) or "")
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageDetector(_Stored, EntityExtractorMixin):
    """Says which language a message is in, as the entity `language`, from which the slot of that
    name is filled."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples' `language` metadata."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and _language_of(e)]
        self._model = LanguageModel()
        self._model.fit([e.get(TEXT) for e in examples], [_language_of(e) for e in examples])
        return self._keep()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entity where the message tells its language."""
        for message in messages:
            language = self._language(message)
            message.set(LANGUAGE, language, add_to_output=True)
            if language:
                # of the whole message, so that test stories can name it: [hola](language:es)
                whole = {"start": 0, "end": len(message.get(TEXT) or "")}
                entity = {"entity": LANGUAGE, "value": language, **whole}
                entities = self.add_extractor_name([entity])
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    def _language(self, message: Message) -> str | None:
        text = message.get(TEXT) or ""
        if message.get(INTENT, {}).get("name") == "switch_language":
            asked_for = language_asked_for(text)
            if asked_for:
                return asked_for
        return str(found) if (found := self._model.language(text)) else None


def _language_of(example: Message) -> str | None:
    """The label beside the intent's examples: `metadata: {language: es}`."""
    metadata = example.get(METADATA) or {}
    label = (metadata.get(METADATA_INTENT) or {}).get(LANGUAGE)
    return str(label) if label else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CalibratedDecision(GraphComponent):
    """Decides whether the likeliest topic is answered, or the person is asked which they meant."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._thresholds = Thresholds.from_config(config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CalibratedDecision:
        """A component with the thresholds of `config.yml`."""
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The thresholds; `bot.nlu.decision` says what each does."""
        return {"answer": 0.5, "clarify": 0.15, "cautious": {}}

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `decision` and `topic`; where it is not `answer`, the intent becomes Rasa's
        `nlu_fallback`."""
        for message in messages:
            ranking = [Ranked(r["name"], r["confidence"]) for r in message.get(INTENT_RANKING, [])]
            decision = decide(ranking, self._thresholds)
            message.set(DECISION, decision.value, add_to_output=True)
            message.set(TOPIC, ranking[0].topic, add_to_output=True)
            if decision is not Decision.ANSWER and ranking[0].topic != "out_of_scope":
                fallback = {"name": FALLBACK_INTENT, "confidence": ranking[0].confidence}
                message.set(INTENT, fallback, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FixedPhrases(GraphComponent):
    """Sets the topic of whole messages that always mean the same, whatever the model makes of
    them."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FixedPhrases:
        """A component; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, topic and decision of the messages that are such phrases."""
        for message in messages:
            topic = fixed_topic(message.get(TEXT) or "")
            if topic is not None:
                message.set(INTENT, {"name": topic, "confidence": 1.0}, add_to_output=True)
                message.set(TOPIC, topic, add_to_output=True)
                message.set(DECISION, Decision.ANSWER.value, add_to_output=True)
        return messages

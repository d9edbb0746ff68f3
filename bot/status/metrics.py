"""What is counted. Labels are names of things of ours, never of people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

messages_received = Counter(
    "pti_messages_received",
    "Messages of people that were stored; again: the provider sent one that was there already.",
    ("channel", "again"),
    registry=registry,
)
webhooks_refused = Counter(
    "pti_webhooks_refused",
    "Requests to a webhook that were not taken, by the status that they got: 403 unsigned, 409 a "
    "replay, 413 too large.",
    ("path", "status"),
    registry=registry,
)
turns = Counter(
    "pti_turns",
    "Messages that were handled: done, failed (tried again), set_aside.",
    ("channel", "outcome"),
    registry=registry,
)
# Without labels, so that it is there as 0 before the first: an alarm on its increase misses none.
messages_set_aside = Counter(
    "pti_messages_set_aside",
    "Messages that were given up after too many failures; the person was told so.",
    registry=registry,
)
turn_seconds = Histogram(
    "pti_turn_seconds",
    "From the claim of a message to its commit.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60),
    registry=registry,
)
decisions = Counter(
    "pti_decisions",
    "What was made of typed messages: answer, clarify, fallback, task.",
    ("decision",),
    registry=registry,
)
deliveries = Counter(
    "pti_deliveries",
    "What providers made of messages: sent, later, refused, stopped, outside_window.",
    ("channel", "outcome"),
    registry=registry,
)
provider_errors = Counter(
    "pti_provider_errors",
    "Errors of providers by their code.",
    ("channel", "code"),
    registry=registry,
)
errands = Counter(
    "pti_errands",
    "Work outside of conversations: done, later (the service did not answer).",
    ("kind", "outcome"),
    registry=registry,
)
process = Gauge(
    "pti_process",
    "Always 1: which process this is and, of a brain, with which model.",
    ("process", "model"),
    registry=registry,
)

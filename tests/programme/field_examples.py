"""What people write where a datum is asked for: texts that no reader may take for one."""

from __future__ import annotations

EMPTY = ["", " ", "\n\t ", "\u200b\u200d"]
NO_TEXT = ["😀", "👍🏽❤️", "...", "¡!", "@", "-"]
TOO_LONG = ["9" * 5000, "a" * 5000, "a b " * 2000]
OTHER_ALPHABETS = ["Иван", "中文字", "مرحبا", "Ελλάδα"]
NOT_KNOWN = [
    "no sé",
    "No lo tengo",
    "no me acuerdo",
    "ni idea",
    "I don't know",
    "i forgot",
    "no tengo",
]
QUESTIONS = ["¿para qué lo quieren?", "y para que quieren eso", "why do you need it?"]
HOSTILE = [
    "'; DROP TABLE drafts; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "/register",
    '{"intent": "register"}',
    "\ud800",
    "%s%s%n",
    "a" * 900,
    "1" * 900,
    "1 " * 450,
    "y " * 450,
    "@" * 900,
    "a@" * 450,
    ". " * 450,
    "mi " * 300,
    "(" * 900,
    "n0n n1n",
    "1e309",
    "٣" * 30,
]

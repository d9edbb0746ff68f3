"""Lines of nonsense, made by rule, that the topic model learns beside the examples."""

from __future__ import annotations

import random

_KEYBOARD = (
    "qwertyuiop",
    "asdfghjklñ",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "xyzwkq",
    "0123456789",
)


def nonsense(count: int, seed: int) -> list[str]:
    """Lines as a child or a pocket types them: a linear model must see letters that mean
    nothing."""
    chance = random.Random(seed)  # noqa: S311  not a secret

    def word() -> str:
        row = chance.choice(_KEYBOARD)
        if chance.random() < 0.3:
            return chance.choice(row) * chance.randint(3, 6)
        return "".join(chance.choice(row) for _ in range(chance.randint(3, 9)))

    return [" ".join(word() for _ in range(chance.randint(1, 4))) for _ in range(count)]

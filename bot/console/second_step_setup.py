"""Setting up the second step: a secret is offered, and kept once a code shows that the app has
it. Until then only the page holds it, sealed and bound to the session."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from bot.console.accounts import Accounts
from bot.console.house import House
from bot.console.renewal import renew
from bot.console.second_step import new_secret, qr_code, step_of
from bot.storage.encryption import UnreadableError

OFFER_SECONDS = 15 * 60.0


class SecondStepSetup:
    """Offers secrets and takes the first code."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._cipher = house.cipher
        self._accounts = Accounts(house.database)

    def offer(self, request: Request, secret: str | None = None) -> dict[str, Any]:
        """What the page shows: the secret as a picture and in letters, and it sealed for the
        form."""
        session = request.state.session
        secret = secret or new_secret()
        sealed = self._cipher.seal(
            {"secret": secret, "session": session.index, "until": time.time() + OFFER_SECONDS}
        )
        return {
            "qr": Markup(qr_code(secret, session.account.login)),  # noqa: S704 - made by segno
            "letters": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
            "offer": urlsafe_b64encode(sealed).decode("ascii"),
        }

    def offered(self, request: Request, offer: str) -> str | None:
        """The secret of a form; None where it is too old or another session's."""
        try:
            found = self._cipher.open(urlsafe_b64decode(offer.encode("ascii")))
        except (UnreadableError, ValueError):  # ValueError: it is no text of ours
            return None
        fits = isinstance(found, dict) and found.get("session") == request.state.session.index
        return str(found["secret"]) if fits and found["until"] >= time.time() else None

    def take(self, request: Request, secret: str, code: str) -> str | None:
        """Keeps the secret if the code is right; all sessions end, and the token of a new one is
        given. None: the code is wrong."""
        step = step_of(secret, code)
        if step is None:
            return None
        account = request.state.session.account
        return renew(
            self._house,
            account.id,
            "second_step_set",
            lambda c: self._accounts.set_second_step(c, account.id, secret, used=step),
        )

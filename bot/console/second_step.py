"""The second step: six digits that change every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable

import pyotp
import segno

ISSUER = "IMSS PTI"
STEP_SECONDS = 30
# A clock may be half a minute off.
STEPS_OFF = (0, -1, 1)
CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A secret for a new device, in base 32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, clock: Callable[[], float] = time.time) -> int | None:
    """The number of the time step that the code is right for; None where it is wrong."""
    digits = re.sub(r"[\s-]", "", code)
    if not CODE.fullmatch(digits):
        return None
    totp = pyotp.TOTP(secret)
    current = int(clock()) // STEP_SECONDS
    matching = [
        current + off
        for off in STEPS_OFF
        if pyotp.utils.strings_equal(totp.generate_otp(current + off), digits)
    ]
    return matching[0] if matching else None


def qr_code(secret: str, login: str) -> str:
    """What an authenticator app scans, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture, kind="svg", scale=5, border=3, xmldecl=False, light="#fff", svgclass=None,
        lineclass=None,
    )  # fmt: skip
    return picture.getvalue().decode("utf-8")

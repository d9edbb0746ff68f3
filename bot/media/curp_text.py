"""CURPs in the texts of a certificate's codes.

The QR code of a CURP certificate holds the key, the names, the sex, the day and the state of birth,
between vertical bars; older ones, and other documents, hold the key somewhere else. So it is looked
for anywhere, and believed only where its check digit is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.programme.curp import check_curp

_SHAPED = re.compile(r"(?<![A-Z0-9Ñ])[A-ZÑ]{4}[0-9]{6}[HMX][A-ZÑ]{5}[A-Z0-9][0-9](?![A-Z0-9Ñ])")


def curps_in(texts: Iterable[str]) -> list[str]:
    """The valid CURPs, each once, in their order."""
    shaped = (match[0] for text in texts for match in _SHAPED.finditer(text.upper()))
    return list(dict.fromkeys(key for key in shaped if check_curp(key).valid))

"""CURPs in pictures: real codes as people photograph them, and files that mean harm."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.media import picture
from bot.media.curp_text import curps_in
from bot.media.picture import Pictures
from bot.messaging.found import Found
from tests.imss.made_up import new_person
from tests.media.files import (
    certificate,
    certificate_text,
    code,
    jpeg,
    pdf,
    photographed,
    png,
    png_bomb,
    webp,
)

CURP = new_person().curp
TEXT = certificate_text(CURP)
BLANK = Image.new("L", (600, 800), 255)
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"


async def read(content_type: str, content: bytes, most_pages: int = 3) -> Found:
    return await Pictures(most_pages).read(content_type, content)


READ: dict[str, tuple[str, Callable[[], bytes]]] = {
    "as it is saved": (PNG, lambda: png(certificate(TEXT))),
    "as WhatsApp presses it": (JPEG, lambda: jpeg(certificate(TEXT), 30)),
    "as a WebP": ("image/webp", lambda: webp(certificate(TEXT))),
    "photographed": (JPEG, lambda: jpeg(photographed(certificate(TEXT)))),
    "photographed askew": (JPEG, lambda: jpeg(photographed(certificate(TEXT), -33, 2))),
    "photographed upside down": (JPEG, lambda: jpeg(photographed(certificate(TEXT), 180, 3))),
    "a large photo": (
        JPEG, lambda: jpeg(photographed(certificate(TEXT), 5).resize((3600, 4700))),
    ),
    "only the code, small": (JPEG, lambda: jpeg(code(TEXT, 2))),
    "a PDF": (PDF, lambda: pdf(certificate(TEXT))),
    "the third page of a PDF": (PDF, lambda: pdf(BLANK, BLANK, photographed(certificate(TEXT)))),
    "an enormous page": (PDF, lambda: pdf(certificate(TEXT), side=14_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
async def test_a_certificate_is_read(name: str) -> None:
    content_type, content = READ[name]
    assert await read(content_type, content()) == {"what": "curp", "curp": CURP}


OTHER = new_person().curp
UNREAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "no code": (JPEG, lambda: jpeg(BLANK), "no_curp"),
    "a code of something else": (PNG, lambda: png(code("https://example.org/menu")), "no_curp"),
    "a CURP with a slip in it": (
        PNG, lambda: png(code(certificate_text(CURP[:-1] + str((int(CURP[-1]) + 1) % 10)))),
        "no_curp",
    ),
    "CURPs of two people": (PNG, lambda: png(code(f"{TEXT}{OTHER}|")), "several_curps"),
    "a bomb": (PNG, png_bomb, "too_large"),
    "too many pages": (PDF, lambda: pdf(*[certificate(TEXT)] * 4), "too_large"),
    "only a beginning": (JPEG, lambda: b"\xff\xd8\xff" + os.urandom(500), "no_curp"),
    "a PDF that is none": (PDF, lambda: b"%PDF-1.7 " + os.urandom(500), "no_curp"),
    "another type than it says": (JPEG, lambda: png(certificate(TEXT)), "no_curp"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
async def test_what_gives_no_curp(name: str) -> None:
    content_type, content, why = UNREAD[name]
    assert await read(content_type, content()) == {"what": "nothing", "why": why}


async def test_whoever_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "SECONDS", 0.05)
    started: list[asyncio.subprocess.Process] = []
    real = asyncio.create_subprocess_exec

    async def start(*arguments: str, **more: object) -> asyncio.subprocess.Process:
        started.append(await real(*arguments, **more))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    assert await read(PNG, png(certificate(TEXT))) == {"what": "nothing", "why": "too_large"}
    assert started[0].returncode is not None


async def test_the_process_has_no_secrets_and_writes_no_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is given nothing of the gateway's environment, and cannot write."""
    monkeypatch.setenv("PTI_ENCRYPTION_KEYS", "the keys")
    package = tmp_path / "bot" / "media"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    real = Path(picture.__file__).with_name("picture_process.py").read_text("utf-8")
    spy = (
        "def texts_in(*_):\n"
        "    import os\n"
        "    try:\n"
        "        open('written', 'w').write('x' * 10)\n"
        "        wrote = os.path.getsize('written')\n"
        "    except OSError:\n"
        "        wrote = 0\n"
        "    return [f'{sorted(n for n in os.environ if n.startswith(chr(80)))} {wrote}']\n\n\n"
        'if __name__ == "__main__":'
    )
    spied = real.replace('if __name__ == "__main__":', spy)
    (package / "picture_process.py").write_text(spied)
    (package / "picture_result.py").write_text("TOO_LARGE, UNREADABLE = 2, 3\n")
    monkeypatch.setattr(picture, "PROJECT_ROOT", tmp_path)
    said: list[bytes] = []
    monkeypatch.setattr(picture, "_found", lambda printed: said.append(printed) or {})
    await read(PNG, b"")
    assert said == [b"[\"['PYTHONDONTWRITEBYTECODE'] 0\"]"]


CODES = {
    "a certificate": (f"{CURP}||PRUEBA|XOCHITL|", [CURP]),
    "small letters": (f"curp: {CURP.lower()}", [CURP]),
    "in an address": (f"https://example.org/v?curp={CURP}&x=1", [CURP]),
    "the same twice": (f"{CURP}|{CURP}", [CURP]),
    "two people": (f"{CURP}|{OTHER}", [CURP, OTHER]),
    "within something longer": (f"X{CURP}", []),
    "with something behind it": (f"{CURP}9", []),
    "an RFC": ("XEXX750615AB1", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", CODES)
def test_what_codes_say(name: str) -> None:
    text, found = CODES[name]
    assert curps_in([text]) == found

"""Takes the README's pictures of the chat page: `python -m tests.webchat.take_pictures`.

They are what the page shows, with real answers of the model that fits the data.
"""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize

from bot.cli.training import train_if_needed
from bot.settings import PROJECT_ROOT
from tests.support.service import Service
from tests.webchat.browser import DESKTOP, Person, running_browser

PICTURES = PROJECT_ROOT / "docs" / "pictures"
TALL_PHONE: ViewportSize = {"width": 360, "height": 1000}
SPANISH = ("ola kiero saber kuanto pagaria, gano 600 dolares ala semana",)
ENGLISH = ("is my wife coverd if she lives in mexico", "how do i registrer")


def main() -> None:
    """Takes both pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service = Service(f"sqlite:///{folder / 'pti.db'}", train_if_needed(), folder)
        try:
            service.start_all()
            with running_browser() as browser:
                phone = Person(
                    browser,
                    service.url,
                    viewport=TALL_PHONE,
                    device_scale_factor=2,
                    reduced_motion="reduce",
                )
                take(phone, SPANISH, "chat-phone-es.png")
                desktop = Person(
                    browser,
                    service.url,
                    viewport=DESKTOP,
                    locale="en-US",
                    reduced_motion="reduce",
                )
                take(desktop, ENGLISH, "chat-desktop-en.png")
        finally:
            service.stop()


def take(person: Person, texts: tuple[str, ...], name: str) -> None:
    """Holds a conversation and keeps what the screen shows at its end."""
    for text in texts:
        person.ask(text)
    person.page.wait_for_function("document.querySelector('#typing').hidden")
    person.page.evaluate("document.activeElement.blur()")
    taken = Image.open(BytesIO(person.page.screenshot()))
    # A page has few colours: with 128 the file is a third as large and looks the same.
    taken.convert("RGB").quantize(128).save(PICTURES / name, optimize=True)
    person.close()


if __name__ == "__main__":
    main()

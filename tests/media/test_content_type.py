"""What a file is, is told by its content alone."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from PIL import Image

from bot.media.content_type import KNOWN_TYPES, content_type_of
from bot.media.ogg import seconds_of
from bot.media.reader import Reader
from bot.messaging.media_runner import NotUsableError
from bot.settings import MediaSettings
from bot.settings.media import TYPES
from tests.media.files import jpeg, pdf, png, voice_note, webp

PICTURE = Image.new("L", (8, 8), 200)


def zipped() -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return written.getvalue()


KNOWN = {
    "a JPEG": (jpeg(PICTURE), "image/jpeg", "photo.jpg"),
    "a PNG": (png(PICTURE), "image/png", "photo.png"),
    "a WebP": (webp(PICTURE), "image/webp", "photo.webp"),
    "a PDF": (pdf(PICTURE), "application/pdf", "document.pdf"),
    "a voice note": (voice_note(), "audio/ogg", "voice.ogg"),
    "an AMR of an old telephone": (b"#!AMR\n" + bytes(40), "audio/amr", "voice.amr"),
    "an MP3 with a title": (b"ID3\x04" + bytes(40), "audio/mpeg", "voice.mp3"),
    "an MP3 without": (b"\xff\xfb\x90\x64" + bytes(40), "audio/mpeg", "voice.mp3"),
    "an MPEG-4": (b"\x00\x00\x00\x20ftypM4A " + bytes(40), "audio/mp4", "voice.m4a"),
    "a 3GPP": (b"\x00\x00\x00\x18ftyp3gp4" + bytes(40), "audio/mp4", "voice.m4a"),
    "a WAV": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "audio/wav", "voice.wav"),
    "a WebM": (b"\x1aE\xdf\xa3" + bytes(40), "audio/webm", "voice.webm"),
    # What else it may be does not count: only that type's decoder sees it, and nobody serves it.
    "a JPEG that is a ZIP too": (jpeg(PICTURE) + zipped(), "image/jpeg", "photo.jpg"),
    "a JPEG with a page in it": (
        jpeg(PICTURE) + b"<script>alert(1)</script>", "image/jpeg", "photo.jpg",
    ),
}  # fmt: skip
UNKNOWN = {
    "nothing": b"",
    "a program that is called foto.jpg": b"MZ\x90\x00" + bytes(200),
    "a program of Linux": b"\x7fELF" + bytes(200),
    "a script": b"#!/bin/sh\nrm -rf ~\n",
    "HTML that is called image/jpeg": b"<!doctype html><script>alert(1)</script>",
    "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "SVG without a head": b"<svg onload=alert(1)>",
    "a document of an office": zipped(),
    "a ZIP with a PDF behind it": zipped() + pdf(PICTURE),
    "HTML with a PDF behind it": b"<html>" + pdf(PICTURE),
    "a GIF": b"GIF89a" + bytes(40),
    "a HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(40),
    "an AVI": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(40),
    "half a beginning": b"\x89PN",
    "blanks before a PNG": b" " + png(PICTURE),
    "PostScript": b"%!PS-Adobe-3.0",
    "text": "¿Cuánto cuesta?".encode(),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known(name: str) -> None:
    content, kind, file_name = KNOWN[name]
    found = content_type_of(content)
    assert found is not None
    assert (found.type, found.name) == (kind, file_name)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not(name: str) -> None:
    assert content_type_of(UNKNOWN[name]) is None
    with pytest.raises(NotUsableError) as refused:
        Reader(MediaSettings()).recognised(UNKNOWN[name])
    assert refused.value.why == "type"


def test_the_types_that_may_be_set_are_those_that_are_known() -> None:
    assert set(TYPES) == KNOWN_TYPES


def test_a_type_that_is_not_set_is_not_taken() -> None:
    only_voices = Reader(MediaSettings(types=("audio/ogg",)))
    assert only_voices.recognised(voice_note()) == ("voice.ogg", "audio/ogg")
    with pytest.raises(NotUsableError):
        only_voices.recognised(png(PICTURE))


@pytest.mark.parametrize("seconds", [0, 1, 4.5, 600])
def test_the_length_of_a_voice_note(seconds: float) -> None:
    assert seconds_of(voice_note(seconds)) == seconds


@pytest.mark.parametrize("content", [b"", b"OggS", png(PICTURE), b"OpusHead", b"OpusHeadOggS\x00"])
def test_what_has_no_length(content: bytes) -> None:
    assert seconds_of(content) is None

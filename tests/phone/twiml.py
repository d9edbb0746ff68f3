"""TwiML as Twilio reads it, and a caller who does what it says."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.phone.known import new_number
from tests.twilio.known import ACCOUNT, PUBLIC_URL

PATH = "/webhooks/twilio/voice"
VERBS = {"Gather", "Say", "Pause", "Redirect", "Dial", "Hangup"}
_calls = itertools.count(1)


@dataclass(frozen=True)
class Told:
    """What Twilio is told: the sentences, in what language, and what comes next."""

    xml: str
    says: tuple[str, ...]
    languages: tuple[str, ...]
    gather: dict[str, str] | None
    redirect: str | None
    dial: str | None
    dial_action: str | None
    hangs_up: bool

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(self.says)


def read(xml: str) -> Told:
    """What a TwiML document says; it must be one."""
    root = ET.fromstring(xml)  # noqa: S314  our own document
    assert root.tag == "Response"
    assert {element.tag for element in root.iter()} - {"Response"} <= VERBS
    assert len(root), "a document without verbs ends the call"
    gather, redirect, dial = (root.find(verb) for verb in ("Gather", "Redirect", "Dial"))
    says = list(root.iter("Say"))
    return Told(
        xml=xml,
        says=tuple(say.text or "" for say in says),
        languages=tuple(say.attrib["language"] for say in says),
        gather=None if gather is None else dict(gather.attrib),
        redirect=None if redirect is None else _path(redirect.text or ""),
        dial=None if dial is None else dial.text,
        dial_action=None if dial is None else _path(dial.attrib["action"]),
        hangs_up=root.find("Hangup") is not None,
    )


def _path(url: str) -> str:
    """Path and query of an address of ours."""
    assert url.startswith(f"{PUBLIC_URL}/"), url
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


Post = Callable[[str, dict[str, str]], str]
"""Sends a signed step; gives the TwiML."""


@dataclass
class PhoneCaller:
    """Somebody on the phone. Every step is asked for twice, as Twilio does after a lost answer, and
    must be told the same."""

    post: Post
    number: str = field(default_factory=new_number)
    sid: str = field(default_factory=lambda: f"CA{next(_calls):032x}")
    twice: bool = True
    heard: list[Told] = field(default_factory=list)

    def fields(self, **more: str) -> dict[str, str]:
        """What Twilio sends with each step, blank fields too."""
        return {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": "in-progress",
            "CallerName": "",
            "Direction": "inbound",
            "From": self.number,
            "FromCity": "",
            "FromState": "TX",
            "To": "+15550100000",
            **more,
        }

    def step(self, path: str, **more: str) -> Told:
        """One request, and what is told."""
        xml = self.post(path, self.fields(**more))
        if self.twice:
            assert self.post(path, self.fields(**more)) == xml
        told = read(xml)
        self.heard.append(told)
        return told

    def calls(self) -> Told:
        """The call begins."""
        return self.step(PATH, CallStatus="ringing")

    def says(self, words: str, confidence: str = "0.9") -> Told:
        """Speaks when the line listens."""
        return self._until_it_listens(SpeechResult=words, Confidence=confidence)

    def presses(self, key: str) -> Told:
        """Presses a key."""
        return self._until_it_listens(Digits=key)

    def is_silent(self) -> Told:
        """Says nothing until the line gives up listening."""
        return self._until_it_listens()

    def _until_it_listens(self, **more: str) -> Told:
        gather = self.heard[-1].gather
        assert gather, f"the line does not listen: {self.heard[-1].xml}"
        told = self.step(_path(gather["action"]), **more)
        while told.redirect:
            told = self.step(told.redirect)
        return told

"""A transcription service: a real HTTP server with OpenAI's interface, on this machine. It keeps a
list of what such a service would refuse; it can fail, be slow, be unsure."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, MODEL = "the key of the tests", "whisper-of-the-tests"
PATH = "/v1/audio/transcriptions"


def segment(text: str, logprob: float = -0.2, silence: float = 0.02) -> dict[str, Any]:
    return {"id": 0, "text": text, "avg_logprob": logprob, "no_speech_prob": silence}


def heard(text: str, logprob: float = -0.2, silence: float = 0.02) -> dict[str, Any]:
    """An answer in the long form."""
    return {
        "text": text,
        "language": "spanish",
        "segments": [segment(text, logprob, silence)] if text else [],
    }


@dataclass
class Answer:
    """What is answered to one call. `simple_only`: the long form is refused."""

    body: dict[str, Any] | bytes = field(default_factory=lambda: heard("hola"))
    status: int = 200
    seconds: float = 0.0
    simple_only: bool = False


class TranscriptionService:
    """The server. `answers` are given one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque([Answer()])
        self.heard: list[bytes] = []
        self.broken: list[str] = []
        self.calls = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                service._handle(self)

            def log_message(self, *_: Any) -> None:
                """Nothing: the test's output is not the place."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, str]:
        """The variables that name it."""
        return {
            "PTI_TRANSCRIPTION_URL": self.url,
            "PTI_TRANSCRIPTION_KEY": KEY,
            "PTI_TRANSCRIPTION_MODEL": MODEL,
        }

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.calls += 1
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        time.sleep(answer.seconds)
        status, body = answer.status, answer.body
        problem, form = self._checked(request, raw)
        if problem:
            self.broken.append(problem)
            status, body = 400, {"error": {"message": problem}}
        elif answer.simple_only:
            simple = form == "json"
            text = answer.body["text"] if isinstance(answer.body, dict) else ""
            status, body = (200, {"text": text}) if simple else (400, {"error": {"message": "no"}})
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(written)))
            request.end_headers()
            request.wfile.write(written)
        except OSError:
            pass  # who asked is gone

    def _checked(self, request: BaseHTTPRequestHandler, raw: bytes) -> tuple[str, str]:
        if request.path != PATH:
            return f"no such resource {request.path}", ""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return "no key", ""
        content_type = request.headers.get("Content-Type", "")
        if not content_type.startswith("multipart/form-data; boundary="):
            return f"a body of type {content_type}", ""
        whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + raw)
        parts = {
            str(part.get_param("name", header="content-disposition")): part  # type: ignore[union-attr]
            for part in whole.get_payload()
        }
        if set(parts) != {"file", "model", "response_format", "temperature"}:
            return f"parts {sorted(parts)}", ""
        file = parts["file"]
        extension = str(file.get_filename()).rpartition(".")[2]  # type: ignore[union-attr]
        if extension not in {"ogg", "mp3", "m4a", "wav", "webm", "amr", "aac"}:
            return f"a file of kind {extension}", ""
        if parts["model"].get_payload() != MODEL:  # type: ignore[union-attr]
            return "no such model", ""
        self.heard.append(file.get_payload(decode=True))  # type: ignore[union-attr,arg-type]
        return "", str(parts["response_format"].get_payload())  # type: ignore[union-attr]

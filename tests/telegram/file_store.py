"""Files that people sent, as Telegram gives them to a bot: first its path, then the file."""

from __future__ import annotations

import itertools
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.telegram.known import TOKEN

PREFIX = f"/file/bot{TOKEN}/"
MOST_BYTES = 20_000_000
_numbers = itertools.count(1)


class FileStore:
    """The files, by their id. `paths` says another path for one; `gone` are no longer there."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.paths: dict[str, str] = {}
        self.fetched: list[str] = []

    def add(self, content: bytes) -> dict[str, Any]:
        """Keeps a file; gives what an update says of it."""
        number = next(_numbers)
        file_id = f"AgAC-{number}_x"
        self.files[file_id] = content
        self.paths[file_id] = f"photos/file_{number}.jpg"
        return {"file_id": file_id, "file_unique_id": f"u{number}", "file_size": len(content)}

    def told(self, parameters: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer to getFile."""
        file_id = str(parameters["file_id"])
        content = self.files.get(file_id)
        if content is None or len(content) > MOST_BYTES:
            said = "wrong file_id" if content is None else "file is too big"
            refused = {"ok": False, "error_code": 400, "description": f"Bad Request: {said}"}
            return 400, refused
        result = {
            "file_id": file_id,
            "file_unique_id": "u",
            "file_size": len(content),
            "file_path": self.paths[file_id],
        }
        return 200, {"ok": True, "result": result}

    def give(self, request: BaseHTTPRequestHandler) -> None:
        """The file behind a path."""
        path = request.path.removeprefix(PREFIX)
        file_id = next((one for one, known in self.paths.items() if known == path), "")
        content = self.files.get(file_id)
        self.fetched.append(path)
        request.send_response(404 if content is None else 200)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Content-Length", str(len(content or b"")))
        request.end_headers()
        request.wfile.write(content or b"")

"""Values of forms, whatever was sent."""

from __future__ import annotations

from starlette.datastructures import FormData


def text_of(form: FormData, name: str) -> str:
    """A field that is text; empty where there is none."""
    value = form.get(name)
    return value if isinstance(value, str) else ""

"""`pti parse`: what the models make of messages, one a line."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TextIO

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.bad_input import OneLineCommand
from bot.cli.trained_model import model_or_exit

RANKED = 5


@click.command(cls=OneLineCommand)
# utf-8-sig: a file from Windows begins with a mark that is not part of the first message
@click.argument("file", type=click.File("r", encoding="utf-8-sig", errors="replace"))
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead of a table.")
def parse(file: TextIO, as_json: bool) -> None:
    """Show topic, decision and confidence for each line of FILE (- for standard input)."""
    from bot.logs import set_up_logging
    from bot.settings import environment, model_path

    model = model_or_exit(model_path(environment()))
    set_up_logging("WARNING", "parse")
    from bot.messaging.assistant import Assistant

    assistant = Assistant(model)
    lines = (line.rstrip("\r\n") for line in file)
    results = (_parsed(assistant, line) for line in lines if line.strip())
    if as_json:
        for result in results:
            click.echo(json.dumps(result, ensure_ascii=False))
    else:
        Console().print(_table(list(results)))


def _parsed(assistant: Any, text: str) -> dict[str, Any]:
    parsed = asyncio.run(assistant.parse(text))
    ranking = [
        {"topic": ranked["name"], "confidence": round(ranked["confidence"], 4)}
        for ranked in parsed["intent_ranking"][:RANKED]
    ]
    return {
        "text": text,
        "topic": parsed["topic"],
        "decision": parsed["decision"],
        "confidence": ranking[0]["confidence"],
        "ranking": ranking,
        "language": parsed.get("language"),  # Rasa leaves out what is None
    }


def _table(results: list[dict[str, Any]]) -> Table:
    table = Table("message", "topic", "decision", "confidence", "language")
    colours = {"answer": "green", "clarify": "yellow", "fallback": "red"}
    for result in results:
        colour = colours[result["decision"]]
        table.add_row(
            escape(result["text"]),
            result["topic"],
            f"[{colour}]{result['decision']}[/]",
            f"{result['confidence']:.2f}",
            result["language"] or "-",
        )
    return table

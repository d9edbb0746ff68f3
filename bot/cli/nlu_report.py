"""`pti nlu-report`: the held-out messages through the trained model, as a table and a picture."""

from __future__ import annotations

import json

import click
from rich.console import Console

from bot.settings import PROJECT_ROOT

DIAGRAM = PROJECT_ROOT / "var" / "reliability.png"


@click.command("nlu-report")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def nlu_report(as_json: bool) -> None:
    """Show how well the held-out messages are understood, and where not."""
    from bot.cli.held_out import judge_held_out
    from bot.cli.nlu_tables import draw_reliability, print_tables
    from bot.cli.parse_times import parse_times
    from bot.cli.training import train_if_needed
    from bot.logs import set_up_logging
    from bot.messaging.assistant import Assistant
    from bot.nlu.evaluation import calibration_error, headline

    # Else Rasa's own log prints every message.
    set_up_logging("WARNING", "nlu-report")
    model = train_if_needed()
    judged = judge_held_out(model)
    if as_json:
        figures = {name: round(found.value, 4) for name, found in headline(judged).items()}
        click.echo(
            json.dumps({**figures, "calibration error": round(calibration_error(judged), 4)})
        )
        return
    console = Console()
    print_tables(judged, parse_times(Assistant(model), [j.message.text for j in judged]), console)
    draw_reliability(judged, DIAGRAM)
    console.print(f"Reliability diagram: {DIAGRAM.relative_to(PROJECT_ROOT)}")

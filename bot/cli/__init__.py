"""The `pti` command. Each subcommand's module is imported only when that subcommand runs."""

from __future__ import annotations

from importlib import import_module

import click

# Name of the subcommand -> the module and the click command in it.
COMMANDS = {
    "quota": "bot.cli.programme:quota",
    "curp": "bot.cli.programme:curp",
    "nss": "bot.cli.programme:nss",
    "parse": "bot.cli.understanding:parse",
    "chat": "bot.cli.chat:chat",
    "train": "bot.cli.training:train",
    "nlu-report": "bot.cli.nlu_report:nlu_report",
    "init": "bot.cli.init:init",
    "migrate": "bot.cli.processes:migrate",
    "gateway": "bot.cli.processes:gateway",
    "brain": "bot.cli.processes:brain",
    "console": "bot.cli.console:console",
    "account": "bot.cli.accounts:account",
    "audit": "bot.cli.audit:audit",
    "review": "bot.cli.review:review",
    "compare": "bot.cli.compare:compare",
    "imss-sandbox": "bot.cli.imss_sandbox:imss_sandbox",
    "up": "bot.cli.up:up",
    "telegram": "bot.cli.telegram:telegram",
    "retention": "bot.cli.retention:retention",
    "keys": "bot.cli.keys:keys",
    "backup": "bot.cli.backup:backup",
    "restore": "bot.cli.backup:restore",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(name="pti", cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The assistant of the programme for independent workers, and its tools."""
    from bot.settings.threads import take_one_thread

    take_one_thread()

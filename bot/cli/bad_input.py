"""Bad input to a command is one line on stderr and exit code 2."""

from __future__ import annotations

import click


class BadInput(click.ClickException):
    """What was typed cannot be used. Printed as `Error: …` without the usage text."""

    exit_code = 2


class OneLineCommand(click.Command):
    """A command whose unknown or missing options are reported like its other errors."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise BadInput(error.format_message()) from error

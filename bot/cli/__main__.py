"""`python -m bot.cli` is `pti`."""

from bot.cli import main

main(prog_name="pti")

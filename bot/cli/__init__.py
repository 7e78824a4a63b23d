"""The command line: one module per noun; results on stdout, logs on stderr, exit codes 0, 1 and 2.

Read running (how a command reaches the database and ends), words, then the nouns. Commands of the operator
run as the database's owner, beside a running service; only serve, demo and simulate load a channel's library.
"""

from __future__ import annotations


def main() -> None:
    """Run the command the shell asked for; what the operator can mend is one line on stderr."""
    from bot.cli import running  # the console script loads what it needs, when it needs it
    from bot.cli.commands import app

    with running.told_in_one_line():
        app(prog_name="kopdes")

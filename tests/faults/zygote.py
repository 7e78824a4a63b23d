"""Starts `kopdes serve` quickly: everything is imported once, each start is a fork that runs the console script.

Most of a start is importing. Small runs start this way, full ones by the console script itself.
Each line on stdin, JSON of environment and log, starts one; its process id is printed.
"""

from __future__ import annotations

import json
import os
import signal
import sys

ANSWER_SECONDS = "ANSWER_SECONDS"  # in a service's environment: no setting, for us alone


def main() -> None:
    """Answer every line with a new service's process id, until stdin ends."""
    import bot.app  # noqa: F401, PLC0415 - what `serve` imports when it starts

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _serve(wanted["env"], wanted["log"])
        print(pid, flush=True)


def _serve(env: dict[str, str], log: str) -> None:
    from bot import app, cli  # noqa: PLC0415
    from bot.cli import service  # noqa: PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(0)
    os.environ.clear()
    seconds = env.pop(ANSWER_SECONDS, None)
    os.environ.update(env)
    if seconds is not None:
        service._run(app.serve(service._starting(), answer_seconds=float(seconds)))
        os._exit(0)
    sys.argv = ["kopdes", "serve"]
    cli.main()
    os._exit(0)


if __name__ == "__main__":
    main()

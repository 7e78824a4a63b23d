"""A delivery in a process of its own, to be killed: `python -m tests.notifications.speaker`.

With CLOCK_URL API_URL it speaks until it is killed. Without them it starts many quickly: each line on
stdin, JSON of its settings, forks one off; its process id is printed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

import structlog

from core import database
from notifications import delivery
from notifications.bell import Bell
from notifications.mouth import Timing
from notifications.senders import telegram
from tests.conftest import KEYS
from tests.notifications.conftest import ACCOUNT, QUICK, TOKEN


async def speak(
    clock_url: str,
    api_url: str,
    *,
    per_second: float = 0,
    answer_seconds: float = telegram.ANSWER,
    timing: Timing = QUICK,
) -> None:
    """Speak until killed."""
    sender = telegram.connect(
        TOKEN, account=ACCOUNT, api_url=api_url, per_second=per_second, answer_seconds=answer_seconds
    )  # fmt: skip
    engine = database.make_engine(clock_url, name="kopdes clock")
    await delivery.run(
        engine, clock_url, KEYS, [sender], bell=Bell(), stop=asyncio.Event(), timing=timing
    )


def _fork() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody asks how they ended.
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            out = os.open(wanted.pop("log"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.dup2(out, 1)
            os.dup2(out, 2)
            os.close(0)
            structlog.configure(processors=[structlog.processors.JSONRenderer()])
            asyncio.run(speak(**wanted, timing=Timing()))
            os._exit(1)
        print(pid, flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        asyncio.run(speak(*sys.argv[1:]))
    else:
        _fork()

"""A delivery in a process of its own, to be killed: `python -m tests.notifications.speaker CLOCK_URL API_URL`."""

from __future__ import annotations

import asyncio
import sys

from core import database
from notifications import delivery
from notifications.bell import Bell
from notifications.senders import telegram
from tests.conftest import KEYS
from tests.notifications.conftest import ACCOUNT, QUICK, TOKEN


async def main(clock_url: str, api_url: str) -> None:
    """Speak until killed."""
    sender = telegram.connect(TOKEN, account=ACCOUNT, api_url=api_url, per_second=0)
    engine = database.make_engine(clock_url)
    await delivery.run(
        engine, clock_url, KEYS, [sender], bell=Bell(), stop=asyncio.Event(), timing=QUICK
    )


asyncio.run(main(*sys.argv[1:]))

"""What ends when the service stops, and how."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


async def until_stopped(stop: asyncio.Event, end: Callable[[], None]) -> None:
    """Wait for the stop, then end what runs by itself."""
    await stop.wait()
    end()


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do work that the service need not finish: when it stops, this ends at once, without a word."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)

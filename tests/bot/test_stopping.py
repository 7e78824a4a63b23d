"""What ends with the service, and how."""

from __future__ import annotations

import asyncio

import pytest

from bot.stopping import unless_stopped


async def test_what_need_not_be_finished_ends_quietly_when_the_service_stops():
    """The demo's people link their chats while it is stopped: nobody answers them any more."""
    stop, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
            raise ConnectionResetError

    running = asyncio.create_task(unless_stopped(stop, work()))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(1):
        await running
    assert ended.is_set()


async def test_what_breaks_because_the_service_stops_is_no_trouble():
    stop = asyncio.Event()

    async def work() -> None:
        await stop.wait()
        raise ConnectionRefusedError

    running = asyncio.create_task(unless_stopped(stop, work()))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(1):
        await running


async def test_what_breaks_while_the_service_runs_is_told():
    async def work() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        await unless_stopped(asyncio.Event(), work())


async def test_what_is_done_is_done():
    done = []

    async def work() -> None:
        done.append(True)

    await unless_stopped(asyncio.Event(), work())
    assert done == [True]

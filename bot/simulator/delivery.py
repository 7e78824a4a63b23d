"""Posting updates to webhooks: one at a time and in order per chat, chats side by side, again on failure."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from bot.simulator.world import Bot, Update, Webhook, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
Execute = Callable[[Bot, str, dict[str, Any]], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Pace:
    """Seconds: first and longest pause before an update is posted again, and how long to wait."""

    first: float = 0.2
    longest: float = 5.0
    timeout: float = 60.0

    def change(self, body: Mapping[str, Any]) -> None:
        """Change what is named; refuse what is none of the three."""
        for name, value in body.items():
            if name not in {"first", "longest", "timeout"}:
                raise ValueError(f"unknown pace: {name}")
            setattr(self, name, float(value))


class Delivery:
    """Runs one task per chat that has something to deliver; `execute` carries out answers."""

    def __init__(self, world: World, execute: Execute) -> None:
        self.pace = Pace()
        self._world = world
        self._execute = execute
        self._queues: dict[tuple[str, int], deque[Update]] = {}
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._session: aiohttp.ClientSession | None = None
        world.update_made = self.put
        world.webhook_changed = self.restart

    async def open(self) -> None:
        """Open the HTTP client and take up what waits."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Content-Type": "application/json"},
        )
        for bot in self._world.bots.values():
            self.restart(bot)

    async def close(self) -> None:
        """Stop posting; what was not delivered stays pending."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def put(self, bot: Bot, update: Update) -> None:
        """Queue an update for its chat's turn."""
        if bot.webhook is None or self._session is None:
            return
        key = (bot.token, update.chat_id)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = deque()
        queue.append(update)
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._drain(bot, key))

    def restart(self, bot: Bot) -> None:
        """Begin anew with the bot's pending updates and its webhook of now."""
        for key in [key for key in self._tasks if key[0] == bot.token]:
            self._tasks.pop(key).cancel()
        for key in [key for key in self._queues if key[0] == bot.token]:
            del self._queues[key]
        if bot.webhook is None:
            return
        self._slots[bot.token] = asyncio.Semaphore(bot.webhook.max_connections)
        for update in bot.pending.values():
            self.put(bot, update)

    async def _drain(self, bot: Bot, key: tuple[str, int]) -> None:
        queue = self._queues[key]
        pause = self.pace.first
        try:
            while queue and bot.webhook is not None:
                update = queue[0]
                async with self._slots[bot.token]:
                    done = await self.post(bot, bot.webhook, update)
                if done:
                    queue.popleft()
                    if bot.pending.pop(update.id, None) is not None:
                        update.confirmed = True
                    pause = self.pace.first
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, self.pace.longest)
        finally:
            if self._queues.get(key) is queue:
                del self._queues[key]
                self._tasks.pop(key, None)

    async def post(self, bot: Bot, hook: Webhook, update: Update) -> bool:
        """Post an update once and carry out a method in the answer; True when it was taken (2xx)."""
        assert self._session is not None
        headers = {SECRET_HEADER: hook.secret} if hook.secret else None
        body = json.dumps(update.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        update.delivered += 1
        try:
            async with self._session.post(
                hook.url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.pace.timeout),
            ) as response:
                answer = await response.read()
        except TimeoutError:
            return self._failed(bot, update, "timeout", "Read timeout expired")
        except aiohttp.ClientConnectorError:
            return self._failed(bot, update, "refused", "Connection refused")
        except (aiohttp.ClientError, ConnectionError):
            return self._failed(bot, update, "dropped", "Connection closed")
        update.status = response.status
        if not 200 <= response.status < 300:
            reason = f"Wrong response from the webhook: {response.status} {response.reason}"
            return self._failed(bot, update, response.status, reason)
        if answer:
            with contextlib.suppress(ValueError):
                params = _method(response.content_type, answer)
                if params is not None:
                    await self._execute(bot, str(params.pop("method")), params)
        return True

    def _failed(self, bot: Bot, update: Update, status: int | str, reason: str) -> bool:
        update.status = status
        bot.last_error = (int(self._world.now()), reason)
        return False


def _method(content_type: str, answer: bytes) -> dict[str, Any] | None:
    if content_type == "application/json":
        said = json.loads(answer)
    elif content_type == "application/x-www-form-urlencoded":
        said = dict(parse_qsl(answer.decode()))
    else:
        return None
    return said if isinstance(said, dict) and said.get("method") else None

"""Posting WhatsApp's webhooks, signed: in order per person, people side by side, again until 200."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from secrets import token_hex
from typing import Any

import aiohttp

from bot.simulator import whatsapp_shapes as shapes
from bot.simulator.delivery import Pace
from bot.simulator.whatsapp_world import Number, Shape, Whatsapp
from bot.simulator.world import Message, Update

SIGNATURE_HEADER = "X-Hub-Signature-256"
_GATHERING = 0.02
Lane = tuple[str, str, int]  # phone id, messages or statuses, person


@dataclass(slots=True, kw_only=True)
class Manner:
    """How webhooks are posted; a test may change each.

    `hold`: nothing is posted by itself. `batch`: up to so many in one post, of anybody. `copies`: each post
    so many times, at once. `shuffle`: a batch in any order, its arrays too.
    """

    hold: bool = False
    batch: int = 1
    copies: int = 1
    shuffle: bool = False


class Posting:
    """Runs one task per lane that has something to post."""

    def __init__(self, whatsapp: Whatsapp) -> None:
        self.pace = Pace()
        self.manner = Manner()
        self._whatsapp = whatsapp
        self._queues: dict[Lane, deque[Update]] = {}
        self._tasks: dict[Lane, asyncio.Task[None]] = {}
        self._later: set[asyncio.TimerHandle] = set()
        self._session: aiohttp.ClientSession | None = None
        self._any_order = random.Random(1)  # noqa: S311 - only an order, the same in every run
        whatsapp.update_made = self.put
        whatsapp.webhook_changed = self.restart
        whatsapp.ladder = self.climb

    async def open(self) -> None:
        """Open the HTTP client and take up what waits."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        for number in self._whatsapp.numbers.values():
            self.restart(number)

    async def close(self) -> None:
        """Stop posting; what was not taken stays pending."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        for timer in self._later:
            timer.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def climb(self, number: Number, message: Message) -> None:
        """Let the statuses of a new message follow by themselves."""
        habits = self._whatsapp.habits
        if not habits.status_seconds:
            self._whatsapp.climb(number, message, *habits.ladder)
            return
        loop = asyncio.get_running_loop()
        for step, state in enumerate(habits.ladder, start=1):

            def tell(state: str = state) -> None:
                self._whatsapp.climb(number, message, state)

            self._later.add(loop.call_later(step * habits.status_seconds, tell))
        self._later = {timer for timer in self._later if timer.when() > loop.time()}

    def put(self, number: Number, update: Update) -> None:
        """Queue a change for its turn."""
        if number.webhook is None or self._session is None or self.manner.hold:
            return
        lane = self._lane(number, update)
        queue = self._queues.setdefault(lane, deque())
        queue.append(update)
        if lane not in self._tasks:
            self._tasks[lane] = asyncio.get_running_loop().create_task(self._drain(number, lane))

    def _lane(self, number: Number, update: Update) -> Lane:
        if self.manner.batch > 1:
            return (number.phone_id, "", 0)
        kind = "statuses" if "statuses" in update.body["value"] else "messages"
        return (number.phone_id, kind, update.chat_id)

    def restart(self, number: Number) -> None:
        """Begin anew with what is pending and the webhook of now."""
        for lane in [lane for lane in self._tasks if lane[0] == number.phone_id]:
            self._tasks.pop(lane).cancel()
            self._queues.pop(lane, None)
        for update in list(number.pending.values()):
            self.put(number, update)

    async def _drain(self, number: Number, lane: Lane) -> None:
        queue = self._queues[lane]
        pause = self.pace.first
        try:
            while queue and number.webhook is not None:
                if self.manner.batch > 1:
                    await asyncio.sleep(_GATHERING)
                taken = list(islice(queue, self.manner.batch))
                posts = (self.post(number, taken) for _ in range(self.manner.copies))
                statuses = await asyncio.gather(*posts)
                if all(status == 200 for status in statuses):
                    for update in taken:
                        queue.popleft()
                        number.pending.pop(update.id, None)
                        update.confirmed = True
                    pause = self.pace.first
                else:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, self.pace.longest)
        finally:
            if self._queues.get(lane) is queue:
                del self._queues[lane]
                self._tasks.pop(lane, None)

    async def post(self, number: Number, updates: Sequence[Update], shape: Shape | None = None) -> int | str:  # fmt: skip
        """Post changes in one body, once; return the answer's status, or what went wrong."""
        assert self._session is not None
        assert number.webhook is not None
        raw = self.body(number, updates, shape)
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(number, raw)}
        status: int | str
        try:
            async with self._session.post(
                number.webhook,
                data=raw,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self.pace.timeout),
            ) as response:
                await response.read()
                status = response.status
        except TimeoutError:
            status = "timeout"
        except aiohttp.ClientConnectorError:
            status = "refused"
        except (aiohttp.ClientError, ConnectionError):
            status = "dropped"
        for update in updates:
            update.delivered += 1
            update.status = status
        return status

    def body(self, number: Number, updates: Iterable[Update], shape: Shape | None = None) -> bytes:
        """Return the bytes of a webhook's body."""
        chosen = list(updates)
        if self.manner.shuffle:
            self._any_order.shuffle(chosen)
        metadata = {"display_phone_number": number.display, "phone_number_id": number.phone_id}
        old = (shape or self._whatsapp.habits.shape) == "old"
        now = int(self._whatsapp.world.now())
        body = shapes.envelope(number.waba_id, metadata, chosen, now, old=old)
        return json.dumps(body).encode()

    async def subscribe(self, number: Number, url: str, verify_token: str | None = None) -> bool:
        """Ask a webhook for its challenge, as Meta does; it is the number's from then on when it answers it."""
        assert self._session is not None
        challenge = str(int(token_hex(4), 16))
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token or number.verify_token,
        }
        try:
            async with self._session.get(url, params=asked) as response:
                answered = response.status == 200 and await response.text() == challenge
        except (aiohttp.ClientError, ConnectionError):
            answered = False
        if answered:
            number.webhook = url
            self.restart(number)
        return answered


def sign(number: Number, raw: bytes) -> str:
    """Return the signature of a body: HMAC-SHA256 with the app's secret."""
    return "sha256=" + hmac.new(number.app_secret.encode(), raw, hashlib.sha256).hexdigest()


def view(update: Update) -> dict[str, Any]:
    """Return a change with how often it was posted and the last status."""
    return {
        "update_id": update.id,
        "chat_id": update.chat_id,
        "update": update.body,
        "delivered": {"times": update.delivered, "status": update.status},
        "confirmed": update.confirmed,
    }

"""Treasurers who record deposits without a pause, each by a sentence and then by ✅, whatever goes wrong."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.simulator import people
from bot.simulator.world import Content, Event, World
from tests.faults.village import TOKEN, Officer

MARK = "(kirim ulang)"
_FROM = 10_000  # rupiah of the first deposit; each one of a cooperative has an amount of its own
_NUMBER = re.compile(r"Tercatat No\. ([\d.]+)")


@dataclass(slots=True, kw_only=True)
class Pressed:
    """A card whose ✅ was pressed, once or twice; `entry` is the number its chat was told."""

    officer: Officer
    amount: int
    presses: int
    entry: int | None = None


@dataclass(slots=True, kw_only=True)
class Crowd:
    """What the people did and saw."""

    world: World
    officers: Sequence[Officer]
    rng: random.Random
    double_presses: float = 0.1  # of all presses
    patience: float = 30.0  # seconds until somebody gives up and goes on with something else
    pressed: dict[str, Pressed] = field(default_factory=dict)  # by the card's id
    no_card: int = 0
    said: int = 0
    _amounts: dict[int, itertools.count[int]] = field(default_factory=dict)

    @property
    def acknowledged(self) -> dict[str, Pressed]:
        """The cards of which the chat saw `Tercatat`."""
        return {card: one for card, one in self.pressed.items() if one.entry is not None}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let everybody deposit at the same time, again and again; at the end each finishes the own one."""
        stop = asyncio.Event()
        working = [asyncio.create_task(self._works(officer, stop)) for officer in self.officers]
        try:
            yield
            stop.set()
            await asyncio.gather(*working)
        finally:
            for one in working:
                one.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def until_acknowledged(self, count: int, *, patience: float = 60.0) -> None:
        """Wait until so many cards were acknowledged."""
        async with asyncio.timeout(patience):
            while len(self.acknowledged) < count:  # noqa: ASYNC110 - many chats count, one waits
                await asyncio.sleep(0.05)

    async def _works(self, officer: Officer, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.deposit(officer)

    async def deposit(self, officer: Officer) -> Pressed | None:
        """Record one deposit as a person would; None when no card came."""
        actor = self._actor(officer)
        amounts = self._amounts.setdefault(officer.koperasi_id, itertools.count(_FROM))
        amount = next(amounts)
        figure = f"{amount:,}".replace(",", ".")
        said = people.say(actor, f"sukarela {officer.member} {figure}")
        self.said += 1
        shown = f"Rp{figure} "
        found = await self._see(
            officer.chat, said["seq"], lambda c: shown in c.text and _save(c) is not None
        )
        if found is None or found.message is None or found.content is None:
            self.no_card += 1
            return None
        data = _save(found.content)
        assert data is not None
        presses = 2 if self.rng.random() < self.double_presses else 1
        card = Pressed(officer=officer, amount=amount, presses=presses)
        self.pressed[data.split(":")[1]] = card
        for _ in range(presses):
            people.press(actor, found.message.id, data)
        receipt = await self._see(
            officer.chat, found.seq, lambda c: shown in c.text and "Tercatat" in c.text
        )
        if receipt is not None and receipt.content is not None:
            number = _NUMBER.search(receipt.content.text)
            assert number is not None, receipt.content.text
            card.entry = int(number[1].replace(".", ""))
        return card

    def _actor(self, officer: Officer) -> people.Actor:
        return people.Actor(
            world=self.world,
            bot=self.world.bots[TOKEN],
            person=self.world.people[officer.chat],
        )

    async def _see(self, chat: int, after: int, wanted: Callable[[Content], bool]) -> Event | None:
        """Wait for a message or edit of the bot; None when patience ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        while (left := until - loop.time()) > 0:
            for event in self.world.events_after(after, chat):
                after = event.seq
                if event.kind not in ("message", "edit") or event.message is None:
                    continue
                said = event.content
                if event.message.sender is None and said is not None and wanted(said):
                    return event
            await self.world.wait_event(chat, left)
        return None


def _save(content: Content) -> str | None:
    """Return the data of a card's ✅."""
    for row in content.buttons or ():
        for button in row:
            if "Simpan" in button["text"]:
                return str(button["callback_data"])
    return None

"""Telegram failing in every way it does: replies come, receipts end as sent or unknown, nothing is booked twice."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio

from bot.simulator.client import Sim
from bot.simulator.server import start
from bot.simulator.world import Request, World
from tests.faults import audit, village
from tests.faults.conftest import FULL, SECRET_KEY
from tests.faults.crowd import MARK, Crowd
from tests.faults.service import Service, Start, environment, free_port, serving
from tests.faults.village import Officer
from tests.faults.zygote import ANSWER_SECONDS

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

_SPEAKING = frozenset({"sendMessage", "editMessageText", "answerCallbackQuery"})
_ANSWER = 10.0 if FULL else 3.0  # seconds the bot waits for an answer
_HANGS = _ANSWER + 1.5
# What goes wrong, how often, and whether the message arrives without the mark before it comes with it.
_FAULTS = (
    ("html502", 2, False),
    ("status", 1, False),
    ("hang", 1, False),
    ("drop", 1, False),
    ("accept_then_drop", 1, True),
    ("accept_then_hang", 1, True),
)


@dataclass(slots=True, kw_only=True)
class House:
    """A service that polls, its people and what they may be asked."""

    service: Service
    crowd: Crowd
    sim: Sim
    url: str

    @property
    def linked(self) -> list[Officer]:
        """Treasurers whose member has a chat."""
        return [officer for officer in self.crowd.officers if officer.member_chat is not None]

    def requests(self, after: float, chat: int | None = None) -> list[Request]:
        """Requests that spoke, later than a moment of the simulator's clock."""
        return [
            request
            for request in self.crowd.world.requests
            if request.at > after
            and request.method in _SPEAKING
            and chat in (None, request.chat_id)
        ]

    def said(self, chat: int, words: str, after: int = 0) -> list[str]:
        """What the bot said in a chat, of messages with these words."""
        messages = self.crowd.world.bots[village.TOKEN].chats[chat].messages.values()
        return [
            message.content.text
            for message in messages
            if message.sender is None and message.id > after and words in message.content.text
        ]

    async def fetch(self, query: str, *values: Any) -> list[Any]:
        """Ask the database as its owner."""
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def quiet(self) -> None:
        """Wait until nothing is owed any more."""
        await audit.quiet(self.url, self.crowd.world)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    server_url: str, template: str, launch: Start, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """One polling service for all tests here, on a clone of its own; each test uses people of its own."""
    name = f"kopdes_faults_{random.randrange(2**32):08x}"
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    await _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    world = World(bots={village.TOKEN: "kopdes_uji_bot"})
    world.limits.enforce = False
    running = await start(world)
    people = await village.settle(url, world, cooperatives_=2, officers=12)
    port = free_port()
    env = environment(
        api_url=running.url,
        token=village.TOKEN,
        port=port,
        webhook=False,
        database_url=url,
        secret_key=SECRET_KEY,
    )
    env[ANSWER_SECONDS] = str(_ANSWER)
    crowd = Crowd(world=world, officers=people, rng=random.Random(1), double_presses=0)
    log = tmp_path_factory.mktemp("service") / "service.log"
    async with Sim(running.url) as sim, serving(launch, env, port, log) as service:
        yield House(service=service, crowd=crowd, sim=sim, url=url)
    await running.close()
    await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_what_was_perhaps_not_said_is_said_once_more_and_marked(house: House):
    """502 in HTML, 500, hanging, dropping, taking the message and then doing so: on cards and on receipts."""
    people = house.linked[: len(_FAULTS)]
    for officer, (kind, times, _) in zip(people, _FAULTS, strict=True):
        for chat in _faulty(officer, kind):
            await house.sim.fault(
                kind, "sendMessage", times=times, chat_id=chat, seconds=_HANGS, status=500
            )
    deposits = await asyncio.gather(*(house.crowd.deposit(officer) for officer in people))
    await house.quiet()
    for officer, deposit, (kind, times, arrives) in zip(people, deposits, _FAULTS, strict=True):
        assert deposit is not None, kind
        assert deposit.entry is not None, kind
        for chat in _faulty(officer, kind):
            sent = [r for r in house.requests(0, chat) if r.method == "sendMessage"]
            assert len(sent) == times + 1, (kind, chat)
            marks = [MARK in said for said in house.said(chat, "Jumlah: Rp")]
            seen = [False] * (times * arrives) + [True]
            if (
                chat == officer.chat
            ):  # The card that was pressed became the receipt, without a mark.
                assert len(marks) == len(seen), kind
                marks, seen = marks[:-1], seen[:-1]
            assert marks == seen, (kind, chat)
    assert await _states(house, people) == {"sent"}


def _faulty(officer: Officer, kind: str) -> list[int]:
    """The chats whose sending goes wrong; of the two that wait long, each holds up one."""
    assert officer.member_chat is not None
    if kind == "hang":
        return [officer.member_chat]
    if kind == "accept_then_hang":
        return [officer.chat]
    return [officer.chat, officer.member_chat]


async def test_a_receipt_that_replaces_its_card_is_put_there_again_without_a_mark(house: House):
    people = house.linked[len(_FAULTS) : len(_FAULTS) + 3]
    for officer, kind in zip(people, ("html502", "drop", "accept_then_drop"), strict=True):
        await house.sim.fault(kind, "editMessageText", chat_id=officer.chat)
    deposits = await asyncio.gather(*(house.crowd.deposit(officer) for officer in people))
    await house.quiet()
    for officer, deposit in zip(people, deposits, strict=True):
        assert deposit is not None
        assert deposit.entry is not None
        (receipt,) = house.said(officer.chat, "Jumlah: Rp")
        assert "Tercatat" in receipt
        assert MARK not in receipt
    assert await _states(house, people) == {"sent"}


async def test_what_is_uncertain_twice_stays_unknown(house: House):
    officer = house.linked[-1]
    assert officer.member_chat is not None
    await house.sim.fault(
        "accept_then_drop", "sendMessage", times=None, chat_id=officer.member_chat
    )
    deposit = await house.crowd.deposit(officer)
    await house.quiet()
    await house.sim.clear_faults()
    assert deposit is not None
    assert deposit.entry is not None
    said = house.said(officer.member_chat, "Tercatat")
    assert [MARK in text for text in said] == [False, True]
    assert await _states(house, [officer]) == {"unknown"}


async def test_an_outcome_that_a_fallen_server_lost_is_recorded_again_and_nothing_said_again(
    house: House,
):
    """Outcomes do not wait for the disk: the row is claimed again, as it was before, and connections are gone."""
    officer = house.crowd.officers[1 - len(house.crowd.officers)]
    await house.crowd.deposit(officer)
    await house.quiet()
    answered = "purpose = 'reply' AND chat = $1"
    before = await house.fetch(f"SELECT state FROM outbox WHERE {answered}", str(officer.chat))
    said = len(house.requests(0, officer.chat))
    await house.fetch(
        f"WITH lost AS (UPDATE outbox SET state = 'claimed', done_at = NULL WHERE {answered})"
        " SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'kopdes clock' AND datname = current_database()",
        str(officer.chat),
    )
    await house.quiet()
    rows = await house.fetch(f"SELECT state FROM outbox WHERE {answered}", str(officer.chat))
    assert [row["state"] for row in rows] == [row["state"] for row in before] == ["sent", "sent"]
    assert len(house.requests(0, officer.chat)) == said


async def test_nothing_is_sent_while_telegram_asks_for_silence(house: House):
    world = house.crowd.world
    people = house.crowd.officers[:8]
    seconds = 2
    await house.sim.fault("retry_after", "sendMessage", retry_after=seconds)
    deposits = asyncio.gather(*(house.crowd.deposit(officer) for officer in people))
    async with asyncio.timeout(20):
        while not (refused := [r for r in world.requests if r.status == 429]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    said_so = refused[0].at
    done = await deposits
    await house.quiet()
    assert all(deposit is not None and deposit.entry is not None for deposit in done)
    on_their_way = 0.2  # seconds: what had left before the refusal arrived
    spoken = house.requests(said_so)
    early = [r for r in spoken if said_so + on_their_way < r.at < said_so + seconds]
    assert early == []
    assert any(r.at >= said_so + seconds for r in spoken)
    marked = [house.said(officer.chat, MARK, after=_last_before(world, officer.chat, said_so)) for officer in people]  # fmt: skip
    assert not any(marked)


async def test_who_blocked_the_bot_is_reached_again_after_writing(house: House):
    officer = house.linked[-2]
    member = officer.member_chat
    assert member is not None
    await house.sim.block(member)
    refused = await house.crowd.deposit(officer)
    await house.quiet()
    waiting = await house.crowd.deposit(officer)
    await house.quiet()
    assert refused is not None
    assert waiting is not None
    receipts = await _receipts(house, member)
    assert [row["state"] for row in receipts] == ["unaddressed", "unaddressed"]
    assert [row["reason"] for row in receipts] == ["blocked", None]
    assert not house.said(member, "Tercatat")
    await house.sim.block(member, blocked=False)
    await house.sim.text(member, "saldo")
    answer = await house.sim.wait_reply(member)
    assert "Simpanan sukarela" in answer["text"]
    await house.crowd.deposit(officer)
    await house.quiet()
    states = [row["state"] for row in await _receipts(house, member)]
    assert states == ["sent", "sent", "sent"]
    assert len(house.said(member, "Tercatat")) == 3


async def test_updates_are_heard_again_when_telegram_answers_again(house: House):
    officer = house.crowd.officers[1]
    for kind in ("html502", "status", "drop", "accept_then_drop"):
        await house.sim.fault(kind, "getUpdates", status=409)
    await house.sim.fault("retry_after", "getUpdates", retry_after=1)
    for _ in range(2):
        deposit = await house.crowd.deposit(officer)
        assert deposit is not None
        assert deposit.entry is not None
    assert house.crowd.world.faults.waiting == []


async def test_at_the_end_every_press_is_one_entry_and_the_service_ends_at_once(house: House):
    rows = await house.fetch("SELECT operation FROM ledger.entries")
    assert {row["operation"] for row in rows} == house.crowd.pressed.keys()
    assert len(rows) == len(house.crowd.pressed)
    await audit.verify(house.url, house.service)
    assert house.service.is_alive
    began = time.monotonic()
    await house.service.end()  # While it waits for updates, which it may do for 25 seconds.
    assert time.monotonic() - began < 5
    assert house.service.events("error", "critical") == []


async def _states(house: House, people: Sequence[Officer]) -> set[str]:
    """The states of these members' receipts."""
    found: set[str] = set()
    for officer in people:
        assert officer.member_chat is not None
        found |= {row["state"] for row in await _receipts(house, officer.member_chat)}
    return found


async def _receipts(house: House, chat: int) -> list[Any]:
    """The receipts owed to whom this chat is, oldest first."""
    return await house.fetch(
        "SELECT o.state, o.reason, o.resent FROM receipts r"
        " JOIN outbox o ON o.koperasi_id = r.koperasi_id AND o.id = r.outbox_id"
        " JOIN addresses a ON a.koperasi_id = r.koperasi_id AND a.person_id = r.member_id"
        " WHERE a.chat = $1 ORDER BY r.entry",
        str(chat),
    )


def _last_before(world: World, chat: int, moment: float) -> int:
    """The newest message of a chat at a moment."""
    messages = world.bots[village.TOKEN].chats[chat].messages.values()
    return max((message.id for message in messages if message.date < int(moment)), default=0)

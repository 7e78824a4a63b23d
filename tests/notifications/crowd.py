"""Cooperatives with many members who have chats, and what is announced to them, written down in a few statements."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from core import database
from core.announcements import announcement
from core.announcements.announcement import PROVINCE, Announcement
from core.announcements.audience import Audience
from core.cooperatives import Cooperative
from notifications import announcing, outbox
from notifications.announcing import Pace
from notifications.messages import Address, Content, Message, Purpose, Say
from tests.builders_core import AT, a_cooperative
from tests.conftest import KEYS
from tests.notifications.conftest import ACCOUNT, Village

AT_ONCE = Pace(rate=0, keeps_hours=False)
TEXT = "Rapat hari Minggu"
_CHATS = itertools.count(20_001)
_CARDS = itertools.count(1)
FIRST = 1001  # the first member of a crowd


@dataclass(slots=True, kw_only=True)
class Crowd:
    """One cooperative and its members: person FIRST + n writes from chat `chats[n]`."""

    owner: AsyncEngine
    village: Village
    here: Cooperative
    chats: list[int] = field(default_factory=list)

    def got(self, text: str = TEXT) -> list[int]:
        """List the chats that hold this text, once for each time."""
        bot = self.village.bot
        return [
            chat
            for chat in self.chats
            for message in bot.chats[chat].messages.values()
            if text in message.content.text
        ]


async def members_with_chats(
    raw: Connection[Any], koperasi_id: int, chats: Sequence[int], *, account: str = ACCOUNT
) -> None:
    """Write members down, numbered from 1001, each with a chat and the consent to announcements."""
    everybody = (koperasi_id, list(range(FIRST, FIRST + len(chats))), AT)
    await raw.execute(
        "INSERT INTO people (koperasi_id, id, name, created_at)"
        " SELECT $1, n, 'Anggota ' || n, $3 FROM unnest($2::integer[]) AS n",
        *everybody,
    )
    await raw.execute(
        "INSERT INTO members (koperasi_id, id, number, joined_on, dues_from)"
        " SELECT $1, n, 'A-' || n, date '2026-01-15', date '2026-01-01'"
        " FROM unnest($2::integer[]) AS n WHERE $3::timestamptz IS NOT NULL",
        *everybody,
    )
    await raw.execute(
        "INSERT INTO addresses (koperasi_id, person_id, channel, account, chat, linked_at)"
        " SELECT $1, one.n, 'telegram', $4, one.chat, $3"
        "   FROM unnest($2::integer[], $5::text[]) AS one (n, chat)",
        *everybody,
        account,
        [str(chat) for chat in chats],
    )
    await raw.execute(
        "INSERT INTO consents (koperasi_id, person_id, purpose, channel, text_version, given_at)"
        " SELECT $1, n, 'announcement', 'telegram', '1', $3 FROM unnest($2::integer[]) AS n",
        *everybody,
    )


async def a_crowd(
    owner: AsyncEngine,
    village: Village,
    count: int,
    *,
    place: str = "64.72.05.1003",
    started: bool = True,
) -> Crowd:
    """So many members, each with a chat and every consent."""
    chats = [next(_CHATS) for _ in range(count)]
    if started:
        for chat in chats:
            village.chat(chat)
    async with database.transaction(owner) as db:
        here = await a_cooperative(db, village=place)
        raw = await database.driver(db)
        await members_with_chats(raw, here.id, chats)
    return Crowd(owner=owner, village=village, here=here, chats=chats)


@dataclass(slots=True)
class Hour:
    """The time for the clock and the mouth alike: it can be put ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True, kw_only=True)
class Desk:
    """Who composes: a chat with the message that tells how far the announcement is."""

    app: AsyncEngine
    clock: AsyncEngine
    koperasi_id: int
    chat: int
    hour: Hour
    channel: str = "telegram"  # the composer's
    told: str = ""
    number: int = 0

    async def announces(self, **facts: Any) -> Announcement:
        """Confirm a card; its answer is owed to the composer's chat."""
        self.told = f"reply/desk/{next(_CARDS)}"
        at = self.hour.now()
        given: dict[str, Any] = {
            "announcement_id": uuid4(),
            "composer": "official:1",
            "message": announcement.Message(
                text=TEXT, sender="Kopdes", composer="Dewi", where="Kaltim"
            ),
            "region": "64",
            "audience": Audience(members=True),
            "people": 10,
            "second_above": 1000,
        }
        answer = Message(
            koperasi_id=self.koperasi_id,
            id=uuid4(),
            to=Address(channel=self.channel, account=ACCOUNT, chat=str(self.chat)),
            person_id=None,
            purpose=Purpose.REPLY,
            content=Content(lines=(Say("sheet-link", {"link": "tercatat"}),)),
            dedupe=self.told,
            made_at=at,
        )
        async with database.transaction(self.app, koperasi_id=self.koperasi_id) as db:
            made = await announcement.submit(
                db,
                koperasi_id=self.koperasi_id,
                chat=(self.channel, ACCOUNT, str(self.chat)),
                told_in=self.koperasi_id,
                told=self.told,
                at=at,
                keys=KEYS,
                **(given | facts),
            )
            await outbox.put(db, [answer], KEYS)
        self.number = made.number
        return made

    async def now(self) -> Announcement:
        """Read it as it stands."""
        async with database.transaction(self.app, koperasi_id=self.koperasi_id) as db:
            return await announcement.read(
                db, koperasi_id=self.koperasi_id, number=self.number, keys=KEYS
            )

    async def does(self, step: Any, **facts: Any) -> Announcement:
        """Pause, resume, stop, try again, approve."""
        async with database.transaction(self.app, koperasi_id=self.koperasi_id) as db:
            this = await announcement.read(
                db, koperasi_id=self.koperasi_id, number=self.number, keys=KEYS
            )
            done: Announcement = await step(db, this, **facts)
        return done

    async def looks(self, *, later: timedelta = timedelta(), pace: Pace = AT_ONCE) -> int:
        """Let time pass, and the clock look."""
        self.hour.ahead += later
        return await announcing.look(self.clock, KEYS, self.hour.now(), pace)


def a_desk(
    app: AsyncEngine,
    clock: AsyncEngine,
    village: Village,
    koperasi_id: int = PROVINCE,
    *,
    hour: Hour,
) -> Desk:
    """A composer's chat."""
    chat = next(_CHATS)
    village.chat(chat)
    return Desk(app=app, clock=clock, koperasi_id=koperasi_id, chat=chat, hour=hour)

"""Announcements on their way: the clock owes them, holds, releases and counts them; the mouth asks what they say.

One look takes each announcement as far as it goes, in short transactions; another clock's is passed over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core import rules
from core.announcements import estimate, files, sending
from core.announcements.announcement import PROVINCE, Announcement, State
from core.announcements.sending import Spans
from core.calendar import WITA, business_date
from core.database import driver, is_passing, transaction
from core.hours import Hours, hours_of
from core.sealing import Keys
from notifications import announcement_words as words
from notifications import fresh, messages, outbox
from notifications.fresh import Hold, Made
from notifications.messages import Address, Attachment, Content, Fact, Fresh, Message, Purpose
from notifications.outbox import Claimed

KIND = "announcement"
EVERY = timedelta(seconds=2)
PILOT_LASTS = timedelta(minutes=10)
_MOST_BLOCKED = 5  # per cent of a pilot
_TOLD_EVERY = timedelta(seconds=10)
_MANY, _VERY_MANY = 5_000, 50_000  # rows that are counted less often: it takes up to a second
_KEPT = timedelta(days=7)  # after the last one is due, until what could not be said is given up
_NOT_EDITED = ("whatsapp",)
_PARTS = 200  # of one announcement in one look
_GONE = ("blocked", "deactivated", "chat-not-found", "migrated")
_UNSAID = ("waiting", "claimed", "held", "unaddressed")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the channel takes messages (a second; 0: at once), and whether hours are kept."""

    rate: float = 30.0
    keeps_hours: bool = True


async def look(engine: AsyncEngine, keys: Keys, now: datetime, pace: Pace) -> int:
    """Take every announcement as far as it goes now; return how many rows changed."""
    async with transaction(engine, koperasi_id=PROVINCE) as db:
        waiting = await sending.open_ones(db)
    changed = 0
    for here, announcement_id in waiting:
        try:
            for _ in range(_PARTS):
                async with transaction(engine, koperasi_id=here) as db:
                    this = await sending.lock(db, here, announcement_id, keys)
                    moved = await _Look(db, keys, now, pace).advance(this) if this else 0
                changed += moved
                if moved < sending.PART:
                    break
        except Exception as error:  # The others go on; this one is looked at again.
            if is_passing(error):
                log.warning("announcement.postponed", id=announcement_id.hex)
            else:
                log.exception("announcement.failed", id=announcement_id.hex)
    return changed


async def forget_files(engine: AsyncEngine, now: datetime) -> int:
    """Forget files of cards that were never confirmed."""
    async with transaction(engine, koperasi_id=PROVINCE) as db:
        return await files.forget(db, at=now)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one announcement, in its transaction."""

    db: AsyncConnection
    keys: Keys
    now: datetime
    pace: Pace

    async def advance(self, this: Announcement) -> int:
        """Do the next thing that is to be done; return how many rows it moved."""
        match this.state:
            case State.WAITING:
                return await self._wait(this)
            case State.PILOT:
                return await self._pilot(this)
            case State.SENDING:
                return await self._send(this)
            case State.PAUSED:
                moved = await sending.hold(self.db, this)
            case State.CANCELLED:
                moved = await sending.drop(self.db, this, self.now)
            case State.DONE:
                moved = 0
        if moved < sending.PART:
            await self._tell(this)
        return moved

    async def _wait(self, this: Announcement) -> int:
        if (
            self.now >= this.expires_at and this.koperasi_id == PROVINCE
        ):  # A request lapses by itself.
            await sending.write(self.db, this, state="cancelled", because="expired")
            return sending.PART  # Look again: it is told.
        return 0

    async def _pilot(self, this: Announcement) -> int:
        """Let a few go ahead; after ten minutes the rest, unless too many of them blocked us."""
        if this.started_at is None:
            owed = await self._owe(this, most=sending.PILOT)
            await sending.write(self.db, this, started_at=self.now)
            return owed
        if moved := await self._release(this):
            return moved
        counts = await sending.tally(self.db, this)
        unsaid = sum(counts.get(state, 0) for state in _UNSAID)
        if unsaid or self.now < this.started_at + PILOT_LASTS:
            await self._tell(this, counts)
            return 0
        said = sum(counts.get(state, 0) for state in ("sent", "failed", "unknown"))
        failed = counts.get("reasons", {}).get("failed", {})
        blocked = sum(failed.get(reason, 0) for reason in _GONE)
        if blocked * 100 > said * _MOST_BLOCKED:
            await sending.write(self.db, this, state="paused", because="pilot", piloted=True)
        else:
            await sending.write(self.db, this, state="sending", piloted=True)
        return sending.PART  # Look again.

    async def _send(self, this: Announcement) -> int:
        if this.fanned_at is None:
            if this.corrects and not await sending.is_settled(
                self.db, this.koperasi_id, this.corrects
            ):
                return 0  # Somebody may still be told what is wrong: wait until nobody is.
            owed = await self._owe(this)
            started = this.started_at or self.now
            await sending.write(self.db, this, started_at=started, fanned_at=self.now)
            return owed
        if moved := await self._release(this):
            return moved
        if this.retry:
            spans = await self._spans(this, this.count("failed"))
            moved = await sending.again(self.db, this, spans, self.pace.rate)
            await sending.write(self.db, this, retry=False)
            return moved
        if self._is_early(this):
            return 0
        counts = await sending.tally(self.db, this)
        if any(counts.get(state) for state in _UNSAID):
            await self._tell(this, counts)
            return 0
        await self._end(this, State.DONE, counts)
        return 0

    def _is_early(self, this: Announcement) -> bool:
        """Whether it was counted so lately that it need not be counted now."""
        if this.told_at is None or this.people < _MANY:
            return False
        return self.now < this.told_at + _TOLD_EVERY * (3 if this.people > _VERY_MANY else 1)

    async def _owe(self, this: Announcement, most: int | None = None) -> int:
        hours = await self._hours(this)
        count = min(most or this.people, this.people)
        spans = await self._spans(this, count)
        ends = estimate.ends(count, self.pace.rate, hours, self.now)
        return await sending.fan_out(
            self.db,
            this,
            facts=messages.seal(Content(fresh=Fresh(kind=KIND, facts=_facts(this))), self.keys),
            on=business_date(self.now, WITA),
            spans=spans,
            rate=self.pace.rate,
            expires=ends + _KEPT,
            at=self.now,
            most=most,
        )

    async def _release(self, this: Announcement) -> int:
        last = await sending.last_due(self.db, this)
        after = self.now if last is None else max(self.now, last + estimate.step(self.pace.rate))
        hours = await self._hours(this)
        spans: Spans = estimate.spans(sending.PART, self.pace.rate, hours, after)
        if last is None:
            spans = await sending.in_turn(self.db, this, spans, self.now)
        return await sending.release(self.db, this, spans, self.pace.rate)

    async def _spans(self, this: Announcement, count: int) -> Spans:
        spans = estimate.spans(count, self.pace.rate, await self._hours(this), self.now)
        return await sending.in_turn(self.db, this, spans, self.now)

    async def _hours(self, this: Announcement) -> Hours | None:
        if not self.pace.keeps_hours:
            return None
        if this.koperasi_id == PROVINCE:
            return Hours()
        raw = await driver(self.db)
        zone = await raw.fetchval(
            "SELECT zone FROM cooperatives WHERE koperasi_id = $1", this.koperasi_id
        )
        held = await rules.in_force(self.db, this.koperasi_id, business_date(self.now, zone))
        return hours_of(held, zone)

    async def _tell(self, this: Announcement, counts: Mapping[str, Any] | None = None) -> None:
        """Let the composer's message say how far it is; what ended is counted once more, and closed."""
        soon = this.told_at is not None and self.now < this.told_at + _TOLD_EVERY
        if soon and this.state is not State.CANCELLED:
            return
        if counts is None:
            counts = await sending.tally(self.db, this)
        if this.state is State.CANCELLED and not any(counts.get(state) for state in _UNSAID):
            await self._end(this, State.CANCELLED, counts)
        elif not soon:
            await self._edit(replace(this, counts=counts))

    async def _end(self, this: Announcement, state: State, counts: Mapping[str, Any]) -> None:
        """Close it: the running message loses its buttons, the report comes as a message of its own."""
        counts = dict(counts)
        counts["followed"] = await sending.followed(self.db, this)
        if this.koperasi_id == PROVINCE:
            counts["regions"] = await sending.by_region(self.db, this)
        ended = replace(this, state=state, counts=counts)
        await self._edit(ended, plain=True)
        key = f"announcement/{this.id}/report/{self.now.isoformat()}"
        if this.started_at is not None:
            await outbox.put(self.db, [self._message(ended, words.report(ended), key)], self.keys)
        await sending.write(
            self.db,
            this,
            state=state.value,
            settled=True,
            ended_at=self.now,
            counts=json.dumps(counts),
        )
        if this.started_at is not None:
            await sending.write(self.db, this, told_in=this.koperasi_id, told=key, told_what=None)

    async def _edit(self, this: Announcement, *, plain: bool = False) -> None:
        """Edit the composer's message, when what it said before has been said.

        Where nothing can be edited it is told anew, at half and when it stops itself; the report is the end.
        """
        content = words.progress(this, ends=await self._ends(this))
        if plain:
            content = replace(content, buttons=())
        anew = this.chat[0] in _NOT_EDITED
        what = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
        if anew:
            what = _stage(this)
        await sending.write(self.db, this, counts=json.dumps(dict(this.counts)), told_at=self.now)
        if what == (this.told_what or "") or (anew and plain and this.started_at is not None):
            return
        key = f"announcement/{this.id}/told/{self.now.isoformat()}"
        told = self._message(this, content, key)
        if not anew:
            edits = await outbox.message_of(self.db, koperasi_id=this.told_in, dedupe=this.told)
            if edits is None:
                return
            told = replace(told, purpose=Purpose.REPLY, edit=edits)
        await outbox.put(self.db, [told], self.keys)
        await sending.write(self.db, this, told_in=this.koperasi_id, told=key, told_what=what)

    async def _ends(self, this: Announcement) -> datetime | None:
        if this.fanned_at is None or not self.pace.rate:
            return None
        return await sending.last_due(self.db, this)

    def _message(self, this: Announcement, content: Content, key: str) -> Message:
        channel, account, chat = this.chat
        return Message(
            koperasi_id=this.koperasi_id,
            id=uuid4(),
            to=Address(channel=channel, account=account, chat=chat),
            person_id=None,
            purpose=Purpose.NOTICE,
            content=content,
            dedupe=key,
            made_at=self.now,
        )


def _stage(this: Announcement) -> str:
    """Name what is told where nothing can be edited: that half was said, that it stopped by itself."""
    if this.because is not None:
        return this.because
    rows = sum(count for count in this.counts.values() if isinstance(count, int))
    said = rows - sum(this.count(state) for state in _UNSAID)
    return "half" if said and said * 2 >= this.people else ""


def _facts(this: Announcement) -> dict[str, Fact]:
    return {"here": this.koperasi_id, "id": this.id.hex}


@dataclass(slots=True, kw_only=True)
class _Known:
    """An announcement as the mouth knows it; its words do not change, its state is a second old at most."""

    this: Announcement
    content: Content = field(repr=False)
    read_at: float


_KNOWN: OrderedDict[UUID, _Known] = OrderedDict()
_MOST_KNOWN = 20  # with their files
_FRESH_FOR = 1.0  # seconds


@fresh.maker(KIND)
async def say(
    db: AsyncConnection, row: Claimed, facts: Mapping[str, Fact], keys: Keys, now: datetime
) -> Made:
    """Say an announcement to one person; held while it is paused, never after it was stopped or STOP was said."""
    assert isinstance(facts["here"], int)
    known = await _know(db, facts["here"], UUID(hex=str(facts["id"])), keys)
    if known is None:
        return "gone"
    if known.this.state is State.PAUSED:
        return Hold(reason="paused")
    if known.this.state is State.CANCELLED:
        return "withdrawn"
    why = await sending.is_still_for(
        db,
        known.this,
        row=row.key,
        person_id=row.person_id,
        on=business_date(now, WITA),
    )
    return why or known.content


async def _know(db: AsyncConnection, here: int, announcement_id: UUID, keys: Keys) -> _Known | None:
    known = _KNOWN.get(announcement_id)
    if known is not None and time.monotonic() < known.read_at + _FRESH_FOR:
        return known
    read_at = time.monotonic()
    this = await sending.look_up(db, here, announcement_id, keys)
    if this is None:
        return None
    content = known.content if known else await _content(db, this, keys)
    _KNOWN[announcement_id] = known = _Known(this=this, content=content, read_at=read_at)
    _KNOWN.move_to_end(announcement_id)
    while len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.popitem(last=False)
    return known


async def _content(db: AsyncConnection, this: Announcement, keys: Keys) -> Content:
    corrected = None
    if this.corrects is not None:
        wrong = await sending.look_up(db, this.koperasi_id, this.corrects, keys)
        corrected = business_date(wrong.made_at, WITA) if wrong else None
    attachment = None
    if this.file is not None:
        file = await files.read(db, koperasi_id=this.koperasi_id, file_id=this.file, keys=keys)
        assert file is not None, this.id
        data = base64.b64encode(file.content).decode()
        named: dict[str, Fact] = {"name": file.name, "mime": file.mime, "data": data}
        named["key"] = this.file.hex
        attachment = Attachment(kind="file", facts=named)
    return Content(lines=words.reading(this, corrected), attachment=attachment)

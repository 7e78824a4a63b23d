"""An announcement: composed, approved by a second person where it reaches many, paused, resumed, stopped, corrected."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.announcements.audience import Audience, below, pack, unpack
from core.errors import Refusal
from core.sealing import Keys

PROVINCE = 0  # the cooperative that province rows name: nobody's
SECOND_ABOVE = 1000  # people an official may reach alone; cooperatives have a rule for it
APPROVAL_GOOD_FOR = timedelta(days=7)
LONGEST_TEXT, LONGEST_CAPTION = (
    2500,
    900,
)  # UTF-16 units, as channels count; with a file it is its caption
LARGEST_FILE = 5 * 1024 * 1024
Chat = tuple[str, str, str]  # channel, account, chat


class State(StrEnum):
    """Where an announcement stands."""

    WAITING = "waiting-approval"
    PILOT = "pilot"  # the first few went ahead
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class TextTooLong(Refusal):
    """A channel's message holds so much. Facts: length, most."""

    text = "refusal-announcement-too-long"


class TextEmpty(Refusal):
    """An announcement says something."""

    text = "refusal-announcement-empty"


class NotYourRegion(Refusal):
    """An official reaches the own region alone. Facts: region."""

    text = "refusal-not-your-region"


class NoSuchAnnouncement(Refusal):
    """There is none of that number for this person. Facts: number."""

    text = "refusal-no-such-announcement"


class OwnAnnouncement(Refusal):
    """Who composed it does not approve it. Facts: number."""

    text = "refusal-own-announcement"


class NotNow(Refusal):
    """It stands where this cannot be done any more, or not yet. Facts: number."""

    text = "refusal-announcement-not-now"


class NobodyGotIt(Refusal):
    """A correction is for those who got the announcement: nobody did. Facts: number."""

    text = "refusal-announcement-nobody-got-it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is announced, and who speaks: readers see the sender, who approves sees the composer and the place."""

    text: str
    sender: str
    composer: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement as it is kept."""

    koperasi_id: int
    id: UUID
    number: int
    composer: str  # official:3, person:7
    message: Message = field(repr=False)
    region: str
    audience: Audience
    corrects: UUID | None
    file: UUID | None
    people: int
    state: State
    because: str | None
    decided_by: str | None
    chat: Chat
    told_in: int
    told: str
    told_what: str | None
    told_at: datetime | None
    counts: Mapping[str, Any]
    retry: bool
    piloted: bool
    settled: bool
    made_at: datetime
    expires_at: datetime
    started_at: datetime | None
    fanned_at: datetime | None
    ended_at: datetime | None

    @property
    def has_pilot(self) -> bool:
        """Whether a few go ahead: where it reaches many, and nobody waits for a correction."""
        return self.decided_by is not None and self.corrects is None

    def count(self, state: str) -> int:
        """Return how many rows stand so, as last counted."""
        found: int = self.counts.get(state, 0)
        return found


def length(text: str) -> int:
    """Count as channels do: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def require_text(text: str, *, with_file: bool) -> str:
    """Return a text that can be said. Raises TextEmpty, TextTooLong."""
    plain = text.strip()
    if not any(letter.isalnum() for letter in plain):
        raise TextEmpty
    most = LONGEST_CAPTION if with_file else LONGEST_TEXT
    if (found := length(plain)) > most:
        raise TextTooLong(length=found, most=most)
    return plain


def require_region(region: str, own: str, name: str) -> None:
    """Refuse an official who means people outside the own region."""
    if not below(region, own):
        raise NotYourRegion(region=name)


async def submit(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    announcement_id: UUID,
    composer: str,
    message: Message,
    region: str,
    audience: Audience,
    people: int,
    second_above: int,
    chat: Chat,
    told_in: int,
    told: str,
    at: datetime,
    keys: Keys,
    corrects: Announcement | None = None,
    file: UUID | None = None,
) -> Announcement:
    """Write an announcement down: it goes out, or waits for a second person above so many people.

    The same id again gives what was written before. What it corrects is stopped. Raises TextTooLong,
    NobodyGotIt.
    """
    text = require_text(message.text, with_file=file is not None)
    if corrects is not None and not corrects.count("sent") + corrects.count("unknown"):
        raise NobodyGotIt(number=corrects.number)
    raw = await database.driver(db)
    await raw.execute("SELECT pg_advisory_xact_lock(7370002, $1)", koperasi_id)
    known = await raw.fetchrow(f"{_SELECT} AND id = $2", koperasi_id, announcement_id)
    if known is not None:
        return of_row(known, keys)
    content = asdict(message) | {"text": text}
    row = await raw.fetchrow(
        _INSERT,
        koperasi_id,
        announcement_id,
        composer,
        keys.seal(json.dumps(content, separators=(",", ":")).encode()),
        region,
        json.dumps(pack(audience)),
        corrects.id if corrects else None,
        file,
        people,
        State.WAITING if people > second_above else State.SENDING,
        *chat,
        told_in,
        told,
        at,
        at + APPROVAL_GOOD_FOR,
    )
    if corrects is not None:
        await _move(db, corrects, _OPEN, State.CANCELLED, because="corrected")
    return of_row(row, keys)


_SELECT = "SELECT * FROM announcements WHERE koperasi_id = $1"
_INSERT = """
INSERT INTO announcements (koperasi_id, id, number, composer, content_sealed, region, audience, corrects, file, people,
                           state, channel, account, chat, told_in, told, made_at, expires_at)
SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
  FROM announcements WHERE koperasi_id = $1
RETURNING *
"""


async def read(db: AsyncConnection, *, koperasi_id: int, number: int, keys: Keys) -> Announcement:
    """Read one by its number and keep others from changing it. Raises NoSuchAnnouncement."""
    raw = await database.driver(db)
    row = await raw.fetchrow(f"{_SELECT} AND number = $2 FOR UPDATE", koperasi_id, number)
    if row is None:
        raise NoSuchAnnouncement(number=number)
    return of_row(row, keys)


async def recent(
    db: AsyncConnection, *, koperasi_id: int, composer: str | None, keys: Keys, most: int = 5
) -> list[Announcement]:
    """List the newest, of one composer or of all."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        f"{_SELECT} AND ($2::text IS NULL OR composer = $2) ORDER BY number DESC LIMIT $3",
        koperasi_id,
        composer,
        most,
    )
    return [of_row(row, keys) for row in rows]


_OPEN = (State.WAITING, State.PILOT, State.SENDING, State.PAUSED)
_RUNNING = (State.PILOT, State.SENDING)


async def approve(
    db: AsyncConnection, found: Announcement, *, by: str, at: datetime
) -> Announcement:
    """Let it go out, the first few ahead. Raises OwnAnnouncement, NotNow."""
    if by == found.composer:
        raise OwnAnnouncement(number=found.number)
    state = State.SENDING if found.corrects else State.PILOT
    return await _move(db, found, (State.WAITING,), state, by=by, at=at)


def require_undecided(found: Announcement, *, by: str) -> None:
    """Refuse who may not decide it, or when it was decided: OwnAnnouncement, NotNow."""
    if by == found.composer:
        raise OwnAnnouncement(number=found.number)
    if found.state is not State.WAITING:
        raise NotNow(number=found.number)


async def reject(
    db: AsyncConnection, found: Announcement, *, by: str, because: str, at: datetime
) -> Announcement:
    """Keep it from going out. Raises OwnAnnouncement, NotNow."""
    require_undecided(found, by=by)
    return await _move(db, found, (State.WAITING,), State.CANCELLED, because=because, by=by, at=at)


async def never(
    db: AsyncConnection, *, koperasi_id: int, number: int, because: str, by: str, at: datetime
) -> None:
    """Keep one from going out that waits for its second officer; one that stands elsewhere stays as it is."""
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE announcements SET state = 'cancelled', because = $3, decided_by = $4,"
        " decided_at = $5 WHERE koperasi_id = $1 AND number = $2 AND state = 'waiting-approval'",
        koperasi_id,
        number,
        because,
        by,
        at,
    )


async def pause(db: AsyncConnection, found: Announcement) -> Announcement:
    """Hold what was not said yet; whoever is being told this second still is. Raises NotNow."""
    return await _move(db, found, _RUNNING, State.PAUSED)


async def resume(db: AsyncConnection, found: Announcement) -> Announcement:
    """Go on. Raises NotNow."""
    state = State.PILOT if found.has_pilot and not found.piloted else State.SENDING
    return await _move(db, found, (State.PAUSED,), state)


async def stop(db: AsyncConnection, found: Announcement, because: str = "stopped") -> Announcement:
    """Say it to nobody else. Raises NotNow."""
    return await _move(db, found, _OPEN, State.CANCELLED, because=because)


async def try_again(db: AsyncConnection, found: Announcement) -> Announcement:
    """Try those whom it did not reach once more, where they are reached now. Raises NotNow."""
    if not found.count("failed"):
        raise NotNow(number=found.number)
    return await _move(db, found, (State.SENDING, State.DONE), State.SENDING, retry=True)


async def tell_in(
    db: AsyncConnection, found: Announcement, *, told_in: int, told: str, what: str | None = None
) -> None:
    """Let another message tell how far it is: the one owed under this key."""
    raw = await database.driver(db)
    await raw.execute(
        "UPDATE announcements SET told_in = $3, told = $4, told_what = $5"
        " WHERE koperasi_id = $1 AND id = $2",
        found.koperasi_id,
        found.id,
        told_in,
        told,
        what,
    )


async def _move(
    db: AsyncConnection,
    found: Announcement,
    before: Sequence[State],
    state: State,
    *,
    because: str | None = None,
    by: str | None = None,
    at: datetime | None = None,
    retry: bool = False,
) -> Announcement:
    """Change the state under the row's lock. A correction of one that has ended leaves that one as it is."""
    raw = await database.driver(db)
    row = await raw.fetchrow(
        "UPDATE announcements SET state = $4, because = $5, decided_by = coalesce($6, decided_by),"
        " decided_at = coalesce($7, decided_at), retry = retry OR $8, settled = false,"
        " ended_at = CASE WHEN $4 = 'cancelled' THEN ended_at END"
        " WHERE koperasi_id = $1 AND id = $2 AND state = ANY ($3) RETURNING state, decided_by",
        found.koperasi_id,
        found.id,
        [one.value for one in before],
        state.value,
        because,
        by,
        at,
        retry,
    )
    if row is None:
        if because == "corrected":
            return found
        raise NotNow(number=found.number)
    return replace(found, state=state, because=because, decided_by=row["decided_by"])


def of_row(row: Mapping[str, Any], keys: Keys) -> Announcement:
    """Read a row of the table; the connection decodes its JSON."""
    content = json.loads(keys.unseal(row["content_sealed"]))
    return Announcement(
        koperasi_id=row["koperasi_id"],
        id=row["id"],
        number=row["number"],
        composer=row["composer"],
        message=Message(**content),
        region=row["region"],
        audience=unpack(row["audience"]),
        corrects=row["corrects"],
        file=row["file"],
        people=row["people"],
        state=State(row["state"]),
        because=row["because"],
        decided_by=row["decided_by"],
        chat=(row["channel"], row["account"], row["chat"]),
        told_in=row["told_in"],
        told=row["told"],
        told_what=row["told_what"],
        told_at=row["told_at"],
        counts=row["counts"],
        retry=row["retry"],
        piloted=row["piloted"],
        settled=row["settled"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        started_at=row["started_at"],
        fanned_at=row["fanned_at"],
        ended_at=row["ended_at"],
    )

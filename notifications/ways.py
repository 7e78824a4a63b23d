"""How a row is said on a channel with a free window: as it is, as a template, or not yet. State of one mouth."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.database import driver, transaction
from core.sealing import Keys
from core.texts import render
from notifications import outcomes, statuses, templates, windows
from notifications.outbox import Claimed, Outcome
from notifications.senders import SendError
from notifications.windows import WINDOW
from notifications.words import Words

TIER = 250  # people a day, while the channel has not told ours
_BULK_SHARE = 0.8  # of the tier: what is owed to people has the rest to itself
_PROBE = timedelta(hours=1)  # after which a template the channel refused is tried once more
_REFUSED = "refused"
_MOST = 100_000  # people remembered: the largest tier that counts

CLOSED = "window-closed"  # the channel's answer (131047), as a row's reason


def _all() -> set[str]:
    return {one.name for one in templates.declared()}


@dataclass(slots=True, kw_only=True)
class Ways:
    """What one account knows: templates that are stopped, its tier, to whom it wrote outside their window today."""

    engine: AsyncEngine
    keys: Keys
    account: str
    tier: int = TIER
    stopped: set[str] = field(default_factory=_all)
    written: dict[str, datetime] = field(default_factory=dict)  # oldest first
    names: dict[int, str] = field(default_factory=dict)  # of cooperatives, who speak in templates


async def look(ways: Ways, db: AsyncConnection, now: datetime) -> None:
    """Read tier and templates again; a template that may be tried again lets go what waits for it."""
    raw = await driver(db)
    tier = await raw.fetchval(
        "SELECT tier FROM mouths WHERE channel = $1 AND account = $2",
        statuses.CHANNEL,
        ways.account,
    )
    ways.tier = TIER if tier is None else tier
    rows = await raw.fetch(
        "SELECT name FROM whatsapp_templates WHERE account = $1 AND NOT usable AND NOT (state = $2 AND at < $3)"
        " LIMIT 1000",
        ways.account,
        _REFUSED,
        now - _PROBE,
    )
    stopped = {row["name"] for row in rows}
    if ways.stopped - stopped:
        await statuses.release_template(db, ways.account, sorted(ways.stopped - stopped), now)
    ways.stopped = stopped


async def remember(ways: Ways, db: AsyncConnection, now: datetime) -> None:
    """Count again to whom this account wrote outside their window, whichever process did.

    Every template counts as stopped until the next look, which lets go what waits for those that are not.
    """
    raw = await driver(db)
    rows = await raw.fetch(
        "SELECT chat, min(done_at) AS at FROM outbox WHERE account = $1 AND template IS NOT NULL"
        " AND done_at > $2 AND channel = $3 AND state IN ('sent', 'unknown')"
        " GROUP BY chat ORDER BY at LIMIT $4",
        ways.account,
        now - WINDOW,
        statuses.CHANNEL,
        _MOST,
    )
    ways.written = {row["chat"]: row["at"] for row in rows}
    ways.stopped = _all()


async def find(ways: Ways, row: Claimed, said: Words, now: datetime) -> tuple[str, Words] | Outcome:
    """Decide whom to address and how. Raises SendError when nobody is reached in this chat any more."""
    async with ways.engine.connect() as db:
        known = await windows.contact(db, ways.account, row.chat, ways.keys)
    if known is None:
        raise SendError("no-number", gone=True)
    if windows.is_open(known.heard_at, now) and row.reason != CLOSED:
        return known.to, said
    labels = [label for line in said.buttons for label, _ in line]
    template = templates.find(row.purpose, labels)
    if template is None:
        return outcomes.held(row, "window")
    if template.name in ways.stopped:
        return outcomes.held(row, "template", template=template.name)
    until = _full_until(ways, row, now)
    if until is not None:
        return outcomes.until(row, until, reason="tier")
    who = await _name(ways, row.koperasi_id)
    return known.to, replace(said, template=templates.fill(template, who, said), file=None)


def wrote(ways: Ways, chat: str, now: datetime) -> None:
    """Count a person who was written to outside the window."""
    ways.written.setdefault(chat, now)


def _full_until(ways: Ways, row: Claimed, now: datetime) -> datetime | None:
    """Return until when one more person may not be written to; none when there is room."""
    while ways.written and next(iter(ways.written.values())) <= now - WINDOW:
        del ways.written[next(iter(ways.written))]
    if ways.tier == statuses.UNLIMITED or row.chat in ways.written:
        return None
    share = _BULK_SHARE if row.purpose.is_bulk else 1.0
    if len(ways.written) < math.ceil(ways.tier * share):
        return None
    first = next(iter(ways.written.values()), now)
    return max(first + WINDOW, now + timedelta(minutes=1))


async def refused(ways: Ways, name: str, error: SendError, now: datetime) -> None:
    """Stop a template that the channel refused; after an hour it is tried once more."""
    ways.stopped.add(name)
    async with transaction(ways.engine) as db:
        await statuses.keep_template(
            db,
            statuses.TemplateStatus(
                account=ways.account, name=name, state=_REFUSED, reason=error.code, at=now
            ),
        )


async def _name(ways: Ways, koperasi_id: int) -> str:
    """Name who speaks: a cooperative, or nobody's."""
    if koperasi_id not in ways.names:
        async with transaction(ways.engine, koperasi_id=koperasi_id) as db:
            raw = await driver(db)
            found = await raw.fetchval(
                "SELECT name FROM cooperatives WHERE koperasi_id = $1", koperasi_id
            )
        if len(ways.names) > 1000:
            ways.names.clear()
        ways.names[koperasi_id] = found or render("whatsapp-province")
    return ways.names[koperasi_id]

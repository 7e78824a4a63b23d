"""Who may look at the dashboard: a link from the chat opens it once, a session keeps it open; only hashes are kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.sealing import Keys

LINK_GOOD_FOR = timedelta(minutes=10)
SESSION_GOOD_FOR = timedelta(hours=12)


async def offer(db: AsyncConnection, *, keys: Keys, official: int, at: datetime) -> str:
    """Make a link's token for an official, good once and for ten minutes; links and sessions of before end."""
    token = secrets.token_urlsafe(24)
    raw = await database.driver(db)
    await raw.execute(
        "SELECT chat.offer_dashboard($1, $2, $3, $4)",
        keys.fingerprint("dashboard-link", token),
        official,
        at,
        at + LINK_GOOD_FOR,
    )
    return token


async def enter(db: AsyncConnection, *, keys: Keys, token: str, at: datetime) -> str | None:
    """Use a link up; returns the session's secret, or None: forged, used, run out, or the office has ended."""
    session = secrets.token_urlsafe(24)
    raw = await database.driver(db)
    opened = await raw.fetchval(
        "SELECT chat.open_dashboard($1, $2, $3, $4)",
        keys.fingerprint("dashboard-link", token),
        keys.fingerprint("dashboard-session", session),
        at,
        at + SESSION_GOOD_FOR,
    )
    return session if opened else None


async def region_of(db: AsyncConnection, *, keys: Keys, session: str, at: datetime) -> str | None:
    """Return the region a session may see; None when it is over or its official holds the office no more."""
    raw = await database.driver(db)
    found: str | None = await raw.fetchval(
        "SELECT chat.seen_dashboard($1, $2)", keys.fingerprint("dashboard-session", session), at
    )
    return found

"""How many people an audience reaches, by channel, and where those live who are not reached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.announcements.audience import Audience, pack

LEAST = 5  # members in a figure that an official sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """People by channel, those who said STOP, and those without a chat, by village.

    A figure of none is one the official may not see: there are fewer than five of them.
    """

    channels: tuple[tuple[str, int | None], ...]
    stopped: int | None
    unreached: int | None
    villages: tuple[tuple[str, int | None], ...]  # most people first

    @property
    def people(self) -> int:
        """How many get it; a hidden figure counts as the most it can be."""
        return sum(LEAST - 1 if count is None else count for _, count in self.channels)


async def in_cooperative(
    db: AsyncConnection, *, koperasi_id: int, audience: Audience, on: date
) -> Reach:
    """Count the people of the cooperative that the transaction names."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT what, name, people FROM announce.counted($1, '', $2::text::jsonb, $3, 1)",
        koperasi_id,
        json.dumps(pack(audience)),
        on,
    )
    return _reach(rows)


async def in_region(db: AsyncConnection, *, region: str, audience: Audience, on: date) -> Reach:
    """Count the people of all cooperatives of an official's region; `db` is the province's own login."""
    raw = await database.driver(db)
    rows = await raw.fetch(
        "SELECT what, name, people FROM province.reach($1, $2::text::jsonb, $3)",
        region,
        json.dumps(pack(audience)),
        on,
    )
    return _reach(rows)


def of_readers(counts: Mapping[str, Any]) -> Reach:
    """Count those who got an announcement: they get its correction."""
    got = counts.get("sent", 0) + counts.get("unknown", 0)
    return Reach(channels=(("telegram", got),) if got else (), stopped=0, unreached=0, villages=())


def _reach(rows: Iterable[Any]) -> Reach:
    by_what: dict[str, list[tuple[str, int | None]]] = {}
    for row in rows:
        by_what.setdefault(row["what"], []).append((row["name"], row["people"]))
    villages = sorted(by_what.get("village", []), key=lambda one: (-(one[1] or 0), one[0]))
    return Reach(
        channels=tuple(sorted(by_what.get("channel", []))),
        stopped=by_what.get("stopped", [("", 0)])[0][1],
        unreached=by_what.get("unreached", [("", 0)])[0][1],
        villages=tuple(villages),
    )

"""Found cooperatives: their code, their villages, their rules, an empty book."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Refusal
from core.rules import FOUNDED
from core.tables.ledger import books
from core.tables.places import (
    cooperative_villages,
    cooperatives,
    counters,
    regions,
    rules,
    villages,
)

PRACTICE = 100_000_000  # ids from here on are those of practice books (core.practice)
_REAL = cooperatives.c.practice_of.is_(None)


class NoSuchVillage(Refusal):
    """A village code that is not on the list. Facts: code."""

    text = "refusal-no-such-village"


class NoSuchCooperative(Refusal):
    """No cooperative has this code. Facts: code."""

    text = "refusal-no-such-cooperative"


_COUNTED = ("person", "officer", "member", "loan", "approval", "good", "consigned", "supplier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooperative:
    """A cooperative as every operation needs it."""

    id: int
    code: str
    name: str
    region: str
    zone: str
    people_version: int = 0

    @property
    def is_practice(self) -> bool:
        """Whether it is an officer's practice book, with nobody and nothing real in it."""
        return self.id >= PRACTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a cooperative starts with; rules are rupiah or words as core.rules names them."""

    name: str
    villages: tuple[str, ...]
    rules: dict[str, str]


def is_usual_name(name: str) -> bool:
    """Say whether a name follows Juklak Menkop 1/2025; another one is only pointed out."""
    return name.startswith(("Koperasi Desa Merah Putih ", "Koperasi Kelurahan Merah Putih "))


async def found_many(
    db: AsyncConnection, foundings: Sequence[Founding], *, by: str, at: datetime
) -> list[Cooperative]:
    """Found cooperatives, with one empty book each. Only the owner may. Raises NoSuchVillage."""
    await db.execute(text("LOCK TABLE cooperatives IN SHARE ROW EXCLUSIVE MODE"))
    last = await db.scalar(
        select(func.coalesce(func.max(cooperatives.c.koperasi_id), 0)).where(_REAL)
    )
    wanted = {code for founding in foundings for code in founding.villages}
    places = {
        code: (region, zone)
        for code, region, zone in await db.execute(
            select(villages.c.code, villages.c.region, regions.c.zone)
            .join(regions, regions.c.code == villages.c.region)
            .where(villages.c.code.in_(wanted))
        )
    }
    for code in sorted(wanted - places.keys()):
        raise NoSuchVillage(code=code)
    made = [
        Cooperative(
            id=number,
            code=f"{places[founding.villages[0]][0][:2]}-{number:04d}",
            name=founding.name,
            region=places[founding.villages[0]][0],
            zone=places[founding.villages[0]][1],
        )
        for number, founding in enumerate(foundings, start=(last or 0) + 1)
    ]
    await db.execute(
        cooperatives.insert(),
        [
            {
                "koperasi_id": cooperative.id,
                "code": cooperative.code,
                "name": cooperative.name,
                "region": cooperative.region,
                "zone": cooperative.zone,
                "people_version": 0,
                "created_at": at,
            }
            for cooperative in made
        ],
    )
    pairs = list(zip(made, foundings, strict=True))
    await db.execute(
        cooperative_villages.insert(),
        [
            {"koperasi_id": cooperative.id, "village": village}
            for cooperative, founding in pairs
            for village in dict.fromkeys(founding.villages)
        ],
    )
    await db.execute(
        counters.insert(),
        [
            {"koperasi_id": cooperative.id, "noun": noun, "last": 0}
            for cooperative in made
            for noun in _COUNTED
        ],
    )
    set_rules = [
        {
            "koperasi_id": cooperative.id,
            "name": name,
            "since": FOUNDED,
            "value": value,
            "set_by": by,
            "set_at": at,
        }
        for cooperative, founding in pairs
        for name, value in founding.rules.items()
    ]
    if set_rules:
        await db.execute(rules.insert(), set_rules)
    await db.execute(
        books.insert(),
        [
            {
                "koperasi_id": cooperative.id,
                "entries": 0,
                "accounts": 0,
                "head": first_head(cooperative.id),
            }
            for cooperative in made
        ],
    )
    return made


def first_head(koperasi_id: int) -> bytes:
    """Return the hash a book's chain begins with: each cooperative's is another."""
    return hashlib.sha256(f"kopdes book {koperasi_id}".encode()).digest()


async def seed_kaltim(db: AsyncConnection, *, at: datetime) -> int:
    """Found one cooperative per village of Kaltim that has none yet; returns how many were founded.

    1,037 were formed for 1,038 villages; which two share one is not known yet. None has a licence to
    lend until somebody says so.
    """
    served = select(cooperative_villages.c.village)
    rows = (
        await db.execute(
            select(villages.c.code, villages.c.name, villages.c.district, villages.c.kind)
            .where(villages.c.code.not_in(served), villages.c.code.like("64.%"))
            .order_by(villages.c.code)
        )
    ).all()
    if not rows:
        return 0
    same = Counter(_seed_name(kind, name) for _, name, _, kind in rows)
    foundings = [
        Founding(
            name=_seed_name(kind, name)
            + (f" Kecamatan {district}" if same[_seed_name(kind, name)] > 1 else ""),
            villages=(code,),
            rules={"usp": "none"},
        )
        for code, name, district, kind in rows
    ]
    return len(await found_many(db, foundings, by="seed", at=at))


def _seed_name(kind: str, village: str) -> str:
    return f"Koperasi {'Desa' if kind == 'desa' else 'Kelurahan'} Merah Putih {village}"


async def by_code(db: AsyncConnection, code: str) -> Cooperative:
    """Find a cooperative by its code. Raises NoSuchCooperative."""
    row = (
        await db.execute(
            select(
                cooperatives.c.koperasi_id,
                cooperatives.c.code,
                cooperatives.c.name,
                cooperatives.c.region,
                cooperatives.c.zone,
                cooperatives.c.people_version,
            ).where(cooperatives.c.code == code.strip())
        )
    ).one_or_none()
    if row is None:
        raise NoSuchCooperative(code=code)
    return Cooperative(
        id=row.koperasi_id,
        code=row.code,
        name=row.name,
        region=row.region,
        zone=row.zone,
        people_version=row.people_version,
    )


async def list_all(db: AsyncConnection, *, practice: bool = False) -> list[Cooperative]:
    """List every cooperative by its code, or every practice book: for the owner's command line."""
    rows = await db.execute(
        select(
            cooperatives.c.koperasi_id,
            cooperatives.c.code,
            cooperatives.c.name,
            cooperatives.c.region,
            cooperatives.c.zone,
        )
        .where(~_REAL if practice else _REAL)
        .order_by(cooperatives.c.code)
        .limit(100_000)
    )
    return [
        Cooperative(id=number, code=code, name=name, region=region, zone=zone)
        for number, code, name, region, zone in rows
    ]


async def take_ids(db: AsyncConnection, koperasi_id: int, noun: str, count: int = 1) -> int:
    """Give out `count` ids of a noun within a cooperative; returns the first."""
    last = await db.scalar(
        update(counters)
        .where(counters.c.koperasi_id == koperasi_id, counters.c.noun == noun)
        .values(last=counters.c.last + count)
        .returning(counters.c.last)
    )
    assert last is not None, (koperasi_id, noun)
    return int(last) - count + 1


async def people_changed(db: AsyncConnection, koperasi_id: int) -> None:
    """Mark that a name or a membership changed: what was read of people before is stale."""
    await db.execute(
        update(cooperatives)
        .where(cooperatives.c.koperasi_id == koperasi_id)
        .values(people_version=cooperatives.c.people_version + 1)
    )

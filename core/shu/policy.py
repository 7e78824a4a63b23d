"""What the RAT decided on a year's surplus: pools in per cent, what members' parts are measured by, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import Refusal
from core.surplus import JASA_MODAL, JASA_USAHA, require_hundred
from core.tables.surplus import policies, splits

# A pool's account; the two of members are shared out over 216500 of each.
ACCOUNTS: Mapping[str, str] = {
    "cadangan": "340000",
    "cadangan_risiko": "341000",
    "pendidikan": "216000",
    "sosial": "216100",
    "pengurus": "216200",
    "karyawan": "216300",
    "desa": "216400",
}
POOLS = (JASA_MODAL, JASA_USAHA, *ACCOUNTS)


class ModalBase(StrEnum):
    """The savings that jasa modal is measured by, at the year's end or averaged over its month ends."""

    WAJIB = "wajib"
    POKOK_WAJIB = "pokok-wajib"
    AVERAGE = "rata-rata"  # of pokok and wajib at the twelve month ends


class UsahaBase(StrEnum):
    """The business that jasa usaha is measured by, over the year."""

    PURCHASES = "belanja"
    INTEREST = "jasa"  # paid on loans
    BORROWED = "pinjaman"  # principal paid out


class Outside(StrEnum):
    """What becomes of the surplus of sales to others than members."""

    RESERVE = "cadangan"
    SHARED = "dibagi"


class Departed(StrEnum):
    """What becomes of the part of somebody who is a member no more when it is shared out."""

    RESERVE = "cadangan"
    PAID = "dapat"


class NoPolicy(Refusal):
    """A surplus is shared out as the RAT decided: that is not written down yet. Facts: year."""

    text = "refusal-shu-no-policy"


class PolicyUsed(Refusal):
    """A year that was shared out keeps its policy. Facts: year."""

    text = "refusal-shu-policy-used"


class NoSuchPool(Refusal):
    """A pool the chart has no account for. Facts: name, known."""

    text = "refusal-shu-no-such-pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A decision of the RAT for one year; `pools` add up to exactly 100."""

    year: int
    pools: Mapping[str, Decimal]
    modal_base: ModalBase = ModalBase.POKOK_WAJIB
    usaha_base: UsahaBase = UsahaBase.PURCHASES
    outside: Outside = Outside.RESERVE
    departed: Departed = Departed.RESERVE
    minutes: str
    decided_on: date


def as_facts(policy: Policy) -> dict[str, Any]:
    """Make a policy what a request keeps."""
    return {
        "year": policy.year,
        "pools": [[name, str(share)] for name, share in policy.pools.items()],
        "modal_base": policy.modal_base.value,
        "usaha_base": policy.usaha_base.value,
        "outside": policy.outside.value,
        "departed": policy.departed.value,
        "minutes": policy.minutes,
        "decided_on": policy.decided_on.isoformat(),
    }


def of_facts(facts: Mapping[str, Any]) -> Policy:
    """Read a policy back."""
    return Policy(
        year=facts["year"],
        pools={name: Decimal(share) for name, share in facts["pools"]},
        modal_base=ModalBase(facts["modal_base"]),
        usaha_base=UsahaBase(facts["usaha_base"]),
        outside=Outside(facts["outside"]),
        departed=Departed(facts["departed"]),
        minutes=facts["minutes"],
        decided_on=date.fromisoformat(facts["decided_on"]),
    )


async def require_settable(db: AsyncConnection, *, koperasi_id: int, policy: Policy) -> None:
    """Let pass what may be decided. Refuses NoSuchPool, NotHundred, PolicyUsed."""
    for name in policy.pools:
        if name not in POOLS:
            raise NoSuchPool(name=name, known=", ".join(POOLS))
    require_hundred(policy.pools)
    if await is_shared(db, koperasi_id=koperasi_id, year=policy.year):
        raise PolicyUsed(year=str(policy.year))


async def is_shared(db: AsyncConnection, *, koperasi_id: int, year: int) -> bool:
    """Say whether a year's surplus was shared out."""
    found = await db.scalar(
        select(splits.c.year).where(splits.c.koperasi_id == koperasi_id, splits.c.year == year)
    )
    return found is not None


async def keep(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    policy: Policy,
    set_by: str,
    approved_by: str,
    at: datetime,
) -> None:
    """Write a year's policy down; until it is used another takes its place. Refuses as above."""
    await require_settable(db, koperasi_id=koperasi_id, policy=policy)
    facts = as_facts(policy) | {"decided_on": policy.decided_on}
    del facts["year"]
    row = {**facts, "set_by": set_by, "approved_by": approved_by, "set_at": at}
    await db.execute(
        insert(policies)
        .values(koperasi_id=koperasi_id, year=policy.year, **row)
        .on_conflict_do_update(index_elements=["koperasi_id", "year"], set_=row)
    )


async def of_year(db: AsyncConnection, *, koperasi_id: int, year: int) -> Policy | None:
    """Read what was decided for a year."""
    return await _read(db, koperasi_id, policies.c.year == year)


async def latest(db: AsyncConnection, *, koperasi_id: int, year: int) -> Policy | None:
    """Read what was decided for a year, else for the last one before: what an estimate goes by."""
    return await _read(db, koperasi_id, policies.c.year <= year)


async def _read(db: AsyncConnection, koperasi_id: int, which: Any) -> Policy | None:
    found = await db.execute(
        select(policies)
        .where(policies.c.koperasi_id == koperasi_id, which)
        .order_by(policies.c.year.desc())
        .limit(1)
    )
    row = found.mappings().one_or_none()
    return None if row is None else of_facts({**row, "decided_on": row["decided_on"].isoformat()})

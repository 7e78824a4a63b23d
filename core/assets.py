"""The register of fixed assets (121000 to 125000) and what each loses in a month, in a straight line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.money import Rupiah
from core.rules import Rules
from core.tables.ledger import entries
from core.tables.treasury import assets

COST = "526000"  # Beban penyusutan
_MOST = 1000


class AssetKind(StrEnum):
    """What is owned and used for years; its accounts in the chart."""

    LAND = "land"
    BUILDING = "building"
    VEHICLE = "vehicle"
    EQUIPMENT = "equipment"
    INTANGIBLE = "intangible"

    @property
    def account(self) -> str:
        """The account of its cost."""
        return _ACCOUNTS[self][0]

    @property
    def worn(self) -> str | None:
        """The account credited as it wears off: 12x900, of intangibles their own; land does not."""
        return _ACCOUNTS[self][1]

    def months(self, rules: Rules) -> int:
        """Return the useful life a cooperative's rules give it, in months; land: 0, for ever."""
        return {
            AssetKind.LAND: 0,
            AssetKind.BUILDING: rules.asset_months_building,
            AssetKind.VEHICLE: rules.asset_months_vehicle,
            AssetKind.EQUIPMENT: rules.asset_months_equipment,
            AssetKind.INTANGIBLE: rules.asset_months_intangible,
        }[self]


_ACCOUNTS: dict[AssetKind, tuple[str, str | None]] = {
    AssetKind.LAND: ("121000", None),
    AssetKind.BUILDING: ("122000", "122900"),
    AssetKind.VEHICLE: ("123000", "123900"),
    AssetKind.EQUIPMENT: ("124000", "124900"),
    AssetKind.INTANGIBLE: ("125000", "125000"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One line of the register; cost and residual value in rupiah."""

    number: int
    entry: int
    kind: AssetKind
    name: str
    cost: Rupiah
    residual: Rupiah
    months: int  # of useful life; 0: for ever
    acquired_on: date


async def register(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    entry: int,
    kind: AssetKind,
    name: str,
    cost: Rupiah,
    months: int,
    acquired_on: date,
    residual: Rupiah = 0,
) -> Asset:
    """Write an asset into the register under the next number; `entry` brought it into the book.

    The caller holds the book (ledger.post locks it), so that numbers have no gaps.
    """
    assert 0 <= residual <= cost, (residual, cost)
    last = await db.scalar(
        select(func.max(assets.c.number)).where(assets.c.koperasi_id == koperasi_id)
    )
    made = Asset(
        number=(last or 0) + 1, entry=entry, kind=kind, name=name, cost=cost, residual=residual,
        months=months if kind.worn else 0, acquired_on=acquired_on,
    )  # fmt: skip
    await db.execute(
        assets.insert().values(
            koperasi_id=koperasi_id, number=made.number, entry=entry, kind=kind.value, name=name,
            cost=cost, residual=residual, months=made.months, acquired_on=acquired_on,
        )
    )  # fmt: skip
    return made


async def listed(db: AsyncConnection, *, koperasi_id: int, on: date) -> list[Asset]:
    """List what is owned on a day, by number; what was taken back (its entry reversed) is not there."""
    back = entries.alias("back")
    reversed_since = (
        select(back.c.number)
        .where(
            back.c.koperasi_id == assets.c.koperasi_id,
            back.c.reverses == assets.c.entry,
        )
        .exists()
    )
    rows = await db.execute(
        select(*(column for column in assets.c if column.name != "koperasi_id"))
        .where(assets.c.koperasi_id == koperasi_id, assets.c.acquired_on <= on, ~reversed_since)
        .order_by(assets.c.number)
        .limit(_MOST)
    )
    return [
        Asset(
            number=row.number,
            entry=row.entry,
            kind=AssetKind(row.kind),
            name=row.name,
            cost=row.cost,
            residual=row.residual,
            months=row.months,
            acquired_on=row.acquired_on,
        )
        for row in rows
    ]


def depreciation_of(asset: Asset, month: date) -> Rupiah:
    """Return what an asset loses in the month of a day, in rupiah: nothing before it came or once it is worn.

    The month it came is the first (UU PPh Pasal 11 ayat 3). A month's part is what the whole of it and those
    before has to be less what was due before, so the parts add up to cost less residual exactly.
    """
    before = (month.year - asset.acquired_on.year) * 12 + month.month - asset.acquired_on.month
    if not asset.months or not 0 <= before < asset.months:
        return 0
    lost = asset.cost - asset.residual
    return lost * (before + 1) // asset.months - lost * before // asset.months

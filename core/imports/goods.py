"""A price list of the gerai: goods with unit, price and HET, and how much of the stock in the books each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.ext.asyncio import AsyncConnection

from core.accounts import chart
from core.cooperatives import Cooperative
from core.goods import catalogue, kinds, stock
from core.goods.catalogue import AboveHet, Good, KeepsStock, Said
from core.imports import cells
from core.imports.cells import BadCell
from core.imports.rows import Remark, in_order, read_sheet, require, take, unknown_columns
from core.money import Rupiah
from core.people import Standing
from core.sheets import Cell, Row

COLUMNS = ("barang", "satuan", "harga", "het", "stok", "modal", "catat_stok", "golongan")
_LONGEST = 60  # letters of a name
_MOST = 10**9  # thousandths of one opening stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row: the good as it will be, and its opening stock in thousandths for so many rupiah in all."""

    row: int
    said: Said
    account: str
    quantity: int
    value: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked price list; it is written down only without errors."""

    cooperative: Cooperative
    on: date
    goods: tuple[Listed, ...]
    added: int  # of them that the list does not know yet
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


async def check(
    db: AsyncConnection,
    content: bytes,
    *,
    cooperative: Cooperative,
    on: date,
    name: str | None = None,
) -> Plan:
    """Read a price list and find everything that is wrong with it. A good of a known name is changed.

    `stok` and `modal` name a part of what the account of its kind (`golongan`, else told from its name) holds
    already: nothing is booked. Refuses what sheets.read refuses.
    """
    sheet = await read_sheet(content, columns=COLUMNS, required=("barang",), name=name)
    errors: list[Remark] = []
    known = {
        good.words: good
        for good in await catalogue.every(db, koperasi_id=cooperative.id, offered=False)
    }
    listed: dict[str, Listed] = {}
    for row in sheet.rows:
        one = _listed(row, known, errors)
        if one is None:
            continue
        words = catalogue.compared(one.said.name)
        if words in listed:
            facts = {"other": listed[words].row}
            errors.append(
                Remark(row=row.number, column="barang", reason="import-good-twice", facts=facts)
            )
        listed.setdefault(words, one)
    for account in kinds.ACCOUNTS:
        value = sum(one.value for one in listed.values() if one.account == account)
        left = await stock.unnamed(db, koperasi_id=cooperative.id, account=account)
        if value > left:
            short = {"value": value, "left": left, "account": chart()[account].name}
            errors.append(Remark(row=0, column="modal", reason="import-not-in-books", facts=short))
    return Plan(
        cooperative=cooperative,
        on=on,
        goods=tuple(listed.values()),
        added=sum(1 for words in listed if words not in known),
        errors=in_order(errors),
        warnings=in_order(unknown_columns(sheet)),
    )


def _listed(row: Row, known: dict[str, Good], errors: list[Remark]) -> Listed | None:
    before = len(errors)
    name = require(row, "barang", _name, errors)
    quantity = take(row, "stok", _quantity, errors) or 0
    value = take(row, "modal", cells.amount, errors) or 0
    said = Said(
        name=name or "?",
        unit=take(row, "satuan", _name, errors),
        price=take(row, "harga", cells.amount, errors) or None,
        ceiling=take(row, "het", cells.amount, errors) or None,
        stocked=take(row, "catat_stok", _yes, errors),
        account=take(row, "golongan", _kind, errors),
    )
    if bool(quantity) != bool(value):
        missing = "stok" if value else "modal"
        errors.append(Remark(row=row.number, column=missing, reason="import-stock-and-value"))
    if len(errors) > before:
        return None
    try:
        good = catalogue.merged(known.get(catalogue.compared(said.name)), said)
    except AboveHet:
        errors.append(Remark(row=row.number, column="harga", reason="import-above-het"))
        return None
    except KeepsStock:
        errors.append(Remark(row=row.number, column="satuan", reason="import-keeps-stock"))
        return None
    if quantity and not good.stocked:
        errors.append(Remark(row=row.number, column="stok", reason="import-stock-not-kept"))
        return None
    return Listed(row=row.number, said=said, account=good.account, quantity=quantity, value=value)


def _name(cell: Cell) -> str:
    said = " ".join(str(cells.words(cell)).split())
    if not 0 < len(said) <= _LONGEST:
        raise BadCell("import-name-length", most=_LONGEST)
    return said


def _quantity(cell: Cell) -> int:
    """Read a count of at most three decimals as thousandths."""
    shown = str(cell)[:20]
    try:
        said = Decimal(shown.strip().replace(",", "."))
    except InvalidOperation:
        raise BadCell("import-not-a-quantity", value=shown) from None
    if isinstance(cell, bool) or not said.is_finite() or not 0 <= said * 1000 <= _MOST:
        raise BadCell("import-not-a-quantity", value=shown)
    if said * 1000 != int(said * 1000):
        raise BadCell("import-not-a-quantity", value=shown)
    return int(said * 1000)


def _kind(cell: Cell) -> str:
    account = kinds.named(str(cell))
    if account is None:
        raise BadCell("import-not-a-kind", value=str(cell)[:20])
    return account


def _yes(cell: Cell) -> bool:
    said = str(cell).strip().casefold()
    if said not in ("ya", "tidak"):
        raise BadCell("import-yes-or-no")
    return said == "ya"


async def apply(db: AsyncConnection, plan: Plan, *, officer: Standing, at: datetime) -> int:
    """Write a price list down; returns how many goods it names. Refuses what catalogue.keep refuses."""
    assert not plan.errors, "only a file without errors is written"
    for one in plan.goods:
        good = await catalogue.keep(db, officer=officer, said=one.said, at=at)
        if one.quantity:
            await stock.open_stock(
                db,
                koperasi_id=plan.cooperative.id,
                good=good.id,
                quantity=one.quantity,
                value=one.value,
                on=plan.on,
            )
    return len(plan.goods)

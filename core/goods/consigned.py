"""Titip jual: goods the gerai sells for their owners, never more than are here; what is owed stands in 212100.

Nothing of it is the cooperative's own stock or sale: only its share of the price is income. Who owns is a member,
or an outsider who is known by name. Quantities are thousandths of a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, balances, cooperatives
from core.errors import Refusal
from core.goods.catalogue import UNIT, compared, require_trader
from core.money import Rupiah
from core.people import Standing
from core.tables.consigned import consigned, consigned_moves, consignors

OWED = "212100"  # Utang konsinyasi (titip jual UMKM)
_MOST = 500  # goods of one cooperative that are looked through


class NotSoManyConsigned(Refusal):
    """No more is sold or given back than is here. Facts: good, unit, quantity (thousandths there are)."""

    text = "refusal-not-so-many-consigned"


class ShareTooLarge(Refusal):
    """The owner gets something of every price. Facts: share, price."""

    text = "refusal-share-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose goods they are: a member, or an outsider by `consignor`, None while nobody wrote them down."""

    name: str
    member: int | None = None
    consignor: int | None = None

    @property
    def account(self) -> str:
        """The key of the account of what is owed to them."""
        assert self.member or self.consignor, self
        return accounts.key(OWED, member=self.member, unit=self.consignor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consigned:
    """What one owner lets the gerai sell: price and the gerai's share in rupiah a unit, quantity in thousandths."""

    id: int
    owner: Owner
    name: str
    words: str
    unit: str
    price: Rupiah
    share: Rupiah
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is taken in: thousandths of a unit, to be sold at `price` a unit, of which the gerai keeps `share`."""

    name: str
    unit: str
    quantity: int
    price: Rupiah
    share: Rupiah


def parts(good: Consigned, quantity: int) -> tuple[Rupiah, Rupiah]:
    """Return what a buyer pays for `quantity` thousandths and what of it the gerai keeps, half up, in rupiah."""
    price = (2 * good.price * quantity + UNIT) // (2 * UNIT)
    return price, (2 * good.share * quantity + UNIT) // (2 * UNIT)


_EVERY = text(
    "SELECT c.id, c.name, c.words, c.unit, c.price, c.share, c.quantity, c.member_id, c.consignor_id,"
    " coalesce(p.name, o.name) AS owner FROM consigned c"
    " LEFT JOIN people p ON p.koperasi_id = c.koperasi_id AND p.id = c.member_id"
    " LEFT JOIN consignors o ON o.koperasi_id = c.koperasi_id AND o.id = c.consignor_id"
    " WHERE c.koperasi_id = :here ORDER BY c.quantity = 0, c.words, c.id LIMIT :most"
)


async def every(db: AsyncConnection, *, koperasi_id: int) -> list[Consigned]:
    """List what the gerai sells for others, what is here first, by name."""
    rows = await db.execute(_EVERY, {"here": koperasi_id, "most": _MOST})
    return [
        Consigned(
            id=row.id,
            owner=Owner(name=row.owner, member=row.member_id, consignor=row.consignor_id),
            name=row.name,
            words=row.words,
            unit=row.unit,
            price=row.price,
            share=row.share,
            quantity=row.quantity,
        )
        for row in rows
    ]


async def outsider(db: AsyncConnection, *, koperasi_id: int, name: str) -> Owner:
    """Find an owner who is no member by name; not written down yet, their `consignor` is None."""
    found = await db.scalar(
        select(consignors.c.id).where(
            consignors.c.koperasi_id == koperasi_id, consignors.c.words == compared(name)
        )
    )
    return Owner(name=" ".join(name.split()), consignor=found)


async def take_in(
    db: AsyncConnection,
    *,
    officer: Standing,
    owner: Owner,
    taken: Taken,
    on: date,
    at: datetime,
    operation: str,
) -> int:
    """Take goods in; an outsider is written down with the first ones. Price and share hold for all of them from now.

    Returns what is here now, in thousandths. `operation` is the card's id; it moves goods once. Refuses NotAllowed
    and ShareTooLarge.
    """
    require_trader(officer)
    require_share(taken.share, taken.price)
    assert taken.quantity > 0, taken
    here = officer.cooperative.id
    number = await cooperatives.take_ids(db, here, "consigned")  # one after the other from here on
    if owner.member is None and owner.consignor is None:
        await db.execute(
            insert(consignors)
            .values(koperasi_id=here, id=number, name=owner.name, words=compared(owner.name))
            .on_conflict_do_nothing()
        )
        owner = await outsider(db, koperasi_id=here, name=owner.name)
    found = await db.scalar(
        select(consigned.c.id).where(
            consigned.c.koperasi_id == here,
            consigned.c.member_id.is_not_distinct_from(owner.member),
            consigned.c.consignor_id.is_not_distinct_from(owner.consignor),
            consigned.c.words == compared(taken.name),
        )
    )
    if found is None:
        found = number
        await db.execute(
            consigned.insert().values(
                koperasi_id=here, id=number, member_id=owner.member, consignor_id=owner.consignor,
                name=" ".join(taken.name.split()), words=compared(taken.name), unit=taken.unit,
                price=taken.price, share=taken.share, quantity=0,
            )
        )  # fmt: skip
    await db.execute(
        update(consigned)
        .where(consigned.c.koperasi_id == here, consigned.c.id == found)
        .values(price=taken.price, share=taken.share)
    )
    return await _moves(
        db, here, found, kind="in", quantity=taken.quantity, on=on, at=at, by=officer.recorder,
        operation=operation,
    )  # fmt: skip


async def give_back(
    db: AsyncConnection,
    *,
    officer: Standing,
    good: int,
    quantity: int,
    on: date,
    at: datetime,
    operation: str,
) -> int:
    """Give unsold goods back to their owner; returns what is left here. Refuses NotAllowed, NotSoManyConsigned."""
    require_trader(officer)
    here = officer.cooperative.id
    return await _moves(
        db, here, good, kind="back", quantity=-quantity, on=on, at=at, by=officer.recorder,
        operation=operation,
    )  # fmt: skip


async def sold(
    db: AsyncConnection,
    *,
    officer: Standing,
    good: int,
    quantity: int,
    owed: Rupiah,
    entry: int,
    on: date,
    at: datetime,
) -> None:
    """Write down what a recorded sale took of the goods. Refuses NotSoManyConsigned."""
    here = officer.cooperative.id
    await _moves(
        db, here, good, kind="sale", quantity=-quantity, on=on, at=at, by=officer.recorder,
        entry=entry, owed=owed,
    )  # fmt: skip


async def _moves(
    db: AsyncConnection,
    here: int,
    good: int,
    *,
    kind: str,
    quantity: int,
    on: date,
    at: datetime,
    by: str,
    entry: int | None = None,
    operation: str | None = None,
    owed: Rupiah = 0,
) -> int:
    """Move one good and return what is here then; it is locked. What `operation` moved before moves nothing."""
    assert quantity, kind
    held = (
        await db.execute(
            select(consigned.c.name, consigned.c.unit, consigned.c.quantity)
            .where(consigned.c.koperasi_id == here, consigned.c.id == good)
            .with_for_update()
        )
    ).one()
    if operation is not None and await _known(db, here, operation):
        return int(held.quantity)
    left = int(held.quantity) + quantity
    if left < 0:
        raise NotSoManyConsigned(good=held.name, unit=held.unit, quantity=held.quantity)
    facts = {
        "here": here, "good": good, "kind": kind, "entry": entry, "operation": operation, "on": on, "at": at,
        "by": by, "quantity": quantity, "owed": owed,
    }  # fmt: skip
    await db.execute(_KEEP, facts)
    await db.execute(
        update(consigned)
        .where(consigned.c.koperasi_id == here, consigned.c.id == good)
        .values(quantity=left)
    )
    return left


_KEEP = text(
    "INSERT INTO consigned_moves"
    ' (koperasi_id, consigned_id, n, kind, entry, operation, "on", at, by, quantity, owed)'
    " SELECT :here, :good, coalesce(max(n), 0) + 1, :kind, :entry, :operation, :on, :at, :by, :quantity, :owed"
    " FROM consigned_moves WHERE koperasi_id = :here AND consigned_id = :good"
)


async def _known(db: AsyncConnection, here: int, operation: str) -> bool:
    found = await db.scalar(
        select(consigned_moves.c.n).where(
            consigned_moves.c.koperasi_id == here, consigned_moves.c.operation == operation
        )
    )
    return found is not None


async def take_back(
    db: AsyncConnection, *, officer: Standing, entry: int, reversal: int, on: date, at: datetime
) -> None:
    """Bring back what a reversed sale had taken of the goods."""
    here = officer.cooperative.id
    rows = await db.execute(
        select(
            consigned_moves.c.consigned_id, consigned_moves.c.quantity, consigned_moves.c.owed
        ).where(consigned_moves.c.koperasi_id == here, consigned_moves.c.entry == entry)
    )
    for good, quantity, owed in rows.all():
        await _moves(
            db, here, good, kind="sale", quantity=-quantity, on=on, at=at, by=officer.recorder,
            entry=reversal, owed=-owed,
        )  # fmt: skip


def require_share(share: Rupiah, price: Rupiah) -> None:
    """Refuse ShareTooLarge."""
    if share >= price:
        raise ShareTooLarge(share=share, price=price)


def require_here(good: Consigned, quantity: int) -> None:
    """Refuse NotSoManyConsigned."""
    if quantity > good.quantity:
        raise NotSoManyConsigned(good=good.name, unit=good.unit, quantity=good.quantity)


async def owed_to(db: AsyncConnection, *, koperasi_id: int, owner: Owner) -> Rupiah:
    """Read what is owed to an owner, in rupiah."""
    if not (owner.member or owner.consignor):
        return 0
    return await balances.of_account(db, koperasi_id=koperasi_id, key=owner.account)


_OWED = text(
    "SELECT a.member_id, a.unit_id, coalesce(p.name, o.name) AS name, a.balance FROM ledger.accounts a"
    " LEFT JOIN people p ON p.koperasi_id = a.koperasi_id AND p.id = a.member_id"
    " LEFT JOIN consignors o ON o.koperasi_id = a.koperasi_id AND o.id = a.unit_id"
    " WHERE a.koperasi_id = :here AND a.code = :code AND a.balance > 0"
    " AND num_nonnulls(a.member_id, a.unit_id) = 1 ORDER BY name, a.key LIMIT :most"
)


async def owed(db: AsyncConnection, *, koperasi_id: int) -> list[tuple[Owner, Rupiah]]:
    """List whom something is owed, by name, with the rupiah."""
    rows = await db.execute(_OWED, {"here": koperasi_id, "code": OWED, "most": _MOST})
    return [
        (Owner(name=row.name, member=row.member_id, consignor=row.unit_id), int(row.balance))
        for row in rows
    ]

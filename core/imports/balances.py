"""Opening balances of accounts without a member: cash, bank, stock, debts, equity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core import ledger
from core.accounts import OPENING, chart
from core.cooperatives import Cooperative
from core.imports import cells
from core.imports.rows import (
    Remark,
    in_order,
    operation_of,
    read_sheet,
    refuse_repeated,
    require,
    unknown_columns,
)
from core.ledger import Posting
from core.money import Rupiah
from core.sheets import Row
from core.tables.ledger import accounts

COLUMNS = ("kode", "jumlah")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The balance an account begins with, in rupiah on its normal side."""

    row: int
    code: str
    amount: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked file of balances; it is applied only without errors."""

    cooperative: Cooperative
    on: date
    operation: str
    openings: tuple[Opening, ...]
    errors: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was booked: the entry's number and how many accounts it opened with."""

    entry: int
    accounts: int


async def check(
    db: AsyncConnection,
    content: bytes,
    *,
    cooperative: Cooperative,
    on: date,
    name: str | None = None,
) -> Plan:
    """Read a file of opening balances and find everything that is wrong with it.

    `on` is the day of the import. An account that has a balance is pointed out: what is imported adds to
    it. Refuses FileImportedBefore and what sheets.read refuses.
    """
    operation = operation_of("balances", content)
    await refuse_repeated(db, koperasi_id=cooperative.id, operation=operation)
    sheet = await read_sheet(content, columns=COLUMNS, required=COLUMNS, name=name)
    errors: list[Remark] = []
    warnings = unknown_columns(sheet)
    openings: dict[str, Opening] = {}
    for row in sheet.rows:
        opening = _opening(row, errors)
        if opening is None:
            continue
        if opening.code in openings:
            facts = {"other": openings[opening.code].row}
            errors.append(
                Remark(row=row.number, column="kode", reason="import-code-twice", facts=facts)
            )
        openings.setdefault(opening.code, opening)
    held = await db.execute(
        select(accounts.c.code, accounts.c.balance).where(
            accounts.c.koperasi_id == cooperative.id,
            accounts.c.key.in_(openings),
            accounts.c.balance != 0,
        )
    )
    for code, balance in held:
        warnings.append(
            Remark(
                row=openings[code].row,
                column="kode",
                reason="import-has-balance",
                facts={"code": code, "balance": balance},
            )
        )
    return Plan(
        cooperative=cooperative,
        on=on,
        operation=operation,
        openings=tuple(openings.values()),
        errors=in_order(errors),
        warnings=in_order(warnings),
    )


def _opening(row: Row, errors: list[Remark]) -> Opening | None:
    code = require(row, "kode", cells.words, errors)
    amount = require(row, "jumlah", cells.amount, errors)
    if amount == 0:
        errors.append(Remark(row=row.number, column="jumlah", reason="import-zero"))
    account = chart().get(code or "")
    reason = None
    if code is not None and account is None:
        reason = "import-unknown-code"
    elif account is not None and account.subledger is not None:
        reason = "import-code-of-members"
    elif code == OPENING:
        reason = "import-code-reserved"
    if reason is not None:
        facts = {"code": (code or "")[:20]}
        errors.append(Remark(row=row.number, column="kode", reason=reason, facts=facts))
    if account is None or reason is not None or not amount:
        return None
    return Opening(row=row.number, code=account.code, amount=amount)


async def apply(
    db: AsyncConnection,
    plan: Plan,
    *,
    at: datetime,
    recorder: str,
    source: str,
    approver: str | None = None,
) -> Imported:
    """Book opening balances as one entry against 399000.

    What grows by debit is debited and 399000 credited; the rest the other way round. The transaction
    names the cooperative. Refuses BookIsClosed, AmountTooLarge.
    """
    assert not plan.errors, "only a file without errors is booked"
    assert plan.openings, "a sheet has rows"
    postings = [
        Posting(debit=opening.code, credit=OPENING, amount=opening.amount)
        if chart()[opening.code].normal == "D"
        else Posting(debit=OPENING, credit=opening.code, amount=opening.amount)
        for opening in plan.openings
    ]
    entry = await ledger.post(
        db,
        postings,
        koperasi_id=plan.cooperative.id,
        kind="opening-balances",
        on=plan.on,
        at=at,
        zone=plan.cooperative.zone,
        recorder=recorder,
        approver=approver,
        source=source,
        operation=f"{plan.operation}/1",
    )
    return Imported(entry=entry.number, accounts=len(postings))

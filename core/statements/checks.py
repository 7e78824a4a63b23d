"""What must hold before a report is issued (domain 3.2): worked out anew each time, and printed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core import database
from core.statements import assembly
from core.statements.figures import Figures, Period, figures
from core.statements.tables import shown

OLDEST = date(2000, 1, 1)  # an entry dated before is a slip of the pen
UNFIT: Final = "TIDAK LAYAK DITANDATANGANI: pemeriksaan di bawah ini belum cocok."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its stable key, what is looked at, and by how much (rupiah or count) it is off."""

    key: str
    name: str
    off: int

    @property
    def ok(self) -> bool:
        """Say whether it holds."""
        return self.off == 0

    @property
    def said(self) -> str:
        """Return the line that is printed."""
        return f"[{'cocok' if self.ok else 'TIDAK COCOK'}] {self.name}" + (
            "" if self.ok else f": selisih {shown(self.off)}"
        )


def said_of(checked: Sequence[Check]) -> list[str]:
    """Write what was checked, one line each; a report that is not fit to be signed says so first."""
    unfit = [] if all(one.ok for one in checked) else [UNFIT]
    return [*unfit, *(one.said for one in checked)]


async def checks(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    period: Period,
    today: date,
    found: Figures | None = None,
) -> tuple[Check, ...]:
    """Recompute a book's statements for a period against each other, its registers and its stored balances.

    `found`: the period's figures, of a caller who has read them.
    """
    found = found or await figures(db, koperasi_id=koperasi_id, period=period)
    sheet = assembly.position(found, period.last)
    result = assembly.result_of(found, period)
    cash = assembly.cash_flow(found, period)
    equity = assembly.equity_statement(found, period)
    columns = {
        key: sum(int(str(row.cells[n])) for row in equity.rows[:-1])
        - int(str(equity.rows[-1].cells[n]))
        for n, key in enumerate(column.key for column in equity.columns)
    }
    held = found.balances(period.last)
    raw = await database.driver(db)
    row = await raw.fetchrow(_STORED, koperasi_id, today, OLDEST)
    assert row is not None
    interest = sum(
        amount for code, amount in found.result(period).items() if code.startswith("512")
    )
    off = {
        "trial_balance": ("Neraca saldo nol (debit = kredit)", sum(held.values())),
        "balance_sheet": ("Aset = liabilitas + ekuitas", sheet["assets"] - sheet["liabilities_and_equity"]),
        "cash_flow": ("Arus kas berakhir pada kas dan bank", int(str(cash.value("closing", "amount"))) - sheet["KAS"]),
        "equity": ("Perubahan ekuitas berakhir pada ekuitas neraca", int(str(equity.value("closing", "total"))) - sheet["equity"]),
        "equity_columns": ("Setiap kolom perubahan ekuitas berjumlah benar", sum(map(abs, columns.values()))),
        "interest": ("Beban bunga ada di PHU", interest - result["BBG"]),
        "balances": ("Saldo tersimpan = jumlah mutasi", row["stored"]),
        "members": ("Pokok, wajib, sukarela per anggota = buku besar", row["nobody"]),
        "loans": ("Sisa pokok pinjaman per anggota = buku besar", row["loans"]),
        "dates": ("Tidak ada tanggal di masa depan atau terlalu lama", row["dates"]),
        "opening": ("Penyeimbang saldo awal (399000) nol", abs(sheet["OPENING"])),
    }  # fmt: skip
    return tuple(Check(key=key, name=name, off=int(by)) for key, (name, by) in off.items())


# What is stored is of now, so it is held against all postings, whenever they are dated.
_STORED = """
WITH moved AS (
  SELECT id, sum(amount) AS amount FROM (
    SELECT debit AS id, amount FROM ledger.postings WHERE koperasi_id = $1
    UNION ALL SELECT credit, -amount FROM ledger.postings WHERE koperasi_id = $1) s GROUP BY id
)
SELECT (SELECT count(*) FROM ledger.accounts a LEFT JOIN moved m ON m.id = a.id
         WHERE a.koperasi_id = $1
           AND a.balance <> coalesce(m.amount, 0) * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END) AS stored,
       (SELECT coalesce(sum(abs(a.balance)), 0) FROM ledger.accounts a JOIN ledger.chart c ON c.code = a.code
         WHERE a.koperasi_id = $1 AND c.subledger IS NOT NULL AND a.member_id IS NULL) AS nobody,
       (SELECT coalesce(sum(balance), 0) FROM ledger.accounts WHERE koperasi_id = $1 AND code = '113100')
       - (SELECT coalesce(sum(outstanding), 0) FROM loans WHERE koperasi_id = $1 AND state = 'running') AS loans,
       (SELECT count(*) FROM ledger.entries WHERE koperasi_id = $1 AND ("on" > $2 OR "on" < $3)) AS dates
"""

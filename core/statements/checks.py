"""What must hold before a report is issued (domain 3.2): worked out anew each time, and printed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.rules import FOUNDED
from core.statements import assembly, ratios
from core.statements.accounted import Accounted, accounted
from core.statements.figures import Figures, Period, figures
from core.statements.tables import shown

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

    Registers and accounts are held against the statements as of the period's last day. `found`: the period's figures,
    of a caller who has read them.
    """
    found = found or await figures(db, koperasi_id=koperasi_id, period=period)
    book = await accounted(db, koperasi_id=koperasi_id, period=period)
    raw = await database.driver(db)
    row = await raw.fetchrow(_STORED, koperasi_id, today, FOUNDED, period.last, accounts.OPENING)
    assert row is not None
    off = _between_statements(found, period) | _against_accounts(found, period, book)
    explained = row["explained"] or 0
    off |= {
        "balances": ("Saldo tersimpan = jumlah mutasi", row["stored"]),
        "members": ("Pokok, wajib, sukarela per anggota = buku besar", row["nobody"]),
        "loans": ("Sisa pokok setiap pinjaman = buku besar", row["loans"]),
        "dates": ("Tidak ada tanggal di masa depan, sebelum koperasi ada, atau berbeda dari buktinya", row["dates"]),
        "opening": (
            "Penyeimbang saldo awal (399000) nol atau dijelaskan",
            abs(assembly.position(found, period.last)["OPENING"] - explained),
        ),
    }  # fmt: skip
    return tuple(Check(key=key, name=name, off=int(by)) for key, (name, by) in off.items())


Off = dict[str, tuple[str, int]]


def _between_statements(found: Figures, period: Period) -> Off:
    """Hold the statements against each other."""
    sheet = assembly.position(found, period.last)
    cash = assembly.cash_flow(found, period)
    equity = assembly.equity_statement(found, period)
    columns = [
        sum(int(str(row.cells[n])) for row in equity.rows[:-1]) - int(str(equity.rows[-1].cells[n]))
        for n in range(len(equity.columns))
    ]
    return {
        "balance_sheet": ("Aset = liabilitas + ekuitas", sheet["assets"] - sheet["liabilities_and_equity"]),
        "cash_flow": ("Arus kas berakhir pada kas dan bank", int(str(cash.value("closing", "amount"))) - sheet["KAS"]),
        "equity": ("Perubahan ekuitas berakhir pada ekuitas neraca", int(str(equity.value("closing", "total"))) - sheet["equity"]),
        "equity_columns": ("Setiap kolom perubahan ekuitas berjumlah benar", sum(map(abs, columns))),
    }  # fmt: skip


def _against_accounts(found: Figures, period: Period, book: Accounted) -> Off:
    """Hold the statements against every account, read another way."""
    sheet, result = assembly.position(found, period.last), assembly.result_of(found, period)
    held, chart = found.balances(period.last), accounts.chart()
    boxes = [code for code, one in chart.items() if one.line == "KAS"]
    capital = -sum(amount for code, amount in book.held.items() if code[0] in "345")
    interest = sum(amount for code, amount in book.earned.items() if code.startswith("512"))
    shown_, anew = (
        ratios.ratios(found, period),
        ratios.recomputed(book.held, book.earned_of_year),
    )
    return {
        "trial_balance": (
            "Neraca saldo nol (debit = kredit)",
            abs(sum(held.values())) + abs(sum(book.held.values())),
        ),
        "cash": (
            "Rincian setiap kas dan bank = baris kas di neraca",
            sum(abs(book.held.get(code, 0) - held.get(code, 0)) for code in boxes)
            or abs(sum(book.held.get(code, 0) for code in boxes) - sheet["KAS"]),
        ),
        "capital": ("Ekuitas menurut akun = perubahan ekuitas", capital - sheet["equity"]),
        "result": (
            "Semua pendapatan dan beban ada di PHU",
            sum(book.earned.values()) - result["shu"],
        ),
        "interest": ("Semua beban bunga di buku besar ada di PHU", interest - result["BBG"]),
        "ratios": (
            "Rasio dihitung ulang dari akun",
            sum(shown_[name] != anew[name] for name in ratios.NAMES),
        ),
    }


# What is stored is of now, so it is held against all postings, whenever they are dated; loans as of the last day.
_STORED = """
WITH moved AS (
  SELECT id, sum(amount) AS amount FROM (
    SELECT debit AS id, amount FROM ledger.postings WHERE koperasi_id = $1
    UNION ALL SELECT credit, -amount FROM ledger.postings WHERE koperasi_id = $1) s GROUP BY id
), lent AS MATERIALIZED (
  SELECT id, loan_id FROM ledger.accounts WHERE koperasi_id = $1 AND code = '113100'
), booked AS (
  SELECT s.loan_id, sum(s.amount) AS amount FROM (
    SELECT l.loan_id, p.entry, p.amount FROM lent l JOIN ledger.postings p ON p.koperasi_id = $1 AND p.debit = l.id
    UNION ALL
    SELECT l.loan_id, p.entry, -p.amount FROM lent l JOIN ledger.postings p ON p.koperasi_id = $1 AND p.credit = l.id) s
    JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = s.entry AND e."on" <= $4 GROUP BY 1
), said AS (
  SELECT s.loan_id, sum(s.amount) AS amount FROM (
    SELECT v.loan_id, ((o."on" <= $4)::int - coalesce((b."on" <= $4)::int, 0)) * (v.principal - (
             SELECT coalesce(sum(i.principal), 0) FROM loan_instalments i WHERE i.koperasi_id = $1
                AND i.loan_id = v.loan_id AND i.version = v.version AND i.n <= v.opening_paid)) AS amount
      FROM loan_versions v
      JOIN ledger.entries o ON o.koperasi_id = $1 AND o.number = v.entry AND o.kind <> 'loan-restructuring'
      LEFT JOIN ledger.entries b ON b.koperasi_id = $1 AND b.reverses = v.entry
     WHERE v.koperasi_id = $1
    UNION ALL
    SELECT loan_id, -principal FROM loan_payments WHERE koperasi_id = $1 AND "on" <= $4) s GROUP BY 1
), explained AS (
  SELECT through FROM ledger.closings WHERE koperasi_id = $1 AND reason ~ '^tutup bulan [0-9]{4}-[0-9]{2}: .'
   ORDER BY n DESC LIMIT 1
)
SELECT (SELECT count(*) FROM ledger.accounts a LEFT JOIN moved m ON m.id = a.id
         WHERE a.koperasi_id = $1
           AND a.balance <> coalesce(m.amount, 0) * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END) AS stored,
       (SELECT coalesce(sum(abs(a.balance)), 0) FROM ledger.accounts a JOIN ledger.chart c ON c.code = a.code
         WHERE a.koperasi_id = $1 AND c.subledger IS NOT NULL AND a.member_id IS NULL) AS nobody,
       (SELECT coalesce(sum(abs(coalesce(b.amount, 0) - coalesce(s.amount, 0))), 0)
          FROM booked b FULL JOIN said s ON s.loan_id = b.loan_id) AS loans,
       (SELECT count(*) FROM ledger.entries WHERE koperasi_id = $1 AND ("on" > $2 OR "on" < $3))
       + (SELECT count(*) FROM loans l JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = l.entry
           WHERE l.koperasi_id = $1 AND (l.disbursed_on > $2 OR NOT l.imported AND l.disbursed_on <> e."on"))
       + (SELECT count(*) FROM loan_payments p JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = p.entry
           WHERE p.koperasi_id = $1 AND p."on" <> e."on")
       + (SELECT count(*) FROM members WHERE koperasi_id = $1
             AND (joined_on > $2 OR left_on > $2 OR left_on < joined_on)) AS dates,
       (SELECT sum(CASE WHEN p.credit = a.id THEN p.amount ELSE -p.amount END)
          FROM explained x JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.code = $5
          JOIN ledger.postings p ON p.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
          JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = p.entry AND e."on" <= x.through) AS explained
"""

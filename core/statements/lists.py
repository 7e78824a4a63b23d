"""Registers: an account line by line, cash day by day, what members hold, what loans owe, who is a member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, database
from core.money import Rupiah
from core.statements.figures import Period
from core.statements.kinds import called
from core.statements.tables import Cell, Column, Report, Row

MOST = 200_000  # rows of a register


def _period(period: Period) -> str:
    return f"{period.first:%d-%m-%Y} s.d. {period.last:%d-%m-%Y}"


def _columns(**titles: str) -> tuple[Column, ...]:
    return tuple(
        Column(key=key, title=title, running=key == "balance") for key, title in titles.items()
    )


def _sum(rows: Sequence[Row], cells: tuple[Cell, ...], *, of: str = "") -> Row:
    """Return the row that adds rows up: of a register's all, or of an account's, where it closes."""
    key, name = (f"{of}:closing", "Saldo akhir") if of else ("total", "Jumlah")
    return Row(key=key, name=name, cells=cells, total=True, sums=tuple(row.key for row in rows))


async def ledger_of(
    db: AsyncConnection, *, koperasi_id: int, period: Period, codes: Sequence[str] | None = None
) -> Report:
    """Buku besar: of every code, or of some, what moved by day and entry, with the balance running on."""
    raw = await database.driver(db)
    chart = accounts.chart()
    wanted = list(codes) if codes is not None else list(chart)
    opening = dict(await raw.fetch(_OPENING, koperasi_id, period.first, wanted))
    lines = await raw.fetch(_LINES, koperasi_id, period.first, period.last, wanted, MOST)
    by_code: dict[str, list[Row]] = {}
    balance: dict[str, Rupiah] = {}
    for code in sorted(set(opening) | {line["code"] for line in lines}):
        balance[code] = int(opening.get(code, 0)) * (1 if chart[code].normal == "D" else -1)
        start = Row(
            key=f"{code}:opening", name="Saldo awal", cells=(None, None, 0, 0, balance[code])
        )
        by_code[code] = [Row(key=code, name=f"{code} {chart[code].name}", heading=True), start]
    for line in lines:
        code, debit, credit = line["code"], int(line["debit"]), int(line["credit"])
        moved = debit - credit if chart[code].normal == "D" else credit - debit
        balance[code] += moved
        moved_row = Row(
            key=f"{code}:{line['number']}",
            name=called(line["kind"]),
            cells=(line["on"], line["number"], debit, credit, balance[code]),
        )
        by_code[code].append(moved_row)
    for code, rows in by_code.items():
        sums = [sum(int(str(row.cells[n])) for row in rows[1:]) for n in (2, 3)]
        cells = (None, None, *sums, balance[code])
        rows.append(_sum(rows[1:], cells, of=code))
    return Report(
        name="buku-besar",
        title="Buku Besar",
        period=_period(period),
        columns=_columns(
            date="Tanggal", entry="No. bukti", debit="Debit", credit="Kredit", balance="Saldo"
        ),
        rows=tuple(row for rows in by_code.values() for row in rows),
    )


_OPENING = """
SELECT a.code, sum(CASE WHEN p.debit = a.id THEN p.amount ELSE 0 END - CASE WHEN p.credit = a.id THEN p.amount ELSE 0 END)
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
 WHERE e.koperasi_id = $1 AND e."on" < $2 AND a.code = ANY($3)
 GROUP BY 1 ORDER BY 1
"""
_LINES = """
SELECT a.code, e."on", e.number, e.kind,
       sum(CASE WHEN p.debit = a.id THEN p.amount ELSE 0 END) AS debit,
       sum(CASE WHEN p.credit = a.id THEN p.amount ELSE 0 END) AS credit
  FROM ledger.entries e
  JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
  JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
 WHERE e.koperasi_id = $1 AND e."on" BETWEEN $2 AND $3 AND a.code = ANY($4)
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3 LIMIT $5
"""


async def cash_days(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Report:
    """Kas harian: every cash box and bank by day, what came in and went out, and the balance at its end."""
    chart = accounts.chart()
    boxes = [code for code, one in chart.items() if one.line == "KAS"]
    book = await ledger_of(db, koperasi_id=koperasi_id, period=period, codes=boxes)
    rows: list[Row] = []
    days: dict[tuple[str, date], list[Rupiah]] = {}
    for row in book.rows:
        if row.heading or row.cells[0] is None:
            continue
        code, on = row.key.partition(":")[0], row.cells[0]
        assert isinstance(on, date)
        came_in, went_out, balance = (int(str(cell)) for cell in row.cells[2:])
        day = days.setdefault((code, on), [0, 0, 0])
        days[code, on] = [day[0] + came_in, day[1] + went_out, balance]
    for row in book.rows:
        if not row.heading and row.cells[0] is not None:
            continue
        code = row.key.partition(":")[0]
        cells: tuple[Cell, ...] = () if row.heading else (None, *row.cells[2:])
        if row.total:
            rows += [
                Row(key=f"{code}:{on}", name=chart[code].name, cells=(on, *day))
                for (of, on), day in days.items()
                if of == code
            ]
            start = next(n for n, one in enumerate(rows) if one.key == f"{code}:opening")
            rows.append(_sum(rows[start:], cells, of=code))
        else:
            rows.append(Row(key=row.key, name=row.name, cells=cells, heading=row.heading))
    return Report(
        name="kas-harian",
        title="Kas Harian",
        period=_period(period),
        columns=_columns(date="Tanggal", came_in="Masuk", went_out="Keluar", balance="Saldo"),
        rows=tuple(rows),
    )


_SAVED = ("310000", "320000", "211000", "211100", "211200")


async def savings(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Report:
    """Daftar simpanan on the period's last day: of every member by kind; who left and holds nothing is not shown."""
    raw = await database.driver(db)
    found = await raw.fetch(_HELD, koperasi_id, period.last, list(_SAVED), MOST)
    rows = []
    for one in found:
        held = [int(amount) for amount in one["held"]]
        rows.append(Row(key=one["number"], name=one["name"], cells=(*held, sum(held))))
    sums = tuple(sum(int(str(row.cells[n])) for row in rows) for n in range(len(_SAVED) + 1))
    rows.append(_sum(rows, sums))
    kinds = _columns(
        pokok="Pokok", wajib="Wajib", sukarela="Sukarela", term="Berjangka", holiday="Khusus"
    )
    return Report(
        name="simpanan",
        title="Daftar Simpanan Anggota",
        period=f"per {period.last:%d-%m-%Y}",
        columns=(*kinds, Column(key="total", title="Jumlah", sums=tuple(one.key for one in kinds))),
        rows=tuple(rows),
        coded="No. anggota",
    )


_HELD = """
WITH held AS (
  SELECT a.member_id, a.code,
         sum(CASE WHEN p.credit = a.id THEN p.amount ELSE 0 END - CASE WHEN p.debit = a.id THEN p.amount ELSE 0 END) AS amount
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
    JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
   WHERE e.koperasi_id = $1 AND e."on" <= $2 AND a.code = ANY($3) AND a.member_id IS NOT NULL
   GROUP BY 1, 2
)
SELECT m.number, p.name,
       ARRAY(SELECT coalesce((SELECT amount FROM held h WHERE h.member_id = m.id AND h.code = c), 0)
               FROM unnest($3::text[]) WITH ORDINALITY AS k(c, n) ORDER BY n) AS held
  FROM members m
  JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
 WHERE m.koperasi_id = $1
   AND (m.joined_on <= $2 AND (m.left_on IS NULL OR m.left_on > $2)
        OR EXISTS (SELECT FROM held h WHERE h.member_id = m.id AND h.amount <> 0))
 ORDER BY m.number LIMIT $4
"""


async def loans(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Report:
    """Daftar pinjaman dan kolektibilitas on the period's last day: the principal each loan's account held, its class then."""
    raw = await database.driver(db)
    found = await raw.fetch(_LENT, koperasi_id, period.last, MOST)
    rows = [
        Row(
            key=f"P-{one['id']:04d}",
            name=f"{one['name']} ({one['number']})",
            cells=(
                one["disbursed_on"],
                one["principal"],
                int(one["held"]),
                one["class"],
                one["days"],
            ),
        )
        for one in found
    ]
    total = sum(int(one["held"]) for one in found)
    lent = sum(one["principal"] for one in found)
    rows.append(_sum(rows, (None, lent, total, None, None)))
    return Report(
        name="kolektibilitas",
        title="Daftar Pinjaman dan Kolektibilitas",
        period=f"per {period.last:%d-%m-%Y}",
        columns=_columns(
            disbursed="Tanggal cair",
            principal="Pokok awal",
            outstanding="Sisa pokok",
            klass="Kolektibilitas",
            overdue_days="Hari terlambat",
        ),
        rows=tuple(rows),
        coded="No. pinjaman",
    )


_LENT = """
WITH held AS (
  SELECT a.loan_id,
         sum(CASE WHEN p.debit = a.id THEN p.amount ELSE 0 END - CASE WHEN p.credit = a.id THEN p.amount ELSE 0 END) AS amount
    FROM ledger.entries e
    JOIN ledger.postings p ON p.koperasi_id = $1 AND p.entry = e.number
    JOIN ledger.accounts a ON a.koperasi_id = $1 AND a.id IN (p.debit, p.credit)
   WHERE e.koperasi_id = $1 AND e."on" <= $2 AND a.code = '113100' AND a.loan_id IS NOT NULL
   GROUP BY 1 HAVING sum(CASE WHEN p.debit = a.id THEN p.amount ELSE 0 END - CASE WHEN p.credit = a.id THEN p.amount ELSE 0 END) <> 0
)
SELECT l.id, m.number, p.name, l.disbursed_on, l.principal, h.amount AS held,
       coalesce(c.class, 'lancar') AS class, coalesce(c.overdue_days, 0) AS days
  FROM held h
  JOIN loans l ON l.koperasi_id = $1 AND l.id = h.loan_id
  JOIN members m ON m.koperasi_id = $1 AND m.id = l.member_id
  JOIN people p ON p.koperasi_id = $1 AND p.id = m.id
  LEFT JOIN LATERAL (SELECT class, overdue_days FROM loan_classes k
     WHERE k.koperasi_id = $1 AND k.loan_id = l.id AND k."on" <= $2 ORDER BY k."on" DESC, k.n DESC LIMIT 1) c ON true
 ORDER BY l.id LIMIT $3
"""


async def members(db: AsyncConnection, *, koperasi_id: int, period: Period) -> Report:
    """Daftar anggota: who was a member within the period, since when, and until when."""
    raw = await database.driver(db)
    found = await raw.fetch(_MEMBERS, koperasi_id, period.first, period.last, MOST)
    rows = tuple(
        Row(key=one["number"], name=one["name"], cells=(one["joined_on"], one["left_on"]))
        for one in found
    )
    return Report(
        name="anggota",
        title="Daftar Anggota",
        period=_period(period),
        columns=_columns(joined="Masuk", left="Keluar"),
        rows=rows,
        coded="No. anggota",
    )


_MEMBERS = """
SELECT m.number, p.name, m.joined_on, CASE WHEN m.left_on <= $3 THEN m.left_on END AS left_on
  FROM members m JOIN people p ON p.koperasi_id = m.koperasi_id AND p.id = m.id
 WHERE m.koperasi_id = $1 AND m.joined_on <= $3 AND (m.left_on IS NULL OR m.left_on >= $2)
 ORDER BY m.number LIMIT $4
"""

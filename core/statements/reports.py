"""A report by its name, as the command line and the chat ask for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from core.statements import assembly, lists, notes, units
from core.statements.checks import Check, checks, said_of
from core.statements.figures import Figures, Period, figures
from core.statements.tables import Report, shown

_STATEMENTS: Final[dict[str, Callable[[Figures, Period], Report]]] = {
    "neraca": assembly.balance_sheet,
    "phu": assembly.income_statement,
    "perubahan-ekuitas": assembly.equity_statement,
    "arus-kas": assembly.cash_flow,
    "neraca-saldo": assembly.trial_balance,
    **units.BY_UNIT,
}
_LISTS: Final[dict[str, Callable[..., Any]]] = {
    "buku-besar": lists.ledger_of,
    "kas-harian": lists.cash_days,
    "simpanan": lists.savings,
    "kolektibilitas": lists.loans,
    "anggota": lists.members,
}
NOTES: Final = "calk"
NAMES: Final = (*_STATEMENTS, NOTES, *_LISTS)


async def report(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    name: str,
    period: Period,
    found: Figures | None = None,
    codes: Sequence[str] | None = None,
) -> Report:
    """Work a report out, in whole rupiah; `name` is one of NAMES, `found` the period's figures if they are read.

    `codes` narrow the ledger to some accounts.
    """
    if name not in _LISTS:
        found = found or await figures(db, koperasi_id=koperasi_id, period=period)
        if name == NOTES:
            return await notes.notes(db, koperasi_id=koperasi_id, period=period, found=found)
        return _STATEMENTS[name](found, period)
    narrowed = {"codes": codes} if codes is not None else {}
    made = await _LISTS[name](db, koperasi_id=koperasi_id, period=period, **narrowed)
    assert isinstance(made, Report)
    return made


async def issue(
    db: AsyncConnection,
    *,
    koperasi_id: int,
    names: Sequence[str],
    period: Period,
    today: date,
    codes: Sequence[str] | None = None,
) -> tuple[tuple[Report, ...], tuple[Check, ...]]:
    """Work reports out beside what was checked for them: the book is read once for all."""
    found = await figures(db, koperasi_id=koperasi_id, period=period)
    made = [
        await report(
            db, koperasi_id=koperasi_id, name=name, period=period, found=found, codes=codes
        )
        for name in names
    ]
    checked = await checks(db, koperasi_id=koperasi_id, period=period, today=today, found=found)
    return tuple(made), checked


def described(report: Report, checked: Sequence[Check]) -> dict[str, Any]:
    """Make a report what JSON says of it: stable English keys, amounts as whole numbers, dates as YYYY-MM-DD."""
    rows = []
    for row in report.rows:
        told: dict[str, Any] = {"key": row.key, "name": row.name}
        told |= {
            column.key: cell.isoformat() if isinstance(cell, date) else cell
            for column, cell in zip(report.columns, row.cells, strict=False)
        }
        rows.append(told | {"total": row.total, "heading": row.heading})
    return {
        "report": report.name,
        "title": report.title,
        "period": report.period,
        "rows": rows,
        "fit_to_sign": all(one.ok for one in checked),
        "checks": [
            {"key": one.key, "name": one.name, "ok": one.ok, "off": one.off} for one in checked
        ],
    }


def texts(report: Report, checked: Sequence[Check]) -> list[str]:
    """Write a report as lines of text, figures on the right; what was checked stands below it."""
    table = [("", *(column.title for column in report.columns))]
    table += [(row.name, *map(shown, row.cells)) for row in report.rows]
    count = len(report.columns)
    rows = [line for line in table if len(line) > 1]  # headings and sentences stand by themselves
    widths = [
        max((len(line[n]) for line in rows if len(line) > n), default=0) for n in range(count + 1)
    ]
    written = [report.title, report.period, ""]
    for line in table:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(widths[n]) for n, cell in enumerate(line[1:], start=1)]
        written.append("  ".join(cells).rstrip())
    return [*written, *(["", "Pemeriksaan", *said_of(checked)] if checked else []), *report.notes]

"""Every figure of a book of nearly all events of domain 3.1 equals what beancount computes of the book's export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from beancount import loader
from beancount.core import data
from sqlalchemy.ext.asyncio import AsyncConnection

from core import accounts, export
from core.statements import checks, lines, reports
from core.statements.figures import YEAR_CLOSE, Period
from core.statements.tables import Report
from tests.core.wide_book import TODAY, Wide, a_wide_book

CHART = accounts.chart()
PERIODS = (
    Period(first=date(2026, 1, 1), last=date(2026, 12, 31)),
    Period(first=date(2026, 7, 1), last=date(2026, 9, 30)),
    Period(first=date(2026, 4, 1), last=date(2026, 4, 1)),  # the day of a reversal
    Period(first=date(2026, 12, 31), last=date(2027, 1, 1)),  # the days of the close
    Period(first=date(2027, 1, 1), last=date(2027, 6, 10)),
    Period(first=date(2026, 2, 1), last=date(2027, 4, 30)),
)
Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posting:
    """A posting as beancount read it, with the account's key and its transaction's kind."""

    on: date
    kind: str
    back: bool
    debit: str
    credit: str
    amount: int


async def _theirs(db: AsyncConnection, wide: Wide, folder: Path) -> list[_Posting]:
    """Let beancount read the export; it holds every account against its stored balance itself."""
    file = folder / "book.beancount"
    told = [line async for line in export.beancount(db, wide.here.id)]
    file.write_text("".join(told), encoding="utf-8")
    entries, errors, _ = loader.load_file(str(file))
    assert errors == []
    keys = {one.account: str(one.meta["key"]) for one in entries if isinstance(one, data.Open)}
    kinds = {
        int(str(one.meta["entry"])): str(one.meta["kind"])
        for one in entries
        if isinstance(one, data.Transaction)
    }
    found = []
    for one in entries:
        if not isinstance(one, data.Transaction):
            continue
        back = one.meta.get("reverses")
        kind = kinds[int(str(back))] if back is not None else str(one.meta["kind"])
        for debit, credit in zip(one.postings[::2], one.postings[1::2], strict=True):
            assert debit.units is not None
            assert credit.units is not None
            assert debit.units.number is not None
            assert debit.units.number == -(credit.units.number or 0) > 0
            amount = int(debit.units.number)
            found.append(
                _Posting(
                    on=one.date, kind=kind, back=back is not None, amount=amount,
                    debit=keys[debit.account], credit=keys[credit.account],
                )
            )  # fmt: skip
    return found


def _sides(found: Iterator[_Posting]) -> Iterator[tuple[str, int]]:
    for one in found:
        yield one.debit, one.amount
        yield one.credit, -one.amount


def _held(book: list[_Posting], last: date, *, whole_key: bool = False) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for key, amount in _sides(one for one in book if one.on <= last):
        sums[key if whole_key else key[:6]] += amount
    return sums


def _earned(book: list[_Posting], period: Period) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for key, amount in _sides(
        one for one in book if period.first <= one.on <= period.last and one.kind != YEAR_CLOSE
    ):
        if key[0] in "45":
            sums[key[:6]] -= amount
    return sums


def _by_line(codes: Sums, *, sign: int = 1) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for code, amount in codes.items():
        sums[CHART[code].line] += sign * amount
    return sums


def _cells(found: Report, column: str) -> dict[str, int]:
    at = [one.key for one in found.columns].index(column)
    return {
        row.key: int(str(row.cells[at]))
        for row in found.rows
        if row.cells and row.cells[at] is not None
    }


async def test_every_figure_is_beancounts_account_by_account(db: AsyncConnection, tmp_path: Path):
    wide = await a_wide_book(db)
    assert set(range(45)) == wide.events, "an event of domain 3.1 is missing"
    book = await _theirs(db, wide, tmp_path)
    touched = {key[:6] for one in book for key in (one.debit, one.credit)}
    assert touched == set(CHART), "an account of the chart is not in this book"
    for period in PERIODS:

        async def of(name: str, period: Period = period) -> Report:
            return await reports.report(db, koperasi_id=wide.here.id, name=name, period=period)

        await _accounts_are_theirs(of_trial := await of("neraca-saldo"), book, period)
        assert of_trial.value("total", "closing_debit") == of_trial.value("total", "closing_credit")
        ledger = await of("buku-besar")
        held = _held(book, period.last)
        for code, amount in held.items():
            ours = ledger.value(f"{code}:closing", "balance")
            assert ours == (amount if CHART[code].normal == "D" else -amount), code
        _statements_are_theirs(
            await of("neraca"), await of("phu"), await of("perubahan-ekuitas"), book, period
        )
        _flows_are_theirs(await of("arus-kas"), book, period)
        whole = await of("phu-unit")
        assert _cells(whole, "total") == _cells(await of("phu"), "amount")
        _registers_are_theirs(await of("simpanan"), await of("kas-harian"), wide, book, period)
        checked = await checks.checks(db, koperasi_id=wide.here.id, period=period, today=TODAY)
        # The loans of this book stand in no register.
        assert {one.key for one in checked if not one.ok} <= {"loans"}, period


async def _accounts_are_theirs(found: Report, book: list[_Posting], period: Period) -> None:
    before, after = (_held(book, day) for day in (_eve(period.first), period.last))
    moved: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in book:
        if period.first <= one.on <= period.last:
            moved[one.debit[:6]][0] += one.amount
            moved[one.credit[:6]][1] += one.amount
    theirs = {
        code: (before.get(code, 0), *moved[code], max(amount, 0), max(-amount, 0))
        for code, amount in after.items()
    }
    assert {row.key: row.cells for row in found.rows if not row.total} == theirs


def _eve(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _statements_are_theirs(
    sheet: Report, result: Report, equity: Report, book: list[_Posting], period: Period
) -> None:
    held = _held(book, period.last)
    at, debts = _by_line(held), _by_line(held, sign=-1)
    ours = _cells(sheet, "amount")
    for line in lines.ASSETS:
        assert ours[line] == at[line], line
    for line in (*lines.DEBTS, *lines.EQUITY):
        assert ours[line] == debts[line], line
    assert ours["assets"] == sum(amount for code, amount in held.items() if code[0] == "1")
    assert ours["liabilities"] == -sum(amount for code, amount in held.items() if code[0] == "2")
    assert ours["equity"] == -sum(amount for code, amount in held.items() if code[0] in "345")
    year = Period(first=date(period.last.year, 1, 1), last=period.last)
    assert ours["SURPLUS"] == sum(_earned(book, year).values())
    earned = _earned(book, period)
    told = _cells(result, "amount")
    for line, amount in _by_line(earned).items():
        assert told[line] == amount, line
    assert told["shu"] == sum(earned.values())
    for key, day in (("opening", _eve(period.first)), ("closing", period.last)):
        then = _held(book, day)
        row = {one.key: cell for one, cell in zip(equity.columns, _row(equity, key), strict=True)}
        for column, (_, of) in lines.EQUITY_COLUMNS.items():
            codes = [
                code
                for code in then
                if (CHART[code].line in of and code != "390000")
                or (column == "shu" and (code[0] in "45" or code == "390000"))
            ]
            assert row[column] == -sum(then[code] for code in codes), (key, column)


def _row(found: Report, key: str) -> tuple[int, ...]:
    return next(tuple(int(str(cell)) for cell in row.cells) for row in found.rows if row.key == key)


def _flows_are_theirs(found: Report, book: list[_Posting], period: Period) -> None:
    theirs: dict[str, int] = defaultdict(int)
    for one in book:
        debit, credit = one.debit[:6], one.credit[:6]
        into, out = CHART[debit].line == "KAS", CHART[credit].line == "KAS"
        if into != out and period.first <= one.on <= period.last:
            theirs[credit if into else debit] += one.amount if into else -one.amount
    ours: dict[str, int] = defaultdict(int)
    for key, amount in _cells(found, "amount").items():
        way, _, code = key.partition(":")
        if way in ("in", "out"):
            ours[code] += amount
    assert {code: amount for code, amount in ours.items() if amount} == {
        code: amount for code, amount in theirs.items() if amount
    }
    for group in lines.FLOWS:
        net = sum(
            amount
            for code, amount in theirs.items()
            if (CHART[code].cash_flow or "O") == group and code != accounts.OPENING
        )
        assert found.value(f"net_{group}", "amount") == net, group
    held = _held(book, period.last)
    cash = sum(amount for code, amount in held.items() if CHART[code].line == "KAS")
    assert found.value("closing", "amount") == cash


def _registers_are_theirs(
    saved: Report, days: Report, wide: Wide, book: list[_Posting], period: Period
) -> None:
    held = _held(book, period.last, whole_key=True)
    kinds = {
        "pokok": "310000",
        "wajib": "320000",
        "sukarela": "211000",
        "term": "211100",
        "holiday": "211200",
    }
    for member in wide.members:
        for kind, code in kinds.items():
            amount = -held.get(f"{code}:m{member.id}", 0)
            assert saved.value(member.number, kind) == amount, (member.number, kind)
    for kind, code in kinds.items():
        assert saved.value("total", kind) == -_held(book, period.last).get(code, 0)
    for code, amount in _held(book, period.last).items():
        if CHART[code].line == "KAS":
            assert days.value(f"{code}:closing", "balance") == amount, code

"""The few lines a report is in the chat: what it ends at, in plain words; registers as sums, naming nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from core import accounts
from core.money import Rupiah
from core.statements import assembly, lines
from core.statements.figures import Figures, Period
from core.statements.policies import CLASS_NAMES
from core.statements.tables import Report
from notifications.messages import Say

_CODES = 9  # of the trial balance in one message, the largest
_NAME = 34  # characters of an account's name
_MOVES = 6  # lines of an account, the last ones
_BOXES = 5  # cash boxes and banks


def of_figures(name: str, found: Figures, period: Period) -> list[Say]:
    """Say a statement that is made of the book's figures."""
    return _LINES[name](found, period)


def of_report(report: Report, period: Period) -> list[Say]:
    """Say any other report."""
    return _OTHERS[report.name](report, period)


def say(key: str, **facts: str | int | date) -> Say:
    """Name a text and its facts."""
    return Say(key, facts)


def _nonzero(*made: tuple[str, int]) -> list[Say]:
    return [say(key, amount=amount) for key, amount in made if amount]


def _sheet(found: Figures, period: Period) -> list[Say]:
    at = assembly.position(found, period.last)
    named = at["KAS"] + at["PIN"] + at["PSD"] + at["AT"]
    members = at["EPK"] + at["EWJ"]
    surplus = at["SURPLUS"] + at["SURPLUS_BEFORE"]
    return [
        say("books-cash", amount=at["KAS"]),
        *_nonzero(
            ("books-lent", at["PIN"]),
            ("books-stock", at["PSD"]),
            ("books-fixed", at["AT"]),
            ("books-other-assets", at["assets"] - named),
        ),
        say("books-assets", amount=at["assets"]),
        *_nonzero(("books-savings", at["SMP"])),
        say("books-debts", amount=at["liabilities"] - at["SMP"]),
        *_nonzero(
            ("books-members", members),
            ("books-other-equity", at["equity"] - members - surplus),
            ("books-surplus-before", at["SURPLUS_BEFORE"]),
        ),
        say("books-surplus", amount=at["SURPLUS"], on=period.last),
        say("books-both", amount=at["liabilities_and_equity"]),
    ]


def _result(found: Figures, period: Period) -> list[Say]:
    of = assembly.result_of(found, period)
    return [
        *_nonzero(*((f"books-{key}", of[key]) for key in lines.INCOME)),
        say("books-income", amount=of["income"]),
        *_nonzero(
            ("books-cost-of-sales", of["HPA"] + of["HPN"]),
            ("books-interest", of["BBG"]),
            ("books-costs", of["costs"]),
            ("books-beside", sum(of[key] for key in lines.OTHER)),
            ("books-tax", of["BPJ"]),
        ),
        say("books-shu", amount=of["shu"], last=period.last),
    ]


def _flow(found: Figures, period: Period) -> list[Say]:
    moved = assembly.flows(found, period)
    report = assembly.cash_flow(found, period)
    net = {
        group: sum(amount for key, amount in moved.items() if key[0] == group)
        for group in (*lines.FLOWS, "opening")
    }
    return [
        say("books-cash-before", amount=int(str(report.value("opening", "amount")))),
        say("books-came-in", amount=sum(v for key, v in moved.items() if key[1] == "in")),
        say("books-went-out", amount=-sum(v for key, v in moved.items() if key[1] == "out")),
        *_nonzero(*((f"books-flow-{group}", amount) for group, amount in net.items())),
        say("books-cash-after", amount=int(str(report.value("closing", "amount")))),
    ]


def _trial(found: Figures, period: Period) -> list[Say]:
    held = sorted(
        ((code, amount) for code, amount in found.balances(period.last).items() if amount),
        key=lambda one: (-abs(one[1]), one[0]),
    )
    names = accounts.chart()
    said = [
        say(
            "books-debit" if amount > 0 else "books-credit",
            name=names[code].name[:_NAME],
            amount=abs(amount),
        )
        for code, amount in held[:_CODES]
    ]
    if len(held) > _CODES:
        said.append(say("books-more-codes", count=len(held) - _CODES))
    debit = sum(amount for _, amount in held if amount > 0)
    credit = -sum(amount for _, amount in held if amount < 0)
    return [*said, say("books-trial-total", debit=debit, credit=credit)]


_LINES: Final[Mapping[str, Callable[[Figures, Period], list[Say]]]] = {
    "neraca": _sheet,
    "phu": _result,
    "arus-kas": _flow,
    "neraca-saldo": _trial,
}


def _amount(report: Report, key: str, column: str) -> Rupiah:
    return int(str(report.value(key, column)))


def _equity(report: Report, _period: Period) -> list[Say]:
    moved = ("added", "taken", "shared", "profit")
    return [
        say("books-equity-opening", amount=_amount(report, "opening", "total")),
        *_nonzero(*((f"books-equity-{key}", _amount(report, key, "total")) for key in moved)),
        say("books-equity-closing", amount=_amount(report, "closing", "total")),
    ]


def _by_unit(report: Report, _period: Period) -> list[Say]:
    """Say each unit's result, or what it owns and owes; a unit of nothing is left out."""
    first, last = ("income", "shu") if report.name == "phu-unit" else ("assets", "net")
    said = []
    for column in report.columns:
        begin, end = (_amount(report, key, column.key) for key in (first, last))
        if begin or end or column.key == "total":
            key = f"books-{report.name}{'-total' if column.key == 'total' else ''}"
            said.append(say(key, unit=column.title, first=begin, last=end))
    return [*said, say("books-unit-shared")]


def _notes(report: Report, _period: Period) -> list[Say]:
    return [
        say("books-notes", count=sum(row.heading for row in report.rows)),
        say("books-notes-read"),
    ]


def _ledger(report: Report, period: Period) -> list[Say]:
    """Say one account: how it began and ended, and its last entries."""
    code = report.rows[0].key if report.rows else None
    if code is None:
        return [say("books-ledger-empty")]
    moves = [row for row in report.rows if isinstance(row.cells[:1] and row.cells[0], date)]
    debit, credit = (_amount(report, f"{code}:closing", key) for key in ("debit", "credit"))
    said = [
        say("books-ledger-account", name=report.rows[0].name),
        say("books-ledger-opening", amount=_amount(report, f"{code}:opening", "balance")),
        say("books-ledger-moved", debit=debit, credit=credit),
        say("books-ledger-closing", amount=_amount(report, f"{code}:closing", "balance")),
    ]
    if len(moves) > _MOVES:
        said.append(say("books-ledger-last", count=len(moves), shown=_MOVES))
    for row in moves[-_MOVES:]:
        on, number, into, out, _ = row.cells
        assert isinstance(on, date)
        key = "books-ledger-debit" if into else "books-ledger-credit"
        amount = int(str(into or out))
        said.append(say(key, on=on, number=int(str(number)), what=row.name, amount=amount))
    return said


def _cash(report: Report, _period: Period) -> list[Say]:
    """Say each box and bank: what came in, what went out, what is there."""
    ends = [row for row in report.rows if row.total]
    said = []
    for row in ends[:_BOXES]:
        came_in, went_out, balance = (int(str(cell)) for cell in row.cells[1:])
        name = accounts.chart()[row.key.partition(":")[0]].name[:_NAME]
        said += [
            say("books-box", name=name, balance=balance),
            say("books-box-moved", came_in=came_in, went_out=went_out),
        ]
    total = sum(int(str(row.cells[3])) for row in ends)
    return [*said, say("books-boxes", amount=total)]


def _savings(report: Report, _period: Period) -> list[Say]:
    of = {column.key: _amount(report, "total", column.key) for column in report.columns}
    kinds = ("pokok", "wajib", "sukarela", "term", "holiday")
    return [
        say("books-savers", count=len(report.rows) - 1),
        *_nonzero(*((f"books-saved-{key}", of[key]) for key in kinds)),
        say("books-saved", amount=of["total"]),
    ]


def _loans(report: Report, _period: Period) -> list[Say]:
    """Say how many loans are of each class, and what is left of them."""
    count: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for row in report.rows[:-1]:
        klass = str(row.cells[3])
        count[klass] += 1
        left[klass] += int(str(row.cells[2]))
    return [
        *(
            say("books-class", name=name, count=count[klass], amount=left[klass])
            for klass, name in CLASS_NAMES.items()
            if count[klass]
        ),
        say("books-loans", count=sum(count.values()), amount=sum(left.values())),
    ]


def _members(report: Report, period: Period) -> list[Say]:
    joined = sum(period.first <= _day(row.cells[0]) for row in report.rows)
    left = sum(row.cells[1] is not None for row in report.rows)
    return [
        say("books-people", count=len(report.rows) - left),
        say("books-people-moved", joined=joined, left=left),
    ]


def _day(cell: object) -> date:
    assert isinstance(cell, date), cell
    return cell


_OTHERS: Final[Mapping[str, Callable[[Report, Period], list[Say]]]] = {
    "perubahan-ekuitas": _equity,
    "phu-unit": _by_unit,
    "neraca-unit": _by_unit,
    "calk": _notes,
    "buku-besar": _ledger,
    "kas-harian": _cash,
    "simpanan": _savings,
    "kolektibilitas": _loans,
    "anggota": _members,
}

"""The statements by chat, for who may see the books: a few lines in plain words, of any month or year."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from bot.conversations import statements, welcome
from bot.talk import Reply, Turn, button, say
from bot.understand import reports as asking
from core import accounts
from core.calendar import month_of, next_month
from core.permissions import Action, NotAllowed, may, who_may
from core.statements import assembly, lines
from core.statements.checks import checks
from core.statements.figures import Figures, Period, figures
from notifications.messages import Button, Say

if TYPE_CHECKING:
    from bot.commands import Step

_CODES = 9  # of the trial balance in one message, the largest
_NAME = 34  # characters of an account's name
_UNFIT = 2  # failed checks that are named


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read "neraca", "laba rugi oktober", "arus kas bulan lalu" of who may see the books."""
    if not may(turn.here.roles, Action.SEE_BOOKS):
        return None
    found = asking.asked(text, turn.today)
    if found is None:
        return None
    return f"report-{found.name}", partial(_show, found.name, found.time)


def buttons(turn: Turn) -> tuple[tuple[Button, ...], ...]:
    """Make the buttons below /laporan: each statement of this year."""
    made = [
        button(label, f"st:{turn.koperasi_id}:{name}:{turn.today.year}")
        for name, label in (
            ("neraca", "button-neraca"),
            ("phu", "button-phu"),
            ("arus-kas", "button-arus-kas"),
            ("neraca-saldo", "button-neraca-saldo"),
        )
    ]
    return (tuple(made[:2]), tuple(made[2:]))


async def pressed(turn: Turn, koperasi: str, name: str, time: str) -> Reply:
    """A button of a statement: it stands for the cooperative and the time it was made for."""
    if int(koperasi) != turn.koperasi_id:
        raise statements.OthersAreNotShown
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    if asking.begins(time) > turn.today:
        return await welcome.old_button(turn)
    return await _show(name, time, turn)


async def _show(name: str, time: str, turn: Turn) -> Reply:
    """Say a statement in less than 1 KB, with what does not hold."""
    today, here = turn.today, turn.koperasi_id
    first, last = asking.begins(time), asking.ends(time, today)
    period = Period(first=first, last=last)
    found = await figures(turn.db, koperasi_id=here, period=period)
    checked = await checks(turn.db, koperasi_id=here, period=period, today=today)
    failed = [one for one in checked if not one.ok]
    head = say(f"books-{name}", first=first, last=last)
    said = [head, say("books-of", cooperative=turn.here.cooperative.name[:60])]
    said += _LINES[name](found, period)
    if failed:
        said.append(say("books-unfit", count=len(failed)))
        said += [say("books-check", name=one.name, off=one.off) for one in failed[:_UNFIT]]
    month = month_of(today)
    times = (
        ("button-this-month", f"{month:%Y-%m}"),
        ("button-last-month", f"{next_month(month, -1):%Y-%m}"),
        ("button-this-year", f"{today.year}"),
    )
    row = tuple(button(label, f"st:{here}:{name}:{at}") for label, at in times if at != time)
    return Reply(lines=tuple(said), buttons=(row,))


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


_LINES: Final = {
    "neraca": _sheet,
    "phu": _result,
    "arus-kas": _flow,
    "neraca-saldo": _trial,
}

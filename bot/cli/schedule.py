"""schedule: the instalments of a loan that nobody has yet; no database, no cooperative, no rate cap."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.running import AsJson

if TYPE_CHECKING:
    from core.loans.schedule import Line
    from core.loans.terms import Every

# The words are spelt out here too, so that `kopdes --help` loads no core: a test holds both together.


class Per(StrEnum):
    """What time a rate is for."""

    MONTH = "month"
    YEAR = "year"


class Method(StrEnum):
    """How principal and interest are spread."""

    FLAT = "flat"
    MENURUN = "menurun"
    ANUITAS = "anuitas"
    JATUH_TEMPO = "jatuh-tempo"


class DayCount(StrEnum):
    """How long a period counts."""

    MONTH = "month"
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    ACT_ACT = "act/act"


class Round(StrEnum):
    """Which way an instalment is rounded."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(schedule)


def rate_of(text: str) -> Decimal:
    """Read per cent: 1, 1.5 or 1,5."""
    if not re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,12})?", text.strip(), re.ASCII):
        raise typer.BadParameter(f"{text!r} is no rate in per cent: write 12 or 1,5")
    return Decimal(text.strip().replace(",", "."))


def every_of(text: str) -> Every:
    """Read a rhythm: 1m, 2m, 1w, 2w, 15d."""
    from core.loans.terms import Every

    try:
        return Every.parse(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of 1m, 2m, 1w, 2w, 15d") from None


_Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")]


def schedule(
    principal: Annotated[int, typer.Option(metavar="RUPIAH")],
    rate: Annotated[Any, typer.Option(parser=rate_of, metavar="R", help="Per cent: 12 or 1,5.")],
    rate_per: Annotated[Per, typer.Option()],
    count: Annotated[int, typer.Option(metavar="N", help="Instalments.")],
    method: Annotated[Method, typer.Option()],
    disbursed: _Day,
    every: Annotated[
        Any, typer.Option(parser=every_of, metavar="RHYTHM", help="1m, 2m, 1w, 2w, 15d.")
    ] = "1m",
    first_due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")
    ] = None,
    day_count: Annotated[DayCount, typer.Option()] = DayCount.MONTH,
    grace_principal: Annotated[
        int, typer.Option(metavar="K", help="First instalments that pay interest alone.")
    ] = 0,
    round_to: Annotated[int, typer.Option(metavar="K", help="Rupiah.")] = 1,
    rounding: Annotated[Round, typer.Option("--round")] = Round.NEAREST,
    as_json: AsJson = False,
) -> None:
    """Compute a loan's instalments; nothing is recorded and no database is read."""
    from bot.cli.words import said
    from core.loans import rates, terms
    from core.loans import schedule as schedules

    rule = terms.Terms(
        method=terms.Method(method.value),
        rate=rate,
        rate_per=rate_per.value,
        every=every,
        day_count=terms.DayCount(day_count.value),
        grace_principal=grace_principal,
        round_to=round_to,
        rounding=terms.Rounding(rounding.value),
        moves_holidays=False,  # a cooperative's own days of rest are not known here
    )
    lent, first = disbursed.date(), first_due.date() if first_due else None
    try:
        lines = schedules.compute(
            principal=principal, count=count, terms=rule, disbursed=lent, first_due=first
        )
        rows = schedules.instalments(lines)
        effective = rates.effective_rate(principal, rows, rule, lent, first_due=first)
    except terms.BadTerms as refusal:
        print(f"kopdes: {said(refusal.text, refusal.facts)}", file=sys.stderr)
        raise typer.Exit(2) from refusal
    _tell(lines, effective, as_json=as_json)


def _tell(lines: Sequence[Line], effective: Decimal, *, as_json: bool) -> None:
    interest = sum(line.interest for line in lines)
    if not as_json:
        running.say(None, [*_table(lines), *_sums(interest, effective)], as_json=False)
        return
    rows = [
        {
            "n": line.period.n,
            "due": line.period.due.isoformat(),
            "principal": line.principal,
            "interest": line.interest,
            "total": line.total,
            "balance": line.balance,
        }
        for line in lines
    ]
    known = json.dumps({"instalments": rows, "total_interest": interest})
    # A Decimal is written as it is: json would make a binary fraction of it.
    print(f'{known[:-1]}, "effective_annual_rate": {effective}}}')


def _table(lines: Sequence[Line]) -> list[str]:
    heads = ("n", "due", "principal", "interest", "total", "balance")
    rows = [
        (
            str(line.period.n),
            line.period.due.isoformat(),
            *(f"{sum_:,}" for sum_ in (line.principal, line.interest, line.total, line.balance)),
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in (heads, *rows)
    ]


def _sums(interest: int, effective: Decimal) -> tuple[str, str]:
    return f"total interest: {interest:,}", f"effective annual rate: {effective} %"

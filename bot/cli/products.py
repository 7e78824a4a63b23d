"""product set, list: what a cooperative lends on, from a day on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.koperasi import day
from bot.cli.running import BY, AsJson, Desk, Koperasi
from bot.cli.schedule import DayCount, Method, Per, Round, every_of, rate_of

if TYPE_CHECKING:
    from core.loans.products import Product
    from core.loans.terms import Share, Terms

app = typer.Typer(no_args_is_help=True, help="What a cooperative lends on.")


class MonthEnd(StrEnum):
    """Where a due day goes that a month lacks."""

    LAST_DAY = "last-day"
    NEXT_FIRST = "next-first"


class Fine(StrEnum):
    """What a late instalment costs."""

    NONE = "none"
    PERCENT_DAILY = "percent-daily"
    PERCENT_ONCE = "percent-once"
    FIXED_DAILY = "fixed-daily"
    FIXED_ONCE = "fixed-once"


_TENOR = 12  # instalments, when nobody says


def value_of(text: str) -> Decimal:
    """Read per cent or whole rupiah."""
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,6})?", text.strip(), re.ASCII):
        raise typer.BadParameter(f"{text!r} is no number like 0,1 or 5000")
    return Decimal(text.strip().replace(",", "."))


def _order(text: str) -> tuple[Share, ...]:
    """denda,jasa,pokok in any order."""
    from core.loans.terms import Share

    try:
        return tuple(Share(part.strip()) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter("looks like denda,jasa,pokok", param_hint="--order") from None


_Rate = Annotated[Any, typer.Option(parser=rate_of, metavar="R", help="Per cent: 18 or 1,5.")]
_Code = Annotated[str, typer.Option(help="umum is the one taken when none is said.")]
_Name = Annotated[str | None, typer.Option(help="As members read it.")]
_Every = Annotated[
    Any, typer.Option(parser=every_of, metavar="RHYTHM", help="1m, 2m, 1w, 2w, 15d.")
]
_Tenor = Annotated[
    int | None, typer.Option(metavar="N", help="Instalments when none are said: 12.")
]
_Longest = Annotated[int, typer.Option(metavar="N", help="Instalments at most.")]
_Most = Annotated[int | None, typer.Option(metavar="RP", help="No ceiling, if not said.")]
_Grace = Annotated[int, typer.Option(metavar="K", help="First instalments without it.")]
_AtEnd = Annotated[bool, typer.Option("--interest-at-end", help="jatuh-tempo: with the principal.")]
_Rupiah = Annotated[int, typer.Option(metavar="RP")]
_Round = Annotated[Round, typer.Option("--round")]
_DueDay = Annotated[
    int | None, typer.Option(metavar="D", help="That of the disbursement, if not said.")
]
_Moves = Annotated[bool, typer.Option(help="Nothing falls due on holidays and days of rest.")]
_Percent = Annotated[Any, typer.Option(parser=rate_of, metavar="PERCENT")]
_Spread = Annotated[bool, typer.Option("--provisi-spread", help="Income as principal is repaid.")]
_Value = Annotated[
    Any, typer.Option(parser=value_of, metavar="V", help="Per cent, or rupiah when fixed.")
]
_Days = Annotated[int, typer.Option(metavar="DAYS", help="Free of fines.")]
_Cap = Annotated[
    Any, typer.Option(parser=rate_of, metavar="PERCENT", help="Of the instalment, at most.")
]
_Order = Annotated[str, typer.Option(help="What a payment goes to first.")]
_Further = Annotated[
    int, typer.Option(metavar="N", help="Instalments of jasa an early settlement costs on top.")
]
_Since = Annotated[str | None, typer.Option(metavar="DATE", help="Today, if not said.")]
_Withdrawn = Annotated[
    bool, typer.Option("--withdrawn", help="Not offered any more from that day on.")
]


@app.command("set")
def set_product(
    koperasi: Koperasi,
    method: Annotated[Method, typer.Option()],
    rate: _Rate,
    rate_per: Annotated[Per, typer.Option()],
    code: _Code = "umum",
    name: _Name = None,
    every: _Every = "1m",
    day_count: Annotated[DayCount, typer.Option()] = DayCount.MONTH,
    tenor: _Tenor = None,
    longest: _Longest = 36,
    most: _Most = None,
    grace_principal: _Grace = 0,
    grace_interest: _Grace = 0,
    interest_at_end: _AtEnd = False,
    round_to: _Rupiah = 1,
    rounding: _Round = Round.NEAREST,
    due_day: _DueDay = None,
    month_end: Annotated[MonthEnd, typer.Option()] = MonthEnd.LAST_DAY,
    moves_holidays: _Moves = True,
    provisi: _Percent = "0",
    provisi_spread: _Spread = False,
    administrasi: _Rupiah = 0,
    penalty: Annotated[Fine, typer.Option()] = Fine.NONE,
    penalty_value: _Value = "0",
    penalty_grace: _Days = 0,
    penalty_cap: _Cap = None,
    order: _Order = "denda,jasa,pokok",
    settlement_instalments: _Further = 0,
    since: _Since = None,
    withdrawn: _Withdrawn = False,
    as_json: AsJson = False,
) -> None:
    """Let a product hold from a day on; running loans keep the terms they were made with."""
    said = SimpleNamespace(**locals())  # every option by its name
    begin = None if since is None else day(since)
    product = _product(said, _terms(said), begin)
    kept, warnings = running.as_owner(lambda desk: _set(desk, koperasi, product, begin))
    if not as_json:
        for warning in warnings:
            running.warn(warning)
    running.say(_described(kept) | {"warnings": warnings}, [_line(kept)], as_json=as_json)


def _terms(said: SimpleNamespace) -> Terms:
    """Make terms of the options."""
    from core.loans import terms

    return terms.Terms(
        method=terms.Method(said.method.value),
        rate=said.rate,
        rate_per=said.rate_per.value,
        every=said.every,
        day_count=terms.DayCount(said.day_count.value),
        grace_principal=said.grace_principal,
        grace_interest=said.grace_interest,
        interest_at_end=said.interest_at_end,
        round_to=said.round_to,
        rounding=terms.Rounding(said.rounding.value),
        due_day=said.due_day,
        month_end=terms.MonthEnd(said.month_end.value),
        moves_holidays=said.moves_holidays,
        provisi=said.provisi,
        provisi_spread=said.provisi_spread,
        administrasi=said.administrasi,
        penalty=terms.Penalty(
            kind=terms.Fine(said.penalty.value),
            value=said.penalty_value,
            grace_days=said.penalty_grace,
            cap=said.penalty_cap,
        ),
        order=_order(said.order),
        settlement_instalments=said.settlement_instalments,
    )


def _product(said: SimpleNamespace, terms: Terms, begin: date | None) -> Product:
    from core.loans.products import Product
    from core.rules import FOUNDED

    code = said.code.strip().lower()
    return Product(
        code=code,
        name=(said.name or f"Pinjaman {code}").strip(),
        since=begin or FOUNDED,  # today in the cooperative's zone, which is not known yet
        terms=terms,
        tenor=min(_TENOR, said.longest) if said.tenor is None else said.tenor,
        longest=said.longest,
        most=said.most,
        offered=not said.withdrawn,
    )


async def _set(
    desk: Desk, koperasi: str, product: Product, begin: date | None
) -> tuple[Product, list[str]]:
    from core import rules
    from core.calendar import business_date
    from core.loans import products

    cooperative = await desk.cooperative(koperasi)
    on = begin or business_date(desk.at, cooperative.zone)
    kept = await products.set_product(
        desk.db, koperasi_id=cooperative.id, product=replace(product, since=on), by=BY, at=desk.at
    )
    effective = products.effective_rate(kept, on)
    cap = (await rules.in_force(desk.db, cooperative.id, on)).rate_cap
    if effective <= cap:
        return kept, []
    return kept, [f"the effective rate is {effective} % a year, above the cap of {cap} %"]


@app.command("list")
def show(
    koperasi: Koperasi,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="Today, if not said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what a cooperative lends on, the one taken when none is said first."""
    from core.calendar import business_date
    from core.loans import products

    wanted = None if on is None else day(on)

    async def work(desk: Desk) -> Sequence[Product]:
        cooperative = await desk.cooperative(koperasi)
        return await products.in_force(
            desk.db,
            koperasi_id=cooperative.id,
            on=wanted or business_date(desk.at, cooperative.zone),
        )

    found = running.as_owner(work)
    running.say([_described(one) for one in found], [_line(one) for one in found], as_json=as_json)


def _described(product: Product) -> dict[str, Any]:
    """Say a product in JSON: rates and per cents as text, so that none is rounded."""
    from core.loans import products, terms

    return {
        "code": product.code,
        "name": product.name,
        "since": product.since.isoformat(),
        "offered": product.offered,
        "tenor": product.tenor,
        "longest": product.longest,
        "most": product.most,
        "terms": terms.to_json(product.terms),
        "effective_annual_rate": str(products.effective_rate(product, product.since)),
    }


def _line(product: Product) -> str:
    terms = product.terms
    most = "no ceiling" if product.most is None else f"at most {product.most}"
    offered = "" if product.offered else ", withdrawn"
    return (
        f"{product.code}  {product.name}: {terms.method} {terms.rate} % a {terms.rate_per},"
        f" every {terms.every}, {product.tenor} to {product.longest} instalments, {most},"
        f" since {product.since}{offered}"
    )

"""product set, list: what a cooperative lends on, from a day on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import running
from bot.cli.koperasi import day
from bot.cli.running import BY, AsJson, Desk, Koperasi
from bot.cli.schedule import DayCount, Method, Per, Round, every_of, rate_of

if TYPE_CHECKING:
    from core.loans.products import Product
    from core.loans.terms import Share

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


_Percent = Annotated[Any, typer.Option(parser=rate_of, metavar="PERCENT")]
_TENOR = 12  # instalments, when nobody says


def _value(text: str) -> Decimal:
    """Per cent or whole rupiah."""
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


@app.command("set")
def set_product(
    koperasi: Koperasi,
    method: Annotated[Method, typer.Option()],
    rate: Annotated[Any, typer.Option(parser=rate_of, metavar="R", help="Per cent: 18 or 1,5.")],
    rate_per: Annotated[Per, typer.Option()],
    code: Annotated[str, typer.Option(help="umum is the one taken when none is said.")] = "umum",
    name: Annotated[str | None, typer.Option(help="As members read it.")] = None,
    every: Annotated[
        Any, typer.Option(parser=every_of, metavar="RHYTHM", help="1m, 2m, 1w, 2w, 15d.")
    ] = "1m",
    day_count: Annotated[DayCount, typer.Option()] = DayCount.MONTH,
    tenor: Annotated[
        int | None, typer.Option(metavar="N", help="Instalments when none are said: 12.")
    ] = None,
    longest: Annotated[int, typer.Option(help="Instalments at most.")] = 36,
    most: Annotated[int | None, typer.Option(metavar="RP", help="No ceiling, if not said.")] = None,
    grace_principal: Annotated[int, typer.Option(metavar="K")] = 0,
    grace_interest: Annotated[int, typer.Option(metavar="K")] = 0,
    interest_at_end: Annotated[
        bool, typer.Option("--interest-at-end", help="jatuh-tempo: with the principal.")
    ] = False,
    round_to: Annotated[int, typer.Option(metavar="RP")] = 1,
    rounding: Annotated[Round, typer.Option("--round")] = Round.NEAREST,
    due_day: Annotated[
        int | None, typer.Option(metavar="D", help="That of the disbursement, if not said.")
    ] = None,
    month_end: Annotated[MonthEnd, typer.Option()] = MonthEnd.LAST_DAY,
    moves_holidays: Annotated[
        bool, typer.Option(help="Nothing falls due on holidays and days of rest.")
    ] = True,
    provisi: _Percent = "0",
    provisi_spread: Annotated[
        bool, typer.Option("--provisi-spread", help="Income as principal is repaid.")
    ] = False,
    administrasi: Annotated[int, typer.Option(metavar="RP")] = 0,
    penalty: Annotated[Fine, typer.Option()] = Fine.NONE,
    penalty_value: Annotated[
        Any, typer.Option(parser=_value, metavar="V", help="Per cent, or rupiah when fixed.")
    ] = "0",
    penalty_grace: Annotated[int, typer.Option(metavar="DAYS")] = 0,
    penalty_cap: Annotated[
        Any, typer.Option(parser=rate_of, metavar="PERCENT", help="Of the instalment.")
    ] = None,
    order: Annotated[str, typer.Option(help="What a payment goes to first.")] = "denda,jasa,pokok",
    settlement_instalments: Annotated[
        int, typer.Option(metavar="N", help="Jasa an early settlement costs on top.")
    ] = 0,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Today, if not said.")] = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Not offered any more from that day on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a product hold from a day on; running loans keep the terms they were made with."""
    from core.loans import products, terms
    from core.rules import FOUNDED

    rule = terms.Terms(
        method=terms.Method(method.value),
        rate=rate,
        rate_per=rate_per.value,
        every=every,
        day_count=terms.DayCount(day_count.value),
        grace_principal=grace_principal,
        grace_interest=grace_interest,
        interest_at_end=interest_at_end,
        round_to=round_to,
        rounding=terms.Rounding(rounding.value),
        due_day=due_day,
        month_end=terms.MonthEnd(month_end.value),
        moves_holidays=moves_holidays,
        provisi=provisi,
        provisi_spread=provisi_spread,
        administrasi=administrasi,
        penalty=terms.Penalty(
            kind=terms.Fine(penalty.value),
            value=penalty_value,
            grace_days=penalty_grace,
            cap=penalty_cap,
        ),
        order=_order(order),
        settlement_instalments=settlement_instalments,
    )
    begin = None if since is None else day(since)
    product = products.Product(
        code=code.strip().lower(),
        name=(name or f"Pinjaman {code.strip().lower()}").strip(),
        since=begin or FOUNDED,  # today in the cooperative's zone, which is not known yet
        terms=rule,
        tenor=min(_TENOR, longest) if tenor is None else tenor,
        longest=longest,
        most=most,
        offered=not withdrawn,
    )
    kept, warnings = running.as_owner(lambda desk: _set(desk, koperasi, product, begin))
    if not as_json:
        for warning in warnings:
            running.warn(warning)
    running.say(_described(kept) | {"warnings": warnings}, [_line(kept)], as_json=as_json)


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

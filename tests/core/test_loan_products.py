"""Products: what a cooperative lends on, from a day on, within the cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.loans import products
from core.loans import terms as rules_of
from core.loans.products import NoSuchProduct, Product, RateAboveCap
from core.loans.terms import (
    BadTerms,
    DayCount,
    Every,
    Fine,
    Method,
    MonthEnd,
    Penalty,
    Rounding,
    Share,
    Terms,
)
from core.tables.loans import loan_products
from tests.builders_core import AT, TODAY, a_cooperative, refused

MUSIMAN = Product(
    code="musiman",
    name="Pinjaman musim tanam",
    since=date(2026, 3, 1),
    terms=Terms(
        method=Method.JATUH_TEMPO,
        rate=Decimal("1.75"),
        every=Every(1, "m"),
        day_count=DayCount.ACT_365,
        interest_at_end=True,
        round_to=500,
        rounding=Rounding.UP,
        due_day=31,
        month_end=MonthEnd.NEXT_FIRST,
        moves_holidays=False,
        provisi=Decimal("1.5"),
        provisi_spread=True,
        administrasi=25_000,
        penalty=Penalty(
            kind=Fine.PERCENT_DAILY, value=Decimal("0.1"), grace_days=3, cap=Decimal(25)
        ),
        order=(Share.PRINCIPAL, Share.INTEREST, Share.PENALTY),
        settlement_instalments=1,
    ),
    tenor=6,
    longest=8,
    most=10_000_000,
    offered=True,
)


def but(**changes: object) -> Product:
    return replace(MUSIMAN, **changes)  # type: ignore[arg-type]


def of(**changes: object) -> Product:
    return replace(MUSIMAN, terms=replace(MUSIMAN.terms, **changes))  # type: ignore[arg-type]


async def test_a_cooperative_that_set_nothing_lends_on_the_general_product(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    (only,) = await products.in_force(db, koperasi_id=cooperative.id, on=TODAY)
    assert (only.code, only.name, only.tenor, only.longest) == ("umum", "Pinjaman umum", 12, 36)
    assert only.terms == Terms(method=Method.FLAT, rate=Decimal(1), rate_per="month")
    assert only.terms.fee(5_000_000) == only.terms.administrasi == 0
    assert await products.find(db, koperasi_id=cooperative.id, code="UMUM", on=TODAY) == only


async def test_a_product_comes_back_exactly_as_it_was_set(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    await products.set_product(db, koperasi_id=cooperative.id, product=MUSIMAN, by="cli", at=AT)
    found = await products.find(db, koperasi_id=cooperative.id, code=" Musiman ", on=TODAY)
    assert found == MUSIMAN
    assert rules_of.from_json(rules_of.to_json(found.terms)) == MUSIMAN.terms


async def test_a_product_holds_from_its_day_on_and_each_change_from_its_own(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    for product in (
        MUSIMAN,
        replace(of(rate=Decimal("1.5")), since=date(2026, 6, 1)),
        but(since=date(2026, 9, 1), offered=False),
    ):
        await products.set_product(db, koperasi_id=cooperative.id, product=product, by="cli", at=AT)
    rates = []
    for on in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)):
        first = (await products.in_force(db, koperasi_id=cooperative.id, on=on))[0]
        rates.append((first.code, first.terms.rate))
    assert rates == [
        ("umum", Decimal(1)),  # nothing is set yet
        ("musiman", Decimal("1.75")),
        ("musiman", Decimal("1.5")),
        ("umum", Decimal(1)),  # withdrawn: the general one holds again
    ]


async def test_said_again_for_the_same_day_a_product_replaces_that_day(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    for tenor in (6, 7):
        await products.set_product(
            db, koperasi_id=cooperative.id, product=but(tenor=tenor), by="cli", at=AT
        )
    found = await products.find(db, koperasi_id=cooperative.id, code="musiman", on=TODAY)
    assert found.tenor == 7
    assert await db.scalar(select(func.count()).select_from(loan_products)) == 1


async def test_the_general_product_stands_first_then_by_code(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    for code in ("barang", "umum", "alat"):
        await products.set_product(
            db, koperasi_id=cooperative.id, product=but(code=code), by="cli", at=AT
        )
    offered = await products.in_force(db, koperasi_id=cooperative.id, on=TODAY)
    assert [product.code for product in offered] == ["umum", "alat", "barang"]


async def test_a_code_nobody_offers_is_refused(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    with pytest.raises(NoSuchProduct):
        await products.find(db, koperasi_id=cooperative.id, code="motor", on=TODAY)


async def test_another_cooperative_sees_nothing_of_it(db: AsyncConnection):
    one = await a_cooperative(db)
    await products.set_product(db, koperasi_id=one.id, product=MUSIMAN, by="cli", at=AT)
    other = await a_cooperative(db, village="64.72.05.1004")
    (only,) = await products.in_force(db, koperasi_id=other.id, on=TODAY)
    assert only == products.DEFAULT


@pytest.mark.parametrize(
    ("rate", "per", "cap"),
    [("2.01", "month", 24), ("24.1", "year", 24), ("1", "month", 11), ("0.01", "year", 0)],
)
async def test_a_nominal_rate_above_the_cap_is_refused(
    db: AsyncConnection, rate: str, per: str, cap: int
):
    cooperative = await a_cooperative(db, rate_cap=cap)
    product = of(rate=Decimal(rate), rate_per=per)
    yearly = Decimal(rate) * (12 if per == "month" else 1)
    async with refused(db, RateAboveCap, rate=products.percent(yearly), cap=str(cap)):
        await products.set_product(db, koperasi_id=cooperative.id, product=product, by="cli", at=AT)
    assert await products.latest(db, koperasi_id=cooperative.id, on=TODAY) == []


async def test_the_cap_itself_is_allowed_and_its_effective_rate_is_told(db: AsyncConnection):
    cooperative = await a_cooperative(db)
    trap = replace(
        products.DEFAULT, terms=Terms(rate=Decimal(24), rate_per="year"), since=date(2026, 1, 1)
    )
    await products.set_product(db, koperasi_id=cooperative.id, product=trap, by="cli", at=AT)
    assert products.effective_rate(trap, TODAY).quantize(Decimal("0.1")) == Decimal("41.7")


def test_fees_count_in_the_effective_rate():
    terms = Terms(provisi=Decimal(1), administrasi=25_000)
    product = replace(products.DEFAULT, terms=terms, tenor=10, most=5_000_000)
    assert products.effective_rate(product, TODAY).quantize(Decimal("0.1")) == Decimal("24.7")
    free = replace(product, terms=Terms())
    assert products.effective_rate(free, TODAY).quantize(Decimal("0.1")) == Decimal("21.3")


@pytest.mark.parametrize(
    "wrong",
    [
        but(code="Musiman"),
        but(code=""),
        but(code="musim tanam"),
        but(code="m" * 21),
        but(name=""),
        but(name="n" * 61),
        but(tenor=9),
        but(tenor=0),
        but(most=0),
        but(longest=601, tenor=6),
        of(rate=Decimal(-1)),
        of(rate=Decimal("NaN")),
        of(rate=Decimal("0.1234567")),
        of(round_to=0),
        of(round_to=30),
        of(grace_principal=6),
        of(grace_interest=6),
        of(method=Method.FLAT),  # interest_at_end is for jatuh tempo alone
        of(due_day=0),
        of(due_day=32),
        of(every=Every(1, "w")),  # a due day is for months
        of(provisi=Decimal(-1)),
        of(provisi=Decimal(51)),
        of(administrasi=-1),
        of(order=(Share.PENALTY, Share.INTEREST)),
        of(order=(Share.PENALTY, Share.PENALTY, Share.INTEREST)),
        of(settlement_instalments=-1),
        of(penalty=Penalty(kind=Fine.NONE, value=Decimal(1))),
        of(penalty=Penalty(kind=Fine.PERCENT_ONCE, value=Decimal(0))),
        of(penalty=Penalty(kind=Fine.PERCENT_ONCE, value=Decimal(101))),
        of(penalty=Penalty(kind=Fine.FIXED_DAILY, value=Decimal("0.5"))),
        of(penalty=Penalty(kind=Fine.FIXED_ONCE, value=Decimal(500), grace_days=-1)),
        of(penalty=Penalty(kind=Fine.FIXED_ONCE, value=Decimal(500), cap=Decimal(0))),
    ],
)
async def test_terms_that_no_loan_may_have_are_refused_and_nothing_is_kept(
    db: AsyncConnection, wrong: Product
):
    cooperative = await a_cooperative(db)
    async with refused(db, BadTerms):
        await products.set_product(db, koperasi_id=cooperative.id, product=wrong, by="cli", at=AT)
    assert await products.latest(db, koperasi_id=cooperative.id, on=TODAY) == []

"""What a cooperative lends on: products with their terms, dated, and the one that holds while none is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core import rules
from core.errors import Refusal
from core.loans import rates, schedule
from core.loans import terms as rules_of
from core.loans.terms import BadTerms, Fine, Share, Terms
from core.money import Rupiah
from core.tables.loans import loan_products

IMPORTED = "impor"  # the product of loans that came by a file: their terms are their own
ROUNDINGS = (1, 10, 50, 100, 500, 1_000, 5_000, 10_000)  # rupiah an instalment is rounded to
_SAMPLE: Rupiah = 12_000_000  # principal an effective rate is told for when there is no ceiling


class RateAboveCap(Refusal):
    """The law caps what a loan may cost a year (Permenkop 8/2023). Facts: rate, cap (per cent a year)."""

    text = "refusal-rate-above-cap"


class NoSuchProduct(Refusal):
    """The cooperative offers no product of that code on that day. Facts: product."""

    text = "refusal-no-such-product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What may be borrowed: `tenor` instalments when none are said, `most` rupiah at most (None: no ceiling)."""

    code: str
    name: str
    since: date
    terms: Terms
    tenor: int
    longest: int
    most: Rupiah | None
    offered: bool


DEFAULT = Product(
    code="umum",
    name="Pinjaman umum",
    since=rules.FOUNDED,
    terms=Terms(),  # flat 1 % a month, monthly, no fees, no fine
    tenor=12,
    longest=36,
    most=None,
    offered=True,
)


def check_terms(terms: Terms, *, count: int, principal: Rupiah = _SAMPLE) -> None:
    """Refuse terms that no loan of `count` instalments may have: BadTerms names the first thing wrong."""
    schedule.check(principal=principal, count=count, terms=terms)
    for wrong, what in (
        (_places(terms.rate) > 6, "jasa paling banyak 6 angka di belakang koma"),
        (terms.round_to not in ROUNDINGS, f"pembulatan hanya {_listed(ROUNDINGS)}"),
        (not 0 <= terms.provisi <= 50, "provisi harus 0 sampai 50 persen"),
        (_places(terms.provisi) > 6, "provisi paling banyak 6 angka di belakang koma"),
        (not 0 <= terms.administrasi <= 10**9, "biaya administrasi tidak boleh kurang dari nol"),
        (
            sorted(terms.order) != sorted(Share),
            "urutan bayar harus memuat denda, jasa, dan pokok masing-masing sekali",
        ),
        (
            not 0 <= terms.settlement_instalments <= 12,
            "pelunasan dipercepat paling banyak 12 angsuran jasa",
        ),
    ):
        if wrong:
            raise BadTerms(what=what)
    _check_fine(terms)


def _check_fine(terms: Terms) -> None:
    fine = terms.penalty
    percent = fine.kind in (Fine.PERCENT_DAILY, Fine.PERCENT_ONCE)
    for wrong, what in (
        (fine.kind is Fine.NONE and fine.value != 0, "tanpa denda tidak ada besaran denda"),
        (fine.kind is not Fine.NONE and fine.value <= 0, "besaran denda harus lebih dari nol"),
        (percent and fine.value > 100, "denda paling banyak 100 persen"),
        (percent and _places(fine.value) > 6, "denda paling banyak 6 angka di belakang koma"),
        (
            not percent and (fine.value != int(fine.value) or fine.value > 10**9),
            "denda tetap harus rupiah bulat",
        ),
        (not 0 <= fine.grace_days <= 365, "masa bebas denda 0 sampai 365 hari"),
        (fine.cap is not None and not 0 < fine.cap <= 1000, "batas denda 0 sampai 1000 persen"),
    ):
        if wrong:
            raise BadTerms(what=what)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 99


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)


def check_rate(terms: Terms, *, cap: Decimal) -> None:
    """Refuse a nominal rate above the cap in per cent a year: RateAboveCap (domain 2.2, cap trap)."""
    if terms.yearly_rate > cap:
        raise RateAboveCap(rate=percent(terms.yearly_rate), cap=percent(cap))


def percent(number: Decimal) -> str:
    """Write a number of per cent as people here do: 1,5."""
    return f"{number.normalize():f}".replace(".", ",")


def effective_rate(product: Product, on: date) -> Decimal:
    """Return what a usual loan of a product costs in per cent a year, fees included.

    Computed on its usual tenor and its ceiling, or on Rp12.000.000 without one. Raises BadTerms when the
    fees leave nothing.
    """
    principal = product.most or _SAMPLE
    terms = product.terms
    rows = schedule.make(principal=principal, count=product.tenor, terms=terms, disbursed=on)
    received = principal - terms.fee(principal) - terms.administrasi
    return rates.effective_rate(received, rows, terms, on)


_COLUMNS = (
    loan_products.c.code,
    loan_products.c.since,
    loan_products.c.name,
    loan_products.c.terms,
    loan_products.c.tenor,
    loan_products.c.longest,
    loan_products.c.most,
    loan_products.c.offered,
)


async def latest(db: AsyncConnection, *, koperasi_id: int, on: date) -> list[Product]:
    """List every product as it holds on a day, withdrawn ones too, by code; empty when none was set."""
    rows = await db.execute(
        select(*_COLUMNS)
        .ext(distinct_on(loan_products.c.code))
        .where(loan_products.c.koperasi_id == koperasi_id, loan_products.c.since <= on)
        .order_by(loan_products.c.code, loan_products.c.since.desc())
        .limit(1_000)
    )
    return [
        Product(
            code=code,
            name=name,
            since=since,
            terms=rules_of.from_json(terms),
            tenor=tenor,
            longest=longest,
            most=most,
            offered=offered,
        )
        for code, since, name, terms, tenor, longest, most, offered in rows
    ]


async def in_force(db: AsyncConnection, *, koperasi_id: int, on: date) -> list[Product]:
    """List what is offered on a day: "umum" first, then by code; the built-in one when nothing is set.

    Never empty: a cooperative that withdrew everything is stopped by its licence, not by an empty list.
    """
    offered = [one for one in await latest(db, koperasi_id=koperasi_id, on=on) if one.offered]
    return sorted(offered, key=lambda one: (one.code != DEFAULT.code, one.code)) or [DEFAULT]


async def find(
    db: AsyncConnection, *, koperasi_id: int, code: str | None = None, on: date
) -> Product:
    """Find an offered product by its code, case ignored; without a code the first. Raises NoSuchProduct."""
    offered = await in_force(db, koperasi_id=koperasi_id, on=on)
    if code is None:
        return offered[0]
    for product in offered:
        if product.code == code.strip().lower():
            return product
    raise NoSuchProduct(product=code)


async def set_product(
    db: AsyncConnection, *, koperasi_id: int, product: Product, by: str, at: datetime
) -> Product:
    """Let a product hold from its `since` on; said again for the same day it replaces that day's.

    Running loans keep the terms they were made with. Refuses BadTerms, and RateAboveCap by the rule
    rate_cap of that day on the nominal rate; what the effective rate is says `effective_rate`.
    """
    _check_product(product)
    caps = await rules.in_force(db, koperasi_id, product.since)
    check_rate(product.terms, cap=caps.rate_cap)
    row = {
        "name": product.name,
        "terms": rules_of.to_json(product.terms),
        "tenor": product.tenor,
        "longest": product.longest,
        "most": product.most,
        "offered": product.offered,
        "set_by": by,
        "set_at": at,
    }
    await db.execute(
        insert(loan_products)
        .values(koperasi_id=koperasi_id, code=product.code, since=product.since, **row)
        .on_conflict_do_update(index_elements=["koperasi_id", "code", "since"], set_=row)
    )
    return product


def _check_product(product: Product) -> None:
    plain = product.code.replace("-", "")
    for wrong, what in (
        (
            not (plain.isascii() and plain.isalnum() and product.code == product.code.lower())
            or len(product.code) > 20,
            "kode produk hanya huruf kecil, angka, dan garis (paling panjang 20)",
        ),
        (product.code == IMPORTED, "kode impor dipakai untuk pinjaman dari berkas"),
        (not 0 < len(product.name) <= 60, "nama produk 1 sampai 60 huruf"),
        (
            not 1 <= product.tenor <= product.longest,
            "tenor biasa tidak boleh lebih dari yang terlama",
        ),
        (product.most is not None and product.most <= 0, "pinjaman terbanyak harus lebih dari nol"),
    ):
        if wrong:
            raise BadTerms(what=what)
    check_terms(product.terms, count=product.longest)
    check_terms(product.terms, count=product.tenor)  # a grace as long as the usual tenor is refused

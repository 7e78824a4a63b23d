"""SHU: the surplus of a year divided into pools, and two of the pools among members; arithmetic alone.

UU 25/1992 Pasal 45 and the cooperative's own meeting (RAT) say who gets what; nothing here knows a book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from core.errors import Refusal
from core.money import Rupiah, share_out

JASA_MODAL = "jasa_modal"  # by savings held
JASA_USAHA = "jasa_usaha"  # by business done with the cooperative


class NotHundred(Refusal):
    """The percentages of a split add up to exactly 100. Facts: sum (as written, 99.5)."""

    text = "refusal-split-not-hundred"


class TotalTooSmall(Refusal):
    """A total is at least what the members have together. Facts: what, total, sum."""

    text = "refusal-split-total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What one member's parts are measured by, in whole rupiah, not negative."""

    number: str
    simpanan: Rupiah
    usaha: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one member gets, in whole rupiah."""

    number: str
    jasa_modal: Rupiah
    jasa_usaha: Rupiah

    @property
    def total(self) -> Rupiah:
        """Both parts together."""
        return self.jasa_modal + self.jasa_usaha


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A surplus divided: pools add up to it exactly; members come in the order they were named."""

    pools: Mapping[str, Rupiah]
    parts: tuple[Part, ...]


def require_hundred(percentages: Mapping[str, Decimal]) -> None:
    """Let pass percentages, none negative, that add up to exactly 100. Refuses NotHundred."""
    assert all(one >= 0 for one in percentages.values()), percentages
    with localcontext(prec=100):  # at the usual 28 digits a sum beside 100 could be rounded to it
        whole = sum(percentages.values(), Decimal())
        if whole != 100:
            raise NotHundred(sum=f"{whole:f}")


def pools(shu: Rupiah, percentages: Mapping[str, Decimal]) -> dict[str, Rupiah]:
    """Divide a surplus by its percentages, by largest remainder; of equal ones the earlier pool's goes up.

    A loss is not divided: every pool is 0. Refuses NotHundred.
    """
    require_hundred(percentages)
    shares = share_out(max(shu, 0), list(percentages.values()))
    return dict(zip(percentages, shares, strict=True))


def parts(
    pool: Rupiah, weights: Mapping[str, Rupiah], total: Rupiah | None = None
) -> dict[str, Rupiah]:
    """Divide a pool among members by what each has; the parts of all of them add up to the pool exactly.

    By largest remainder; of equal ones the lower member number's goes up, whatever the order. With a `total`
    above their sum only some members are named: the others count as one more, who has the rest. A total of
    0 gives everybody 0.
    """
    listed = sum(weights.values())
    whole = listed if total is None else total
    if whole == 0:
        return dict.fromkeys(weights, 0)
    assert whole >= listed, (whole, listed)
    numbers = sorted(weights)
    shares = share_out(pool, [*(weights[number] for number in numbers), whole - listed])
    return dict(zip(numbers, shares[:-1], strict=True))


def split(
    shu: Rupiah,
    percentages: Mapping[str, Decimal],
    members: Sequence[Base],
    *,
    total_simpanan: Rupiah | None = None,
    total_usaha: Rupiah | None = None,
) -> Split:
    """Divide a surplus into pools and the two members' pools among members; totals default to their sums.

    Refuses NotHundred, TotalTooSmall (a total of 0 stands for "nobody has any").
    """
    made = pools(shu, percentages)
    simpanan = {one.number: one.simpanan for one in members}
    usaha = {one.number: one.usaha for one in members}
    assert len(simpanan) == len(members), "each number once"
    for what, weights, total in (
        ("simpanan", simpanan, total_simpanan),
        ("usaha", usaha, total_usaha),
    ):
        if total and total < sum(weights.values()):
            raise TotalTooSmall(what=what, total=total, sum=sum(weights.values()))
    modal = parts(made.get(JASA_MODAL, 0), simpanan, total_simpanan)
    jasa = parts(made.get(JASA_USAHA, 0), usaha, total_usaha)
    return Split(
        pools=made,
        parts=tuple(
            Part(number=one.number, jasa_modal=modal[one.number], jasa_usaha=jasa[one.number])
            for one in members
        ),
    )

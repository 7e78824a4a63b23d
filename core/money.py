"""Rupiah: whole numbers, their words, and sharing them out without losing one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import lcm

Rupiah = int  # whole rupiah; what a bank account or a posting holds fits in 64 bits

LARGEST: Rupiah = 2**63 - 1
_UNITS = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
    "sepuluh", "sebelas",
)  # fmt: skip
_SCALES = (
    (10**18, "kuintiliun"),
    (10**15, "kuadriliun"),
    (10**12, "triliun"),
    (10**9, "miliar"),
    (10**6, "juta"),
)


def in_words(amount: int) -> str:
    """Spell a whole number in Indonesian: 50000 is "lima puluh ribu"."""
    if amount < 0:
        return f"minus {in_words(-amount)}"
    if amount < 12:
        return _UNITS[amount]
    if amount < 20:
        return f"{_UNITS[amount - 10]} belas"
    if amount < 100:
        return _joined(f"{_UNITS[amount // 10]} puluh", amount % 10)
    if amount < 1000:
        hundreds = "seratus" if amount < 200 else f"{_UNITS[amount // 100]} ratus"
        return _joined(hundreds, amount % 100)
    if amount < 10**6:
        thousands = "seribu" if amount < 2000 else f"{in_words(amount // 1000)} ribu"
        return _joined(thousands, amount % 1000)
    for size, name in _SCALES:
        if amount >= size:
            return _joined(f"{in_words(amount // size)} {name}", amount % size)
    raise AssertionError(amount)


def _joined(head: str, rest: int) -> str:
    return f"{head} {in_words(rest)}" if rest else head


def share_out(total: Rupiah, weights: Sequence[int | Decimal]) -> list[Rupiah]:
    """Divide `total` rupiah by weights, by largest remainder: the parts add up to it exactly.

    Equal remainders go to the earlier part. Weights are not negative and not all zero.
    """
    exact = [weight.as_integer_ratio() for weight in weights]  # decimals would round at 28 digits
    scale = lcm(*(denominator for _, denominator in exact))
    shares = [numerator * (scale // denominator) for numerator, denominator in exact]
    whole = sum(shares)
    assert whole > 0, "there is nobody to share with"
    assert all(share >= 0 for share in shares), weights
    parts, remainders = zip(*(divmod(total * share, whole) for share in shares), strict=True)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-remainders[i], i))
    up = set(by_remainder[: total - sum(parts)])
    return [part + (i in up) for i, part in enumerate(parts)]

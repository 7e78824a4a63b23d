"""Rupiah in words as Indonesians spell them, and shares that lose nothing."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import LARGEST, in_words, share_out

# Spellings by the rules of KBBI and PUEBI: se- for one of belas, puluh, ratus and ribu, satu from juta on.
SPELLED = {
    0: "nol",
    1: "satu",
    9: "sembilan",
    10: "sepuluh",
    11: "sebelas",
    12: "dua belas",
    19: "sembilan belas",
    20: "dua puluh",
    21: "dua puluh satu",
    90: "sembilan puluh",
    99: "sembilan puluh sembilan",
    100: "seratus",
    101: "seratus satu",
    110: "seratus sepuluh",
    111: "seratus sebelas",
    199: "seratus sembilan puluh sembilan",
    200: "dua ratus",
    999: "sembilan ratus sembilan puluh sembilan",
    1_000: "seribu",
    1_001: "seribu satu",
    1_100: "seribu seratus",
    1_500: "seribu lima ratus",
    1_999: "seribu sembilan ratus sembilan puluh sembilan",
    2_000: "dua ribu",
    10_000: "sepuluh ribu",
    11_000: "sebelas ribu",
    20_000: "dua puluh ribu",
    21_000: "dua puluh satu ribu",
    50_000: "lima puluh ribu",
    100_000: "seratus ribu",
    101_000: "seratus satu ribu",
    111_111: "seratus sebelas ribu seratus sebelas",
    200_000: "dua ratus ribu",
    999_999: "sembilan ratus sembilan puluh sembilan ribu sembilan ratus sembilan puluh sembilan",
    1_000_000: "satu juta",
    1_001_000: "satu juta seribu",
    1_250_000: "satu juta dua ratus lima puluh ribu",
    2_000_001: "dua juta satu",
    11_000_000: "sebelas juta",
    100_000_000: "seratus juta",
    1_000_000_000: "satu miliar",
    5_000_000_000: "lima miliar",
    1_000_000_000_000: "satu triliun",
    10**15: "satu kuadriliun",
    10**18: "satu kuintiliun",
    -50_000: "minus lima puluh ribu",
}  # fmt: skip
_DIGITS = {
    word: value
    for value, word in enumerate(
        [
            "nol",
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
            "sepuluh",
            "sebelas",
        ]
    )
}
_SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12, "kuadriliun": 10**15, "kuintiliun": 10**18}  # fmt: skip


def read_back(words: str) -> int:
    """Read a spelling as a listener would, part by part."""
    whole = part = digit = 0
    for word in words.split():
        if word == "seratus":
            part += 100
        elif word == "seribu":
            whole += 1_000
        elif word == "belas":
            part, digit = part + 10 + digit, 0
        elif word in ("puluh", "ratus"):
            part, digit = part + digit * (10 if word == "puluh" else 100), 0
        elif word in _SCALES:
            whole, part, digit = whole + (part + digit) * _SCALES[word], 0, 0
        else:
            digit = _DIGITS[word]
    return whole + part + digit


@pytest.mark.parametrize(("amount", "words"), SPELLED.items())
def test_amounts_are_spelled_as_a_cheque_would(amount: int, words: str):
    assert in_words(amount) == words


@given(st.one_of(st.integers(0, 2_000_000), st.integers(0, LARGEST)))
def test_whatever_is_spelled_can_be_read_back(amount: int):
    words = in_words(amount)
    assert read_back(words) == amount
    assert "  " not in words
    assert ("nol" in words) == (amount == 0)
    assert "satu puluh" not in words
    assert "satu ratus" not in words
    assert "satu belas" not in words


_WEIGHTS = st.one_of(
    st.lists(st.integers(0, 1_000), min_size=1, max_size=12),
    st.lists(st.integers(0, LARGEST), min_size=1, max_size=12),
    st.lists(st.decimals(0, 100, places=3), min_size=1, max_size=12),
).filter(any)


@given(st.integers(0, LARGEST), _WEIGHTS)
def test_shares_add_up_exactly_and_none_is_a_rupiah_off(total: int, weights: list[int | Decimal]):
    parts = share_out(total, weights)
    assert sum(parts) == total
    whole = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part - total * Fraction(weight) / whole) < 1
        if not weight:
            assert part == 0


@given(st.integers(0, LARGEST), _WEIGHTS)
def test_who_weighs_more_never_gets_less_and_equals_differ_by_one_at_most(
    total: int, weights: list[int | Decimal]
):
    pairs = sorted(zip(weights, share_out(total, weights), strict=True))
    for (lighter, less), (heavier, more) in itertools.pairwise(pairs):
        assert less <= more
        if lighter == heavier:
            assert more - less <= 1


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1_000), min_size=1, max_size=8).filter(any))
def test_the_scale_of_the_weights_does_not_matter(total: int, weights: list[int]):
    scaled: list[int | Decimal] = [Decimal(weight) / 8 for weight in weights]
    assert share_out(total, weights) == share_out(total, scaled)


def test_equal_remainders_go_to_the_earlier_part():
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(101, [0, 1, 1, 0, 1]) == [0, 34, 34, 0, 33]
    assert share_out(2, [1, 1, 1]) == [1, 1, 0]
    assert share_out(0, [3, 4]) == [0, 0]


def test_twenty_eight_digits_are_not_enough_for_the_largest_shares():
    weights = [10**15 + 1, 10**15, 10**15 - 1]
    whole = sum(weights)
    assert share_out(LARGEST, [0, *weights])[0] == 0
    for part, weight in zip(share_out(LARGEST, weights), weights, strict=True):
        assert part in (LARGEST * weight // whole, LARGEST * weight // whole + 1)
    # Remainders that differ in the thirtieth digit: the larger one gets the rupiah, although it is later.
    assert share_out(1, [10**30, 10**30 + 1]) == [0, 1]


@pytest.mark.parametrize("weights", [[], [0], [0, Decimal(0)], [3, -1]])
def test_there_is_nothing_to_share_with_nobody(weights: list[int | Decimal]):
    with pytest.raises(AssertionError):
        share_out(100, weights)

"""What is to hold instead of what was said just before."""

from __future__ import annotations

import pytest

from bot.understand.corrected import figure, instead


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("eh salah, maksudnya 60rb", "60rb"),
        ("Eh salah maksudnya 60", "60"),
        ("ralat: 75.000", "75.000"),
        ("maaf bu, harusnya kemarin", "kemarin"),
        ("ralat, Masdar bukan Fatimah", "Masdar"),
        ("bukan Fatimah tapi Masdar", "Masdar"),
        ("bukan Siti, Sari", "Sari"),
        ("yang benar sukarela", "sukarela"),
        ("seharusnya tgl 5", "tgl 5"),
    ],
)
def test_a_correction_names_what_holds(said, holds):
    assert instead(said) == holds


@pytest.mark.parametrize(
    "said",
    ["salah", "bukan", "bukan Fatimah", "Fatimah 60rb", "eh 60rb", "salahuddin 60rb", "", "ya"],
)
def test_what_corrects_nothing_is_none(said):
    assert instead(said) is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("eh 60rb", "60rb"),
        ("jadi Rp 70.000", "Rp 70.000"),
        ("eh jadi 1,5 juta saja", "1,5 juta"),
        ("eh wajib Siti 60rb", None),
        ("60rb", None),
        ("jadi", None),
    ],
)
def test_an_amount_behind_a_slip_corrects_a_card_that_is_open(said, amount):
    assert figure(said) == amount

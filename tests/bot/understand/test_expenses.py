"""What kind of expense a sentence names."""

from __future__ import annotations

import pytest

from bot.understand import expenses, words


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("bayar listrik 150rb", "522000"),
        ("gaji Pak Budi bulan November 1,5jt", "521000"),
        ("snack rapat anggota 85rb", "528000"),
        ("air minum kantor 20rb", "522000"),
        ("admin bank 6.500", "523000"),
        ("BENSIN operasional 40rb", "524000"),
        ("servis printer 75rb", "525000"),
        ("sumbangan 17-an 100rb", expenses.OTHER),
        ("", expenses.OTHER),
    ],
)
def test_the_longest_phrase_names_the_account(text: str, account: str):
    assert expenses.account(text) == account


def test_no_phrase_stands_in_two_kinds():
    said = [phrase for code in words.table("expenses") for phrase in words.words("expenses", code)]
    assert len(said) == len(set(said))

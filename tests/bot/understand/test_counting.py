"""Cash that is counted: what asks for a count, what tells it, and what is something else with "kas" in it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understand import counting, grammar
from bot.understand.directory import Directory
from bot.understand.readings import Intent

COUNTS = {
    "tutup kas": {},
    "mau tutup kas hari ini": {},
    "hitung kas": {},
    "hitung uang kas gerai": {},
    "kas hari ini 1.250.000": {"111000": 1_250_000},
    "kas hari ini 1,25 juta": {"111000": 1_250_000},
    "tutup kas 1.250.000": {"111000": 1_250_000},
    "tutup kas kemarin 900rb": {"111000": 900_000},
    "hitung kas: kas 1.250.000, gerai 300rb": {"111000": 1_250_000, "111100": 300_000},
    "tutup kas, kas kosong, laci 75.500": {"111000": 0, "111100": 75_500},
    "kas unit simpan pinjam hari ini 2jt": {"111200": 2_000_000},
    "tutup kas Rp0": {"111000": 0},
}
ELSE = {
    "kas hari ini": Intent.CASH_INQUIRY,
    "kas hari ini berapa?": Intent.CASH_INQUIRY,
    "sudah tutup kas?": Intent.CASH_INQUIRY,
    "setor kas ke bank hari ini 500rb": Intent.BANK_DEPOSIT,
    "beli ATK dari kas hari ini 50rb": Intent.EXPENSE,
    "kas masuk dari penjualan hari ini 500rb": Intent.SALE,
}


def _read(text: str) -> Intent | None:
    return grammar.read(text, today=date(2026, 11, 24), directory=Directory([])).intent


@pytest.mark.parametrize("text", COUNTS)
def test_a_count_is_read_with_what_lies_in_each_box(text: str):
    assert _read(text) is Intent.CASH_COUNT
    assert counting.boxes(text) == COUNTS[text]


@pytest.mark.parametrize("text", ELSE)
def test_what_only_speaks_of_cash_is_no_count(text: str):
    assert _read(text) is ELSE[text]


def test_one_answer_is_one_certain_sum():
    said = ("kosong", "nol", "0", "Rp 0", "1.250.000", "75rb", "sekitar", "100rb atau 150rb")
    assert [counting.amount(text) for text in said] == [0, 0, 0, 0, 1_250_000, 75_000, None, None]

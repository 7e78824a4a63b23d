"""Rates in words: read whole with their period, never taken for money, months or people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.understand import grammar
from bot.understand.readings import AmountKind, Intent, PeopleKind, RateReading, Reading
from tests.bot.understand.village import LARGER

TODAY = date(2026, 11, 24)


def read(text: str) -> Reading:
    return grammar.read(text, today=TODAY, directory=LARGER)


@pytest.mark.parametrize(
    ("said", "value", "per"),
    [
        ("1,5%", "1.5", None),
        ("1.5 %", "1.5", None),
        ("bunga 50%", "50", None),
        ("bunga 2% per bulan", "2", "month"),
        ("2%/bln", "2", "month"),
        ("jasa 2 persen sebulan", "2", "month"),
        ("24% setahun", "24", "year"),
        ("24 persen per tahun", "24", "year"),
        ("dua persen", "2", None),
        ("dua puluh empat persen setahun", "24", "year"),
        ("satu setengah persen", "1.5", None),
        ("satu koma lima persen", "1.5", None),
        ("setengah persen", "0.5", None),
        ("1% provisi 2%", "1", None),
        ("bunga 1% atau 2%", None, None),
        ("bunga -1%", None, None),
        ("bunga 1,2,3%", None, None),
        ("bunga sekian persen", None, None),
    ],
)
def test_a_rate_is_read_with_its_period_or_not_at_all(
    said: str, value: str | None, per: str | None
) -> None:
    reading = read(f"Siti mengajukan pinjaman 5 juta {said} 10 bulan")
    assert reading.rate == RateReading(value=Decimal(value) if value else None, per=per)
    assert reading.intent is Intent.LOAN_APPLICATION
    assert reading.amount.value == 5_000_000
    assert reading.period.count == 10


def test_without_per_cent_there_is_no_rate() -> None:
    assert read("Siti mengajukan pinjaman 5 juta 10 bulan").rate is None


@pytest.mark.parametrize(
    ("said", "count"),
    [("0 bulan", 0), ("-3 bulan", -3), ("minus 3 bulan", -3), ("0x", 0), ("nol tahun", 0)],
)
def test_an_absurd_tenor_is_a_tenor_and_no_amount(said: str, count: int) -> None:
    reading = read(f"Siti mengajukan pinjaman 5 juta {said}")
    assert reading.period.count == count
    assert reading.amount.value == 5_000_000


@pytest.mark.parametrize("said", ["0 bulan", "-3 bulan"])
def test_absurd_months_of_dues_stay_a_question(said: str) -> None:
    reading = read(f"wajib Siti 50rb {said}")
    assert reading.amount.kind is AmountKind.REFUSE


@pytest.mark.parametrize("said", ["6-10 bulan", "6 -10 bulan"])
def test_a_range_of_months_is_no_minus(said: str) -> None:
    reading = read(f"Siti mengajukan pinjaman 5 juta {said}")
    assert reading.amount.kind is AmountKind.ASK


@pytest.mark.parametrize(
    "text",
    [
        "kalau pinjam 3 juta setahun, cicilannya berapa?",
        "kalau Siti pinjam 3 juta setahun cicilannya berapa",
        "mau pinjam 3 juta 10x, sebulan kena berapa?",
        "berapa bunganya kalau pinjam 3 juta 1 tahun",
        "brp angsuran 3jt 12 bln",
        "kalo ngutang 3jt setahun berapa",
    ],
)
def test_what_a_loan_would_cost_is_a_simulation(text: str) -> None:
    reading = read(text)
    assert reading.intent is Intent.SIMULATION
    assert reading.amount.value == 3_000_000


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Siti mengajukan pinjaman 3 juta setahun, bisa?", Intent.LOAN_APPLICATION),
        ("Siti sudah pinjam 3 juta, angsurannya berapa", Intent.LOAN_REPAYMENT),
        ("angsuran Siti 110rb, sisanya berapa", Intent.LOAN_REPAYMENT),
        ("Siti bayar angsuran 110rb 1 bulan, berapa?", Intent.LOAN_REPAYMENT),
        ("berapa angsuran saya?", Intent.LOAN_INQUIRY),
    ],
)
def test_a_question_about_a_loan_there_is_is_none(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


def test_a_rate_names_nobody() -> None:
    assert read("mengajukan pinjaman 5 juta bunga dua persen").people.kind is PeopleKind.NONE

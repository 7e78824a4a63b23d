from __future__ import annotations

from datetime import date

import pytest

from bot.understand import dates, periods
from bot.understand.grammar import clear
from bot.understand.readings import DateKind
from tests.bot.understand.village import TODAY, said

DAYS = {  # domain 4.5, on Tuesday 24 November 2026
    "tadi": (11, 24),
    "barusan": (11, 24),
    "tadi pagi": (11, 24),
    "tadi malam": (11, 24),
    "hari ini": (11, 24),
    "hari ni": (11, 24),
    "kemarin": (11, 23),
    "kemarin sore": (11, 23),
    "kmrn": (11, 23),
    "wingi": (11, 23),
    "samalam": (11, 23),
    "kemai": (11, 23),
    "kemarin lusa": (11, 22),
    "selumbari": (11, 22),
    "3 hari lalu": (11, 21),
    "tiga hari yang lalu": (11, 21),
    "seminggu lalu": (11, 17),
    "2 minggu lalu": (11, 10),
    "tgl 5": (11, 5),
    "tanggal 24": (11, 24),
    "tgl 25": (10, 25),
    "tgl 31": (10, 31),
    "5/11": (11, 5),
    "5-11-26": (11, 5),
    "05/11/2026": (11, 5),
    "05.11.2026": (11, 5),
    "Tanggal: 5/11/2026": (11, 5),
    "tgl 20 kemarin": (11, 20),
    "5 Nov": (11, 5),
    "5 nopember": (11, 5),
    "tgl 5 nov 2026": (11, 5),
    "10 okt": (10, 10),
    "17 agt": (8, 17),
    "Senin lalu": (11, 23),
    "selasa lalu": (11, 17),
    "selasa": (11, 24),
    "senin kemarin": (11, 23),
    "Senin ini": (11, 23),
    "Senin, 16 November 2026": (11, 16),
    "senen": (11, 23),
    "slasa": (11, 24),
    "rebo": (11, 18),
    "Arba": (11, 18),
    "kemis": (11, 19),
    "hari kamis": (11, 19),
    "jumat": (11, 20),
    "sabtu": (11, 21),
    "setu": (11, 21),
    "ahad": (11, 22),
    "hari minggu": (11, 22),
    "malam Jumat": (11, 19),
}
ASKED = (
    "awal bulan",
    "akhir bulan",
    "tanggal muda",
    "tanggal tua",
    "habis gajian",
    "habis panen",
    "habis Lebaran",
    "sebulan lalu",
)
AHEAD = {
    "besok": date(2026, 11, 25),
    "isuk": date(2026, 11, 25),
    "sesuk": date(2026, 11, 25),
    "mpai": date(2026, 11, 25),
    "lusa": date(2026, 11, 26),
    "Senin depan": date(2026, 11, 30),
    "3 hari lagi": date(2026, 11, 27),
    "5/12/2026": date(2026, 12, 5),
    "minggu depan": None,
    "bulan depan": None,
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_in_words_or_figures(text):
    month, day = DAYS[text]
    reading = dates.read(text, TODAY)
    assert (reading.kind, reading.day) == (DateKind.DAY, date(2026, month, day))


@pytest.mark.parametrize("text", ASKED)
def test_a_vague_day_is_a_question(text):
    assert dates.read(text, TODAY).kind is DateKind.ASK


@pytest.mark.parametrize("text", AHEAD)
def test_a_day_that_lies_ahead_is_no_day_to_record_on(text):
    reading = dates.read(text, TODAY)
    assert (reading.kind, reading.day) == (DateKind.FUTURE, AHEAD[text])


def test_last_week_or_last_sunday_is_asked():
    reading = dates.read("minggu lalu", TODAY)
    assert (reading.kind, reading.why) == (DateKind.ASK, "week_or_sunday")
    assert reading.choices == (date(2026, 11, 17), date(2026, 11, 22))


def test_a_day_without_year_is_the_latest_that_has_been():
    assert dates.read("5 des", TODAY).day == date(2025, 12, 5)
    assert dates.read("tgl 25", date(2027, 1, 3)).day == date(2026, 12, 25)


@pytest.mark.parametrize("text", ["31/2/2026", "tgl 32", "31 april 2026"])
def test_a_day_that_does_not_exist_is_refused(text):
    assert dates.read(text, TODAY).kind is DateKind.REFUSE


def test_two_different_days_are_asked_about():
    reading = dates.read("tgl 3 dan tgl 5", TODAY)
    assert (reading.kind, reading.choices) == (
        DateKind.ASK,
        (date(2026, 11, 3), date(2026, 11, 5)),
    )


def test_the_third_of_twelve_instalments_is_no_day():
    assert dates.read("angsuran 3/12", TODAY).kind is DateKind.ASK


@pytest.mark.parametrize(
    "text", ["A-001", "50rb", "bulan Oktober", "3 bulan", "Juli-Des 25", "12x"]
)
def test_what_is_no_day(text):
    assert dates.read(text, TODAY).kind is DateKind.NONE


def _months(first: tuple[int, int], count: int) -> tuple[date, ...]:
    year, month = first
    return tuple(
        date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1) for n in range(count)
    )


PERIODS = {
    "Juli-Des 25": _months((2025, 7), 6),
    "Mart - Des 26": _months((2026, 3), 10),
    "juli s/d des": _months((2026, 7), 6),
    "juli sampai desember 2026": _months((2026, 7), 6),
    "okt - jan": _months((2026, 10), 4),
    "bulan Oktober": _months((2026, 10), 1),
    "Oktober": _months((2026, 10), 1),
    "okt nov": _months((2026, 10), 2),
    "nov des": _months((2026, 11), 2),
    "bulan ini": _months((2026, 11), 1),
    "bulan lalu": _months((2026, 10), 1),
    "bln 10": _months((2026, 10), 1),
    "Januari 2027": _months((2027, 1), 1),
}
COUNTS = {
    "rapel 3 bulan": 3,
    "3 bulan": 3,
    "dua belas bulan": 12,
    "setahun": 12,
    "2 tahun": 24,
    "12x": 12,
    "10 kali": 10,
}


@pytest.mark.parametrize("text", PERIODS)
def test_months_that_are_paid_for(text):
    assert periods.read(text, TODAY).months == PERIODS[text]


@pytest.mark.parametrize("text", COUNTS)
def test_how_many_months(text):
    reading = periods.read(text, TODAY)
    assert (reading.count, reading.months) == (COUNTS[text], ())


@pytest.mark.parametrize("text", ["3 bulan lalu", "5 Nov", "20rb x 6", "des 2", "6 x 20rb"])
def test_what_is_no_period(text):
    reading = periods.read(text, TODAY)
    assert (reading.count, reading.months) == (None, ())


NEW_YEAR = {
    (date(2026, 11, 24), "des-jan"): _months((2026, 12), 2),
    (date(2026, 11, 24), "jul-des"): _months((2026, 7), 6),
    (date(2026, 11, 24), "nov-feb"): _months((2026, 11), 4),
    (date(2026, 11, 24), "jan-des"): _months((2026, 1), 12),
    (date(2026, 11, 24), "jan-mar"): _months((2027, 1), 3),
    (date(2026, 9, 24), "jan-mar"): _months((2026, 1), 3),
    (date(2026, 11, 24), "jul-jun"): _months((2026, 7), 12),
    (date(2026, 11, 24), "des-jan 26"): _months((2025, 12), 2),
    (date(2027, 1, 5), "okt-jan"): _months((2026, 10), 4),
    (date(2027, 1, 5), "des-jan"): _months((2026, 12), 2),
    (date(2027, 1, 5), "jul-des"): _months((2026, 7), 6),
    (date(2027, 1, 5), "nov-feb"): _months((2026, 11), 4),
}


@pytest.mark.parametrize(("today", "text"), NEW_YEAR)
def test_a_range_without_a_year_is_the_one_nearest_to_today(today, text):
    assert periods.read(text, today).months == NEW_YEAR[today, text]


RELATIVE = {
    "wajib Masdar 25rb bulan ini": _months((2026, 11), 1),
    "wajib Masdar 25 ribu bulan lalu": _months((2026, 10), 1),
    "wajib Masdar 50000 bulan lalu": _months((2026, 10), 1),
    "wajib Masdar 25rb bulan depan": _months((2026, 12), 1),
    "Masdar bayar wajib 25rb untuk bulan depan": _months((2026, 12), 1),
    "Masdar sudah bayar wajib bulan depan 25rb": _months((2026, 12), 1),
    "Masdar bayar wajib 50rb bulan ini dan bulan depan": _months((2026, 11), 2),
}
PROMISED = (
    "Masdar bayar wajib bulan depan 25rb",
    "bulan depan Masdar bayar wajib 25rb",
    "Masdar katanya bulan depan baru wajib 25rb",
    "Masdar mau bayar wajib 25rb buat bulan depan",
    "sukarela Masdar 25rb bulan depan",
    "angsuran Masdar 25rb untuk bulan depan",
    "wajib Masdar 25rb dan sukarela Masdar 10rb untuk bulan depan",
)


@pytest.mark.parametrize("text", RELATIVE)
def test_a_month_counted_from_this_one_is_a_month_that_is_paid_for(text):
    reading = said(text)
    assert clear(reading)
    assert (reading.period.months, reading.date.kind) == (RELATIVE[text], DateKind.NONE)


@pytest.mark.parametrize("text", PROMISED)
def test_next_month_in_a_promise_is_no_month_that_is_paid_for(text):
    assert "not_yet" in said(text).doubts

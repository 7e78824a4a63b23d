from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understand import amounts
from bot.understand.readings import AmountKind
from core.money import in_words

EXACT = {  # domain 4.1
    "50rb": 50_000,
    "50 rb": 50_000,
    "50ribu": 50_000,
    "50 rbu": 50_000,
    "50 rebu": 50_000,
    "50rebuk": 50_000,
    "50k": 50_000,
    "50K": 50_000,
    "50.000": 50_000,
    "Rp50.000": 50_000,
    "Rp 50.000,-": 50_000,
    "Rp. 50.000,00": 50_000,
    "rp50000": 50_000,
    "IDR 50000": 50_000,
    "50 000": 50_000,
    "1 250 000": 1_250_000,
    "1,5jt": 1_500_000,
    "1.5 juta": 1_500_000,
    "1,5 jt": 1_500_000,
    "6,5jt": 6_500_000,
    "6.5 juta": 6_500_000,
    "1jt500": 1_500_000,
    "1jt 500rb": 1_500_000,
    "1 juta 500": 1_500_000,
    "1.250.000": 1_250_000,
    "1250000": 1_250_000,
    "2,5rb": 2_500,
    "1.500": 1_500,
    "sejuta": 1_000_000,
    "satu juta": 1_000_000,
    "1 jt": 1_000_000,
    "setengah juta": 500_000,
    "dua setengah juta": 2_500_000,
    "sejuta setengah": 1_500_000,
    "2 ratus ribu": 200_000,
    "50 ribu lima ratus": 50_500,
    "satu juta lima ratus ribu": 1_500_000,
    "seratus lima puluh ribu": 150_000,
    "dua puluh lima ribu": 25_000,
    "duapuluh lima rb": 25_000,
    "limapuluhribu": 50_000,
    "seribu": 1_000,
    "sewu": 1_000,
    "saribu": 1_000,
    "seratus ribu": 100_000,
    "satus ewu": 100_000,
    "20rb x 6": 120_000,
    "20rb kali 6 bulan": 120_000,
    "6 bln @20rb": 120_000,
    "6 x 20rb": 120_000,
    "100rb + 20rb": 120_000,
    "lima puluh rbu pas": 50_000,
    "50rbu bu": 50_000,
    "beli 2 kopi 50rb": 50_000,
    "50rb an Siti": 50_000,
    "Rp50.000 (lima puluh ribu rupiah)": 50_000,
    "cabe merah 20rb": 20_000,
    "RT 2 50rb": 50_000,
    "A-001 50rb": 50_000,
    "no 12 50rb": 50_000,
    "tgl 5 50rb": 50_000,
    "jam 10.30 50rb": 50_000,
    "１.５００.０００": 1_500_000,
    "5\u200b0rb": 50_000,
}
CONFIRMED = {  # certain, but the card has to show it
    "50,000": 50_000,
    "100 sama 20 ribu": 120_000,
    "5O.000": 50_000,
    "l00rb": 100_000,
    "merah": 100_000,
    "biru": 50_000,
    "hijau": 20_000,
    "selembar merah": 100_000,
    "3 lembar biru": 150_000,
    "50 perak": 50,
    "seceng": 1_000,
    "ceceng": 1_000,
    "noceng": 2_000,
    "goceng": 5_000,
    "ceban": 10_000,
    "noban": 20_000,
    "goban": 50_000,
    "cepek ceng": 100_000,
    "cetiao": 1_000_000,
    "gotiao": 5_000_000,
    "kasih 450rb, kembali 50rb": 400_000,
}
LOCAL = {  # domain 4.6
    "talu ribu": 3_000,
    "ampat puluh ribu": 40_000,
    "anam ribu": 6_000,
    "pitung ribu": 7_000,
    "walu ribu": 8_000,
    "dalapan ribu": 8_000,
    "lapan ribu": 8_000,
    "sanga ribu": 9_000,
    "sambilan ribu": 9_000,
    "sapuluh ribu": 10_000,
    "sabalas ribu": 11_000,
    "sawalas ribu": 11_000,
    "salikur ribu": 21_000,
    "salawi ribu": 25_000,
    "saratus ribu": 100_000,
    "sajuta": 1_000_000,
    "siji ewu": 1_000,
    "papat ewu": 4_000,
    "enem ewu": 6_000,
    "wolu ewu": 8_000,
    "selikur ewu": 21_000,
    "selawe ewu": 25_000,
    "seket ewu": 50_000,
    "sewidak ewu": 60_000,
    "rong ewu": 2_000,
    "rong atus ewu": 200_000,
    "limang ewu": 5_000,
    "limang atus ewu": 500_000,
    "sepuluh ewu": 10_000,
    "sak yuta": 1_000_000,
}
ASKED = {  # domain 4.1 and 4.2; the thousand reading first
    "setor 50": (50_000, 50),
    "bayar 200": (200_000, 200),
    "dua ratus": (200_000, 200),
    "seratus lima puluh": (150_000, 150),
    "seket": (50_000, 50),
    "tujuh puluh": (70_000, 70),
    "Rp50": (50_000, 50),
    "1.5": (1_500, 1_500_000),
    "1,500": (1_500, 1_500_000),
    "50.00": (50_000, 50),
    "30.00": (30_000, 30),
    "1.000.00": (),
    "cepek": (100_000, 100),
    "gopek": (500_000, 500),
    "nopek": (200_000, 200),
    "gocap": (50_000, 50),
    "pego": (150_000, 150),
    "pekgo": (150_000, 150),
    "jigo": (25_000, 25),
    "100rban": (100_000,),
    "seratusan": (100_000, 100),
    "sekitar 100": (100_000, 100),
    "40rb an": (40_000,),
    "50rb-an": (50_000,),
    "25rb (lima puluh ribu)": (25_000, 50_000),
    "wajib 50rb sukarela 100rb": (50_000, 100_000),
    "75 500": (75_500,),
    "1jt5": (1_500_000, 1_005_000),
    "50.000 rb": (50_000, 50_000_000),
    "satu juta lima ratus": (1_500_000, 1_000_500),
    "20rb per bulan 3 bulan": (60_000, 20_000),
    "20rb 6x": (120_000, 20_000),
    "2 lembar 50rb": (100_000, 50_000),
    "dua lima ribu": (2_000, 2, 5_000),
    "²50rb": (50_000,),
    "$20.000": (),
    "20rb dan 50rb": (20_000, 50_000),
    "50-60rb": (50_000, 50, 60_000),
}
REFUSED = {
    "0": "zero",
    "Rp0": "zero",
    "-50rb": "negative",
    "Rp -50.000": "negative",
    "minus 50rb": "negative",
    "5 triliun": "too_large",
    "99999999999999999999999999": "too_large",
    "Rp" + "9" * 4000: "too_large",
}
NO_MONEY = (
    "2 karung",
    "5 galon",
    "3 kg",
    "0812-3456-7890",
    "081234567890",
    "+62 812 3456 7890",
    "6402010101010001",
    "rek 1234567",
    "A-001",
    "a001",
    "A 001",
    "no 12",
    "RT 02/03",
    "tgl 5",
    "5/11/2026",
    "jam 10.30",
    "12x",
    "bawang merah",
    "merah putih",
    "salah satu anggota",
    "RAT 2026",
)


@pytest.mark.parametrize("text", EXACT)
def test_a_certain_amount_has_one_value(text):
    reading = amounts.read(text)
    assert (reading.kind, reading.value) == (AmountKind.EXACT, EXACT[text])
    assert not reading.confirm


@pytest.mark.parametrize("text", LOCAL)
def test_local_number_words_are_read(text):
    assert amounts.read(text).value == LOCAL[text]


@pytest.mark.parametrize("text", CONFIRMED)
def test_an_unusual_way_of_writing_is_marked_for_the_card(text):
    reading = amounts.read(text)
    assert (reading.kind, reading.value) == (AmountKind.EXACT, CONFIRMED[text])
    assert reading.confirm
    assert reading.why


@pytest.mark.parametrize("text", ASKED)
def test_an_uncertain_amount_is_a_question_with_its_readings(text):
    reading = amounts.read(text)
    assert (reading.kind, reading.choices) == (AmountKind.ASK, ASKED[text])
    assert reading.value is None
    assert reading.why


@pytest.mark.parametrize("text", REFUSED)
def test_an_impossible_amount_is_refused_with_its_reason(text):
    reading = amounts.read(text)
    assert (reading.kind, reading.why) == (AmountKind.REFUSE, REFUSED[text])


@pytest.mark.parametrize("text", NO_MONEY)
def test_figures_that_are_no_money_are_no_amount(text):
    reading = amounts.read(text)
    assert reading.kind is AmountKind.NONE, reading


@pytest.mark.parametrize("text", ["lunas", "sisanya", "semua"])
def test_all_of_it_has_to_be_looked_up(text):
    assert amounts.read(text).why == "lookup"


@pytest.mark.parametrize("number", range(1, 1000))
def test_a_bare_number_below_a_thousand_is_never_an_amount(number):
    reading = amounts.read(f"setor {number}")
    assert (reading.kind, reading.choices) == (AmountKind.ASK, (number * 1000, number))


def _spellings(value: int) -> list[str]:
    dotted = f"{value:,}".replace(",", ".")
    found = [
        str(value),
        dotted,
        f"Rp{dotted}",
        f"Rp {dotted},-",
        f"Rp. {dotted},00",
        f"idr {value}",
    ]
    if value % 1000 == 0:
        found += [in_words(value), in_words(value).replace(" ", ""), f"{in_words(value)} rupiah"]
        found += [in_words(value).replace("ribu", "rb").replace("juta", "jt")]
        if value < 10**7:
            found += [f"{value // 1000}rb", f"{value // 1000} ribu", f"{value // 1000}K"]
    if value % 100_000 == 0 and value >= 10**6:
        whole, part = divmod(value // 100_000, 10)
        found += [
            f"{whole},{part}jt",
            f"{whole}.{part} juta",
            f"{whole} juta {part}00 ribu" if part else f"{whole} juta",
        ]
    return found


@given(
    st.integers(10, 99_999).map(lambda n: n * 100) | st.integers(1, 999_999).map(lambda n: n * 1000)
)
@settings(max_examples=150, deadline=None)
def test_every_spelling_of_an_amount_reads_back_to_it(value):
    for text in _spellings(value):
        if text == str(value) and len(text) == 4 and text[:2] in {"19", "20"} and value % 100:
            continue  # as likely a year
        assert amounts.read(f"setor {text}").value == value, text


def test_two_amounts_without_a_reason_are_asked_about():
    reading = amounts.read("setor 50rb, yang itu 70rb")
    assert (reading.kind, reading.why, reading.choices) == (
        AmountKind.ASK,
        "several",
        (50_000, 70_000),
    )

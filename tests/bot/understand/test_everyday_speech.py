"""Rules that the two hundred sentences of somebody else taught the reader."""

from __future__ import annotations

import pytest

from bot.understand.grammar import clear, read
from bot.understand.readings import AmountKind, Intent, PeopleKind
from tests.bot.understand.village import DIRECTORY, TODAY


def said(text: str):
    return read(text, today=TODAY, directory=DIRECTORY)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("min cek tabunganku ada brp", Intent.BALANCE_INQUIRY),
        ("utangku sisa brp sih", Intent.LOAN_INQUIRY),
        ("angsuranku kapan", Intent.LOAN_INQUIRY),
        ("bu, sy udah nabung brp kali", Intent.HISTORY_INQUIRY),
        ("setoran saya kemarin 50rb kok belum masuk ya?", Intent.HISTORY_INQUIRY),
        ("yang barusan cancel aja, salah pencet", Intent.REVERSAL),
        ("yang tadi batal", Intent.REVERSAL),
        ("koperasi mana yang belum lapor?", Intent.SILENCE_INQUIRY),
        ("siapa yang laporannya belum?", Intent.SILENCE_INQUIRY),
        ("harga beras?", Intent.PRICE_INQUIRY),
    ],
)
def test_questions_are_known_by_their_words(text, intent):
    assert said(text).intent is intent


@pytest.mark.parametrize("verb", ["menyicil", "melunasi", "mencicil"])
def test_a_share_may_be_paid_bit_by_bit_and_is_no_loan(verb):
    reading = said(f"Rela Wahyudi {verb} simpanan pokok 250.000")
    assert clear(reading)
    assert reading.intent is Intent.DEPOSIT_PRINCIPAL


def test_the_principal_of_a_loan_is_no_share():
    assert said("Fatimah melunasi pokok pinjaman 250rb").intent is Intent.LOAN_REPAYMENT


def test_an_unknown_word_beside_a_bare_noun_leaves_in_or_out_open():
    reading = said("Rusmini xrik tabungan 100rb")
    assert set(reading.intents) == {Intent.DEPOSIT_VOLUNTARY, Intent.WITHDRAW_VOLUNTARY}
    assert said("Rusmini tabungan 100rb").intent is Intent.DEPOSIT_VOLUNTARY


@pytest.mark.parametrize("word", ["malam2", "ibu2", "anak2"])
def test_a_word_said_twice_is_no_amount(word):
    reading = said(f"maaf ganggu {word}, kas disetor bank 2,2jt")
    assert (reading.intent, reading.amount.value) == (Intent.BANK_DEPOSIT, 2_200_000)
    assert not reading.rows


def test_two_kilos_are_still_two():
    assert said("beli beras2kg 30rb").amount.value == 30_000


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("warga beli 1 karung beras di toko kita 340rb", (Intent.SALE,)),
        ("pelanggan beli beras 340rb", (Intent.SALE, Intent.PURCHASE)),
        ("beli beras di toko sebelah 340rb", (Intent.PURCHASE,)),
        ("beli 2 kopi 50rb untuk tamu", (Intent.PURCHASE, Intent.EXPENSE)),
    ],
)
def test_who_buys_where_says_whether_it_is_a_sale(text, intents):
    assert said(text).intents == intents


@pytest.mark.parametrize(
    ("text", "number"), [("Bu Hajah nabung 500rb", "A-004"), ("Daeng setor pokok 100rb", "A-011")]
)
def test_a_title_alone_offers_who_bears_it_and_decides_nothing(text, number):
    reading = said(text)
    assert reading.people.kind is PeopleKind.UNKNOWN
    assert [member.number for member in reading.people.members] == [number]
    assert not clear(reading)


@pytest.mark.parametrize(
    "text",
    [
        "kepada semua koperasi, mohon diumumkan: RAT paling lambat akhir Maret",
        "info ke semua kopdes ya: RAT paling lambat akhir Maret",
        "tolong umumkan ke semua ketua: RAT paling lambat akhir Maret",
    ],
)
def test_whom_an_announcement_is_for_may_stand_before_it(text):
    reading = said(text)
    assert reading.intent is Intent.ANNOUNCEMENT
    assert reading.note == "RAT paling lambat akhir Maret"


def test_money_for_somebody_is_no_announcement():
    reading = said("untuk Fatimah: wajib 20rb")
    assert reading.intent is Intent.DEPOSIT_MANDATORY
    assert reading.amount.kind is AmountKind.EXACT


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("nyewakan tenda 300rb tunai", (Intent.OTHER_INCOME,)),
        ("tenda disewa warga 300rb", (Intent.OTHER_INCOME, Intent.EXPENSE)),
        ("bayar sewa tenda 200rb", (Intent.EXPENSE,)),
        ("bunga tabungan di BPD 4.325", (Intent.BANK_INTEREST,)),
        ("bayar bunga bank 50rb", (Intent.BANK_LOAN_PAYMENT,)),
        ("ada duit masuk 125rb ndik tau dari siapa", (Intent.HELD_RECEIPT,)),
        ("batalin yg barusan dong", (Intent.REVERSAL,)),
        ("gimana cara batalkan transaksi yang salah", (Intent.HELP,)),
        ("kenapa tagihan saya segitu", (Intent.LOAN_EXPLANATION,)),
    ],
)
def test_money_in_is_never_taken_for_money_out_nor_a_question_for_a_deed(text, intents):
    assert said(text).intents == intents

from __future__ import annotations

from datetime import date

import pytest

from bot.understand.grammar import clear
from bot.understand.readings import DateKind, PeopleKind
from tests.bot.understand.village import said

BATCHES = {
    "wajib Ani 20rb dan Budi 30rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 30_000, "deposit_mandatory"),
    ],
    "wajib: Ani 20rb, Budi 30rb, total 50rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 30_000, "deposit_mandatory"),
    ],
    "Ani 20rb\nBudi 20rb\nwajib": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 20_000, "deposit_mandatory"),
    ],
    "wajib bulan ini:\n1) Ani - 20.000\n2) Budi Santoso - 20.000\nTotal: 40.000": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 20_000, "deposit_mandatory"),
    ],
    "1. Ani wajib 20rb\n2. Budi sukarela 50rb\n3. Masdar angsuran 100rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 50_000, "deposit_voluntary"),
        ("A-012", 100_000, "loan_repayment"),
    ],
    "wajib\nAni 20rb\nsukarela\nBudi 30rb\nMasdar 40rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 30_000, "deposit_voluntary"),
        ("A-012", 40_000, "deposit_voluntary"),
    ],
    "Ani:\nwajib 20rb\nsukarela 30rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-008", 30_000, "deposit_voluntary"),
    ],
    "Budi wajib 20rb, sukarela 50rb": [
        ("B-002", 20_000, "deposit_mandatory"),
        ("B-002", 50_000, "deposit_voluntary"),
    ],
    "Budi wajib 20rb + sukarela 30rb": [
        ("B-002", 20_000, "deposit_mandatory"),
        ("B-002", 30_000, "deposit_voluntary"),
    ],
    "Budi wajib 25 ribu sukarela 25 ribu": [
        ("B-002", 25_000, "deposit_mandatory"),
        ("B-002", 25_000, "deposit_voluntary"),
    ],
    "wajib Ani, Budi masing-masing 20rb": [
        ("B-008", 20_000, "deposit_mandatory"),
        ("B-002", 20_000, "deposit_mandatory"),
    ],
}


@pytest.mark.parametrize("text", BATCHES)
def test_a_batch_has_a_row_for_each_operation(text):
    reading = said(text)
    rows = [(row.people.members[0].number, row.amount.value, row.intent) for row in reading.rows]
    assert rows == BATCHES[text]
    assert clear(reading)


def test_expenses_of_one_message_are_rows_with_their_words():
    reading = said("bayar listrik 200rb, bensin 50rb")
    assert [(row.intent, row.amount.value, row.note) for row in reading.rows] == [
        ("expense", 200_000, "bayar listrik"),
        ("expense", 50_000, "bensin"),
    ]
    assert clear(reading)


def test_a_total_that_differs_is_a_doubt():
    reading = said("wajib: Ani 20rb, Budi 30rb, total 60rb")
    assert "total_differs" in reading.doubts
    assert not clear(reading)


def test_one_row_that_is_not_certain_keeps_the_batch_from_its_card():
    for row in ("Slamet 20rb", "Siti 20rb", "Budi 20", "Budi 30.00", "Budi 20rban"):
        reading = said(f"wajib\nAni 20rb\n{row}")
        assert len(reading.rows) == 2
        assert not clear(reading), row


def test_a_stranger_in_a_row_does_not_take_the_headings_member():
    reading = said("wajib Ani:\n20rb\nslamet 20rb")
    assert reading.rows[1].people.members == ()
    assert not clear(reading)


@pytest.mark.parametrize(
    "text",
    [
        "Lahang Ipuy kasih 450rb, kembali 50rb, angsuran 400rb",
        "Budi wajib 20rb, 50rb",
        "wajib Budi 20rb dan 50rb",
        "Budi bayar 275rb: wajib 25rb, angsuran 250rb",
        "wajib Ani dan Budi 40rb",
    ],
)
def test_amounts_that_nothing_explains_are_no_batch_to_post(text):
    assert not clear(said(text))


def test_a_batch_of_a_hundred_members_is_read():
    lines = "\n".join(f"A-{n % 15 + 1:03} {n + 1}rb" for n in range(100))
    reading = said(f"wajib\n{lines}")
    assert len(reading.rows) == 100
    assert clear(reading)
    assert sum(row.amount.value or 0 for row in reading.rows) == 5_050_000


@pytest.mark.parametrize(
    "text", ["wajib:\nRela 25rb\nFatimah 25rb", "wajib\nrela 25rb\nfatimah 25rb"]
)
def test_a_name_that_is_an_everyday_word_keeps_its_row(text):
    reading = said(text)
    assert [row.people.members[0].number for row in reading.rows] == ["A-015", "A-003"]


def test_a_row_that_may_begin_with_a_day_or_a_name_is_asked_about():
    reading = said("wajib:\nkamis 25rb\nFatimah 25rb")
    assert "name_or_date" in reading.doubts
    assert reading.rows[0].people.members[0].number == "A-007"


YESTERDAY = date(2026, 11, 23)


def test_a_day_that_one_row_says_is_not_the_day_of_all():
    reading = said("wajib:\nFatimah 25rb\nRusmini 25rb\nSugeng Riyadi 50rb kemarin")
    assert [row.date.day for row in reading.rows] == [None, None, YESTERDAY]
    assert reading.date.kind is DateKind.NONE
    assert reading.doubts == ("several_dates",)


@pytest.mark.parametrize(
    "text",
    [
        "wajib kemarin:\nFatimah 25rb\nRusmini 25rb",
        "kemarin\nwajib\nFatimah 25rb\nRusmini 25rb",
        "wajib\nFatimah 25rb\nRusmini 25rb\nkemarin",
        "wajib:\nFatimah 25rb kemarin\nRusmini 25rb kemarin",
        "wajib 25rb kemarin:\nFatimah\nRusmini",
        "kemarin wajib Fatimah 25rb dan Rusmini 25rb",
        "wajib kemarin: Fatimah 25rb, Rusmini 25rb",
        "Fatimah kemarin:\nwajib 25rb\nsukarela 30rb",
        "Fatimah wajib 25rb, sukarela 30rb kemarin",
    ],
)
def test_a_day_of_the_heading_or_of_every_row_is_the_day_of_all(text):
    reading = said(text)
    assert reading.date.day == YESTERDAY
    assert clear(reading)


@pytest.mark.parametrize(
    "text",
    [
        "wajib:\nFatimah 25rb kemarin\nRusmini 25rb tgl 5",
        "kemarin wajib:\nFatimah 25rb\nRusmini 25rb tgl 5",
        "kemarin:\nwajib Fatimah 25rb\ntgl 5:\nwajib Rusmini 25rb",
        "Fatimah kemarin\nwajib 25rb\nMasdar\nwajib 30rb",
        "wajib Fatimah 25rb, Rusmini 25rb kemarin",
        "wajib 25rb:\nFatimah kemarin\nRusmini",
    ],
)
def test_rows_of_different_days_have_no_day_and_a_doubt(text):
    reading = said(text)
    assert reading.date.kind is DateKind.NONE
    assert "several_dates" in reading.doubts


def test_a_row_that_says_today_is_like_a_row_that_says_no_day():
    reading = said("wajib\nFatimah 25rb hari ini\nRusmini 25rb")
    assert clear(reading)
    assert reading.date.day == date(2026, 11, 24)


def test_a_vague_day_of_a_batch_and_a_day_ahead_forbid_the_card():
    assert "unclear_date" in said("wajib minggu lalu:\nFatimah 25rb\nRusmini 25rb").doubts
    assert "not_yet" in said("wajib:\nFatimah 25rb besok\nRusmini 25rb").doubts


@pytest.mark.parametrize(
    "text",
    [
        "wajib 25rb:\nFatimah\nRusmini",
        "wajib 25rb\n1. Fatimah\n2. Bu Rusmini",
        "wajib @25rb bulan ini\n- Fatimah\n- Rusmini\nterima kasih",
        "wajib 25rb:\nFatimah\nRusmini\ntotal 50rb",
    ],
)
def test_a_heading_with_an_amount_is_that_amount_for_each_name_below(text):
    reading = said(text)
    rows = [(row.people.members[0].number, row.amount.value, row.intent) for row in reading.rows]
    assert rows == [("A-003", 25_000, "deposit_mandatory"), ("A-004", 25_000, "deposit_mandatory")]
    assert clear(reading)


def test_below_such_a_heading_an_unknown_name_is_a_row_and_nobody_is_passed_over():
    reading = said("wajib 25rb\nFatimah\nSlamet\nRusmini")
    assert (reading.rows[1].people.kind, reading.rows[1].people.said) == (
        PeopleKind.UNKNOWN,
        "Slamet",
    )
    for doubtful in ("Kamis", "Bu Mardiana", "Rusmini sukarela", "Masdar 2 bulan", "Masdar 30rb"):
        assert not clear(said(f"wajib 25rb:\nFatimah\n{doubtful}\nMasdar")), doubtful
    assert not clear(said("wajib 25:\nFatimah\nRusmini"))
    assert "total_differs" in said("wajib 25rb:\nFatimah\nRusmini\ntotal 75rb").doubts


@pytest.mark.parametrize("text", ["wajib\n25rb\nFatimah 25rb", "wajib\nFatimah 25rb\n25rb"])
def test_an_amount_alone_in_its_line_is_not_the_neighbours(text):
    reading = said(text)
    assert sorted(row.people.said for row in reading.rows) == ["", "Fatimah"]
    assert not clear(reading)


def test_a_note_of_a_row_is_that_rows_and_ends_with_its_line():
    reading = said("wajib:\nFatimah 25rb ket: titip\nMasdar 25rb\ncatatan: dari RT 2")
    assert [row.note for row in reading.rows] == ["titip", None]
    assert reading.note == "dari RT 2"
    assert clear(reading)


def test_how_the_money_of_a_row_came():
    reading = said("wajib:\nFatimah 25rb\nRusmini 25rb tf")
    assert ([row.by_bank for row in reading.rows], reading.by_bank) == ([False, True], False)
    reading = said("transfer wajib:\nFatimah 25rb\nRusmini 25rb")
    assert ([row.by_bank for row in reading.rows], reading.by_bank) == ([True, True], True)

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understand import amounts, dates, names
from bot.understand.directory import Directory
from bot.understand.grammar import clear, read
from bot.understand.readings import AmountKind, Member, Slot
from bot.understand.words import vocabulary
from tests.bot.understand.test_utterances import LINES
from tests.bot.understand.village import LARGER, TODAY
from tests.crowd_names import crowd

WORDS = st.sampled_from(
    [
        *sorted(vocabulary()),
        *[
            "50rb",
            "50",
            "1.5",
            "1,500",
            "-5",
            "0",
            "Rp",
            "1jt500",
            "A-001",
            "5/11",
            "@20rb",
            "x",
            "+",
            "(",
            ")",
            ",",
            ".",
            ":",
            "-",
            "?",
            "Siti",
            "Budi",
            "Sugeng",
        ],
        "\n",
        "<b>",
        "\u200f",
        "\x00",
    ]
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join)
WORST = (
    "o", "1o", "1", "1.", "a'", "lo1,", "50rb ", "50rb\n", "siti\n50rb\n", "xqzw vukj ", "<", "<b", "*a", "[", "[a](",
    "&", "ya ", "halo ", "satu ", "ratus juta ", "puluhratus", "-", "\n", "5/", "juli-", "A-001 ", "kamis ",
    "08123456789 ", "0 8 1 2", "ke ", "x 6 ", "6 x ", "50rb + ", "( ", "ket: ", "karena ", "sugeng riyanto ", "🙏",
    "\u202e", "\0", "hari ", "tadi ", "tanggal 5 ", "wajib Siti Budi 50rb, ", "zxcvbnm", "1 000 ", "umumkan ", "a.b-c/1",
)  # fmt: skip


@given(st.text(max_size=300) | SENTENCES, st.sampled_from([None, *Slot]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_the_same_way_twice(text, slot):
    first = read(text, today=TODAY, directory=LARGER, expecting=slot)
    assert first == read(text, today=TODAY, directory=LARGER, expecting=slot)
    assert names.find(text, LARGER) == names.find(text, LARGER)
    assert dates.read(text, TODAY) == dates.read(text, TODAY)
    clear(first)


@given(SENTENCES)
@settings(max_examples=300, deadline=None)
def test_an_amount_is_a_positive_whole_number_or_none(text):
    reading = amounts.read(text)
    assert (reading.value is not None) == (reading.kind is AmountKind.EXACT)
    for value in (reading.value or 1, *reading.choices):
        assert 0 <= value <= 10**12 - 1


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00", "\u200f\u202e", "👨‍👩‍👧", "٥٠ ribu", "\ud800", "İ", "ﷺ"]
)
def test_odd_texts_are_read(text):
    assert not clear(read(text, today=TODAY, directory=LARGER))


def test_a_text_longer_than_is_read_gets_no_card():
    reading = read("wajib Budi 50rb " + "- ya " * 800, today=TODAY, directory=LARGER)
    assert "too_long" in reading.doubts
    assert not clear(reading)


def _milliseconds(text: str, directory: Directory) -> float:
    best = 1000.0
    for _ in range(3):
        begin = time.process_time()
        read(text, today=TODAY, directory=directory)
        best = min(best, (time.process_time() - begin) * 1000)
    return best


def _thousand() -> Directory:
    names = enumerate(crowd(1001))
    return Directory([Member(id=n, number=f"A-{n:04}", name=name) for n, name in names if n])


@pytest.mark.parametrize("piece", WORST)
def test_no_text_takes_long(piece):
    text = (piece * 4096)[:4096]
    assert _milliseconds(text, LARGER) < 100  # 50 on a quiet machine


def test_a_message_is_read_in_a_few_milliseconds_among_a_thousand_members(capsys):
    directory = _thousand()
    taken = sorted(_milliseconds(line["text"], directory) for line in LINES)
    with capsys.disabled():
        print(f"\nunderstand: 1,000 members, median {taken[30]:.2f} ms, slowest {taken[-1]:.2f} ms")
    assert taken[30] < 5

from __future__ import annotations

import pytest

from bot.understand import names
from bot.understand.directory import Directory
from bot.understand.readings import Member, PeopleKind
from tests.bot.understand.village import DIRECTORY, LARGER

ONE = {
    "Sugeng Riyadi": "A-001",
    "sugeng riyadi": "A-001",
    "SUGENG RIYADI": "A-001",
    "pak sugeng hartono": "A-002",
    "Hj. Rusmini": "A-004",
    "bu Hj. Rusmini": "A-004",
    "Bu Rusmini": "A-004",
    "Abdul Gani": "A-005",
    "Abd. Ghani": "A-006",
    "Panca": "A-009",
    "Lahang": "A-010",
    "Daeng Mattola": "A-011",
    "Puang Mattola": "A-011",
    "amang Masdar": "A-012",
    "acil Fatimah": "A-003",
    "Mardiana A-014": "A-014",
    "A-013 Mardiana": "A-013",
    "A-013": "A-013",
    "a013": "A-013",
    "A 013": "A-013",
    "A 13": "A-013",
    "no 13 Mardiana": "A-013",
    "Kamis": "A-007",
    "Rela": "A-015",
    "Juli Astuti": "B-004",
    "Bu Juli": "B-004",
    "Muhammad Ma'ruf": "B-009",
    "M. Maruf": "B-009",
    "Nor'aini": "B-006",
    "Norʼaini binti Hasan": "B-006",
    "Galuh": "B-010",
    "Ani": "B-008",
}
FORGIVEN = {
    "Kamis Haryanto": "A-007",
    "Julianti Pratiwi": None,
    "Sugeng Riadi": "A-001",
    "Patimah": "A-003",
    "Masdarr": "A-012",
    "Lahang Ipui": "A-010",
    "Yusuf": "B-003",
    "Pak Jusup": "B-003",
    "Mohamad Yusuf": "B-003",
    "Nuraini": "B-006",
    "Siti Nur Halimah": "B-007",
    "Sitti Amina": "B-001",
    "Budi Santosa": "B-002",
}
SEVERAL = {
    "Pak Sugeng": ["A-001", "A-002"],
    "Sugeng Riyanto": ["A-001", "A-002"],
    "sugeng riyanto": ["A-001", "A-002"],
    "Pak Gani": ["A-005", "A-006"],
    "Bu Mardiana": ["A-013", "A-014"],
    "Siti": ["B-001", "B-007"],
    "Muhammad": ["B-003", "B-009"],
    "Fatimah dan Masdar": ["A-003", "A-012"],
}


def _numbers(text: str) -> tuple[PeopleKind, list[str]]:
    reading = names.find(text, LARGER)
    return reading.kind, [member.number for member in reading.members]


@pytest.mark.parametrize("text", ONE)
def test_a_name_or_number_that_fits_one_member(text):
    assert _numbers(text) == (PeopleKind.ONE, [ONE[text]])


@pytest.mark.parametrize("text", [t for t, n in FORGIVEN.items() if n])
def test_a_slip_of_the_pen_is_forgiven_and_marked(text):
    assert _numbers(text) == (PeopleKind.ONE, [FORGIVEN[text]])
    assert not names.find(text, LARGER).exact


@pytest.mark.parametrize("text", SEVERAL)
def test_a_shared_name_offers_everybody_who_has_it(text):
    assert _numbers(text) == (PeopleKind.SEVERAL, SEVERAL[text])


@pytest.mark.parametrize("text", ["Slamet", "Pak Slamet", "A-999", "Pak RT", "Bu Kades"])
def test_nobody_by_that_name(text):
    assert _numbers(text) == (PeopleKind.UNKNOWN, [])
    assert names.find(text, LARGER).said == text.removeprefix("Pak ") or text == "Pak RT"


def test_a_word_that_nobody_has_makes_a_known_name_a_question():
    assert _numbers("Siti Aminah Zahra") == (PeopleKind.UNKNOWN, ["B-001"])
    assert _numbers("Julianti Wulandari") == (PeopleKind.UNKNOWN, ["A-008"])


@pytest.mark.parametrize(
    "text", ["Budi dan Slamet", "Budi, Slamet", "budi sama slamet", "Slamet & Pak Budi"]
)
def test_somebody_unknown_beside_a_member_is_not_passed_over(text):
    assert _numbers(text) == (PeopleKind.UNKNOWN, ["B-002"])


def test_a_number_and_the_name_of_somebody_else_are_a_mismatch():
    assert _numbers("Fatimah A-014") == (PeopleKind.MISMATCH, ["A-003", "A-014"])


@pytest.mark.parametrize("text", ["saya", "ulun", "saldoku", "saldo saya"])
def test_the_speaker(text):
    assert _numbers(text) == (PeopleKind.SELF, [])


def test_a_fathers_name_is_not_the_member():
    directory = Directory(
        [
            Member(id=1, number="1", name="Ahmad bin Hasan"),
            Member(id=2, number="2", name="Hasan Basri"),
        ]
    )
    assert names.find("Ahmad bin Hasan", directory).members[0].number == "1"
    assert names.find("Hasan", directory).members[0].number == "2"


def test_spelling_pairs_of_two_members_are_told_apart_by_the_full_name_only():
    assert names.find("Abdul Gani", DIRECTORY).members[0].number == "A-005"
    assert names.find("Gani", DIRECTORY).kind is PeopleKind.SEVERAL


def test_a_name_made_of_marks_is_never_found_in_other_texts():
    assert names.find("<b>tebal</b> & miring", LARGER).members == ()
    assert names.find("B-005", LARGER).members[0].name == "<b>&"


@pytest.mark.parametrize("name", ["", "!!!", "H.", "123", "<b>&", "o", "Pak", "bin", "ﷺ"])
def test_a_directory_takes_any_name(name):
    directory = Directory([Member(id=1, number="A-001", name=name)])
    assert names.find("A-001", directory).kind is PeopleKind.ONE


def test_an_empty_directory_knows_nobody():
    assert names.find("Siti", Directory([])).kind is PeopleKind.UNKNOWN


OFFICERS = Directory(
    [
        Member(id=1, number="1", name="Hj. Rusmini"),
        Member(id=2, number="2", name="Bu Bendahara"),
        Member(id=3, number="3", name="Ibu Guru"),
        Member(id=4, number="4", name="Pak Ketua Dua"),
        Member(id=5, number="5", name="Galuh"),
        Member(id=6, number="6", name="Fatimah"),
    ]
)


@pytest.mark.parametrize("title", ["Bu", "bu", "Ibu", "Hj.", "ibu Hj.", ""])
@pytest.mark.parametrize(
    "before", ["dari", "an", "a.n.", "a/n", "atas nama", "utk", "untuk", "oleh", "terima dari"]
)
def test_a_title_behind_a_preposition_is_no_member_who_is_called_so(before, title):
    name = f"{title} Rusmini".strip()
    reading = names.find(f"wajib {before} {name} 25rb", OFFICERS)
    assert [member.number for member in reading.members] == ["1"]
    assert reading.said == name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dari Bu Bendahara", "2"),
        ("wajib an Ibu Guru 25rb", "3"),
        ("Pak Ketua Dua", "4"),
        ("an Galuh", "5"),
        ("dari Galuh Fatimah", "6"),
    ],
)
def test_a_name_that_is_only_a_title_is_found_by_all_of_it(text, number):
    assert [member.number for member in names.find(text, OFFICERS).members] == [number]


def test_a_title_before_a_stranger_offers_nobody_of_that_title():
    reading = names.find("dari Bu Wati wajib 25rb", OFFICERS)
    assert (reading.kind, reading.members, reading.said) == (PeopleKind.UNKNOWN, (), "Wati")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wajib 20rb Siti, Slamet", "Slamet"),
        ("wajib 20rb Fatimah, Slamet Riyadus", "Slamet Riyadus"),
        ("wajib 20rb fatimah, slamet", "slamet"),
        ("wajib 20rb A-003, Slamet", "Slamet"),
        ("Siti Aminah Zahra", "Siti Aminah Zahra"),
    ],
)
def test_an_unknown_name_beside_a_known_one_is_the_one_that_is_named(text, said):
    reading = names.find(text, LARGER)
    assert (reading.kind, reading.said) == (PeopleKind.UNKNOWN, said)

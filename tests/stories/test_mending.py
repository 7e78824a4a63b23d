"""A correction typed under the open card: the card comes anew with it, nothing is recorded twice."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_card(house: House) -> tuple[Village, Person, Person, Message]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti, _ = await village.members(["Siti Aminah", "Budi Santoso"])
    return village, rina, siti, await rina.says("wajib Siti Aminah 50rb")


async def test_another_amount_gives_the_card_anew_and_the_old_one_records_nothing(
    house: House,
) -> None:
    village, rina, siti, old = await a_card(house)
    card = await rina.says("eh salah, maksudnya 60rb")
    assert card.is_card
    assert card.lines[:2] == ["Simpanan Wajib", "Anggota: Siti Aminah (A-001)"]
    assert card.line("Jumlah:").startswith("Rp60.000 ")
    assert "Kartu ini" in (await rina.presses("✅ Simpan", on=old)).text
    assert await village.saved(siti) == 0
    await rina.presses("✅ Simpan", on=card)
    assert await village.saved(siti) == 60_000


async def test_a_bare_amount_is_asked_about_and_the_rest_of_the_card_is_kept(house: House) -> None:
    village, rina, siti, _ = await a_card(house)
    question = await rina.says("eh salah, maksudnya 60")
    assert question.labels[:2] == ["Rp60.000", "Rp60"]
    card = await rina.presses("Rp60.000")
    assert card.line("Anggota:") == "Siti Aminah (A-001)"
    await rina.presses("✅ Simpan")
    assert await village.saved(siti) == 60_000


async def test_another_member_another_day_and_another_kind(house: House) -> None:
    _, rina, _, _ = await a_card(house)
    card = await rina.says("ralat, Budi Santoso bukan Siti Aminah")
    assert card.line("Anggota:") == "Budi Santoso (A-002)"
    card = await rina.says("maksud saya sukarela")
    assert card.lines[:2] == ["Simpanan Sukarela", "Anggota: Budi Santoso (A-002)"]
    assert card.line("Jumlah:").startswith("Rp50.000 ")


async def test_a_no_alone_still_cancels_and_a_question_changes_nothing(house: House) -> None:
    village, rina, siti, _ = await a_card(house)
    answer = await rina.says("salah")
    assert not answer.is_card
    assert await village.saved(siti) == 0


async def test_without_an_open_card_a_correction_is_only_asked_about(house: House) -> None:
    village, rina, siti, _ = await a_card(house)
    await rina.presses("✅ Simpan")
    answer = await rina.says("eh salah, maksudnya 60rb")
    assert not answer.is_card
    assert answer.is_question
    assert await village.saved(siti) == 50_000


async def test_cards_of_the_cash_book_are_corrected_by_words_too(house: House) -> None:
    village, rina, _, _ = await a_card(house)
    await village.members(["Sari Dewi"])
    for words, slip, heading, amount in (
        ("bayar listrik 50rb", "eh salah, maksudnya 60rb", "Biaya Operasional", "Rp60.000"),
        ("bayar listrik 50rb", "eh 65rb", "Biaya Operasional", "Rp65.000"),
        ("penjualan hari ini 850rb", "jadi 950rb", "Penjualan Gerai", "Rp950.000"),
        ("setor bank 50rb", "eh salah, tarik", "Tarik dari Bank", "Rp50.000"),
        ("bunga bank 12.500", "ralat: 13.500", "Bunga Bank", "Rp13.500"),
    ):
        await rina.says(words)
        card = await rina.says(slip)
        assert card.is_card, card.text
        assert card.lines[0] == heading
        assert card.line("Jumlah:").startswith(f"{amount} ")
        await rina.presses("❌ Batal")
    await rina.says("uang muka Siti 50rb")
    card = await rina.says("bukan Siti, Sari")
    assert card.line("Anggota:").startswith("Sari Dewi")
    assert card.lines[0] == "Uang Muka Pengurus"

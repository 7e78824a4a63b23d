"""Two officers at work on the same books: a card that no longer says what ✅ would do records nothing."""

from __future__ import annotations

import re

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
CHANGED = "Ada yang berubah sejak kartu yang lama dibuat"


async def a_counter(house: House) -> tuple[Village, Person, Person, Person]:
    """Two treasurers with a chat each, and Siti with savings of 900,000."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    bima = await village.officer("Bima Sakti", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, bima, siti


async def records(officer: Person, words: str) -> None:
    await officer.says(words)
    assert "Tercatat" in (await officer.presses("✅ Simpan")).text


async def test_an_instalment_whose_split_changed_is_shown_anew_and_then_recorded_as_shown(
    house: House,
) -> None:
    village, rina, bima, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(2))
    old = await rina.says("angsuran Siti 105rb")
    assert (old.line("Jasa:"), old.line("Pokok:")) == ("Rp10.000", "Rp95.000")
    await records(bima, "angsuran Siti 8rb")
    new = await rina.presses("✅ Simpan", old)
    assert new.is_card
    assert CHANGED in new.text
    assert (new.line("Jasa:"), new.line("Pokok:")) == ("Rp5.000", "Rp100.000")
    assert await village.owed(loan) == 1_000_000
    assert "sudah diganti" in (await rina.presses("✅ Simpan", old)).text
    receipt = await rina.presses("✅ Simpan", new)
    assert (receipt.line("Jasa:"), receipt.line("Pokok:")) == ("Rp5.000", "Rp100.000")
    assert await village.owed(loan) == 900_000
    await siti.sees("Rp105.000")


async def test_the_same_instalment_by_another_officer_is_said_before_it_is_recorded_twice(
    house: House,
) -> None:
    village, rina, bima, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(2))
    old = await rina.says("angsuran Siti 110rb")
    await records(bima, "angsuran Siti 110rb")
    new = await rina.presses("✅ Simpan", old)
    assert new.is_card
    assert CHANGED in new.text
    assert "Mungkin dobel" in new.text
    await rina.presses("❌ Batal", new)
    assert await village.owed(loan) == 900_000
    await siti.sees("Tercatat")


def claims(card: Message) -> list[int]:
    """Return what is claimed before and after, as the card of a recovery says it."""
    (line,) = (line for line in card.lines if "agihan" in line)
    return [int(figure.replace(".", "")) for figure in re.findall(r"Rp([\d.]+)", line)]


async def test_a_recovery_is_held_to_its_card(house: House) -> None:
    village, rina, bima, siti = await a_counter(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.lent(siti, 1_000_000, on=months_ago(2))
    await rina.says("hapus buku pinjaman Siti, alasan pindah")
    await rina.presses("✅ Simpan")
    await hendra.says("setujui 1")
    old = await rina.says("Siti bayar angsuran 100rb")
    await records(bima, "Siti bayar angsuran 50rb")
    new = await rina.presses("✅ Simpan", old)
    assert new.is_card
    assert CHANGED in new.text
    claimed = claims(old)[0] - 50_000  # principal and the jasa of the days until the write-off
    assert claims(new) == [claimed, claimed - 100_000]
    await rina.presses("❌ Batal", new)
    await siti.sees("Rp50.000")


async def test_a_list_is_shown_anew_when_one_of_its_rows_changed(house: House) -> None:
    village, rina, bima, siti = await a_counter(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), linked=False)
    loan = await village.lent(siti, 1_000_000, on=months_ago(2))
    await village.lent(budi, 1_000_000, on=months_ago(2))
    old = await rina.says("angsuran:\nBudi 110rb\nSiti 110rb")
    before = await village.entries()
    await records(bima, "angsuran Siti 110rb")
    new = await rina.presses("✅ Simpan", old)
    assert new.is_card
    assert CHANGED in new.text
    assert await village.entries() == before + 1
    assert "Tercatat 2 transaksi" in (await rina.presses("✅ Simpan", new)).text
    assert await village.owed(loan) == 800_000
    await siti.sees("Tercatat")
    savings = await rina.says("sukarela:\nBudi 10rb\nSiti 10rb")
    await records(bima, "sukarela Siti 20rb")
    assert "Tercatat 2 transaksi" in (await rina.presses("✅ Simpan", savings)).text
    savings = await rina.says("sukarela:\nBudi 30rb\nSiti 30rb")
    await records(bima, "sukarela Budi 30rb")
    new = await rina.presses("✅ Simpan", savings)
    assert CHANGED in new.text
    assert "Mungkin dobel" in new.text
    await rina.presses("❌ Batal", new)


async def test_a_list_that_pays_one_loan_twice_is_recorded_as_its_card_said(house: House) -> None:
    village, rina, _, siti = await a_counter(house)
    loan = await village.lent(siti, 1_000_000, on=months_ago(2))
    await rina.says("angsuran:\nSiti 110rb\nSiti 50rb")
    assert "Tercatat 2 transaksi" in (await rina.presses("✅ Simpan")).text
    assert await village.owed(loan) == 860_000
    await siti.sees("Rp50.000")


async def test_a_part_before_the_day_is_early_and_not_more_than_is_due(house: House) -> None:
    village, rina, _, siti = await a_counter(house)
    await village.lent(siti, 1_000_000)
    card = await rina.says("angsuran Siti 70rb")
    assert "Belum ada yang jatuh tempo: Rp70.000 dibayar lebih awal" in card.text
    assert "lebih dari yang jatuh tempo" not in card.text


async def test_the_same_deposit_by_another_officer_is_said_before_it_is_recorded_twice(
    house: House,
) -> None:
    village, rina, bima, siti = await a_counter(house)
    old = await rina.says("sukarela Siti 110rb")
    await records(bima, "sukarela Siti 110rb")
    new = await rina.presses("✅ Simpan", old)
    assert new.is_card
    assert "Mungkin dobel" in new.text
    assert await village.saved(siti, "sukarela") == 1_010_000
    assert "Tercatat" in (await rina.presses("✅ Simpan", new)).text
    assert await village.saved(siti, "sukarela") == 1_120_000
    await siti.sees("Rp1.120.000")


async def test_another_deposit_in_between_changes_nothing_for_a_deposit_but_for_a_withdrawal(
    house: House,
) -> None:
    village, rina, bima, siti = await a_counter(house)
    card = await rina.says("sukarela Siti 100rb")
    await records(bima, "sukarela Siti 50rb")
    assert "Tercatat" in (await rina.presses("✅ Simpan", card)).text
    old = await rina.says("tarik Siti 100rb")
    assert old.line("Saldo:") == "Rp1.050.000 menjadi Rp950.000"
    await records(bima, "sukarela Siti 60rb")
    new = await rina.presses("✅ Simpan", old)
    assert CHANGED in new.text
    assert new.line("Saldo:") == "Rp1.110.000 menjadi Rp1.010.000"
    await records_pressed(rina)
    assert await village.saved(siti, "sukarela") == 1_010_000
    await siti.sees("Rp1.010.000")


async def records_pressed(officer: Person) -> None:
    assert "Tercatat" in (await officer.presses("✅ Simpan")).text

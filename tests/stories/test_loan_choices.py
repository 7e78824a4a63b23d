"""Which loan is meant, what guarantors' savings are held for, and a late loan that a new one settles."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House) -> tuple[Village, Person, Person, Person]:
    """A village with a treasurer, a chair and Siti, who may borrow since last year."""
    village = await a_village(house, rest_days="none")
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, hendra, siti


async def test_the_approved_amount_tells_which_of_several_loans_is_paid_out(house: House) -> None:
    _, rina, hendra, siti = await an_office(house)
    for number, amount in ((1, "1 juta"), (2, "1,2 juta"), (3, "1,2 juta")):
        await rina.says(f"Siti mengajukan pinjaman {amount}")
        await rina.presses("✅ Simpan")
        await hendra.says(f"setujui {number}")
    card = await rina.says("cairkan pinjaman Siti 1 juta")
    assert card.is_card
    assert "P-0001" in card.text
    await rina.presses("❌ Batal", card)
    for words in ("cairkan pinjaman Siti 1,2jt", "cairkan pinjaman Siti"):
        asked = await rina.says(words)
        assert "P-0002, disetujui Rp1.200.000" in asked.labels
        await rina.says("/batal")
    await siti.sees("P-0003")


async def test_held_savings_are_shown_and_refused_before_any_card(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    budi = await village.member("Budi Santoso", joined=months_ago(12), sukarela=1_000_000)
    await siti.says("pinjam 3 juta 10 bulan")
    await siti.presses("✏️ Ubah")
    await siti.presses("Penjamin")
    await siti.says("Budi Santoso 500rb")
    await siti.presses("✅ Simpan")
    await budi.presses("Setuju", await budi.sees("menjadi penjamin"))
    await hendra.says("setujui 1")
    assert "Ditahan" not in (await budi.says("/saldo")).text
    await rina.says("cairkan pinjaman Siti")
    await rina.presses("✅ Simpan")
    shown = await budi.says("/saldo")
    assert shown.line("Ditahan sebagai jaminan:").startswith("Rp500.000, sampai pinjaman")
    refused = await rina.says("tarik Budi 600rb")
    assert not refused.is_card
    assert "ditahan Rp500.000" in refused.text
    assert (await rina.says("tarik Budi 500rb")).is_card
    await siti.sees("Tercatat")


async def test_a_new_loan_may_settle_the_one_that_is_late(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    old = await village.lent(siti, 1_000_000, on=months_ago(2))
    await rina.says("Siti mengajukan pinjaman 5 juta")
    await rina.presses("✏️ Ubah")
    asked = await rina.presses("Lunasi pinjaman lama")
    card = await rina.presses(asked.label("P-0001"))
    assert "tunggakan" not in "\n".join(line for line in card.lines if not line.startswith("✓"))
    await rina.presses("✅ Simpan")
    assert "disetujui" in (await hendra.says("setujui 1")).text
    await rina.says("cairkan pinjaman Siti")
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    assert await village.owed(old) == 0
    await siti.sees("Tercatat")

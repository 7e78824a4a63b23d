"""A savings day: the treasurer records, the members see it."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_sentence_becomes_a_card_and_the_card_a_receipt_on_both_phones(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    card = await rina.says("wajib Siti 50rb")
    assert card.lines[0] == "Simpanan Wajib"
    assert card.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert card.line("Jumlah:") == "Rp50.000 (lima puluh ribu rupiah)"
    assert card.labels == ["✅ Simpan", "✏️ Ubah", "❌ Batal"]
    assert await village.entries() == 0
    receipt = await rina.presses("✅ Simpan")
    assert "Tercatat No. 1" in receipt.text
    assert receipt.edited
    assert receipt.id == card.id
    got = await siti.sees("Tercatat No. 1")
    assert got.labels == ["BENAR", "BUKAN"]
    assert await village.saved(siti) == 50_000
    assert "sudah dibenarkan" in (await siti.presses("BENAR")).text

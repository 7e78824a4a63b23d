"""The gerai as each office speaks of it: what a sentence leaves open is asked of whoever may record one of it."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_shopkeeper_is_asked_what_a_sentence_leaves_open_and_offered_the_gerais_part(
    house: House,
) -> None:
    village = await a_village(house)
    await village.member("Siti Aminah")
    joko = await village.officer("Joko Susilo", Role.PENGELOLA)
    for said, offered in (
        ("beli karpet 50rb", ["Pembelian Stok"]),  # or an expense, which is not the keeper's
        ("Siti beli paku 50rb", ["Penjualan Gerai", "Pembelian Stok"]),
        ("Siti ambil 50rb", ["Penjualan Gerai"]),  # or savings
    ):
        asked = await joko.says(said)
        assert asked.is_question, asked.text
        operations = [label for label in asked.labels if "Batal" not in label]
        assert operations == offered, asked.text
        await joko.says("/batal")
    for said in ("jual beras", "beli gula 50 kg", "kulakan beras"):
        asked = await joko.says(said)
        assert asked.is_question, asked.text
        await joko.says("/batal")
    asked = await joko.says("catat")
    assert "Penjualan Gerai" in asked.labels
    assert not {"Simpanan Wajib", "Biaya Operasional"} & set(asked.labels)
    card = await joko.presses("Penjualan Gerai")
    card = await joko.says("25rb")
    assert card.is_card, card.text
    assert card.lines[0] == "Penjualan Gerai"
    await joko.presses("❌ Batal")
    refused = await joko.says("wajib Siti 50rb")
    assert "bukan tugas jabatan Anda" in refused.text


async def test_who_may_record_none_of_it_is_told_who_may(house: House) -> None:
    village = await a_village(house)
    hadi = await village.officer("Hadi Saputra", Role.PENGAWAS)
    for said in ("beli karpet 50rb", "jual beras 2 karung 150rb"):
        refused = await hadi.says(said)
        assert "bukan tugas jabatan Anda" in refused.text, refused.text
        assert "pengelola" in refused.text

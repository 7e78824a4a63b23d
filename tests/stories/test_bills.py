"""Tagihan simpanan wajib by chat: who has paid, who has not, the sheet, the reminder to all who have not."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await village.member("Budi Santoso")
    await village.members([f"Anggota Desa {n}" for n in range(1, 11)])
    await rina.says("wajib Budi 20rb")
    await rina.presses("✅ Simpan")
    return village, rina, siti


async def test_officers_see_page_by_page_who_has_not_paid_and_who_has(house: House) -> None:
    _, rina, siti = await a_counter(house)
    page = await rina.says("siapa belum bayar wajib bulan ini?")
    assert page.line("Sudah bayar:") == "1 dari 12 anggota, Rp20.000"
    assert page.line("Belum bayar:") == "11 anggota, Rp220.000"
    assert f"{siti.number} Siti Aminah: Rp20.000" in page.text
    assert "Budi" not in page.text
    assert len(page.text.encode()) < 1024
    assert "Anggota Desa 10" not in page.text
    assert "Anggota Desa 10: Rp20.000" in (await rina.presses("Berikutnya ▶")).text
    paid = await rina.presses("Yang sudah bayar")
    assert "Budi Santoso: Rp20.000" in paid.text
    assert "Siti" not in paid.text
    sheet = await rina.presses("Excel")
    assert sheet.file is not None
    assert sheet.file["name"].startswith("tagihan-wajib-")
    assert sheet.file["name"].endswith(".xlsx")


async def test_a_member_asking_the_same_sees_the_own_dues_only(house: House) -> None:
    _, _, siti = await a_counter(house)
    answer = await siti.says("siapa belum bayar wajib bulan ini?")
    assert "Anggota Desa" not in answer.text
    assert "Simpanan wajib" in answer.text


async def test_all_who_have_not_paid_are_reminded_once_after_the_card(house: House) -> None:
    village, rina, siti = await a_counter(house)
    told = await rina.says("tagih simpanan wajib bulan ini")
    assert told.lines[0] == "Pengingat Simpanan Wajib"
    card = await rina.says("ingatkan semua yang belum bayar wajib")
    assert card.lines[0] == "Pengingat Simpanan Wajib"
    assert card.line("Jumlah:").startswith("Rp20.000 ")
    assert "1 dari 11 anggota" in card.line("Diingatkan:")
    assert card.line("Tidak diingatkan:").startswith("10 ")
    entries = await village.entries()
    done = await rina.presses("✅ Simpan")
    assert "Tercatat. 1 pengingat" in done.text
    reminder = await siti.sees("simpanan wajib")
    assert "Rp20.000" in reminder.text
    assert "Sudah bayar" in reminder.labels
    await rina.says("kirim pengingat wajib")
    again = await rina.presses("✅ Simpan")
    assert "sudah diingatkan" in again.text
    assert await village.entries() == entries


async def test_who_withdrew_consent_is_not_reminded_and_trade_officers_see_no_bills(
    house: House,
) -> None:
    village, rina, siti = await a_counter(house)
    await siti.says("STOP")
    refused = await rina.says("ingatkan yang belum bayar wajib")
    assert not refused.is_card
    assert "tidak ada yang dapat diingatkan" in refused.text
    keeper = await village.officer("Joko Susilo", Role.PENGELOLA)
    assert "Siti" not in (await keeper.says("siapa belum bayar wajib?")).text

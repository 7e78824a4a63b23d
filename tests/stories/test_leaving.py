"""Members who leave and members who died, by chat: cards, those who decide, receipts, rights that end, the way back."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", pokok=100_000, wajib=60_000, sukarela=500_000)
    return village, rina, hendra, siti


async def balance(village: Village, key: str) -> int:
    return int(
        await village.house.value(
            "SELECT coalesce(sum(balance), 0) FROM ledger.accounts"
            " WHERE koperasi_id = :here AND key = :key",
            here=village.cooperative.id,
            key=key,
        )
    )


async def test_a_member_leaves_after_the_ketua_approved_and_loses_her_rights_that_day(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    card = await rina.says("Siti keluar dari anggota")
    assert card.lines[0] == "Anggota Keluar"
    assert card.line("Jumlah:").startswith("Rp660.000 ")
    assert card.line("Simpanan pokok:") == "Rp100.000"
    assert card.line("Dibayar dari:") == "Kas"
    assert len(card.text.encode()) < 1024
    waiting = await rina.presses("✅ Simpan")
    assert "Menunggu persetujuan No. 1" in waiting.text
    assert await balance(village, f"211000:m{siti.person_id}") == 500_000
    assert "Rp500.000" in (await siti.says("saldo saya")).text
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert "Tercatat No." in done.text
    assert done.line("Disetujui oleh:") == "Hendra Wijaya"
    assert "Rp660.000" in (await siti.sees("Terima kasih sudah menjadi anggota")).text
    await rina.sees("disetujui oleh Hendra Wijaya")
    assert await balance(village, "111000") == -660_000
    assert "Rp500.000" not in (await siti.says("saldo saya")).text
    assert not (await rina.says("sukarela Siti 50rb")).is_card


async def test_the_reversal_makes_her_a_member_again(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    dewi = await village.officer("Dewi Lestari", Role.KETUA)
    await rina.says("Siti keluar dari anggota, dibayar nanti")
    assert "hak anggota keluar" in (await rina.presses("✅ Simpan")).text
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert await balance(village, f"211900:m{siti.person_id}") == 660_000
    card = await dewi.says(f"batalkan no {done.lines[0].split()[-1]} karena tidak jadi keluar")
    assert card.lines[0] == "Pembatalan Transaksi"
    assert "Anggota Keluar" in card.text
    receipt = await dewi.presses("✅ Simpan")
    assert "Hak anggota keluar belum dibayar" in receipt.text
    assert await balance(village, f"211900:m{siti.person_id}") == 0
    assert "Rp500.000" in (await siti.says("saldo saya")).text


async def test_a_death_asks_for_heirs_and_papers_and_for_ketua_and_pengawas(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    kades = await village.officer("Ahmad Fauzi", Role.PENGAWAS)
    question = await rina.says("Siti Aminah meninggal dunia kemarin")
    assert "ahli waris" in question.text
    assert "Surat apa" in (await rina.says("Joko Susilo")).text
    card = await rina.says("surat kematian dari desa")
    assert card.lines[0] == "Anggota Meninggal Dunia"
    assert card.line("Ahli waris:") == "Joko Susilo. Surat: surat kematian dari desa"
    await rina.presses("✅ Simpan")
    first = await kades.presses("Setujui", on=await kades.sees("Mohon persetujuan No. 1"))
    assert "Hendra Wijaya" in first.text
    assert await balance(village, f"211000:m{siti.person_id}") == 500_000
    done = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert "Ahmad Fauzi, Hendra Wijaya" in done.text
    assert await balance(village, f"211000:m{siti.person_id}") == 0


async def test_a_deposit_between_card_and_approval_makes_a_new_card_necessary(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    await rina.says("Siti berhenti jadi anggota")
    await rina.presses("✅ Simpan")
    await rina.says("sukarela Siti 40rb")
    await rina.presses("✅ Simpan")
    refused = await hendra.presses("Setujui", on=await hendra.sees("Mohon persetujuan No. 1"))
    assert "berubah sejak kartu dibuat" in refused.text
    assert await balance(village, f"211000:m{siti.person_id}") == 540_000


async def test_a_member_who_wants_to_leave_is_passed_on_and_records_nothing(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    entries = await village.entries()
    wish = await siti.says("saya mau keluar dari anggota")
    assert not wish.is_card
    await siti.presses("Teruskan ke pengurus")
    assert "keluar dari anggota" in (await rina.sees("Siti Aminah")).text
    assert await village.entries() == entries


async def test_a_capital_below_its_start_is_pointed_out(house: House) -> None:
    _, rina, _, _ = await an_office(house, modal_awal="100000")
    card = await rina.says("Siti keluar dari anggota")
    assert "Modal sendiri menjadi Rp0, di bawah modal awal Rp100.000" in card.text

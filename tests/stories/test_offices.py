"""Offices: given, invited on paper, ended at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.permissions import Role
from tests.builders import a_village
from tests.house import House, Person, a_person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def bytes_of(person: Person, url: str) -> bytes:
    async with person.house.sim._session.get(person.house.telegram.url + url) as answer:
        return await answer.read()


async def test_ending_an_office_cuts_access_at_once(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Siti Aminah"])
    card = await rina.says("wajib Siti 50rb")
    assert "bendahara: Rina Kartika" in (await hendra.says("/pengurus")).text
    sure = await hendra.presses("Berhentikan bendahara")
    assert "Rina Kartika" in sure.text
    ended = await hendra.presses("Ya, berhentikan")
    assert "tidak lagi" in ended.text
    await rina.sees("sudah berakhir")
    refused = await rina.presses("✅ Simpan", on=card)
    assert "Tercatat" not in refused.text
    for words in ("wajib Siti 50rb", "/anggota", "/kas", "saldo Siti", "menu"):
        answer = await rina.says(words)
        assert "Siti" not in answer.text
        assert not answer.is_card
    assert await village.entries() == 0


async def test_a_question_that_was_open_when_the_office_ended_is_answered_kindly(
    house: House,
) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.members(["Sugeng Riyadi", "Sugeng Hartono"])
    asked = await rina.says("wajib sugeng 20rb")
    await hendra.says("/pengurus")
    await hendra.presses("Berhentikan bendahara")
    await hendra.presses("Ya, berhentikan")
    await rina.sees("sudah berakhir")
    answer = await rina.presses("Sugeng Riyadi", on=asked)
    assert "gangguan" not in answer.text
    assert not answer.is_card
    assert "Sugeng" not in answer.text


async def test_who_loses_an_office_stays_a_member(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.member("Rina Kartika", sukarela=40_000, linked=False)
    await village.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    await hendra.says("/pengurus")
    await hendra.presses("Berhentikan bendahara")
    await hendra.presses("Ya, berhentikan")
    await rina.sees("sudah berakhir")
    assert "Rp40.000" in (await rina.says("saldo")).text
    assert "Catat transaksi" not in (await rina.says("menu")).labels


async def test_the_qr_and_the_sheet_of_an_invite_arrive_as_files(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await a_person(house, "Rina Kartika")
    invite = await hendra.says(f"undang bendahara Rina Kartika 0{rina.phone[2:]}")
    qr = await hendra.presses("Gambar QR")
    assert qr.file is not None
    assert qr.file["mime"] in ("image/png", "image/jpeg")
    sheet = await hendra.presses("Lembar cetak", on=invite)
    assert sheet.file is not None
    assert (await bytes_of(hendra, sheet.file["url"])).startswith(b"%PDF")


async def test_an_invite_made_in_chat_names_the_day_it_runs_out(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await a_person(house, "Rina Kartika")
    made = await hendra.says(f"undang bendahara Rina Kartika 0{rina.phone[2:]}")
    code = made.line("Kode:").split(",")[0]
    expires = await house.value(
        "SELECT max(expires_at) FROM chat.invites WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert timedelta(days=13) < expires - datetime.now(UTC) <= timedelta(days=14)
    # Kept hashed: the code itself is nowhere in the table.
    kept = await house.rows("SELECT encode(code_hash, 'escape') AS h FROM chat.invites")
    assert code not in {row.h for row in kept}


async def test_who_may_not_appoint_is_told_who_may(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    listed = await rina.says("/pengurus")  # read by who sees members, changed by who appoints
    assert ("Rina Kartika" in listed.text, listed.labels) == (True, [])
    refused = await rina.says("undang ketua Joko Susilo 081299998888")
    assert "ketua, sekretaris" in refused.text
    siti = await village.member("Siti Aminah")
    answer = await siti.says("undang ketua Joko Susilo 081299998888")
    assert "Kode:" not in answer.text


async def test_an_invitation_without_a_proper_phone_is_refused_kindly(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    for words in ("undang bendahara Joko", "undang bendahara Joko 12345", "undang bendahara"):
        answer = await hendra.says(words)
        assert "Kode:" not in answer.text
        assert "gangguan" not in answer.text
    offices = await house.value(
        "SELECT count(*) FROM officers WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert offices == 1


async def test_pengawas_sees_and_does_not_record(house: House) -> None:
    village = await a_village(house)
    petrus = await village.officer("Petrus Ding", Role.PENGAWAS)
    siti = await village.member("Siti Aminah", sukarela=44_000, linked=False)
    assert "Rp44.000" in (await petrus.says(f"saldo {siti.number}")).text
    refused = await petrus.says("wajib Siti 50rb")
    assert not refused.is_card
    assert "bendahara" in refused.text


async def test_a_list_of_members_is_paged(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    everyone = await village.members([f"Anggota Nomor{chr(97 + n)}" for n in range(23)])
    page, seen = await rina.says("/anggota"), set()
    while True:
        seen |= {one.number for one in everyone if one.number in page.text}
        if not any("Berikutnya" in label for label in page.labels):
            break
        page = await rina.presses("Berikutnya", on=page)
    assert len(seen) == 23
    shown = await rina.presses(everyone[-1].number, on=page)
    assert everyone[-1].name in shown.text
    asked = await rina.presses("Catat transaksi", on=shown)
    assert asked.is_question


async def test_history_is_paged_newest_first(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    for amount in range(11, 21):
        await rina.says(f"sukarela Siti {amount}rb")
        await rina.presses("✅ Simpan")
        await siti.sees(f"Tercatat No. {amount - 10}")
    page = await siti.says("riwayat")
    assert "No. 10," in page.text.split("\n")[1]
    assert "No. 1," not in page.text
    older = await siti.presses("Yang lebih lama")
    assert "No. 1," in older.text
    assert "Rp155.000" in (await siti.says("saldo")).text


@pytest.mark.only(
    "telegram",
    "its pages of twenty and one buttons are Telegram's: a list on WhatsApp has ten rows",
)
async def test_many_officers_with_the_longest_names_come_page_by_page(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    for number in range(24):
        one = await a_person(house, f"Pengawas {number} " + "x" * 85)
        await village.appoint(one, Role.PENGAWAS)
    shown = await hendra.says("/pengurus")
    for _ in range(2):
        assert len(shown.labels) == 21
        shown = await hendra.presses("Berikutnya ▶")
    assert "Pengawas 23 x" in shown.text
    assert len(shown.labels) == 10
    assert "Berhentikan pengawas" in shown.labels

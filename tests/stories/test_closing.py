"""A year by chat: the month and the year closed with a second person, the RAT's policy, the split, and what members get."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core import database, ledger, people
from core.ledger import Posting
from core.permissions import Role
from notifications.jobs import surplus
from tests.builders import Village, a_village, today
from tests.builders_core import leaves
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def last_year(house: House) -> tuple[Village, int, dict[str, Person]]:
    """Siti saved 300,000 and bought for 600,000, Budi 100,000 and 200,000; costs 400,000."""
    village = await a_village(house)
    year = today().year - 1
    people = {
        "rina": await village.officer("Rina Kartika", Role.BENDAHARA),
        "hendra": await village.officer("Hendra Wijaya", Role.KETUA),
        "sari": await village.officer("Sari Dewi", Role.SEKRETARIS),
        "siti": await village.member("Siti Aminah", joined=date(year, 1, 5)),
        "budi": await village.member("Budi Santoso", joined=date(year, 1, 5)),
    }
    siti, budi = people["siti"].person_id, people["budi"].person_id
    here = village.cooperative
    async with database.transaction(house.owner) as db:
        await database.enter(db, here.id)
        await ledger.post(
            db,
            [
                Posting(debit=debit, credit=credit, amount=amount)
                for debit, credit, amount in (
                    ("112100", f"320000:m{siti}", 300_000),
                    ("112100", f"320000:m{budi}", 100_000),
                    ("112100", f"412000:m{siti}", 600_000),
                    ("112100", f"412000:m{budi}", 200_000),
                    ("522000", "112100", 400_000),
                )
            ],
            koperasi_id=here.id, kind="test", on=date(year, 7, 1), at=datetime.now(UTC),
            zone=here.zone, recorder="test", source="test", operation="year",
        )  # fmt: skip
    return village, year, people


async def approved(asker: Person, approver: Person, number: int) -> str:
    waiting = await asker.presses("✅ Simpan")
    assert "Menunggu persetujuan" in waiting.text
    asked = await approver.sees(f"Mohon persetujuan No. {number}")
    return (await approver.presses("Setujui", on=asked)).text


async def test_a_year_is_closed_and_its_surplus_reaches_the_members(house: House) -> None:
    village, year, who = await last_year(house)
    rina, hendra, sari, siti = who["rina"], who["hendra"], who["sari"], who["siti"]
    assert "Tutup dulu bulan" in (await rina.says(f"tutup tahun {year}")).text
    card = await rina.says(f"tutup bulan desember {year}")
    assert card.lines[0] == "Tutup Bulan"
    assert "✅ Buku besar sama dengan buku pembantu" in card.text
    assert "Rp800.000: cocokkan dengan rekening koran" in card.text
    await approved(rina, hendra, 1)
    assert "sudah ditutup" in (await rina.says(f"tutup bulan desember {year}")).text

    card = await rina.says(f"tutup tahun {year}")
    assert card.line("SHU:") == "Rp400.000"
    assert "Tercatat No." in await approved(rina, hendra, 2)
    said = (await siti.says(f"perkiraan SHU saya {year}")).text
    assert said.startswith(f"RAT belum menetapkan pembagian SHU {year}.")
    assert f"atur SHU {year}: " in (await hendra.says(f"SHU saya {year}")).text

    bad = await sari.says(f"atur SHU {year}: cadangan 40, jasa modal 20, berita acara 1/RAT")
    assert "berjumlah 60" in bad.text
    card = await sari.says(
        f"atur SHU {year}: cadangan 40, jasa modal 20, jasa usaha 30, pendidikan 5, sosial 5,"
        " berita acara 12/RAT"
    )
    assert "· Jasa usaha: 30%" in card.text
    assert "12/RAT" in card.line("Berita acara RAT")
    await approved(sari, hendra, 3)
    told = await siti.says(f"SHU saya {year} dari mana?")
    assert told.line("Bagian Anda:") == "Rp150.000"
    assert "Rp80.000 × Rp300.000 / Rp400.000" in told.line("Jasa modal:")
    assert "Rp120.000 × Rp600.000 / Rp800.000" in told.line("Jasa usaha:")

    card = await rina.says(f"bagi SHU {year}")
    assert card.line("Bagian anggota:") == "Rp200.000 untuk 2 orang"
    await approved(rina, hendra, 4)
    assert "sudah dibagi" in (await rina.says(f"bagi SHU {year}")).text
    await slips_are_owed(house, village, 2)
    slip = await siti.sees(f"SHU {year}")
    for words in (f"slip SHU {year}", f"SHU saya {year} dari mana?"):
        assert (await siti.says(words)).text in slip.text
    assert slip.line("Bagian Anda:") == "Rp150.000"
    assert "Rp80.000 × Rp300.000 / Rp400.000" in slip.line("Jasa modal:")
    assert "12/RAT" in slip.line("Berita acara RAT")
    shown = await rina.says(f"slip SHU Siti {year}")
    assert shown.lines[0].startswith("Anggota: Siti Aminah (")
    assert shown.line("Bagian Anda:") == "Rp150.000"
    assert "Rp150.000" not in (await who["budi"].says(f"SHU Siti {year}")).text
    waiting = await rina.says("SHU siapa yang belum diambil?")
    assert waiting.lines[0] == "SHU belum diambil: 2 orang, Rp200.000"
    assert waiting.lines[1].startswith("· Siti Aminah (")
    assert "bukan tugas" in (await siti.says("siapa yang belum ambil SHU?")).text
    card = await rina.says("bayar SHU Siti 60rb ke sukarela")
    assert card.line("Jumlah:").startswith("Rp60.000 ")
    assert "Sisa SHU belum diambil: Rp90.000" in (await rina.presses("✅ Simpan")).text
    assert "hanya Rp90.000" in (await rina.says("bayar SHU Siti 100rb")).text
    await rina.says("/batal")
    assert "untuk" not in (await rina.says("semua SHU ke sukarela")).lines[0]
    await approved(rina, hendra, 5)
    await slips_are_owed(house, village, 4)
    moved = await siti.sees("SHU ke Simpanan Sukarela")
    assert moved.line("Simpanan sukarela Anda sekarang:") == "Rp150.000"
    assert "belum diambil" in (await rina.says("daftar SHU belum diambil")).text
    assert "Rp150.000" in (await siti.says("saldo saya")).text
    assert "tidak punya SHU" in (await rina.says("bayar SHU Budi")).text
    used = (await rina.says(f"batalkan pembagian SHU {year} karena salah persentase")).text
    assert "Rp200.000 darinya sudah dibayar" in used


async def test_a_split_is_taken_back_by_a_second_person_while_nothing_of_it_is_paid(
    house: House,
) -> None:
    village, year, who = await last_year(house)
    rina, hendra, siti = who["rina"], who["hendra"], who["siti"]
    await closed(rina, hendra, year)
    assert "belum dibagi" in (await rina.says(f"batalkan pembagian SHU {year} karena salah")).text
    await rina.says(f"bagi SHU {year}")
    await approved(rina, hendra, 4)
    assert "Mengapa" in (await rina.says(f"batalkan pembagian SHU {year}")).text
    card = await rina.says("persentase di berita acara lain")
    assert card.lines[0] == "Pembatalan Pembagian SHU"
    await approved(rina, hendra, 5)
    await slips_are_owed(house, village, 0)
    told = await siti.says(f"SHU saya {year}")
    assert "belum diambil" not in told.text
    said = f"atur SHU {year}: cadangan 40, jasa modal 30, jasa usaha 30, berita acara 12/RAT"
    await hendra.says(said)
    await hendra.presses("✅ Simpan")
    asked = await rina.sees("Mohon persetujuan No. 6")
    await rina.presses("Setujui", on=asked)
    await rina.says(f"bagi SHU {year}")
    await approved(rina, hendra, 7)
    # Three of four parts of 120,000 each: of what is saved and of what was bought.
    assert (await siti.says(f"SHU saya {year}")).line("Bagian Anda:") == "Rp180.000"
    reasons = "SELECT count(*) FROM ledger.entries WHERE koperasi_id = :here AND kind = 'reversal' AND reason = :why"
    here = village.cooperative.id
    assert await house.value(reasons, here=here, why="persentase di berita acara lain") == 1


async def slips_are_owed(house: House, village: Village, count: int) -> None:
    """Look as the clock does, twice: so many of this village were ever owed."""
    engine = database.make_engine(house.database.urls.clock, size=1)
    try:
        for _ in range(2):
            await surplus.surplus_slips_job(engine, house.keys, datetime.now(UTC))
    finally:
        await engine.dispose()
    owed = "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND dedupe LIKE 'shu-%'"
    assert await house.value(owed, here=village.cooperative.id) == count


async def test_a_closed_month_is_reopened_by_a_second_person_with_the_reason_kept(
    house: House,
) -> None:
    village, year, who = await last_year(house)
    rina, hendra = who["rina"], who["hendra"]
    never = await rina.says(f"buka bulan desember {year}")
    assert "tidak sedang ditutup" in never.text  # before anybody is asked why
    assert "Neraca per" in (await rina.says("neraca")).text
    await rina.says(f"tutup buku desember {year}")
    await approved(rina, hendra, 1)
    assert "Mengapa" in (await rina.says(f"buka bulan desember {year}")).text
    await rina.says("/batal")
    card = await rina.says(f"buka bulan desember {year} karena nota listrik tertinggal")
    assert card.line("Catatan:") == "nota listrik tertinggal"
    await approved(rina, hendra, 2)
    reason = await house.value(
        "SELECT reason FROM ledger.closings WHERE koperasi_id = :here ORDER BY n DESC LIMIT 1",
        here=village.cooperative.id,
    )
    assert reason == f"buka bulan {year}-12: nota listrik tertinggal"
    assert "bukan tugas" in (await who["siti"].says(f"tutup bulan desember {year}")).text


async def closed(rina: Person, hendra: Person, year: int) -> None:
    """Close December and the year, and write down what the RAT decided: requests 1 to 3."""
    for number, said in enumerate(
        (
            f"tutup bulan desember {year}",
            f"tutup tahun {year}",
            f"atur SHU {year}: cadangan 50, jasa modal 20, jasa usaha 30, berita acara 12/RAT",
        ),
        1,
    ):
        asker, other = (rina, hendra) if number < 3 else (hendra, rina)
        await asker.says(said)
        await asker.presses("✅ Simpan")
        asked = await other.sees(f"Mohon persetujuan No. {number}")
        await other.presses("Setujui", on=asked)


async def test_a_split_is_shown_anew_when_somebody_left_after_it_was_asked_for(
    house: House,
) -> None:
    village, year, who = await last_year(house)
    rina, hendra, budi = who["rina"], who["hendra"], who["budi"]
    assert budi.person_id is not None
    await closed(rina, hendra, year)
    await rina.says(f"bagi SHU {year}")
    await rina.presses("✅ Simpan")
    asked = await hendra.sees("Mohon persetujuan No. 4")
    assert asked.line("Bagian anggota:") == "Rp200.000 untuk 2 orang"
    here = village.cooperative
    async with database.transaction(house.owner) as db:
        await database.enter(db, here.id)
        member = await people.member(db, koperasi_id=here.id, member_id=budi.person_id)
        await leaves(db, member, here, today())
    new = await hendra.presses("Setujui", on=asked)
    assert "Ada yang berubah sejak permintaan ini dibuat" in new.text
    # Siti has three of four parts of 80,000 saved, and of 120,000 bought.
    assert new.line("Bagian anggota:") == "Rp150.000 untuk 1 orang"
    shared = "SELECT count(*) FROM surplus_splits WHERE koperasi_id = :here"
    assert await house.value(shared, here=here.id) == 0
    assert "Tercatat No." in (await hendra.presses("Setujui", on=new)).text
    assert await house.value(shared, here=here.id) == 1

    await rina.says("semua SHU ke sukarela")
    await rina.presses("✅ Simpan")
    asked = await hendra.sees("Mohon persetujuan No. 5")
    assert asked.line("Jumlah:").startswith("Rp150.000 ")
    await rina.says("bayar SHU Siti 60rb ke sukarela")
    await rina.presses("✅ Simpan")
    new = await hendra.presses("Setujui", on=asked)
    assert new.line("Jumlah:").startswith("Rp90.000 ")
    assert "Tercatat No." in (await hendra.presses("Setujui", on=new)).text


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_on_a_shared_phone_the_own_part_is_told_after_the_pin_as_the_balance_is(
    house: House,
) -> None:
    village, year, who = await last_year(house)
    siti = who["siti"]
    await closed(who["rina"], who["hendra"], year)
    await siti.says("atur pin")
    await siti.says("804713")
    assert "tersimpan" in (await siti.says("804713")).text
    wati = await village.member("Wati", phone=siti.phone, linked=False)
    await siti.joins(await village.invite(wati))
    await siti.presses("Wati")
    for words in (f"SHU saya {year}", "saldo"):
        assert "Rp150.000" not in (await siti.says(words)).text
    await siti.says("/ganti")
    assert "Berapa PIN Anda?" in (await siti.presses("Siti Aminah")).text
    for words in (f"SHU saya {year}", "saldo saya"):
        told = (await siti.says(words)).text
        assert "Rp150.000" not in told
        assert "Rp300.000" not in told
    assert "salah" in (await siti.says("731902")).text
    await siti.says("804713")
    assert "Rp150.000" in (await siti.says(f"SHU saya {year}")).text
    assert "Rp300.000" in (await siti.says("saldo saya")).text

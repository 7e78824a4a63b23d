"""Members' wishes, reversals by a second officer, the province, words for everything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.permissions import Role
from notifications.jobs.monitoring import monitoring_job
from tests.builders import a_village, an_official, months_ago
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    "words",
    [
        "setor wajib 50rb",
        "mau tarik 20rb",
        "nabung 100rb",
        "setor 50rb",
    ],
)
async def test_a_members_wish_is_read_back_and_passed_on_never_a_card(
    house: House, words: str
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", sukarela=50_000)
    before = await village.entries()
    asked = await siti.says(words)
    assert not asked.is_card
    assert words in asked.text
    assert "Teruskan ke pengurus" in asked.labels
    await siti.presses("Teruskan ke pengurus")
    told = await rina.sees(words)
    assert siti.number in told.text
    assert (await rina.presses("Catat transaksi", on=told)).is_question
    assert await village.entries() == before


async def test_a_wish_is_passed_on_once(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    asked = await siti.says("setor wajib 50rb")
    await siti.presses("Teruskan ke pengurus")
    await siti.forges(asked.data["Teruskan ke pengurus"], asked)
    await rina.sees("setor wajib 50rb")
    await rina.says("menu")
    assert rina.heard == []


async def test_a_reversal_needs_another_officer_and_keeps_the_original(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(1))
    await rina.says("wajib Siti 50rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat No. 1")
    own = await rina.says("batalkan no 1 salah orang")
    assert "Perlu persetujuan pengurus lain" in own.text
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    assert "Hendra Wijaya (ketua)" in waiting.text
    assert await village.entries() == 1
    card = await hendra.says("batalkan no 1 karena salah orang")
    if not card.is_card:
        assert card.is_question
        card = await hendra.says("salah orang")
    assert card.lines[0] == "Pembatalan Transaksi"
    assert "Siti Aminah" in card.text
    assert "Rp50.000" in card.text
    receipt = await hendra.presses("✅ Simpan")
    assert "Tercatat No. 2" in receipt.text
    await siti.sees("Pembatalan Transaksi")
    assert await village.saved(siti) == 0
    assert await village.entries() == 2
    assert "belum dibayar: 2 bulan" in (await siti.says("saldo")).text
    again = await hendra.says("batalkan no 1 karena salah orang")
    assert "sudah pernah dibatalkan" in again.text


@pytest.mark.parametrize("reason", ["salah catat", "salah orang", "jumlahnya keliru"])
async def test_the_commonest_reasons_are_reasons(house: House, reason: str) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.member("Siti Aminah", linked=False)
    await rina.says("wajib Siti 50rb")
    await rina.presses("✅ Simpan")
    assert "Mengapa" in (await hendra.says("batalkan no 1")).text
    card = await hendra.says(reason)
    assert card.line("Alasan:") == reason
    assert card.is_card


async def test_ketua_reverses_from_the_notice_of_a_dispute(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah")
    await rina.says("sukarela Siti 50rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    await siti.presses("BUKAN")
    told = await hendra.sees("BUKAN")
    asked = await hendra.presses("Batalkan transaksi ini", on=told)
    assert asked.is_question
    card = await hendra.says("uang tidak pernah diterima")
    assert card.is_card
    assert "uang tidak pernah diterima" in card.text
    await hendra.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 0
    await siti.sees("Pembatalan Transaksi")


async def house_monitors(house: House) -> None:
    await monitoring_job(house.owner, house.keys, datetime.now(UTC))


@pytest.mark.only("telegram", "the figures of a region count every story of it")
async def test_the_province_sees_five_members_at_least_and_never_a_member(house: House) -> None:
    region = "64.74"  # Bontang: no other story is told there.
    few = await a_village(house, village="64.74.01.1001")
    await few.members(["Siti Aminah", "Budi Santoso"], savings=(0, 0, 700_000))
    dewi = await an_official(house, "Dewi Anggraini", region)
    assert "belum dihitung" in (await dewi.says("/pantau")).text
    await house_monitors(house)
    seen = await dewi.says("/pantau")
    assert "1 koperasi" in seen.text
    assert "Rp0" in seen.text
    assert "700.000" not in seen.text
    many = await a_village(house, village="64.74.01.1001")
    everyone = await many.members([f"Warga {c * 5}" for c in "abcdef"], savings=(0, 0, 100_000))
    await house_monitors(house)
    seen = await dewi.says("pantau")
    assert "2 koperasi, 6 anggota" in seen.text
    assert "Rp600.000" in seen.text
    unlinked = await dewi.presses("Belum terhubung", on=seen)
    told = [seen, unlinked]
    assert few.cooperative.code in unlinked.text  # Nobody there has linked.
    await few.officer("Hendra Wijaya", Role.KETUA)
    again = await dewi.presses("Belum terhubung", on=await dewi.says("/pantau"))
    assert few.cooperative.code not in again.text
    code, hidden = many.cooperative.code, few.cooperative.code
    told.append(ranked := await dewi.says("koperasi simpanan terbesar di Bontang"))
    assert f"1. {code}" in ranked.text
    assert hidden not in ranked.text
    assert "1 koperasi tidak ikut" in ranked.text
    told.append(one := await dewi.says(f"pantau {code}"))
    assert "Simpanan: Rp600.000" in one.text
    told.append(few_seen := await dewi.says(f"pantau {hidden}"))
    assert "Simpanan: –" in few_seen.text
    assert "700.000" not in few_seen.text
    told.append(npl := await dewi.says("NPL Bontang"))
    assert "Belum ada koperasi" in npl.text
    picture = await dewi.presses("Grafik 12 bulan", on=seen)
    assert "bulan terakhir" in picture.text
    file = await dewi.presses("Excel", on=seen)
    assert "2 koperasi" in file.text
    for private in (*(one.name for one in everyone), "Siti Aminah"):
        assert all(private not in one.text for one in told)


@pytest.mark.only("telegram", "the figures of a region count every story of it")
async def test_an_official_of_one_kabupaten_does_not_see_another(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini", "64.74")
    there = await a_village(house, village="64.01.01.2009")
    await house_monitors(house)
    for asked in ("pantau Paser", "NPL Paser", "koperasi terbaik di Paser"):
        assert "Paser di luar wilayah Anda" in (await dewi.says(asked)).text
    refused = await dewi.says(f"pantau {there.cooperative.code}")
    assert "Tidak ada koperasi" in refused.text
    elsewhere = await an_official(house, "Budiono Siregar", "64.01")
    assert "1 koperasi" in (await elsewhere.says("/pantau")).text


COMMANDS = (
    "menu",
    "saldo",
    "pinjaman",
    "riwayat",
    "simulasi",
    "bantuan",
    "batal",
    "cek",
    "datasaya",
)
OFFICERS = ("catat", "anggota", "kas", "laporan")


@pytest.mark.parametrize("word", [*COMMANDS, *OFFICERS])
async def test_every_command_answers_members_and_officers(house: House, word: str) -> None:
    village = await a_village(house)
    hendra = await village.member("Hendra Wijaya", linked=False)
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    siti = await village.member("Siti Aminah")
    for one in (hendra, siti):
        answer = await one.says(f"/{word}")
        assert "Saya belum mengerti" not in answer.text
    assert (await siti.says(f"/{word}@kopdes_story_bot")).text == siti.said[-2].text
    if word in OFFICERS:
        assert "bukan untuk chat ini" in siti.said[-1].text


@pytest.mark.parametrize("word", [*COMMANDS, *OFFICERS])
async def test_every_command_works_in_plain_words(house: House, word: str) -> None:
    village = await a_village(house)
    hendra = await village.member("Hendra Wijaya", linked=False)
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    said = {"datasaya": "data saya"}.get(word, word)
    assert (await hendra.says(said)).text == (await hendra.says(f"/{word}")).text


async def test_what_is_not_understood_offers_what_this_chat_can_do(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    for one in (rina, siti):
        answer = await one.says("burung terbang di langit biru")
        assert answer.is_question
        assert answer.labels
        await one.presses(answer.labels[0])


async def test_datasaya_masks_the_phone(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    shown = await siti.says("/datasaya")
    assert siti.phone not in shown.text
    assert shown.line("Nomor HP:").endswith(siti.phone[-3:])


async def test_officers_see_whom_no_message_finds_and_why(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await village.members(["Budi Santoso"])
    await house.change(
        "UPDATE addresses SET ended_at = now(), reason = 'blocked' WHERE chat = :chat",
        chat=siti.chat_id,
    )
    listed = await rina.says("/anggota")
    shown = await rina.presses("Belum terjangkau", on=listed)
    assert shown.lines[0] == "Belum terjangkau"
    assert "Siti Aminah" in shown.lines[1]
    assert "memblokir bot sejak" in shown.lines[1]
    assert "Budi Santoso" in shown.lines[2]
    assert "belum pernah terhubung" in shown.lines[2]
    assert "Rina" not in shown.text
    assert "Simpanan" in (await siti.says("saldo")).text  # Who writes again is reached again.
    await rina.says("/anggota")
    again = await rina.presses("Belum terjangkau")
    assert "Siti Aminah" not in again.text

"""The second pair of eyes: who is asked, what is read, what comes of yes and no, and of odd presses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core import database
from core.permissions import Role
from notifications.requests import look
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = "Mohon persetujuan No. 1"


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    """Rina the treasurer, Hendra the chair, and Siti with a chat and six million of sukarela."""
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=6_000_000)
    return village, rina, hendra, siti


async def a_request(
    house: House, words: str = "tarik Siti 5,5jt", **rules: str
) -> tuple[Village, Person, Person, Person]:
    village, rina, hendra, siti = await an_office(house, **rules)
    await rina.says(words)
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    return village, rina, hendra, siti


async def test_a_large_withdrawal_waits_until_the_ketua_says_yes(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    before = await village.entries()
    card = await rina.says("tarik Siti 5,5jt buat atap rumah")
    assert "Perlu persetujuan pengurus lain: di atas batas" in card.text
    waiting = await rina.presses("✅ Simpan")
    assert waiting.edited
    assert waiting.lines[:2] == ["Menunggu persetujuan No. 1", "Penarikan Simpanan Sukarela"]
    assert "Hendra Wijaya (ketua)" in waiting.text
    assert not waiting.is_card
    asked = await hendra.sees(ASKED)
    assert asked.line("Diminta oleh:") == "Rina Kartika (bendahara)"
    assert "di atas batas tarik sehari, Rp5.000.000" in asked.text
    assert asked.line("Anggota:") == f"Siti Aminah ({siti.number})"
    assert asked.line("Jumlah:").startswith("Rp5.500.000 ")
    assert asked.line("Berlaku sampai:")
    assert asked.labels == ["Setujui", "Tolak"]
    assert not asked.is_card
    assert await village.entries() == before
    done = await hendra.presses("Setujui", on=asked)
    assert done.edited
    assert done.labels == []
    assert "✅ Tercatat No." in done.lines[0]
    assert done.line("Dicatat oleh:") == "Rina Kartika"
    assert done.line("Disetujui oleh:") == "Hendra Wijaya"
    assert await village.saved(siti, "sukarela") == 500_000
    told = await rina.sees("disetujui oleh Hendra Wijaya")
    assert told.line("Kode cek:") == done.line("Kode cek:")
    receipt = await siti.sees("Tercatat")
    assert receipt.labels == ["BENAR", "BUKAN"]
    assert receipt.line("Kode cek:") == done.line("Kode cek:")
    assert "sudah dibenarkan" in (await siti.presses("BENAR", on=receipt)).text


async def test_no_comes_with_a_reason_and_the_maker_reads_it(house: House) -> None:
    village, rina, hendra, siti = await a_request(house)
    before = await village.entries()
    asked = await hendra.presses("Tolak", on=await hendra.sees(ASKED))
    assert asked.is_question
    assert "Jumlahnya salah" in asked.labels
    assert "alasannya" in (await hendra.says("7")).text
    done = await hendra.says("tunggu kas cukup dulu")
    assert "ditolak" in done.text
    told = await rina.sees("ditolak oleh Hendra Wijaya")
    assert told.line("Alasan:") == "tunggu kas cukup dulu"
    assert told.line("Jumlah:").startswith("Rp5.500.000")
    assert siti.heard == []
    assert await village.entries() == before
    again = await hendra.forges(f"a:{village.cooperative.id}:1:y", done)
    assert "sudah ditolak oleh Hendra Wijaya" in again.text


async def test_an_offered_reason_is_one_press(house: House) -> None:
    _, rina, hendra, _ = await a_request(house)
    await hendra.presses("Tolak", on=await hendra.sees(ASKED))
    await hendra.presses("Jumlahnya salah")
    assert (await rina.sees("ditolak")).line("Alasan:") == "Jumlahnya salah"


@pytest.mark.parametrize("words", ["setujui 1", "Setuju no 1", "ACC nomor 1", "/setujui 1"])
async def test_yes_by_words(house: House, words: str) -> None:
    village, _, hendra, siti = await a_request(house)
    await hendra.sees(ASKED)
    assert "Tercatat" in (await hendra.says(words)).text
    assert await village.saved(siti, "sukarela") == 500_000


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("tolak 1 salah jumlah", "salah jumlah"),
        ("Tolak no 1, karena salah orang", "salah orang"),
        ("tolak permintaan 1: 500 ribu saja", "500 ribu saja"),
    ],
)
async def test_no_by_words(house: House, words: str, reason: str) -> None:
    _, rina, hendra, _ = await a_request(house)
    await hendra.says(words)
    assert (await rina.sees("ditolak")).line("Alasan:") == reason


async def test_no_by_words_without_a_reason_asks_for_it(house: House) -> None:
    _, rina, hendra, _ = await a_request(house)
    assert (await hendra.says("tolak 1")).is_question
    await hendra.says("nanti saja dulu")
    assert (await rina.sees("ditolak")).line("Alasan:") == "nanti saja dulu"


async def test_what_is_no_number_of_a_request_is_no_decision(house: House) -> None:
    village, _, hendra, _ = await a_request(house)
    before = await village.entries()
    for words in ("setujui", "setujui 99", "setuju", "tolak", "setujui 1 dan 2", "tidak setujui 1"):
        answer = await hendra.says(words)
        assert "Tercatat" not in answer.text
        assert "gangguan" not in answer.text
    assert await village.entries() == before


async def test_a_bare_yes_shows_what_waits_and_decides_nothing(house: House) -> None:
    village, rina, hendra, siti = await a_request(house)
    for words in ("setujui", "oke setuju pak", "ACC", "tolak"):
        shown = await hendra.says(words)
        assert shown.labels == ["Setujui", "Tolak"]
        assert await village.saved(siti, "sukarela") == 6_000_000
    await rina.says("tarik Siti 5,1jt")
    await rina.presses("✅ Simpan")
    assert "Menunggu keputusan Anda" in (await hendra.says("setujui")).text
    assert "Menunggu keputusan" not in (await siti.says("setuju")).text


async def test_the_same_reversal_is_asked_for_once(house: House) -> None:
    village, rina, hendra, _ = await an_office(house)
    await rina.says("sukarela Siti 50rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    first = await rina.says(f"batalkan no {number} karena salah orang")
    second = await rina.says(f"batalkan no {number} karena salah jumlah")
    assert first.is_card
    assert second.is_card
    assert "Menunggu" in (await rina.presses("✅ Simpan", on=first)).text
    refused = await rina.presses("✅ Simpan", on=second)
    assert "permintaan No. 1, menunggu Hendra Wijaya (ketua)" in refused.text
    again = await rina.says(f"batalkan no {number} karena salah jumlah")
    assert "sudah diminta" in again.text
    assert not again.is_card
    await hendra.presses("Tolak", on=await hendra.sees(ASKED))
    await hendra.presses("Jumlahnya salah")
    assert (await rina.says(f"batalkan no {number} karena salah jumlah")).is_card
    assert await village.entries()


async def test_what_can_never_succeed_is_closed_and_its_maker_reads_why(house: House) -> None:
    village, rina, hendra, _ = await an_office(house)
    dewi = await village.officer("Dewi Lestari", Role.KETUA)
    await rina.says("sukarela Siti 50rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    await rina.says(f"batalkan no {number} karena salah orang")
    await rina.presses("✅ Simpan")
    asked = await hendra.sees(ASKED)
    await dewi.says(f"batalkan no {number} karena salah orang")
    assert "Tercatat" in (await dewi.presses("✅ Simpan")).text
    before = await village.entries()
    failed = await hendra.presses("Setujui", on=asked)
    assert "sudah pernah dibatalkan" in failed.text
    assert "tidak bisa dijalankan lagi" in failed.text
    assert "tetap menunggu" not in failed.text
    told = await rina.sees("tidak bisa dijalankan lagi")
    assert "Hendra Wijaya" in told.text
    assert await village.entries() == before
    assert "sudah ditutup" in (await hendra.says("setujui 1")).text
    assert "Tidak ada yang menunggu" in (await hendra.says("persetujuan")).text


async def test_who_approved_an_entry_does_not_reverse_it_alone(house: House) -> None:
    village, rina, hendra, siti = await a_request(house)
    done = await hendra.presses("Setujui", on=await hendra.sees(ASKED))
    number = done.lines[0].split()[-1]
    card = await hendra.says(f"batalkan no {number} karena salah orang")
    assert "disetujui oleh pemintanya sendiri" in card.text
    assert "Menunggu persetujuan No. 2" in (await hendra.presses("✅ Simpan")).text
    assert await village.saved(siti, "sukarela") == 500_000
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    assert "Tercatat" in (await dewi.says("setujui 2") and dewi.said[-1]).text
    assert await village.saved(siti, "sukarela") == 6_000_000
    assert rina


async def test_the_queue_shows_what_waits_for_me_and_what_i_asked(house: House) -> None:
    _, rina, hendra, siti = await a_request(house)
    shown = await hendra.says("/persetujuan")
    assert "Menunggu keputusan Anda" in shown.text
    card = await hendra.presses(shown.label("No. 1"))
    assert card.labels == ["Setujui", "Tolak"]
    assert card.line("Diminta oleh:") == "Rina Kartika (bendahara)"
    own = await rina.says("persetujuan")
    assert "Tidak ada yang menunggu keputusan Anda" in own.text
    assert "Permintaan Anda" in own.text
    seen = await rina.presses(own.label("No. 1"))
    assert seen.lines[0] == "Menunggu persetujuan No. 1"
    assert seen.labels == ["Tarik permintaan"]
    other = await siti.says("persetujuan")
    assert "No. 1" not in other.text
    await hendra.presses("Setujui", on=card)
    assert "Tidak ada yang menunggu" in (await hendra.says("/persetujuan")).text


@pytest.mark.parametrize("by", ["button", "words"])
@pytest.mark.only("telegram", "WhatsApp cannot edit: the old buttons stay, and do nothing")
async def test_the_maker_takes_a_request_back(house: House, by: str) -> None:
    village, rina, hendra, _ = await a_request(house)
    asked = await hendra.sees(ASKED)
    if by == "button":
        done = await rina.presses("Tarik permintaan")
    else:
        done = await rina.says("batalkan permintaan 1")
    assert "ditarik kembali" in done.text
    await hendra.sees("ditarik kembali oleh Rina Kartika")
    before = await village.entries()
    late = await hendra.presses("Setujui", on=asked)
    assert "sudah ditarik kembali" in late.text
    assert late.edited  # nothing is left to press
    assert await village.entries() == before
    assert "bukan dari Anda" in (await hendra.says("batalkan permintaan 1")).text


async def test_a_waiting_card_is_not_recorded_a_second_time(house: House) -> None:
    village, rina, hendra, _ = await an_office(house)
    card = await rina.says("tarik Siti 5,5jt")
    waiting = await rina.presses("✅ Simpan")
    again = await rina.forges(card.data["✅ Simpan"], waiting)
    assert "sudah menunggu persetujuan No. 1" in again.text
    await hendra.says("setujui 1")
    before = await village.entries()
    await rina.forges(card.data["✅ Simpan"], waiting)
    assert await village.entries() == before


async def test_presses_of_everybody_else_decide_nothing(house: House) -> None:
    village, rina, hendra, siti = await a_request(house)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    asked = await hendra.sees(ASKED)
    elsewhere = await a_village(house)
    budi = await elsewhere.officer("Budi Santoso", Role.KETUA)
    before = await village.entries()
    for one in (rina, siti, dewi, budi):
        await one.says("menu")
        for data in asked.data.values():
            answer = await one.forges(data, one.said[-1])
            assert "Tercatat" not in answer.text
            assert "5.500.000" not in answer.text
        for what in "123s":
            answer = await one.forges(f"a:{village.cooperative.id}:1:{what}", one.said[-1])
            assert "ditolak. " not in answer.text
            assert one is rina or "5.500.000" not in answer.text
        answer = await one.says("setujui 1")
        assert "Tercatat" not in answer.text
    assert await village.entries() == before
    assert "Tercatat" in (await hendra.presses("Setujui", on=asked)).text


@pytest.mark.parametrize(
    "data", ["a:", "a:1", "a:x:1:y", "a:{here}:1:z", "a:{here}:999999999:y", "a:{here}:1:y:y", "a:999999999:1:y"]
)  # fmt: skip
async def test_made_up_buttons_are_answered_kindly(house: House, data: str) -> None:
    village, _, hendra, _ = await a_request(house)
    await hendra.says("menu")
    before = await village.entries()
    answer = await hendra.forges(data.format(here=village.cooperative.id), hendra.said[-1])
    assert "gangguan" not in answer.text
    assert "Tercatat" not in answer.text
    assert await village.entries() == before


async def test_two_chairs_press_at_one_moment_and_it_is_recorded_once(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    other = await village.officer("Yusuf Maulana", Role.KETUA)
    await rina.says("tarik Siti 5,5jt")
    await rina.presses("✅ Simpan")
    asked = [await one.sees(ASKED) for one in (hendra, other)]
    answers = await asyncio.gather(
        hendra.presses("Setujui", on=asked[0]), other.presses("Setujui", on=asked[1])
    )
    said = sorted("✅ Tercatat" in answer.text for answer in answers)
    assert said == [False, True]
    (late,) = [answer for answer in answers if "✅ Tercatat" not in answer.text]
    assert "sudah disetujui oleh" in late.text
    assert await village.saved(siti, "sukarela") == 500_000


async def test_a_press_delivered_again_records_once(house: House) -> None:
    village, _, hendra, siti = await a_request(house)
    asked = await hendra.sees(ASKED)
    done = await house.sim.press(hendra.chat, "Setujui", asked.id)
    await house.sim.redeliver(done["update_id"], times=4, concurrent=True)
    assert "Tercatat" in (await hendra._answer(done)).text
    assert await village.saved(siti, "sukarela") == 500_000


async def test_what_the_moment_forbids_is_said_and_the_request_waits_on(house: House) -> None:
    village, rina, hendra, siti = await a_request(house)
    asked = await hendra.sees(ASKED)
    await rina.says("tarik Siti 1jt")
    await rina.presses("✅ Simpan")
    before = await village.entries()
    stale = await hendra.presses("Setujui", on=asked)
    assert "hanya Rp5.000.000" in stale.text
    assert "tetap menunggu" in stale.text
    assert stale.labels == ["Setujui", "Tolak"]
    assert await village.entries() == before
    await rina.says("sukarela Siti 500rb")
    await rina.presses("✅ Simpan")
    assert "Tercatat" in (await hendra.presses("Setujui", on=stale)).text
    assert await village.saved(siti, "sukarela") == 0


async def test_a_maker_without_office_is_not_done_for(house: House) -> None:
    village, rina, hendra, _ = await a_request(house)
    await house.change(
        "UPDATE officers SET until = :day WHERE koperasi_id = :here AND person_id = :person",
        day=today(),
        here=village.cooperative.id,
        person=rina.person_id,
    )
    before = await village.entries()
    answer = await hendra.says("setujui 1")
    assert "tidak menjabat lagi" in answer.text
    assert await village.entries() == before


async def test_where_nobody_eligible_is_linked_the_maker_reads_who_must_link(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA, linked=False)
    await village.officer("Dewi Lestari", Role.SEKRETARIS, linked=False)
    await village.officer("Petrus Ding", Role.PENGAWAS)
    siti = await village.member("Siti Aminah", sukarela=6_000_000)
    await hendra.says("tarik Siti 5,5jt")
    waiting = await hendra.presses("✅ Simpan")
    assert "Yang harus terhubung dulu: Rina Kartika (bendahara), Dewi Lestari (sekretaris)" in (
        waiting.text
    )
    await rina.joins(await village.invite(rina))
    asked = await rina.sees(ASKED)
    assert "Tercatat" in (await rina.presses("Setujui", on=asked)).text
    await hendra.sees("disetujui oleh Rina Kartika")
    assert await village.saved(siti, "sukarela") == 500_000


async def test_who_gets_the_office_after_the_request_is_told_on_linking(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", sukarela=6_000_000, linked=False)
    await hendra.says("tarik Siti 5,5jt")
    assert "mengundang pengurus lain" in (await hendra.presses("✅ Simpan")).text
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    assert "Ada 1 permintaan yang menunggu keputusan Anda" in rina.said[-1].text
    assert "Tercatat" in (await rina.says("setujui 1")).text
    assert await village.saved(siti, "sukarela") == 500_000


async def test_a_reason_asked_of_who_may_decide_no_more_is_asked_no_longer(house: House) -> None:
    village, rina, hendra, _ = await a_request(house)
    await hendra.presses("Tolak", on=await hendra.sees(ASKED))
    await village.officer("Hendra Wijaya", Role.BENDAHARA, chat=hendra, linked=False)
    await village.officer("Yusuf Maulana", Role.KETUA, linked=False)
    await house.change(
        "UPDATE officers SET until = :day WHERE koperasi_id = :here AND person_id = :person"
        " AND role = 'ketua'",
        day=today(),
        here=village.cooperative.id,
        person=hendra.person_id,
    )
    refused = await hendra.says("salah orang")
    assert "Yang bisa: Yusuf Maulana (ketua)" in refused.text
    assert "Simpanan Wajib" in (await hendra.says("wajib Siti 20rb")).text
    assert rina.heard == []


async def test_a_card_that_waited_for_linking_is_not_shown_once_it_is_decided(
    house: House,
) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS, linked=False)
    await village.member("Siti Aminah", sukarela=6_000_000, linked=False)
    await hendra.says("tarik Siti 5,5jt")
    await hendra.presses("✅ Simpan")
    await rina.presses("Setujui", on=await rina.sees(ASKED))
    await dewi.joins(await village.invite(dewi))
    await dewi.says("menu")
    assert not [one for one in dewi.heard if ASKED in one.text]
    state = await house.value(
        "SELECT state FROM outbox WHERE koperasi_id = :here AND person_id = :dewi"
        " AND purpose = 'approval'",
        here=village.cooperative.id,
        dewi=dewi.person_id,
    )
    assert state == "cancelled"


async def test_own_savings_come_with_both_receipts_in_one(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.member("Hendra Wijaya", linked=False)
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    card = await hendra.says("sukarela saya 200rb")
    assert "pencatatnya sendiri yang berkepentingan" in card.text
    await hendra.presses("✅ Simpan")
    await rina.presses("Setujui", on=await rina.sees(ASKED))
    got = await hendra.sees("Apakah ini benar?")
    assert got.line("Disetujui oleh:") == "Rina Kartika"
    await hendra.says("menu")
    assert hendra.heard == []  # the receipt tells the maker too
    assert await village.saved(hendra, "sukarela") == 200_000


async def test_months_and_note_survive_the_wait(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.member("Hendra Wijaya", linked=False, joined=months_ago(3))
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    await hendra.says("wajib saya 40rb titip lewat Pak RT")
    await hendra.presses("✅ Simpan")
    asked = await rina.sees(ASKED)
    done = await rina.presses("Setujui", on=asked)
    assert done.line("Untuk:") == asked.line("Untuk:")
    assert await village.saved(hendra) == 40_000


async def test_a_date_long_ago_needs_a_second_person(house: House) -> None:
    village = await a_village(house, backdate_days="30")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    (siti,) = await village.members(["Siti Aminah"], joined=months_ago(6))
    day = today() - timedelta(days=31)
    card = await rina.says(f"sukarela Siti 50rb tanggal {day:%d/%m/%Y}")
    assert "lebih dari 30 hari yang lalu" in card.text
    await rina.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 0
    await hendra.says("setujui 1")
    assert await village.saved(siti, "sukarela") == 50_000
    found = await house.value(
        'SELECT "on" FROM ledger.entries WHERE koperasi_id = :here ORDER BY number DESC LIMIT 1',
        here=village.cooperative.id,
    )
    assert found == day


async def test_in_a_list_such_a_row_is_named_and_the_others_go_on(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    (budi,) = await village.members(["Budi Santoso"], savings=(0, 0, 100_000))
    asked = await rina.says("tarik:\nBudi 50rb\nSiti 5,5jt")
    assert not asked.is_card
    assert "Baris 2" in asked.text
    assert "Kirim sendiri, di luar daftar" in asked.text
    card = await rina.presses("Tanpa baris ini")
    assert card.is_card
    await rina.presses("✅ Simpan")
    assert await village.saved(budi, "sukarela") == 50_000
    assert await village.saved(siti, "sukarela") == 6_000_000
    assert hendra.heard == []


async def test_a_treasurers_reversal_of_anothers_entry_waits_for_the_ketua(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    yusuf = await village.officer("Yusuf Maulana", Role.BENDAHARA)
    await rina.says("sukarela Siti 50rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    card = await yusuf.says(f"batalkan no {number} karena salah orang")
    assert "pembatalan diputuskan ketua" in card.text
    await yusuf.presses("✅ Simpan")
    assert await village.saved(siti, "sukarela") == 6_050_000
    asked = await hendra.sees(ASKED)
    assert asked.line("Alasan:") == "salah orang"
    done = await hendra.presses("Setujui", on=asked)
    assert "Pembatalan Transaksi" in done.text
    assert await village.saved(siti, "sukarela") == 6_000_000
    await siti.sees("Pembatalan Transaksi")
    await yusuf.sees("disetujui oleh Hendra Wijaya")


async def test_a_chat_of_two_cooperatives_answers_in_the_one_that_asks(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    there = await a_village(house)
    other = await there.officer("Hendra Wijaya", Role.KETUA, phone=hendra.phone, linked=False)
    await hendra.joins(await there.invite(other))  # from now on the chat speaks there
    await rina.says("tarik Siti 5,5jt")
    await rina.presses("✅ Simpan")
    asked = await hendra.sees(ASKED)
    await hendra.presses("Tolak", on=asked)
    await hendra.says("uang kas belum cukup")
    assert (await rina.sees("ditolak")).line("Alasan:") == "uang kas belum cukup"
    await rina.says("tarik Siti 5,6jt")
    await rina.presses("✅ Simpan")
    asked = await hendra.sees("Mohon persetujuan No. 2")
    assert "Tercatat" in (await hendra.presses("Setujui", on=asked)).text
    assert await village.saved(siti, "sukarela") == 400_000
    assert there.cooperative.name in (await hendra.says("menu")).text
    assert await there.entries() == 0


async def the_clock(house: House, village: Village, **later: int) -> int:
    """Let the clock look at this cooperative, so much later."""
    now = datetime.now(UTC) + timedelta(**later)
    here = village.cooperative
    async with database.transaction(house.owner, koperasi_id=here.id) as db:
        owed = await look(db, here.id, here.zone, house.keys, now)
        await db.execute(
            text("UPDATE outbox SET not_before = now() WHERE koperasi_id = :here"),
            {"here": here.id},
        )
    return owed


async def test_the_clock_reminds_after_a_day_and_lets_lapse_after_seven(house: House) -> None:
    village, rina, hendra, _ = await a_request(house)
    await hendra.sees(ASKED)
    assert await the_clock(house, village, hours=23) == 0
    assert await the_clock(house, village, hours=25) == 1
    assert await the_clock(house, village, hours=26) == 0
    reminded = await hendra.sees("Masih menunggu jawaban Anda")
    assert reminded.labels == ["Setujui", "Tolak"]
    assert await the_clock(house, village, days=7, minutes=1) == 1
    assert "lewat batas waktunya" in (await rina.sees("Permintaan No. 1")).text
    assert await the_clock(house, village, days=8) == 0
    before = await village.entries()
    late = await hendra.presses("Setujui", on=reminded)
    assert "lewat batas waktunya" in late.text
    assert await village.entries() == before


async def test_nothing_of_a_request_stands_in_clear_in_the_database(house: House) -> None:
    village, _, hendra, siti = await a_request(house, "tarik Siti 5,5jt catatan: untuk atap rumah")
    await hendra.says("tolak 1 atap rumah belum perlu")
    for table in ("approvals", "approval_votes"):
        rows = await house.rows(
            f"SELECT t::text AS said FROM {table} t WHERE koperasi_id = :here",
            here=village.cooperative.id,
        )
        assert rows
        for row in rows:
            for private in ("atap rumah", "5500000", siti.name):
                assert private not in row.said


async def test_an_approver_says_no_in_the_midst_of_another_form(house: House) -> None:
    """Nothing is lost: the half-filled form goes on after the reason was typed."""
    _, rina, hendra, siti = await a_request(house)
    asked = await hendra.sees(ASKED)
    await hendra.says("wajib 20rb")
    await hendra.presses("Tolak", on=asked)
    await hendra.says("belum ada surat kuasanya")
    await rina.sees("ditolak")
    card = await hendra.says("Siti")
    assert card.is_card
    assert card.line("Jumlah:").startswith("Rp20.000")
    assert card.line("Anggota:").endswith(f"({siti.number})")

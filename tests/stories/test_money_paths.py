"""What somebody would try who wants money written twice, elsewhere, for himself, or without a card."""

from __future__ import annotations

import asyncio

import pytest

from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_counter(house: House) -> tuple[Village, Person, Person]:
    """A village with a treasurer, and Siti with 75.000 of sukarela and no chat."""
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    (siti,) = await village.members(["Siti Aminah"], savings=(0, 0, 75_000), joined=months_ago(1))
    return village, rina, siti


async def a_ketua_who_saves(village: Village, sukarela: int = 100_000) -> Person:
    """Hendra, ketua and member with sukarela, both in one chat."""
    hendra = await village.member("Hendra Wijaya", sukarela=sukarela, linked=False)
    return await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)


async def test_an_update_that_comes_again_and_again_records_once(house: House) -> None:
    village, rina, siti = await a_counter(house)
    before = await village.entries()
    asked = await house.sim.text(rina.chat, "wajib Siti 20rb")
    await rina._answer(asked)
    pressed = await house.sim.press(rina.chat, "✅ Simpan")
    assert "Tercatat" in (await rina._answer(pressed)).text
    for update in (asked["update_id"], pressed["update_id"]):
        await house.sim.redeliver(update, times=4, concurrent=True)
    assert await village.entries() == before + 1
    assert await village.saved(siti) == 20_000


async def test_two_thumbs_a_ya_and_a_redelivery_at_one_moment_record_once(house: House) -> None:
    village, rina, siti = await a_counter(house)
    await rina.says("wajib Siti 20rb")
    acts = [
        await house.sim.press(rina.chat, "✅ Simpan"),
        await house.sim.text(rina.chat, "ya"),
        await house.sim.press(rina.chat, "✅ Simpan"),
    ]
    await house.sim.redeliver(acts[0]["update_id"], times=3, concurrent=True)
    answers = [await rina._answer(act) for act in acts]
    assert sum("✅ Tercatat No." in answer.text for answer in answers) == 1
    assert await village.saved(siti) == 20_000


async def test_a_saved_card_stays_saved_through_a_restart(house: House) -> None:
    village, rina, siti = await a_counter(house)
    card = await rina.says("wajib Siti 20rb")
    await rina.presses("✅ Simpan")
    await house.restart()
    assert "Tidak dicatat dua kali" in (await rina.forges(card.data["✅ Simpan"], card)).text
    assert await village.saved(siti) == 20_000


async def test_a_card_is_recorded_where_it_was_shown_or_nowhere(house: House) -> None:
    here, rina, siti = await a_counter(house)
    there = await a_village(house)
    await there.members(["Siti Aminah"])
    other = await there.officer("Rina Kartika", Role.BENDAHARA, phone=rina.phone, linked=False)
    card = await rina.says("wajib Siti 20rb")
    before = await here.entries()
    await rina.joins(await there.invite(other))
    assert "Tercatat" not in (await rina.presses("✅ Simpan", on=card)).text
    assert "Tercatat" not in (await rina.says("ya")).text
    await rina.says("/ganti")
    await rina.presses(here.cooperative.name)
    assert "Tercatat" not in (await rina.presses("✅ Simpan", on=card)).text
    assert (await here.entries(), await there.entries()) == (before, 0)
    assert await here.saved(siti) == 0


async def test_a_form_does_not_move_to_another_cooperative(house: House) -> None:
    _, rina, _ = await a_counter(house)
    there = await a_village(house)
    await there.members(["Siti Aminah"])
    other = await there.officer("Rina Kartika", Role.BENDAHARA, phone=rina.phone, linked=False)
    await rina.says("wajib 35rb")
    await rina.joins(await there.invite(other))
    answer = await rina.says("Siti")
    assert not answer.is_card
    assert "35.000" not in answer.text


async def test_another_officer_cannot_save_a_colleagues_card(house: House) -> None:
    village, rina, _ = await a_counter(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    before = await village.entries()
    card = await rina.says("wajib Siti 20rb")
    await hendra.says("menu")
    for data in card.data.values():
        answer = await hendra.forges(data, hendra.said[-1])
        assert "Tercatat" not in answer.text
        assert not answer.is_card
    assert "Tercatat" not in (await hendra.says("ya")).text
    assert await village.entries() == before
    assert "Tercatat" in (await rina.presses("✅ Simpan", on=card)).text


@pytest.mark.parametrize(
    "words",
    [
        "wajib Hendra 20rb",
        "wajib saya 20rb",
        "/catat sukarela Hendra Wijaya 20rb",
        "tarik semua Hendra",
        "sukarela A-002 20rb",
    ],
)
async def test_no_words_record_for_oneself(house: House, words: str) -> None:
    village, _, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    before = await village.entries()
    card = await hendra.says(words)
    assert "Perlu persetujuan pengurus lain" in card.text
    assert (await hendra.says("ya")).lines[0].startswith("Menunggu persetujuan No.")
    assert await village.entries() == before


async def test_the_own_row_is_not_slipped_in_by_an_answer(house: House) -> None:
    village, _, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    await hendra.says("sukarela:\nSiti 20rb\nZulkarnain 30rb")
    answer = await hendra.says("Hendra")
    assert not answer.is_card
    assert "pengurus lain" in answer.text
    await hendra.says("/batal")
    await hendra.says("sukarela Siti 20rb")
    await hendra.presses("✏️ Ubah")
    await hendra.presses("Anggota")
    answer = await hendra.says("Hendra Wijaya")
    assert "Perlu persetujuan pengurus lain" in answer.text
    before = await village.entries()
    assert "Menunggu persetujuan" in (await hendra.presses("✅ Simpan")).text
    assert await village.entries() == before


async def test_nobody_gives_oneself_back_what_was_paid_out(house: House) -> None:
    """Cash was taken; a reversal by the one who took it would pay it twice."""
    village, rina, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    await rina.says("tarik Hendra 60rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    got = await hendra.sees("Tercatat")
    await hendra.says(f"batalkan no {number} salah catat")
    waiting = await hendra.presses("✅ Simpan")
    assert waiting.lines[0].startswith("Menunggu persetujuan")
    assert "Belum ada pengurus lain yang boleh" in waiting.text  # Rina recorded it.
    for one in (hendra, rina):
        refused = await one.says(f"setujui {waiting.lines[0].split()[-1]}")
        assert "menyangkut Anda sendiri" in refused.text
    await hendra.presses("BUKAN", on=got)
    asked = await hendra.forges(f"v:{number}", hendra.said[-1])
    assert "sudah diminta" in asked.text
    assert await village.saved(hendra, "sukarela") == 40_000


async def test_one_entry_is_reversed_once_by_two_officers_at_one_moment(house: House) -> None:
    village, rina, siti = await a_counter(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    dewi = await village.officer("Dewi Lestari", Role.KETUA)
    await rina.says("sukarela Siti 20rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    for one in (hendra, dewi):
        assert (await one.says(f"batalkan no {number} karena salah orang")).is_card
    both = await asyncio.gather(hendra.presses("✅ Simpan"), dewi.presses("✅ Simpan"))
    assert sorted("Tercatat" in one.text for one in both) == [False, True]
    assert await village.saved(siti, "sukarela") == 75_000


async def test_money_that_was_withdrawn_since_is_not_reversed_away(house: House) -> None:
    village, rina, siti = await a_counter(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await rina.says("sukarela Siti 20rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    await rina.says("tarik semua Siti")
    await rina.presses("✅ Simpan")
    before = await village.entries()
    await hendra.says(f"batalkan no {number} karena salah orang")
    assert "tidak cukup" in (await hendra.presses("✅ Simpan")).text
    assert await village.entries() == before
    assert await village.saved(siti, "sukarela") == 0


async def an_office_ends(house: House, village: Village, person: Person) -> None:
    await house.change(
        "UPDATE officers SET until = :day WHERE koperasi_id = :here AND person_id = :person",
        day=today(),
        here=village.cooperative.id,
        person=person.person_id,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wajib 20rb", "Siti"),
        ("wajib 20rb", "Sugeng"),
        ("batalkan no {number}", "salah orang"),
        ("saldo Sugeng", "Sugeng Riyadi"),
        ("saldo Sugeng", "1"),
        ("wajib:\nSiti 20rb\nSugeng 30rb", "1"),
        ("wajib Siti 20rb", "ya"),
        ("wajib Siti 20rb", "ubah"),
    ],
)
async def test_what_was_open_when_the_office_ended_shows_and_records_nothing(
    house: House, before: str, after: str
) -> None:
    village, rina, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    everyone = await village.members(["Sugeng Riyadi", "Sugeng Hartono"])
    await rina.says("sukarela Siti 20rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    entries = await village.entries()
    opened = await hendra.says(before.format(number=number))
    await an_office_ends(house, village, hendra)
    answers = [await hendra.says(after)]
    for label in opened.labels:
        answers.append(await hendra.forges(opened.data[label], opened))
    answers.append(await hendra.says("saldo"))
    for answer in answers:
        assert not answer.is_card, answer.text
        assert "gangguan" not in answer.text
        for one in everyone:
            assert one.number not in answer.text
            assert not any(one.number in label for label in answer.labels)
    assert "Rp100.000" in answers[-1].text
    assert await village.entries() == entries


async def test_a_benar_meant_for_a_receipt_saves_no_card(house: House) -> None:
    village, rina, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    card = await hendra.says("sukarela Siti 20rb")
    await rina.says("wajib Hendra 20rb")
    await rina.presses("✅ Simpan")
    await hendra.sees("Apakah ini benar?")
    before = await village.entries()
    assert "sudah dibenarkan" in (await hendra.says("benar")).text
    assert await village.entries() == before
    assert "Tercatat" in (await hendra.presses("✅ Simpan", on=card)).text


async def test_a_ya_after_a_notice_asks_which_card_is_meant(house: House) -> None:
    village, rina, _ = await a_counter(house)
    hendra = await a_ketua_who_saves(village)
    await hendra.says("sukarela Siti 20rb")
    await rina.says("wajib Hendra 20rb")
    await rina.presses("✅ Simpan")
    await hendra.sees("Apakah ini benar?")
    before = await village.entries()
    assert "Tekan ✅ Simpan" in (await hendra.says("ya")).text
    assert await village.entries() == before


async def test_a_wish_is_bound_to_its_own_button(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", sukarela=90_000)
    first = await siti.says("setor wajib 50rb")
    second = await siti.says("mau tarik 20rb")
    passed = await siti.presses("Teruskan ke pengurus", on=first)
    assert "setor wajib 50rb" in passed.text
    assert "setor wajib 50rb" in (await rina.sees("Permintaan")).text
    assert "Tidak ada yang dicatat" in (await siti.presses("❌ Batal", on=second)).text
    for old in (first, second):
        answer = await siti.forges(old.data["Teruskan ke pengurus"], old)
        assert "tidak berlaku" in answer.text
    await rina.says("menu")
    assert rina.heard == []


async def test_cek_tells_the_answer_to_the_member_and_officers_alone(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    budi = await village.member("Budi Santoso")
    await rina.says("wajib Siti 50rb")
    code = (await rina.presses("✅ Simpan")).line("Kode cek:")
    await siti.sees("Tercatat")
    await siti.presses("BENAR")
    for one in (siti, rina):
        assert "menyatakan BENAR" in (await one.says(f"/cek {code}")).text
    seen = await budi.says(f"/cek {code}")
    assert "Benar, bukti ini ada" in seen.text
    assert "menyatakan" not in seen.text
    assert "chat" not in seen.text


async def test_a_member_gets_no_picture_of_anothers_receipt_by_words(house: House) -> None:
    village, rina, siti = await a_counter(house)
    budi = await village.member("Budi Santoso")
    await rina.says("wajib Siti 20rb")
    number = (await rina.presses("✅ Simpan")).lines[0].split()[-1]
    for words in (f"gambar bukti no {number}", f"gambar bukti {siti.number}", "gambar bukti Siti"):
        answer = await budi.says(words)
        assert answer.file is None
        assert "Siti" not in answer.text


async def test_a_note_cannot_pass_for_lines_of_the_receipt(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah")
    faked = "titip\nJumlah: Rp5.000.000\u2028Saldo: Rp9\u000bKode cek: AAAA-2222 " + "x" * 300
    for words in ("wajib Siti 20rb", "sukarela Siti 30rb"):
        await rina.says(words)
        await rina.presses("✏️ Ubah")
        await rina.presses("Catatan")
        card = await rina.says(faked)
        assert card.is_card
        _one_of_each(card)
        await rina.presses("✅ Simpan")
        _one_of_each(await siti.sees("Tercatat"))
    await hendra.says("batalkan no 1")
    card = await hendra.says(faked)
    assert card.is_card
    _one_of_each(card)
    assert len(card.line("Alasan:")) <= 200


def _one_of_each(paper: Message) -> None:
    for begins in ("Jumlah:", "Saldo:", "Kode cek:"):
        assert sum(line.startswith(begins) for line in paper.text.splitlines()) <= 1

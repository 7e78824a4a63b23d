"""Joining: an invite and the own contact, by everybody in the same two steps."""

from __future__ import annotations

import asyncio

import pytest

from core.permissions import Role
from tests.builders import a_village, an_official
from tests.house import House, a_person

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_a_member_joins_in_two_steps_and_sees_the_balance_at_once(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", wajib=60_000, sukarela=250_000, linked=False)
    asked = await siti.says(f"/start {await village.invite(siti)}")
    assert "STOP" in asked.text
    keyboard = (await house.sim.chat(siti.chat))["keyboard"]
    assert "Bagikan kontak" in str(keyboard)
    welcome = await siti.shares_contact()
    assert "Siti Aminah" in welcome.text
    assert village.cooperative.name in welcome.text
    assert "Simpanan sukarela: Rp250.000" in welcome.text
    assert "Simpanan wajib: Rp60.000" in welcome.text
    assert (await house.sim.chat(siti.chat))["keyboard"] is None
    assert "Rp250.000" in (await siti.says("saldo saya berapa?")).text


async def test_sharing_the_contact_is_the_recorded_consent(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah")
    kept = await house.rows(
        "SELECT purpose, withdrawn_at FROM consents"
        " WHERE koperasi_id = :here AND person_id = :who ORDER BY purpose",
        here=village.cooperative.id,
        who=siti.person_id,
    )
    assert {row.purpose for row in kept} == {"reminder", "statement", "announcement"}
    assert all(row.withdrawn_at is None for row in kept)
    assert "MULAI" in (await siti.says("STOP")).text
    withdrawn = await house.value(
        "SELECT count(*) FROM consents WHERE koperasi_id = :here AND person_id = :who"
        " AND withdrawn_at IS NOT NULL",
        here=village.cooperative.id,
        who=siti.person_id,
    )
    assert withdrawn == 3
    await siti.says("mulai")


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_a_code_is_good_for_one_chat_only(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    code = await village.invite(siti)
    await siti.joins(code)
    thief = await a_person(house, "Pencuri Kode", siti.phone)
    assert "sudah dipakai" in (await thief.says(f"/start {code}")).text
    assert "Belum punya undangan?" in (await thief.says("saldo")).text
    again = await siti.says(f"/start {code}")
    assert "Saldo saya" in again.labels


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_of_two_chats_with_one_code_the_quicker_one_is_linked(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    other = await a_person(house, "Ponsel Kedua", siti.phone)
    code = await village.invite(siti)
    await siti.says(f"/start {code}")
    await other.says(f"/start {code}")
    answers = await asyncio.gather(siti.shares_contact(), other.shares_contact())
    assert sorted("Terhubung" in answer.text for answer in answers) == [False, True]
    assert sorted("sudah dipakai" in answer.text for answer in answers) == [False, True]


async def test_an_expired_code_says_so_and_links_nothing(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    code = await village.invite(siti)
    await house.change(
        "UPDATE chat.invites SET expires_at = now() - interval '1 second' WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert "lewat masa berlakunya" in (await siti.says(f"/start {code}")).text
    assert "tidak diperlukan" in (await siti.shares_contact()).text


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_a_code_that_runs_out_between_the_two_steps_links_nothing(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    await siti.says(f"/start {await village.invite(siti)}")
    await house.change(
        "UPDATE chat.invites SET expires_at = now() - interval '1 second' WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert "Terhubung" not in (await siti.shares_contact()).text
    linked = await house.value(
        "SELECT count(*) FROM addresses WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert linked == 0


async def test_five_wrong_codes_lock_the_chat_even_for_a_right_one(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    code = await village.invite(siti)
    for number in range(5):
        assert "tidak dikenal" in (await siti.says(f"/start SALAH{number}")).text
    assert "Terlalu banyak" in (await siti.says(f"/start {code}")).text
    await house.change(
        "UPDATE chat.chats SET wrong_since = now() - interval '61 minutes' WHERE chat = :chat",
        chat=siti.chat_id,
    )
    assert "Terhubung" in (await siti.joins(code)).text


async def test_a_code_reads_the_same_in_small_letters(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    assert "Terhubung" in (await siti.joins((await village.invite(siti)).lower())).text


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_somebody_elses_contact_links_nobody(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    thief = await a_person(house, "Orang Lain")
    await thief.says(f"/start {await village.invite(siti)}")
    for user_id in (siti.chat, None):
        refused = await thief.shares_contact(siti.phone, user_id=user_id)
        assert "bukan kontak Anda sendiri" in refused.text
        assert "Siti" not in refused.text
    assert "tidak sama" in (await thief.shares_contact()).text
    assert "Siti" not in (await thief.says("saldo")).text


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_a_phone_other_than_the_registered_one_is_refused_and_the_code_stays_good(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    code = await village.invite(siti)
    thief = await a_person(house, "Orang Lain")
    assert "tidak sama" in (await thief.joins(code)).text
    assert "Terhubung" in (await siti.joins(code)).text


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_on_a_shared_phone_the_bot_asks_who_speaks(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", sukarela=111_000, linked=False)
    budi = await village.member("Budi Santoso", phone=siti.phone, sukarela=222_000, linked=False)
    asked = await siti.joins(await village.invite(siti))
    assert asked.is_question
    assert [label for label in asked.labels if "Budi Santoso" in label]
    welcome = await siti.presses("Siti Aminah")
    assert "Rp111.000" in welcome.text
    assert "Rp222.000" not in welcome.text
    # Old buttons of that question link nobody else.
    assert "tidak berlaku" in (await siti.presses("Budi Santoso", on=asked)).text
    assert "Rp111.000" in (await siti.says("saldo")).text
    assert budi.person_id != siti.person_id


async def test_a_member_of_one_cooperative_and_officer_of_another_switches(house: House) -> None:
    home = await a_village(house, "Koperasi Desa Merah Putih Rumah")
    office = await a_village(house, "Koperasi Desa Merah Putih Kantor")
    rina = await home.member("Rina Kartika", sukarela=70_000)
    await office.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    siti = await office.member("Siti Aminah")
    assert "Siti Aminah" in (await rina.says("wajib Siti 20rb")).text
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    assert "Pindah ke mana?" in (await rina.says("/ganti")).text
    await rina.presses("Rumah")
    assert "Rp70.000" in (await rina.says("saldo")).text
    assert "bendahara" not in (await rina.says("wajib Siti 20rb")).text
    await rina.says("/batal")
    await rina.says("/ganti")
    await rina.presses("Kantor")
    assert (await rina.says("wajib Siti 30rb")).is_card
    await rina.presses("❌ Batal")
    assert await office.entries() == 1


async def test_a_card_of_one_cooperative_is_not_recorded_in_another(house: House) -> None:
    one = await a_village(house, "Koperasi Desa Merah Putih Satu")
    two = await a_village(house, "Koperasi Desa Merah Putih Dua")
    rina = await one.officer("Rina Kartika", Role.BENDAHARA)
    await two.officer("Rina Kartika", Role.BENDAHARA, chat=rina)
    await one.member("Siti Aminah", linked=False)
    await two.member("Budi Santoso", linked=False)
    card = await rina.says("wajib Budi 20rb")
    assert card.is_card
    await rina.says("/ganti")
    await rina.presses("Satu")
    assert "Tercatat" not in (await rina.presses("✅ Simpan", on=card)).text
    assert (await one.entries(), await two.entries()) == (0, 0)


async def test_a_receipts_button_works_in_the_cooperative_it_names(house: House) -> None:
    one = await a_village(house, "Koperasi Desa Merah Putih Timur")
    two = await a_village(house, "Koperasi Desa Merah Putih Barat")
    siti = await one.member("Siti Aminah")
    rina = await one.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says(f"wajib {siti.number} 20rb")
    await rina.presses("✅ Simpan")
    receipt = await siti.sees("Tercatat")
    siti.person_id = None
    await two.officer("Siti Aminah", Role.SEKRETARIS, chat=siti)  # The chat now speaks there.
    assert "sudah dibenarkan" in (await siti.presses("BENAR", on=receipt)).text
    assert two.cooperative.name in (await siti.says("menu")).text


async def test_officer_and_member_are_one_person_with_both_hats(house: House) -> None:
    village = await a_village(house)
    hendra = await village.member("Hendra Wijaya", sukarela=90_000, linked=False)
    before = hendra.person_id
    await village.officer("Hendra Wijaya", Role.KETUA, chat=hendra)
    assert hendra.person_id == before
    siti = await village.member("Siti Aminah", sukarela=33_000, linked=False)
    menu = await hendra.says("menu")
    assert {"Saldo saya", "Catat transaksi"} <= set(menu.labels)
    assert "Rp90.000" in (await hendra.says("saldo saya")).text
    assert "Rp33.000" in (await hendra.says("saldo Siti")).text
    assert siti.number in (await hendra.says("saldo Siti")).text


async def test_ketua_invites_a_treasurer_in_chat_who_joins_by_the_link(house: House) -> None:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    rina = await a_person(house, "Rina Kartika")
    made = await hendra.says(f"undang bendahara Rina Kartika 0{rina.phone[2:]}")
    link = next(word for word in made.text.split() if word.startswith("https://t.me/"))
    assert link.startswith("https://t.me/kopdes_story_bot?start=")
    assert "bendahara" in (await rina.joins(link.rpartition("=")[2])).text
    await village.member("Siti Aminah", linked=False)
    assert (await rina.says("wajib Siti 20rb")).is_card


async def test_sekretaris_invites_a_member_and_bendahara_may_not(house: House) -> None:
    village = await a_village(house)
    yusuf = await village.officer("Yusuf Maulana", Role.SEKRETARIS)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", linked=False)
    refused = await rina.says("undang Siti")
    assert "sekretaris" in refused.text
    assert "Kode:" not in refused.text
    made = await yusuf.says("undang Siti")
    code = made.line("Kode:").split(",")[0]
    assert "Terhubung" in (await siti.joins(code)).text


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_a_new_chat_of_the_same_person_takes_over_and_the_old_one_is_closed(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", sukarela=50_000)
    new = await a_person(house, "Siti Aminah", siti.phone)
    new.person_id = siti.person_id
    assert "Rp50.000" in (await new.joins(await village.invite(siti))).text
    old = await siti.says("saldo")
    assert "Rp50.000" not in old.text
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("wajib Siti 20rb")
    await rina.presses("✅ Simpan")
    await new.sees("Tercatat")


async def test_an_official_joins_and_is_nobodys_member(house: House) -> None:
    dewi = await an_official(house, "Dewi Anggraini")
    assert "Dewi Anggraini" in (await dewi.says("menu")).text
    assert "Pantauan" in (await dewi.says("/pantau")).text
    assert not (await dewi.says("wajib Siti 50rb")).is_card


async def test_start_alone_explains_to_strangers_and_shows_the_menu_to_members(
    house: House,
) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    assert "undangan" in (await siti.says("/start")).text
    await siti.joins(await village.invite(siti))
    assert "Saldo saya" in (await siti.says("/start")).labels


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_words_instead_of_the_contact_bring_the_contact_button_again(house: House) -> None:
    village = await a_village(house)
    siti = await village.member("Siti Aminah", linked=False)
    await siti.says(f"/start {await village.invite(siti)}")
    assert "Bagikan kontak" in (await siti.says("untuk apa?")).text
    assert "Terhubung" in (await siti.shares_contact()).text


@pytest.mark.only("telegram", "on WhatsApp the number is the proof: there is no contact to share")
async def test_an_invite_of_an_office_that_ended_links_nobody(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA, linked=False)
    code = await village.invite(rina)
    await house.change(
        "UPDATE officers SET until = since WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert "tidak berlaku lagi" in (await rina.joins(code)).text
    assert not (await rina.says("menu")).labels

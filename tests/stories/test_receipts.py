"""Receipts: both sides hold the same paper, the member says BENAR or BUKAN."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def a_receipt(
    house: House, *, linked: bool = True
) -> tuple[Village, Person, Person, Message]:
    """A treasurer has recorded 50.000 of Siti's; returns the treasurer's receipt."""
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", linked=linked)
    await rina.says("wajib Siti 50rb")
    return village, rina, siti, await rina.presses("✅ Simpan")


async def test_benar_confirms_and_can_be_said_once(house: House) -> None:
    village, rina, siti, receipt = await a_receipt(house)
    got = await siti.sees("Tercatat")
    answer = await siti.presses("BENAR")
    assert "sudah dibenarkan" in answer.text
    assert (answer.edited, answer.id, answer.labels) == (True, got.id, ["Gambar bukti"])
    assert "sudah dijawab" in (await siti.forges(got.data["BENAR"], answer)).text
    code = receipt.line("Kode cek:")
    assert "menyatakan BENAR" in (await rina.says(f"/cek {code}")).text
    assert await village.entries() == 1


async def test_bukan_tells_ketua_and_pengawas_and_reverses_nothing(house: House) -> None:
    village, rina, siti, receipt = await a_receipt(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    petrus = await village.officer("Petrus Ding", Role.PENGAWAS)
    await siti.sees("Tercatat")
    answer = await siti.presses("BUKAN")
    assert "Ketua dan pengawas" in answer.text
    for officer in (hendra, petrus):
        told = await officer.sees("BUKAN")
        assert "Siti Aminah" in told.text
        assert "Rp50.000" in told.text
    assert rina.heard == []
    assert await village.saved(siti) == 50_000
    assert await village.entries() == 1
    assert "menyatakan BUKAN" in (await rina.says(f"/cek {receipt.line('Kode cek:')}")).text


async def test_a_typed_benar_confirms_the_newest_receipt(house: House) -> None:
    _, _, siti, _ = await a_receipt(house)
    await siti.sees("Tercatat")
    assert "sudah dibenarkan" in (await siti.says("benar")).text
    assert "Tidak ada bukti" in (await siti.says("benar")).text


async def test_a_typed_bukan_is_read_back_before_anybody_is_told(house: House) -> None:
    village, rina, siti, _ = await a_receipt(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await siti.sees("Tercatat No. 1")
    await rina.says("sukarela Siti 70rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat No. 2")
    asked = await siti.says("bukan")
    assert asked.is_question
    assert "Rp70.000" in asked.text
    assert await _answered(house, village) == []
    assert "Ketua dan pengawas" in (await siti.presses("Ya, BUKAN saya")).text
    assert "Rp70.000" in (await hendra.sees("BUKAN")).text
    assert await _answered(house, village) == [(2, "disputed")]


async def test_a_confirmed_receipt_may_still_be_disputed(house: House) -> None:
    village, _, siti, _ = await a_receipt(house)
    got = await siti.sees("Tercatat")
    answer = await siti.presses("BENAR")
    assert "Ketua dan pengawas" in (await siti.forges(got.data["BUKAN"], answer)).text
    assert await _answered(house, village) == [(1, "disputed")]


async def _answered(house: House, village: Village) -> list[tuple[int, str]]:
    rows = await house.rows(
        "SELECT entry, answer FROM receipts WHERE koperasi_id = :here AND answer IS NOT NULL"
        " ORDER BY entry",
        here=village.cooperative.id,
    )
    return [(row.entry, row.answer) for row in rows]


async def test_without_a_chat_the_officers_receipt_says_that_it_waits(house: House) -> None:
    _, _, _, receipt = await a_receipt(house, linked=False)
    assert "belum punya chat" in receipt.text
    assert "30 hari" in receipt.text
    assert "juga dikirim" not in receipt.text


async def test_with_a_chat_the_officers_receipt_says_that_it_was_sent(house: House) -> None:
    _, _, siti, receipt = await a_receipt(house)
    assert "juga dikirim ke anggota" in receipt.text
    await siti.sees("Tercatat")


async def test_who_links_later_gets_the_receipts_that_waited(house: House) -> None:
    village, rina, siti, receipt = await a_receipt(house, linked=False)
    await rina.says("sukarela Siti 70rb")
    await rina.presses("✅ Simpan")
    code = receipt.line("Kode cek:")
    assert "belum menerima" in (await rina.says(f"/cek {code}")).text
    await siti.joins(await village.invite(siti))
    first = await siti.sees("Tercatat No. 1")
    await siti.sees("Tercatat No. 2")
    assert "sudah dibenarkan" in (await siti.presses("BENAR", on=first)).text
    assert await _answered(house, village) == [(1, "confirmed")]


async def test_a_receipt_that_waited_longer_than_thirty_days_is_not_sent(house: House) -> None:
    village, _, siti, _ = await a_receipt(house, linked=False)
    await house.change(
        "UPDATE outbox SET expires_at = now() - interval '1 minute'"
        " WHERE koperasi_id = :here AND state = 'unaddressed'",
        here=village.cooperative.id,
    )
    await siti.joins(await village.invite(siti))
    assert "Tercatat" not in (await siti.says("menu")).text
    assert siti.heard == []


async def test_cek_confirms_what_is_in_the_book_and_denies_the_rest(house: House) -> None:
    _, rina, siti, receipt = await a_receipt(house)
    await siti.sees("Tercatat")
    code = receipt.line("Kode cek:")
    for words in (f"/cek {code}", f"/cek {code.lower()}", f"/cek {code.replace('-', '')}"):
        known = await rina.says(words)
        assert "Benar, bukti ini ada" in known.text
        assert "Rp50.000" in known.text
    unknown = await rina.says("/cek ZZZZ-ZZZZ")
    assert "tidak ada di catatan" in unknown.text
    assert "ABCD-2345" in (await rina.says("/cek")).text


async def test_cek_in_plain_words(house: House) -> None:
    _, rina, siti, receipt = await a_receipt(house)
    await siti.sees("Tercatat")
    known = await rina.says(f"cek {receipt.line('Kode cek:')}")
    assert "Benar, bukti ini ada" in known.text


async def test_cek_reveals_no_more_than_stands_on_the_receipt(house: House) -> None:
    village, _, siti, receipt = await a_receipt(house)
    got = await siti.sees("Tercatat")
    budi = await village.member("Budi Santoso")
    known = await budi.says(f"/cek {receipt.line('Kode cek:')}")
    assert "Benar, bukti ini ada" in known.text
    assert known.labels == []
    for number in (siti.phone, siti.phone[-4:]):
        assert number not in known.text
    assert {line for line in known.lines if line.startswith("Saldo:")} <= set(got.lines)


async def test_a_code_of_another_cooperative_is_unknown_here(house: House) -> None:
    _, _, siti, receipt = await a_receipt(house)
    await siti.sees("Tercatat")
    elsewhere = await a_village(house)
    budi = await elsewhere.member("Budi Santoso")
    assert "tidak ada di catatan" in (await budi.says(f"/cek {receipt.line('Kode cek:')}")).text


async def test_the_receipt_comes_as_a_picture_on_request(house: House) -> None:
    _, rina, siti, _ = await a_receipt(house)
    await siti.sees("Tercatat")
    picture = await rina.presses("Gambar bukti")
    assert picture.file is not None
    assert picture.file["mime"] in ("image/png", "image/jpeg")
    assert picture.file["size"] > 2_000


async def test_another_members_receipt_is_neither_answered_nor_pictured(house: House) -> None:
    village, _, siti, receipt = await a_receipt(house)
    got = await siti.sees("Tercatat")
    budi = await village.member("Budi Santoso")
    await budi.says("menu")
    for data in (got.data["BENAR"], got.data["BUKAN"], receipt.data["Gambar bukti"]):
        answer = await budi.forges(data, budi.said[-1])
        assert "bukan milik" in answer.text
        assert "Rp50.000" not in answer.text
    assert await _answered(house, village) == []


async def a_shared_phone(house: House) -> tuple[Village, Person, Person]:
    """Rina the treasurer and Budi are members with one phone; only Rina's chat is linked."""
    village = await a_village(house)
    rina = await village.member("Rina Kartika", linked=False)
    budi = await village.member("Budi Santoso", phone=rina.phone, linked=False)
    await village.officer("Rina Kartika", Role.BENDAHARA, chat=rina, linked=False)
    await village.officer("Hendra Wijaya", Role.KETUA, linked=False)
    await rina.joins(await village.invite(rina))
    await rina.presses("Rina Kartika")
    return village, rina, budi


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_what_is_recorded_from_the_members_own_chat_needs_another_officer(
    house: House,
) -> None:
    village, rina, budi = await a_shared_phone(house)
    assert "Budi Santoso" in (await rina.joins(await village.invite(budi))).text
    await rina.says("/ganti")
    await rina.presses("Rina Kartika")
    card = await rina.says("wajib Budi 50rb")
    assert "chat Budi Santoso" in card.text
    waiting = await rina.presses("✅ Simpan")
    assert waiting.lines[0].startswith("Menunggu persetujuan")
    assert "Yang harus terhubung dulu: Hendra Wijaya (ketua)" in waiting.text
    assert await village.entries() == 0


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_a_card_shown_before_the_member_came_into_this_chat_is_refused_too(
    house: House,
) -> None:
    village, rina, budi = await a_shared_phone(house)
    card = await rina.says("wajib Budi 50rb")
    await rina.joins(await village.invite(budi))
    await rina.says("/ganti")
    await rina.presses("Rina Kartika")
    assert "Tercatat" not in (await rina.presses("✅ Simpan", on=card)).text
    assert await village.entries() == 0


@pytest.mark.only("telegram", "one WhatsApp has one number: a family shares its chat there")
async def test_an_answer_from_the_recorders_own_chat_confirms_nothing(house: House) -> None:
    """The receipt waited; the treasurer links the member to the own phone and presses BENAR."""
    village, rina, budi = await a_shared_phone(house)
    petrus = await village.officer("Petrus Ding", Role.PENGAWAS)
    await rina.says("wajib Budi 50rb")
    await rina.presses("✅ Simpan")
    await rina.joins(await village.invite(budi))
    receipt = await rina.sees("Apakah ini benar?")
    await rina.presses("BENAR", on=receipt)
    assert "100%" in (await petrus.says("/laporan")).line("Rina Kartika:")


async def test_the_unconfirmed_share_per_officer_is_for_pengawas_and_ketua(house: House) -> None:
    village, rina, siti, _ = await a_receipt(house)
    await siti.sees("Tercatat")
    await siti.presses("BENAR")
    await rina.says("sukarela Siti 150rb")
    await rina.presses("✅ Simpan")
    await siti.sees("Tercatat")
    petrus = await village.officer("Petrus Ding", Role.PENGAWAS)
    share = (await petrus.says("/laporan")).line("Rina Kartika:")
    assert share.startswith("75% (Rp150.000 dari Rp200.000)")
    assert "Rina Kartika:" not in (await rina.says("/laporan")).text


@pytest.mark.only("telegram", "WhatsApp does not tell who blocked: a message that fails does")
async def test_a_blocked_bot_leaves_the_receipt_without_a_chat(house: House) -> None:
    _, rina, siti, receipt = await a_receipt(house)
    await siti.sees("Tercatat")
    await house.sim.block(siti.chat)
    await rina.says("wajib Siti 60rb")
    second = await rina.presses("✅ Simpan")
    assert "Tercatat No. 2" in second.text
    for _ in range(200):
        state = await rina.says(f"/cek {second.line('Kode cek:')}")
        if "belum menerima" in state.text:
            break
    assert "belum menerima" in state.text
    assert "sudah dikirim" in (await rina.says(f"/cek {receipt.line('Kode cek:')}")).text
    await house.sim.block(siti.chat, blocked=False)
    assert "Rp110.000" in (await siti.says("saldo")).text


@pytest.mark.parametrize("reason", ["blocked", "chat-not-found", "deactivated", "undeliverable"])
async def test_who_was_not_reached_and_writes_again_is_sent_what_waited(
    house: House, reason: str
) -> None:
    _, rina, siti, _ = await a_receipt(house)
    await siti.sees("Tercatat")
    await house.change(
        "UPDATE addresses SET ended_at = now(), reason = :reason WHERE chat = :chat",
        reason=reason,
        chat=siti.chat_id,
    )
    await rina.says("wajib Siti 60rb")
    assert "Tercatat No. 2" in (await rina.presses("✅ Simpan")).text
    waits = "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND state = 'unaddressed'"
    here = await house.value(
        "SELECT koperasi_id FROM addresses WHERE chat = :chat", chat=siti.chat_id
    )
    assert await house.value(waits, here=here) == 1
    assert "Rp110.000" in (await siti.says("saldo")).text
    await siti.sees("Rp60.000")
    assert await house.value(waits, here=here) == 0
    ended = "SELECT ended_at IS NULL AND reason IS NULL FROM addresses WHERE chat = :chat"
    assert await house.value(ended, chat=siti.chat_id)

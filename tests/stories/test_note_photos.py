"""The photo of a note: with an expense's card, after its receipt, by its button; read by approvers and by number."""

from __future__ import annotations

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person
from tests.stories.test_announcements import a_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person]:
    village = await a_village(house, **rules)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    return village, rina, hendra


def number(text: str) -> str:
    return text.split("Tercatat No. ")[1].split("\n", maxsplit=1)[0]


async def test_a_photo_sent_to_the_card_is_sealed_with_its_entry_and_shown_by_number(
    house: House,
) -> None:
    village, rina, hendra = await an_office(house)
    await rina.says("bayar listrik 250rb")
    card = await rina.sends("", a_picture(), photo=(60, 40))
    assert card.is_card
    assert "Foto nota: ada" in card.lines
    receipt = await rina.presses("✅ Simpan")
    entry = number(receipt.text)
    (kept,) = await house.rows(
        "SELECT entry, content_sealed, mime FROM note_photos WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert (str(kept.entry), kept.mime) == (entry, "image/jpeg")
    assert a_picture() not in kept.content_sealed
    assert "Lihat foto nota" in receipt.labels
    for shown in (await rina.presses("Lihat foto nota"), await hendra.says(f"nota biaya {entry}")):
        assert shown.text == f"Nota No. {entry}"
        assert shown.file is not None
    assert "Belum ada" not in (await hendra.says(f"lihat nota {entry}")).text


async def test_a_photo_sent_after_the_receipt_or_its_button_belongs_to_it(house: House) -> None:
    _, rina, _ = await an_office(house)
    await rina.says("beli ATK 50rb")
    first = number((await rina.presses("✅ Simpan")).text)
    assert "Belum ada foto nota" in (await rina.says(f"nota biaya {first}")).text
    assert f"pada No. {first}" in (await rina.sends("", a_picture(), photo=(60, 40))).text
    await rina.says("bayar listrik 75rb")
    receipt = await rina.presses("✅ Simpan")
    second = number(receipt.text)
    asked = await rina.presses("Kirim foto nota")
    assert "5 MB" in (await rina.sends("besar.jpg", b"\xff\xd8\xff" + b"x" * 5 * 1024 * 1024)).text
    assert "JPG atau PNG" in (await rina.sends("nota.pdf", b"%PDF-1.7")).text
    assert f"No. {second}" in asked.text
    assert f"pada No. {second}" in (await rina.sends("nota.jpg", a_picture())).text
    await rina.says("jual sembako 10rb")
    sale = number((await rina.presses("✅ Simpan")).text)
    assert "bukan biaya" in (await rina.says(f"nota biaya {sale}")).text


async def test_who_approves_an_expense_sees_its_note_before(house: House) -> None:
    village, rina, hendra = await an_office(house, expense_limit="100000")
    await rina.says("bayar listrik 250rb")
    await rina.sends("", a_picture(), photo=(60, 40))
    await rina.presses("✅ Simpan")
    request = await hendra.sees("Mohon persetujuan No. 1")
    assert "Foto nota: ada" in request.lines
    assert (await hendra.presses("Lihat foto nota", on=request)).file is not None
    done = await hendra.presses("Setujui", on=request)
    assert "Foto nota: ada" in done.lines
    assert (
        await house.value(
            "SELECT entry FROM note_photos WHERE koperasi_id = :here", here=village.cooperative.id
        )
        == 1
    )


async def test_a_sentence_typed_while_a_photo_is_awaited_is_read_as_one(house: House) -> None:
    _, rina, _ = await an_office(house)
    await rina.says("bayar listrik 75rb")
    await rina.presses("✅ Simpan")
    await rina.presses("Kirim foto nota")
    assert (await rina.says("bayar internet 20rb")).is_card


async def test_a_picture_says_its_own_expense_in_the_words_below_it(house: House) -> None:
    village, rina, hendra = await an_office(house)
    siti = await village.member("Siti Aminah")
    await rina.says("bayar listrik 250rb")
    card = await rina.sends("", a_picture(), photo=(60, 40), caption="beli solar 50rb")
    assert card.line("Jumlah:").startswith("Rp50.000 ")
    assert "Foto nota: ada" in card.lines
    entry = number((await rina.presses("✅ Simpan")).text)
    assert (await hendra.says(f"nota biaya {entry}")).file is not None
    asked = await rina.sends("", a_picture(), photo=(60, 40), caption="bensin 40")
    assert asked.is_question
    assert "Foto nota: ada" in (await rina.presses("Rp40.000", on=asked)).lines
    await rina.presses("❌ Batal")
    saved = await rina.sends("", a_picture(), photo=(60, 40), caption=f"wajib {siti.number} 20rb")
    assert saved.line("Jumlah:").startswith("Rp20.000 ")
    assert "Foto nota: ada" not in saved.lines
    await rina.presses("❌ Batal")
    before = await village.entries()
    told = await siti.sends("", a_picture(), photo=(60, 40), caption="beli solar 50rb")
    assert not told.is_card
    assert await village.entries() == before

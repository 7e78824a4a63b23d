"""/datasaya: the member's copy of everything held, as a paper and as JSON; in full after the PIN, and nobody else's."""

from __future__ import annotations

import json

import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import ACCOUNT, House, Message, Person
from tests.notifications.test_statement_papers import paper_text

pytestmark = pytest.mark.asyncio(loop_scope="session")
NIK = "6402015506900001"
PIN = "739182"


def data_of(house: House, message: Message) -> bytes:
    """The bytes of the file a message of Telegram carries."""
    assert message.file is not None, message.text
    bot = house.world.find_bot(int(ACCOUNT))
    assert bot is not None
    return [one.data for one in bot.files.values() if one.name == message.file["name"]][-1]


async def a_member_with_nik(house: House, village: Village) -> Person:
    siti = await village.member("Siti Aminah", sukarela=512_345)
    await house.change(
        "UPDATE people SET nik_sealed = :nik, address_sealed = :address"
        " WHERE koperasi_id = :here AND id = :who",
        nik=house.keys.seal_text(NIK),
        address=house.keys.seal_text("Jalan Mawar 7"),
        here=village.cooperative.id,
        who=siti.person_id,
    )
    return siti


@pytest.mark.only("telegram", "it reads the Bot API's files")
async def test_the_copy_holds_everything_of_the_member_and_nothing_of_others(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await a_member_with_nik(house, village)
    await village.member("Budi Santoso", sukarela=987_654)
    await village.product()
    loan = await village.lent(siti, 1_000_000)
    await rina.says("saldo Siti")
    shown = await siti.says("/datasaya")
    assert NIK not in shown.text
    read = paper_text(data_of(house, shown))
    for said in ("Siti Aminah", siti.number or "", "512.345", "1.000.000", "Rina Kartika", "saldo"):
        assert said in read, said
    for said in (NIK, siti.phone, "Mawar", "Budi", "987.654"):
        assert said not in read, said
    copied = json.loads(data_of(house, await siti.says("data saya json")))
    parts = {part["judul"]: part["isi"] for part in copied["bagian"]}
    assert [row["nomor"] for row in parts["Pinjaman"]] == [loan.id]
    assert {row["jumlah"] for row in parts["Transaksi"]} >= {512_345, 1_000_000}
    assert [row["oleh"] for row in parts["Yang membuka data saya"]] == ["Rina Kartika"]
    assert {row["untuk"] for row in parts["Izin"]} == {"pengingat", "saldo bulanan", "pengumuman"}
    assert NIK not in json.dumps(copied)

    await siti.says("data saya lengkap json")
    await siti.says(PIN)
    full = json.loads(data_of(house, await siti.says(PIN)))
    (profile,) = full["bagian"][0]["isi"]
    assert (profile["nik"], profile["nomor_hp"], profile["alamat"]) == (
        NIK,
        siti.phone,
        "Jalan Mawar 7",
    )


async def test_the_copy_comes_on_both_channels_in_full_after_the_pin(house: House) -> None:
    village = await a_village(house)
    siti = await a_member_with_nik(house, village)
    masked = await siti.says("data saya")
    assert masked.file is not None
    assert masked.file["name"].endswith(".pdf")
    assert masked.line("NIK:") == "64***********001"
    assert (await siti.says("data saya json")).file is not None
    asked = await siti.says("data saya lengkap")
    assert asked.file is None
    assert "PIN" in asked.text
    await siti.says(PIN)
    full = await siti.says(PIN)
    assert full.file is not None
    assert NIK in full.text


async def test_a_copy_is_printed_for_a_member_by_the_sekretaris_alone_and_leaves_a_trace(
    house: House,
) -> None:
    village = await a_village(house)
    dewi = await village.officer("Dewi Lestari", Role.SEKRETARIS)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await a_member_with_nik(house, village)
    assert (await rina.says("salinan data Siti Aminah")).file is None
    assert "Salinan data siapa?" in (await dewi.says("salinan data Orang Lain")).text
    for named in ("Siti Aminah", siti.number):
        printed = await dewi.says(f"salinan data {named}")
        assert printed.file is not None, printed.text
        assert NIK not in printed.text
    told = await siti.says("siapa yang melihat data saya?")
    assert told.text.count("Dewi Lestari (sekretaris), salinan data") == 2

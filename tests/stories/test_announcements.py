"""Announcements over the protocol: composed by a sentence, sent after ✅, told, paused, corrected."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.permissions import Role
from tests.builders import a_village, an_official
from tests.house import House, Message, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
BERAU, KUKAR = "64.03", "64.02"


async def owed(house: House) -> int:
    found: int = await house.value("SELECT count(*) FROM announcements")
    return found


async def test_an_officers_sentence_gets_its_card_and_the_members_get_it_after_confirming(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await village.member("Budi Santoso", linked=False)
    before = await owed(house)
    card = await rina.says("umumkan ke anggota: rapat hari Minggu, iuran 50rb & <b>snack</b>")
    assert card.lines[0] == "Pengumuman"
    assert card.lines[1] == "│ rapat hari Minggu, iuran 50rb & <b>snack</b>"
    assert card.line("Penerima:") == f"1 orang ({house.channel_name} 1)"
    assert card.line("Belum terhubung:") == "1 orang"
    assert card.labels[:3] == ["✅ Simpan", "✏️ Ubah", "❌ Batal"]
    assert await owed(house) == before
    saved = await rina.presses("✅ Simpan")
    assert "Tercatat" in saved.text
    got = await siti.sees("rapat hari Minggu")
    assert "<b>snack</b>" in got.text
    report = await rina.sees("selesai")
    assert report.line("Terkirim:") == "1"


async def test_two_presses_and_a_typed_ya_announce_once(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    card = await rina.says("umumkan ke anggota: besok libur")
    await rina.says("ya")
    again = await rina.forges(card.data["✅ Simpan"], card)
    assert "Sudah tercatat sebelumnya" in again.text
    await siti.sees("besok libur")
    assert (
        await house.value(
            "SELECT count(*) FROM outbox WHERE koperasi_id = :here AND announcement IS NOT NULL",
            here=village.cooperative.id,
        )
        == 1
    )


async def test_an_officials_sentence_gets_its_card_at_once_and_nothing_is_sent_before_confirming(
    house: House,
) -> None:
    dewi = await an_official(house, "Dewi Anggraini")
    before = await owed(house)
    card = await dewi.says(
        "umumkan kepada seluruh koperasi: batas pemutakhiran data anggota tanggal 20"
    )
    assert card.is_card
    assert card.lines[0] == "Pengumuman"
    assert "batas pemutakhiran data anggota tanggal 20" in card.lines[1]
    cancelled = await dewi.presses("❌ Batal")
    assert "✅ Simpan" not in cancelled.labels
    assert await owed(house) == before


async def test_an_official_reaches_the_ketua_of_the_own_region_and_no_other(house: House) -> None:
    here = await a_village(house, village="64.02.01.2001")
    there = await a_village(house, village="64.03.01.2001")
    hendra = await here.officer("Hendra Wijaya", Role.KETUA)
    lukas = await there.officer("Lukas Ngau", Role.KETUA)
    dewi = await an_official(house, "Dewi Anggraini", KUKAR)
    refused = await dewi.says("umumkan ke semua ketua di Berau: rapat")
    assert "di luar wilayah Anda" in refused.text
    await dewi.says("umumkan ke semua ketua di Kukar: rapat pembina hari Senin")
    await dewi.presses("✅ Simpan")
    await hendra.sees("rapat pembina hari Senin")
    assert not [one for one in await lukas.messages() if "rapat pembina" in one.text]


async def test_an_officer_does_not_reach_other_cooperatives(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    refused = await rina.says("umumkan kepada seluruh koperasi: rapat")
    assert "koperasi Anda sendiri" in refused.text
    assert not refused.is_card


async def test_a_text_of_five_thousand_letters_is_asked_for_again(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    asked = await rina.says("umumkan ke anggota: " + "a" * 4000)
    assert "terlalu panjang" in asked.text
    card = await rina.says("Rapat di https://contoh.id hari Minggu")
    assert card.is_card
    assert "https://contoh.id" in card.text


async def test_who_it_is_for_is_changed_by_buttons(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await rina.says("umumkan ke anggota: rapat")
    await rina.presses("✏️ Ubah")
    await rina.presses("Penerima")
    card = await rina.presses("Semua pengurus")
    assert card.line("Untuk:").startswith("semua pengurus")
    assert card.line("Penerima:") == f"1 orang ({house.channel_name} 1)"


async def test_a_correction_reaches_exactly_those_who_got_it(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await rina.says("umumkan ke anggota: rapat hari Minggu")
    await rina.presses("✅ Simpan")
    report = await rina.sees("selesai")
    late = await village.member("Budi Santoso")
    await rina.presses("Ralat", on=report)
    card = await rina.says("Rapat hari Sabtu")
    assert card.line("Penerima:").startswith("1 orang")
    await rina.presses("✅ Simpan")
    await siti.sees("Ralat dari")
    assert not [one for one in await late.messages() if "Rapat hari" in one.text]


def a_picture(width: int = 60, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "JPEG")
    return out.getvalue()


async def asked_for_a_file(rina: Person) -> Message:
    await rina.says("umumkan ke anggota: rapat hari Minggu")
    await rina.presses("✏️ Ubah")
    return await rina.presses("Gambar atau dokumen")


async def uploads(house: House, method: str) -> list[bool]:
    """Say of each request whether it brought the file along, or only named it."""
    name = method[4:].lower()
    sent = [entry["params"][name] for entry in await house.sim.log(method)]
    return [one.endswith(" bytes)") for one in sent]


@pytest.mark.only("telegram", "it is about the Bot API")
async def test_a_picture_is_fetched_kept_sealed_and_uploaded_once_for_all(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    members = [await village.member(f"Anggota {name}") for name in ("Satu", "Dua", "Tiga", "Empat")]
    assert "5 MB" in (await asked_for_a_file(rina)).text
    picture = a_picture()
    card = await rina.sends("", picture, photo=(60, 40))
    assert card.line("Lampiran:") == "foto.jpg"
    (kept,) = await house.rows(
        "SELECT content_sealed, mime FROM announcement_files WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert kept.mime == "image/jpeg"
    assert picture not in kept.content_sealed
    before = len(await uploads(house, "sendPhoto"))
    await rina.presses("✅ Simpan")
    for member in members:
        got = await member.sees("rapat hari Minggu")
        assert got.file is not None
    await rina.sees("selesai")
    assert sorted((await uploads(house, "sendPhoto"))[before:]) == [False, False, False, True]


async def test_a_paper_is_attached_and_anything_else_is_refused_without_fetching_it(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await asked_for_a_file(rina)
    before = len(await house.sim.log("getFile"))
    assert "tidak bisa dilampirkan" in (await rina.sends("virus.exe", b"MZ")).text
    assert "5 MB" in (await rina.sends("besar.pdf", b"%PDF-" + b"x" * (5 * 1024 * 1024))).text
    assert len(await house.sim.log("getFile")) == before
    assert "tidak bisa dilampirkan" in (await rina.sends("palsu.pdf", b"halo")).text
    assert "tidak bisa dilampirkan" in (await rina.sends("palsu.jpg", b"\xff\xd8\xff halo")).text
    card = await rina.sends("undangan “rapat” Kutai.pdf", b"%PDF-1.4 undangan")
    assert card.line("Lampiran:") == "undangan “rapat” Kutai.pdf"
    await rina.presses("✅ Simpan")
    got = await siti.sees("rapat hari Minggu")
    assert got.file is not None
    assert got.file["name"] == "undangan “rapat” Kutai.pdf"


async def test_a_picture_nobody_asked_for_is_answered_and_never_fetched(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    before = len(await house.sim.log("getFile"))
    for person in (rina, siti):
        answer = await person.sends("", a_picture(), photo=(60, 40))
        assert "hanya bisa membaca tulisan" in answer.text
    assert "hanya bisa membaca tulisan" in (await siti.sends("anggota.csv", b"nama\nSiti\n")).text
    assert len(await house.sim.log("getFile")) == before


async def test_a_text_too_long_beside_a_file_goes_out_without_it_or_is_made_shorter(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    long = "panjang sekali " * 100
    for choice in ("Tanpa lampiran", "Persingkat isinya"):
        await rina.says("/batal")
        await rina.says(f"umumkan ke anggota: {long}")
        await rina.presses("✏️ Ubah")
        await rina.presses("Gambar atau dokumen")
        asked = await rina.sends("undangan.pdf", b"%PDF-1.4 rapat")
        assert "terlalu panjang" in asked.text
        assert asked.is_question
        answer = await rina.presses(choice, on=asked)
        assert answer.is_card == (choice == "Tanpa lampiran")
    card = await rina.says("yang pendek")
    assert card.is_card
    await rina.presses("✏️ Ubah")
    await rina.presses("Gambar atau dokumen")
    assert (await rina.sends("undangan.pdf", b"%PDF-1.4 rapat")).line("Lampiran:") == "undangan.pdf"
    await rina.presses("✏️ Ubah")
    await rina.presses("Isi")
    asked = await rina.says(long)
    assert "terlalu panjang" in asked.text
    card = await rina.presses("Tanpa lampiran", on=asked)
    assert "Lampiran" not in card.text
    await rina.presses("✅ Simpan")
    got = await siti.sees(long.strip())
    assert got.file is None


async def test_an_attachment_is_taken_away_and_tidak_jadi_keeps_the_card(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await asked_for_a_file(rina)
    kept = await rina.says("tidak jadi")
    assert kept.is_card
    assert "rapat hari Minggu" in kept.text
    for way in ("button", "word"):
        await asked_for_a_file(rina)
        assert (await rina.sends("undangan.pdf", b"%PDF-1.4 rapat")).line(
            "Lampiran:"
        ) == "undangan.pdf"
        await rina.presses("✏️ Ubah")
        asked = await rina.presses("Gambar atau dokumen")
        if way == "button":
            card = await rina.presses("Tanpa lampiran", on=asked)
        else:
            card = await rina.says("hapus berkasnya")
        assert card.is_card
        assert "Lampiran" not in card.text
    await rina.presses("✅ Simpan")
    assert (await siti.sees("rapat hari Minggu")).file is None

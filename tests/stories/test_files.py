"""Files sent to the bot: checked whole, shown as a card, written by its ✅ or not at all."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from core.permissions import Role
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEMBERS = b"""No Anggota;Nama;No HP;Simpanan Pokok;Simpanan Wajib;Simpanan Sukarela
A-001;Siti Aminah;081250001001;100.000;60.000;250.000
A-002;Budi Santoso;081250001002;100.000;40.000;0
A-003;Fatimah Zahra;;50000;;
"""
BALANCES = b"kode,jumlah\n111000,2500000\n112100,10000000\n"


async def an_office(house: House) -> tuple[Village, Person]:
    village = await a_village(house)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    await village.officer("Rina Kartika", Role.BENDAHARA, linked=False)
    return village, hendra


async def is_approved(village: Village) -> Person:
    """The treasurer links at last and approves what the chair's file opens; returns the treasurer."""
    (rina,) = [one for one in village.people if one.name == "Rina Kartika"]
    await rina.joins(await village.invite(rina))
    await rina.presses("Setujui", on=await rina.sees("Mohon persetujuan"))
    return rina


async def members_of(house: House, village: Village) -> int:
    found: int = await house.value(
        "SELECT count(*) FROM members WHERE koperasi_id = :here", here=village.cooperative.id
    )
    return found


def a_workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_members_come_by_a_csv_file_and_their_savings_with_them(house: House) -> None:
    village, hendra = await an_office(house)
    card = await hendra.sends("anggota desa.csv", MEMBERS)
    assert card.lines[0] == "Impor Anggota"
    assert card.line("Anggota baru:") == "3 orang"
    assert "Rp250.000" in card.text
    waiting = await hendra.presses("✅ Simpan")
    assert waiting.lines[0] == "Menunggu persetujuan No. 1"
    assert waiting.edited
    assert await members_of(house, village) == 0
    rina = await is_approved(village)
    assert "Tercatat 3 anggota" in rina.said[-1].text
    assert "Tercatat 3 anggota" in (await hendra.sees("disetujui")).text
    assert "Rp250.000" in (await hendra.says("saldo Siti")).text
    assert await members_of(house, village) == 3
    cash = await house.value(
        "SELECT coalesce(sum(balance), 0)::bigint FROM ledger.accounts"
        " WHERE koperasi_id = :here AND code = '111000'",
        here=village.cooperative.id,
    )
    assert cash == 0  # Opening balances never touch cash.


async def test_members_come_by_a_workbook_too(house: House) -> None:
    village, hendra = await an_office(house)
    content = a_workbook(
        [["NAMA", "no_hp", "simpanan sukarela"], ["Siti Aminah", "0812-5000-2001", 75000]]
    )
    card = await hendra.sends("anggota.xlsx", content)
    assert card.is_card
    await hendra.presses("✅ Simpan")
    await is_approved(village)
    assert await members_of(house, village) == 1
    assert "Rp75.000" in (await hendra.says("saldo Siti Aminah")).text


async def test_opening_balances_come_by_a_file(house: House) -> None:
    village, hendra = await an_office(house)
    card = await hendra.sends("saldo.csv", BALANCES)
    assert card.lines[0] == "Saldo Awal"
    assert "Rp12.500.000" in card.text
    assert "Menunggu persetujuan" in (await hendra.presses("✅ Simpan")).text
    assert await village.entries() == 0
    await is_approved(village)
    assert "Rp2.500.000" in (await hendra.says("/kas")).text
    assert await village.entries() == 1


async def test_every_mistake_of_a_file_is_named_at_once_and_nothing_is_written(
    house: House,
) -> None:
    village, hendra = await an_office(house)
    content = (
        b"nama,no_hp,nik,simpanan_wajib\nSiti,08125,,10\nBudi,,123,lima puluh\n,,,\nTini,,,-5\n"
    )
    answer = await hendra.sends("anggota.csv", content)
    assert not answer.is_card
    for wrong in ("Baris 2, no_hp", "Baris 3, nik", "Baris 3, simpanan_wajib"):
        assert wrong in answer.text
    assert "Tidak ada yang dicatat" in answer.text
    assert await members_of(house, village) == 0


async def test_a_file_is_written_once_whatever_is_pressed(house: House) -> None:
    village, hendra = await an_office(house)
    card = await hendra.sends("anggota.csv", MEMBERS)
    receipt = await hendra.presses("✅ Simpan")
    again = await hendra.forges(card.data["✅ Simpan"], receipt)
    assert "sudah dicatat" in again.text
    rina = await is_approved(village)
    twice = await rina.forges(f"a:{village.cooperative.id}:1:y", rina.said[-1])
    assert "sudah disetujui" in twice.text
    repeated = await hendra.sends("anggota.csv", MEMBERS)
    assert not repeated.is_card
    assert "sudah dicatat" in repeated.text
    assert await members_of(house, village) == 3
    gone = await hendra.sends("lain.csv", b"nama\nTini Kusuma\n")
    await hendra.presses("❌ Batal")
    assert "Tercatat" not in (await hendra.forges(gone.data["✅ Simpan"], receipt)).text
    assert await members_of(house, village) == 3


async def test_members_without_savings_need_no_second_person(house: House) -> None:
    village, hendra = await an_office(house)
    await hendra.sends("anggota.csv", b"nama\nTini Kusuma\n")
    assert "Tercatat 1 anggota" in (await hendra.presses("✅ Simpan")).text
    assert await members_of(house, village) == 1


async def test_a_file_that_fits_no_more_when_it_is_approved_is_refused_and_closed(
    house: House,
) -> None:
    village, hendra = await an_office(house)
    await hendra.sends("anggota.csv", MEMBERS)
    await hendra.presses("✅ Simpan")
    await village.members(["Tini Kusuma"])  # A-001 is hers now
    rina = await is_approved(village)
    assert "tidak cocok lagi" in rina.said[-1].text
    assert "tidak bisa dijalankan lagi" in rina.said[-1].text
    assert await members_of(house, village) == 1
    assert "tidak cocok lagi" in (await hendra.sees("tidak bisa dijalankan lagi")).text
    kept = await house.value(
        "SELECT count(*) FROM files WHERE koperasi_id = :here", here=village.cooperative.id
    )
    assert kept == 0


async def test_who_may_not_import_is_told_who_may(house: House) -> None:
    village, _ = await an_office(house)
    petrus = await village.officer("Petrus Ding", Role.PENGAWAS)
    refused = await petrus.sends("anggota.csv", MEMBERS)
    assert "sekretaris" in refused.text
    yusuf = await village.officer("Yusuf Maulana", Role.SEKRETARIS)
    assert not (await yusuf.sends("saldo.csv", BALANCES)).is_card
    assert (await yusuf.sends("anggota.csv", b"nama\nTini Kusuma\n")).is_card
    siti = await village.member("Siti Aminah")
    assert not (await siti.sends("anggota.csv", MEMBERS)).is_card
    assert await members_of(house, village) == 1


async def test_another_officers_file_is_not_written_by_its_button(house: House) -> None:
    village, hendra = await an_office(house)
    (rina,) = [one for one in village.people if one.name == "Rina Kartika"]
    await rina.joins(await village.invite(rina))
    card = await hendra.sends("anggota.csv", MEMBERS)
    await rina.says("halo")
    assert "Tercatat" not in (await rina.forges(card.data["✅ Simpan"], rina.said[-1])).text
    assert await members_of(house, village) == 0


def _a_bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to a hundred megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", b"<Types/>")
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    return out.getvalue()


def _macros() -> bytes:
    out = io.BytesIO(a_workbook([["nama"], ["Siti"]]))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"Attribute VB_Name")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anggota.xlsx", b"PK\x03\x04 but no workbook"),
        ("anggota.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("anggota.xlsx", b"%PDF-1.7"),
        ("anggota.csv", b"\x00" * 5_000),
        ("anggota.csv", b""),
        ("anggota.csv", b"\xff\xfe" + "nama\nSiti\n".encode("utf-16-le")[:-1]),
        ("anggota.csv", b"nama," * 5_000 + b"\n"),
        ("anggota.csv", b'nama\n"' + b"a" * 200_000),
        ("anggota.csv", b"nama\n" + b"=cmd|' /C calc'!A0\n"),
        ("anggota.csv", b"hello world"),
        ("<b>&'.csv", b"nama\n<script>alert(1)</script>\n"),
        ("../../etc/passwd.csv", b"nama\n\xf0\x9f\x98\x80\n"),
        ("surat.docx", b"PK\x03\x04"),
        ("virus.exe", b"MZ"),
        ("anggota.xlsx", _macros()),
        ("anggota.xlsx", _a_bomb()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_file_that_is_not_what_it_claims_is_refused_kindly(
    house: House, name: str, content: bytes
) -> None:
    village, hendra = await an_office(house)
    answer = await hendra.sends(name, content or b"\n")
    assert "gangguan" not in answer.text
    assert answer.text.strip()
    if answer.is_card:
        await hendra.presses("❌ Batal")
    assert await members_of(house, village) == 0
    assert await village.entries() == 0


async def test_a_file_of_more_than_five_megabytes_is_not_fetched(house: House) -> None:
    _, hendra = await an_office(house)
    before = len(await house.sim.log("getFile"))
    answer = await hendra.sends("anggota.csv", b"nama\n" + b"a" * 5 * 1024**2)
    assert "terlalu besar" in answer.text
    assert len(await house.sim.log("getFile")) == before


@pytest.mark.only("telegram", "it puts faults into the Bot API's own methods")
async def test_a_file_that_cannot_be_fetched_is_asked_for_again(house: House) -> None:
    _, hendra = await an_office(house)
    house.allowed.add("telegram.file")
    await house.sim.fault("status", "getFile", times=1, status=400)
    assert "Kirim sekali lagi" in (await hendra.sends("anggota.csv", MEMBERS)).text
    assert (await hendra.sends("anggota.csv", MEMBERS)).is_card


async def test_a_strangers_file_is_not_read(house: House) -> None:
    village, _ = await an_office(house)
    siti = await village.member("Siti Aminah", linked=False)
    answer = await siti.sends("anggota.csv", MEMBERS)
    assert "undangan" in answer.text
    assert not answer.is_card

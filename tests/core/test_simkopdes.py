"""The book as SIMKOPDES' tables: every figure is the book's own, and no cell is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from itertools import count as counted
from typing import Any

import openpyxl
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core import balances, corrections, documents, everyday, meetings, people, savings, simkopdes
from core.accounts import SavingsKind, chart
from core.documents import Document, Kind
from core.everyday import Event
from core.goods import catalogue
from core.goods.catalogue import Said
from core.goods.stock import Line
from core.meetings import Meeting
from core.people import NewPerson, Standing
from core.permissions import Role
from core.tables.people import people as people_table
from tests.builders_core import AT, TODAY, a_cooperative, a_member, an_officer
from tests.conftest import KEYS

_OPERATIONS = counted(1)
NIK = "6472051212900001"


async def _tables(db: AsyncConnection, here: int) -> dict[str, list[dict[str, str]]]:
    data = await simkopdes.archive(db, here, KEYS)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(file.read(name).decode())))
            for name in file.namelist()
        }


async def _happens(
    db: AsyncConnection, officer: Standing, event: Event, amount: int, lines: tuple[Line, ...], member: int | None = None
) -> int:  # fmt: skip
    plan = everyday.plan(event, amount, lines=lines, member=member)
    recorded = await everyday.record(
        db, officer=officer, plan=plan, on=TODAY, at=AT,
        operation=f"op-{next(_OPERATIONS)}", source="telegram",
    )  # fmt: skip
    return recorded.entry


async def test_members_savings_goods_and_sales_are_those_of_the_book(db: AsyncConnection):
    here = await a_cooperative(db, wajib=20_000, pokok=100_000)
    ketua = await an_officer(db, here, Role.KETUA, name="=HYPERLINK(1)")
    rina = await an_officer(db, here)
    person = await people.add(
        db, NewPerson(name="Siti", nik=NIK, gender="P"), koperasi_id=here.id, keys=KEYS, at=AT
    )
    siti = await a_member(db, here, person_id=person)
    await a_member(db, here, "Budi", left=date(2026, 6, 30))
    for kind, amount in ((SavingsKind.WAJIB, 50_000), (SavingsKind.SUKARELA, 70_000)):
        await savings.deposit(
            db, officer=rina, member=siti, kind=kind, amount=amount, on=TODAY, at=AT,
            operation=f"op-{next(_OPERATIONS)}", source="telegram",
        )  # fmt: skip
    rice = await catalogue.keep(
        db, officer=rina, said=Said(name="@Beras", unit="kg", price=15_000), at=AT
    )

    def of(quantity: int, amount: int) -> tuple[Line, ...]:
        return (Line(good=rice.id, quantity=quantity, amount=amount),)

    await _happens(db, rina, Event.PURCHASE, 100_000, of(10_000, 100_000))
    await _happens(db, rina, Event.SALE, 15_000, of(1_000, 15_000), member=siti.id)
    wrong = await _happens(db, rina, Event.SALE, 7_500, of(500, 7_500))
    await corrections.reverse(
        db, officer=ketua, number=wrong, reason="salah", on=TODAY, at=AT, operation="back", source="telegram",
    )  # fmt: skip

    sari = await an_officer(db, here, Role.SEKRETARIS, name="Sari")
    npwp = Document(kind=Kind.NPWP, number="0925429434070001", issued_on=date(2025, 5, 3))
    await documents.keep(db, officer=sari, document=npwp, today=TODAY, at=AT)
    rat = Meeting(year=2025, held_on=date(2026, 3, 15), present=2, minutes="=1/RAT")
    await meetings.keep(db, officer=sari, meeting=rat, today=TODAY, at=AT)

    found = await _tables(db, here.id)
    assert [dict(one) for one in found["dokumen_koperasi"]] == [
        {
            "jenis_dokumen": "npwp", "nomor_dokumen": npwp.number, "tanggal_terbit": "2025-05-03",
            "berlaku_sampai": "",
        }
    ]  # fmt: skip
    assert [dict(one) for one in found["rat_koperasi"]] == [
        {
            "tahun_buku": "2025", "tanggal_rat": "2026-03-15", "jumlah_peserta_rat": "2",
            "status_rat": "selesai", "nomor_berita_acara": "'=1/RAT",
        }
    ]  # fmt: skip
    assert (found["profil_koperasi"][0]["kode_koperasi"], found["profil_koperasi"][0]["npwp"]) == (
        here.code,
        npwp.number,
    )
    members = {one["nomor_anggota"]: one for one in found["anggota_koperasi"]}
    assert members[siti.number] == {
        "nomor_anggota": siti.number, "nama": "Siti", "nik": NIK, "jenis_kelamin": "P",
        "status_keanggotaan": "aktif", "tanggal_terdaftar": "2026-01-15", "tanggal_keluar": "",
        "pekerjaan": "",
    }  # fmt: skip
    assert sorted(one["status_keanggotaan"] for one in members.values()) == ["aktif", "keluar"]
    assert found["pengurus_koperasi"][0]["nama"] == "'=HYPERLINK(1)"
    wajib = [one for one in found["simpanan_anggota"] if one["periode_pembayaran"]]
    assert [(one["periode_pembayaran"], one["jumlah_simpanan"]) for one in wajib] == [
        ("2026-01", "20000"),
        ("2026-02", "20000"),
        ("2026-03", "10000"),
    ]
    for kind in (SavingsKind.WAJIB, SavingsKind.SUKARELA):
        name = chart()[kind.account(siti.id)[:6]].name
        told = [one for one in found["simpanan_anggota"] if one["jenis_simpanan"] == name]
        held = await balances.of_account(db, koperasi_id=here.id, key=kind.account(siti.id))
        assert sum(int(one["jumlah_simpanan"]) for one in told) == held > 0
        assert {(one["nik"], one["dibayar_pada"]) for one in told} == {(NIK, TODAY.isoformat())}
    (stock,) = found["inventaris"]
    assert (stock["nama_produk"], stock["jumlah_stok"]) == ("'@Beras", "9")
    moved = [float(one["jumlah"]) for one in found["barang_masuk"]]
    assert sum(moved) - sum(float(one["jumlah"]) for one in found["barang_keluar"]) == 9
    assert int(stock["nilai_persediaan"]) == await balances.of_account(
        db, koperasi_id=here.id, key="114000"
    )
    sales = [
        (one["pembeli"], one["nilai_penjualan"], one["metode_pembayaran"], one["status"])
        for one in found["transaksi_penjualan"]
    ]
    assert sales == [
        ("anggota", "15000", "tunai", "selesai"),
        ("umum", "7500", "tunai", "dibatalkan"),
        ("umum", "-7500", "tunai", "dibatalkan"),
    ]
    capital = {one["kode_akun"]: int(one["jumlah"]) for one in found["modal_koperasi"]}
    assert capital["320000"] == 50_000


async def test_the_workbook_read_back_is_the_tables_with_their_types_and_counts_of_the_book(
    db: AsyncConnection,
):
    here = await a_cooperative(db, wajib=20_000, pokok=100_000)
    rina = await an_officer(db, here)
    siti = await a_member(db, here, "=HYPERLINK(1)", joined=date(2026, 1, 5))
    await a_member(db, here, "Budi", left=date(2026, 6, 30))
    await db.execute(
        update(people_table)
        .where(people_table.c.koperasi_id == here.id, people_table.c.id == siti.id)
        .values(nik_sealed=KEYS.seal_text(NIK))
    )
    await savings.deposit(
        db, officer=rina, member=siti, kind=SavingsKind.WAJIB, amount=40_000, on=TODAY, at=AT,
        operation="w", source="telegram",
    )  # fmt: skip
    rice = await catalogue.keep(
        db, officer=rina, said=Said(name="Beras", unit="kg", price=15_000), at=AT
    )
    bought = (Line(good=rice.id, quantity=1_500, amount=30_000),)
    await _happens(db, rina, Event.PURCHASE, 30_000, bought)
    sari = await an_officer(db, here, Role.SEKRETARIS, name="Sari")
    for kind, number in ((Kind.ACCOUNT, "0123456789"), (Kind.NIK, "6472050010001")):
        told = Document(kind=kind, number=number, issued_on=date(2025, 5, 3))
        await documents.keep(db, officer=sari, document=told, today=TODAY, at=AT)
    wanted = await simkopdes.tables(db, here.id, KEYS)
    book = openpyxl.load_workbook(io.BytesIO(await simkopdes.workbook(db, here.id, KEYS)))
    assert set(book.sheetnames) == set(wanted) == TABLES
    for name, rows in wanted.items():
        read = [
            [one.date() if isinstance(one, datetime) else one for one in line]
            for line in book[name].iter_rows(values_only=True)
        ]
        assert read == [[_number(one) for one in row] for row in rows], name
    cells: dict[str, dict[Any, Any]] = {
        name: {head.value: cell for head, cell in zip(book[name][1], book[name][2], strict=True)}
        for name in ("anggota_koperasi", "simpanan_anggota", "inventaris", "profil_koperasi")
    }
    member = cells["anggota_koperasi"]
    assert (member["nama"].value, member["nama"].data_type) == ("=HYPERLINK(1)", "s")
    assert (member["nik"].value, member["nik"].data_type) == (NIK, "s")
    assert (member["tanggal_terdaftar"].is_date, member["tanggal_terdaftar"].value.date()) == (
        True,
        date(2026, 1, 5),
    )
    assert (
        cells["inventaris"]["jumlah_stok"].value,
        cells["inventaris"]["jumlah_stok"].data_type,
    ) == (1.5, "n")
    assert cells["profil_koperasi"]["nik_koperasi"].value == "6472050010001"

    async def count(table: str) -> object:
        return await db.scalar(
            text(f"SELECT count(*) FROM {table} WHERE koperasi_id = :here"), {"here": here.id}
        )

    held = {name: len(rows) - 1 for name, rows in wanted.items()}
    assert held["anggota_koperasi"] == await count("members") == 2
    assert held["dokumen_koperasi"] == await count("legal_documents") == 2
    assert held["produk"] == await count("goods") == 1
    assert held["pengurus_koperasi"] == await count("officers") == 2
    assert [row[:2] for row in wanted["gerai_koperasi"][1:]] == [("Gerai sembako", "sembako")]
    paid = sum(int(str(row[4])) for row in wanted["simpanan_anggota"][1:])
    wajib = SavingsKind.WAJIB.account(siti.id)
    assert paid == await balances.of_account(db, koperasi_id=here.id, key=wajib) == 40_000


TABLES = {
    "profil_koperasi", "anggota_koperasi", "pengurus_koperasi", "karyawan_koperasi", "simpanan_anggota",
    "gerai_koperasi", "produk", "inventaris", "barang_masuk", "barang_keluar", "transaksi_penjualan",
    "modal_koperasi", "akun_bank_koperasi", "dokumen_koperasi", "rat_koperasi",
}  # fmt: skip


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


async def test_one_cooperative_never_stands_in_the_tables_of_another(db: AsyncConnection):
    theirs = await a_cooperative(db)
    await a_member(db, theirs, "Orang Lain")
    here = await a_cooperative(db)
    await a_member(db, here, "Siti")
    await db.execute(
        update(people_table)
        .where(people_table.c.koperasi_id == here.id)
        .values(nik_sealed=KEYS.seal_text(NIK))
    )
    found = await _tables(db, here.id)
    assert [one["nama"] for one in found["anggota_koperasi"]] == ["Siti"]
    assert [one["nik"] for one in found["anggota_koperasi"]] == [NIK]
    assert len(found["profil_koperasi"]) == 1

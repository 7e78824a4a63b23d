"""Riwayat names everything once; what was brought by a file is told; recoveries by their own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import database
from core.imports import loan_books
from core.imports import loans as loan_import
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House, Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def an_office(house: House, **rules: str) -> tuple[Village, Person, Person, Person]:
    village = await a_village(house, rest_days="none", **rules)
    await village.product(moves_holidays=False)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    hendra = await village.officer("Hendra Wijaya", Role.KETUA)
    siti = await village.member("Siti Aminah", joined=months_ago(12), sukarela=900_000)
    return village, rina, hendra, siti


async def brought(village: Village, *rows: str) -> None:
    """Bring loans by a file, as the command line does."""
    head = "no_anggota,pokok,bunga,per,metode,tenor,tanggal_cair,angsuran_terbayar,status"
    house = village.house
    async with database.transaction(house.owner, koperasi_id=village.cooperative.id) as db:
        plan = await loan_import.check(
            db,
            "\n".join((head, *rows)).encode(),
            cooperative=village.cooperative,
            on=today(),
            name="pinjaman.csv",
        )
        assert not plan.errors, plan.errors
        await loan_books.apply(
            db, plan, at=datetime.now(UTC), recorder="cli", source="cli", approver="import"
        )


async def records(officer: Person, words: str) -> str:
    """Say it and press ✅; returns the entry's number."""
    assert (await officer.says(words)).is_card
    receipt = await officer.presses("✅ Simpan")
    return receipt.lines[0].rsplit(" ", 1)[1]


async def history(person: Person) -> list[str]:
    await person.says("/pinjaman")
    return (await person.presses("Riwayat")).lines[1:]


async def test_a_payment_taken_back_is_one_line_that_names_what_took_it_back(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    await village.lent(siti, 1_000_000, on=today() - timedelta(days=40))
    wrong = await records(rina, "Siti bayar angsuran 110rb")
    back = await records(hendra, f"batalkan no {wrong} karena salah orang")
    kept = await records(rina, "Siti bayar angsuran 120rb")
    lines = await history(siti)
    assert [line.split(",")[0] for line in lines] == [f"No. {kept}", f"No. {wrong}"]
    assert lines[1].endswith(f"dibatalkan lewat No. {back}")
    assert "Rp110.000 (pokok Rp100.000, jasa Rp10.000, denda Rp0)" in lines[1]
    assert "dibatalkan" not in lines[0]


async def test_a_write_off_and_a_recovery_are_named_and_recorded_in_these_words(
    house: House,
) -> None:
    village, rina, hendra, siti = await an_office(house)
    await village.lent(siti, 1_000_000, on=months_ago(4))
    await rina.says("hapus buku pinjaman Siti, alasan pindah")
    await rina.presses("✅ Simpan")
    lost = await hendra.presses("Setujui", await hendra.sees("Hapus Buku Pinjaman"))
    card = await rina.says("Siti bayar pinjaman yang dihapus buku 100rb")
    assert "Pemulihan" in card.text
    receipt = await rina.presses("✅ Simpan")
    got, gone = await history(siti)
    assert got.endswith("pemulihan sesudah hapus buku Rp100.000")
    assert gone.endswith("dihapus buku, sisa pokok Rp1.000.000")
    number = receipt.lines[0].rsplit(" ", 1)[1]
    assert "pemulihan P-0001 Rp100.000" in (await siti.says("/riwayat")).text
    back = await records(hendra, f"batalkan no {number} karena keliru")
    told = await siti.sees("Pembatalan Transaksi")
    assert told.line("Tagihan P-0001 sekarang:") == receipt.line("Tagihan:").split(" ")[0]
    assert (await history(siti))[0].endswith(f"Rp100.000, dibatalkan lewat No. {back}")
    assert lost.lines[0].rsplit(" ", 1)[1] in gone


async def test_a_reversal_names_the_savings_and_the_principal_apart(house: House) -> None:
    village, rina, hendra, siti = await an_office(house)
    await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("Siti bayar angsuran 150rb")
    await rina.presses("✏️ Ubah")
    await rina.presses("Kelebihan")
    await rina.presses("Sisanya ke simpanan sukarela")
    number = (await rina.presses("✅ Simpan")).lines[0].rsplit(" ", 1)[1]
    assert await village.saved(siti, "sukarela") > 900_000
    await records(hendra, f"batalkan no {number} karena keliru")
    told = await siti.sees("Pembatalan Transaksi")
    assert told.line("Sisa pokok P-0001 sekarang:") == "Rp1.000.000"
    assert told.line("Saldo Simpanan Sukarela sekarang:") == "Rp900.000"


async def test_what_was_paid_before_the_books_began_is_told(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    since = today() - timedelta(days=100)
    await brought(village, f"A-001,1000000,1,bulan,flat,10,{since},3,berjalan")
    before = "Sebelum masuk buku ini: 3 angsuran dibayar (pokok Rp300.000, jasa Rp30.000)"
    assert await history(siti) == [before]
    await records(rina, "Siti bayar angsuran 110rb")
    lines = await history(siti)
    assert "Rp110.000" in lines[0]
    assert lines[1:] == [before]


async def test_a_loan_approved_before_the_books_began_is_paid_out_with_what_fails_on_the_card(
    house: House,
) -> None:
    village, rina, _, siti = await an_office(house, usp="none", modal_tetap="100000")
    await brought(village, "A-001,1000000,3,bulan,flat,10,,,disetujui")
    card = await rina.says("cairkan pinjaman Siti")
    assert card.is_card, card.text
    for what in ("belum berizin", "Bunga 36% setahun", "di atas batas per orang"):
        assert sum(what in line and line.startswith("⚠️") for line in card.lines) == 1, card.text
    assert "Tercatat" in (await rina.presses("✅ Simpan")).text
    await siti.sees("Tercatat")


async def test_an_own_loan_of_a_cooperative_without_licence_stays_where_it_is(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    await village.applied(siti, 1_000_000)
    await house.change(
        "UPDATE rules SET value = 'none' WHERE koperasi_id = :here AND name = 'usp'",
        here=village.cooperative.id,
    )
    refused = await rina.says("cairkan pinjaman Siti")
    assert not refused.is_card
    assert "izin" in refused.text


async def test_who_consents_reads_nothing_of_a_receipt_for_somebody_else(house: House) -> None:
    village, rina, _, siti = await an_office(house)
    await village.lent(siti, 1_000_000, on=months_ago(1))
    await rina.says("angsuran Siti 110rb potong tabungan")
    await rina.presses("✅ Simpan")
    done = await siti.presses("Setujui", await siti.sees("Angsuran Pinjaman"))
    assert "Tercatat" in done.text
    assert "ke anggota" not in done.text
    assert "BENAR" in (await siti.sees("Tercatat")).labels
    assert "ke anggota" not in (await rina.sees("Tercatat")).text

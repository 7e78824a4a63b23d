"""Neraca, laba rugi, arus kas and neraca saldo by chat: of which time, with which figures, to whom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.understand import reports
from core import database, ledger
from core.accounts import CASH, SUKARELA
from core.ledger import Posting
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 11, 24)


async def _posted(village: Village, on: date, *lines: tuple[str, str, int]) -> None:
    here = village.cooperative
    async with database.transaction(village.house.owner) as db:
        await database.enter(db, here.id)
        await ledger.post(
            db, [Posting(debit=d, credit=c, amount=amount) for d, c, amount in lines],
            koperasi_id=here.id, kind="test", on=on, at=datetime.now(UTC), zone=here.zone,
            recorder="test", source="test", operation=f"{on}{lines[0]}",
        )  # fmt: skip


async def test_officers_read_the_statements_of_any_month_in_a_few_lines_and_nobody_else_does(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    siti = await village.member("Siti Aminah")
    now, last = today(), months_ago(1)
    saved, sold = f"{SUKARELA}:m{siti.person_id}", f"412000:m{siti.person_id}"
    await _posted(village, last, (CASH, saved, 500_000), (CASH, sold, 600_000))
    await _posted(village, now, ("522000", CASH, 70_000), ("114000", "212000", 250_000))
    sales = 600_000 * (last.year == now.year)  # last month's are of this year, but in January
    shu = f"Rp{sales - 70_000:,}".replace(",", ".").replace("Rp-", "-Rp")

    overview = await rina.says("/laporan")
    assert "Simpanan sukarela: Rp500.000" in overview.text
    sheet = await rina.presses("Neraca", on=overview)
    spoken = await ahmad.says("neraca")
    assert sheet.text == spoken.text
    for line in (
        "Kas dan bank: Rp1.030.000", "Persediaan barang: Rp250.000", "Jumlah harta: Rp1.280.000",
        "Simpanan anggota yang bisa ditarik: Rp500.000", "Utang: Rp250.000",
        "Jumlah utang dan modal: Rp1.280.000",
    ):  # fmt: skip
        assert line in sheet.text
    assert sheet.line("SHU tahun berjalan sampai").endswith(f": {shu}")
    assert "ditandatangani" not in sheet.text

    month = await rina.says("laba rugi bulan ini")
    assert "Beban usaha: -Rp70.000" in month.text
    assert "Jumlah pendapatan: Rp0" in month.text
    before = await rina.presses("Bulan lalu", on=month)
    assert "Penjualan ke anggota: Rp600.000" in before.text
    assert ": Rp600.000" in next(line for line in before.lines if "SHU sampai" in line)
    assert shu in (await rina.presses("Tahun ini", on=before)).text
    flow = (await rina.says("arus kas bulan ini")).text
    for line in (
        "di awal: Rp1.100.000",
        "masuk: Rp0",
        "keluar: Rp70.000",
        "di akhir: Rp1.030.000",
    ):
        assert line in flow
    trial = await rina.says("neraca saldo")
    assert "Jumlah debit Rp1.350.000, kredit Rp1.350.000" in trial.text
    assert len(trial.text.encode()) < 1000

    await _posted(village, now, (CASH, "399000", 5_000))
    unfit = (await rina.says("lihat neraca hari ini")).text
    assert "Belum boleh ditandatangani" in unfit
    assert "Penyeimbang saldo awal (399000) nol: selisih 5.000" in unfit
    for words in ("neraca", "laba rugi bulan ini"):
        assert "Rp" not in (await siti.says(words)).text


async def test_a_statement_is_read_with_its_time_and_anything_else_is_left_alone() -> None:
    for text, name, time in (
        ("Neraca", "neraca", "2026"),
        ("laporan neraca bulan ini?", "neraca", "2026-11"),
        ("laba rugi oktober", "phu", "2026-10"),
        ("minta laba/rugi tahun lalu", "phu", "2025"),
        ("phu desember", "phu", "2025-12"),
        ("hasil usaha sampai hari ini", "phu", "2026"),
        ("arus kas bulan lalu", "arus-kas", "2026-10"),
        ("arus kasnya kemarin", "arus-kas", "2026-11-23"),
        ("neraca saldo 2025", "neraca-saldo", "2025"),
    ):
        assert reports.asked(text, DAY) == reports.Asked(name, time), text
    for text in (
        "laporan",
        "laporan oktober",
        "neraca Siti",
        "arus kas 50rb",
        "neraca desember 2026",
    ):
        assert reports.asked(text, DAY) is None, text
    assert reports.ends("2026", DAY) == DAY
    assert reports.ends("2026-10", DAY) == date(2026, 10, 31)

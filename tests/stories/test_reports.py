"""Neraca, laba rugi, arus kas and neraca saldo by chat: of which time, with which figures, to whom."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from bot.understand import report_times, reports
from core import database, ledger
from core.accounts import CASH, SUKARELA
from core.calendar import last_day
from core.ledger import Posting
from core.permissions import Role
from tests.builders import Village, a_village, months_ago, today
from tests.house import ACCOUNT, House

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
    assert "Penyeimbang saldo awal (399000) nol atau dijelaskan: selisih 5.000" in unfit
    for words in ("neraca", "laba rugi bulan ini"):
        assert "Rp" not in (await siti.says(words)).text


async def test_every_report_comes_as_what_is_wanted_and_registers_only_to_who_may_see_members(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    dedi = await village.officer("Dedi Gerai", Role.PENGELOLA)
    siti = await village.member("Siti Aminah")
    now = today()
    saved = f"{SUKARELA}:m{siti.person_id}"
    await _posted(village, now, (CASH, saved, 500_000), (CASH, "412100", 80_000))
    await _posted(village, now, ("522000", CASH, 70_000))

    sheet = await rina.says("neraca")
    assert sheet.labels[:3] == ["🖼 Gambar", "📄 PDF", "📊 Excel"]
    for label, ending in (("🖼 Gambar", "png"), ("📄 PDF", "pdf"), ("📊 Excel", "xlsx")):
        got = await rina.presses(label, sheet)
        assert got.file is not None, label
        assert got.text.startswith("Laporan Posisi Keuangan, per ")
        assert village.cooperative.name[:40] in got.text
        if ending == "png":
            assert got.file["mime"] in ("image/png", "image/jpeg")
        else:
            assert got.file["name"] == f"neraca-{now}.{ending}"
    for words, ending in (
        ("buku besar kas bulan ini excel", "xlsx"),
        ("perubahan ekuitas tahun ini pdf", "pdf"),
        ("calk pdf", "pdf"),
        ("laba rugi per unit gambar", ""),
        ("daftar simpanan excel", "xlsx"),
        ("kolektibilitas pdf", "pdf"),
        ("daftar anggota excel", "xlsx"),
    ):
        got = await rina.says(words)
        assert got.file is not None, words
        assert got.file["name"].endswith(ending), words

    for words, line in (
        ("perubahan ekuitas", "Ekuitas di akhir: Rp10.000"),
        ("kas harian hari ini", "masuk Rp580.000, keluar Rp70.000"),
        ("daftar simpanan", "Jumlah simpanan: Rp500.000"),
        ("laporan kolektibilitas", "Semua: 0 pinjaman"),
        ("buku besar 522000 bulan ini", "Saldo akhir: Rp70.000"),
        ("calk", "Bacalah sebagai PDF atau Excel"),
        ("laba rugi bulan ini per unit", "Gerai: pendapatan Rp80.000, SHU Rp80.000"),
        ("laba rugi per unit usaha", "Jumlah: pendapatan Rp80.000, SHU Rp10.000"),
        ("neraca per unit", "Simpan pinjam: aset Rp0, setelah utang -Rp500.000"),
    ):
        for officer in (rina, dedi):
            got = await officer.says(words)
            assert line in got.text, words
            assert "Siti" not in got.text, words
            named = words in ("daftar simpanan", "laporan kolektibilitas") and officer is dedi
            assert ("📄 PDF" in got.labels) is not named, words
    for words in ("daftar simpanan excel", "kolektibilitas pdf", "daftar anggota excel"):
        refused = await dedi.says(words)
        assert refused.file is None, words
        assert "bendahara" in refused.text, words
    forged = f"st:{village.cooperative.id}:anggota:{now.year}:xlsx"
    assert (await dedi.forges(forged, await dedi.says("neraca"))).file is None
    assert (await siti.says("neraca pdf")).file is None

    asked = await rina.says("buku besar")
    assert "akun yang mana" in asked.text
    chosen = await rina.presses("111000 Kas", asked)
    assert "Saldo akhir: Rp510.000" in chosen.text
    book = await rina.presses("📄 PDF", chosen)
    assert book.file is not None
    assert book.file["name"] == f"buku-besar-111000-{now}.pdf"
    assert (await rina.presses("Semua akun", asked)).file is not None
    more = await rina.presses("Buku dan daftar lain", await rina.says("/laporan"))
    assert "Jumlah kas dan bank: Rp510.000" in (await rina.presses("Kas harian", more)).text
    unclear = await rina.says("neraca bulan entah")
    assert "Untuk waktu apa?" in unclear.text
    assert "Jumlah harta: Rp510.000" in (await rina.presses("Tahun ini", unclear)).text


async def test_members_read_the_statements_of_what_is_closed_and_nothing_else(house: House) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    last = months_ago(1)
    await _posted(village, last, (CASH, f"{SUKARELA}:m{siti.person_id}", 500_000))
    await _posted(village, today(), (CASH, "412100", 80_000))
    for words in ("neraca", "laba rugi bulan ini pdf"):
        assert "Belum ada bulan yang ditutup" in (await siti.says(words)).text
    async with database.transaction(house.owner) as db:
        await database.enter(db, village.cooperative.id)
        await ledger.close(
            db, koperasi_id=village.cooperative.id, through=last_day(last), at=datetime.now(UTC),
            by="test", reason=f"tutup bulan {last:%Y-%m}",
        )  # fmt: skip
    month = "bulan lalu"
    sheet = await siti.says(f"neraca {month}")
    assert "Jumlah harta: Rp500.000" in sheet.text
    paper = await siti.presses("📄 PDF", sheet)
    assert paper.file is not None
    assert paper.file["name"] == f"neraca-{last_day(last)}.pdf"
    assert (await siti.says(f"arus kas {month} excel")).file is not None
    running = await siti.says("laba rugi bulan ini")
    assert "belum ditutup" in running.text
    assert "Rp0" in (await siti.presses(f"Tahun {last.year}", running)).text
    here = village.cooperative.id
    for name in ("neraca-saldo", "buku-besar.111000", "kas-harian", "simpanan", "anggota", "more"):
        refused = await siti.forges(f"st:{here}:{name}:{last:%Y-%m}:pdf", sheet)
        assert refused.file is None, name
        assert "Rp" not in refused.text, name
    for words in (f"neraca saldo {month}", "buku besar kas", "daftar simpanan excel", "kas harian"):
        refused = await siti.says(words)
        assert refused.file is None, words
        assert "Rp" not in refused.text, words
    assert "Rp80.000" in (await rina.says("laba rugi bulan ini")).text


@pytest.mark.only("telegram", "it reads the Bot API's files")
async def test_the_file_says_what_the_book_says_and_stands_in_no_row_of_the_outbox(
    house: House,
) -> None:
    village = await a_village(house)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")
    await _posted(village, today(), (CASH, f"{SUKARELA}:m{siti.person_id}", 512_345))
    register = await rina.says("daftar simpanan excel")
    assert register.file is not None
    bot = house.world.find_bot(int(ACCOUNT))
    assert bot is not None
    (data,) = [one.data for one in bot.files.values() if one.name == register.file["name"]][-1:]
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    rows = {row[1].value: row[4].value for row in sheet.iter_rows()}
    assert rows["Siti Aminah"] == 512_345
    async with database.transaction(house.owner) as db:
        await database.enter(db, village.cooperative.id)
        raw = await database.driver(db)
        longest = await raw.fetchval(
            "SELECT max(length(facts)) FROM outbox WHERE koperasi_id = $1", village.cooperative.id
        )
    assert longest < len(data) / 2


async def test_a_report_is_read_with_its_time_and_anything_else_is_left_alone() -> None:
    for text, name, time in (
        ("Neraca", "neraca", "2026"),
        ("laporan neraca bulan ini?", "neraca", "2026-11"),
        ("laba rugi oktober", "phu", "2026-10"),
        ("minta laba/rugi tahun lalu", "phu", "2025"),
        ("phu desember", "phu", "2025-12"),
        ("hasil usaha sampai hari ini", "phu", "2026-01-01/2026-11-24"),
        ("arus kas bulan lalu", "arus-kas", "2026-10"),
        ("arus kasnya kemarin", "arus-kas", "2026-11-23"),
        ("neraca saldo 2025", "neraca-saldo", "2025"),
        ("neraca per 30 september", "neraca", "2026-09-30"),
        ("neraca per september", "neraca", "2026-09-30"),
        ("neraca akhir tahun lalu", "neraca", "2025-12-31"),
        ("laba rugi per 30 september", "phu", "2026-01-01/2026-09-30"),
        ("laba rugi januari sampai juni 2026", "phu", "2026-01-01/2026-06-30"),
        ("laba rugi jan-jun", "phu", "2026-01-01/2026-06-30"),
        ("laba rugi nov sampai feb 2026", "phu", "2025-11-01/2026-02-28"),
        ("arus kas 1 sampai 15 september", "arus-kas", "2026-09-01/2026-09-15"),
        ("arus kas triwulan 3", "arus-kas", "2026-07-01/2026-09-30"),
        ("arus kas triwulan IV", "arus-kas", "2026-10-01/2026-12-31"),
        ("arus kas triwulan 4 tahun lalu", "arus-kas", "2025-10-01/2025-12-31"),
        ("phu semester 1 2025", "phu", "2025-01-01/2025-06-30"),
        ("phu semester lalu", "phu", "2026-01-01/2026-06-30"),
        ("phu minggu lalu", "phu", "2026-11-16/2026-11-22"),
        ("phu 3 bulan terakhir", "phu", "2026-09-01/2026-11-30"),
        ("phu per unit triwulan 3", "phu-unit", "2026-07-01/2026-09-30"),
        ("neraca per 30 september per unit usaha", "neraca-unit", "2026-09-30"),
    ):
        assert reports.asked(text, DAY) == reports.Asked(name, (time,)), text
    for text, time in (
        ("penjualan hari ini berapa?", "2026-11-24"),
        ("kemarin laku berapa", "2026-11-23"),
        ("omzet bulan ini brp", "2026-11"),
    ):
        found = reports.asked(text, DAY)
        sales = ("412000", "412100")
        assert found == reports.Asked("buku-besar", (time,), codes=sales), text
    for text in ("beras laku berapa?", "penjualan beras berapa?", "hari ini beras laku berapa?"):
        assert reports.asked(text, DAY) is None, text
    both = reports.asked("laba rugi per september", DAY)
    assert both == reports.Asked("phu", ("2026-09", "2026-01-01/2026-09-30"))
    for text in ("neraca desember 2026", "laba rugi juni sampai", "arus kas bulan entah"):
        found = reports.asked(text, DAY)
        assert found is not None, text
        assert not found.times, text
    for text, how, codes in (
        ("buku besar kas bulan ini pdf", "pdf", ("111000",)),
        ("buku besar bank excel", "xlsx", ("112100", "112200")),
        ("buku besar simpanan sukarela maret", "", ("211000",)),
        ("buku besar 412000", "", ("412000",)),
        ("buku besar", "", ()),
    ):
        found = reports.asked(text, DAY)
        assert found is not None, text
        assert (found.name, found.how, found.codes) == ("buku-besar", how, codes), text
    for text in (
        "laporan",
        "laporan oktober",
        "neraca Siti",
        "arus kas per unit",
        "arus kas 50rb",
        "daftar anggota",
        "daftar pinjaman Siti",
        "buku kas tulis 3 biji 15rb",
    ):
        assert reports.asked(text, DAY) is None, text
    assert report_times.ends("2026", DAY) == DAY
    assert report_times.ends("2026-10", DAY) == date(2026, 10, 31)
    assert report_times.ends("2026-01-01/2026-06-30", DAY) == date(2026, 6, 30)
    for today_ in (date(2027, 1, 1), date(2028, 2, 29), date(2026, 12, 31)):
        for text in ("phu triwulan lalu", "phu jan-jun", "neraca 29 februari 2024", "phu des"):
            found = reports.asked(text, today_)
            assert found is not None, text
            assert found.times, (text, today_)
            assert report_times.begins(found.times[0]) <= today_

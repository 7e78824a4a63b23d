"""Scans of documents by chat: sent with words, to a card or by the button; sealed; shown to who sees the books."""

from __future__ import annotations

from datetime import date

import pytest

from core.permissions import Role
from tests.builders import a_village, today
from tests.house import House
from tests.stories.test_announcements import a_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")
PDF = b"%PDF-1.7 akta pendirian"


async def test_a_scan_is_sent_with_words_sealed_and_shown_to_officers(house: House) -> None:
    village = await a_village(house)
    sari = await village.officer("Sari Dewi", Role.SEKRETARIS)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah")

    card = await sari.sends("scan.pdf", PDF, caption="akta pendirian no 12 tgl 3/6/2025")
    assert card.line("Akta pendirian (NPAK):") == "12"
    assert "Berkas: ada" in card.lines
    done = await sari.presses("✅ Simpan")
    assert "Lihat berkas" in done.label("berkas")
    (kept,) = await house.rows(
        "SELECT kind, n, mime, content_sealed FROM legal_files WHERE koperasi_id = :here",
        here=village.cooperative.id,
    )
    assert (kept.kind, kept.n, kept.mime) == ("npak", 1, "application/pdf")
    assert PDF not in kept.content_sealed
    for shown in (await sari.presses(done.label("berkas")), await rina.says("lihat akta")):
        assert shown.text == "Akta pendirian (NPAK)"
        assert shown.file is not None
    assert "bukan tugas" in (await siti.says("lihat akta")).text

    again = await sari.sends("", a_picture(), photo=(60, 40), caption="akta")
    assert "disimpan" in again.text
    assert "berkas 2 dari 2" in (await rina.says("lihat akta 2")).text
    assert "bukan tugas" in (await rina.sends("scan.pdf", PDF, caption="akta")).text
    assert "belum dicatat" in (await sari.sends("scan.pdf", PDF, caption="NIB")).text


async def test_papers_of_the_annual_meeting_are_kept_with_its_year(house: House) -> None:
    village = await a_village(house)
    sari = await village.officer("Sari Dewi", Role.SEKRETARIS)
    first = await sari.says("rapat anggota")
    assert f"RAT tahun buku {today().year}" in first.text  # nobody was a member last year
    year = today().year - 1
    siti = await village.member("Siti Aminah", joined=date(year, 12, 1))
    told = await sari.says("rapat anggota")
    assert "❌ Berita acara" in told.text
    assert f"Kirim foto atau PDF dengan tulisan: undangan RAT {year}" in told.text
    kept = await sari.sends("undangan.pdf", PDF, caption=f"undangan RAT {year}")
    assert f"Undangan RAT {year} disimpan" in kept.text
    assert "✅ Undangan" in (await sari.says("rapat anggota")).text
    assert "Berkas:" not in (await siti.says("rapat anggota")).text
    assert (await sari.says(f"lihat undangan RAT {year}")).file is not None
    assert "Belum ada berkas" in (await sari.says("lihat daftar hadir RAT")).text


async def test_permits_stand_beside_each_other_and_a_file_is_asked_for(house: House) -> None:
    village = await a_village(house)
    sari = await village.officer("Sari Dewi", Role.SEKRETARIS)
    for said in ("izin apotek 503/1/DPMPTSP", "izin usaha simpan pinjam 503/2/DPMPTSP"):
        await sari.says(said)
        done = await sari.presses("✅ Simpan")
    asked = await sari.presses(done.label("Kirim berkas"))
    assert "Kirim foto atau PDF Izin simpan pinjam" in asked.text
    assert "tidak bisa dilampirkan" in (await sari.sends("lagu.mp3", b"ID3")).text
    assert "Izin simpan pinjam" in (await sari.sends("", a_picture(), photo=(60, 40))).text

    told = await sari.says("dokumen")
    assert told.lines[0] == "Dokumen koperasi: 1 dari 7 lengkap"
    assert "☑️ Izin apotek: 503/1/DPMPTSP (tanpa berkas)" in told.text
    assert "✅ Izin simpan pinjam: 503/2/DPMPTSP" in told.text
    assert "Belum ada berkas Izin apotek" in (await sari.says("lihat izin apotek")).text
    assert "Sebutkan yang mana" in (await sari.says("lihat izin")).text
    assert "Kirim foto atau PDF Izin apotek" in (await sari.says("unggah izin apotek")).text
    assert "Izin apotek disimpan" in (await sari.sends("izin.pdf", PDF)).text
    assert "☑️" not in (await sari.says("dokumen")).text
    told = await sari.says("cara urus NIB")
    assert "oss.go.id" in told.text
    assert "Siapkan: Akta pendirian" in told.text

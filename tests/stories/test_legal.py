"""Documents and the annual meeting by chat: what is missing comes first, cards for what is recorded, quorum for all."""

from __future__ import annotations

from datetime import date

import pytest

from core.permissions import Role
from tests.builders import a_village, today
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_documents_are_recorded_and_the_meeting_is_held(house: House) -> None:
    village = await a_village(house)
    year = today().year - 1
    sari = await village.officer("Sari Dewi", Role.SEKRETARIS)
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    siti = await village.member("Siti Aminah", joined=date(year, 1, 5))
    await village.member("Budi Santoso", joined=date(year, 1, 5))

    told = await sari.says("dokumen")
    assert told.lines[0] == "Dokumen koperasi: 0 dari 7 lengkap"
    assert "❌ NIB: belum ada" in told.text
    assert "Berikutnya: Akta pendirian (NPAK)" in told.text
    assert "bukan tugas" in (await siti.says("dokumen")).text
    assert "bukan tugas" in (await rina.says("akta 12/2025 tanggal 3 mei 2025")).text

    assert "13 angka" in (await sari.says("NIB 123456789012")).text
    card = await sari.says("akta 12/2025 tanggal 3 mei 2025")
    assert card.line("Akta pendirian (NPAK):") == "12/2025"
    done = await sari.presses("✅ Simpan")
    assert "Dokumen lengkap: 1 dari 7" in done.text
    told = await rina.says("dokumen")
    assert "☑️ Akta pendirian (NPAK): 12/2025 (tanpa berkas)" in told.text
    assert "Berikutnya: SK badan hukum (AHU)" in told.text

    assert "perlu 37" in (await siti.says("kuorum 40 dari 73")).text
    lacks = await sari.says("kuorum 30 dari 73")
    assert "Kurang 7 orang" in lacks.text
    assert "sah dengan 25 orang" in lacks.text
    assert "Kuorum: 2 dari 2 anggota" in (await siti.says("kuorum")).text

    asked = await sari.says("rapat anggota")
    assert asked.lines[0] == f"RAT tahun buku {year}"
    assert f"30 Juni {year + 1}" in asked.text
    held = f"RAT {year} tanggal {today():%d/%m/%Y} hadir"
    assert "nomor berita acara" in (await sari.says(f"{held} 2")).text
    assert "perlu 2" in (await sari.says(f"{held} 1, berita acara 01/RAT")).text
    card = await sari.says(f"{held} 2, berita acara 01/RAT")
    assert card.line("Hadir:") == "2 dari 2 anggota"
    await sari.presses("✏️ Ubah")
    await sari.presses("Tulis ulang")
    card = await sari.says(f"{held} 2, berita acara 02/RAT")
    assert card.line("Berita acara:") == "02/RAT"
    assert "Sudah dicatat" in (await sari.presses("✅ Simpan")).text
    told = await siti.says("rapat anggota")
    assert told.line("Berita acara:") == "02/RAT"
    assert f"RAT tahun buku {year + 1} paling lambat" in told.text

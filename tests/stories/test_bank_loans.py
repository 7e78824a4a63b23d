"""A loan from a bank by chat: what is left and due next, what the village is owed, the package for the next loan."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.stories.test_everyday import an_office

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_bank_loan_is_watched_and_the_package_is_a_paper(house: House) -> None:
    village, rina, hendra = await an_office(house)
    assert "Tidak ada pinjaman bank" in (await rina.says("pinjaman bank")).text
    await rina.says("terima pinjaman BRI 90jt 84 bulan bunga 7%")
    await rina.says("BA RA 3/2026")
    await rina.presses("✅ Simpan")
    await hendra.sees("Pinjaman dari Bank/LPDB")
    await hendra.presses("Setujui")
    await rina.says("angsuran bank pokok 2jt bunga 1jt dibayar dana desa")
    await rina.presses("✅ Simpan")
    await hendra.sees("Angsuran Bank Dibayar Desa")
    await hendra.presses("Setujui")
    told = await hendra.says("pinjaman bank")
    assert told.line("Sisa pokok:") == "Rp88.000.000"
    assert "Bunga 7% setahun, 84 bulan" in told.text
    assert "Pokok Rp0, bunga Rp513.333" in told.text  # in the months of grace
    assert "kekurangan yang ditutup: Rp3.000.000" in told.text
    paper = await hendra.says("paket pinjaman bank")
    assert "Paket kelayakan pinjaman" in paper.text
    assert paper.file is not None
    siti = await village.member("Siti Aminah")
    for said in ("paket pinjaman bank", "pinjaman bank"):
        refused = await siti.says(said)
        assert (refused.file, "88" in refused.text) == (None, False)

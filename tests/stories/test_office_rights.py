"""Who may ask and who may do what, by chat: pengawas read everything and do nothing; each office what its table says.

Of one channel: a right hangs on the office, not on what a message came through.
"""

from __future__ import annotations

import pytest

from core.permissions import Action, Role, may
from tests.builders import Village, a_village
from tests.house import House, Person

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.only("telegram", "a right hangs on the office, not on the channel"),
]
DENIED = "bukan tugas jabatan"
LOST = ("belum mengerti", "Tidak ada anggota", "Saya tidak mengenal")
READS = {  # what pengawas ask -> what the answer holds
    "/anggota": "Siti Aminah",
    "saldo Siti": "Simpanan sukarela",
    "riwayat Siti": "Riwayat Siti",
    "pinjaman Siti": "tidak punya pinjaman",
    "daftar pinjaman": "pinjaman berjalan",
    "siapa menunggak": "menunggak",
    "siapa belum bayar wajib": "Belum bayar",
    "/kas": "Kas dan bank",
    "/laporan": "Simpanan sukarela",
    "laporan bulan ini": "Simpanan sukarela",
    "neraca": "Jumlah harta",
    "laba rugi": "SHU",
    "arus kas": "Arus kas",
    "perubahan ekuitas": "Perubahan ekuitas",
    "calk": "Catatan atas",
    "neraca saldo": "Neraca saldo",
    "buku besar kas": "Saldo akhir",
    "kas harian": "Jumlah kas dan bank",
    "daftar simpanan": "Jumlah simpanan",
    "kolektibilitas": "sisa pokok",
    "/pengurus": "Rina Kartika",
    "/persetujuan": "Penarikan Simpanan Sukarela",
    "daftar harga": "harga",
    "daftar stok": "stok",
    "daftar bon": "bon",
    "bon Siti berapa": "Siti Aminah",
    "nota biaya 3": "nota",
    "daftar temuan": "temuan",
    "siapa melihat data Siti": "Yang membuka data",
    "siapa membuka data": "Pembukaan data",
    "dokumen": "Dokumen koperasi",
    "lihat akta": "belum dicatat",
    "cara urus NIB": "oss.go.id",
    "rapat anggota": "RAT tahun buku",
    "kuorum": "Kuorum",
    "pinjaman bank": "Pinjaman dari bank",
    "paket pinjaman bank": "Paket kelayakan",
    "shu": "SHU",
    "gambar bukti no 2": "Tercatat No. 2",
    "simulasi pinjaman 5jt 10 bulan": "Simulasi",
}
WRITES: dict[str, Action] = {  # what an office must include to get past the refusal
    "setor wajib 20rb Siti": Action.RECORD_SAVINGS,
    "tarik sukarela 20rb Siti": Action.RECORD_SAVINGS,
    "Siti mau pinjam 3 juta": Action.RECORD_LOANS,
    "Siti bayar angsuran 100rb": Action.RECORD_LOANS,
    "jual sembako 10rb": Action.RECORD_TRADE,
    "beli stok beras 100rb": Action.RECORD_TRADE,
    "opname beras 5": Action.RECORD_TRADE,
    "bayar listrik 20rb": Action.RECORD_CASH,
    "setor ke bank 10rb": Action.RECORD_CASH,
    "bunga bank 12.500": Action.RECORD_CASH,
    "hitung kas": Action.COUNT_CASH,
    "batalkan transaksi 1": Action.REVERSE,
    "tutup bulan Januari 2026": Action.CLOSE_BOOKS,
    "akta 12/2025 tanggal 3 mei 2025": Action.RECORD_DOCUMENTS,
    "unggah akta": Action.RECORD_DOCUMENTS,
    "/pengumuman": Action.ANNOUNCE,
}


async def an_office(house: House) -> tuple[Village, Person]:
    """A village with two entries, an expense, and a withdrawal that waits."""
    village = await a_village(house, withdrawal_limit="1000")
    rina = await village.officer("Rina Kartika", Role.BENDAHARA)
    await village.member("Siti Aminah", sukarela=500_000)
    for said in ("setor sukarela 50rb Siti", "bayar listrik 10rb", "tarik sukarela 20rb Siti"):
        await rina.says(said)
        await rina.presses("✅ Simpan")
    return village, rina


async def kept(house: House, village: Village) -> list[object]:
    """What a write would change."""
    return [
        await house.value(f"SELECT count(*) FROM {table} WHERE koperasi_id = :here", here=village.cooperative.id)
        for table in ("ledger.entries", "approvals", "legal_documents", "members", "officers", "announcements")
    ]  # fmt: skip


async def test_pengawas_read_everything_and_do_nothing_but_findings(house: House) -> None:
    village, _ = await an_office(house)
    ahmad = await village.officer("Ahmad Yani", Role.PENGAWAS)
    before = await kept(house, village)
    for said, holds in READS.items():
        told = await ahmad.says(said)
        assert DENIED not in told.text, (said, told.text)
        assert not any(word in told.text for word in LOST), (said, told.text)
        assert holds.lower() in told.text.lower(), (said, told.text)
        assert not told.is_card, (said, told.text)
    request = await ahmad.says("/persetujuan")
    shown = await ahmad.presses(request.labels[0])
    assert "Siti Aminah" in shown.text
    assert not shown.labels  # to read, not to decide
    for said in ("setujui 1", "tolak 1 salah jumlah", *WRITES):
        told = await ahmad.says(said)
        assert not told.is_card, (said, told.text)
        assert "bukan" in told.text.lower() or "Yang bisa" in told.text, (said, told.text)
    assert await kept(house, village) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PENGAWAS])
async def test_an_office_gets_past_the_refusal_where_its_table_says_so(
    house: House, role: Role
) -> None:
    village, _ = await an_office(house)
    who = await village.officer("Wahyu Pratama", role)
    before = await kept(house, village)
    for said, action in WRITES.items():
        told = await who.says(said)
        allowed = may({role}, action)
        assert (DENIED not in told.text) == allowed, (said, told.text)
        if told.is_card:
            await who.presses("❌ Batal")
        elif told.labels:
            await who.says("batal")
    assert await kept(house, village) == before

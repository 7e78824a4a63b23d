"""The commands a channel shows in its own menu; everything also works in plain words."""

from __future__ import annotations

MENU = (
    ("menu", "Apa yang bisa dilakukan"),
    ("saldo", "Saldo simpanan saya"),
    ("riwayat", "Riwayat simpanan saya"),
    ("pinjaman", "Pinjaman saya"),
    ("simulasi", "Hitung angsuran pinjaman"),
    ("cek", "Periksa kode bukti"),
    ("datasaya", "Data saya yang disimpan"),
    ("catat", "Pengurus: catat transaksi"),
    ("anggota", "Pengurus: daftar anggota"),
    ("kas", "Pengurus: kas dan bank"),
    ("laporan", "Pengurus: laporan singkat"),
    ("pengumuman", "Provinsi: pengumuman"),
    ("pantau", "Provinsi: pantauan koperasi"),
    ("batal", "Batalkan yang sedang diisi"),
    ("bantuan", "Bantuan"),
)

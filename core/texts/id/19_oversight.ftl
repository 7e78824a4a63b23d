# What keeps the books honest towards people outside the office: heads, findings.

head-of-day = <b>Sidik buku</b> { TANGGAL($on) }, sampai No. { ANGKA($entry) }:
head-text = { $head }
head-keep = Simpan pesan ini. Kalau catatan lama diubah oleh siapa pun, juga pengelola sistem, sidik ini tidak cocok lagi.
heads-of-day = <b>Sidik buku</b> { TANGGAL($on) }: { ANGKA($count) } koperasi, satu baris satu koperasi.
heads-keep = Simpan berkas ini di luar sistem. Perubahan catatan lama oleh siapa pun akan tampak dari sidik ini.

# What keeps the books honest towards people outside the office: heads, findings.

head-of-day = <b>Sidik buku</b> { TANGGAL($on) }, sampai No. { ANGKA($entry) }:
head-text = { $head }
head-keep = Simpan pesan ini. Kalau catatan lama diubah oleh siapa pun, juga pengelola sistem, sidik ini tidak cocok lagi.
heads-of-day = <b>Sidik buku</b> { TANGGAL($on) }: { ANGKA($count) } koperasi, satu baris satu koperasi.
heads-keep = Simpan berkas ini di luar sistem. Perubahan catatan lama oleh siapa pun akan tampak dari sidik ini.

finding-row = Temuan { ANGKA($number) } di No. { ANGKA($entry) }: { $said }
finding-marked = Temuan dicatat dan disampaikan kepada pengurus.
finding-new = <b>Temuan pengawas</b> dari { $name }:
finding-how-follow = Balas dengan: tindak lanjut temuan { ANGKA($number) }: (apa yang sudah dilakukan)
finding-by = Dicatat { $name }, { TANGGAL($on) }.
finding-followed = Tindak lanjut { $name }, { TANGGAL($on) }: { $said }
finding-closed = ✅ ditutup { $name }, { TANGGAL($on) }: { $said }
finding-mark = ⚠️ Temuan { ANGKA($number) } pada No. { ANGKA($entry) } masih terbuka.
findings-head = <b>Temuan pengawas yang terbuka</b>
finding-waits = { ANGKA($days) } hari, belum ditindaklanjuti.
finding-answered = { ANGKA($days) } hari, ditindaklanjuti { TANGGAL($on) }.
findings-more = dan { ANGKA($count) } temuan lain.
button-finding = ⚠️ Temuan { ANGKA($number) }
findings-none = Tidak ada temuan pengawas yang terbuka.
findings-how = Rinciannya: ketik "temuan" dan nomornya.
digest-findings = Temuan pengawas yang terbuka: { ANGKA($count) }
refusal-no-such-finding = Tidak ada temuan { ANGKA($number) }. Ketik "daftar temuan".
refusal-finding-no-entry = Tidak ada catatan No. { ANGKA($entry) } di buku. Periksa nomornya di riwayat.
refusal-finding-closed = Temuan { ANGKA($number) } sudah ditutup. Pengawas dapat mencatat temuan baru.

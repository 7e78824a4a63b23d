# Files of loans: what is wrong with a row, and what is only pointed out.

refusal-import-loans-repeated = Berkas yang sama sudah dicatat pada { TANGGAL($on) }. Tidak ada yang dicatat lagi.

import-no-such-member = tidak ada anggota dengan nomor { $number }
import-not-a-rate = bukan bunga dalam persen (contoh: 1,5): { $value }
import-not-a-period = tulis bulan atau tahun: { $value }
import-not-a-method = tulis flat, menurun, anuitas, atau jatuh tempo: { $value }
import-not-a-state = tulis berjalan atau disetujui: { $value }
import-not-a-count = bukan jumlah angsuran: { $value }
import-zero-count = paling sedikit satu angsuran
import-all-paid = { ANGKA($paid) } dari { ANGKA($count) } angsuran sudah dibayar: pinjaman ini lunas, hapus barisnya
import-nothing-left = pokoknya sudah habis dibayar: hapus barisnya
import-waiting-but-paid = pinjaman yang disetujui belum cair, jadi belum ada angsuran
import-waiting-but-dated = pinjaman yang disetujui belum cair; kosongkan tanggalnya
import-bad-terms = jadwalnya tidak dapat dibuat: { $what }
import-no-licence = koperasi belum berizin meminjamkan uang sendiri; pinjaman ini tetap dicatat
import-rate-above-cap = bunga { $rate } persen setahun melebihi batas { $cap } persen; tetap dicatat
import-rate-small = bunga hanya { $rate } persen setahun; tulis 1,5 untuk 1,5 persen
import-above-bmpp = utang anggota ini menjadi { RUPIAH($owed) }, melebihi batas (BMPP) { RUPIAH($limit) }; tetap dicatat
import-before-joining = dicairkan sebelum menjadi anggota ({ TANGGAL($joined_on) })
import-member-left = anggota ini sudah keluar pada { TANGGAL($left_on) }
import-loan-twice = anggota, pokok, dan tanggalnya sama dengan baris { ANGKA($other) }
import-loan-in-book = anggota, pokok, dan tanggalnya sama dengan pinjaman { $loan }

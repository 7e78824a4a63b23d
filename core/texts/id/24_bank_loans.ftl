# Loans from banks and LPDB, and the package they ask for.

bank-package = <b>Paket kelayakan pinjaman</b> { $period }. Periksa, lengkapi dokumen yang belum ada, lalu tanda tangani.
refusal-package-empty = Buku belum berisi catatan: paket pinjaman belum bisa dibuat.
bank-loans-head = <b>Pinjaman dari bank</b> per { TANGGAL($on) }
bank-loans-none = Tidak ada pinjaman bank yang tercatat.
bank-loans-paid = Semua pinjaman bank sudah lunas.
bank-loan = <b>{ $name }</b>: { RUPIAH($amount) }, diterima { TANGGAL($on) }
bank-loan-terms = Bunga { $rate }% setahun, { ANGKA($months) } bulan, masa tenggang { ANGKA($grace) } bulan
bank-loan-left = Sisa pokok: { RUPIAH($amount) }
bank-loan-late = ⚠️ Pokok terlambat: { RUPIAH($amount) }
bank-loan-next = Angsuran { ANGKA($n) } dari { ANGKA($months) }: { RUPIAH($amount) } pada { TANGGAL($on) }
bank-loan-parts = Pokok { RUPIAH($principal) }, bunga { RUPIAH($interest) }, menurut syarat pinjaman; jadwal bank yang berlaku.
bank-loan-other = { $name }: sisa { RUPIAH($amount) }, syarat belum tercatat
bank-loans-total = Jumlah utang bank: { RUPIAH($amount) }
bank-loans-village = Utang kepada desa dan pihak lain atas kekurangan yang ditutup: { RUPIAH($amount) }
bank-loans-borrower = Peminjam dan pemilik menurut aturan sekarang: PT Agrinas, bukan koperasi.

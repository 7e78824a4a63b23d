# Loans: what a payment, a settlement, a reversal or a new schedule refuses.

refusal-loan-is-settled = Pinjaman { $loan } sudah lunas { TANGGAL($on) }. Tidak ada yang perlu dibayar.
refusal-loan-not-running = Pinjaman { $loan } tidak sedang berjalan, jadi tidak ada angsuran yang dicatat.
refusal-payment-too-much = Terlalu banyak untuk { $loan }. Semua sisa angsuran dan denda { RUPIAH($total) }; bila dilunasi hari ini { RUPIAH($settlement) }. Tidak ada yang dicatat.
refusal-not-settlement-figure = Pelunasan { $loan } per { TANGGAL($on) } tepat { RUPIAH($total) }. Tidak ada yang dicatat.
refusal-paid-since = Pinjaman { $loan } masih dibayar { TANGGAL($on) }. Pilih tanggal itu atau sesudahnya.
refusal-before-disbursement = Pinjaman { $loan } baru cair { TANGGAL($on) }. Pilih tanggal itu atau sesudahnya.
refusal-before-restructuring = Pinjaman { $loan } dijadwal ulang { TANGGAL($on) }. Pilih tanggal itu atau sesudahnya.
refusal-needs-consent = Membayar dari simpanan sukarela perlu persetujuan { $member }. Tidak ada yang dicatat.
refusal-later-first = Transaksi ini diikuti No. { ANGKA($entry) } untuk pinjaman { $loan }. Batalkan No. { ANGKA($entry) } dulu, lalu yang ini.
refusal-earlier-schedule = Pinjaman { $loan } dijadwal ulang { TANGGAL($on) }. Yang sebelum itu sudah tetap; perbaiki dengan jadwal ulang atau angsuran baru.
refusal-nothing-to-reschedule = Pokok pinjaman { $loan } sudah terbayar. Yang tersisa dibayar seperti biasa, tidak dijadwal ulang.

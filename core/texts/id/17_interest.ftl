# Interest on savings: the monthly proposal and what the statement says of it.

interest-title = <b>Bunga simpanan sukarela { BULAN($month) }</b>
interest-by-average = { $rate }% setahun dari saldo rata-rata harian
interest-by-lowest = { $rate }% setahun dari saldo terendah bulan itu
interest-gross = Bunga: { RUPIAH($amount) } untuk { ANGKA($count) } anggota
interest-tax = Pajak 10% atas bunga di atas Rp240.000: { RUPIAH($tax) }, { ANGKA($count) } anggota
interest-net = Masuk ke simpanan: { RUPIAH($amount) }
interest-why = Dihitung untuk semua anggota sekaligus. Dihitung ulang saat disetujui.
interest-nothing = Tidak ada yang dibukukan: tidak ada bunga untuk bulan itu.
statement-interest = · termasuk bunga { RUPIAH($amount) }
history-interest = No. { ANGKA($entry) }, { TANGGAL($on) }: bunga +{ RUPIAH($amount) }, saldo { RUPIAH($balance) }

# Kolektibilitas and the allowance for loan losses.

allowance-title = <b>Penyisihan pinjaman { BULAN($month) }</b>
allowance-of-lancar = Lancar: { RUPIAH($outstanding) } x { $percent }% = { RUPIAH($amount) }
allowance-of-perhatian = Perhatian: { RUPIAH($outstanding) } x { $percent }% = { RUPIAH($amount) }
allowance-of-kurang-lancar = Kurang lancar: { RUPIAH($outstanding) } x { $percent }% = { RUPIAH($amount) }
allowance-of-diragukan = Diragukan: { RUPIAH($outstanding) } x { $percent }% = { RUPIAH($amount) }
allowance-of-macet = Macet: { RUPIAH($outstanding) } x { $percent }% = { RUPIAH($amount) }
allowance-target = Seharusnya: { RUPIAH($amount) }
allowance-booked = Sudah dibukukan: { RUPIAH($amount) }
allowance-up = Ditambah: <b>{ RUPIAH($amount) }</b>
allowance-down = Dikurangi: <b>{ RUPIAH($amount) }</b>
allowance-why = Dihitung dari tunggakan semua pinjaman di akhir bulan.
allowance-nothing = Tidak ada yang dibukukan: penyisihan sudah sesuai.

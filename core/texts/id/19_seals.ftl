# Cash seals: the cash counted at day's end
refusal-nothing-to-count = Buku masih kosong: belum ada kas yang bisa ditutup.
refusal-count-too-late = Kas { TANGGAL($on) } tidak bisa dihitung lagi: paling lama { $days } hari yang lalu. Hitung kas hari ini.
refusal-sealed-before = Kas { TANGGAL($on) } sudah ditutup, dan sesudahnya tidak ada catatan kas lagi.
refusal-recorded-since-count = Sesudah dihitung masih ada catatan kas { TANGGAL($on) }. Kas harus dihitung lagi: tulis "tutup kas".

# Bills of simpanan wajib: who has paid, who has not, the reminder to all.

operation-tagihan = Pengingat Simpanan Wajib
edit-month = Bulan
ask-bills-month = Bulan yang mana?

bills-head = <b>Simpanan wajib { BULAN($month) }</b>
bills-paid = Sudah bayar: { ANGKA($count) } dari { ANGKA($members) } anggota, { RUPIAH($paid) }
bills-unpaid = Belum bayar: { ANGKA($count) } anggota, { RUPIAH($owed) }
bills-earlier = Sisa bulan-bulan sebelumnya: { RUPIAH($earlier) }
bills-unpaid-head = Belum bayar, mulai nomor { ANGKA($first) }:
bills-paid-head = Sudah bayar, mulai nomor { ANGKA($first) }:
bills-row = { $number } { $name }: { RUPIAH($owed) }
bills-row-earlier = { $number } { $name }: { RUPIAH($owed) }, termasuk { RUPIAH($earlier) } dari bulan sebelumnya
bills-row-paid = { $number } { $name }: { RUPIAH($paid) }
button-bills-paid = Yang sudah bayar
button-bills-unpaid = Yang belum bayar
button-bills-file = Excel
button-bills-remind = Ingatkan yang belum bayar
bills-sheet-name = Nama
bills-sheet-number = No. anggota
bills-sheet-due = Wajib bulan ini
bills-sheet-paid = Dibayar
bills-sheet-earlier = Sisa bulan sebelumnya
bills-sheet-owed = Harus dibayar
bills-reminded = Diingatkan: { ANGKA($count) } dari { ANGKA($members) } anggota yang belum lunas, di jam kirim koperasi
bills-unreached = Tidak diingatkan: { ANGKA($count) } (belum punya chat, mengaku sudah bayar, atau tidak mau diingatkan)
bills-reminding = Tercatat. { ANGKA($count) } pengingat segera dikirim.
bills-reminded-before = Hari ini mereka sudah diingatkan. Tidak ada yang dikirim lagi.
card-reminded-before = Pengingat ini sudah dikirim.
refusal-nothing-is-owed = Semua anggota sudah membayar simpanan wajib sampai { BULAN($month) }.
refusal-nobody-to-remind = { ANGKA($count) } anggota belum lunas, tetapi tidak ada yang dapat diingatkan lewat chat. Hubungi langsung.

# Monthly balances: a member's, a cooperative's, a region's; as text, picture and paper.

statement-head = <b>Saldo per { TANGGAL($through) }</b>
statement-who = { $name } ({ $number }), { $cooperative }
statement-sukarela = Simpanan sukarela: <b>{ RUPIAH($balance) }</b>
statement-wajib = Simpanan wajib: <b>{ RUPIAH($balance) }</b>
statement-pokok = Simpanan pokok: <b>{ RUPIAH($balance) }</b>
statement-in = · masuk { RUPIAH($came_in) }
statement-out = · keluar { RUPIAH($went_out) }
statement-in-out = · masuk { RUPIAH($came_in) }, keluar { RUPIAH($went_out) }
statement-corrected = · koreksi catatan lama { RUPIAH($amount) }
statement-wajib-late = · belum dibayar { ANGKA($count) } bulan sejak { BULAN($first) }: { RUPIAH($owed) }
statement-wajib-through = · lunas sampai { BULAN($month) }
statement-loan = Sisa pokok { $loan }: <b>{ RUPIAH($outstanding) }</b>
statement-loan-lent = · cair { RUPIAH($amount) }
statement-loan-paid = · dibayar { RUPIAH($amount) }: pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) }
statement-loan-paid-fined = · dibayar { RUPIAH($amount) }: pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) }, denda { RUPIAH($penalty) }
statement-loan-back = · angsuran dibatalkan { RUPIAH($amount) }
statement-loan-late = · ⚠️ menunggak { RUPIAH($amount) } sejak { TANGGAL($since) }
statement-loan-fined = · denda belum dibayar { RUPIAH($amount) }
statement-loan-next = · berikutnya { TANGGAL($on) }: { RUPIAH($amount) }
statement-loan-settled = Pinjaman { $loan }: lunas { TANGGAL($on) }
statement-loan-claim = Pinjaman { $loan }, masih ditagih: <b>{ RUPIAH($amount) }</b>
statement-loans-all = Sisa pokok { ANGKA($count) } pinjaman: <b>{ RUPIAH($outstanding) }</b>
statement-loans-more = Sisa pokok { ANGKA($count) } lainnya: <b>{ RUPIAH($outstanding) }</b>
statement-wrong = Tidak cocok? Hubungi pengurus.
button-statement-picture = Gambar
button-statement-paper = PDF
button-last-month = Bulan lalu

paper-title = Rekening Koran Anggota
paper-title-books = Laporan Bulanan Koperasi
paper-title-region = Rekap Bulanan Koperasi
paper-made = Dibuat { TANGGAL($on) } dari buku koperasi.
paper-month = Bulan { BULAN($month) }
paper-member = { $name }, nomor anggota { $number }
paper-savings = Simpanan
paper-kind = Jenis
paper-opening = Saldo awal
paper-came-in = Masuk
paper-went-out = Keluar
paper-corrected = Koreksi
paper-closing = Saldo akhir
paper-total = Jumlah
paper-kind-sukarela = Sukarela
paper-kind-wajib = Wajib
paper-kind-pokok = Pokok
paper-moves = Transaksi bulan ini
paper-entry = No.
paper-on = Tanggal
paper-what = Uraian
paper-amount = Jumlah
paper-in-sukarela = Simpanan sukarela masuk
paper-in-wajib = Simpanan wajib masuk
paper-in-pokok = Simpanan pokok masuk
paper-out-sukarela = Simpanan sukarela keluar
paper-out-wajib = Simpanan wajib keluar
paper-out-pokok = Simpanan pokok keluar
paper-in-pinjaman = Pokok pinjaman cair
paper-out-pinjaman = Pokok pinjaman dibayar
paper-back = Pembatalan No. { ANGKA($entry) }
paper-moves-more = dan { ANGKA($count) } transaksi lain
paper-moves-none = Tidak ada transaksi.
paper-check = Periksa: awal { RUPIAH($opening) } + masuk { RUPIAH($came_in) } - keluar { RUPIAH($went_out) } = akhir { RUPIAH($closing) }
paper-check-corrected = Periksa: awal { RUPIAH($opening) } + masuk { RUPIAH($came_in) } - keluar { RUPIAH($went_out) } + koreksi ({ RUPIAH($corrected) }) = akhir { RUPIAH($closing) }
paper-source = Dibuat { TANGGAL($on) } dari buku koperasi sampai transaksi No. { ANGKA($entry) }.
paper-figure = { RUPIAH($amount) }
paper-page = Halaman { ANGKA($page) } dari { ANGKA($pages) }

report-by-month = Laporan ada untuk hari ini, dan untuk satu bulan yang sudah selesai. Contoh: laporan oktober. Bulan mana?
refusal-month-not-over = Bulan { BULAN($month) } belum selesai. Yang terakhir bisa dilihat: { BULAN($last) }. Ketik "saldo" untuk saldo hari ini.

month-head = <b>Laporan { BULAN($month) }</b>
month-cooperative = { $cooperative }
month-saved-more = Semua simpanan: <b>{ RUPIAH($balance) }</b>, naik { RUPIAH($amount) }
month-saved-less = Semua simpanan: <b>{ RUPIAH($balance) }</b>, turun { RUPIAH($amount) }
month-lent = Pinjaman berjalan: { ANGKA($count) }, sisa pokok: <b>{ RUPIAH($balance) }</b>
month-late = · ⚠️ menunggak: { ANGKA($count) } pinjaman, { RUPIAH($amount) }
month-cash = Kas dan bank: <b>{ RUPIAH($balance) }</b>
month-members = Anggota: { ANGKA($count) }
month-wajib = Wajib bulan itu: terkumpul { RUPIAH($paid) } dari { RUPIAH($due) }
month-disputed = ⚠️ Dibantah anggota: { ANGKA($count) } bukti, { RUPIAH($amount) }

rollup-head = <b>Rekap { BULAN($month) }</b>, { $region }
rollup-cooperatives = Koperasi: { ANGKA($count) }, yang mencatat: { ANGKA($recording) }
rollup-lent = Pinjaman, sisa pokok: <b>{ RUPIAH($balance) }</b>
rollup-hidden = { ANGKA($count) } koperasi dengan kurang dari 5 penyimpan tidak dijumlahkan.

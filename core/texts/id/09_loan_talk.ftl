# Loans in the chat: applications, disbursements, payments, what members see.

operation-pengajuan = Pengajuan Pinjaman
operation-pencairan = Pencairan Pinjaman
operation-angsuran = Angsuran Pinjaman
operation-restrukturisasi = Restrukturisasi Pinjaman
operation-hapusbuku = Hapus Buku Pinjaman

edit-loan = Pinjaman
edit-product = Produk
edit-tenor = Tenor
edit-purpose = Keperluan
edit-income = Penghasilan
edit-guarantors = Penjamin
edit-topup = Lunasi pinjaman lama
edit-rest = Kelebihan
edit-source = Sumber uang
button-agree = Setuju
button-decline = Tidak

choice-none = Tidak ada
choice-product = { $name }, { $rate }
choice-tenor = { ANGKA($count) } kali
choice-approved-loan = { $loan }, disetujui { RUPIAH($amount) }
choice-loan = { $loan }, sisa { RUPIAH($amount) }

ask-product = Memakai produk yang mana?
ask-tenor = Paling lama { ANGKA($longest) } kali. Berapa kali angsuran?
tenor-positive = Lamanya paling sedikit 1 kali angsuran.
loan-rate-not-this = ⚠️ Anda menyebut bunga { $said }, tetapi yang berlaku bunga produk ini.
loan-rate-unclear = ⚠️ Bunga yang Anda sebut belum jelas. Yang berlaku bunga produk ini.
loan-rate-above-cap = Bunga { $said } melebihi batas { $cap }% setahun, jadi tidak boleh dipakai.
ask-purpose = Contoh: modal warung. Untuk keperluan apa?
ask-income = Contoh: 3 juta. Berapa penghasilannya sebulan?
ask-guarantors = Tulis nama lengkap atau nomor anggota dan jumlahnya, contoh: Budi Santoso 1 juta. Siapa penjaminnya?
ask-topup = Pinjaman lama mana yang dilunasi dari pinjaman baru ini?
topup-none = ℹ️ Tidak ada pinjaman berjalan yang bisa dilunasi.
guarantor-unclear = Nama atau jumlahnya belum jelas.

loan-method-flat = bunga tetap
loan-method-menurun = bunga menurun
loan-method-anuitas = angsuran sama besar, bunga
loan-method-jatuh-tempo = pokok di akhir, bunga
loan-every-m = bulan
loan-every-w = minggu
loan-every-d = hari
loan-per-month = per bulan
loan-per-year = per tahun
loan-product = Produk: { $name }, { $method } { $rate }
loan-tenor = Tenor: { ANGKA($count) } kali, tiap { $every }
loan-instalment = Angsuran: { RUPIAH($amount) } × { ANGKA($count) }
loan-instalments = Angsuran: { RUPIAH($first) } ({ TANGGAL($first_due) }) sampai { RUPIAH($last) } ({ TANGGAL($last_due) })
loan-cost = Total dibayar: { RUPIAH($total) }, jasanya { RUPIAH($interest) }
loan-true-rate = Setara bunga efektif { $rate }% setahun
loan-provisi = Provisi saat cair: { RUPIAH($amount) }
loan-administrasi = Administrasi saat cair: { RUPIAH($amount) }
loan-purpose = Keperluan: { $purpose }
loan-income = Penghasilan: { RUPIAH($amount) } sebulan
loan-tops-up = Melunasi pinjaman lama: { $loan }, sisa pokok { RUPIAH($outstanding) }
loan-guarantor = Penjamin: { $name } { RUPIAH($amount) }
loan-warning-waiting = ⚠️ Sudah ada { $loan } sebesar { RUPIAH($amount) } yang belum cair.
loan-warning-running = ℹ️ Masih ada pinjaman berjalan { $loan }, sisa pokok { RUPIAH($amount) }.

loan-checks-fulfilled = ✓ { $what }
loan-check-licence = izin simpan pinjam
loan-check-rate-cap = batas bunga
loan-check-product = ketentuan produk
loan-check-bmpp = batas pinjaman per orang
loan-check-arrears = tanpa tunggakan
loan-check-savings = simpanan
loan-check-capacity = kemampuan bayar
loan-check-guarantors = penjamin
loan-check-licence-fails = ⚠️ Koperasi belum berizin memberi pinjaman sendiri.
loan-check-rate-cap-fails = ⚠️ Bunga { $rate }% setahun di atas batas { $cap }%.
loan-check-product-fails = ⚠️ Jumlah atau tenor di luar ketentuan produk { $product }.
loan-check-bmpp-fails = ⚠️ Semua pinjamannya { RUPIAH($owed) }, di atas batas per orang { RUPIAH($limit) }.
loan-check-arrears-fails = ⚠️ Masih menunggak: { $loans }.
loan-check-savings-fails = ⚠️ Semua pinjamannya { RUPIAH($owed) }, di atas { ANGKA($times) } kali simpanan ({ RUPIAH($limit) }).
loan-check-capacity-fails = ⚠️ Angsuran sebulan { RUPIAH($instalments) }, di atas { ANGKA($percent) }% penghasilan ({ RUPIAH($limit) }).
loan-check-guarantors-fails = ⚠️ Penjamin belum setuju: { $unanswered }. Simpanannya kurang: { $short }.

refusal-only-own-application = Anggota hanya bisa mengajukan pinjaman untuk diri sendiri. Untuk orang lain, ia mengajukannya sendiri atau lewat pengurus.

guarantee-question = { $name } ({ $number }) meminta Anda menjadi penjamin pinjaman { $loan } sebesar { RUPIAH($principal) }. Simpanan sukarela Anda ditahan { RUPIAH($amount) } sampai pinjamannya lunas. Setuju?
guarantee-agreed = Terima kasih. Anda setuju menjamin { $loan } ({ $name }) sebesar { RUPIAH($amount) }.
guarantee-declined = Baik. Anda tidak menjamin { $loan } ({ $name }) sebesar { RUPIAH($amount) }.
guarantee-agreed-notice = { $name } setuju menjamin { $loan } sebesar { RUPIAH($amount) }.
guarantee-declined-notice = { $name } tidak menjamin { $loan } sebesar { RUPIAH($amount) }.

ask-loan = Ada beberapa pinjaman. Yang mana?
ask-approved-amount = Cairkan sebesar yang disetujui?
refusal-no-running-loan = { $member } tidak punya pinjaman berjalan. Mungkin maksudnya simpanan?
refusal-loan-waits = Pinjaman { $loan } milik { $member } belum dicairkan, jadi belum ada angsuran. Cairkan dulu.
refusal-nothing-to-disburse = { $member } tidak punya pinjaman yang disetujui. Catat dulu pengajuannya.
refusal-still-undecided = Pengajuan { $loan } milik { $member } belum disetujui. Tunggu keputusannya, lalu cairkan.
approval-why-own-decision = Pencatat ikut memutuskan pinjaman ini.
approval-why-two = Sebesar ini diputuskan dua pengurus.
loan-label = Pinjaman: { $loan }
loan-approved-by = Disetujui oleh: { $who }
loan-topped-up = Melunasi pinjaman lama: { RUPIAH($amount) }
loan-net = Diserahkan tunai: { RUPIAH($amount) } ({ TERBILANG($amount) })
loan-first-due = Angsuran pertama: { TANGGAL($on) }, { RUPIAH($amount) }
receipt-outstanding = Sisa pokok: { RUPIAH($before) } menjadi <b>{ RUPIAH($balance) }</b>

ask-rest = Kelebihan dari yang jatuh tempo untuk apa?
choice-rest-next = Angsuran berikutnya
choice-rest-savings = Sisanya ke simpanan sukarela
ask-source = Dibayar dari mana?
choice-source-cash = Uang tunai
choice-source-savings = Potong simpanan sukarela
refusal-nothing-due = Belum ada angsuran { $loan } yang jatuh tempo, jadi tidak ada sisanya. Catat sebagai simpanan sukarela, atau untuk angsuran berikutnya.
refusal-which-loan = { $member } punya beberapa pinjaman.
approval-why-consent = Dibayar dari simpanan { $member }, jadi { $member } harus setuju.
payment-settles = Melunasi pinjaman. Jasa yang tidak perlu dibayar: { RUPIAH($waived) }
payment-from-savings = Dibayar dari: simpanan sukarela
payment-penalty = Denda: { RUPIAH($amount) }
payment-penalty-back = Denda yang sudah dibayar dan sekarang gugur: { RUPIAH($amount) } (menjadi pokok)
payment-interest = Jasa: { RUPIAH($amount) }
payment-principal = Pokok: { RUPIAH($amount) }
payment-touches = Angsuran ke-{ ANGKA($n) } ({ TANGGAL($due) }): { RUPIAH($amount) }
payment-touches-many = Angsuran ke-{ ANGKA($first) } sampai ke-{ ANGKA($last) } ({ ANGKA($count) } angsuran)
payment-ahead = ℹ️ { RUPIAH($amount) } lebih dari yang jatuh tempo: masuk ke angsuran berikutnya.
payment-to-savings = Kelebihannya ke simpanan sukarela: { RUPIAH($amount) }
loan-outstanding = Sisa pokok: { RUPIAH($before) } menjadi { RUPIAH($after) }
payment-all-paid = Pinjaman ini lunas.
payment-still-late = ⚠️ Masih menunggak { RUPIAH($amount) } sejak { TANGGAL($since) }.
payment-penalty-left = Denda belum dibayar: { RUPIAH($amount) }
payment-next = Berikutnya: { TANGGAL($on) }, { RUPIAH($amount) }
payment-settles-not = ⚠️ Ini belum melunasi. Pelunasan hari itu { RUPIAH($figure) }.
payment-could-settle = ℹ️ Pelunasan hari itu cukup { RUPIAH($figure) }. Kalau mau melunasi, ketik "pelunasan" dan nama anggotanya.
payment-fine-falls = ℹ️ Bertanggal mundur: denda berkurang { RUPIAH($amount) }.
payment-class = Kolektibilitas: { $before } menjadi { $after }
receipt-to-savings = Ke simpanan sukarela: { RUPIAH($amount) }, saldonya { RUPIAH($balance) }
receipt-from-savings = Dari simpanan sukarela, saldonya { RUPIAH($balance) }
receipt-row-loan = { $row }. { $name } ({ $number }) { RUPIAH($amount) }, sisa pokok { RUPIAH($balance) }
row-loan = { $loan }: sisa pokok menjadi { RUPIAH($balance) }
card-row-angsuran = { $row }. { $name } ({ $number }) { RUPIAH($amount) } Angsuran Pinjaman
rows-one-by-one = Pengajuan dan pencairan pinjaman dicatat satu per satu, bukan dalam daftar. Yang mana dulu?

menu-pinjaman = Pinjaman
button-schedule = Jadwal
button-payments = Riwayat
button-why = Dari mana?
button-all-loans = Semua pinjaman
button-previous = ◀ Sebelumnya
button-loan = { $loan }
balance-held = Ditahan sebagai jaminan: { RUPIAH($held) }, sampai pinjaman yang dijamin lunas
balance-loan = Pinjaman { $loan }: sisa { RUPIAH($outstanding) }, berikutnya { TANGGAL($on) } { RUPIAH($amount) }
balance-loan-late = Pinjaman { $loan }: sisa { RUPIAH($outstanding) }, harus dibayar sekarang { RUPIAH($amount) }
loans-own = <b>Pinjaman Anda</b>, { TANGGAL($on) }
loans-of = <b>Pinjaman { $name } ({ $number })</b>, { TANGGAL($on) }
loans-none-own = Anda tidak punya pinjaman berjalan. Untuk mengajukan, ketik misalnya "pinjam 3 juta 10 bulan".
loans-none-of = { $name } ({ $number }) tidak punya pinjaman berjalan.
loan-settled = { $loan }: lunas { TANGGAL($on) }
loan-state-applied = { $loan }: pengajuan { RUPIAH($amount) } dari { TANGGAL($on) }, menunggu keputusan.
loan-state-approved = { $loan }: { RUPIAH($amount) } sudah disetujui, menunggu dicairkan.
loan-state-written-off = { $loan }: sudah dihapus buku, tetapi masih ditagih { RUPIAH($amount) }.
loan-stands = { $loan } { $name }: sisa pokok <b>{ RUPIAH($outstanding) }</b> dari { RUPIAH($principal) }
loan-late = ⚠️ Menunggak { RUPIAH($amount) } sejak { TANGGAL($since) } ({ ANGKA($days) } hari).
loan-due-now = Harus dibayar sekarang: { RUPIAH($amount) }
loan-figure = Kalau dilunasi hari ini: { RUPIAH($amount) }
loan-class = Kolektibilitas: { $klass }
schedule-head = <b>Jadwal { $loan }, { $name } ({ $number })</b>, halaman { ANGKA($page) } dari { ANGKA($pages) }
schedule-paid = ✓ { ANGKA($n) }. { TANGGAL($due) } { RUPIAH($amount) }
schedule-part = { ANGKA($n) }. { TANGGAL($due) } { RUPIAH($amount) }, kurang { RUPIAH($left) }
schedule-late = ⚠️ { ANGKA($n) }. { TANGGAL($due) } { RUPIAH($amount) }
schedule-row = { ANGKA($n) }. { TANGGAL($due) } { RUPIAH($amount) }
payments-head = <b>Pembayaran { $loan }, { $name } ({ $number })</b>
payments-row-paid = No. { ANGKA($entry) }, { TANGGAL($on) }: { RUPIAH($amount) } (pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) }, denda { RUPIAH($penalty) })
payments-row-paid-back = No. { ANGKA($entry) }, { TANGGAL($on) }: { RUPIAH($amount) } (pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) }, denda { RUPIAH($penalty) }), dibatalkan lewat No. { ANGKA($by) }
payments-row-write-off = No. { ANGKA($entry) }, { TANGGAL($on) }: dihapus buku, sisa pokok { RUPIAH($amount) }
payments-row-write-off-back = No. { ANGKA($entry) }, { TANGGAL($on) }: dihapus buku, sisa pokok { RUPIAH($amount) }, dibatalkan lewat No. { ANGKA($by) }
payments-row-recovery = No. { ANGKA($entry) }, { TANGGAL($on) }: pemulihan sesudah hapus buku { RUPIAH($amount) }
payments-row-recovery-back = No. { ANGKA($entry) }, { TANGGAL($on) }: pemulihan sesudah hapus buku { RUPIAH($amount) }, dibatalkan lewat No. { ANGKA($by) }
payments-before = Sebelum masuk buku ini: { ANGKA($count) } angsuran dibayar (pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) })
payments-none = Belum ada pembayaran untuk { $loan }.
loans-head = <b>Pinjaman berjalan</b>, { TANGGAL($on) }
loans-late-head = <b>Pinjaman menunggak</b>, { TANGGAL($on) }
loans-row = { $loan } { $name } ({ $number }): sisa pokok { RUPIAH($outstanding) }
loans-row-late = { $loan } { $name } ({ $number }): sisa pokok { RUPIAH($outstanding) }, menunggak { RUPIAH($late) } ({ ANGKA($days) } hari)
loans-none-running = Belum ada pinjaman berjalan.
loans-none-late = Tidak ada pinjaman yang menunggak.
withdraw-by-maker = Pengajuan itu dicatat pengurus, Permintaan No. { ANGKA($number) }. Minta ia menariknya.
refusal-nothing-to-withdraw = Tidak ada pengajuan pinjaman Anda yang menunggu. Ketik /pinjaman untuk melihat semuanya.

button-why-instalment = Angsuran
button-why-fine = Denda
button-why-settlement = Pelunasan
explain-whose = Ketik misalnya "jasa Siti dari mana". Pinjaman siapa?
explain-loan = <b>{ $loan }, { $name } ({ $number })</b>
explain-head = Angsuran ke-{ ANGKA($n) }, { TANGGAL($due) }: <b>{ RUPIAH($total) }</b>
explain-brought = Jadwal ini dibawa koperasi dari catatan lama, jadi tidak dihitung dari aturannya.
explain-rule = Aturan: { $method } { $rate }, { ANGKA($count) } kali angsuran
explain-base-whole-months = Jasa ke-{ ANGKA($n) }: { $rate }% { $per } dari pokok awal { RUPIAH($base) }, untuk { $months } bulan = { RUPIAH($amount) }
explain-base-left-months = Jasa ke-{ ANGKA($n) }: { $rate }% { $per } dari sisa pokok { RUPIAH($base) }, untuk { $months } bulan = { RUPIAH($amount) }
explain-base-whole-days = Jasa ke-{ ANGKA($n) }: { $rate }% { $per } dari pokok awal { RUPIAH($base) }, untuk { $days } tahun = { RUPIAH($amount) }
explain-base-left-days = Jasa ke-{ ANGKA($n) }: { $rate }% { $per } dari sisa pokok { RUPIAH($base) }, untuk { $days } tahun = { RUPIAH($amount) }
explain-later = Jasa masa ini ditagih bersama angsuran ke-{ ANGKA($n) }.
explain-principal-share = Pokok: { RUPIAH($whole) } dibagi { ANGKA($parts) } = { RUPIAH($amount) }
explain-principal-rounded = Pokok: angsuran dibulatkan { RUPIAH($instalment) } dikurangi jasa { RUPIAH($interest) } = { RUPIAH($amount) }
explain-principal-level = Pokok: angsuran sama besar { RUPIAH($instalment) } dikurangi jasa { RUPIAH($interest) } = { RUPIAH($amount) }
explain-principal-rest = Pokok: semua yang tersisa = { RUPIAH($amount) }
explain-principal-grace = Pokok: belum dibayar (masa tenggang)
explain-principal-at-end = Pokok: dibayar di akhir
explain-carried = Jasa dari jadwal sebelumnya: { RUPIAH($amount) }
explain-moved = Tanggalnya digeser dari { TANGGAL($unmoved) } ke { TANGGAL($due) } karena hari libur.
explain-no-fine = Pinjaman ini tidak memakai denda.
explain-fine-rule-none-uncapped = Sekarang tidak ada denda baru.
explain-fine-rule-percent-daily = Denda { $percent }% sehari dari angsuran yang kurang, bebas { ANGKA($free) } hari pertama, paling banyak { $cap }% dari angsuran.
explain-fine-rule-percent-daily-uncapped = Denda { $percent }% sehari dari angsuran yang kurang, bebas { ANGKA($free) } hari pertama.
explain-fine-rule-percent-once = Denda { $percent }% sekali dari angsuran yang kurang, bebas { ANGKA($free) } hari pertama, paling banyak { $cap }% dari angsuran.
explain-fine-rule-percent-once-uncapped = Denda { $percent }% sekali dari angsuran yang kurang, bebas { ANGKA($free) } hari pertama.
explain-fine-rule-fixed-daily = Denda { RUPIAH($amount) } sehari, bebas { ANGKA($free) } hari pertama, paling banyak { $cap }% dari angsuran.
explain-fine-rule-fixed-daily-uncapped = Denda { RUPIAH($amount) } sehari, bebas { ANGKA($free) } hari pertama.
explain-fine-rule-fixed-once = Denda { RUPIAH($amount) } sekali, bebas { ANGKA($free) } hari pertama, paling banyak { $cap }% dari angsuran.
explain-fine-rule-fixed-once-uncapped = Denda { RUPIAH($amount) } sekali, bebas { ANGKA($free) } hari pertama.
explain-fine = Angsuran ke-{ ANGKA($n) } ({ TANGGAL($due) }): denda { RUPIAH($amount) }
explain-fine-stretch = mulai { TANGGAL($first) }, { ANGKA($days) } hari kurang { RUPIAH($lacked) }: { RUPIAH($amount) }
explain-fine-capped = dibatasi menjadi { RUPIAH($amount) }
explain-fine-carried = dari jadwal sebelumnya { RUPIAH($amount) }
explain-fine-paid = sudah dibayar { RUPIAH($amount) }
explain-fine-none = Belum ada yang terlambat, jadi belum ada denda.
explain-fine-left = Denda yang belum dibayar: { RUPIAH($amount) }
explain-settlement = Pelunasan { TANGGAL($on) }: <b>{ RUPIAH($total) }</b>
explain-settlement-principal = Sisa pokok: { RUPIAH($amount) }
explain-settlement-due = Jasa yang sudah jatuh tempo: { RUPIAH($amount) }
explain-settlement-running = Jasa berjalan angsuran ke-{ ANGKA($n) }, { ANGKA($days) } dari { ANGKA($period) } hari: { RUPIAH($amount) }
explain-settlement-further = Biaya pelunasan dipercepat: { RUPIAH($amount) }
explain-settlement-penalty = Denda: { RUPIAH($amount) }
explain-settlement-waived = Jasa yang tidak perlu dibayar: { RUPIAH($amount) }

ask-new-tenor = Jadwal baru berapa kali angsuran?
ask-reason-restrukturisasi = Tulis alasannya. Mengapa dijadwal ulang?
ask-reason-hapusbuku = Tulis alasannya. Mengapa dihapus buku?
change-carried-interest = Jasa yang belum dibayar, ikut angsuran pertama: { RUPIAH($amount) }
change-running-interest = (termasuk jasa berjalan { ANGKA($days) } dari { ANGKA($period) } hari: { RUPIAH($amount) })
change-carried-penalty = Denda yang belum dibayar: { RUPIAH($amount) }
change-class = Kolektibilitas tetap { $klass } sampai 3 angsuran dibayar.
change-claimed = Di luar pokok: jasa { RUPIAH($interest) }, denda { RUPIAH($penalty) }
change-still-claimed = Tetap ditagih: { RUPIAH($amount) }
approval-why-restructuring = Jadwal baru diputuskan ketua.
approval-why-write-off = Hapus buku diputuskan ketua.
recovery = ℹ️ Pemulihan pinjaman yang sudah dihapus buku. Tagihan: { RUPIAH($before) } menjadi { RUPIAH($after) }
receipt-recovery = Tagihan: { RUPIAH($before) } menjadi <b>{ RUPIAH($balance) }</b>
loan-approved = ✅ Pinjaman { $loan } disetujui: { RUPIAH($amount) }
loan-may-be-paid = Sudah bisa dicairkan. Ketik "cairkan pinjaman { $name }".
loan-rescheduled = ✅ Jadwal baru berlaku
write-off-parts = Dari cadangan penyisihan { RUPIAH($allowance) }, rugi { RUPIAH($loss) }

history-loan-lent = No. { ANGKA($entry) }, { TANGGAL($on) }: pencairan { $loan } { RUPIAH($amount) }
history-loan-paid = No. { ANGKA($entry) }, { TANGGAL($on) }: angsuran { $loan } { RUPIAH($amount) }
history-loan-back = No. { ANGKA($entry) }, { TANGGAL($on) }: pembatalan angsuran { $loan } { RUPIAH($amount) }

button-why-owed = Sisa
explain-outstanding = Sisa pokok: { RUPIAH($principal) } sejak { TANGGAL($since) }, dikurangi pokok yang dibayar { RUPIAH($paid) } = { RUPIAH($left) }
explain-late = Angsuran ke-{ ANGKA($n) } ({ TANGGAL($due) }): kurang { RUPIAH($left) }
explain-late-total = Tunggakan: { RUPIAH($amount) }, terlambat { ANGKA($days) } hari

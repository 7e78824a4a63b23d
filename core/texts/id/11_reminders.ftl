# What the clock says: reminders, the officers' morning, invites that run out; and what is switched off.

button-paid = Sudah bayar
button-details = Rincian
button-remind-tomorrow = Ingatkan besok

reminder-instalment = { $name }, angsuran ke-{ ANGKA($n) } pinjaman { $loan }:
reminder-dues = { $name }, simpanan wajib { BULAN($month) }:
reminder-dues-many = { $name }, simpanan wajib { ANGKA($count) } bulan, sejak { BULAN($month) }:
reminder-ahead = <b>{ RUPIAH($amount) }</b>, jatuh tempo { TANGGAL($due) } ({ ANGKA($days) } hari lagi).
reminder-tomorrow = <b>{ RUPIAH($amount) }</b>, jatuh tempo besok, { TANGGAL($due) }.
reminder-today = <b>{ RUPIAH($amount) }</b>, jatuh tempo hari ini, { TANGGAL($due) }.
reminder-late = <b>{ RUPIAH($amount) }</b>, jatuh tempo { TANGGAL($due) }, lewat { ANGKA($days) } hari.
reminder-fine = Denda sampai hari ini: { RUPIAH($amount) }.
reminder-pay = Bayar ke bendahara; buktinya dikirim ke chat ini.
reminder-pay-or-fine = Bayar ke bendahara. Kalau terlambat, ada denda.
reminder-pay-late = Mohon dibayar ke bendahara, atau hubungi pengurus bila ada kesulitan.

digest-head = Selamat pagi, { $name }. { $cooperative }, { TANGGAL($on) }:
digest-due = Jatuh tempo hari ini: { ANGKA($count) } angsuran, { RUPIAH($amount) }
digest-late = Menunggak: { ANGKA($count) } pinjaman, { RUPIAH($amount) }
digest-approvals = Menunggu persetujuan: { ANGKA($count) }
digest-disputed = Bukti yang dibantah anggota: { ANGKA($count) }
digest-claims = Mengaku sudah bayar, belum diperiksa: { ANGKA($count) }
digest-unsealed-days = Kas { ANGKA($count) } hari belum ditutup, terakhir { TANGGAL($on) }
digest-unsealed = Kas { TANGGAL($on) } belum ditutup
digest-suppliers = Utang pemasok lebih dari 30 hari: { RUPIAH($amount) } ke { ANGKA($count) } pemasok
digest-held = Uang masuk yang belum dikenal: { ANGKA($count) }, { RUPIAH($amount) }
digest-unreachable = Anggota yang chatnya terputus: { ANGKA($count) }
button-arrears = Tunggakan
button-lost = Chat terputus
lost-head = Anggota yang chatnya terputus. Hubungi langsung, lalu undang lagi. Pilih namanya:
lost-none = Tidak ada anggota yang chatnya terputus.
button-claims = Mengaku sudah bayar

invites-expiring = { ANGKA($count) } undangan belum dipakai dan berakhir { TANGGAL($on) }: { $names }
invites-expiring-more = dan { ANGKA($count) } orang lain.
invites-expiring-how = Tekan namanya untuk membuat undangan baru.
button-invite-again = Undang { $name }

integrity-finding = ⚠️ Pemeriksaan buku { TANGGAL($on) }: catatan tidak cocok dengan yang pernah ditulis.
integrity-entry = Mulai dari No. { ANGKA($entry) }.
integrity-how = Jangan mencatat dulu. Hubungi pengelola sistem; buku akan dibandingkan dengan cadangannya.

consent-reminder = pengingat
consent-statement = saldo bulanan
consent-announcement = pengumuman
consent-stopped = Baik, { $what } dihentikan. Bukti transaksi dan persetujuan tetap dikirim. Ketik MULAI untuk menyalakan lagi.
consent-resumed = Baik, { $what } dinyalakan lagi. Ketik STOP untuk berhenti.
consent-how-to-stop = Belum ada yang diubah. Untuk menghentikan pesan otomatis, ketik STOP, atau "stop pengingat", "stop saldo", "stop pengumuman".
consent-how-to-resume = Belum ada yang diubah. Untuk menyalakan lagi pesan otomatis, ketik MULAI, atau "mulai pengingat", "mulai saldo", "mulai pengumuman".
consent-stranger = Chat ini belum terhubung dengan koperasi, jadi tidak ada pesan yang dikirim ke sini.
official-stopped = Baik, rekap bulanan dihentikan. Ke chat ini hanya dikirim jawaban, permintaan persetujuan, dan perkembangan pengumuman Anda sendiri. Ketik MULAI untuk menyalakan lagi.
official-resumed = Baik, rekap bulanan dinyalakan lagi. Ketik STOP untuk berhenti.
my-data-messages = Pesan otomatis di chat ini: { $what }. Ketik STOP untuk berhenti, atau "stop pengingat", "stop saldo", "stop pengumuman".
my-data-messages-none = Pesan otomatis di chat ini: tidak ada. Ketik MULAI untuk menyalakan lagi.

refusal-not-your-reminder = Tombol ini untuk orang lain. Ketik <b>menu</b> untuk melihat yang bisa Anda lakukan.
owed-instalment = Angsuran ke-{ ANGKA($n) } pinjaman { $loan }: { RUPIAH($amount) }, jatuh tempo { TANGGAL($due) }.
owed-dues = Simpanan wajib { ANGKA($count) } bulan, sejak { BULAN($month) }: { RUPIAH($amount) }.
reminder-paid = Terima kasih. Bendahara diminta memeriksa; sampai diperiksa, ini tidak diingatkan lagi.
reminder-paid-before = Sudah disampaikan. Masih menunggu pemeriksaan bendahara.
reminder-paid-nobody = Terima kasih, ini tidak diingatkan lagi. Belum ada bendahara yang bisa diberi tahu; tunjukkan buktinya kepada pengurus.
reminder-paid-already = Ini sudah lunas di buku koperasi. Terima kasih.
reminder-changed = Jadwal pinjaman ini sudah berubah sejak pengingat itu dikirim. Tekan Rincian untuk melihat yang sekarang.
reminder-later = Baik, diingatkan lagi besok, { TANGGAL($on) }.
button-record-payment = Catat pembayaran
button-no-payment = Belum ada
button-claim = { $name }
claim-notice = { $name } ({ $number }) mengatakan <b>sudah bayar</b>. Di buku belum ada:
claim-instalment = Angsuran ke-{ ANGKA($n) } pinjaman { $loan }
claim-dues = Simpanan wajib { BULAN($month) }
claim-since = Dikatakan pada { TANGGAL($on) }.
claim-checked-before = Ini sudah diperiksa.
claim-none = Anggota diberi tahu bahwa pembayarannya belum ditemukan.
claim-not-found = Pengurus belum menemukan pembayaran ini. Kalau sudah dibayar, tunjukkan buktinya kepada bendahara.
claims-head = Mengaku sudah bayar, belum diperiksa. Pilih namanya:
claims-none = Tidak ada yang menunggu diperiksa.

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
digest-unreachable = Anggota yang chatnya terputus: { ANGKA($count) }
button-arrears = Tunggakan
button-claims = Mengaku sudah bayar

invites-expiring = { ANGKA($count) } undangan belum dipakai dan berakhir { TANGGAL($on) }: { $names }
invites-expiring-more = dan { ANGKA($count) } orang lain.
invites-expiring-how = Tekan namanya untuk membuat undangan baru.
button-invite-again = Undang { $name }

integrity-finding = ⚠️ Pemeriksaan buku { TANGGAL($on) }: catatan tidak cocok dengan yang pernah ditulis.
integrity-entry = Mulai dari No. { ANGKA($entry) }.
integrity-how = Jangan mencatat dulu. Hubungi pengelola sistem; buku akan dibandingkan dengan cadangannya.

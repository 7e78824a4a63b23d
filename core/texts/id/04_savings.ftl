# Savings: refusals, balances, history, the cooperative's figures.

refusal-book-closed = Buku sudah ditutup sampai { TANGGAL($through) }. Pilih tanggal sesudahnya.
refusal-future-date = Tanggal { TANGGAL($on) } belum tiba. Pilih hari ini atau sebelumnya.
refusal-below-floor = Saldonya tidak cukup. Tidak ada yang dicatat.
refusal-already-reversed = Transaksi ini sudah pernah dibatalkan.
refusal-no-such-entry = Nomor transaksi itu tidak ada.
refusal-not-enough-savings = Simpanan sukarela { $member } hanya { RUPIAH($available) }, tidak cukup untuk { RUPIAH($amount) }. Paling banyak bisa ditarik { RUPIAH($available) }.
refusal-pokok-paid = Simpanan pokok { $member } sudah lunas ({ RUPIAH($paid) }). Mungkin maksudnya simpanan wajib atau sukarela?
refusal-pokok-too-much = Simpanan pokok { $member } tinggal { RUPIAH($remaining) }. Catat paling banyak sejumlah itu.
refusal-own-savings = Untuk { $member }, yang mencatat harus pengurus lain dari chat lain: { $who }. Tidak ada yang dicatat.

balance-own = <b>Saldo Anda</b>, { TANGGAL($on) }
balance-of = <b>{ $name } ({ $number })</b>, { TANGGAL($on) }
balance-whose = Ketik "saldo" lalu nama anggotanya, contoh: saldo Siti. Saldo siapa?
balance-sukarela = Simpanan sukarela: { RUPIAH($balance) }
balance-wajib = Simpanan wajib: { RUPIAH($balance) }
balance-pokok = Simpanan pokok: { RUPIAH($balance) }
balance-pokok-remaining = Simpanan pokok kurang: { RUPIAH($remaining) }
balance-wajib-late = Wajib belum dibayar: { ANGKA($count) } bulan sejak { BULAN($first) }, { RUPIAH($owed) }
balance-wajib-through = Wajib lunas sampai { BULAN($month) }
history-head = <b>Riwayat { $name } ({ $number })</b>
history-in = No. { ANGKA($entry) }, { TANGGAL($on) }: { $kind } +{ RUPIAH($amount) }, saldo { RUPIAH($balance) }
history-out = No. { ANGKA($entry) }, { TANGGAL($on) }: { $kind } -{ RUPIAH($amount) }, saldo { RUPIAH($balance) }
history-empty = Belum ada transaksi untuk { $name }.

my-data = <b>Data Anda</b>: { $name }, { $cooperative }
my-data-phone = Nomor HP: { $phone }
my-data-nik = NIK: { $nik }
my-data-member = Nomor anggota { $number }, sejak { TANGGAL($joined_on) }
my-data-roles = Jabatan: { $roles }
my-data-rights = Ada yang salah? Ketik misalnya "data saya salah, nama saya harusnya Siti Aminah"; sekretaris menjawab paling lama 3 x 24 jam.

cash-head = <b>Kas dan bank</b>, { TANGGAL($on) }
cash-row = { $name }: { RUPIAH($balance) }
cash-total = Jumlah: { RUPIAH($balance) }
report-head = <b>{ $cooperative }</b>, { TANGGAL($on) }
report-sukarela = Simpanan sukarela: { RUPIAH($balance) }
report-wajib = Simpanan wajib: { RUPIAH($balance) }
report-pokok = Simpanan pokok: { RUPIAH($balance) }
report-cash = Kas: { RUPIAH($balance) }
unconfirmed-head = <b>Belum dibenarkan anggota (30 hari)</b>
unconfirmed-row = { $name }: { ANGKA($percent) }% ({ RUPIAH($amount) } dari { RUPIAH($total) }), BUKAN { RUPIAH($disputed) }
unconfirmed-none = Tidak ada catatan dalam 30 hari ini.

monitor-head = <b>Pantauan { $region }</b>: { ANGKA($cooperatives) } koperasi, { ANGKA($members) } anggota, simpanan { RUPIAH($savings) }.
    Angka koperasi dengan kurang dari 5 anggota tidak ditampilkan.
monitor-all-linked = Semua koperasi punya pengurus yang terhubung.
monitor-unlinked = <b>Belum terhubung</b>
monitor-row = { $code } { $name }: { $roles }
nobody-else = belum ada; minta ketua atau sekretaris mengundang pengurus lain
reversal-which = Nomornya ada di bukti, contoh: 28. Nomor transaksi berapa yang dibatalkan?
reversal-why = Tulis alasannya. Mengapa dibatalkan?
reversal-of = Transaksi No. { ANGKA($entry) }
reversal-entry = Transaksi: No. { ANGKA($entry) }
reversal-reason = Alasan: { $reason }
reversal-balance = Saldo { $kind } sekarang: { RUPIAH($balance) }
reversal-outstanding = Sisa pokok { $loan } sekarang: { RUPIAH($amount) }
reversal-claim = Tagihan { $loan } sekarang: { RUPIAH($amount) }
refusal-own-entry = No. { ANGKA($entry) } Anda catat sendiri. Yang membatalkan harus pengurus lain: { $who }.
refusal-not-by-chat = No. { ANGKA($entry) } tidak bisa dibatalkan lewat chat. Hubungi operator.
refusal-amount-too-large = Jumlahnya terlalu besar untuk dicatat. Periksa angka nolnya.

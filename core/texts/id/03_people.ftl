# First contact, linking, members, officers.

welcome = Ini layanan chat Koperasi Desa/Kelurahan Merah Putih.
    Untuk mulai, buka tautan undangan dari pengurus koperasi Anda, atau ketik /start lalu kode undangannya.
    Belum punya undangan? Mintalah kepada ketua atau sekretaris.
help-member = <b>Anggota</b>
    Ketik saja: saldo, pinjaman, riwayat, atau /cek lalu kode bukti.
    Mau meminjam? Ketik "pinjam 3 juta 10 bulan". Mau tahu hitungannya? Ketik "dari mana?".
    Setiap kali pengurus mencatat uang Anda, buktinya datang ke sini. Jawab BENAR atau BUKAN.
    STOP menghentikan pengingat, MULAI menyalakannya lagi.
help-officer = <b>Pengurus</b>
    Ketik seperti bicara: "wajib Siti 50rb", "sukarela Budi 100rb kemarin", "tarik Siti 20rb".
    Pinjaman: "Siti mau pinjam 3 juta", "cairkan pinjaman Siti", "angsuran Siti 200rb", "pelunasan Siti".
    Banyak sekaligus: tulis "wajib:" atau "angsuran:" lalu satu anggota satu baris.
    Periksa kartunya, lalu tekan ✅ Simpan. Sebelum itu tidak ada yang dicatat.
    /anggota /pinjaman /persetujuan /kas /laporan /batal
    Contoh lain ada di tombol di bawah.
help-cash = Tutup kas: hitung uang di laci, lalu ketik "tutup kas 1.250.000". Pengurus lain menekan ✅ Setujui; selisihnya dicatat sendiri. Isi kas sekarang: /kas.
help-reversal = Salah catat? Ketik "batalkan no 28, salah orang" atau "batalkan transaksi terakhir". Catatan aslinya tetap ada; pengurus lain menyetujui pembatalannya.
help-bank = Bank: "setor ke bank 2 juta", "tarik dari bank 500rb", "bunga bank 12.500", "biaya admin bank 10rb".
help-loans = Pinjaman: "Siti mau pinjam 3 juta 10 bulan", "cairkan pinjaman Siti", "angsuran Siti 200rb", "pelunasan Siti". Yang menunggak: "siapa nunggak?".
help-shop = Gerai: "tambah barang beras, harga 16rb per kg", "jual beras 5 kg 75rb", "kulakan gula 800rb", "Siti bon minyak 20rb", "Siti bayar bon 20rb", "harga beras?".
    Stok dan pemasok: "stok", "opname beras 45 kg", "kulakan gula 800rb utang ke Toko Makmur", "utang pemasok", "bayar Toko Makmur 300rb".
help-costs = Biaya: "bayar listrik 250rb", "bensin 50rb kemarin". Foto nota boleh dikirim dengan tulisan itu di bawahnya.
help-savings = Simpanan: "wajib Siti 50rb", "sukarela Budi 100rb kemarin", "tarik Siti 20rb". Banyak sekaligus: tulis "wajib:" lalu satu anggota satu baris.
help-reports = Laporan: "neraca", "laba rugi bulan lalu", "buku besar kas", "SHU 2025"; tambahkan "pdf" atau "excel" untuk berkasnya.
help-papers = Dokumen dan rapat: "dokumen", "RAT", "kuorum 40 dari 73". Yang mencatatnya ketua atau sekretaris.
help-announce = Pengumuman: ketik "umumkan: rapat besok jam 9 di balai desa". Kartunya diperiksa dulu sebelum dikirim.
help-practice = Latihan: ketik "latihan" untuk masuk, "pelajaran" untuk tugasnya, "selesai latihan" untuk kembali ke buku asli.
help-own-loan = Pinjaman: ketik "pinjam 3 juta 10 bulan" untuk mengajukan, "pinjaman" untuk sisa dan jatuh tempo, "dari mana?" untuk hitungannya.
help-own-savings = Simpanan: ketik "saldo" atau "riwayat". Setor dan tarik lewat pengurus: ketik "mau tarik 200rb", nanti diteruskan.
button-help-all = Semua bantuan
topic-name-savings = Simpanan & anggota
topic-name-loans = Pinjaman
topic-name-shop = Gerai
topic-name-cash = Kas, bank, biaya
topic-name-reports = Laporan & RAT
topic-savings = <b>Simpanan dan anggota</b>
    Setor: "wajib Siti 50rb", "sukarela Budi 100rb kemarin", "rapel wajib Siti Juli-September".
    Tarik: "tarik Siti 20rb". Berjangka: "simpanan berjangka Siti 1 juta 6 bulan".
    Tagihan: "siapa belum bayar wajib?". Saldo: "saldo Siti". Riwayat: "riwayat Siti".
    Keluar: "Siti keluar dari anggota". Undangan: "undang Siti". Salah catat: "batalkan no 12, salah orang".
topic-loans = <b>Pinjaman</b>
    "Siti mau pinjam 3 juta 10 bulan", "cairkan pinjaman Siti", "angsuran Siti 200rb", "pelunasan Siti".
    Hitung dulu: "simulasi 5 juta 12 bulan". Dari tabungan: "angsuran Siti 200rb dari sukarela".
    Siapa menunggak: "tunggakan". Rincian: "pinjaman Siti". Asal angkanya: "dari mana?".
topic-shop = <b>Gerai</b>
    Barang: "tambah barang beras, harga 16rb per kg". Harga: "ubah harga beras 17rb". Anggota bertanya: "harga beras?".
    Beli: "kulakan beras 50 kg 700rb", "kulakan gula 300rb dari Toko Makmur belum dibayar".
    Jual: "jual beras 5 kg", "Siti beli beras 2 kg", "Siti ngebon beras 2 kg", "Siti bayar bon 50rb".
    Stok: "stok beras", "hitung stok beras 45 kg", "beras rusak 2 kg". Utang: "utang pemasok".
topic-cash = <b>Kas, bank, dan biaya</b>
    Biaya: "bayar listrik 150rb", "honor pengurus 500rb"; fotonya boleh menyusul.
    Bank: "setor ke bank 1 juta", "tarik dari bank 500rb", "bunga bank 12.500", "biaya admin bank 5rb".
    Agen: "fee brilink 45rb", "transfer brilink 500rb fee 5rb". Hibah: "terima hibah 5 juta".
    Sore hari: "tutup kas", lalu hitung uangnya. Isi kas: /kas.
topic-reports = <b>Laporan dan RAT</b>
    "neraca", "laba rugi bulan ini", "arus kas", "buku besar kas", "daftar simpanan"; ada gambar, PDF, dan Excel.
    "tutup buku Oktober", "tutup tahun 2026", "perkiraan SHU", "SHU saya".
    "dokumen", "kuorum 40 dari 73", "temuan".
help-province = /pantau menampilkan koperasi di wilayah Anda: jumlah, simpanan, pinjaman, dan yang belum mencatat. Tanyakan juga: NPL Kukar, koperasi terbaik di Berau.

join-ask-contact = Satu langkah lagi: tekan tombol <b>Bagikan kontak saya</b> di bawah. Nomornya dicocokkan dengan yang terdaftar di koperasi.
    Setelah itu Anda menerima di sini: bukti setiap transaksi, pengingat, saldo bulanan, dan pengumuman koperasi. Dengan membagikan kontak, Anda setuju. Ketik STOP kapan saja untuk berhenti.
join-code-wrong = Kode undangan ini tidak dikenal. Periksa lagi, atau minta yang baru kepada pengurus.
join-code-used = Kode undangan ini sudah dipakai. Minta yang baru kepada pengurus.
join-code-expired = Kode undangan ini sudah lewat masa berlakunya. Minta yang baru kepada pengurus.
join-code-locked = Terlalu banyak kode yang salah. Coba lagi satu jam lagi, atau hubungi pengurus.
join-not-own-contact = Yang dibagikan bukan kontak Anda sendiri. Tekan tombol <b>Bagikan kontak saya</b> di bawah.
join-other-phone = Nomor ini tidak sama dengan yang terdaftar. Minta pengurus memeriksa nomor Anda, lalu buka lagi tautan undangannya.
join-who-speaks = Nomor ini dipakai beberapa orang. Siapa yang memakai chat ini?
join-ended = Undangan ini tidak berlaku lagi. Hubungi pengurus koperasi.
join-number-hidden = Nomor HP Anda tidak terlihat di sini, jadi tidak bisa dicocokkan dengan yang terdaftar. Minta pengurus tautan undangan untuk Telegram, atau buka tautannya dari nomor yang terdaftar.
join-done-consent = Anda menerima di sini: bukti setiap transaksi, pengingat, saldo bulanan, dan pengumuman koperasi. Dengan memakai kode undangan, Anda setuju. Ketik STOP kapan saja untuk berhenti.
join-done = Terhubung. Selamat datang, { $name }, di { $cooperative }.
join-done-officer = Anda terhubung sebagai { $roles }.
join-done-province = Terhubung sebagai petugas dinas.
join-done-menu = Ketik <b>menu</b> kapan saja.
contact-not-asked = Terima kasih, tetapi kontak ini tidak diperlukan sekarang.
access-ended = Akses chat ini sudah berakhir. Hubungi pengurus koperasi bila perlu.
channel-chosen = Mulai sekarang bukti, pengingat, dan kabar koperasi dikirim lewat { $channel }.
channel-not-linked = Anda belum terhubung di { $channel }. Minta tautan undangan untuk { $channel } kepada pengurus, lalu ketik lagi.
number-changed = Nomor WhatsApp { $name } berganti, jadi tidak sama lagi dengan yang terdaftar. Tanyakan nomor barunya, lalu perbarui datanya. Chatnya tetap terhubung.
switch-only-one = Chat ini hanya terhubung dengan satu koperasi.
switch-which = Sekarang: { $name }, { $cooperative }. Pindah ke mana?

thanks = Sama-sama.
not-text = Maaf, saya hanya bisa membaca tulisan. Ketik saja keperluannya.
not-text-location = Maaf, lokasi tidak bisa saya pakai. Ketik saja keperluannya.
not-text-reaction = Tanda seperti itu tidak saya catat sebagai jawaban. Ketik saja jawabannya.
not-text-edit = Pesan yang sudah diubah tidak saya baca lagi, dan tidak ada yang dicatat darinya. Kirim pesan yang baru.
number-late = Setelah pilihan itu ada pesan baru di chat ini, jadi angkanya tidak saya pakai. Tekan tombolnya, atau ketik keperluannya.
not-text-voice = Maaf, pesan suara belum bisa saya dengar. Ketik saja keperluannya.
prices-none = Daftar harga gerai belum diisi di sini. Harganya bisa ditanyakan di gerai, atau ke pengurus.
not-understood = Saya belum mengerti. Apakah salah satu ini maksudnya?
not-for-you = Itu bukan untuk chat ini. Tekan Menu untuk melihat yang bisa dilakukan.
member-wish = Permintaan Anda: "{ $said }".
    Anggota tidak mencatat sendiri. Teruskan ke pengurus?
wish-notice = Permintaan dari { $name } ({ $number }): "{ $said }". Belum ada yang dicatat.
wish-passed-on = Sudah diteruskan ke pengurus: "{ $said }". Belum ada yang dicatat; buktinya datang setelah dicatat.
wishes-waiting = <b>Permintaan anggota yang menunggu</b>
wish-row = { TANGGAL($on) } { $name } ({ $number }): "{ $said }"
button-wish = Permintaan { $name }
button-wish-done = Sudah diurus
wish-done = Sudah diurus: permintaan { $name } ({ $number }), "{ $said }".
wish-done-before = Permintaan itu sudah diurus.
wish-nobody = Belum ada bendahara atau ketua yang terdaftar. Sampaikan langsung ke kantor koperasi.
sorry-bug = Maaf, ada gangguan di sistem kami. Tidak ada yang dicatat. Coba lagi sebentar lagi.

members-head = <b>Anggota { ANGKA($first) } sampai { ANGKA($last) }</b>
members-row = { $number } { $name }
members-none = Belum ada anggota. Kirim berkas daftar anggota (.xlsx atau .csv) ke sini.
offices-head = <b>Pengurus</b>
offices-row = { $role }: { $name }
offices-row-unlinked = { $role }: { $name } (belum terhubung)
offices-how = Mengundang: ketik "undang bendahara Nama 0812…".
office-end-sure = Berhentikan { $role } { $name }? Aksesnya langsung tertutup.
office-ended = { $name } tidak lagi { $role }. Aksesnya sudah ditutup.
office-ended-notice = Tugas Anda sebagai { $role } di { $cooperative } sudah berakhir.
invite-how = Ketik "undang Siti Aminah", atau untuk pengurus: "undang bendahara Budi 081234567890". Siapa yang diundang?
invite-made = Undangan untuk { $name } ({ $role }).
    Kode: <b>{ $code }</b>, berlaku sampai { TANGGAL($expires_on) }, sekali pakai.
invite-link = Teruskan tautan ini kepadanya: { $link }
invite-link-whatsapp = Untuk WhatsApp: { $link }
invite-no-link = Tautan belum tersedia. Minta ia membuka bot ini, lalu mengetik /start dan kodenya.
invite-no-phone = Nomor HP { $name } belum terdaftar, jadi belum bisa diundang. Lengkapi dulu datanya.
invite-paper = Undangan untuk { $name } ({ $role }).

refusal = Itu tidak bisa dilakukan.
refusal-not-allowed = Ini bukan tugas jabatan Anda. Yang bisa: { $who }.
refusal-others-not-shown = Saldo dan data anggota lain tidak bisa ditampilkan. Ketik <b>saldo</b> untuk milik Anda.
refusal-no-membership = Anda belum tercatat sebagai anggota di koperasi ini.
refusal-no-such-member = Anggota itu tidak ada di koperasi ini. Ketik nama atau nomornya.
refusal-member-has-left = { $member } sudah keluar sejak { TANGGAL($left_on) }. Tidak ada yang dicatat.
refusal-not-yet-member = { $member } baru menjadi anggota pada { TANGGAL($joined_on) }. Pilih tanggal sesudahnya.
refusal-no-such-village = Kode desa { $code } tidak ada.
refusal-no-such-cooperative = Koperasi { $code } tidak ada.
refusal-no-such-region = Wilayah { $code } tidak ada.
refusal-not-a-phone = Nomor HP "{ $phone }" belum benar. Contoh: 081234567890.
refusal-no-such-office = Jabatan itu sudah berakhir.
refusal-not-your-receipt = Bukti ini bukan milik chat ini. Ketik <b>riwayat</b> untuk melihat milik Anda.
refusal-answered-before = Bukti No. { ANGKA($entry) } sudah dijawab sebelumnya.

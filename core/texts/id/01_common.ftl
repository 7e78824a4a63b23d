# Words used everywhere: buttons, menu, cards.

button-save = ✅ Simpan
button-edit = ✏️ Ubah
button-cancel = ❌ Batal
button-back = ◀ Kembali
button-menu = Menu
button-contact = 📱 Bagikan kontak saya
button-next = Berikutnya ▶
button-older = Yang lebih lama ▶
button-picture = Gambar bukti
button-right = BENAR
button-wrong = BUKAN
button-wrong-sure = Ya, BUKAN saya
button-reverse = Batalkan transaksi ini
button-pass-on = Teruskan ke pengurus
button-invite = Undang
button-invite-role = Undang { $role }
button-end-role = Berhentikan { $role }
button-end-sure = Ya, berhentikan
button-qr = Gambar QR
button-sheet = Lembar cetak
button-switch = { $to }
button-unknown = Tombol ini tidak dikenal. Ketik <b>menu</b> untuk mulai lagi.
button-old = Tombol ini sudah tidak berlaku. Tidak ada yang dicatat. Ketik <b>menu</b> untuk mulai lagi.

menu-saldo = Saldo saya
menu-riwayat = Riwayat
menu-catat = Catat transaksi
menu-anggota = Anggota
menu-kas = Kas
menu-laporan = Laporan
menu-pengurus = Pengurus
menu-ganti = Ganti koperasi
menu-pantau = Pantau
menu-bantuan = Bantuan
menu-hello = Halo, { $name }. { $cooperative }.
    Pilih tombol, atau ketik saja keperluannya.
menu-hello-province = Halo, { $name }. Pilih tombol di bawah.

choice-member = { $name } ({ $number }) { $hint }
choice-person = { $name } ({ $number })
choice-number = { $number }
choice-amount = { RUPIAH($amount) }
choice-date = { TANGGAL($on) }
choice-month = { BULAN($month) }

operation-wajib = Simpanan Wajib
operation-sukarela = Simpanan Sukarela
operation-pokok = Simpanan Pokok
operation-tarik = Penarikan Simpanan Sukarela
operation-batal = Pembatalan Transaksi
operation-lain = Transaksi lain

card-member = Anggota: { $name } ({ $number })
card-amount = Jumlah: { RUPIAH($amount) } ({ TERBILANG($amount) })
card-date = Tanggal: { TANGGAL($on) }
card-month = Untuk: { BULAN($month) }
card-months = Untuk: { BULAN($first) } sampai { BULAN($last) } ({ ANGKA($count) } bulan)
card-months-between = Untuk: { ANGKA($count) } bulan antara { BULAN($first) } dan { BULAN($last) }
card-month-rest = Sebagian: { RUPIAH($amount) } untuk { BULAN($month) }
card-balance = Saldo: { RUPIAH($before) } menjadi { RUPIAH($after) }
card-note = Catatan: { $note }
card-warning-arrears = ⚠️ Masih ada { ANGKA($count) } bulan belum lunas, sejak { BULAN($first) }.
card-warning-repeat = ⚠️ Mungkin dobel: hari itu sudah ada yang sama (No. { ANGKA($entry) }).
card-warning-unusual = ⚠️ Jauh di atas biasanya ({ RUPIAH($usual) }). Periksa angka nolnya.
card-row = { $row }. { $name } ({ $number }) { RUPIAH($amount) }
card-row-wajib = { $row }. { $name } ({ $number }) { RUPIAH($amount) } Simpanan Wajib
card-row-sukarela = { $row }. { $name } ({ $number }) { RUPIAH($amount) } Simpanan Sukarela
card-row-pokok = { $row }. { $name } ({ $number }) { RUPIAH($amount) } Simpanan Pokok
card-row-tarik = { $row }. { $name } ({ $number }) { RUPIAH($amount) } Penarikan Simpanan Sukarela
card-part = Kartu { $part } dari { $parts }
card-total = Total: { RUPIAH($total) }
card-again = Kartu kemarin sudah lewat 24 jam. Ini kartunya lagi, periksa dulu:
card-cancelled = Dibatalkan. Tidak ada yang dicatat.
card-cancelled-before = Kartu ini sudah dibatalkan. Tidak ada yang dicatat.
card-recorded-before = Kartu ini sudah tercatat: No. { ANGKA($entry) }. Tidak dicatat dua kali.
card-renewed = Kartu ini sudah diganti dengan yang baru di bawah. Tidak ada yang dicatat.
card-unknown = Kartu ini tidak ada di percakapan ini atau sudah lama. Tidak ada yang dicatat. Silakan ketik transaksinya lagi.
which-card = Ada { ANGKA($count) } kartu yang belum disimpan. Tekan ✅ Simpan di kartu yang dimaksud.

receipt-number = ✅ Tercatat No. { ANGKA($entry) }
receipt-balance = Saldo: { RUPIAH($before) } menjadi <b>{ RUPIAH($balance) }</b>
receipt-recorder = Dicatat oleh: { $name }
receipt-code = Kode cek: { $code }
receipt-sent = Bukti juga dikirim ke anggota.
receipt-own-chat = Jawaban ini dari chat pencatatnya sendiri, jadi belum menjadi saksi.
receipt-no-chat = Anggota belum punya chat. Buktinya menunggu 30 hari sampai ia terhubung.
receipt-question = { $cooperative }
    Apakah ini benar?
receipt-batch = ✅ Tercatat { ANGKA($count) } transaksi, No. { ANGKA($first) } sampai { ANGKA($last) }. Total: { RUPIAH($total) }
receipt-row = { $row }. { $name } ({ $number }) { RUPIAH($amount) }, saldo { RUPIAH($balance) }
receipt-batch-no-chat = { ANGKA($count) } anggota belum punya chat. Buktinya menunggu 30 hari.
receipt-confirmed = Terima kasih, sudah dibenarkan.
receipt-disputed = Terima kasih. Ketua dan pengawas diberi tahu. Catatan belum diubah sampai diperiksa.
receipt-dispute-sure = Maksudnya bukti ini yang tidak benar?
receipt-disputed-notice = ⚠️ Anggota menyatakan BUKAN pada catatan No. { ANGKA($entry) }. Mohon diperiksa.
receipt-none-open = Tidak ada bukti yang menunggu jawaban.

check-how = Ketik /cek lalu kodenya, contoh: /cek ABCD-2345
check-unknown = Kode { $code } tidak ada di catatan koperasi ini.
check-known = Benar, bukti ini ada di catatan koperasi:
check-state-no-chat = Anggota belum menerima bukti di chat.
check-state-sent = Bukti sedang dikirim ke anggota.
check-state-delivered = Bukti sudah dikirim ke anggota, belum dijawab.
check-state-confirmed = Anggota sudah menyatakan BENAR.
check-state-disputed = Anggota menyatakan BUKAN. Sedang diperiksa.

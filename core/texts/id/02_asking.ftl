# Questions of a form, one thing at a time.

ask-operation = Apa yang dicatat?
ask-operation-of-amount = { RUPIAH($amount) } ini untuk apa?
ask-member = Ketik nama atau nomor anggota. Untuk siapa?
ask-member-plain = Nama anggotanya siapa? Tulis nama atau nomornya saja, tanpa tanda atau tautan. Untuk siapa?
ask-member-which = Ada beberapa yang cocok dengan "{ $said }". Yang mana?
ask-member-mismatch = Nomor dan namanya tidak cocok ("{ $said }"). Yang mana?
ask-member-unknown = Tidak ada anggota "{ $said }" di sini. Ketik nama lengkap atau nomornya. Untuk siapa?
ask-member-unknown-near = Tidak ada anggota "{ $said }". Apakah salah satu ini?
ask-amount = Contoh: 50rb. Berapa jumlahnya?
ask-amount-again = Jumlahnya belum jelas. Contoh: 50.000. Berapa tepatnya?
ask-amount-bare = Maksudnya yang mana?
ask-amount-malformed = Penulisan angkanya belum jelas. Contoh: 50.000. Berapa tepatnya?
ask-amount-approximate = Jumlahnya harus pas. Berapa tepatnya?
ask-amount-english-comma = Maksudnya yang mana?
ask-amount-several = Ada beberapa angka. Berapa yang dicatat?
ask-amount-conflict = Angka dan hurufnya berbeda. Berapa yang benar?
ask-amount-slang = Maksudnya yang mana?
ask-amount-zero = Jumlahnya harus lebih dari nol. Berapa?
ask-amount-negative = Jumlahnya tidak boleh minus. Berapa?
ask-amount-too-large = Jumlah itu terlalu besar untuk dicatat. Berapa yang benar?
ask-amount-quantity-only = Itu banyaknya barang. Berapa rupiah?
ask-amount-lookup = Berapa rupiah tepatnya?
ask-amount-above-limit = Jumlah itu di atas batas sekali catat ({ RUPIAH($limit) }). Kalau memang benar, pilih atau tulis sekali lagi. Berapa yang benar?
card-above-limit = ⚠️ Di atas batas sekali catat, { RUPIAH($limit) }. Periksa sekali lagi.
ask-date = Contoh: kemarin, atau 20/11. Tanggal berapa?
ask-date-future = Tanggal itu belum tiba. Tanggal berapa?
ask-months = Untuk bulan mana?
ask-note = Tulis catatannya (paling banyak 200 huruf). Apa catatannya?
ask-edit = Apa yang diubah?
edit-member = Anggota
edit-amount = Jumlah
edit-on = Tanggal
edit-operation = Jenis
edit-note = Catatan
edit-months = Bulan
edit-entry = Nomor transaksi
edit-reason = Alasan

row-asked = Baris { $row } ("{ $said }"):
rows-unclear-date = Tanggalnya belum jelas. Tulis satu tanggal di atas daftar, contoh: 20/11. Tanggal berapa?
rows-several-dates = Tanggalnya tidak sama di semua baris. Kirim satu daftar untuk satu tanggal. Tanggal mana dulu?
rows-mixed = Setoran dan penarikan tidak bisa dalam satu daftar. Kirim terpisah. Yang mana dulu?
rows-above-limit = Jumlah semuanya di atas batas sekali catat ({ RUPIAH($limit) }). Bagi menjadi beberapa daftar. Berapa yang benar?
rows-total-differs = Total yang ditulis { RUPIAH($said) }, tetapi jumlah barisnya { RUPIAH($total) }. Kirim lagi semuanya. Mana yang benar?
form-cancelled = Dibatalkan. Tidak ada yang dicatat.
not-understood-here = Saya belum mengerti jawabannya.

doubt-too-long = Pesannya terlalu panjang. Bagi menjadi beberapa pesan, lalu kirim satu per satu. Mau mulai dari mana?
doubt-negated = Sepertinya ini tidak jadi, jadi tidak saya catat. Apakah ada yang perlu dicatat?
doubt-not-yet = Sepertinya ini belum terjadi, jadi tidak saya catat. Catat setelah uangnya diterima, ya. Ada yang lain?
doubt-question = Ini pertanyaan atau catatan? Kalau mau mencatat, tulis tanpa tanda tanya. Mau mencatat?
doubt-correction = Tulis sekali lagi dengan jumlah yang benar saja. Mana yang benar?
doubt-total-differs = Total yang ditulis tidak sama dengan jumlah barisnya. Mana yang benar?
doubt-other = Saya belum yakin maksudnya. Mau mencatat apa?

nothing-to-confirm = Tidak ada kartu yang menunggu jawaban. Tekan ✅ Simpan di kartunya, atau ketik transaksinya.
cancel-nothing = Tidak ada yang sedang diisi.
cancel-done = Dibatalkan. Tidak ada yang dicatat.

ask-meant =
    "{ $said }"

    Ini untuk dicatat di buku, atau tulisan yang tadi diminta?
choice-meant-record = Dicatat di buku
choice-meant-announce = Isi pengumuman
choice-meant-reject = Alasan menolak

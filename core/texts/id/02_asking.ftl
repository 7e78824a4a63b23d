# Questions of a form, one thing at a time.

ask-operation = Apa yang dicatat?
ask-operation-of-amount = { RUPIAH($amount) } ini untuk apa?
ask-member = Untuk anggota siapa? Ketik nama atau nomornya.
ask-member-plain = Nama anggotanya siapa? Tulis nama atau nomornya saja, tanpa tanda atau tautan. Untuk siapa?
ask-member-which = Ada beberapa yang cocok dengan "{ $said }". Yang mana?
ask-member-mismatch = Nomor dan namanya tidak cocok ("{ $said }"). Yang mana?
ask-member-unknown = Tidak ada anggota "{ $said }" di sini. Siapa namanya? Ketik nama lengkap atau nomornya.
ask-member-unknown-near = Tidak ada anggota "{ $said }". Apakah salah satu ini?
ask-amount = Berapa jumlahnya? Contoh: 50rb
ask-amount-again = Jumlahnya belum jelas. Berapa tepatnya? Contoh: 50.000
ask-amount-bare = Maksudnya yang mana?
ask-amount-malformed = Penulisan angkanya belum jelas. Berapa tepatnya? Contoh: 50.000
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
ask-amount-above-limit = Jumlah itu di atas batas sekali catat ({ RUPIAH($limit) }). Berapa yang benar?
ask-date = Tanggal berapa? Contoh: kemarin, atau 20/11
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

row-operation = Baris { $row }: jenisnya belum jelas. Tulis jenis di atas daftar, contoh "wajib:". Jenisnya apa?
row-member = Baris { $row } ("{ $said }"): anggotanya belum jelas. Perbaiki baris itu lalu kirim lagi semuanya.
row-amount = Baris { $row } ("{ $said }"): jumlahnya belum jelas. Berapa tepatnya? Kirim lagi semuanya.
rows-total-differs = Total yang ditulis { RUPIAH($said) }, tetapi jumlah barisnya { RUPIAH($total) }. Mana yang benar? Kirim lagi semuanya.
form-cancelled = Dibatalkan. Tidak ada yang dicatat.
not-understood-here = Saya belum mengerti jawabannya.

doubt-negated = Sepertinya ini tidak jadi, jadi tidak saya catat. Apakah ada yang perlu dicatat?
doubt-not-yet = Sepertinya ini belum terjadi, jadi tidak saya catat. Catat setelah uangnya diterima, ya. Ada yang lain?
doubt-question = Ini pertanyaan atau catatan? Kalau mau mencatat, tulis tanpa tanda tanya. Mau mencatat?
doubt-correction = Mana yang benar? Tulis sekali lagi dengan jumlah yang benar saja, ya.
doubt-total-differs = Total yang ditulis tidak sama dengan jumlah barisnya. Mana yang benar?
doubt-other = Saya belum yakin maksudnya. Mau mencatat apa?

nothing-to-confirm = Tidak ada kartu yang menunggu jawaban. Tekan ✅ Simpan di kartunya, atau ketik transaksinya.
cancel-nothing = Tidak ada yang sedang diisi.
cancel-done = Dibatalkan. Tidak ada yang dicatat.

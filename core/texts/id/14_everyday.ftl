# The cash book: expenses, trade by value, to and from the bank.

operation-biaya = Biaya Operasional
operation-jual = Penjualan Gerai
operation-stok = Pembelian Stok
operation-setorbank = Setor ke Bank
operation-tarikbank = Tarik dari Bank

edit-expense = Jenis biaya
edit-from = Dari
edit-to = Ke
edit-credit = Tunai/utang
ask-expense = Jenis biayanya apa?
ask-from = Uangnya dari mana?
ask-to = Uangnya ke mana?
ask-credit = Dibayar tunai atau utang ke pemasok?
choice-paid = Tunai
choice-on-credit = Utang
card-expense = Jenis biaya: { $name }
card-on-credit = Dibayar: belum, utang ke pemasok
card-transfer = Dari { $source } ke { $target }
card-stands = { $place }: { RUPIAH($before) } menjadi { RUPIAH($after) }
receipt-stands = { $place }: { RUPIAH($before) } menjadi <b>{ RUPIAH($after) }</b>
card-warning-minus = ⚠️ { $place } menjadi kurang dari nol. Periksa uangnya, atau catat dulu uang masuknya.
approval-why-expense = Perlu persetujuan pengurus lain: di atas batas belanja sehari, { RUPIAH($limit) }.
refusal-above-expense-limit = Belanja itu hari ini menjadi { RUPIAH($amount) }, di atas batas belanja { RUPIAH($limit) }, jadi perlu persetujuan.
refusal-same-place = Uangnya dari { $place } ke { $place } lagi. Pilih tujuan yang lain.
refusal-before-founding = Tanggal { TANGGAL($on) } sebelum ada koperasi ini. Paling awal { TANGGAL($first) }. Tanggal berapa?

card-note-photo = Foto nota: ada
note-on-card = Foto nota disimpan bersama kartu ini.
note-kept = Foto nota disimpan pada No. { ANGKA($entry) }.
note-of-entry = Nota No. { ANGKA($entry) }
note-of-request = Nota permintaan No. { ANGKA($number) }
note-gone = Foto nota ini sudah dihapus.
ask-note-photo = Kirim foto nota untuk No. { ANGKA($entry) }.
button-see-note = Lihat foto nota
button-send-note = Kirim foto nota
refusal-no-note = No. { ANGKA($entry) } bukan biaya, jadi tidak punya nota.
refusal-note-not-kept = Belum ada foto nota untuk No. { ANGKA($entry) }.
refusal-too-many-photos = No. { ANGKA($entry) } sudah punya { ANGKA($most) } foto nota, paling banyak sekian.
refusal-not-a-photo = Nota dikirim sebagai foto (JPG atau PNG).

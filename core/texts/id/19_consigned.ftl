# Titip jual: goods the gerai sells for their owners.

refusal-not-so-many-consigned = { $good } titipan ini tinggal { TAKARAN($quantity) } { $unit }.
refusal-share-too-large = Bagian toko { RUPIAH($share) } tidak lebih kecil dari harganya, { RUPIAH($price) }.
operation-titipmasuk = Titip Jual Masuk
operation-titipkembali = Titipan Dikembalikan
operation-jualtitipan = Penjualan Titipan
operation-bayartitipan = Bayar Titipan

edit-goods = Barang
ask-owner = Titipan siapa?
owner-unknown = { $name } belum pernah titip. Catat dulu titipannya, atau pilih pemiliknya.
ask-outsider = { $name } bukan anggota? Tekan tombolnya, atau tulis nama anggotanya.
choice-outsider = Bukan anggota: { $name }
choice-owner = { $name }
choice-consigned = { $name } ({ $owner })
ask-share = Berapa bagian toko dari uang itu?
choice-no-share = Tanpa bagian toko
ask-consigned-amount = Menurut harga titipannya { RUPIAH($price) }. Berapa seluruhnya yang dibayar pembeli?
ask-consigned-goods = Barang apa dan berapa? Contoh: 20 bungkus keripik
ask-consigned-price = Dijual berapa per { $unit }?
ask-consigned-share = Berapa bagian toko per { $unit }?
card-owner = Pemilik: { $name } (bukan anggota)
card-consigned = Barang: { $name }, { TAKARAN($quantity) } { $unit }
card-shared = Bagian pemilik { RUPIAH($owner) }, bagian toko { RUPIAH($share) }
card-consigned-price = Dijual { RUPIAH($price) } per { $unit }, bagian toko { RUPIAH($share) }
card-consigned-all = Kalau laku semua, pemilik menerima { RUPIAH($amount) }
consigned-kept = Sudah dicatat. { $name } titipan sekarang { TAKARAN($quantity) } { $unit }.
consigned-owed = { $name }: belum dibayar { RUPIAH($amount) }
consigned-total = Jumlah belum dibayar: { RUPIAH($amount) } kepada { ANGKA($count) } pemilik
consigned-left = Masih ada: { $name } { TAKARAN($quantity) } { $unit }
consigned-left-of = Masih ada: { $name } { TAKARAN($quantity) } { $unit } ({ $owner })
consigned-nothing = Tidak ada titipan.
consigned-none = Tidak ada barang titipan yang bisa dikembalikan.
consigned-nothing-owed = Tidak ada hasil titipan { $name } yang belum dibayar.
consigned-one-by-one = Ada barang titipan di situ. Catat satu per satu, misalnya: jual keripik Bu Rini 5 bungkus

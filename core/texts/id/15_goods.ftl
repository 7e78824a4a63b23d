# Goods of the gerai: prices, stock, bon.

refusal-above-het = { $good }: { RUPIAH($price) } di atas HET { RUPIAH($ceiling) }. Jual paling mahal sebesar HET.
refusal-too-many-goods = Daftar barang sudah penuh ({ ANGKA($most) } barang).
refusal-keeps-stock = { $good } masih ada stoknya, jadi satuan, golongan dan catatan stoknya tidak bisa diubah.
refusal-not-enough-stock = Stok { $good } tinggal { TAKARAN($quantity) } { $unit }. Catat dulu pembeliannya, atau kurangi jumlahnya.
refusal-stock-moved-on = { $good } dari transaksi ini sudah keluar lagi. Batalkan dulu transaksi No. { $entry }.
refusal-nothing-sold = { $good } yang terjual hanya { TAKARAN($quantity) } { $unit }, jadi tidak bisa kembali lebih banyak.
refusal-kind-changed = { $good } dulu golongan { $kind }. Kembalikan dulu golongannya, baru batalkan transaksi ini.
refusal-lost-of-two-kinds = Barang itu dari golongan yang berbeda. Catat satu per satu.
refusal-not-in-books = { $account } di buku yang belum dirinci tinggal { RUPIAH($left) }, kurang dari { RUPIAH($amount) }.
refusal-above-bon-limit = Bon { RUPIAH($amount) } ditambah bon lama { RUPIAH($owed) } melewati batas { RUPIAH($limit) }. Jual tunai, atau lunasi dulu bon lama.
refusal-more-than-bon = Bon yang terbuka { RUPIAH($owed) }, kurang dari { RUPIAH($amount) }.
refusal-more-than-owed = Utang ke pemasok { RUPIAH($owed) }, kurang dari { RUPIAH($amount) }.
refusal-worth-nothing = { $good }: nilainya tidak sampai Rp1, jadi tidak ada yang dicatat. Periksa jumlah dan stoknya.

operation-bayarbon = Bayar Bon
operation-retur = Retur Penjualan
operation-susut = Stok Hilang/Rusak
operation-pemasok = Bayar Pemasok

ask-good = Barang yang mana?
ask-quantity = Berapa { $unit } { $name }?
ask-each = { RUPIAH($amount) } itu untuk semuanya, atau harga satuannya? Pilih jumlah seluruhnya.
ask-bon = Dibayar tunai atau bon?
choice-good = { $name }
choice-by-value = Barang lain: catat nilainya saja
choice-quantity = { TAKARAN($quantity) } { $unit }
choice-on-bon = Bon
edit-quantity = Banyaknya
card-good = Barang: { $name } { TAKARAN($quantity) } { $unit } = { RUPIAH($amount) }
card-cost = Modal: { RUPIAH($amount) }
card-stock = Stok { $name }: { TAKARAN($before) } menjadi { TAKARAN($after) } { $unit }
card-on-bon = Dibayar: bon
bon-none = Bon: lunas
bon-left = Sisa bon: { RUPIAH($amount) }
bon-left-since = Sisa bon: { RUPIAH($amount) }, yang tertua { TANGGAL($on) }
goods-one-by-one = Beberapa barang itu belum ada harganya. Catat satu per satu, misalnya "kulakan beras 10 karung 700rb".
loss-of-what = Barang itu belum ada di daftar. Sebut barang dan banyaknya, misalnya "beras rusak 2 karung".

operation-barang = Daftar Barang
good-name = Barang: { $name }
good-unit = Satuan: { $unit }
good-kind = Golongan: { $kind }
good-price = Harga jual: { RUPIAH($price) }
good-price-before = Harga sekarang: { RUPIAH($price) }
good-ceiling = HET: { RUPIAH($ceiling) }
good-stocked = Stok: dicatat
good-not-stocked = Stok: tidak dicatat
good-opening = Stok awal: { TAKARAN($quantity) } { $unit }, modal { RUPIAH($value) }
good-new = Barang ini belum ada di daftar.
good-removed = Tidak dijual lagi.
good-kept = Daftar barang sudah diperbarui.
goods-how = Tulis misalnya "tambah barang beras 5 kg satuan karung harga 75rb HET 78rb", "ubah harga beras 5 kg 76rb", atau "stok awal beras 5 kg 10 karung 700rb".
goods-more = … dan { ANGKA($count) } barang lain. Sebut nama barangnya.
card-kept-before = Sudah disimpan di daftar barang.
refusal-no-such-good = { $name } belum ada di daftar barang.
ask-price = Harga jualnya berapa?
ask-ceiling = HET-nya berapa?
edit-price = Harga jual
edit-ceiling = HET
edit-kind = Golongan
ask-kind = Golongannya apa?
choice-kind = { $kind }
edit-measure = Satuan
ask-unit = { $name } dihitung per apa?
choice-unit = { $unit }
card-by-value = Stoknya belum ikut tercatat: barang ini belum ada di daftar. Lain kali ketik dulu: tambah barang (nama), harga (rupiah) per kg
prices = <b>Harga gerai</b>
price-of = { $name }: { RUPIAH($price) } per { $unit }
price-gone = { $name }: { RUPIAH($price) } per { $unit } (habis)
stock-list = <b>Stok gerai</b>
stock-none = Belum ada barang dengan stok di daftar. Tulis misalnya "tambah barang beras 5 kg satuan karung harga 75rb".
stock-of = { $name }: { TAKARAN($quantity) } { $unit }, modal rata-rata { RUPIAH($cost) }, nilai { RUPIAH($value) }
stock-of-counted = { $name }: { TAKARAN($quantity) } { $unit }, modal rata-rata { RUPIAH($cost) }, nilai { RUPIAH($value) }, opname { TANGGAL($on) }
stock-total = Nilai seluruhnya: { RUPIAH($value) }

file-goods = Barang: { ANGKA($count) }, yang baru { ANGKA($added) }
file-goods-stock = Stok awal: { RUPIAH($value) } dari persediaan di buku
import-good-twice = nama barang sama dengan baris { ANGKA($other) }
import-above-het = harga di atas HET
import-keeps-stock = barang ini masih ada stoknya, satuannya tidak bisa diubah
import-stock-and-value = stok dan modal diisi keduanya, atau tidak sama sekali
import-stock-not-kept = stok barang ini tidak dicatat
import-not-a-kind = "{ $value }" bukan golongan. Pilih sembako, pupuk, lpg atau obat
import-not-in-books = jumlah modal { RUPIAH($value) } lebih dari { $account } di buku yang belum dirinci, { RUPIAH($left) }
import-name-length = paling panjang { ANGKA($most) } huruf
import-not-a-quantity = "{ $value }" bukan jumlah barang, misalnya 10 atau 2,5
import-yes-or-no = isi "ya" atau "tidak"

bon-row = No. { $entry }, { TANGGAL($on) }: { RUPIAH($amount) }, sisa { RUPIAH($left) }
bon-nobody = Tidak ada bon yang terbuka.
bon-list = <b>Bon anggota</b>
bon-of = { $name } ({ $number }): { RUPIAH($amount) }
bon-total = Seluruhnya { RUPIAH($amount) } dari { ANGKA($count) } anggota

operation-opname = Opname Stok
edit-counted = Hasil hitungan
ask-opname = Barang apa yang dihitung, dan berapa? Satu barang satu baris, misalnya "beras 45 kg".
ask-opname-goods = Paling lama belum dihitung: { $names }
ask-counted-good = Berapa { $unit } { $name } yang dihitung?
opname-strange = Belum ada di daftar barang: { $names }. Tulis lagi barang dan jumlahnya.
choice-count-rest = Lanjut, { ANGKA($count) } barang lain saja
opname-goods = Jumlah: { ANGKA($count) } barang
opname-agrees = { $name }: dihitung { TAKARAN($counted) } { $unit }, cocok dengan buku
opname-short = { $name }: dihitung { TAKARAN($counted) } { $unit }, buku { TAKARAN($booked) }. Kurang { TAKARAN($difference) } = { RUPIAH($amount) }
opname-over = { $name }: dihitung { TAKARAN($counted) } { $unit }, buku { TAKARAN($booked) }. Lebih { TAKARAN($difference) } = { RUPIAH($amount) }
opname-short-total = Kurang, dicatat sebagai kerugian: { RUPIAH($amount) }
opname-over-total = Lebih, dicatat sebagai pendapatan lain: { RUPIAH($amount) }
opname-kept = Opname disimpan. Semua cocok, tidak ada selisih.
approval-why-count = Perlu persetujuan pengurus lain: selisih barang hari ini di atas batas { RUPIAH($limit) }.
refusal-stock-not-kept = Stok { $good } tidak dicatat, jadi tidak bisa diopname.
refusal-counted-another-day = Opname dicatat pada hari barang dihitung. Hitung lagi hari ini.
refusal-counted-twice = { $good } disebut dua kali. Tulis sekali saja, jumlah seluruhnya.
refusal-moved-since-count = Sesudah dihitung masih ada catatan { $good } hari itu. Hitung lagi: tulis "opname".
refusal-cost-unknown = { $good } belum pernah dibeli menurut buku, jadi modalnya belum diketahui. Catat dulu pembeliannya.
refusal-too-many-counted = Sekali opname paling banyak { ANGKA($most) } barang. Kirim beberapa kali.
refusal-count-above-limit = Selisih barang hari ini menjadi { RUPIAH($amount) }, di atas batas { RUPIAH($limit) }, jadi perlu persetujuan.

# Goods of the gerai: prices, stock, bon.

refusal-above-het = { $good }: { RUPIAH($price) } di atas HET { RUPIAH($ceiling) }. Jual paling mahal sebesar HET.
refusal-too-many-goods = Daftar barang sudah penuh ({ ANGKA($most) } barang).
refusal-keeps-stock = { $good } masih ada stoknya, jadi satuan dan catatan stoknya tidak bisa diubah.
refusal-not-enough-stock = Stok { $good } tinggal { TAKARAN($quantity) } { $unit }. Catat dulu pembeliannya, atau kurangi jumlahnya.
refusal-stock-moved-on = { $good } dari transaksi ini sudah keluar lagi. Batalkan dulu transaksi No. { $entry }.
refusal-nothing-sold = { $good } yang terjual hanya { TAKARAN($quantity) } { $unit }, jadi tidak bisa kembali lebih banyak.
refusal-not-in-books = Persediaan di buku yang belum dirinci tinggal { RUPIAH($left) }, kurang dari { RUPIAH($amount) }.
refusal-above-bon-limit = Bon { RUPIAH($amount) } ditambah bon lama { RUPIAH($owed) } melewati batas { RUPIAH($limit) }. Jual tunai, atau lunasi dulu bon lama.
refusal-more-than-bon = Bon yang terbuka { RUPIAH($owed) }, kurang dari { RUPIAH($amount) }.
refusal-more-than-owed = Utang ke pemasok { RUPIAH($owed) }, kurang dari { RUPIAH($amount) }.
refusal-worth-nothing = { $good }: nilainya tidak sampai Rp1, jadi tidak ada yang dicatat. Periksa jumlah dan stoknya.

# Loans: why something is not possible.

refusal-no-such-loan = Pinjaman { $loan } tidak ada. Ketik /pinjaman untuk melihat daftarnya.
refusal-bad-terms = Ketentuan pinjaman tidak dapat dipakai: { $what }.
refusal-own-loan = Pinjaman { $loan } harus dicatat pengurus lain: { $who }. Tidak ada yang dicatat.
refusal-no-such-product = Produk pinjaman "{ $product }" tidak ada. Tanyakan produk yang ditawarkan kepada pengurus.
refusal-rate-above-cap = Bunga { $rate } persen setahun melebihi batas { $cap } persen setahun. Turunkan bunganya.
refusal-tenor-too-long = { $product } paling lama { ANGKA($longest) } angsuran. Pilih tenor yang lebih pendek.
refusal-above-ceiling = { $product } paling banyak { RUPIAH($most) }. Ajukan jumlah yang lebih kecil.
refusal-not-topped-up = Pinjaman { $loan } tidak dapat dilunasi dengan pinjaman baru ini: bukan pinjaman berjalan milik peminjam yang sama.
refusal-loan-decided = Pinjaman { $loan } { $state ->
    [applied] masih menunggu keputusan
    [approved] sudah disetujui
    [rejected] sudah ditolak
    [cancelled] sudah dibatalkan
    [running] sudah dicairkan
    [settled] sudah lunas
   *[written-off] sudah dihapus buku
  }. Tidak ada yang dicatat.
refusal-own-application = Pinjaman { $loan } harus diputuskan pengurus lain, bukan peminjam atau yang mencatat permohonannya.
refusal-too-few-approvers = Pinjaman { $loan } di atas { RUPIAH($above) }, jadi perlu persetujuan dua pengurus.
refusal-checklist-fails = Pinjaman { $loan } belum bisa diteruskan: { $what ->
    [licence] koperasi belum berizin meminjamkan uang sendiri
    [rate-cap] bunganya melebihi batas setahun
    [product] tenor atau jumlahnya melebihi ketentuan produk
    [bmpp] jumlah utang peminjam melebihi batas pemberian pinjaman (BMPP)
    [arrears] peminjam masih punya tunggakan
    [savings] simpanan peminjam belum cukup untuk pinjaman sebesar ini
    [capacity] angsurannya terlalu besar untuk penghasilan peminjam
   *[guarantors] penjamin belum setuju atau simpanannya kurang
  }.
refusal-loan-not-approved = Pinjaman { $loan } { $state ->
    [applied] belum disetujui. Tunggu keputusan pengurus
    [rejected] sudah ditolak. Ajukan permohonan baru
   *[cancelled] sudah dibatalkan. Ajukan permohonan baru
  }.
refusal-disbursed-before = Pinjaman { $loan } sudah dicairkan pada { TANGGAL($on) }. Tidak ada yang dicatat lagi.
refusal-before-application = Pinjaman { $loan } diajukan { TANGGAL($applied_on) }. Pilih tanggal itu atau sesudahnya.
refusal-not-approved-amount = Pinjaman { $loan } disetujui { RUPIAH($approved) }. Pencairan harus sebesar itu.
refusal-net-not-positive = Biaya { RUPIAH($fees) } dan pelunasan pinjaman lama { RUPIAH($topped_up) } menghabiskan pinjaman ini. Ajukan jumlah yang lebih besar.
refusal-paid-after = Pinjaman lama { $loan } menerima angsuran sesudah { TANGGAL($on) }. Pilih tanggal yang lebih baru.
refusal-own-guarantee = { $member } tidak bisa menjamin pinjaman sendiri. Pilih anggota lain.
refusal-guarantor-named = { $member } sudah tercatat sebagai penjamin pinjaman { $loan }.
refusal-not-guarantor = Anda tidak diminta menjamin pinjaman { $loan }.
refusal-guarantees-closed = Penjamin pinjaman { $loan } tidak bisa diubah lagi.
refusal-held-for-loan = Simpanan sukarela { $member } ditahan { RUPIAH($held) } sebagai jaminan pinjaman. Paling banyak bisa ditarik { RUPIAH($available) }.
refusal-not-written-off = Pinjaman { $loan } tidak dihapus buku. Catat sebagai angsuran.
refusal-before-write-off = Pinjaman { $loan } dihapus buku { TANGGAL($on) }. Pilih tanggal itu atau sesudahnya.
refusal-recovery-too-much = Tagihan pinjaman { $loan } tinggal { RUPIAH($claimed) }. Catat paling banyak sejumlah itu.
refusal-allowance-moved = Penyisihan baru saja dipakai transaksi lain. Coba sekali lagi.

# Loans that are only calculated: every method side by side.

simulation-head = Simulasi pinjaman <b>{ RUPIAH($amount) }</b>, { ANGKA($count) } bulan
simulation-product-month = { $name } di sini: jasa { $rate }% per bulan, cara { $method }.
simulation-product-year = { $name } di sini: jasa { $rate }% per tahun, cara { $method }.
simulation-level = <b>{ $method }</b> ({ $how }): { RUPIAH($first) } tiap bulan.
    Biaya { RUPIAH($cost) }, setara { $rate }% setahun.
simulation-level-last = <b>{ $method }</b> ({ $how }): { RUPIAH($first) } tiap bulan, terakhir { RUPIAH($last) }.
    Biaya { RUPIAH($cost) }, setara { $rate }% setahun.
simulation-falling = <b>{ $method }</b> ({ $how }): mulai { RUPIAH($first) }, turun sampai { RUPIAH($last) }.
    Biaya { RUPIAH($cost) }, setara { $rate }% setahun.
simulation-from = <b>{ $method }</b> ({ $how }): mulai { RUPIAH($first) }, terakhir { RUPIAH($last) }.
    Biaya { RUPIAH($cost) }, setara { $rate }% setahun.
simulation-once = <b>{ $method }</b> ({ $how }): sekali bayar { RUPIAH($last) }.
    Biaya { RUPIAH($cost) }, setara { $rate }% setahun.
simulation-name-flat = Flat
simulation-name-menurun = Menurun
simulation-name-anuitas = Anuitas
simulation-name-jatuh-tempo = Jatuh tempo
simulation-how-flat = jasa tetap dari pokok awal
simulation-how-menurun = jasa dari sisa utang, makin ringan
simulation-how-anuitas = jasa dari sisa utang, angsuran sama
simulation-how-jatuh-tempo = pokok dibayar di akhir
simulation-cost-interest = Biaya = semua jasa. Setara = jasa setahun dari sisa utang.
simulation-cost-fees = Biaya = semua jasa + potongan. Setara = jasa setahun dari sisa utang.
    Potongan saat cair: provisi { RUPIAH($provisi) }, administrasi { RUPIAH($administrasi) }. Uang diterima { RUPIAH($received) }.
simulation-longest = Di sini paling lama { ANGKA($longest) } angsuran.
simulation-most = Di sini paling banyak { RUPIAH($most) }.
simulation-only = Ini hanya hitungan. Tidak ada yang dicatat.

simulation-ask = Contoh: simulasi 5jt 12 bulan. Pinjam berapa dan berapa bulan?
simulation-ask-amount = Untuk { ANGKA($count) } bulan. Contoh: simulasi 5jt { ANGKA($count) } bulan. Pinjam berapa?
simulation-ask-amount-large = Jumlah itu terlalu besar untuk dihitung. Contoh: simulasi 5jt 12 bulan. Pinjam berapa?
simulation-ask-amount-positive = Jumlah dan lamanya harus lebih dari nol. Contoh: simulasi 5jt 12 bulan. Pinjam berapa?
simulation-ask-months = Contoh: simulasi { RUPIAH($amount) } 12 bulan. Pinjam { RUPIAH($amount) } untuk berapa bulan?
simulation-ask-months-fewer = Paling lama { ANGKA($longest) } bulan. Contoh: simulasi { RUPIAH($amount) } 12 bulan. Berapa bulan?
simulation-ask-more = Potongan saat cair { RUPIAH($fees) } menghabiskan pinjaman sekecil itu. Contoh: simulasi 5jt 12 bulan. Pinjam berapa?

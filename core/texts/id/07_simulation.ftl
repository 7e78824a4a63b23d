# Loans that are only calculated: every method side by side.

simulation-head = Simulasi pinjaman <b>{ RUPIAH($amount) }</b>, { ANGKA($count) } bulan
simulation-product-month = { $name } di sini: jasa { $rate }% per bulan, cara { $method }.
simulation-product-year = { $name } di sini: jasa { $rate }% per tahun, cara { $method }.
simulation-rate-month = Dihitung dengan jasa yang Anda sebut: <b>{ $rate }% per bulan</b>.
simulation-rate-year = Dihitung dengan jasa yang Anda sebut: <b>{ $rate }% per tahun</b>.
simulation-above-cap = ⚠️ { $rate }% setahun di atas batas { $cap }% setahun. Koperasi tidak boleh memakainya.
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

simulation-ask = Contoh: 5jt 12 bulan. Pinjam berapa dan berapa bulan?
simulation-ask-unclear = Jumlah atau lamanya belum jelas. Lamanya dalam bulan penuh, contoh: 5jt 12 bulan. Pinjam berapa dan berapa bulan?
simulation-ask-amount = Untuk { ANGKA($count) } bulan. Contoh: 5jt. Pinjam berapa?
simulation-ask-amount-large = Jumlah itu terlalu besar untuk dihitung. Contoh: 5jt. Pinjam berapa?
simulation-ask-amount-positive = Jumlahnya harus lebih dari nol. Contoh: 5jt. Pinjam berapa?
simulation-ask-months = Contoh: 12 bulan. Pinjam { RUPIAH($amount) } untuk berapa bulan?
simulation-ask-months-fewer = Paling lama { ANGKA($longest) } bulan. Pinjam { RUPIAH($amount) } untuk berapa bulan?
simulation-ask-months-positive = Lamanya paling sedikit 1 bulan. Pinjam { RUPIAH($amount) } untuk berapa bulan?
simulation-ask-rate = Jasanya belum jelas. Contoh: 1,5% per bulan, atau 18% setahun. Berapa persen?
simulation-ask-more = Potongan saat cair { RUPIAH($fees) } menghabiskan pinjaman sekecil itu. Contoh: 5jt. Pinjam berapa?

# The province's monitoring: names of figures (tables, charts, the dashboard)

figure-members = Anggota
figure-savings = Simpanan
figure-lent = Pinjaman
figure-npl = NPL (%)
figure-par30 = PAR30 (%)
figure-bmpp = Peminjam di atas BMPP
figure-liquidity = Likuiditas (%)
figure-own_capital = Modal sendiri/aset (%)
figure-bopo = BOPO (%)
figure-collection = Wajib tertagih (%)
figure-sales = Penjualan gerai
figure-silence = Hari diam
figure-unsealed = Hari kas belum disegel
figure-cash_off = Selisih kas 30 hari
figure-disputed = Bukti disanggah
figure-waiting = Menunggu persetujuan
figure-unclosed = Bulan belum ditutup
figure-deadlines = Laporan tepat waktu (%)
figure-meetings = RAT tepat waktu (%)
figure-documents = Dokumen lengkap (%)
figure-training = Pengurus selesai latihan (%)

table-code = Kode
table-name = Koperasi
table-region = Wilayah
table-cooperatives = Jumlah koperasi
table-total = Semua
table-silent = Koperasi diam
table-regions = Wilayah
table-each = Koperasi

written-rupiah = { RUPIAH($value) }
written-billions = Rp{ $value } miliar
written-number = { ANGKA($value) }

# /pantau
monitoring-not-yet = Pantauan koperasi di { $region } belum dihitung. Coba lagi beberapa menit lagi.
monitoring-loans = Pinjaman { $lent }; NPL { $npl }, PAR30 { $par }.
monitoring-dues = Wajib bulan ini tertagih { $collection }. Penjualan gerai bulan ini { RUPIAH($sales) }.
monitoring-care = Terlalu lama tidak mencatat: { ANGKA($silent) } koperasi. Hari kas belum disegel (30 hari terakhir): { ANGKA($unsealed) }.
monitoring-health = Kas dan bank/sukarela { $liquidity }, modal sendiri/aset { $own_capital }, BOPO { $bopo }. Peminjam di atas BMPP: { $bmpp }. Selisih kas 30 hari: { $cash_off }.
monitoring-due = Laporan tepat waktu { $deadlines }, RAT tepat waktu { $meetings }. Bulan belum ditutup: { ANGKA($unclosed) }.
monitoring-papers = Dokumen lengkap: { ANGKA($complete) } koperasi ({ $documents } dari semua dokumen). Pengurus selesai latihan: { ANGKA($trained) } dari { ANGKA($officers) }.
monitoring-open = Bukti disanggah: { ANGKA($disputed) }. Menunggu persetujuan: { ANGKA($waiting) }.
monitoring-unsound = <b>{ ANGKA($count) } koperasi: isi buku tidak sama dengan yang dulu ditulis.</b>
monitoring-hidden = Simpanan { ANGKA($count) } koperasi tidak ikut dijumlah: kurang dari lima anggota.
monitoring-region = { $region }: { ANGKA($cooperatives) } koperasi, NPL { $npl }, diam { ANGKA($silent) }
monitoring-on = Dihitung { TANGGAL($on) }. Tanyakan juga: NPL Kukar, koperasi terbaik di Berau, pantau 64-0012.
monitoring-ranking = <b>{ $figure }, { $region }</b>: { $value }
monitoring-best = Terbaik:
monitoring-worst = Terburuk:
monitoring-highest = Tertinggi:
monitoring-lowest = Terendah:
monitoring-compared = <b>Perbandingan</b>: { $regions }
monitoring-moved = { $figure }: { BULAN($first) } { $before }, { BULAN($last) } { $now }
monitoring-rank = { ANGKA($n) }. { $code } { $name }: { $value }
monitoring-left-out = { ANGKA($count) } koperasi tidak ikut: angkanya belum ada, atau kurang dari lima anggota.
monitoring-unranked = Belum ada koperasi di { $region } dengan angka { $figure } yang boleh ditampilkan.
monitoring-one = <b>{ $code } { $name }</b>
monitoring-figure = { $figure }: { $value }
monitoring-closed = Buku ditutup sampai { TANGGAL($through) }.
monitoring-never-closed = Buku belum pernah ditutup.
monitoring-one-unsound = <b>Isi buku tidak sama dengan yang dulu ditulis.</b>
monitoring-dash = Tanda – : belum ada, atau kurang dari lima anggota di baliknya.
monitoring-which-of = Koperasi yang mana? Ketik pantau dan kodenya.
monitoring-which = { $code } { $name }
monitoring-nothing = Tidak ada koperasi atau wilayah seperti itu di wilayah Anda.
monitoring-trend = { $region }: { ANGKA($count) } bulan terakhir.
monitoring-file = { $region }: { ANGKA($count) } koperasi, satu baris tiap koperasi.
button-trend = Grafik 12 bulan
button-worst = NPL terburuk
button-excel = Excel
button-unlinked = Belum terhubung
refusal-outside-your-region = { $region } di luar wilayah Anda. Anda melihat angka wilayah Anda sendiri: ketik /pantau.

# Once a working day, of what is new
alerts-head = <b>Perlu perhatian, { TANGGAL($on) }</b>
alerts-silence = Tidak mencatat { ANGKA($limit) } hari atau lebih: { ANGKA($count) } koperasi
alerts-floor = Kas dan bank di bawah { ANGKA($limit) }% simpanan sukarela: { ANGKA($count) } koperasi
alerts-dispute = Bukti disanggah lebih dari { ANGKA($limit) } hari: { ANGKA($count) } koperasi
alerts-integrity = Isi buku tidak sama dengan yang dulu ditulis: { ANGKA($count) } koperasi
alerts-row = { $code } { $name }
alerts-more = dan { ANGKA($count) } lagi: ketik /pantau

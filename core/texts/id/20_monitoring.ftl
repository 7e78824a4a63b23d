# The province's monitoring: names of figures (tables, charts, the dashboard)

figure-members = Anggota
figure-savings = Simpanan
figure-lent = Pinjaman
figure-npl = NPL (%)
figure-par30 = PAR30 (%)
figure-liquidity = Likuiditas (%)
figure-own_capital = Modal sendiri/aset (%)
figure-bopo = BOPO (%)
figure-collection = Wajib tertagih (%)
figure-sales = Penjualan gerai
figure-silence = Hari diam
figure-unsealed = Hari kas belum disegel
figure-disputed = Bukti disanggah
figure-waiting = Menunggu persetujuan
figure-deadlines = Laporan tepat waktu (%)

table-code = Kode
table-name = Koperasi
table-region = Wilayah
table-cooperatives = Jumlah koperasi
table-total = Semua
table-silent = Koperasi diam
table-regions = Wilayah
table-each = Koperasi

# Term and holiday savings.

operation-berjangka = Simpanan Berjangka
operation-cairberjangka = Pencairan Simpanan Berjangka
operation-hariraya = Simpanan Hari Raya
operation-cairhariraya = Pencairan Simpanan Hari Raya

edit-term = Jangka waktu
edit-rate = Bunga
ask-term-months = Disimpan berapa bulan?
ask-term-rate = Bunganya berapa persen setahun?
choice-months = { ANGKA($count) } bulan
choice-rate = { $rate }%
term-until = Jangka: { ANGKA($months) } bulan, cair { TANGGAL($until) }, bunga { $rate }% setahun
term-early-no-interest = Kalau diambil sebelum itu, bunganya tidak dibayar.
term-early-refused = Tidak bisa diambil sebelum itu.
term-rolls = Sesudah harinya, simpanan ini diperpanjang sendiri dengan jangka dan bunga yang sama sampai diambil.
term-rests = Sesudah harinya, simpanan ini tetap aman tetapi tidak berbunga lagi sampai diambil.
term-soon-berjangka = Simpanan berjangka Anda { RUPIAH($amount) } cair { TANGGAL($on) }, bunganya { RUPIAH($interest) } sebelum pajak.
term-soon-hari-raya = Simpanan hari raya Anda { RUPIAH($amount) } cair { TANGGAL($on) }, bunganya { RUPIAH($interest) } sebelum pajak.
term-over-berjangka = Simpanan berjangka Anda { RUPIAH($amount) } sudah bisa diambil sejak { TANGGAL($on) }, bunganya { RUPIAH($interest) } sebelum pajak.
term-over-hari-raya = Simpanan hari raya Anda { RUPIAH($amount) } sudah bisa diambil sejak { TANGGAL($on) }, bunganya { RUPIAH($interest) } sebelum pajak.
term-principal = Simpanan: { RUPIAH($amount) } dari { ANGKA($count) } setoran
term-interest = Bunga: { RUPIAH($amount) }, pajak { RUPIAH($tax) }
term-early = ⚠️ { ANGKA($count) } setoran diambil sebelum waktunya, { TANGGAL($until) }: tanpa bunga.
balance-term-berjangka = Simpanan berjangka: { RUPIAH($amount) }, bunga { $rate }%, cair { TANGGAL($until) }
balance-term-hari-raya = Simpanan hari raya: { RUPIAH($amount) }, bunga { $rate }%, cair { TANGGAL($until) }
balance-terms-more = Simpanan berjangka dan hari raya lainnya: { ANGKA($count) }, { RUPIAH($amount) }
refusal-savings-rate = Bunga simpanan { $rate }% terlalu tinggi. Paling tinggi { ANGKA($cap) }% setahun.
refusal-not-matured = Simpanan ini baru bisa diambil { TANGGAL($on) }, menurut aturan koperasi.
refusal-nothing-put-away = { $member } tidak punya simpanan jenis ini yang masih berjalan.
refusal-paid-out-since = Simpanan ini sudah dicairkan. Batalkan dulu No. { ANGKA($entry) }.

# Loans in the chat: applications, disbursements, payments, what members see.

operation-pengajuan = Pengajuan Pinjaman
operation-pencairan = Pencairan Pinjaman
operation-angsuran = Angsuran Pinjaman
operation-restrukturisasi = Restrukturisasi Pinjaman
operation-hapusbuku = Hapus Buku Pinjaman

edit-loan = Pinjaman
edit-product = Produk
edit-tenor = Tenor
edit-purpose = Keperluan
edit-income = Penghasilan
edit-guarantors = Penjamin
edit-topup = Lunasi pinjaman lama
edit-rest = Kelebihan
edit-source = Sumber uang
button-agree = Setuju
button-decline = Tidak

choice-none = Tidak ada
choice-product = { $name }, { $rate }
choice-tenor = { ANGKA($count) } kali
choice-loan = { $loan }, sisa { RUPIAH($amount) }

ask-product = Memakai produk yang mana?
ask-tenor = Paling lama { ANGKA($longest) } kali. Berapa kali angsuran?
ask-purpose = Contoh: modal warung. Untuk keperluan apa?
ask-income = Contoh: 3 juta. Berapa penghasilannya sebulan?
ask-guarantors = Tulis nama lengkap atau nomor anggota dan jumlahnya, contoh: Budi Santoso 1 juta. Siapa penjaminnya?
ask-topup = Pinjaman lama mana yang dilunasi dari pinjaman baru ini?
topup-none = ℹ️ Tidak ada pinjaman berjalan yang bisa dilunasi.
guarantor-unclear = Nama atau jumlahnya belum jelas.

loan-method-flat = bunga tetap
loan-method-menurun = bunga menurun
loan-method-anuitas = angsuran tetap
loan-method-jatuh-tempo = pokok di akhir
loan-every-m = bulan
loan-every-w = minggu
loan-every-d = hari
loan-per-month = per bulan
loan-per-year = per tahun
loan-product = Produk: { $name }, { $method } { $rate }
loan-tenor = Tenor: { ANGKA($count) } kali, tiap { $every }
loan-instalment = Angsuran: { RUPIAH($amount) } × { ANGKA($count) }
loan-instalments = Angsuran: { RUPIAH($first) } ({ TANGGAL($first_due) }) sampai { RUPIAH($last) } ({ TANGGAL($last_due) })
loan-cost = Total dibayar: { RUPIAH($total) }, jasanya { RUPIAH($interest) }
loan-true-rate = Setara bunga { $rate }% setahun dari sisa pinjaman
loan-provisi = Provisi saat cair: { RUPIAH($amount) }
loan-administrasi = Administrasi saat cair: { RUPIAH($amount) }
loan-purpose = Keperluan: { $purpose }
loan-income = Penghasilan: { RUPIAH($amount) } sebulan
loan-tops-up = Melunasi pinjaman lama: { $loan }, sisa pokok { RUPIAH($outstanding) }
loan-guarantor = Penjamin: { $name } { RUPIAH($amount) }
loan-warning-waiting = ⚠️ Sudah ada { $loan } sebesar { RUPIAH($amount) } yang belum cair.
loan-warning-running = ℹ️ Masih ada pinjaman berjalan { $loan }, sisa pokok { RUPIAH($amount) }.

loan-checks-fulfilled = ✓ { $what }
loan-check-licence = izin simpan pinjam
loan-check-rate-cap = batas bunga
loan-check-product = ketentuan produk
loan-check-bmpp = batas pinjaman per orang
loan-check-arrears = tanpa tunggakan
loan-check-savings = simpanan
loan-check-capacity = kemampuan bayar
loan-check-guarantors = penjamin
loan-check-licence-fails = ⚠️ Koperasi belum berizin memberi pinjaman sendiri.
loan-check-rate-cap-fails = ⚠️ Bunga { $rate }% setahun di atas batas { $cap }%.
loan-check-product-fails = ⚠️ Jumlah atau tenor di luar ketentuan produk { $product }.
loan-check-bmpp-fails = ⚠️ Semua pinjamannya { RUPIAH($owed) }, di atas batas per orang { RUPIAH($limit) }.
loan-check-arrears-fails = ⚠️ Masih menunggak: { $loans }.
loan-check-savings-fails = ⚠️ Semua pinjamannya { RUPIAH($owed) }, di atas { ANGKA($times) } kali simpanan ({ RUPIAH($limit) }).
loan-check-capacity-fails = ⚠️ Angsuran sebulan { RUPIAH($instalments) }, di atas { ANGKA($percent) }% penghasilan ({ RUPIAH($limit) }).
loan-check-guarantors-fails = ⚠️ Penjamin belum setuju: { $unanswered }. Simpanannya kurang: { $short }.

refusal-only-own-application = Anggota hanya bisa mengajukan pinjaman untuk diri sendiri. Untuk orang lain, ia mengajukannya sendiri atau lewat pengurus.
approval-why-loan = Keputusan pinjaman { $loan }

guarantee-question = { $name } ({ $number }) meminta Anda menjadi penjamin pinjaman { $loan } sebesar { RUPIAH($principal) }. Simpanan sukarela Anda ditahan { RUPIAH($amount) } sampai pinjamannya lunas. Setuju?
guarantee-agreed = Terima kasih. Anda setuju menjamin { $loan } ({ $name }) sebesar { RUPIAH($amount) }.
guarantee-declined = Baik. Anda tidak menjamin { $loan } ({ $name }) sebesar { RUPIAH($amount) }.
guarantee-agreed-notice = { $name } setuju menjamin { $loan } sebesar { RUPIAH($amount) }.
guarantee-declined-notice = { $name } tidak menjamin { $loan } sebesar { RUPIAH($amount) }.

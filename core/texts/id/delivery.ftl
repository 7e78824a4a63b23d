# Said by the delivery itself, and the papers it makes.

resent = <i>(kirim ulang)</i>
whatsapp-choose = Pilih
whatsapp-province = Dinas Koperasi

sheet-heading = Undangan Koperasi
sheet-for = Untuk: <b>{ $name }</b>
sheet-role = Sebagai: { $role }
sheet-expires = Berlaku sampai { TANGGAL($expires) }, untuk satu orang, satu kali pakai.
sheet-steps = Cara bergabung
sheet-step-scan = Buka kamera ponsel, arahkan ke kotak di samping, lalu ketuk tautan yang muncul. Atau ketik tautan di bawah ini.
sheet-step-start = Ketuk tombol <b>Mulai</b> (Start) di percakapan yang terbuka.
sheet-step-contact = Ketuk tombol <b>Bagikan kontak</b>. Nomor Anda harus sama dengan nomor yang terdaftar di koperasi.
sheet-step-done = Selesai. Ketik <b>saldo</b> kapan saja untuk melihat simpanan Anda. Ketik <b>STOP</b> untuk berhenti dikirimi pesan.
sheet-link = Tautan: { $link }
sheet-code = Kode undangan: <b>{ $code }</b>
sheet-safety = Jangan berikan lembar ini kepada orang lain. Pengurus tidak pernah meminta PIN Anda.

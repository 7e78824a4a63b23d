looks-head = <b>Yang membuka data { $name }</b>, terbaru di atas:
looks-none = Belum ada pengurus yang membuka data { $name }.
looks-row = • { TANGGAL($on) } { $time }: { $name } ({ $role }), { $what ->
    [savings] saldo
    [history] riwayat
    [loans] pinjaman
    [statement] rekening bulanan
    [receipt] bukti transaksi
    [bon] bon
    [members] daftar anggota
    [loan-list] daftar pinjaman
    [dues] daftar simpanan wajib
    [bons] daftar bon
    [file] berkas laporan
   *[other] salinan data
    }
looks-row-of = • { TANGGAL($on) } { $time }: { $name } ({ $role }), { $what ->
    [savings] saldo
    [history] riwayat
    [loans] pinjaman
    [statement] rekening bulanan
    [receipt] bukti transaksi
    [bon] bon
   *[other] salinan data
    } { $member }
looks-lists = Dalam 30 hari terakhir daftar yang memuat nama anggota dibuka { ANGKA($count) } kali.
looks-rights = Ada yang tidak wajar? Sampaikan kepada pengawas.
looks-whose = Data siapa? Tulis nama lengkap atau nomor anggotanya, misalnya: siapa yang melihat data A-001
looks-nobody = Dalam 30 hari terakhir tidak ada pengurus yang membuka data anggota.
looks-sums-head = <b>Pembukaan data anggota, 30 hari terakhir</b>
looks-sum = • { $name }: { ANGKA($members) } anggota ({ ANGKA($looks) } kali), { ANGKA($lists) } kali daftar
looks-last = Yang terakhir:
looks-how = Untuk satu anggota: "siapa yang melihat data" lalu namanya.
own-title = Salinan data pribadi
own-made = Dibuat { TANGGAL($on) }. Uang dalam rupiah, waktu dalam UTC.
own-law = Hak atas salinan data: UU 27/2022 tentang Pelindungan Data Pribadi, Pasal 7. Simpan berkas ini baik-baik.
own-nothing = Tidak ada.
own-more = Di sini 300 yang terbaru dari { ANGKA($count) }; semuanya ada di berkas JSON: ketik "data saya json".
own-whose = Salinan data siapa? Tulis nama lengkap atau nomor anggotanya, misalnya: salinan data A-001
own-for-member = Salinan data { $name } ({ $number }) untuk diserahkan kepada yang bersangkutan. Pembukaan ini dicatat.
my-data-file = Semua yang disimpan tentang Anda ada di berkas ini, nomor HP dan NIK lengkap. Jangan teruskan ke orang lain.
my-data-file-masked = Semua yang disimpan tentang Anda ada di berkas ini. Dengan nomor HP dan NIK lengkap (pakai PIN): ketik "data saya lengkap". Untuk komputer: "data saya json".

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

# Members and officers whom no message finds.

button-unreached = Belum terjangkau
unreached-head = <b>Belum terjangkau</b>
unreached-none = Semua anggota dan pengurus terhubung.
unreached-row = • { $name } ({ $number }): { $why ->
    [never] belum pernah terhubung
    [blocked] memblokir bot sejak { TANGGAL($on) }
    [replaced] pindah chat sejak { TANGGAL($on) }
    [undeliverable] pesan tidak sampai sejak { TANGGAL($on) }
   *[other] akun chatnya tidak ada lagi sejak { TANGGAL($on) }
    }
unreached-how = Beritahu mereka langsung. Yang memblokir cukup mengirim satu pesan ke bot ini; yang lain perlu undangan baru: ketik "undang" lalu namanya.

# What needs a second person: requests, their approvers, PINs.

refusal-above-withdrawal-limit = Penarikan hari itu menjadi { RUPIAH($amount) }, di atas batas { RUPIAH($limit) }, jadi perlu persetujuan.
refusal-back-dated = Tanggal { TANGGAL($on) } lebih dari { ANGKA($days) } hari yang lalu, jadi perlu persetujuan.
refusal-reversal-needs-approval = Pembatalan No. { ANGKA($entry) } perlu persetujuan: { $who ->
        [nobody] { nobody-else }
       *[other] { $who }
    }.
refusal-no-such-approval = Permintaan No. { ANGKA($number) } tidak ada. Ketik <b>persetujuan</b> untuk melihat yang menunggu.
refusal-not-your-approval = Permintaan No. { ANGKA($number) } tidak diputuskan dari chat ini. Yang bisa: { $who ->
        [nobody] { nobody-else }
       *[other] { $who }
    }.
refusal-own-approval = Permintaan No. { ANGKA($number) } menyangkut Anda sendiri. Yang memutuskan harus orang lain: { $who ->
        [nobody] { nobody-else }
       *[other] { $who }
    }.
refusal-voted-before = Anda sudah menyetujui permintaan No. { ANGKA($number) }. Masih ditunggu: { $who ->
        [nobody] { nobody-else }
       *[other] { $who }
    }.
refusal-approved-before = Permintaan No. { ANGKA($number) } sudah disetujui oleh { $by }. Tidak ada yang dicatat lagi.
refusal-rejected-before = Permintaan No. { ANGKA($number) } sudah ditolak oleh { $by }. Tidak ada yang dicatat.
refusal-withdrawn-before = Permintaan No. { ANGKA($number) } sudah ditarik kembali oleh pembuatnya. Tidak ada yang dicatat.
refusal-failed-before = Permintaan No. { ANGKA($number) } tidak bisa dijalankan lagi dan sudah ditutup. Tidak ada yang dicatat.
refusal-already-asked = Hal yang sama sudah diminta: permintaan No. { ANGKA($number) }, menunggu { $who ->
        [nobody] { nobody-else }
       *[other] { $who }
    }. Tidak diminta dua kali.
refusal-own-approved = Anda menyetujui No. { ANGKA($entry) }, jadi pembatalannya perlu orang lain. Yang bisa menyetujui: { $who }.
refusal-approval-expired = Permintaan No. { ANGKA($number) } sudah lewat batas waktunya ({ TANGGAL($on) }). Kalau masih perlu, minta dibuat lagi.
refusal-maker-left = Pembuat permintaan No. { ANGKA($number) } tidak menjabat lagi. Minta pengurus lain membuat permintaan baru.
refusal-not-your-request = Permintaan No. { ANGKA($number) } bukan dari Anda. Hanya pembuatnya yang bisa menariknya.
refusal-file-stale = Berkas ini tidak cocok lagi dengan daftar anggota: { ANGKA($count) } hal perlu diperbaiki. Minta berkas yang baru.
refusal-bad-pin = PIN harus 6 angka yang tidak mudah ditebak, dan bukan jumlah uang. Jangan 123456, 111111, atau yang berakhir 00.
refusal-needs-own-card = Transaksi { $member } ini perlu persetujuan pengurus lain. Kirim sendiri, di luar daftar; baris lain bisa jalan terus.

button-approve = Setujui
button-reject = Tolak
button-withdraw = Tarik permintaan
button-see-request = No. { ANGKA($number) }: { $what }
menu-persetujuan = Persetujuan

approval-waiting = Menunggu persetujuan No. { ANGKA($number) }
approval-asked = <b>Mohon persetujuan No. { ANGKA($number) }</b>
approval-maker = Diminta oleh: { $name }
approval-maker-office = Diminta oleh: { $name } ({ $office })
approval-maker-clock = Diminta oleh: sistem, dari hitungan tadi malam
approval-until = Berlaku sampai: { TANGGAL($on) }
approval-asked-of = Ditanyakan kepada: { $who }
approval-nobody-linked = Belum ada yang bisa ditanya lewat chat. Yang harus terhubung dulu: { $who }. Permintaan ini menunggunya.
approval-nobody = Belum ada pengurus lain yang boleh menyetujui. Minta ketua atau sekretaris mengundang pengurus lain; permintaan ini menunggu.
approval-reminder = ⏰ Masih menunggu jawaban Anda:
approval-lapsed = Permintaan No. { ANGKA($number) } sudah lewat batas waktunya tanpa jawaban. Tidak ada yang dicatat.
approval-why-own = Perlu persetujuan pengurus lain: pencatatnya sendiri yang berkepentingan.
approval-why-shared-chat = Perlu persetujuan pengurus lain: chat pencatatnya juga chat { $member }.
approval-why-limit = Perlu persetujuan pengurus lain: di atas batas tarik sehari, { RUPIAH($limit) }.
approval-why-back-dated = Perlu persetujuan pengurus lain: tanggalnya lebih dari { ANGKA($days) } hari yang lalu.
approval-why-own-entry = Perlu persetujuan pengurus lain: No. { ANGKA($entry) } dicatat oleh pemintanya sendiri.
approval-why-own-approved = Perlu persetujuan pengurus lain: No. { ANGKA($entry) } disetujui oleh pemintanya sendiri.
approval-why-reversal = Perlu persetujuan pengurus lain: pembatalan diputuskan ketua.
approval-why-opening = Perlu persetujuan pengurus lain: ini saldo awal.
approval-first-yes = Anda menyetujui No. { ANGKA($number) }. Masih perlu satu persetujuan lagi.
approval-first-yes-told = Permintaan No. { ANGKA($number) }: { $name } sudah setuju. Masih perlu satu persetujuan lagi.
approval-yes-told = Permintaan No. { ANGKA($number) } disetujui oleh { $name }.
approval-no-told = Permintaan No. { ANGKA($number) } ditolak oleh { $name }. Tidak ada yang dicatat.
approval-no = Permintaan No. { ANGKA($number) } ditolak. Pemintanya diberi tahu. Tidak ada yang dicatat.
approval-because = Alasan: { $reason }
approval-why-not = Permintaan No. { ANGKA($number) }: mengapa ditolak? Pilih, atau tulis alasannya.
approval-why-not-again = Tulis alasannya dengan beberapa kata. Mengapa ditolak?
approval-no-1 = Jumlahnya salah
approval-no-2 = Anggotanya salah
approval-no-3 = Bukti uangnya belum ada
approval-changed = ℹ️ Ada yang berubah sejak permintaan ini dibuat. Belum ada yang dicatat. Periksa lagi sebelum menyetujui.
approval-stays = Belum ada yang dicatat. Permintaan No. { ANGKA($number) } tetap menunggu: coba lagi nanti, atau tolak.
approval-failed = Permintaan No. { ANGKA($number) } tidak bisa dijalankan lagi, jadi ditutup. Tidak ada yang dicatat.
approval-failed-told = Permintaan No. { ANGKA($number) } disetujui { $name }, tetapi tidak bisa dijalankan lagi. Tidak ada yang dicatat.
approval-withdrawn = Permintaan No. { ANGKA($number) } ditarik kembali. Tidak ada yang dicatat.
approval-withdrawn-told = Permintaan No. { ANGKA($number) } sudah ditarik kembali oleh { $name }. Tidak perlu dijawab.
approvals-mine = <b>Menunggu keputusan Anda</b>
approvals-waiting = Ada { ANGKA($count) } permintaan yang menunggu keputusan Anda. Ketik <b>persetujuan</b>.
approvals-none = Tidak ada yang menunggu keputusan Anda.
approvals-others = <b>Menunggu persetujuan pengurus lain</b>
approvals-asked = <b>Permintaan Anda yang menunggu</b>
approvals-row = No. { ANGKA($number) }: { $what }, sampai { TANGGAL($on) }
approvals-how = Tekan nomornya untuk melihat. Atau ketik "setujui 12", "tolak 12 alasannya", "batalkan permintaan 12".
card-waiting = Kartu ini sudah menunggu persetujuan No. { ANGKA($number) }. Tidak dicatat dua kali.
receipt-approver = Disetujui oleh: { $name }
reversal-reason-unsaid = Transaksi terakhir dibatalkan, alasannya tidak disebut

pin-typed-deleted = Pesan yang berisi PIN langsung saya hapus.
pin-typed-kept = Di sini pesan Anda tidak bisa saya hapus, jadi PIN hanya berlaku untuk satu kali pakai.
pin-ask = Ketik PIN Anda (6 angka). Berapa PIN Anda?
pin-ask-old = Ketik PIN yang lama. Berapa PIN lama Anda?
pin-ask-new = Buat PIN baru: 6 angka yang tidak mudah ditebak. Apa PIN barunya?
pin-ask-first = Untuk ini perlu PIN, dan Anda belum punya. Buat sekarang: 6 angka yang tidak mudah ditebak. Apa PIN-nya?
pin-ask-again = Ketik PIN yang sama sekali lagi. Berapa PIN-nya?
pin-clear = Hapus pesan PIN Anda dari chat ini: tekan lama pesannya, lalu pilih Hapus. Di sini saya tidak bisa menghapusnya.
pin-spent = PIN itu sudah sekali dipakai di chat yang pesannya tidak bisa saya hapus, jadi harus diganti dulu.
pin-not-asked-here = Angka itu mirip PIN. PIN hanya diketik bila diminta. Kalau maksudnya uang, tulis dengan Rp.
pin-differs = Kedua PIN tidak sama, jadi belum disimpan. Ketik PIN barunya lagi. Apa PIN barunya?
pin-not-six = PIN itu 6 angka. Coba lagi. Berapa PIN Anda?
pin-wrong = PIN salah. Sisa { ANGKA($left) } kali coba. Berapa PIN Anda?
pin-locked = PIN salah terlalu sering. Coba lagi setelah pukul { $time }, atau minta ketua atau sekretaris mengetik "reset pin" dan nama Anda.
pin-set = PIN tersimpan. Jangan beri tahu siapa pun, juga pengurus lain.
pin-not-asked = Angka itu saya hapus karena mirip PIN. PIN hanya diketik bila diminta. Kalau maksudnya uang, tulis dengan Rp.
pin-reset = PIN { $name } dihapus. Ia bisa membuat yang baru dengan mengetik "atur pin".
pin-reset-notice = PIN Anda dihapus oleh { $name }. Ketik "atur pin" untuk membuat yang baru. Kalau Anda tidak memintanya, hubungi pengawas.
pin-reset-whom = Tulis namanya, contoh: reset pin Budi Santoso. PIN siapa yang dihapus?
pin-reset-own = PIN sendiri diganti dengan "atur pin". Kalau lupa, minta ketua atau sekretaris yang lain menghapusnya.

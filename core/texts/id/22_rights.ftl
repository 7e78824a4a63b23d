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
    [shu-unpaid] daftar SHU yang belum diambil
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
fix-how = Apa yang salah, dan apa yang benar? Tulis misalnya: data saya salah, nama saya harusnya Siti Aminah
fix-asked = Permintaan perbaikan nomor { ANGKA($number) } dicatat dan disampaikan kepada sekretaris. Dijawab paling lambat { TANGGAL($on) } pukul { $time }.
fix-asked-nobody = Permintaan perbaikan nomor { ANGKA($number) } dicatat. Sekretaris dan ketua belum ada di chat ini; sampaikan juga langsung. Batas jawaban { TANGGAL($on) } pukul { $time }.
fix-said = Kata pemohon: { $said }
fix-wanted = { $field ->
    [name] Nama
    [phone] Nomor HP
    [nik] NIK
   *[address] Alamat
    } yang benar: <b>{ $value }</b>
fix-new = <b>Permintaan perbaikan data</b>. Periksa dulu dengan KTP atau orangnya.
fix-row = Perbaikan { ANGKA($number) }, { $name }: jawab paling lambat { TANGGAL($on) } { $time }.
fix-row-late = ⚠️ Perbaikan { ANGKA($number) }, { $name }: lewat batas { TANGGAL($on) } { $time }.
fix-why = Apa alasannya? Tulis: tolak perbaikan { $number }: (alasannya)
fix-decided = Perbaikan { ANGKA($number) } dari { $name } sudah dijawab, dan orangnya diberi tahu.
fix-answered-done = ✅ Permintaan perbaikan { ANGKA($number) } selesai, oleh { $by }.
fix-answered-refused = Permintaan perbaikan { ANGKA($number) } ditolak oleh { $by }: { $because }. Anda dapat bertanya kepada pengawas.
fixes-head = <b>Permintaan perbaikan data</b>
fixes-none = Tidak ada permintaan perbaikan yang menunggu.
button-fix = Perbaikan { ANGKA($number) }
button-fix-change = 👍 Benar, ubah
button-fix-done = 👍 Selesai
button-fix-refuse = ❌ Tolak
digest-fixes = Permintaan perbaikan data: { ANGKA($count) }. Ketik "permintaan perbaikan".
digest-fixes-late = ⚠️ Lewat batas 3 x 24 jam (UU PDP): { ANGKA($count) } permintaan perbaikan data
refusal-no-such-fix = Tidak ada permintaan perbaikan { ANGKA($number) }. Ketik "permintaan perbaikan".
refusal-fix-decided = Permintaan perbaikan { ANGKA($number) } sudah dijawab.
refusal-own-fix = Permintaan sendiri dijawab orang lain: ketua untuk sekretaris, sekretaris untuk ketua.
refusal-too-many-fixes = Masih ada { ANGKA($count) } permintaan perbaikan dari Anda yang menunggu jawaban.
refusal-fix-not-a-nik = NIK ada 16 angka, seperti di KTP. Periksa lagi, lalu tulis ulang.
refusal-fix-nik-taken = NIK itu sudah dipakai orang lain di koperasi ini. Periksa dulu; perbaikan { ANGKA($number) } belum dijawab.
uses-head = <b>Izin pemakaian data Anda</b> (naskah versi { $version })
uses-kept = Setiap perubahan izin disimpan dengan waktunya. Buku koperasi sendiri tetap memuat simpanan dan pinjaman Anda.
uses-how = Lihat semua: ketik "izin saya".
use-ktp = <b>KTP</b>: NIK disimpan terkunci untuk buku anggota. { $said }
use-named = <b>SIMKOPDES</b>: nama dan NIK di tabel untuk kementerian. Provinsi tidak melihat nama. { $said }
use-reminder = <b>Pengingat</b> angsuran dan simpanan wajib di chat ini. { $said }
use-statement = <b>Saldo bulanan</b> di chat ini. { $said }
use-announcement = <b>Pengumuman</b> koperasi dan dinas di chat ini. { $said }
use-said-yes = Diizinkan.
use-said-no = Tidak diizinkan.
use-said-never = Dipakai menurut aturan anggota; boleh ditolak.
use-name-ktp = KTP
use-name-named = SIMKOPDES
use-name-reminder = pengingat
use-name-statement = saldo bulanan
use-name-announcement = pengumuman
use-ktp-yes = Baik, NIK Anda boleh disimpan. Sampaikan NIK kepada sekretaris bila belum tercatat.
use-ktp-no = Baik, NIK Anda sudah dihapus dari catatan koperasi dan tidak disimpan lagi.
use-named-yes = Baik, nama dan NIK Anda boleh dimuat di tabel SIMKOPDES.
use-named-no = Baik, tabel SIMKOPDES berikutnya tidak memuat nama dan NIK Anda, hanya nomor anggota.
button-use-yes = Izinkan { $use }
button-use-no = Hentikan { $use }
button-uses = Izin saya
join-done-uses = Untuk apa data Anda dipakai, dan cara menghentikannya: ketik <b>izin saya</b>.
monitoring-fixes = ⚠️ Permintaan perbaikan data lewat 3 x 24 jam: { ANGKA($count) } di { ANGKA($cooperatives) } koperasi
erase-after-leaving = Data profil dihapus setelah Anda keluar dari anggota dan semua simpanan, pinjaman, dan hak selesai. Selama menjadi anggota, data dipakai untuk buku koperasi. Yang bisa dihentikan sekarang:
erase-asked = Permintaan hapus data nomor { ANGKA($number) } disampaikan kepada sekretaris. Setelah disetujui, nama, nomor HP, NIK, alamat, dan chat Anda dihapus, dan chat ini tidak terhubung lagi.
erase-card = <b>Hapus data bekas anggota</b> { $name } ({ $number }), keluar { TANGGAL($left_on) }.
erase-what = Dihapus untuk selamanya: nama (menjadi { $called }), nomor HP, NIK, alamat, chat, PIN, isi pesan dan permintaan.
erase-kept = Buku koperasi tetap ada { ANGKA($years) } tahun sesuai aturan: transaksi, bukti, dan laporan, dengan nomor anggota saja.
erase-how = Untuk memproses: ketik "hapus data { $number }".
erase-why = Menghapus data orang tidak bisa dibatalkan.
erase-done = Data pribadi sudah dihapus. Di buku namanya sekarang { $called }.
button-erase = Ajukan penghapusan
refusal-still-member = { $member } masih anggota. Data profil dihapus setelah keluar.
refusal-claims-open = Belum bisa dihapus: masih ada uang, pinjaman, permintaan, atau jabatan { $member } yang belum selesai.
refusal-erased-before = Data anggota nomor { $number } sudah dihapus.

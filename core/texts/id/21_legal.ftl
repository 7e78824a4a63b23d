# Legal documents, the annual meeting (RAT) and its quorum.

operation-dokumen = Dokumen Koperasi
operation-rapat = Rapat Anggota Tahunan
edit-said = Tulis ulang
ask-said-dokumen = Tulis lagi lengkap, misalnya: NIB 1234567890123 terbit 3 Mei 2025 berlaku sampai 3 Mei 2030. Apa yang benar?
ask-said-rapat = Tulis lagi lengkap, misalnya: RAT 2025 tanggal 15 Maret 2026 hadir 40, berita acara 01/RAT/2026. Apa yang benar?
legal-kept = ✅ Sudah dicatat.

documents-head = <b>Dokumen koperasi: { ANGKA($held) } dari { ANGKA($needed) } lengkap</b>
documents-count = Dokumen lengkap: { ANGKA($held) } dari { ANGKA($needed) }
document-there = ✅ { $kind }: { $number }
document-missing = ❌ { $kind }: belum ada
document-expired = ⚠️ { $kind }: { $number }, habis { TANGGAL($on) }
document-until = Berlaku sampai: { TANGGAL($on) }
document-issued = Terbit: { TANGGAL($on) }
document-number = { $kind }: { $number }
document-before = Menggantikan: { $number }
documents-next = <b>Berikutnya: { $kind }</b>
document-how-npak = Buat akta di notaris pembuat akta koperasi, dengan berita acara musyawarah desa.
document-how-sk = Notaris mengajukan pengesahan lewat SABH (AHU Online) dengan akta pendirian.
document-how-nik = Minta ke dinas koperasi kabupaten/kota dengan SK badan hukum; terbit lewat ODS Kementerian Koperasi.
document-how-npwp = Daftar di kantor pajak atau Coretax dengan akta, SK, dan NPWP ketua.
document-how-rekening = Buka di bank atas nama koperasi dengan akta, SK, NPWP, dan KTP pengurus.
document-how-nib = Daftar di oss.go.id dengan SK, NPWP, dan KBLI usaha koperasi.
document-how-izin = Urus di OSS menurut KBLI; simpan pinjam, apotek, dan klinik perlu izin sendiri.
digest-document = { $kind } habis { TANGGAL($on) }: perpanjang
refusal-document-digits = { $kind } terdiri dari { ANGKA($digits) } angka. Periksa lagi nomornya.
refusal-document-form = Nomor itu belum lengkap. SK ditulis seperti AHU-0017736.AH.01.29.TAHUN 2025; rekening 8 sampai 20 angka.
refusal-document-future = Tanggal terbit { TANGGAL($on) } belum tiba. Catat setelah dokumennya ada.
refusal-document-expiry = Masa berlaku { TANGGAL($expires) } lebih awal dari tanggal terbit { TANGGAL($on) }.

quorum-nobody = Belum ada anggota yang tercatat.
quorum-needed = Kuorum: { ANGKA($needed) } dari { ANGKA($members) } anggota (lebih dari setengah)
quorum-reached = ✅ Kuorum tercapai: hadir { ANGKA($present) } dari { ANGKA($members) }, perlu { ANGKA($needed) }.
quorum-lacks = ❌ Belum kuorum: hadir { ANGKA($present) } dari { ANGKA($members) }, perlu { ANGKA($needed) }. Kurang { ANGKA($lacks) } orang.
quorum-second = Rapat kedua, paling lambat { ANGKA($days) } hari sesudahnya, sah dengan { ANGKA($needed) } orang (sepertiga).
quorum-second-reached = Sebagai rapat kedua, yang hadir ini sudah cukup.

meeting-head = <b>RAT tahun buku { $year }</b>
meeting-held = Tanggal: { TANGGAL($on) }
meeting-second = Rapat kedua (kuorum sepertiga)
meeting-present = Hadir: { ANGKA($present) } dari { ANGKA($members) } anggota
meeting-minutes = Berita acara: { $minutes }
meeting-before = Menggantikan catatan RAT { TANGGAL($on) }
meeting-due = Belum dicatat. Batas: { TANGGAL($on) } ({ ANGKA($days) } hari lagi)
meeting-late = ⚠️ Belum dicatat. Batasnya { TANGGAL($on) } sudah lewat.
meeting-next = RAT tahun buku { $year } paling lambat { TANGGAL($on) }.
meeting-invite = Undangan dikirim paling lambat { ANGKA($days) } hari sebelumnya.
meeting-how = Sudah diadakan? Tulis misalnya: RAT { $year } tanggal 15 Maret hadir 40, berita acara 01/RAT.
refusal-meeting-quorum = Belum kuorum: hadir { ANGKA($present) } dari { ANGKA($members) } anggota, perlu { ANGKA($needed) }. Rapat kedua sah dengan { ANGKA($second) } orang: tulis "RAT kedua …".
refusal-meeting-present = Yang hadir { ANGKA($present) } orang, anggotanya hanya { ANGKA($members) }.
refusal-meeting-year = RAT tahun buku { $year } diadakan sesudah tahun itu, paling lambat hari ini. Bukan { TANGGAL($on) }.
refusal-meeting-minutes = Sebutkan nomor berita acaranya, misalnya: RAT 2025 tanggal 15 Maret 2026 hadir 40, berita acara 01/RAT.

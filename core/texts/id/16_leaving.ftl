# Members who leave or die: what is held and owed is set off.

operation-keluar = Anggota Keluar
operation-meninggal = Anggota Meninggal Dunia

edit-later = Dibayar sekarang/nanti
edit-heirs = Ahli waris
edit-papers = Surat
ask-exit-pay = Dibayar sekarang atau nanti?
ask-heirs = Siapa nama ahli warisnya?
ask-papers = Surat apa yang sudah dilihat? Misalnya: surat kematian dan surat ahli waris dari desa.
choice-pay-now = Sekarang
choice-pay-later = Nanti

exit-held = { $name }: { RUPIAH($amount) }
exit-loan = Dipotong pinjaman { $loan }: { RUPIAH($amount) } (pokok { RUPIAH($principal) }, jasa { RUPIAH($interest) }, denda { RUPIAH($fine) })
exit-bon = Dipotong bon belanja: { RUPIAH($amount) }
exit-advance = Dipotong uang muka: { RUPIAH($amount) }
exit-paid-from = Dibayar dari: { $place }
exit-unpaid = Belum dibayar: dicatat sebagai hak anggota keluar
exit-heirs = Ahli waris: { $heirs }. Surat: { $papers }
exit-warning-capital = ⚠️ Modal sendiri menjadi { RUPIAH($left) }, di bawah modal awal { RUPIAH($start) }.
exit-warning-claimed = ⚠️ Pinjaman yang dihapus buku masih ditagih: { RUPIAH($amount) }.
exit-warning-office = ⚠️ Masih menjabat { $roles }. Berhentikan juga jabatannya.
exit-nothing-held = Tercatat. Tidak ada simpanan atau utang yang dibukukan.
exit-goodbye = Terima kasih sudah menjadi anggota koperasi.
approval-why-member-exit = Keluarnya anggota selalu disetujui pengurus lain.
approval-why-member-death = Disetujui ketua dan pengawas, masing-masing satu orang.
refusal-still-guarantor = { $member } masih menjamin pinjaman { $loans }. Tunggu lunas, atau ganti penjaminnya dulu.
refusal-loan-is-pending = Pengajuan pinjaman { $loan } atas nama { $member } belum selesai. Batalkan dulu pinjaman itu.
refusal-owes-more = Utang { $member } lebih besar dari simpanannya. Kurangnya { RUPIAH($amount) }; mohon dibayar dulu.
refusal-figures-changed = Simpanan atau utang { $member } berubah sejak kartu dibuat. Buat kartu baru.

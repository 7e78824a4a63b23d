# Files sent to the bot.

operation-saldo-awal = Saldo Awal
operation-impor-anggota = Impor Anggota
file-name = Berkas: { $name }
file-members = Anggota baru: { ANGKA($count) } orang
file-accounts = Jumlah: { RUPIAH($total) } di { ANGKA($count) } akun
file-pokok = Saldo awal simpanan pokok: { RUPIAH($total) }
file-wajib = Saldo awal simpanan wajib: { RUPIAH($total) }
file-sukarela = Saldo awal simpanan sukarela: { RUPIAH($total) }
file-errors = Berkas ini belum bisa dicatat, { ANGKA($count) } hal perlu diperbaiki. Tidak ada yang dicatat.
file-warnings = ⚠️ Perhatikan { ANGKA($count) } hal:
file-remark = <b>Baris { ANGKA($row) }, { $column }</b>
file-remark-column = <b>Kolom { $column }</b>
file-remarks-more = … dan { ANGKA($count) } lagi.
file-members-written = ✅ Tercatat { ANGKA($count) } anggota.
file-not-a-table = Berkas ini tidak bisa saya baca. Kirim daftar anggota sebagai .xlsx atau .csv.
file-too-large = Berkas terlalu besar. Paling besar 5 MB.
file-unreachable = Berkas tidak bisa diambil. Kirim sekali lagi.
file-edit = Perbaiki berkasnya, lalu kirim lagi ke sini. Tidak ada yang dicatat.
refusal-savings-columns = Berkas ini memuat saldo simpanan. Yang bisa mencatatnya: { $who }. Kirim tanpa kolom simpanan, atau minta mereka mengirimnya.
refusal-file-gone = Berkas itu sudah dicatat atau dibatalkan. Kirim lagi bila perlu.

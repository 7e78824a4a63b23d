# What needs a second person: requests, their approvers, PINs.

refusal-above-withdrawal-limit = Penarikan { RUPIAH($amount) } di atas batas { RUPIAH($limit) }, jadi perlu persetujuan.
refusal-back-dated = Tanggal { TANGGAL($on) } lebih dari { ANGKA($days) } hari yang lalu, jadi perlu persetujuan.
refusal-reversal-needs-approval = Pembatalan No. { ANGKA($entry) } perlu persetujuan: { $who }.
refusal-no-such-approval = Permintaan No. { ANGKA($number) } tidak ada. Ketik <b>persetujuan</b> untuk melihat yang menunggu.
refusal-not-your-approval = Permintaan No. { ANGKA($number) } tidak diputuskan dari chat ini. Yang bisa: { $who }.
refusal-own-approval = Permintaan No. { ANGKA($number) } menyangkut Anda sendiri. Yang memutuskan harus orang lain: { $who }.
refusal-voted-before = Anda sudah menyetujui permintaan No. { ANGKA($number) }. Masih ditunggu: { $who }.
refusal-approved-before = Permintaan No. { ANGKA($number) } sudah disetujui oleh { $by }. Tidak ada yang dicatat lagi.
refusal-rejected-before = Permintaan No. { ANGKA($number) } sudah ditolak oleh { $by }. Tidak ada yang dicatat.
refusal-withdrawn-before = Permintaan No. { ANGKA($number) } sudah ditarik kembali oleh pembuatnya. Tidak ada yang dicatat.
refusal-approval-expired = Permintaan No. { ANGKA($number) } sudah lewat batas waktunya ({ TANGGAL($on) }). Kalau masih perlu, minta dibuat lagi.
refusal-maker-left = Pembuat permintaan No. { ANGKA($number) } tidak menjabat lagi. Minta pengurus lain membuat permintaan baru.
refusal-not-your-request = Permintaan No. { ANGKA($number) } bukan dari Anda. Hanya pembuatnya yang bisa menariknya.
refusal-file-stale = Berkas ini tidak cocok lagi dengan daftar anggota: { ANGKA($count) } hal perlu diperbaiki. Tolak permintaan ini, lalu minta berkas yang baru.
refusal-bad-pin = PIN harus 6 angka yang tidak mudah ditebak, dan bukan jumlah uang. Jangan 123456, 111111, atau yang berakhir 00.

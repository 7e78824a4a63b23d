# Loans: why something is not possible.

refusal-no-such-loan = Pinjaman { $loan } tidak ada. Ketik /pinjaman untuk melihat daftarnya.
refusal-bad-terms = Ketentuan pinjaman tidak dapat dipakai: { $what }.
refusal-own-loan = Pinjaman { $loan } harus dicatat pengurus lain: { $who }. Tidak ada yang dicatat.

# SHU: the year's surplus, its policy, its split and its payment.

refusal-split-not-hundred = Persentasenya berjumlah { $sum }, harus tepat 100.
refusal-split-total = Total { $what } { RUPIAH($total) } lebih kecil dari jumlah anggota, { RUPIAH($sum) }.

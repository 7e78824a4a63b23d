# The agency: BRILink, PPOB, pos.

operation-feeagen = Fee Agen
operation-agenmasuk = Setoran/Pembayaran lewat Agen
operation-agenkeluar = Tarik Tunai lewat Agen
operation-setoragen = Uang Agen Disetor ke Bank/Penyedia
operation-terimaagen = Uang Agen Diterima dari Bank/Penyedia

edit-fee = Fee
ask-fee = Berapa fee-nya?
choice-no-fee = Tanpa fee
card-agent-in = Uang nasabah { RUPIAH($amount) } + fee { RUPIAH($fee) } = diterima { RUPIAH($cash) }
card-agent-out = Uang nasabah { RUPIAH($amount) } - fee { RUPIAH($fee) } = diserahkan { RUPIAH($cash) }
agent-money = Uang agen belum disetor: { RUPIAH($amount) }
agent-money-ahead = Uang koperasi masih di bank/penyedia agen: { RUPIAH($amount) }
agent-fees = Fee bulan ini: { RUPIAH($amount) }
refusal-fee-too-large = Fee { RUPIAH($fee) } tidak lebih kecil dari jumlahnya, { RUPIAH($amount) }. Periksa lagi.

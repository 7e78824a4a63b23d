"""The lines of the statements (Permenkop 2/2024): which there are, in which order, what they are called."""

from __future__ import annotations

from typing import Final

# key of the chart's line -> what it is called
ASSETS: Final = {
    "KAS": "Kas dan setara kas",
    "PNT": "Penempatan dan penyertaan",
    "PIN": "Pinjaman anggota (neto)",
    "PIU": "Piutang usaha (neto)",
    "PLL": "Piutang lain dan uang muka",
    "PSD": "Persediaan",
    "BDM": "Beban dibayar di muka",
    "AT": "Aset tetap (neto)",
    "ATB": "Aset takberwujud",
}
DEBTS: Final = {
    "SMP": "Simpanan anggota",
    "UU": "Utang usaha",
    "UBY": "Utang beban dan bunga",
    "UPJ": "Utang pajak",
    "DNA": "Dana-dana SHU",
    "ULL": "Liabilitas lain",
    "UPP": "Utang pinjaman",
}
EQUITY: Final = {
    "EPK": "Simpanan pokok",
    "EWJ": "Simpanan wajib",
    "EHB": "Hibah",
    "ECU": "Cadangan umum",
    "ECR": "Cadangan risiko",
    "EPY": "Modal penyertaan",
}
SURPLUS_BEFORE: Final = "SHU tahun lalu belum dibagi"
SURPLUS: Final = "SHU tahun berjalan"
OPENING: Final = "Penyeimbang saldo awal"

INCOME: Final = {
    "PAB": "Pendapatan bunga/jasa anggota",
    "PJA": "Penjualan kepada anggota (neto)",
    "PJN": "Penjualan kepada non-anggota",
    "PLU": "Pendapatan usaha lain",
}
DIRECT: Final = {
    "HPA": "HPP penjualan anggota",
    "HPN": "HPP penjualan non-anggota",
    "BBG": "Beban bunga",
}
COSTS: Final = {
    "BPG": "Beban kepegawaian",
    "BAU": "Beban administrasi dan umum",
    "BPY": "Beban penyusutan",
    "BCK": "Beban penyisihan",
    "BPR": "Beban perkoperasian",
}
OTHER: Final = {"LLP": "Pendapatan lain-lain", "LLB": "Beban lain-lain"}
TAX: Final = {"BPJ": "Beban pajak penghasilan"}

# columns of the equity statement -> the chart's lines; 399000 keeps the total that of the balance sheet
EQUITY_COLUMNS: Final = {
    "pokok": ("Simpanan pokok", ("EPK",)),
    "wajib": ("Simpanan wajib", ("EWJ",)),
    "shu": ("SHU", ("ESH",)),
    "general_reserve": ("Cadangan umum", ("ECU",)),
    "risk_reserve": ("Cadangan risiko", ("ECR",)),
    "other": ("Ekuitas lain", ("EHB", "EPY", "nol")),
}
FLOWS: Final = {
    "O": "Arus kas dari aktivitas operasi",
    "I": "Arus kas dari aktivitas investasi",
    "F": "Arus kas dari aktivitas pendanaan",
}

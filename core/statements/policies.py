"""The accounting policies of a cooperative in plain Indonesian, filled in from its rules and loan products."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from core.interest import TAX_FREE, TAX_PERCENT
from core.loans.products import Product, percent
from core.loans.terms import DayCount, Fine, Method, Rounding
from core.money import Rupiah
from core.rules import RuleBook, Rules

CLASS_NAMES: Final = {
    "lancar": "Lancar",
    "perhatian": "Dalam perhatian khusus",
    "kurang-lancar": "Kurang lancar",
    "diragukan": "Diragukan",
    "macet": "Macet",
}
_METHODS: Final = {
    Method.FLAT: "jasa flat dari pokok awal",
    Method.MENURUN: "jasa menurun dari sisa pokok",
    Method.ANUITAS: "anuitas",
    Method.JATUH_TEMPO: "pokok dibayar sekaligus saat jatuh tempo",
}
_ROUNDINGS: Final = {
    Rounding.NEAREST: "terdekat",
    Rounding.UP: "ke atas",
    Rounding.DOWN: "ke bawah",
}
_UNITS: Final = {"m": "bulan", "w": "minggu", "d": "hari"}
_FINES: Final = {
    Fine.PERCENT_DAILY: "{}% per hari dari tunggakan",
    Fine.PERCENT_ONCE: "{}% sekali dari tunggakan",
    Fine.FIXED_DAILY: "Rp{} per hari",
    Fine.FIXED_ONCE: "Rp{} sekali",
}


def money(amount: Rupiah) -> str:
    """Write rupiah as people do: Rp20.000."""
    return "Rp" + f"{amount:,}".replace(",", ".")


def said(rules: Rules, offered: Iterable[Product]) -> dict[str, str]:
    """Return every policy by its stable key, as the rules of one day and the products offered on it have it."""
    told = {
        "basis": "Laporan disusun menurut SAK EP (Permenkop 2/2024), dasar akrual (kecuali yang disebut lain di bawah) dan biaya perolehan, dalam rupiah penuh;"
        " tahun buku 1 Januari sampai 31 Desember. Arus kas memakai metode langsung.",
        "pokok": f"Simpanan pokok {money(rules.pokok)} sekali dan simpanan wajib {money(rules.wajib)} per bulan dicatat sebagai ekuitas.",
        "savings": "Simpanan sukarela, berjangka, dan khusus dicatat sebagai liabilitas sebesar saldo anggota.",
        "savings_interest": _savings_interest(rules),
        "term_interest": f"Bunga simpanan berjangka {percent(rules.term_rate)}% dan simpanan khusus {percent(rules.holiday_rate)}% per tahun,"
        " kecuali disepakati lain pada bilyet.",
    }
    if rules.usp != "none":
        told |= _lending(rules, offered)
    return told | {
        "goods": "Persediaan dinilai pada biaya rata-rata.",
        "depreciation": "Aset tetap disusutkan garis lurus sejak bulan perolehan:"
        f" bangunan {rules.asset_months_building} bulan, kendaraan {rules.asset_months_vehicle} bulan,"
        f" peralatan {rules.asset_months_equipment} bulan, aset takberwujud {rules.asset_months_intangible} bulan; tanah tidak disusutkan.",
        "grants": "Hibah dicatat sebagai "
        + ("ekuitas (UU 25/1992)." if rules.grants == "capital" else "pendapatan hibah."),
        "rounding": "Bunga dan penyisihan dibulatkan setengah ke atas ke rupiah penuh; penyusutan sebulan dan bagian SHU dibagi sehingga jumlahnya tepat.",
    }


def _savings_interest(rules: Rules) -> str:
    if not rules.savings_rate:
        return "Simpanan sukarela tidak diberi bunga."
    base = (
        "saldo rata-rata harian" if rules.savings_interest_method == "average" else "saldo terendah"
    )
    return (
        f"Bunga simpanan sukarela {percent(rules.savings_rate)}% per tahun dari {base} setiap bulan; di atas {money(TAX_FREE)}"
        f" sebulan dipotong PPh final {TAX_PERCENT}%."
    )


def _lending(rules: Rules, offered: Iterable[Product]) -> dict[str, str]:
    told = {f"loan_{one.code}": _product(one) for one in offered}
    told["loan_income"] = (
        "Jasa pinjaman yang jatuh tempo dan belum dibayar diakui sebagai pendapatan saat tutup bulan."
        if rules.jasa_accrual
        else "Jasa pinjaman diakui sebagai pendapatan saat diterima."
    )
    told["rate_cap"] = f"Jasa pinjaman paling tinggi {percent(rules.rate_cap)}% per tahun."
    told["classes"] = "Kolektibilitas menurut hari terlambat: " + _days(rules.classes) + "."
    told["classes_short"] = (
        "Untuk angsuran harian dan mingguan: " + _days(rules.classes_short) + "."
    )
    shares = (
        f"{CLASS_NAMES[one].lower()} {percent(share)}%" for one, share in rules.allowance.items()
    )
    told["allowance"] = "Penyisihan kerugian pinjaman dari sisa pokok: " + ", ".join(shares) + "."
    return told


def _days(table: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{CLASS_NAMES[one].lower()} mulai {days} hari" for one, days in table)


def _product(one: Product) -> str:
    terms = one.terms
    per = "bulan" if terms.rate_per == "month" else "tahun"
    every = (
        f"{terms.every.count} {_UNITS[terms.every.unit]}"
        if terms.every.count > 1
        else _UNITS[terms.every.unit]
    )
    parts = [
        f"{_METHODS[terms.method]} {percent(terms.rate)}% per {per}",
        f"angsuran per {every}, paling lama {one.longest} kali",
        f"dibulatkan {_ROUNDINGS[terms.rounding]} ke {money(terms.round_to)}",
    ]
    if terms.day_count is not DayCount.MONTH:
        parts.append(f"hari dihitung {terms.day_count.value}")
    if terms.provisi:
        taken = "diakui selama pinjaman" if terms.provisi_spread else "diakui saat cair"
        parts.append(f"provisi {percent(terms.provisi)}% {taken}")
    if terms.administrasi:
        parts.append(f"administrasi {money(terms.administrasi)}")
    fine = terms.penalty
    if fine.kind is Fine.NONE:
        parts.append("tanpa denda")
    else:
        parts.append("denda " + _FINES[fine.kind].format(percent(fine.value)))
    return f"{one.name}: " + ", ".join(parts) + "."


def changes(book: RuleBook, first: date, last: date) -> list[tuple[str, str]]:
    """List the rules these policies speak of that changed after `first` and until `last`: (key, sentence)."""
    return [
        (f"{name}:{since}", f"Berubah sejak {since:%d-%m-%Y}: {_CHANGING[name]} menjadi {value}.")
        for name, since, value in book.steps
        if first < since <= last and name in _CHANGING
    ]


_CHANGING: Final = {
    "pokok": "simpanan pokok (rupiah)",
    "wajib": "simpanan wajib sebulan (rupiah)",
    "savings_rate": "bunga simpanan sukarela (% setahun)",
    "savings_interest_method": "dasar bunga simpanan sukarela",
    "jasa_accrual": "pengakuan jasa saat tutup bulan",
    "classes": "tabel kolektibilitas",
    "classes_short": "tabel kolektibilitas harian dan mingguan",
    "allowance": "tabel penyisihan",
    "asset_months_building": "umur bangunan (bulan)",
    "asset_months_vehicle": "umur kendaraan (bulan)",
    "asset_months_equipment": "umur peralatan (bulan)",
    "asset_months_intangible": "umur aset takberwujud (bulan)",
}


def shares(pools: dict[str, Decimal]) -> dict[str, str]:
    """Return the pools of a year's surplus by key, as sentences with their per cent."""
    return {name: f"{_POOLS[name]}: {percent(share)}%" for name, share in pools.items()}


_POOLS: Final = {
    "jasa_modal": "Jasa modal anggota",
    "jasa_usaha": "Jasa usaha anggota",
    "cadangan": "Cadangan umum",
    "cadangan_risiko": "Cadangan risiko",
    "pendidikan": "Dana pendidikan",
    "sosial": "Dana sosial",
    "pengurus": "Dana pengurus dan pengawas",
    "karyawan": "Dana karyawan",
    "desa": "Imbal jasa desa",
}

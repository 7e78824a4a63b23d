"""Which report is asked for, of which time, and as what: "neraca", "laba rugi oktober pdf", "buku besar kas bulan ini"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.understand import report_times
from core.accounts import chart

_NAMES: Final = {
    "neraca-saldo": r"neraca\s+(?:saldo|percobaan)|trial balance",
    "neraca": r"neraca|posisi keuangan",
    "phu": r"laba\s*[/-]?\s*rugi|rugi\s*[/-]?\s*laba|untung rugi|phu|(?:perhitungan )?hasil usaha"
    r"|(?:(?:ke)?untung(?:an)?|laba)(?: bersih)?(?=\s+(?:gerai|toko|koperasi|usaha|kita|unit))|keuntungan",
    "arus-kas": r"arus kas|cash\s*flow",
    "perubahan-ekuitas": r"perubahan (?:ekuitas|modal)|lpe",
    "calk": r"calk|catatan (?:atas )?laporan keuangan",
    "buku-besar": r"buku besar|general ledger",
    "kas-harian": r"kas harian|buku kas(?: harian)?|mutasi kas",
    "simpanan": r"(?:daftar|rekap|buku)\s+simpanan(?: (?:semua )?anggota)?|laporan simpanan(?: anggota)?",
    "kolektibilitas": r"kolektibilitas|kolektabilitas|laporan pinjaman|daftar pinjaman dan kolektibilitas",
    "anggota": r"buku daftar anggota|laporan anggota",
}
# said with what it is wanted as; without it the chat has its own list, page by page
_AS_FILES: Final = {
    "anggota": r"(?:daftar|rekap|data) anggota",
    "kolektibilitas": r"(?:daftar|rekap) pinjaman(?: anggota)?",
}
NAMES: Final = (*_NAMES, "phu-unit", "neraca-unit")
POINTS: Final = frozenset({"neraca", "neraca-unit", "neraca-saldo", "simpanan", "kolektibilitas"})
_ASKING: Final = r"(?:(?:tolong|minta|mohon|lihat|tampilkan|buka|kirim(?:kan|in)?|cetak|unduh|download|cek|mana|berapa|brp|brapa|laporan|lap|file)\s+)*"
_OF: Final = r"(?:(?:koperasi|untuk|utk|pada|periode|masa)\b\s*)*"
_HOW: Final = {
    "xlsx": r"excel|exel|xlsx?|spreadsheet",
    "pdf": r"pdf|cetak(?:an)?|dicetak|print",
    "png": r"gambar|foto|png|jpg",
}
_AS: Final = re.compile(
    r"(?:\b(?:dalam|bentuk|format|versi|sebagai|jadi|file|ke)\s+)*\b(?P<how>"
    + "|".join(_HOW.values())
    + r")(?:nya)?\b(?:\s+(?:saja|ya|dong))?",
    re.IGNORECASE,
)
_BY_UNIT: Final = re.compile(
    r"\b(?:per|tiap|setiap|menurut|masing-masing|semua|antar)\s+unit(?:\s+usaha)?(?:nya)?\b",
    re.IGNORECASE,
)
_HOW_MUCH: Final = re.compile(r"(?:^|\s)(?:berapa|brp|brapa|barapa)$")
_SOLD: Final = re.compile(  # "penjualan hari ini berapa?", "kemarin laku berapa?"
    r"\s*(?:(?P<before>\S.*?)\s+)?(?:penjualan|omzet|omset|laku)(?:nya)?\s+"
    r"(?:(?P<after>\S.*?)\s+)?(?:berapa|brp|brapa|barapa)[\s.!?]*",
    re.IGNORECASE,
)
_OF_UNIT: Final = re.compile(
    r"\b(?:unit\s+)?(?:gerai|toko|usaha|kita)\b", re.IGNORECASE
)  # "untung toko"
BY_UNIT: Final = frozenset({"neraca", "phu"})
# account said in the office's words -> its codes
_CALLED: Final = {
    "kas": ("111000",),
    "kas gerai": ("111100",),
    "bank": ("112100", "112200"),
    "bri": ("112100",),
    "bank bri": ("112100",),
    "bank kaltimtara": ("112200",),
    "kaltimtara": ("112200",),
    "bpd": ("112200",),
    "pinjaman": ("113100",),
    "pinjaman anggota": ("113100",),
    "bon": ("113300",),
    "persediaan": ("114000", "114100", "114200", "114300"),
    "stok": ("114000", "114100", "114200", "114300"),
    "penjualan": ("412000", "412100"),
    "gaji": ("521000",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A report's name and its time: empty when it could not be read, several when one must be chosen.

    `how` is png, pdf, xlsx or nothing: a few lines. `codes` are accounts of a buku besar, of which one is meant.
    """

    name: str
    times: tuple[str, ...]
    how: str = ""
    codes: tuple[str, ...] = ()


def asked(text: str, today: date) -> Asked | None:
    """Read a message that asks for a report and says nothing else; without a time it is this year."""
    found = _AS.search(text)
    how = _how(found["how"].lower()) if found else ""
    bare = f"{text[: found.start()]} {text[found.end() :]}" if found else text
    bare, units = _BY_UNIT.subn(" ", bare)
    for name, words in _all(how):
        if said := words.fullmatch(bare):
            rest = _HOW_MUCH.sub("", " ".join((said["rest"] or "").lower().split()))
            if units and name not in BY_UNIT:
                return None
            if name == "phu" and (of_unit := _OF_UNIT.search(rest)):
                units = units or of_unit[0] not in ("usaha", "kita")
                rest = " ".join(_OF_UNIT.sub(" ", rest).split())
            return _of(f"{name}-unit" if units else name, how, rest, today)
    if (sold := _SOLD.fullmatch(bare)) and bool(sold["before"]) != bool(sold["after"]):
        when = (sold["before"] or sold["after"]).lower()
        return _of("buku-besar", how, f"penjualan {when}", today)
    return None


def _how(word: str) -> str:
    return next(how for how, words in _HOW.items() if re.fullmatch(words, word))


def _all(how: str) -> list[tuple[str, re.Pattern[str]]]:
    return [*_ASKED.items(), *(_FILED.items() if how else ())]


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(
        rf"\s*/?{_ASKING}(?:{words})(?:nya)?(?:\s+{_OF}(?P<rest>.*?))?[\s.!?]*", re.IGNORECASE
    )


_ASKED: Final = {name: _pattern(words) for name, words in _NAMES.items()}
_FILED: Final = {name: _pattern(words) for name, words in _AS_FILES.items()}


def _of(name: str, how: str, rest: str, today: date) -> Asked | None:
    point = name in POINTS
    if name != "buku-besar":
        times = report_times.read(rest, today, point=point)
        return Asked(name, times.meant, how) if times else None
    words = rest.split()
    for at in range(len(words), -1, -1):
        codes = account(" ".join(words[:at]))
        times = report_times.read(" ".join(words[at:]), today, point=point)
        if (codes or not at) and times:
            return Asked(name, times.meant, how, codes)
    return None


def account(said: str) -> tuple[str, ...]:
    """Find the accounts a word or code may mean, the chart's order; none when it means none."""
    plain = re.sub(r"^(?:akun|rekening|rek|perkiraan)\s+", "", said).strip()
    if plain in _CALLED:
        return _CALLED[plain]
    if not plain:
        return ()
    if plain in chart():
        return (plain,)
    words = plain.split()
    names = _names()
    exact = tuple(code for code, name in names.items() if name == plain)
    return exact or tuple(
        code
        for code, name in names.items()
        if all(any(one.startswith(word) for one in name.split()) for word in words)
    )


def _names() -> Mapping[str, str]:
    return {code: re.sub(r"[^a-z ]+", " ", one.name.lower()) for code, one in chart().items()}

"""Which statement is asked for, and of which time: "neraca", "laba rugi oktober", "arus kas bulan lalu"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.understand import periods
from bot.understand.marks import mark
from bot.understand.tokens import normal, split
from core.calendar import last_day, next_month

_NAMES: Final = {
    "neraca-saldo": r"neraca\s+(?:saldo|percobaan)|trial balance",
    "neraca": r"neraca|posisi keuangan",
    "phu": r"laba\s*[/-]?\s*rugi|rugi\s*[/-]?\s*laba|untung rugi|phu|(?:perhitungan )?hasil usaha",
    "arus-kas": r"arus kas|cash\s*flow",
}
NAMES: Final = tuple(_NAMES)
_ASKING = r"(?:(?:tolong|minta|mohon|lihat|tampilkan|buka|kirim|cek|mana|berapa|laporan|lap)\s+)*"
_OF = r"(?:(?:koperasi|untuk|utk|per|pada|periode|masa)\b\s*)*"
_ASKED: Final = {
    name: re.compile(
        rf"\s*/?{_ASKING}(?:{words})(?:nya)?(?:\s+{_OF}(?P<rest>.*?))?[\s.!?]*", re.IGNORECASE
    )
    for name, words in _NAMES.items()
}
_YEAR = re.compile(r"(?:tahun |thn |th )?(20\d\d)")
_THIS_YEAR = re.compile(
    r"(?:tahun|thn|th)(?: buku)? (?:ini|berjalan)|(?:sampai|sd|s/d|hingga) (?:hari ini|sekarang|kini)"
)
_LAST_YEAR = re.compile(r"(?:tahun|thn|th) (?:lalu|kemarin|kemaren|sebelumnya|yang lalu)")
_DAYS = {"hari ini": 0, "sekarang": 0, "kemarin": 1, "kemaren": 1}


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement's name, and its time as the beginning of an ISO date: `2026`, `2026-11` or `2026-11-24`."""

    name: str
    time: str


def asked(text: str, today: date) -> Asked | None:
    """Read a message that asks for a statement and says nothing else; without a time it is this year."""
    for name, words in _ASKED.items():
        if found := words.fullmatch(text):
            time = _time(" ".join((found["rest"] or "").lower().split()), today)
            return Asked(name, time) if time and begins(time) <= today else None
    return None


def begins(time: str) -> date:
    """Return the first day of a time."""
    return date.fromisoformat(time + "-01-01"[len(time) - 4 :])


def ends(time: str, today: date) -> date:
    """Return its last day; what is not over ends today."""
    first = begins(time)
    last = {4: date(first.year, 12, 31), 7: last_day(first), 10: first}[len(time)]
    return min(last, today)


def _time(rest: str, today: date) -> str | None:
    if not rest or _THIS_YEAR.fullmatch(rest):
        return f"{today.year}"
    if rest in _DAYS:
        return (today - timedelta(days=_DAYS[rest])).isoformat()
    if _LAST_YEAR.fullmatch(rest):
        return f"{today.year - 1}"
    if year := _YEAR.fullmatch(rest):
        return year[1]
    return _month(rest, today)


def _month(rest: str, today: date) -> str | None:
    """Read one month that is all that is said; without a year it lies behind us."""
    plain = normal(rest)
    tokens = split(plain)
    found = periods.scan(tokens, mark(tokens, plain), today)
    if len(found) != 1 or found[0].end - found[0].start != len(tokens):
        return None
    if len(found[0].reading.months) != 1:
        return None
    (month,) = found[0].reading.months
    if month > today and str(month.year) not in rest:
        month = next_month(month, -12)
    return f"{month:%Y-%m}"

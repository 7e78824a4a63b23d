"""Of which days a report is wanted: "per 30 september", "januari sampai juni", "triwulan 3", "tahun lalu".

A time is written as the beginning of an ISO date (`2026`, `2026-11`, `2026-11-24`), or as two days: `2026-01-01/2026-06-30`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.understand import dates, periods
from bot.understand.marks import mark
from bot.understand.readings import DateKind
from bot.understand.tokens import normal, split
from core.calendar import last_day, month_of, next_month

_DAY: Final = timedelta(days=1)
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "satu": 1, "dua": 2, "tiga": 3, "empat": 4}
_NUMBER: Final = (
    r"(?:ke[- ]?)?(?P<number>[1-4]|iv|iii|ii|i|satu|dua|tiga|empat|pertama|kedua|ketiga|keempat)"
)
_ORDINAL: Final = {"pertama": 1, "kedua": 2, "ketiga": 3, "keempat": 4}
_OF_YEAR: Final = r"(?:\s+(?:(?:tahun|thn|th)\s+)?(?P<year>20\d\d|lalu|ini))?"
_PART: Final = re.compile(
    rf"(?P<part>triwulan|kuartal|caturwulan|semester|tw|q|smt)\s*"
    rf"(?:(?P<near>ini|lalu|kemarin|sebelumnya)|{_NUMBER}{_OF_YEAR})"
)
_MONTHS_OF: Final = {"semester": 6, "smt": 6, "caturwulan": 4}
_LAST: Final = re.compile(r"(?P<count>\d{1,2}) bulan (?:terakhir|ke ?belakang)")
_YEAR: Final = re.compile(r"(?:(?:tahun|thn|th)(?: buku)? )?(20\d\d)")
_THIS_YEAR: Final = re.compile(r"(?:tahun|thn|th)(?: buku)? (?:ini|berjalan)")
_LAST_YEAR: Final = re.compile(
    r"(?:tahun|thn|th)(?: buku)? (?:lalu|kemarin|kemaren|sebelumnya|yang lalu)"
)
_WEEK: Final = re.compile(r"(?:minggu|pekan) (?P<near>ini|lalu|kemarin|yang lalu)")
_MONTH: Final = re.compile(r"(?:(?:bulan|bln) )?(?P<month>[a-z]+)(?: (?P<year>20\d\d))?")
_DAYS: Final = {"hari ini": 0, "sekarang": 0, "kini": 0, "saat ini": 0, "kemarin": 1, "kemaren": 1}
_ENDING: Final = re.compile(
    r"(?P<how>per|sampai(?: dengan)?|sd|s/d|s\.d\.?|hingga)(?: tanggal| tgl)? (?P<rest>.+)"
)
_AT_END: Final = re.compile(r"akhir (?P<rest>.+)")
_UNTIL: Final = re.compile(
    r"(?:(?:dari|sejak|mulai|antara) )?(?P<first>.+?)\s*(?:\bsampai(?: dengan)?\b|\bsd\b|\bs/d\b|\bs\.d\.?|\bhingga\b|\bdan\b|–|—|(?<=\w)\s*-\s*(?=[a-z])|\s-\s)\s*(?P<last>.+)"
)
_SPEAKS_OF_TIME: Final = re.compile(
    r"\b(?:tahun|thn|bulan|bln|tanggal|tgl|minggu|pekan|triwulan|kuartal|semester|caturwulan|tw|sampai|hingga|per|20\d\d|"
    + "|".join(sorted(re.escape(word) for word in periods.ANY_MONTH if len(word) > 2))
    + r")\b"
)
_MONEY: Final = re.compile(r"\d\s*(?:rb|ribu|jt|juta|k)\b|\brp")


@dataclass(frozen=True, slots=True)
class Times:
    """What was said: one time, several of which one is meant, or (none) a time that could not be read."""

    meant: tuple[str, ...]


def read(said: str, today: date, *, point: bool) -> Times | None:
    """Read the words behind a report's name; none when they speak of no time.

    `point`: the report shows how things stand at a day's end, so "per September" leaves no question.
    Without a word it is this year. What lies ahead is no time of a report.
    """
    rest = " ".join(said.lower().split()).strip(" .!?,")
    if not rest:
        return Times((f"{today.year}",))
    meant = tuple(time for time in _read(rest, today, point=point) if begins(time) <= today)
    if meant:
        return Times(meant)
    return Times(()) if _SPEAKS_OF_TIME.search(rest) and not _MONEY.search(rest) else None


def begins(time: str) -> date:
    """Return the first day of a time. Raises ValueError on a day that is none."""
    first = time.partition("/")[0]
    return date.fromisoformat(first + "-01-01"[len(first) - 4 :])


def ends(time: str, today: date) -> date:
    """Return its last day; what is not over ends today."""
    return min(_ends(time), today)


def _ends(time: str) -> date:
    first, _, last = time.partition("/")
    if last:
        return date.fromisoformat(last)
    day = begins(first)
    return {4: date(day.year, 12, 31), 7: last_day(day), 10: day}[len(first)]


def _read(rest: str, today: date, *, point: bool) -> tuple[str, ...]:
    if ending := _ENDING.fullmatch(rest):
        if time := _one(ending["rest"], today):
            return _ending(ending["how"], time, today, point=point)
        return ()
    if found := _AT_END.fullmatch(rest):
        time = _one(found["rest"], today)
        return (min(_ends(time), today).isoformat(),) if time else ()
    if time := _one(rest, today):
        return (time,)
    both = _UNTIL.fullmatch(rest)
    return _between(both["first"], both["last"], today) if both else ()


def _ending(how: str, time: str, today: date, *, point: bool) -> tuple[str, ...]:
    """Read "per September": the year up to then; of a month alone it may be that month."""
    last = min(_ends(time), today)
    whole = _span(date(last.year, 1, 1), last)
    if point:
        return (last.isoformat(),)
    return (time, whole) if how == "per" and len(time) == 7 and last.month > 1 else (whole,)


def _between(first: str, last: str, today: date) -> tuple[str, ...]:
    """Read two months or days; where only the second has its year, the first lies before it."""
    end = _one(last, today)
    begin = _one(first, today)
    if begin is None and end and re.fullmatch(r"\d{1,2}", first):
        begin = _one(f"{first} {last.partition(' ')[2]}", today)  # "1 sampai 15 september"
    if begin is None or end is None:
        return ()
    start, stop = begins(begin), _ends(end)
    if not re.search(r"20\d\d", first):
        start = _year_of(start, stop.year)
        if start > stop:
            start = _year_of(start, stop.year - 1)
    return (_span(start, stop),) if start <= stop else ()


def _year_of(day: date, year: int) -> date:
    return min(
        day.replace(day=1, year=year) + (day.day - 1) * _DAY,
        last_day(day.replace(day=1, year=year)),
    )


def _span(first: date, last: date) -> str:
    return f"{first}/{last}"


def _one(rest: str, today: date) -> str | None:
    """Read one year, part of it, week, month or day."""
    rest = rest.strip()
    if _THIS_YEAR.fullmatch(rest):
        return f"{today.year}"
    if rest in _DAYS:
        return (today - _DAYS[rest] * _DAY).isoformat()
    if _LAST_YEAR.fullmatch(rest):
        return f"{today.year - 1}"
    if year := _YEAR.fullmatch(rest):
        return year[1]
    if part := _PART.fullmatch(rest):
        return _part(part, today)
    if week := _WEEK.fullmatch(rest):
        monday = today - today.weekday() * _DAY - (0 if week["near"] == "ini" else 7) * _DAY
        return _span(monday, monday + 6 * _DAY)
    if last := _LAST.fullmatch(rest):
        count = max(int(last["count"]), 1)
        return _span(next_month(month_of(today), 1 - count), last_day(month_of(today)))
    return _month_or_day(rest, today)


def _part(said: re.Match[str], today: date) -> str | None:
    """Read a quarter or half of a year; without a year the latest one that has begun."""
    months = _MONTHS_OF.get(said["part"], 3)
    this = date(today.year, (today.month - 1) // months * months + 1, 1)
    if said["near"]:
        first = this if said["near"] == "ini" else next_month(this, -months)
    else:
        word = said["number"]
        number = int(word) if word.isdigit() else _ROMAN.get(word) or _ORDINAL[word]
        if number * months > 12:
            return None
        told = said["year"] or ""
        year = int(told) if told.isdigit() else today.year - (told == "lalu")
        first = date(year, (number - 1) * months + 1, 1)
        if not told and first > today:
            first = first.replace(year=year - 1)
    return _span(first, last_day(next_month(first, months - 1)))


def _month_or_day(rest: str, today: date) -> str | None:
    """Read a month, several or a day that are all that is said; without a year they lie behind us."""
    if (said := _MONTH.fullmatch(rest)) and (number := periods.ANY_MONTH.get(said["month"])):
        month = date(int(said["year"] or today.year), number, 1)
        ahead = month > today and not said["year"]
        return f"{next_month(month, -12) if ahead else month:%Y-%m}"
    plain = normal(rest)
    tokens = split(plain)
    labels = mark(tokens, plain)
    months = periods.scan(tokens, labels, today)
    if len(months) == 1 and months[0].end - months[0].start == len(tokens):
        found = months[0].reading.months
        if not found:
            return None
        first, last = found[0], found[-1]
        if (last if len(found) > 1 else first) > today and not re.search(r"\d\d", rest):
            first, last = next_month(first, -12), next_month(last, -12)
        return f"{first:%Y-%m}" if first == last else _span(first, last_day(last))
    days = dates.scan(tokens, labels, today)
    if len(days) != 1 or days[0].end - days[0].start != len(tokens):
        return None
    read = days[0].reading
    return read.day.isoformat() if read.day and read.kind is not DateKind.ASK else None

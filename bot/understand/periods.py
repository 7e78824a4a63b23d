"""Months as people say them: `Juli-Des 25`, `bulan Oktober`, `rapel 3 bulan`, `12x`.

A month without a year is the nearest one: at most two months ahead, else in the past. A range
without a year is the nearest one in the same way; it ends in the next year when its last month
comes before its first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from bot.understand import words
from bot.understand.atoms import spoken
from bot.understand.marks import Label, Labels, mark
from bot.understand.readings import PeriodReading
from bot.understand.tokens import Token, normal, split


def listed(key: str) -> frozenset[str]:
    """One list of words for days and months."""
    return words.words("dates", key)


_MONTHS = words.numbers("dates", "months")
ANY_MONTH = {**_MONTHS, **words.numbers("dates", "short_months")}
_DASHES = listed("until")
_YEARS = 9  # with a half: more is no loan
_AHEAD = 2  # months that are paid in advance without a year being said
NEXT = frozenset({"depan", "dpn", "mendatang"})
_FOR = frozenset({"untuk", "utk", "buat", "bagi", "gasan", "kanggo"})
_PROMISES = words.words("intents", "not_yet") | frozenset(
    {"mau", "ingin", "handak", "hendak", "arep", "pengen", "katanya", "kata", "baru", "bisa"}
)
_PAYING = frozenset().union(*(words.words("intents", key) for key in ("pay", "deposit", "save")))
_MINUS = words.words("money", "minus")
_DUES = words.words("intents", "mandatory") | words.words("intents", "dues")
_DONE = words.words("intents", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeriod:
    """Months or a count of months in the text."""

    start: int
    end: int
    reading: PeriodReading


def read(text: str, today: date) -> PeriodReading:
    """Read the months a text speaks of."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    return settle(scan(tokens, labels, today))


def settle(found: Sequence[FoundPeriod]) -> PeriodReading:
    """Put all months and the first count together."""
    months = sorted({month for each in found for month in each.reading.months})
    counts = [each.reading.count for each in found if each.reading.count is not None]
    return PeriodReading(months=tuple(months), count=counts[0] if counts else None)


def scan(tokens: Sequence[Token], labels: Labels, today: date) -> list[FoundPeriod]:
    """Find months and counts of months, and label their tokens."""
    found: list[FoundPeriod] = []
    months = _Months(tokens, labels, today)
    at = 0
    while at < len(tokens):
        looked_at = labels[at] is Label.FREE and (may_begin(tokens[at]) or months.is_minus(at))
        result = months.at(at) if looked_at else None
        if result is None:
            at += 1
            continue
        end, reading = result
        labels[at:end] = [Label.PERIOD] * (end - at)
        found.append(FoundPeriod(start=at, end=end, reading=reading))
        at = end
    return found


class _Months:
    def __init__(self, tokens: Sequence[Token], labels: Labels, today: date) -> None:
        self.tokens = tokens
        self.labels = labels
        self.today = today

    def word(self, at: int) -> str:
        if 0 <= at < len(self.tokens) and self.labels[at] is Label.FREE:
            return self.tokens[at].text
        return ""

    def at(self, at: int) -> tuple[int, PeriodReading] | None:
        if self.word(at - 1).isdigit() and self.word(at) in ANY_MONTH:
            return None  # a day's month
        return self._range(at) or self._named(at) or self._half(at) or self._count(at)

    def _range(self, at: int) -> tuple[int, PeriodReading] | None:
        """`Juli-Des 25`, `Mart s/d Des 26`."""
        start = at + (self.word(at) in listed("month_words"))
        first = ANY_MONTH.get(self.word(start), 0)
        if not first:
            return None
        first_year, place = self._year(start + 1)
        dash = place
        if self.word(place) == "s" and self.word(place + 1) in {"/", "."}:
            place += 1 + (self.word(place + 2) == "d")
            place += self.word(place) in {"/", "."}
            place += self.word(place) == "d"
        place += self.word(place) in _DASHES
        place += self.word(place) in {".", "d"} and place > dash + 1
        last = ANY_MONTH.get(self.word(place), 0)
        if place == dash or not last:
            return None
        last_year, end = self._year(place + 1)
        return end, PeriodReading(months=self._months(first, first_year, last, last_year))

    def _year(self, at: int) -> tuple[int, int]:
        at += self.word(at) in listed("year_words")
        at += self.word(at) == "'"
        word = self.word(at)
        unit_follows = (
            at + 1 < len(self.tokens) and self.tokens[at + 1].glued and self.tokens[at + 1].is_word
        )
        if word.isdigit() and not unit_follows:
            if len(word) == 4 and word[:2] == "20":
                return int(word), at + 1
            near = abs(int(word[:2]) + 2000 - self.today.year) <= 3
            following = self.word(at + 1)
            if (
                len(word) == 2
                and near
                and following not in {"rb", "ribu", "jt", "juta", "k", "rbu"}
            ):
                return int(word) + 2000, at + 1
        return 0, at

    def _months(self, first: int, first_year: int, last: int, last_year: int) -> tuple[date, ...]:
        if not first_year and last_year:
            first_year = last_year if first <= last else last_year - 1
        if not first_year:
            first_year = self._nearest_year(first, (last - first) % 12)
        if not last_year:
            last_year = first_year if last >= first else first_year + 1
        count = (last_year - first_year) * 12 + last - first + 1
        if not 0 < count <= 60:
            return ()
        return tuple(
            date(first_year + (first - 1 + n) // 12, (first - 1 + n) % 12 + 1, 1)
            for n in range(count)
        )

    def _named(self, at: int) -> tuple[int, PeriodReading] | None:
        """`bulan Oktober`, `bulan ini`, `bln 10`, `Oktober`."""
        said = self.word(at) in listed("month_words")
        start = at + said
        word = self.word(start)
        if said and word in listed("this") | listed("ago"):
            if self._counts(at - 1):
                return None  # "3 bulan lalu" is a day, a vague one
            month = date(self.today.year, self.today.month, 1)
            if word in listed("ago"):
                month = (month - timedelta(days=1)).replace(day=1)
            return start + 1, PeriodReading(months=(month,))
        if said and word in NEXT and self._paid_ahead(at):
            month = date(self.today.year, self.today.month, 28) + timedelta(days=4)
            return start + 1, PeriodReading(months=(month.replace(day=1),))
        beside = self.word(start + 1) in ANY_MONTH or self._month_before(start - 1)
        names = ANY_MONTH if said or beside else _MONTHS
        month_number = names.get(word, 0)
        if not month_number and not said and word in ANY_MONTH and self._year(start + 1)[0]:
            month_number = ANY_MONTH[word]
        if not month_number and said and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 12:
            follows = self.tokens[start + 1] if start + 1 < len(self.tokens) else None
            if follows is None or not (follows.glued and follows.is_word):
                month_number = int(word)
        if not month_number:
            return None
        year, end = self._year(start + 1)
        year = year or self._nearest_year(month_number)
        return end, PeriodReading(months=(date(year, month_number, 1),))

    def _nearest_year(self, first: int, more: int = 0) -> int:
        """Choose the year of a month, and of `more` months behind it, that is nearest to today."""
        now = self.today.year * 12 + self.today.month
        starts = [(year, year * 12 + first) for year in (self.today.year + n for n in (-1, 0, 1))]
        near = [
            (max(start - now, now - start - more, 0), year)
            for year, start in starts
            if start <= now + _AHEAD
        ]
        return min(near)[1]

    def _counts(self, at: int) -> bool:
        """Whether a count of months stands here, not the end of an amount such as `25rb`."""
        word = self.word(at)
        if word.isdigit():
            return len(word) <= 2
        return spoken().get(word, ("", 0))[0] in {"digits", "below_hundred", "teens", "tens"}

    def _paid_ahead(self, at: int) -> bool:
        """Whether `bulan depan` is what is paid for: `untuk bulan depan`, or no word of paying at all.

        Beside a word of promise, and in `bayar bulan depan`, it is the day of a payment to come.
        """
        texts = {token.text for token in self.tokens}
        if texts & _PROMISES or not texts & _DUES:
            return False
        before = self.tokens[at - 1].text if at else ""
        month_before = self._month_before(at - 1) or (before in _DASHES and self._month_at(at - 2))
        return before in _FOR or month_before or not texts & _PAYING or bool(texts & _DONE)

    def _month_at(self, at: int) -> bool:
        return at >= 0 and self.labels[at] is Label.PERIOD

    def _month_before(self, at: int) -> bool:
        at -= at > 0 and self.tokens[at].text in {",", "dan", "&"}
        return self._month_at(at) and self.tokens[at].text in {*ANY_MONTH, *listed("this")}

    def _instalments(self, at: int, place: int) -> bool:
        """`12x` and `12 kali`, but neither factor of a product."""
        signs = {"x", "kali"}
        following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
        product = following is not None and (following.is_number or following.text in {"rp", "@"})
        return self.word(place) in signs and not product and self.word(at - 1) not in signs

    def is_minus(self, at: int) -> bool:
        """Whether a sign is meant: `5 juta -3 bulan`, `minus 3 bulan`; not `6 -10 bulan`, `5jt - 3 bulan`."""
        if self.word(at) in _MINUS:
            return True
        if self.word(at) != "-" or self.tokens[at].glued or at + 1 >= len(self.tokens):
            return False
        return self.tokens[at + 1].glued and not (at and self.tokens[at - 1].is_number)

    def _half(self, at: int) -> tuple[int, PeriodReading] | None:
        """`setengah tahun`, `satu setengah tahun`, `1,5 tahun`: half of a year is no half of a million."""
        word = self.word(at)
        part, value = spoken().get(word, ("", 0))
        if word == "setengah":
            years, place = 0, at + 1
        elif word[-2:] in {",5", ".5"} and word[:-2].isdigit():
            years, place = int(word[:-2]), at + 1
        elif self.word(at + 1) == "setengah" and (part == "digits" or word.isdigit()):
            years, place = int(word) if word.isdigit() else value, at + 2
        else:
            return None
        if self.word(place) not in listed("year_words") or years > _YEARS:
            return None
        if self.word(place + 1) in listed("ago") | {"yang", "yg"} | NEXT:
            return None
        return place + 1, PeriodReading(count=years * 12 + 6)

    def _count(self, at: int) -> tuple[int, PeriodReading] | None:
        """`3 bulan`, `setahun`, `dua belas bulan`, `12x`, even `-3 bulan`; not `3 bulan lalu`."""
        if self.is_minus(at):
            below = self._count(at + 1)
            return below and (below[0], PeriodReading(count=-(below[1].count or 0)))
        singles = {"sebulan": 1, "setahun": 12}
        if self.word(at) in singles:
            count, end = singles[self.word(at)], at + 1
        else:
            word = self.word(at)
            part, value = spoken().get(word, ("", 0))
            number = (
                int(word)
                if word.isdigit() and len(word) <= 3
                else value
                if part in {"digits", "below_hundred"}
                else None
            )
            place = at + 1
            if number and part == "digits" and self.word(place) in {"belas", "welas"}:
                number, place = number + 10, place + 1
            if number is None:
                return None
            if self.word(place) in listed("month_words"):
                count = number
            elif self.word(place) in listed("year_words"):
                count = number * 12
            elif self._instalments(at, place):
                count = number
            else:
                return None
            end = place + 1
        following = self.word(end + (self.word(end) in listed("that")))
        if following in listed("ago") | {"depan", "lagi", "lg", "mendatang"}:
            return None
        return end, PeriodReading(count=count)


@cache
def _firstlisted() -> frozenset[str]:
    """Every word that a day or a period may begin with."""
    lists = (words.phrases("dates", key) for key in words.table("dates"))
    own = {phrase[0] for entries in lists for phrase in entries}
    singles = {"sehari", "seminggu", "sepekan", "sebulan", "setahun"}
    return frozenset(own | singles | set(spoken())) - _DASHES


def may_begin(token: Token) -> bool:
    """Whether a day or a period may begin with a token."""
    return token.is_number or (token.is_word and token.text in _firstlisted())

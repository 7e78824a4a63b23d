"""Days and periods as people say them: `kemarin`, `tgl 5`, `Kamis`, `Juli-Des 25`, `rapel 3 bulan`.

A day without year or month is the latest one that is not in the future: what is recorded has
happened. Days come as business dates; the reader has no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from bot.understand import periods, words
from bot.understand.atoms import spoken
from bot.understand.marks import Label, Labels, mark
from bot.understand.periods import ANY_MONTH, listed, may_begin
from bot.understand.readings import DateKind, DateReading
from bot.understand.tokens import Token, normal, split

_WEEKDAYS = words.numbers("dates", "weekdays")
_INSTALMENT = frozenset({"angsuran", "cicilan", "angsrn", "ke"})
_HUNDRED = 100  # two-digit years


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A day in the text, from token `start` to before `end`."""

    start: int
    end: int
    reading: DateReading


@cache
def _by_first_word(key: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Index one list of phrases by their first words."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in sorted(words.phrases("dates", key)):
        found[phrase[0]] = (*found.get(phrase[0], ()), phrase)
    return found


def read(text: str, today: date) -> DateReading:
    """Read the day a text speaks of."""
    plain = normal(text)
    tokens = split(plain)
    labels = mark(tokens, plain)
    periods.scan(tokens, labels, today)
    return settle(scan(tokens, labels, today))


def settle(found: Sequence[FoundDate]) -> DateReading:
    """Make one day of all that were found; different days are a question."""
    readings = [each.reading for each in found]
    if not readings:
        return DateReading()
    days = sorted({r.day for r in readings if r.day is not None})
    for kind in (DateKind.REFUSE, DateKind.FUTURE, DateKind.ASK):
        for reading in readings:
            if reading.kind is kind:
                return reading
    if len(days) > 1:
        said = ", ".join(reading.said for reading in readings)
        return DateReading(kind=DateKind.ASK, choices=tuple(days), why="several", said=said)
    return readings[0]


def scan(tokens: Sequence[Token], labels: Labels, today: date) -> list[FoundDate]:
    """Find every day and label its tokens."""
    return _Days(tokens, labels, today).scan()


class _Days:
    def __init__(self, tokens: Sequence[Token], labels: Labels, today: date) -> None:
        self.tokens = tokens
        self.labels = labels
        self.today = today

    def word(self, at: int) -> str:
        if 0 <= at < len(self.tokens) and self.labels[at] is Label.FREE:
            return self.tokens[at].text
        return ""

    def scan(self) -> list[FoundDate]:
        found: list[FoundDate] = []
        at = 0
        rules: tuple[Callable[[int], tuple[int, DateReading] | None], ...] = (
            self._vague,
            self._phrase,
            self._ago,
            self._week,
            self._weekday,
            self._slashed,
            self._day_of_month,
            self._day_and_month,
        )
        while at < len(self.tokens):
            if self.labels[at] is Label.FREE and may_begin(self.tokens[at]):
                for rule in rules:
                    result = rule(at)
                    if result is not None:
                        end, reading = result
                        end = self._part_of_day(end)
                        self.labels[at:end] = [Label.DATE] * (end - at)
                        found.append(FoundDate(start=at, end=end, reading=reading))
                        at = end - 1
                        break
            at += 1
        return found

    def _part_of_day(self, end: int) -> int:
        return end + 1 if self.word(end) in listed("parts") else end

    def said(self, start: int, end: int) -> str:
        return " ".join(token.raw for token in self.tokens[start:end])

    def _is(self, at: int, key: str) -> int:
        """Return the token after the longest phrase of a list that stands here, else 0."""
        best = 0
        for phrase in _by_first_word(key).get(self.word(at), ()):
            if len(phrase) > best and all(self.word(at + i) == p for i, p in enumerate(phrase)):
                best = len(phrase)
        return at + best if best else 0

    def _relative(self, start: int, end: int, days: int) -> tuple[int, DateReading]:
        return end, self._day(self.today + timedelta(days=days), start, end)

    def _day(self, day: date | None, start: int, end: int) -> DateReading:
        said = self.said(start, end)
        if day is None:
            return DateReading(kind=DateKind.REFUSE, why="impossible", said=said)
        if day > self.today:
            return DateReading(kind=DateKind.FUTURE, day=day, why="future", said=said)
        return DateReading(kind=DateKind.DAY, day=day, said=said)

    def _ask(self, start: int, end: int, why: str, *choices: date) -> tuple[int, DateReading]:
        said = self.said(start, end)
        return end, DateReading(kind=DateKind.ASK, choices=choices, why=why, said=said)

    def _vague(self, at: int) -> tuple[int, DateReading] | None:
        end = self._is(at, "vague")
        return self._ask(at, end, "vague") if end else None

    def _phrase(self, at: int) -> tuple[int, DateReading] | None:
        for key, days in (
            ("two_days_ago", -2),
            ("yesterday", -1),
            ("today", 0),
            ("tomorrow", 1),
            ("after_tomorrow", 2),
        ):
            end = self._is(at, key)
            if end:
                if key == "yesterday" and self.word(end) in {"malam", "mlm"}:
                    end += 1
                return self._relative(at, end, days)
        return None

    def _ago(self, at: int) -> tuple[int, DateReading] | None:
        """`3 hari lalu`, `seminggu yang lalu`, `sebulan lalu`."""
        word = self.word(at)
        units = {
            "sehari": (1, 1),
            "seminggu": (1, 7),
            "sepekan": (1, 7),
            "sebulan": (1, 0),
            "setahun": (1, 0),
        }
        if word in units:
            (count, size), end = units[word], at + 1
        else:
            number = self._small(at)
            if number is None:
                return None
            unit = self.word(at + 1)
            sizes = [
                (listed("day_words"), 1),
                (listed("week_words"), 7),
                (listed("month_words"), 0),
                (listed("year_words"), 0),
            ]
            size = next((days for names, days in sizes if unit in names), -1)
            if size < 0:
                return None
            count, end = number, at + 2
        end += self.word(end) in listed("that")
        if self.word(end) in listed("next") | {"lagi", "lg"}:
            if not size:
                return self._ask(at, end + 1, "vague")
            return self._relative(at, end + 1, count * size)
        if self.word(end) not in listed("ago"):
            return None
        end += 1
        if not size or count * size > 3660:
            return self._ask(at, end, "vague")
        return self._relative(at, end, -count * size)

    def _small(self, at: int) -> int | None:
        word = self.word(at)
        if word.isdigit() and len(word) <= 3:
            return int(word)
        part, value = spoken().get(word, ("", 0))
        return value if part in {"digits", "below_hundred"} else None

    def _week(self, at: int) -> tuple[int, DateReading] | None:
        """`minggu lalu` is last week or last Sunday; `bulan depan` lies ahead."""
        word, following = self.word(at), self.word(at + 1)
        is_week = word in listed("week_words")
        if is_week and following in listed("ago"):
            sunday = self._latest(6, before=True)
            week = self.today - timedelta(days=7)
            choices = (week,) if week == sunday else (week, sunday)
            return self._ask(at, at + 2, "week_or_sunday", *choices)
        if (
            is_week or word in listed("month_words") | listed("year_words")
        ) and following in listed("next"):
            said = self.said(at, at + 2)
            return at + 2, DateReading(kind=DateKind.FUTURE, why="future", said=said)
        return None

    def _latest(self, weekday: int, *, before: bool = False) -> date:
        back = (self.today.weekday() - weekday) % 7
        return self.today - timedelta(days=back or (7 if before else 0))

    def _weekday(self, at: int) -> tuple[int, DateReading] | None:
        start = at
        evening = self.word(at) in listed("evening")
        named = self.word(at) in listed("day_words")
        if evening or named:
            at += 1
        if self.word(at) not in _WEEKDAYS:
            return None
        if (
            self.word(at) in {"jum", "minggu"}
            and not (named or evening)
            and start
            and self._small(start - 1)
        ):
            return None
        weekday = _WEEKDAYS[self.word(at)]
        end = at + 1
        following = self.word(end)
        if following in listed("next"):
            ahead = (weekday - self.today.weekday()) % 7 or 7
            return self._relative(start, end + 1, ahead - evening)
        if following in listed("ago"):
            day = self._latest(weekday, before=True)
            end += 1
        elif following in listed("this"):
            day = self.today + timedelta(days=weekday - self.today.weekday())
            end += 1
        else:
            day = self._latest(weekday)
        if evening:  # The evening before: malam Jumat is Thursday's.
            day -= timedelta(days=1)
        elif following not in listed("ago") | listed("this"):
            end, day = self._confirmed_by_date(end, weekday, day)
        return end, self._day(day, start, end)

    def _confirmed_by_date(self, end: int, weekday: int, day: date) -> tuple[int, date]:
        """`Senin tgl 16` and `Senin, 16 November`: the number decides when the two agree."""
        at = end + (self.word(end) == ",")
        result = self._day_of_month(at) or self._day_and_month(at) or self._slashed(at)
        if result is not None and result[1].day is not None and result[1].day.weekday() == weekday:
            return result[0], result[1].day
        return end, day

    def _slashed(self, at: int) -> tuple[int, DateReading] | None:
        """`5/11`, `5-11-26`, `05.11.2026`."""
        start = at + (self.word(at) in listed("date_words"))
        start += start > at and self.word(start) in {":", "."}
        dotted = self.word(start).split(".")
        if len(dotted) == 3 and all(part.isdigit() for part in dotted) and len(dotted[2]) == 4:
            return start + 1, self._written([*map(int, dotted)], at, start + 1)
        parts: list[int] = []
        place = start
        while len(parts) < 3 and self.word(place).isdigit() and len(self.word(place)) <= 4:
            parts.append(int(self.word(place)))
            place += 1
            mark_ = self.word(place)
            if mark_ not in {"/", "-"} or not self._glued(place, place + 1):
                break
            place += 1
        sign = self.word(start + 1)
        if len(parts) < 2 or place <= start + 2 or (len(parts) == 2 and sign != "/"):
            return None
        if not (1 <= parts[0] <= 31 and 1 <= parts[1] <= 12):
            if len(parts) == 2 or (not 1900 <= parts[-1] <= 2100 and parts[-1] > 99):
                return None
            return place, self._day(None, at, place)
        if len(parts) == 2 and at and self.word(at - 1) in _INSTALMENT:
            # "angsuran 3/12" may be the third of twelve.
            day = self._latest_in_month(parts[0], parts[1])
            return self._ask(at, place, "instalment", *([day] if day else []))
        return place, self._written(parts, at, place)

    def _glued(self, *places: int) -> bool:
        return all(place < len(self.tokens) and self.tokens[place].glued for place in places)

    def _written(self, parts: list[int], start: int, end: int) -> DateReading:
        if len(parts) == 2:
            return self._day(self._latest_in_month(parts[0], parts[1]), start, end)
        return self._day(_day(_year(parts[2]), parts[1], parts[0]), start, end)

    def _latest_in_month(self, day: int, month: int) -> date | None:
        for year in range(self.today.year, self.today.year - 5, -1):  # 29 February needs the search
            candidate = _day(year, month, day)
            if candidate is not None and candidate <= self.today:
                return candidate
        return None

    def _day_of_month(self, at: int) -> tuple[int, DateReading] | None:
        """`tgl 5`, `tanggal 5 Nov`."""
        if self.word(at) not in listed("date_words"):
            return None
        place = at + 1 + (self.word(at + 1) in {":", "."})
        word = self.word(place)
        if not word.isdigit() or len(word) > 2:
            return None
        longer = self._day_and_month(place)
        if longer is not None:
            return longer
        day = int(word)
        if not 1 <= day <= 31:
            return place + 1, self._day(None, at, place + 1)
        year, month = self.today.year, self.today.month
        for _ in range(3):  # the 31st may have to look two months back
            candidate = _day(year, month, day)
            if candidate is not None and candidate <= self.today:
                end = place + 1 + (self.word(place + 1) in listed("ago"))  # "tgl 20 kemarin"
                return end, self._day(candidate, at, end)
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return None

    def _day_and_month(self, at: int) -> tuple[int, DateReading] | None:
        """`5 Nov`, `5 nopember 2026`."""
        word = self.word(at)
        month = ANY_MONTH.get(self.word(at + 1), 0)
        if not word.isdigit() or len(word) > 2 or not month:
            return None
        end = at + 2
        year_word = self.word(end)
        is_year = year_word.isdigit() and len(year_word) == 4 and year_word[:2] == "20"
        if is_year:
            return end + 1, self._day(_day(int(year_word), month, int(word)), at, end + 1)
        if not 1 <= int(word) <= 31:
            return end, self._day(None, at, end)
        return end, self._day(self._latest_in_month(int(word), month), at, end)


def _year(number: int) -> int:
    return number + 2000 if number < _HUNDRED else number


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

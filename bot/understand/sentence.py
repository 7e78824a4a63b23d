"""One text, looked at by every part of the grammar once; rows and grammar ask it about pieces."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from bot.understand import (
    amounts,
    dates,
    ideas,
    intents,
    mentioned,
    names,
    percents,
    periods,
    strangers,
)
from bot.understand.dates import FoundDate
from bot.understand.directory import Directory
from bot.understand.evidence import Evidence
from bot.understand.ideas import Idea
from bot.understand.marks import Label, Labels, mark
from bot.understand.mentioned import Mention
from bot.understand.money import Found
from bot.understand.notes import Note
from bot.understand.periods import FoundPeriod
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateReading,
    Intent,
    PeopleReading,
    PeriodReading,
    RateReading,
)
from bot.understand.tokens import MOST, Token, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The tokens of a text and everything found in them, by place."""

    text: str
    tokens: Sequence[Token]
    labels: Labels
    directory: Directory
    mentions: Sequence[Mention]
    amounts: Sequence[Found]
    days: Sequence[FoundDate]
    months: Sequence[FoundPeriod]
    ideas: Sequence[Idea]
    notes: Sequence[Note]
    rate: RateReading | None
    today: date
    cut: bool  # longer than is read

    @property
    def whole(self) -> Part:
        """All of it."""
        return Part(sentence=self, start=0, end=len(self.tokens))

    def date(self) -> DateReading:
        """Read the day."""
        return dates.settle(self.days)

    @property
    def paid_ahead(self) -> Iterable[bool]:
        """Whether months are meant that only `bulan depan` names."""
        return (self.tokens[m.end - 1].text in periods.NEXT for m in self.months)

    def period(self) -> PeriodReading:
        """Read the months."""
        return periods.settle(self.months)

    def rest(self) -> str:
        """Return the words that nothing used."""
        used = {at for idea in self.ideas for at in range(idea.start, idea.end)}
        return " ".join(
            token.raw
            for at, token in enumerate(self.tokens)
            if self.labels[at] is Label.FREE and at not in used and token.is_word
        )


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def _between(found: Sequence[_P], start: int, end: int) -> list[_P]:
    """Cut out of a list in the order of the text what begins in a stretch."""
    first = bisect_left(found, start, key=lambda f: f.start)
    return list(found[first : bisect_left(found, end, key=lambda f: f.start)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a sentence, tokens `start` to before `end`."""

    sentence: Sentence
    start: int
    end: int

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the stretch."""
        return self.sentence.tokens[self.start : self.end]

    @property
    def labels(self) -> Labels:
        """Their labels."""
        return self.sentence.labels[self.start : self.end]

    @property
    def mentions(self) -> list[Mention]:
        """Members named here."""
        return _between(self.sentence.mentions, self.start, self.end)

    @property
    def amounts(self) -> list[Found]:
        """Amounts said here, counts of things apart."""
        return [f for f in self._found if not f.quantity]

    @property
    def by_bank(self) -> bool:
        """Whether money is said to come by transfer: `tf`, `qris`, `lewat BRI`, `ke rekening`."""
        spoken = _between(self.sentence.ideas, self.start, self.end)
        behind = {idea.end for idea in spoken if idea.name == "via"}
        follows = any(idea.name == "bank" and idea.start in behind for idea in spoken)
        return follows or any(idea.name in {"by_bank", "to_bank"} for idea in spoken)

    @property
    def days(self) -> list[FoundDate]:
        """Days said here."""
        return _between(self.sentence.days, self.start, self.end)

    @property
    def months(self) -> list[FoundPeriod]:
        """Months, and counts of months, said here."""
        return _between(self.sentence.months, self.start, self.end)

    @property
    def notes(self) -> list[Note]:
        """Notes that begin here."""
        if self.start >= self.end:
            return []
        begin, end = self.tokens[0].start, self.tokens[-1].end
        return [note for note in self.sentence.notes if begin <= note.start < end]

    @property
    def _found(self) -> list[Found]:
        return _between(self.sentence.amounts, self.start, self.end)

    @property
    def ideas(self) -> frozenset[str]:
        """Ideas spoken of here."""
        return frozenset(i.name for i in _between(self.sentence.ideas, self.start, self.end))

    def people(self) -> PeopleReading:
        """Read who is meant here."""
        mentions = self.mentions
        if mentions:
            found = mentioned.settle(mentions, self.sentence.directory)
            if found.members or found.said:
                return found
        return strangers.others(self.tokens, self.labels, self.sentence.directory)

    def amount(self) -> AmountReading:
        """Read the amount said here."""
        found = self._found
        reading = amounts.settle(found, self.sentence.tokens)
        everything = amounts.says_all(self.tokens)
        if reading.kind is AmountKind.NONE and everything and not found:
            return AmountReading(why="lookup")
        return reading

    def intents(self) -> tuple[Intent, ...]:
        """Work out what this stretch wants."""
        spoken = self.tokens
        return intents.find(
            Evidence(
                ideas=self.ideas,
                amount=bool(self.amounts),
                priced=any(found.exact is not None for found in self.amounts),
                people=self.people().kind,
                words=sum(token.is_word for token in spoken),
                counted=any(found.reading.count is not None for found in self.months),
                dated=bool(self.days),
                question_mark=any(token.text == "?" for token in spoken),
                strange=any(
                    label is Label.FREE and strangers.is_strange(token)
                    for token, label in zip(spoken, self.labels, strict=True)
                ),
            )
        )

    def said(self) -> str:
        """Return the stretch as written."""
        if self.start >= self.end:
            return ""
        tokens = self.sentence.tokens
        return self.sentence.text[tokens[self.start].start : tokens[self.end - 1].end]

    def description(self) -> str:
        """Return the words of the stretch without its amounts, days and list marks."""
        skipped = {Label.AMOUNT, Label.DATE}
        pieces: list[str] = []
        for token, label in zip(self.tokens, self.labels, strict=True):
            if label in skipped or token.text == "\n":
                pieces.append(" ")
            else:
                gap = "" if token.glued or not pieces else " "
                pieces.append(gap + token.raw)
        return " ".join("".join(pieces).split()).strip(" -:;,.=*•·+")


def look(
    text: str,
    today: date,
    directory: Directory,
    *,
    asked: bool = False,
    notes: Sequence[Note] = (),
) -> Sentence:
    """Find everything in a normal text; notes in it are not read."""
    everything = split(text)
    tokens = everything[:MOST]
    labels = mark(tokens, text)
    for note in notes:
        for at, token in enumerate(tokens):
            if note.start <= token.start < note.end:
                labels[at] = Label.NOTE
    rate = percents.scan(tokens, labels)
    mentions = names.mentions(tokens, labels, directory, asked=asked)
    mentions.sort(key=lambda m: m.start)
    months = periods.scan(tokens, labels, today)
    days = dates.scan(tokens, labels, today)
    found = amounts.scan(tokens, labels)
    return Sentence(
        text=text,
        tokens=tokens,
        labels=labels,
        directory=directory,
        mentions=mentions,
        amounts=found,
        days=days,
        months=months,
        ideas=ideas.scan(tokens, labels),
        notes=notes,
        rate=rate,
        today=today,
        cut=len(everything) > MOST,
    )

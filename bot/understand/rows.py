"""Several operations in one message: a list of lines, or parts of a line that stand for themselves.

A part without a person takes the one of the heading, a part without an operation the last one
that was said; a part with a word that nobody knows takes nobody. A day that one line says is that
line's; the day of all is said in a heading, in a closing line, or by every line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understand import dates, intents
from bot.understand.amounts import settle
from bot.understand.marks import Label
from bot.understand.notes import NOTE_WORDS, Note
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateKind,
    DateReading,
    Intent,
    PeopleKind,
    PeopleReading,
    Row,
)
from bot.understand.sentence import Part, Sentence

_CUTS = frozenset({",", ";", "dan", "&", "serta", "sama", "lalu", "terus"})
_LOOSE = frozenset({"serta", "lalu", "terus"})
_MOST = 200  # rows; more are no list that anybody can check on a card
_NONE = PeopleReading()
_NO_DAY = DateReading()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of a message and the total it states."""

    rows: tuple[Row, ...]
    total: AmountReading | None = None
    date: DateReading = _NO_DAY  # of all rows
    mixed: bool = False  # the rows are of different days
    notes: tuple[Note, ...] = ()  # those of no row

    @property
    def differs(self) -> bool:
        """Whether the stated total is not the sum of the rows."""
        if self.total is None or self.total.value is None:
            return self.total is not None
        return self.total.value != sum(row.amount.value or 0 for row in self.rows)


def split(sentence: Sentence) -> Batch | None:
    """Cut a message into rows, or say that it is one operation."""
    headed = _headed(sentence)
    if headed is not None or not 1 < len(sentence.whole.amounts) <= _MOST:
        return headed or _shared(sentence)
    parts = _lines(sentence)
    totals = [part for part in parts if _is_total(part)]
    parts = [part for part in parts if part not in totals]
    by_lines = len(parts) > 1
    if len(parts) == 1:
        parts = _pieces(parts[0])
        totals += [part for part in parts if _is_total(part)]
        parts = [part for part in parts if part not in totals]
    if len(parts) < 2:
        return _single(sentence, parts, totals)
    rows = _rows(parts, by_lines=by_lines)
    if not by_lines and len(rows) > 1 and not _stand_alone(parts, rows):
        return None
    if by_lines:
        spans = _own_lines(parts)
        return _batch(sentence, rows, spans, totals, noted=spans)
    return _batch(sentence, rows, _own_pieces(parts, rows), totals)


def _single(sentence: Sentence, parts: Sequence[Part], totals: Sequence[Part]) -> Batch | None:
    if not (parts and totals):
        return None
    return _batch(sentence, _rows(parts, by_lines=False), [sentence.whole], totals)


def _batch(
    sentence: Sentence,
    rows: Sequence[Row],
    spans: Sequence[Part],
    totals: Sequence[Part],
    noted: Sequence[Part] = (),
) -> Batch:
    """Put rows together; `spans` and `noted` are the stretches whose days and notes are a row's own."""
    own = [dates.settle(span.days) for span in spans]
    inside = {day.start for span in spans for day in span.days}
    of_all = dates.settle([day for day in sentence.days if day.start not in inside])
    said = [day for day in own if day.kind is not DateKind.NONE]
    meant = {_meant(of_all if day.kind is DateKind.NONE else day, sentence) for day in own}
    several = len(meant) > 1 or of_all.why == "several"
    of_all = of_all if of_all.kind is not DateKind.NONE or not said else said[0]
    for_all = sentence.whole.by_bank and not any(span.by_bank for span in spans)
    notes = [span.notes for span in noted] or [[] for _ in rows]
    found = [
        replace(
            row,
            date=day,
            note=row.note or "\n".join(note.text for note in mine) or None,
            by_bank=row.intent in intents.NEEDS_MEMBER and (span.by_bank or for_all),
        )
        for row, span, day, mine in zip(rows, spans, own, notes, strict=True)
    ]
    taken = {note.start for mine in notes for note in mine}
    return Batch(
        rows=tuple(found),
        total=settle([f for p in totals for f in p.amounts], sentence.tokens) if totals else None,
        date=_NO_DAY if several else of_all,
        mixed=several,
        notes=tuple(note for note in sentence.notes if note.start not in taken),
    )


def _meant(day: DateReading, sentence: Sentence) -> tuple[object, ...]:
    """Return what tells days apart: no day is today, a vague one is only like itself."""
    if day.kind is DateKind.NONE:
        return (sentence.today,)
    return (day.day,) if day.kind is DateKind.DAY else (day.kind, day.said)


def _own_lines(parts: Sequence[Part]) -> list[Part]:
    """The lines of each row: from who is named to the amount, a heading for several rows apart."""
    all_named = all(part.mentions for part in parts)
    spans: list[Part] = []
    for part in parts:
        names = part.mentions if part != parts[0] or all_named else []
        first = min([part.amounts[0].start, *(mention.start for mention in names)])
        spans.append(_lines_of(part, first, part.amounts[-1].end))
    return spans


def _lines_of(part: Part, first: int, end: int) -> Part:
    tokens = part.sentence.tokens
    while first > part.start and tokens[first - 1].text != "\n":
        first -= 1
    while end < part.end and tokens[end].text != "\n":
        end += 1
    return Part(sentence=part.sentence, start=first, end=end)


def _own_pieces(parts: Sequence[Part], rows: Sequence[Row]) -> list[Part]:
    """What is each row's own in one line: not what stands before the list or behind one person's."""
    one_person = len({row.people.members for row in rows}) == 1
    spans: list[Part] = []
    for part in parts:
        start, end = part.start, part.end
        if part == parts[0]:
            amount = part.amounts[0].start
            texts = part.sentence.tokens[start:amount]
            colons = [start + at for at, token in enumerate(texts) if token.text == ":"]
            names = [m.start for m in part.mentions if not one_person]
            start = max(colons) if colons else min([amount, *names])
        if part == parts[-1] and one_person:
            end = part.amounts[-1].end
        spans.append(Part(sentence=part.sentence, start=start, end=end))
    return spans


def _is_total(part: Part) -> bool:
    kinds = part.ideas - {"total", "each", "deposit", "pay", "cash", "done"}
    return (
        "total" in part.ideas
        and not part.mentions
        and not kinds & {"mandatory", "principal", "voluntary", "costs", "goods"}
    )


def _lines(sentence: Sentence) -> list[Part]:
    """Cut at line ends; lines without an amount belong to the next one with an amount."""
    starts = [at + 1 for at, token in enumerate(sentence.tokens) if token.text == "\n"]
    parts: list[Part] = []
    begin = 0
    for end in [*starts, len(sentence.tokens)]:
        part = Part(sentence=sentence, start=begin, end=end)
        if part.amounts:
            parts.append(part)
            begin = end
    if parts and begin < len(sentence.tokens):
        parts[-1] = Part(sentence=sentence, start=parts[-1].start, end=len(sentence.tokens))
    return parts


def _pieces(line: Part) -> list[Part]:
    """Cut one line at commas and at `dan`, where both sides carry an amount."""
    cuts = [
        line.start + at + 1
        for at, token in enumerate(line.tokens)
        if token.text in _CUTS and line.labels[at] in {Label.FREE, Label.DATE}
    ]
    parts: list[Part] = []
    begin = line.start
    for end in [*cuts, line.end]:
        part = Part(sentence=line.sentence, start=begin, end=end)
        if part.amounts:
            parts.append(part)
            begin = end
    if parts and begin < line.end:
        parts[-1] = Part(sentence=line.sentence, start=parts[-1].start, end=line.end)
    if len(parts) == 1 and len(line.amounts) > 1:
        return _by_amount(line)
    return parts


def _by_amount(line: Part) -> list[Part]:
    """Cut `wajib 20rb sukarela 50rb Siti` behind each amount."""
    ends = [found.end for found in line.amounts][:-1]
    begin, parts = line.start, []
    for end in [*ends, line.end]:
        parts.append(Part(sentence=line.sentence, start=begin, end=end))
        begin = end
    return parts


def _rows(parts: Sequence[Part], *, by_lines: bool) -> tuple[Row, ...]:
    said = [_operation(part) for part in parts]
    known = {found[0] for found in said if len(found) == 1}
    only = known.pop() if len(known) == 1 else None
    people = [part.people() for part in parts]
    shared = _for_all(people, by_lines=by_lines)
    first = parts[0].amounts
    headed = by_lines and not _lines_of(parts[0], first[0].start, first[-1].end).mentions
    rows: list[Row] = []
    last: Intent | None = None
    for part, found, who in zip(parts, said, people, strict=True):
        # A part that names no operation goes on with the last one; two kinds at once are a question.
        intent = (
            found[0] if len(found) == 1 else None if found and not _weak(part) else last or only
        )
        last = intent or last
        needs = intent in intents.NEEDS_MEMBER or intent is None
        # In a list of lines a bare amount is nobody's, unless the heading named somebody.
        shares = not by_lines or headed or bool(found)
        whom = who if who.kind is not PeopleKind.NONE else shared if shares else _NONE
        rows.append(
            Row(
                intent=intent,
                people=whom if needs else _NONE,
                amount=part.amount(),
                note=None if needs else part.description() or None,
                said=part.said().strip(),
            )
        )
    return tuple(rows)


def _for_all(people: Sequence[PeopleReading], *, by_lines: bool) -> PeopleReading:
    """Whom parts without a person mean: the first part's, or in one line the only one named."""
    if people[0].kind is not PeopleKind.NONE or by_lines:
        return people[0]
    named = [p for p in people if p.kind not in {PeopleKind.NONE, PeopleKind.UNKNOWN}]
    return named[0] if len(named) == 1 else _NONE


def _operation(part: Part) -> tuple[Intent, ...]:
    return tuple(i for i in part.intents() if i in intents.RECORDS)


def _weak(part: Part) -> bool:
    """Whether a part says only that money was paid, not for what."""
    return not part.ideas & {
        "mandatory",
        "dues",
        "principal",
        "voluntary",
        "savings",
        "save",
        "loan",
        "instalment",
        "withdraw",
        "take",
        "buy",
        "sale",
    }


def _stand_alone(parts: Sequence[Part], rows: Sequence[Row]) -> bool:
    """Whether every part of one line has a person or an operation of its own."""
    if any(row.intent is None for row in rows):
        return False
    tokens = zip(parts[0].sentence.tokens, parts[0].sentence.labels, strict=True)
    if any(token.text in NOTE_WORDS and label is Label.FREE for token, label in tokens):
        return False  # "Masdar 25rb catatan titip Ani 20rb": a note, or somebody else's
    if all(row.intent in intents.RECORDS - intents.NEEDS_MEMBER for row in rows):
        return all(row.note for row in rows)
    people = [row.people for row in rows]
    different_people = all(part.people().kind is not PeopleKind.NONE for part in parts)
    own_operations = all(_operation(part) for part in parts)
    different_operations = own_operations and len({row.intent for row in rows}) == len(rows)
    certain = all(p.kind is not PeopleKind.NONE for p in people)
    return certain and (different_people or different_operations)


def _shared(sentence: Sentence) -> Batch | None:
    """`wajib Siti, Budi masing-masing 20rb`: one amount for each of several members."""
    whole = sentence.whole
    amount = whole.amount()
    if "each" not in whole.ideas or amount.kind is AmountKind.NONE or len(whole.mentions) < 2:
        return None
    found = _operation(whole)
    if len(found) != 1 or found[0] not in intents.NEEDS_MEMBER:
        return None
    rows: list[Row] = []
    for mention in whole.mentions:
        one = Part(sentence=sentence, start=mention.start, end=mention.end)
        rows.append(Row(intent=found[0], people=one.people(), amount=amount, said=one.said()))
    return Batch(rows=tuple(rows))


def _headed(sentence: Sentence) -> Batch | None:
    """`wajib 25rb:` and a name in each line behind it: that amount for each of them."""
    lines = _all_lines(sentence)
    totals = [line for line in lines[1:] if _is_total(line)]
    lines = [line for line in lines if line not in totals]
    heading, named = lines[0], [line for line in lines[1:] if not _is_aside(line)]
    if len(heading.amounts) != 1 or heading.people().kind is not PeopleKind.NONE:
        return None
    found = _operation(heading)
    if len(found) != 1 or found[0] not in intents.DEPOSITS or not 2 <= len(named) <= _MOST:
        return None
    if any(line.amounts or line.months for line in named):
        return None
    people = [line.people() for line in named]
    if any(who.kind is PeopleKind.NONE for who in people):
        return None
    amount = heading.amount()
    rows = [
        Row(
            intent=None if set(_operation(line)) - set(found) else found[0],
            people=who,
            amount=amount,
            said=line.said().strip(),
        )
        for line, who in zip(named, people, strict=True)
    ]
    return _batch(sentence, rows, named, totals, noted=named)


def _all_lines(sentence: Sentence) -> list[Part]:
    """Cut at line ends; lines without any word or figure are left out."""
    breaks = [at for at, token in enumerate(sentence.tokens) if token.text == "\n"]
    begins = [0, *(at + 1 for at in breaks)]
    lines = [
        Part(sentence=sentence, start=begin, end=end)
        for begin, end in zip(begins, [*breaks, len(sentence.tokens)], strict=True)
    ]
    return [line for line in lines if any(t.is_word or t.is_number for t in line.tokens)] or lines


def _is_aside(line: Part) -> bool:
    """Whether a line says only a day, a note or thanks."""
    aside = {Label.DATE, Label.NOTE}
    spoken = [
        label
        for token, label in zip(line.tokens, line.labels, strict=True)
        if token.is_word or token.is_number
    ]
    return all(label in aside for label in spoken) or (
        line.ideas == {"thanks"} and line.people().kind is PeopleKind.NONE
    )

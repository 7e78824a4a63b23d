"""Several operations in one message: a list of lines, or parts of a line that stand for themselves.

A part without a person takes the one of the heading, a part without an operation the last one
that was said; a part with a word that nobody knows takes nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understand import intents
from bot.understand.amounts import settle
from bot.understand.marks import Label
from bot.understand.readings import (
    AmountKind,
    AmountReading,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows of a message and the total it states."""

    rows: tuple[Row, ...]
    total: AmountReading | None = None

    @property
    def differs(self) -> bool:
        """Whether the stated total is not the sum of the rows."""
        if self.total is None or self.total.value is None:
            return self.total is not None
        return self.total.value != sum(row.amount.value or 0 for row in self.rows)


def split(sentence: Sentence) -> Batch | None:
    """Cut a message into rows, or say that it is one operation."""
    if not 1 < len(sentence.whole.amounts) <= _MOST:
        return _shared(sentence)
    parts = _lines(sentence)
    totals = [part for part in parts if _is_total(part)]
    parts = [part for part in parts if part not in totals]
    by_lines = len(parts) > 1
    if len(parts) == 1:
        parts = _pieces(parts[0])
        totals += [part for part in parts if _is_total(part)]
        parts = [part for part in parts if part not in totals]
    if len(parts) < 2 and not (parts and totals):
        return None
    rows = _rows(parts)
    if not by_lines and len(rows) > 1 and not _stand_alone(parts, rows):
        return None
    total = (
        settle([f for part in totals for f in part.amounts], sentence.tokens) if totals else None
    )
    return Batch(rows=rows, total=total)


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


def _rows(parts: Sequence[Part]) -> tuple[Row, ...]:
    said = [_operation(part) for part in parts]
    known = {found[0] for found in said if len(found) == 1}
    only = known.pop() if len(known) == 1 else None
    people = [part.people() for part in parts]
    heading = people[0]
    named = [p for p in people if p.kind not in {PeopleKind.NONE, PeopleKind.UNKNOWN}]
    shared = (
        heading if heading.kind is not PeopleKind.NONE else named[0] if len(named) == 1 else _NONE
    )
    rows: list[Row] = []
    last: Intent | None = None
    for part, found, who in zip(parts, said, people, strict=True):
        # A part that names no operation goes on with the last one; two kinds at once are a question.
        intent = (
            found[0] if len(found) == 1 else None if found and not _weak(part) else last or only
        )
        last = intent or last
        needs = intent in intents.NEEDS_MEMBER or intent is None
        whom = shared if who.kind is PeopleKind.NONE else who
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

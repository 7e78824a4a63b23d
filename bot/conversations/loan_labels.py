"""Loans named by their label, P-0007: whoever borrowed it is meant, and no member of that number."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.talk import Turn
from bot.understand import grammar, suppliers
from bot.understand.directory import Directory
from bot.understand.readings import (
    DateKind,
    Intent,
    Member,
    PeopleKind,
    PeopleReading,
    Reading,
    Row,
    Slot,
)
from core import people
from core.loans import book

_LABEL = re.compile(r"(?<![\w-])[Pp]\s?-\s?0*(\d{1,6})(?![\w-])")
_SAY_WHY = (Intent.LOAN_CANCELLATION, Intent.LOAN_WRITE_OFF)
_SHORTEST = 5  # letters of a reason behind a label; "dong" is none
_MOST = 200  # labels one message may name


def of(text: str, directory: Directory) -> list[int]:
    """List the loans a text names; where members are numbered P-…, these are members."""
    if directory.numbered_prefix("p"):
        return []
    return [int(found[1]) for found in _LABEL.finditer(text)][:_MOST]


async def read(
    turn: Turn, text: str, directory: Directory, expecting: Slot | None = None
) -> Reading:
    """Read a message; a loan's label names its borrower. Raises NoSuchLoan."""
    if turn.standing is None or not of(text, directory):
        plain = suppliers.plain(text)  # "utang ke Toko Makmur": no member is called that
        reading = grammar.read(plain, today=turn.today, directory=directory, expecting=expecting)
        return reading if plain == text else replace(reading, text=text)
    numbers = of(text, directory)
    borrowers = {number: await _borrower(turn, number) for number in set(numbers)}

    def named(found: re.Match[str]) -> str:
        member = borrowers.get(int(found[1]))
        return member.number if member else found[0]

    # The borrower's number in its place: a name beside it that is somebody else's is a mismatch.
    plain = _LABEL.sub(named, text)
    reading = grammar.read(plain, today=turn.today, directory=directory, expecting=expecting)
    if reading.rows:
        return replace(reading, text=text, rows=_in_order(reading.rows, numbers, borrowers))
    if len(set(numbers)) > 1:
        everybody = tuple(borrowers.values())
        several = PeopleReading(kind=PeopleKind.SEVERAL, members=everybody, said=text[:60])
        return replace(reading, text=text, people=several)
    reading = replace(reading, text=text, loan=numbers[0])
    return replace(reading, note=reading.note or _reason(reading, text))


def _reason(reading: Reading, text: str) -> str | None:
    """Read what follows the label as why: "hapus buku pinjaman P-0001 macet lama"."""
    if reading.intent not in _SAY_WHY or reading.date.kind is not DateKind.NONE:
        return None
    said = " ".join(_LABEL.split(text)[-1].split()).strip(" ,.:;-")
    return said if sum(letter.isalpha() for letter in said) >= _SHORTEST else None


def _in_order(
    rows: tuple[Row, ...], numbers: list[int], borrowers: dict[int, Member]
) -> tuple[Row, ...]:
    """Give each row the loan it names: labels stand in the order of the rows."""
    left = list(numbers)
    found = []
    for row in rows:
        if left and borrowers[left[0]].number in row.said:
            found.append(replace(row, loan=left.pop(0)))
        else:
            found.append(row)
    return tuple(found)


async def _borrower(turn: Turn, number: int) -> Member:
    loan = await book.loan(turn.db, koperasi_id=turn.koperasi_id, loan_id=number)
    member = await people.member(turn.db, koperasi_id=turn.koperasi_id, member_id=loan.member_id)
    return Member(id=member.id, number=member.number, name=member.name)

"""The whole message: what is wanted, of whom, how much, when; and what makes it doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.understand import answers, dates, intents, rows
from bot.understand.directory import Directory
from bot.understand.marks import Label
from bot.understand.readings import (
    AmountKind,
    AmountReading,
    DateKind,
    Intent,
    PeopleKind,
    PeopleReading,
    Reading,
    Row,
    Slot,
)
from bot.understand.sentence import Part, Sentence, look
from bot.understand.tokens import normal

_MARKUP = re.compile(
    r"<[a-zA-Z/!&][^<>\n]{0,200}>|&(?:[a-z]{2,6}|#[0-9]{1,5});|https?:|www\.|t\.me/"
    r"|\[[^\[\]\n]{1,200}\]\(|`|\{\{|\$\{|\\x|;\s{0,3}(?:drop|delete|insert|update|select)\b"
    r"|(?<!\w)(?:\*{1,2}|__?|~{1,2}|\|\|)(?=[^\W\d_])[^*_~|\n]{1,80}(?<=\w)(?:\*{1,2}|__?|~{1,2}|\|\|)(?!\w)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:^|[\s,(.;])(?:ket|keterangan|catatan|memo|note|berita)\s{0,3}[:=]\s{0,3}", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?:karena|krn|karna|soalnya|sebab)\s+(.{1,500})", re.IGNORECASE | re.DOTALL
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.-]{0,39}")
_DESCRIBED = frozenset({Intent.EXPENSE, Intent.SALE, Intent.PURCHASE})
_CITES = frozenset(
    {
        Intent.REVERSAL,
        Intent.CHECK_RECEIPT,
        Intent.CONFIRM_RECEIPT,
        Intent.DISPUTE_RECEIPT,
        Intent.RECEIPT_PICTURE,
    }
)


def clear(reading: Reading) -> bool:
    """Whether a reading may be shown as a card at once: everything is said, nothing is in doubt."""
    if reading.doubts or reading.date.kind not in {DateKind.NONE, DateKind.DAY}:
        return False
    if reading.rows:
        return all(_row_clear(row) for row in reading.rows)
    if reading.intent is Intent.REVERSAL:
        return True
    if reading.intent is Intent.ANNOUNCEMENT:
        return bool(reading.note)
    return _row_clear(Row(intent=reading.intent, people=reading.people, amount=reading.amount))


def _row_clear(row: Row) -> bool:
    if row.intent not in intents.RECORDS or row.amount.kind is not AmountKind.EXACT:
        return False
    if row.intent not in intents.NEEDS_MEMBER:
        return True
    own = row.people.kind is PeopleKind.SELF and row.people.exact
    return own or row.people.kind is PeopleKind.ONE


def read(text: str, *, today: date, directory: Directory, expecting: Slot | None = None) -> Reading:
    """Read one message of somebody on a business day.

    `expecting` is the slot the bot has just asked for: a bare answer fills it. A bare number
    below 1,000 stays a question even then.
    """
    plain = normal(text)
    command, rest = _command(plain)
    if command is not None:
        return _commanded(command, rest, text=text, today=today, directory=directory)
    answer = answers.short(plain, directory, asked=expecting is not None)
    if answer is not None:
        return replace(answer, text=text)
    if expecting is Slot.NOTE:
        return Reading(text=text, note=plain.strip() or None)
    if expecting is Slot.DATE and re.fullmatch(r"\s*[0-9]{1,2}\s*", plain):
        return Reading(text=text, date=dates.read(f"tgl {plain}", today))
    announced = answers.announcement(plain)
    if announced is not None:
        return replace(announced, text=text)
    return _sentence(plain, text=text, today=today, directory=directory, expecting=expecting)


def _command(plain: str) -> tuple[Intent | None, str]:
    stripped = plain.strip()
    if not stripped.startswith("/"):
        return None, ""
    first, _, rest = stripped.partition(" ")
    return intents.COMMANDS.get(first.split("@")[0].split("\n")[0].lower()), rest.strip()


def _commanded(
    command: Intent, rest: str, *, text: str, today: date, directory: Directory
) -> Reading:
    """Read `/saldo Siti`, `/cek 12`, `/catat wajib Siti 50rb`, `/pengumuman ...`."""
    if command is Intent.ANNOUNCEMENT:
        return Reading(text=text, intent=command, intents=(command,), note=rest or None)
    if command in {Intent.START, Intent.CHECK_RECEIPT}:
        return Reading(text=text, intent=command, intents=(command,), reference=rest or None)
    inner = _sentence(rest, text=text, today=today, directory=directory, expecting=None)
    if command is Intent.RECORD and inner.intents:
        return inner
    return replace(inner, intent=command, intents=(command,), rows=(), doubts=())


def _sentence(
    plain: str, *, text: str, today: date, directory: Directory, expecting: Slot | None
) -> Reading:
    note_mark = _NOTE.search(plain)
    note = plain[note_mark.end() :].strip() if note_mark else None
    who = expecting is Slot.MEMBER and len(plain.split()) <= answers.LONGEST
    sentence = look(
        plain, today, directory, asked=who, note_from=note_mark.start() if note_mark else None
    )
    whole = sentence.whole
    wanted = whole.intents()
    batch = (
        rows.split(sentence) if not wanted or any(i in intents.RECORDS for i in wanted) else None
    )
    people, amount = whole.people(), whole.amount()
    if (
        who
        and people.kind in {PeopleKind.ONE, PeopleKind.SEVERAL}
        and amount.why in {"bare", "quantity_only"}
    ):
        amount = AmountReading()
    row_list: tuple[Row, ...] = ()
    total: AmountReading | None = None
    if batch is not None:
        wanted = tuple(dict.fromkeys(row.intent for row in batch.rows if row.intent)) or wanted
        total = batch.total
        if len(batch.rows) > 1:
            row_list = batch.rows
            amount = AmountReading()
            people = PeopleReading()
        elif not batch.differs:
            amount = batch.rows[0].amount
    if not wanted and not whole.amounts:
        polite = (("thanks", Intent.THANKS), ("greeting", Intent.GREETING))
        wanted = tuple(intent for name, intent in polite if name in whole.ideas)[:1]
    intent = wanted[0] if len(wanted) == 1 else row_list[0].intent if row_list else None
    reading = Reading(
        text=text,
        intent=intent,
        intents=wanted,
        amount=amount,
        date=sentence.date(),
        period=sentence.period(),
        people=people,
        note=note,
        rows=row_list,
        total=total,
        rest=sentence.rest(),
    )
    reading = _completed(reading, whole)
    return replace(reading, doubts=tuple(_doubts(reading, sentence, batch, text, note_mark)))


def _completed(reading: Reading, whole: Part) -> Reading:
    """Add what belongs to the kind of intent: a note, a receipt's number."""
    intent = reading.intent
    people = reading.people
    if intent in {Intent.INVITE, Intent.RECEIPT_PICTURE, Intent.CHECK_RECEIPT}:
        reading = replace(reading, amount=AmountReading())  # figures there are no money
    if intent in _DESCRIBED and not reading.rows:
        described = reading.note or whole.description() or None
        reading = replace(reading, note=described)
    if intent in intents.RECORDS - intents.NEEDS_MEMBER:
        stranger = people.kind in {PeopleKind.UNKNOWN, PeopleKind.SELF}
        return replace(reading, people=PeopleReading() if stranger else people)
    if intent in _CITES:
        reference = _reference(whole, intent)
        reason = _REASON.search(whole.said())
        named = any(not m.number or m.said[:1].isalpha() for m in whole.mentions)
        asks = intent in {Intent.REVERSAL, Intent.RECEIPT_PICTURE}
        if not named or not asks or people.kind is PeopleKind.UNKNOWN:
            people = PeopleReading()
        if people.kind is PeopleKind.ONE and any(m.number for m in whole.mentions):
            reference = None  # the number is the member's
        note = reading.note or (reason[1].strip() if reason else None)
        return replace(reading, reference=reference, note=note, people=people)
    return reading


def _reference(whole: Part, intent: Intent | None) -> str | None:
    """Return the receipt's number as written: labelled figures, or any code behind the word."""
    for at, label in enumerate(whole.labels):
        if label is Label.NUMBER and whole.tokens[at].is_number:
            start = whole.tokens[at].start
            text = whole.sentence.text
            while start and re.match(r"[A-Za-z0-9/.-]", text[start - 1]):
                start -= 1
            found = _CODE.match(text, start)
            return found.group().rstrip(".") if found else whole.tokens[at].raw
    if intent in {Intent.CHECK_RECEIPT, Intent.RECEIPT_PICTURE}:
        codes = [c for c in _CODE.findall(whole.said()) if any(x.isdigit() for x in c)]
        return codes[-1] if codes else None
    return None


def _doubts(
    reading: Reading,
    sentence: Sentence,
    batch: rows.Batch | None,
    text: str,
    note_mark: re.Match[str] | None,
) -> Iterable[str]:
    """Name every reason why this must not be shown as a card."""
    said = sentence.whole.ideas
    records = [i for i in reading.intents if i in intents.RECORDS]
    if records:
        yield from _unfit(said, sentence)
        ahead = any(sentence.paid_ahead) and records != [Intent.DEPOSIT_MANDATORY]
        if reading.date.kind is DateKind.FUTURE or "not_yet" in said or ahead:
            yield "not_yet"
    if (
        reading.intent is Intent.REVERSAL
        and said & {"miswritten", "correction"}
        and sentence.amounts
    ):
        yield "correction"
    if sentence.cut:
        yield "too_long"
    if batch is not None and batch.differs:
        yield "total_differs"
    needs = any(i in intents.NEEDS_MEMBER for i in records)
    said_here = text if note_mark is None else text[: note_mark.start() + 1]
    if (needs or not reading.intents) and _MARKUP.search(said_here):
        yield "markup"
    if needs and any(m.doubtful for m in sentence.mentions):
        yield "name_or_date"
    lone = reading.intent is Intent.EXPENSE and not reading.rows
    if lone and reading.people.kind is not PeopleKind.NONE and "wages" not in said:
        yield "with_member"


def _unfit(said: frozenset[str], sentence: Sentence) -> Iterable[str]:
    following = zip(sentence.tokens, [*sentence.tokens[1:], None], strict=True)
    wrong = any(t.text == "salah" and (n is None or n.text != "satu") for t, n in following)
    refused = [i for i in sentence.ideas if i.name in {"no", "cancel"}]
    if any(sentence.tokens[i.start].text != "salah" for i in refused):
        yield "negated"
    if wrong or said & {"correction", "miswritten"}:
        yield "correction"
    if "ask" in said or any(token.text == "?" for token in sentence.tokens):
        yield "question"
    if "not_yet" in said and "done" in said:
        yield "question"
